"""Searching in what a tab shows: a field that is there while something is looked for."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static


class FindInput(Input):
    """The field itself; Enter and the down key go to what was found, Esc ends the search."""

    class Left(Message):
        """The person is done typing."""

        def __init__(self, *, given_up: bool) -> None:
            super().__init__()
            self.given_up = given_up

    def on_key(self, event: events.Key) -> None:
        """Leave the field."""
        if event.key in ("escape", "enter", "down"):
            event.stop()
            event.prevent_default()
            self.post_message(self.Left(given_up=event.key == "escape"))


class FindBar(Horizontal):
    """One line: the field at the left, how much was found at the right."""

    DEFAULT_CSS = """
    FindBar { height: 1; background: $surface; display: none; }
    FindBar.-shown { display: block; }
    FindBar #slash { width: 3; color: $accent; }
    FindBar FindInput, FindBar FindInput:focus { width: 1fr; height: 1; border: none; padding: 0; }
    FindBar FindInput:focus { background: $panel; }
    FindBar #found { width: auto; padding: 0 1; color: $text-muted; }
    """

    class Typed(Message):
        """Something else is looked for."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def compose(self) -> ComposeResult:
        """Compose the mark, the field and the counts."""
        yield Static(" / ", id="slash", markup=False)
        yield FindInput(id="find", select_on_focus=False)
        yield Static("", id="found", markup=False)

    @property
    def text(self) -> str:
        """What is looked for; "" where nothing is."""
        return self.query_one(FindInput).value if self.has_class("-shown") else ""

    def begin(self, placeholder: str) -> None:
        """Show the field and type there."""
        self.add_class("-shown")
        field = self.query_one(FindInput)
        field.placeholder = placeholder
        field.focus()

    def end(self) -> None:
        """Look for nothing any more."""
        self.remove_class("-shown")
        self.query_one("#found", Static).update("")
        self.query_one(FindInput).value = ""

    def show_found(self, text: str) -> None:
        """Say how much was found."""
        self.query_one("#found", Static).update(text)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(event.value))
