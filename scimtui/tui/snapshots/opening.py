"""How the copies of a tenant are opened: from what is looked at, and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from scimtui.tui.snapshots.snapshots_view import SnapshotsView

if TYPE_CHECKING:
    from scimtui.tui.shell.sessions import Sessions
    from scimtui.tui.shell.shell_screen import ShellScreen


def open_snapshots(shell: ShellScreen) -> None:
    """Open the copies of the tenant and type that are looked at."""
    view = shell.view
    if view is None:
        shell.say("Earlier copies: no tenant is open", "warning")
        return
    kept = shell.tabs[shell.current].kept() or {}
    type_name = kept.get("type") or view.session.provider.resource_types[0].name
    shell.open_tab({"view": "snapshots", "tenant": view.session.tenant.name, "type": type_name})


def view_of_spec(spec: Mapping[str, str], sessions: Sessions) -> SnapshotsView | None:
    """Return the widget of a tab that was open before; None where its type is not there any more."""
    session = sessions.get(spec["tenant"])
    resource_type = session.provider.resource_type(spec["type"])
    return SnapshotsView(session, resource_type) if resource_type else None
