"""A field with a few fixed answers, on one line: Space and the arrow keys step through them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class ChoiceField(Widget, can_focus=True):
    """Shows the chosen answer between arrows."""

    DEFAULT_CSS = """
    ChoiceField { height: 1; width: 1fr; background: $panel; padding: 0 1; }
    ChoiceField:focus { background: $primary 40%; text-style: bold; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,right", "step(1)", show=False),
        Binding("left", "step(-1)", show=False),
    ]
    place: reactive[int] = reactive(0)

    class Changed(Message):
        """Another answer was chosen."""

    def __init__(self, choices: Sequence[tuple[str, str]], *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._choices = choices

    @property
    def value(self) -> str:
        """The chosen answer: the second of its pair."""
        return self._choices[self.place][1]

    def render(self) -> RenderResult:
        """Return the answer as people read it."""
        return Content.assemble(("‹ ", "$text-muted"), self._choices[self.place][0], (" ›", "$text-muted"))

    def action_step(self, step: int) -> None:
        """Go to the next answer, round and round."""
        self.place = (self.place + step) % len(self._choices)
        self.post_message(self.Changed())

    def on_click(self) -> None:
        """Step on."""
        self.action_step(1)
