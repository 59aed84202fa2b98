"""How a person is opened in all tenants: from where one is looked at, or by looking for them by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.tui.person.people_search import PeopleSearch
from scimtui.tui.person.person_view import PersonView
from scimtui.tui.resource_actions.target import target_of

if TYPE_CHECKING:
    from textual.worker import Worker

    from scimtui.tui.shell.shell_screen import ShellScreen


def open_person(shell: ShellScreen) -> None:
    """Open the person under the cursor, or the one that is looked at, in all tenants."""
    target = target_of(shell)
    if target is None or target.resource_type.name.casefold() != "user":
        shell.say("Everywhere: there is no person here; Ctrl+F finds one by name", "warning")
        return
    names = {"tenant": target.session.tenant.name, "type": target.resource_type.name, "id": target.id}
    shell.open_tab({"view": "person", **names}, PersonView(target.session, target.resource_type, target.id))


def search_people(shell: ShellScreen) -> Worker[None]:
    """Look for people by name over all tenants, and open the one who is chosen."""

    async def search() -> None:
        chosen = await shell.app.push_screen_wait(PeopleSearch(shell, [*shell.sessions.config.tenants]))
        if chosen is not None:
            tenant, identity = chosen
            shell.open_tab({"view": "person", "tenant": tenant, "type": "User", "id": identity})

    return shell.run_worker(search(), group="dialog", exclusive=True, exit_on_error=False)
