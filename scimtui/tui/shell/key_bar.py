"""The last line: the keys that matter here, as many as fit, `?` always among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.widget import Widget

from scimtui.tui.actions import shown_key

if TYPE_CHECKING:
    from scimtui.tui.action import Action


class KeyBar(Widget):
    """Keys and titles; a key that can't be used now is dimmed. A click does what the key does."""

    DEFAULT_CSS = "KeyBar { height: 1; background: $panel; color: $foreground; }"

    class Chosen(Message):
        """A key was clicked."""

        def __init__(self, action_id: str) -> None:
            super().__init__()
            self.action_id = action_id

    def __init__(self) -> None:
        super().__init__()
        self._actions: list[tuple[Action, str, bool]] = []
        self._places: list[tuple[int, int, str]] = []

    def show(self, actions: list[tuple[Action, str, bool]]) -> None:
        """Show (action, its key, whether it can be used now), most important first."""
        if actions != self._actions:
            self._actions = actions
            self.refresh()

    def render(self) -> RenderResult:
        """Return as many keys as fit; help keeps its place at the end."""
        self._places = []
        line = Text(no_wrap=True, end="")
        room = self.size.width - 8
        for action, key, usable in [a for a in self._actions if a[0].id != "help"]:
            label = f" {shown_key(key)} {action.title} "
            if cell_len(label) <= room:
                room -= cell_len(label)
                self._append(line, action, key, usable=usable)
        for action, key, usable in self._actions:
            if action.id == "help":
                self._append(line, action, key, usable=usable)
        return line

    def _append(self, line: Text, action: Action, key: str, *, usable: bool) -> None:
        start = line.cell_len
        accent = self.app.theme_variables.get("accent", "yellow")
        line.append(f" {shown_key(key)}", Style(bold=usable, dim=not usable, color=accent if usable else None))
        line.append(f" {action.title} ", Style(dim=not usable))
        self._places.append((start, line.cell_len, action.id))

    def on_click(self, event: events.Click) -> None:
        """Do what the key under the pointer does."""
        for start, end, action_id in self._places:
            if start <= event.x < end:
                self.post_message(self.Chosen(action_id))
