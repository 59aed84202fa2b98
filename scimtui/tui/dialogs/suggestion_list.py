"""The list that drops from a field over what lies below, and moves nothing there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from scimtui.present.cells import safe
from scimtui.tui.lines.component_style import component_style

if TYPE_CHECKING:
    from scimtui.scim.completion import Candidate

LINES = 7
"""Candidates on the screen; one line more says the keys."""
WIDEST = 78
_LABEL, _NOTE = 36, 20


class SuggestionList(Widget):
    """Belongs to a field, which keeps the focus and hands on the keys. Starts closed."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"list--cursor", "list--note", "list--keys"}
    DEFAULT_CSS = """
    SuggestionList {
        overlay: screen; position: absolute; constrain: inside inflect; display: none; width: 40; height: 1;
        background: $panel; color: $foreground;
        & > .list--cursor { background: $primary 45%; text-style: bold; }
        & > .list--note { color: $text-muted; }
        & > .list--keys { color: $text-muted; background: $surface; }
    }
    """

    class Taken(Message):
        """A candidate was clicked."""

        def __init__(self, candidate: Candidate) -> None:
            super().__init__()
            self.candidate = candidate

    def __init__(self, keys: str = "Tab takes · ↑ ↓ choose · Esc closes") -> None:
        super().__init__()
        self._keys = keys
        self._candidates: Sequence[Candidate] = ()
        self._widths = (0, 0)
        self._cursor = 0
        self._top = 0
        self._place = (0, 0)
        self.was_moved = False
        """Whether the person chose, so that Enter means the list and not the field."""

    @property
    def is_open(self) -> bool:
        """Whether there is something to choose."""
        return bool(self._candidates)

    @property
    def candidate(self) -> Candidate | None:
        """What Tab takes."""
        return self._candidates[self._cursor] if self._candidates else None

    def show(self, candidates: Sequence[Candidate], x: int = 0, y: int = 0, *, current: str = "") -> None:
        """Open with these, so far to the right and down from the corner of the parent; () closes.

        The cursor stands on the one whose text is `current`, else on the first.
        """
        if candidates == self._candidates and (x, y) == self._place:
            return
        self._place = (x, y)
        self._candidates, self.was_moved = candidates, False
        self._cursor = next((n for n, one in enumerate(candidates) if one.text.rstrip() == current), 0)
        self._top = max(self._cursor - LINES + 1, 0)
        if not candidates:
            self.display = False
            return
        labels = max(cell_len(safe(one.text)) for one in candidates)
        notes = max(cell_len(safe(one.note)) for one in candidates)
        self._widths = (min(labels, _LABEL), min(notes, _NOTE))
        described = any(one.description for one in candidates)
        narrowest = max(sum(self._widths) + 4, cell_len(self._keys) + 12)
        wanted = max(narrowest, min(WIDEST, self._room - x)) if described else narrowest
        self.styles.width = min(wanted, self.screen.size.width - 2)
        self.styles.height = min(len(candidates), LINES) + 1
        self.styles.offset = (x, y)
        self.display = True
        self.refresh()

    @property
    def _room(self) -> int:
        """Columns of what the field stands in, so that the list does not hang out of a dialog."""
        parent = self.parent
        return parent.content_size.width if isinstance(parent, Widget) else WIDEST

    def hide(self) -> None:
        """Close."""
        self.show(())

    def move(self, step: int) -> None:
        """Go to another candidate, round and round."""
        if not self._candidates:
            return
        old, self._cursor = self._cursor, (self._cursor + step) % len(self._candidates)
        self.was_moved = True
        top = min(max(self._top, self._cursor - LINES + 1), self._cursor)
        if top == self._top:
            self.refresh(*(Region(0, index - top, self.size.width, 1) for index in (old, self._cursor)))
            self.refresh(Region(0, self.size.height - 1, self.size.width, 1))
        else:
            self._top = top
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Make one line."""
        index = self._top + y
        if y == self.size.height - 1 or index >= len(self._candidates):
            return self._keys_line()
        candidate = self._candidates[index]
        base = self.rich_style
        if index == self._cursor:
            base = self.get_component_rich_style("list--cursor")
        note = base + component_style(self, "list--note")
        label, width = safe(candidate.text).rstrip(), self._widths[0]
        if cell_len(label) > width:
            label = f"…{label[-(width - 1) :]}"
        strip = Strip(
            [
                Segment(f" {set_cell_size(label, width)} ", base),
                Segment(f"{set_cell_size(safe(candidate.note), self._widths[1])} ", note),
                Segment(safe(" ".join(candidate.description.split())), note),
            ]
        )
        return strip.adjust_cell_length(self.size.width, base)

    def _keys_line(self) -> Strip:
        style = self.get_component_rich_style("list--keys")
        place = f"{self._cursor + 1} of {len(self._candidates)} " if len(self._candidates) > LINES else ""
        room = max(self.size.width - cell_len(place), 0)
        return Strip([Segment(set_cell_size(f" {self._keys}", room) + place, style)])

    def on_click(self, event: events.Click) -> None:
        """Take what is under the pointer."""
        index = self._top + event.y
        if event.y < self.size.height - 1 and index < len(self._candidates):
            self.post_message(self.Taken(self._candidates[index]))
