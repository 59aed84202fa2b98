"""A field for words to search for, above a list."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.widgets import Input


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
