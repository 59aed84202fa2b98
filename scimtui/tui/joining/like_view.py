"""The form of a new person who gets what a colleague has of the work: title, department, manager, roles; then their groups."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual import work

from scimtui.ops.member_plans import attributes_alike, groups_alike
from scimtui.ops.memberships import are_complete, member_named
from scimtui.present.cells import safe
from scimtui.present.wording import count_of, tenant_name
from scimtui.scim.joiner import placed
from scimtui.tui.members.groups_dialog import Choice, cached_people, choose, read_standings
from scimtui.tui.resource.resource_view import FORM, ResourceView

if TYPE_CHECKING:
    from textual.worker import Worker

    from scimtui.ops.changed_since import Earlier
    from scimtui.ops.memberships import Standing
    from scimtui.ops.session import Session
    from scimtui.scim.resource import Resource
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.shell.shell_screen import ShellScreen


class LikeView(ResourceView):
    """A new person. Nothing of the colleague's own comes along: no name, no address, no id, no password."""

    def __init__(
        self, session: Session, resource_type: ResourceType, colleague: Resource, groups: tuple[Standing, ...]
    ) -> None:
        super().__init__(session, resource_type, "", FORM)
        self._colleague = colleague
        self._groups = groups
        self._work = _work_of(colleague, resource_type)

    @property
    def group_names(self) -> tuple[str, ...]:
        """The groups that they are to come into. Hostile text."""
        return tuple(one.id for one in self._groups)

    @property
    def title(self) -> str:
        """Say whom they are to be like."""
        like = safe(member_named(self.resource_type.name, self._colleague.raw).name)
        return super().title if self.identity else f"{super().title} like {like}"

    def _show(self, raw: Mapping[str, Any], freshness: str, synced: Earlier | None = None) -> None:
        super()._show(raw if self.identity else {**raw, **self._work}, freshness, synced)

    def _sent(self, identity: str) -> None:
        super()._sent(identity)
        if self._groups:
            self._offer_groups()

    @work(group="write", exit_on_error=False)
    async def _offer_groups(self) -> None:
        """Show the colleague's groups, ticked, for the person who is there now."""
        person = (await asyncio.to_thread(cached_people, self.session, self.resource_type, [self.identity]))[0]
        found = await read_standings(self.session, [person, self._colleague])
        theirs = groups_alike(found, person.id, self._colleague.id)[0]
        who, other = (safe(member_named(one.type, one.raw).name) for one in (person, self._colleague))
        places = [(one.type, one.id) for one in theirs]
        choice = Choice(
            self.session,
            f"{tenant_name(self.session.tenant)}: groups of {who}, like {other}",
            (person,),
            theirs,
            await asyncio.to_thread(are_complete, self.session),
            dict.fromkeys(places, f"{other} is in it"),
            frozenset(places),
        )
        await choose(self.shell, choice)


def _work_of(colleague: Resource, resource_type: ResourceType) -> dict[str, Any]:
    """Return what belongs to the work of a colleague, as a new resource."""
    found: dict[str, Any] = {"schemas": [resource_type.schema.id]}
    for one in attributes_alike(resource_type, {}, colleague.raw):
        values = one.after if isinstance(one.after, list) else [one.after]
        found = placed(found, one.path, values, resource_type)
    return found


def open_like(shell: ShellScreen) -> Worker[None]:
    """Open the form of somebody new like the person under the cursor."""
    return shell.run_worker(_open(shell), group="write", exit_on_error=False)


async def _open(shell: ShellScreen) -> None:
    from scimtui.tui.resource_actions.target import loaded, target_of

    target = target_of(shell)
    assert target is not None
    colleague = await loaded(target)
    found = await read_standings(target.session, [colleague])
    groups = tuple(one for one in found if colleague.id in one.direct)
    view = LikeView(target.session, target.resource_type, colleague, groups)
    names = {"tenant": target.session.tenant.name, "type": target.resource_type.name}
    shell.open_tab({"view": "resource", **names, "id": ""}, view)
    name = safe(member_named(colleague.type, colleague.raw).name)
    into = f"; then into {count_of(len(groups), 'group')}" if groups else ""
    shell.say(f"The work of {name} is filled in, nothing of their own{into}. ^S sends it", "info")
