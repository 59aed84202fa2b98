"""A whole resource as JSON in the place of the form: every attribute, those of no schema too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from rich.text import Text
from textual import events
from textual.widgets import TextArea

from scimtui.errors import SyntaxFault
from scimtui.scim.as_text import as_text, escaped
from scimtui.tui.form.form_json import read_answer
from scimtui.tui.form.form_state import dirty_count, rewrite, sent_of
from scimtui.tui.lines.component_style import component_style

if TYPE_CHECKING:
    from scimtui.scim.as_text import Rewritten
    from scimtui.tui.form.form_state import Form

READ_AT_ONCE = 50_000
"""Characters that are read with every key; of more, only that they changed is said until they are sent."""
_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<string>"(?:[^"\\]|\\.)*")'
    r"|(?P<number>-?\d[\d.eE+-]*)|(?P<literal>true|false|null)|(?P<sign>[{}\[\],:]+)"
)


class Keeper(Protocol):
    """The form around the editor."""

    def json_changed(self) -> None:
        """Hear that other text stands in the editor."""

    def show_fields(self) -> None:
        """Go back to the fields, if the text can be read."""


class JsonEditor(TextArea):
    """Holds the text, and knows what it wants of the resource that it was made from."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"json--{name}" for name in ("key", "string", "number", "literal", "sign"))
    }
    DEFAULT_CSS = """
    JsonEditor, JsonEditor:focus {
        height: 1fr; border: none; padding: 0; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1;
        & .json--key { color: $text-primary; }
        & .json--string { color: $text-success; }
        & .json--number { color: $text-warning; }
        & .json--literal { color: $text-accent; }
        & .json--sign { color: $text-muted; }
    }
    """

    def __init__(self, keeper: Keeper, form: Form, now: Mapping[str, Any]) -> None:
        self._came = as_text(now, form.resource_type)
        super().__init__(self._came, soft_wrap=False, show_line_numbers=True, tab_behavior="indent", compact=True)
        self.cursor_blink = False
        self.indent_width = 2
        self._keeper = keeper
        self._form = form
        self._now = now
        self._sent_text = as_text(sent_of(form), form.resource_type)
        self._answered: tuple[str, Rewritten | SyntaxFault] | None = None

    @property
    def answer(self) -> Rewritten | SyntaxFault:
        """What the text wants, or why it can't be read."""
        text = self.text
        if self._answered is None or self._answered[0] != text:
            self._answered = text, read_answer(text, self._form, self._now)
        return self._answered[1]

    @property
    def dirty_count(self) -> int:
        """Attributes that are wanted different; at least one where other text stands here than the provider's."""
        if len(self.text) > READ_AT_ONCE or isinstance(self.answer, SyntaxFault):
            return int(self.text != self._sent_text)
        return dirty_count(rewrite(self._form, self.answer.wanted))

    @property
    def is_read_at_once(self) -> bool:
        """Whether the text is short enough to be read with every key."""
        return len(self.text) <= READ_AT_ONCE

    def take(self, text: str) -> None:
        """Put another text here and go to where it differs; what stood here is within reach of the key that undoes."""
        before = self.text
        self.replace(escaped(text), (0, 0), self.document.end, maintain_selection_offset=False)
        pairs = enumerate(zip(before, self.text, strict=False))
        self.go_to(next((place for place, (old, new) in pairs if old != new), 0))

    def go_to(self, position: int) -> None:
        """Put the cursor on a character of the text."""
        before = self.text[:position]
        self.move_cursor((before.count("\n"), len(before) - before.rfind("\n") - 1), center=True)

    def go_to_fault(self) -> None:
        """Put the cursor where the text stops being JSON."""
        if isinstance(self.answer, SyntaxFault):
            self.go_to(self.answer.position)

    def go_to_name(self, name: str) -> None:
        """Put the cursor on an attribute."""
        found = re.search(rf'^ {{2,4}}"{re.escape(name)}":', self.text, re.MULTILINE)
        if found is not None:
            self.go_to(found.end())

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tell the form."""
        event.stop()
        self._keeper.json_changed()

    def on_key(self, event: events.Key) -> None:
        """Leave, begin anew, or go on below with the same indentation."""
        if event.key == "escape":
            self._keeper.show_fields()
        elif event.key == "ctrl+r":
            self.take(self._came)
        elif event.key == "enter":
            line = self.document.get_line(self.cursor_location[0])[: self.cursor_location[1]]
            indent = line[: len(line) - len(line.lstrip())] + "  " * line.rstrip().endswith(("{", "["))
            self.replace(f"\n{indent}", *self.selection, maintain_selection_offset=False)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Take a text with every character in it seen."""
        event.stop()
        event.prevent_default()
        self.replace(escaped(event.text), *self.selection, maintain_selection_offset=False)

    def get_line(self, line_index: int) -> Text:
        """Return a line with its colours; only those on the screen are asked for."""
        line = Text(self.document.get_line(line_index), end="", no_wrap=True)
        for token in _TOKEN.finditer(line.plain):
            line.stylize(component_style(self, f"json--{token.lastgroup}"), *token.span())
        return line
