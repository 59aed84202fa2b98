"""A value of several lines, in a field that shows them all."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from scimtui.tui.form.form_values import HiddenCharacters

KEYS = "^S take it into the form · Esc leave it as it was"


class TextDialog(ModalScreen[str | None]):
    """Gives back the text, None after Esc."""

    DEFAULT_CSS = """
    TextDialog { align: center middle; background: $background 60%; }
    TextDialog > Vertical { width: 90%; max-width: 100; height: 70%; background: $surface; border: round $primary; }
    TextDialog TextArea, TextDialog TextArea:focus { height: 1fr; border: none; padding: 0 1; background: $panel; }
    TextDialog Static { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title = title
        self._lines = HiddenCharacters()
        self._text = seen(self._lines, text)

    def compose(self) -> ComposeResult:
        """Compose the field."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield TextField(self._text, self._lines)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Type at the end."""
        field = self.query_one(TextField)
        field.focus()
        field.move_cursor(field.document.end)

    def on_key(self, event: events.Key) -> None:
        """Take the text, or leave."""
        if event.key == "ctrl+s":
            self.dismiss(self._lines.meant(self.query_one(TextField).text))
        elif event.key in ("escape", "ctrl+c"):
            self.dismiss(None)
        else:
            return
        event.stop()
        event.prevent_default()


def seen(lines: HiddenCharacters, text: str) -> str:
    """Return a text whose ends of lines are such; every other hidden character is seen."""
    return "\n".join(lines.shown(line) for line in text.split("\n"))


class TextField(TextArea):
    """Shows what is pasted as well."""

    def __init__(self, text: str, lines: HiddenCharacters) -> None:
        super().__init__(text, soft_wrap=True, compact=True)
        self.cursor_blink = False
        self._lines = lines

    def on_paste(self, event: events.Paste) -> None:
        """Take a text with every character in it seen."""
        event.stop()
        event.prevent_default()
        self.replace(seen(self._lines, event.text), *self.selection, maintain_selection_offset=False)
