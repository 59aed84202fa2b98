"""How the presence of people in all tenants is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scimtui.tui.shell.shell_screen import ShellScreen


def open_presence(shell: ShellScreen) -> None:
    """Open the matrix of people by tenants; there is one for all."""
    names = [*shell.sessions.config.tenants]
    if not names:
        shell.say("Presence: there is no tenant yet; ^T adds one", "warning")
        return
    current = shell.view.session.tenant.name if shell.view is not None else names[0]
    is_open = next((kept for tab in shell.tabs if (kept := tab.kept()) and kept.get("view") == "presence"), None)
    shell.open_tab(dict(is_open) if is_open is not None else {"view": "presence", "tenant": current})
