"""A field for words to search for, above a list."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static


class SearchField(Input):
    """Offers each key to the dialog first."""

    DEFAULT_CSS = """
    SearchField, SearchField:focus { height: 1; width: 1fr; border: none; padding: 0; background: $surface; }
    SearchField:focus { background: $panel; }
    """

    def __init__(self, placeholder: str, pressed: Callable[[events.Key], bool]) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False)
        self.cursor_blink = False
        self._pressed = pressed

    def on_key(self, event: events.Key) -> None:
        """Take what the dialog does not want."""
        if self._pressed(event):
            event.stop()
            event.prevent_default()


class SearchLine(Horizontal):
    """The mark of a search, and its field."""

    DEFAULT_CSS = """
    SearchLine { height: 1; }
    SearchLine #slash { width: 3; color: $accent; }
    """

    def __init__(self, field: Input) -> None:
        super().__init__()
        self._field = field

    def compose(self) -> ComposeResult:
        """Compose both."""
        yield Static(" / ", id="slash", markup=False)
        yield self._field
