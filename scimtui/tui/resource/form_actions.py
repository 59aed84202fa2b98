"""What keys do in a form beside typing: choose a value, show every line of a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.tui.resource.resource_view import ResourceView

if TYPE_CHECKING:
    from scimtui.tui.shell.shell_screen import ShellScreen


def run(shell: ShellScreen, action_id: str) -> None:
    """Carry out "choose" or "all_lines" on the field under the cursor."""
    if isinstance(shell.view, ResourceView):
        fields = shell.view.form.fields
        (fields.choose if action_id == "choose" else fields.open_lines)()
