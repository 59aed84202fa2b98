"""Whether what is only done with people can be done here: asked for the key bar of every screen, so it loads little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.ops import guard
from scimtui.present.cells import safe
from scimtui.scim.kind import Kind
from scimtui.tui.resource_actions.target import target_of
from scimtui.tui.rows.rows_view import RowsView

if TYPE_CHECKING:
    from scimtui.tui.shell.shell_screen import ShellScreen


def why_not(shell: ShellScreen, action_id: str) -> str | None:
    """Return why "offboard" or "why" can't be carried out now."""
    view = shell.view
    if hasattr(view, f"do_{action_id}"):
        return None  # the view knows best whom it means
    kind, target = getattr(view, "resource_type", None), target_of(shell)
    if target is None or view is None or kind is None:
        return "there is no person here"
    if action_id == "why":
        people = target.session.provider.resource_type("User")
        return None if people is not None and people.name == kind.name else f"a {safe(kind.name)} does not log in"
    if kind.attribute("active") is None:
        return f"a {safe(kind.name)} has no attribute active: offboarding is for people"
    if isinstance(view, RowsView) and view.is_finding:
        return "the rows are still being looked for"
    return guard.why_not(Kind.DEACTIVATE, view.session, unlocked=shell.is_unlocked(view.session.tenant))
