"""The filter above a table: plain words or a SCIM filter, and what came of it."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static


class FilterInput(Input):
    """The field itself; Esc clears it, Enter and the down key go to the table."""

    class Left(Message):
        """The person is done typing."""

    def on_key(self, event: events.Key) -> None:
        """Leave the field."""
        if event.key in ("escape", "enter", "down"):
            event.stop()
            event.prevent_default()
            if event.key == "escape":
                self.value = ""
            self.post_message(self.Left())


class FilterBar(Horizontal):
    """One line: the field at the left, counts or the mistake at the right."""

    DEFAULT_CSS = """
    FilterBar { height: 1; background: $surface; }
    FilterBar #slash { width: 3; color: $accent; }
    FilterBar FilterInput { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
    FilterBar FilterInput:focus { background: $panel; border: none; }
    FilterBar #chip { width: auto; color: $text-accent; text-style: bold; }
    FilterBar #found { width: auto; max-width: 70%; padding: 0 1; color: $text-muted; }
    FilterBar #found.-wrong { color: $text-error; }
    """

    def __init__(self, placeholder: str) -> None:
        super().__init__()
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """Compose the mark, the field and the counts."""
        yield Static(" / ", id="slash", markup=False)
        yield FilterInput(placeholder=self._placeholder, id="filter", select_on_focus=False)
        yield Static("", id="chip", markup=False)
        yield Static("", id="found", markup=False)

    @property
    def text(self) -> str:
        """What was typed, without blanks at its ends."""
        return self.query_one(FilterInput).value.strip()

    def set_text(self, text: str) -> None:
        """Type for the person."""
        self.query_one(FilterInput).value = text

    def focus_field(self) -> None:
        """Put the cursor into the field."""
        self.query_one(FilterInput).focus()

    def show_chip(self, text: str) -> None:
        """Show what else narrows the rows, such as only the active ones; "" where nothing does."""
        self.query_one("#chip", Static).update(f" {text} " if text else "")

    def show_found(self, text: str, *, wrong: bool = False) -> None:
        """Show counts, or what is wrong with the filter."""
        found = self.query_one("#found", Static)
        found.set_class(wrong, "-wrong")
        found.update(text)
