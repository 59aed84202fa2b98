"""One line of choices, of which one may be taken: the kinds of a comparison, the attributes that differ."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.widget import Widget


class ChoiceStrip(Widget):
    """Shows choices as `(id, safe text)`; a click takes one. The one that is taken is always among those that fit."""

    DEFAULT_CSS = "ChoiceStrip { height: 1; background: $surface; color: $text-muted; }"

    class Taken(Message):
        """A choice was clicked."""

        def __init__(self, strip: ChoiceStrip, choice: str) -> None:
            super().__init__()
            self.strip = strip
            self.choice = choice

        @property
        def control(self) -> ChoiceStrip:
            """The strip, for the selector of `@on`."""
            return self.strip

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._choices: Sequence[tuple[str, str]] = ()
        self._taken = ""
        self._hint = ""
        self._places: list[tuple[int, int, str]] = []

    def show(self, choices: Sequence[tuple[str, str]], taken: str, hint: str = "") -> None:
        """Show these, and at the end in few words which key there is for it."""
        if (choices, taken, hint) != (self._choices, self._taken, self._hint):
            self._choices, self._taken, self._hint = choices, taken, hint
            self.refresh()

    def render(self) -> RenderResult:
        """Return as many as fit, the taken one among them."""
        self._places = []
        line = Text(no_wrap=True, end="")
        accent = self.app.theme_variables.get("primary", None)
        for choice, text in self._fitting():
            start, is_taken = line.cell_len, choice == self._taken
            line.append("▌" if is_taken else " ", Style(color=accent))
            line.append(f"{text} ", Style(bold=is_taken, color=accent if is_taken else None))
            self._places.append((start, line.cell_len, choice))
        rest = self.size.width - line.cell_len - len(self._hint) - 1
        if self._hint and rest >= 0:
            line.append(f" {self._hint}", Style(italic=True, dim=True))
        return line

    def _fitting(self) -> list[tuple[str, str]]:
        chosen = [one for one in self._choices if one[0] == self._taken]
        room = self.size.width - sum(cell_len(text) + 2 for _, text in chosen)
        found = []
        for choice in self._choices:
            if choice[0] == self._taken:
                found.append(choice)
            elif room >= (taken := cell_len(choice[1]) + 2):
                room -= taken
                found.append(choice)
            else:
                room = 0
        return found

    def on_click(self, event: events.Click) -> None:
        """Take the choice under the pointer."""
        for start, end, choice in self._places:
            if start <= event.x < end:
                self.post_message(self.Taken(self, choice))
