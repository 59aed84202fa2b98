"""The one resource that an action of the shell is about: the open one, or the one under the cursor."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimtui.ops import browse, guard
from scimtui.present.cells import safe
from scimtui.present.wording import count_of
from scimtui.scim.kind import Kind
from scimtui.tui.rows.rows_view import RowsView

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.resource import Resource
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.shell.shell_screen import ShellScreen


@dataclass(frozen=True, slots=True)
class Target:
    """A resource by its id, in its tenant."""

    session: Session
    resource_type: ResourceType
    id: str


def target_of(shell: ShellScreen) -> Target | None:
    """Return what the open tab is about; None where that is nothing that the provider has."""
    view = shell.view
    if isinstance(view, RowsView):
        cursor_id = view.table.cursor_id
        return Target(view.session, view.resource_type, cursor_id) if cursor_id else None
    from scimtui.tui.resource.resource_view import ResourceView  # the first screen is rows, and does not pay for it

    if isinstance(view, ResourceView) and view.identity:
        return Target(view.session, view.resource_type, view.identity)
    return None


def why_not(shell: ShellScreen, action_id: str) -> str | None:
    """Return why "delete" or "set_password" can't be carried out now."""
    target = target_of(shell)
    if target is None:
        return "there is no resource here that the provider has"
    if isinstance(shell.view, RowsView) and shell.view.is_finding:
        return "the rows are still being looked for"
    if isinstance(shell.view, RowsView) and (marked := len(shell.view.table.marked)):
        return f"it takes one alone, and {count_of(marked, 'row')} {'is' if marked == 1 else 'are'} marked; * unmarks"
    if action_id == "set_password" and target.resource_type.attribute("password") is None:
        return f"a {safe(target.resource_type.name)} has no attribute password"
    kind = Kind.DELETE if action_id == "delete" else Kind.EDIT
    return guard.why_not(kind, target.session, unlocked=shell.is_unlocked(target.session.tenant))


async def loaded(target: Target) -> Resource:
    """Return the resource from the cache, else from the provider.

    Raises:
        EndpointError, Refused: it had to be asked and did not answer with it.
    """
    session, kind = target.session, target.resource_type
    cached = await asyncio.to_thread(browse.resource, session, kind.name, target.id)
    return cached if cached is not None else await browse.fetch(session, kind, target.id)
