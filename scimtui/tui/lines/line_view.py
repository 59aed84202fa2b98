"""A read-only view of styled lines: details, JSON, previews, help. Only the lines on the screen are ever made."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from scimtui.present.cells import safe
from scimtui.tui.lines.component_style import component_style
from scimtui.tui.lines.line_painting import cut, restyled
from scimtui.tui.lines.model import STYLES, LazyLines, Line, matching, pattern_of, text_of

__all__ = ["LazyLines", "Line", "LineView", "text_of"]

_SIDE_STEP = 8
_KEPT_STRIPS = 512


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Scrolls, searches, and with `selectable` has a cursor line that Enter or a double click chooses."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1)", "Line down", show=False, id="lines.down"),
        Binding("up,k", "step(-1)", "Line up", show=False, id="lines.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="lines.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="lines.page_up"),
        Binding("home,g", "first", "First line", show=False, id="lines.first"),
        Binding("end,G", "last", "Last line", show=False, id="lines.last"),
        Binding("right,l", "sideways(1)", "Right", show=False, id="lines.right"),
        Binding("left,h", "sideways(-1)", "Left", show=False, id="lines.left"),
        Binding("enter", "choose", "Choose", show=False, id="lines.choose"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line--cursor", "line--cursor-blurred", "line--match", "line--match-current",
        *(f"line--{name}" for name in STYLES),
    }  # fmt: skip
    DEFAULT_CSS = """
    LineView {
        width: 1fr; height: 1fr; overflow-x: hidden; color: $foreground; scrollbar-size-vertical: 1;
        & > .line--heading { text-style: bold; }
        & > .line--section { color: $text-primary; text-style: bold; }
        & > .line--label { color: $text-muted; }
        & > .line--note { color: $text-muted; text-style: italic; }
        & > .line--good { color: $text-success; }
        & > .line--bad { color: $text-error; }
        & > .line--changed { color: $text-warning; text-style: bold; }
        & > .line--old { color: $text-muted; text-style: strike; }
        & > .line--mark { color: $text-accent; text-style: bold; }
        & > .line--key { color: $text-primary; }
        & > .line--string { color: $text-success; }
        & > .line--number { color: $text-warning; }
        & > .line--literal { color: $text-accent; text-style: bold; }
        & > .line--sign { color: $text-muted; }
        & > .line--cursor { background: $primary 35%; }
        & > .line--cursor-blurred { background: $panel; }
        & > .line--match { background: $accent 30%; text-style: underline; }
        & > .line--match-current { background: $accent; color: $background; text-style: bold; }
    }
    """

    class Chosen(Message):
        """A line was chosen with Enter or a double click; only where there is a cursor."""

        def __init__(self, view: LineView, index: int) -> None:
            super().__init__()
            self.view = view
            self.index = index

        @property
        def control(self) -> LineView:
            """The view, for the selector of `@on`."""
            return self.view

    def __init__(
        self,
        lines: Sequence[Line] = (),
        *,
        selectable: bool = False,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.lines: Sequence[Line] = lines
        self.selectable = selectable
        self.cursor = 0
        """Index of the cursor line, where there is a cursor."""
        self._side = 0
        self._pattern: re.Pattern[str] | None = None
        self._matches: list[int] = []
        self._match = -1
        self._strips: LRUCache[int, Strip] = LRUCache(_KEPT_STRIPS)

    def on_mount(self) -> None:
        """Take the height of lines given at the beginning."""
        self.virtual_size = Size(1, len(self.lines))

    # ------------------------------------------------------------------ lines

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines; the place on the screen and the search are kept as far as the new lines reach."""
        self.lines = lines
        self._strips.clear()
        self.virtual_size = Size(1, len(lines))
        self.cursor = self._nearest(min(self.cursor, len(lines) - 1), 1)
        if self._pattern is not None:
            self._search()
        if self.scroll_y > self.max_scroll_y:
            self.scroll_to(y=self.max_scroll_y, animate=False, force=True)
        self.refresh()

    def painted(self, index: int) -> Line:
        """Return a line as it is painted; for widgets built on this one, which may mark it."""
        return self.lines[index]

    def can_stop_at(self, index: int) -> bool:
        """Whether the cursor may stand on a line: on any that is not blank."""
        return any(text.strip() for text, _ in self.lines[index])

    @property
    def cursor_text(self) -> str:
        """The text of the cursor line, "" where there is none."""
        return text_of(self.lines[self.cursor]).strip() if self.selectable and self.lines else ""

    # ------------------------------------------------------------------ search

    def find(self, text: str) -> int:
        """Search in any letter case, go to the first match at or below the first line shown, return how many lines match.

        "" ends the search.
        """
        pattern = pattern_of(text)
        self.show_matches(pattern, matching(self.lines, pattern) if pattern is not None else [])
        return len(self._matches)

    def show_matches(self, pattern: re.Pattern[str] | None, matches: list[int]) -> None:
        """Mark what was found elsewhere, by `lines.matching` in a thread, and go to the first one as `find` does."""
        self._pattern, self._matches, self._match = pattern, matches, -1
        self._strips.clear()
        self.refresh()
        top = round(self.scroll_y)
        self._go_to_match(next((n for n, index in enumerate(matches) if index >= top), 0))

    def next_match(self) -> None:
        """Go to the next line that matches, round and round."""
        self._go_to_match(self._match + 1)

    def previous_match(self) -> None:
        """Go to the line before that matches."""
        self._go_to_match(self._match - 1)

    @property
    def match_position(self) -> tuple[int, int]:
        """(number of the current match from 1, number of matches); (0, 0) where nothing matches."""
        return (self._match + 1, len(self._matches))

    def _search(self) -> None:
        self._matches, self._match = [], -1
        if self._pattern is not None:
            self._matches = matching(self.lines, self._pattern)
        self._strips.clear()
        self.refresh()

    def _go_to_match(self, number: int) -> None:
        if self._matches:
            self._match = number % len(self._matches)
            self._strips.clear()
            self.refresh()
            self.move_to(self._matches[self._match])
            self.reveal(self._matches[self._match])

    # ------------------------------------------------------------------ moving

    def move_to(self, index: int) -> None:
        """Put the cursor on a line and show it; without a cursor nothing happens."""
        if not self.selectable or not self.lines:
            return
        index = min(max(index, 0), len(self.lines) - 1)
        old, self.cursor = self.cursor, self._nearest(index, 1 if index >= self.cursor else -1)
        if old != self.cursor:
            for changed in (old, self.cursor):
                self._strips.discard(changed)
                self._refresh_index(changed)
            self.reveal(self.cursor)
            self.cursor_moved()

    def cursor_moved(self) -> None:
        """Hear that the cursor stands on another line; for widgets built on this one."""

    def _nearest(self, index: int, step: int) -> int:
        """Return the nearest line that the cursor can stop at, looking in one direction first."""
        if not self.selectable or not self.lines:
            return 0
        index = max(index, 0)
        ahead = range(index, len(self.lines)) if step > 0 else range(index, -1, -1)
        behind = range(index, -1, -1) if step > 0 else range(index, len(self.lines))
        return next((place for way in (ahead, behind) for place in way if self.can_stop_at(place)), index)

    def reveal(self, index: int) -> None:
        """Scroll so that a line is on the screen."""
        top, height = round(self.scroll_y), max(self.size.height, 1)
        if not top <= index < top + height:
            target = index - height // 4 if index > top else index - height + 1 + height // 4
            self.scroll_to(y=max(target, 0), animate=False, force=True)

    def _refresh_index(self, index: int) -> None:
        y = index - round(self.scroll_y)
        if 0 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def action_step(self, step: int) -> None:
        """Move the cursor, or scroll where there is none."""
        if self.selectable:
            self.move_to(self.cursor + step)
        else:
            self.scroll_to(y=self.scroll_y + step, animate=False)

    def action_page(self, step: int) -> None:
        """Move by a page."""
        lines = max(self.size.height - 1, 1) * step
        self.scroll_to(y=self.scroll_y + lines, animate=False)
        self.move_to(self.cursor + lines)

    def action_first(self) -> None:
        """Go to the beginning."""
        self.scroll_to(y=0, animate=False)
        self.move_to(0)

    def action_last(self) -> None:
        """Go to the end."""
        self.scroll_to(y=self.max_scroll_y, animate=False)
        self.move_to(len(self.lines) - 1)

    def action_sideways(self, step: int) -> None:
        """Scroll to the side, as far as a line on the screen goes on there."""
        top = round(self.scroll_y)
        shown = [self.lines[n] for n in range(top, min(top + self.size.height, len(self.lines)))]
        widest = max((cell_len(safe(text_of(line))) for line in shown), default=0)
        most = max(widest - self._room, 0)
        side = min(max(self._side + step * _SIDE_STEP, 0), -(-most // _SIDE_STEP) * _SIDE_STEP)
        if side != self._side:
            self._side = side
            self._strips.clear()
            self.refresh()

    def action_choose(self) -> None:
        """Choose the cursor line."""
        if self.selectable and self.lines:
            self.post_message(self.Chosen(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the line, choose it with two clicks."""
        index = round(self.scroll_y) + event.get_content_offset_capture(self).y
        if self.selectable and 0 <= index < len(self.lines):
            self.move_to(index)
            if event.chain == 2:
                self.action_choose()

    # ------------------------------------------------------------------ painting

    @property
    def _room(self) -> int:
        return max(self.scrollable_content_region.width, 0)

    def notify_style_update(self) -> None:
        """Forget lines in the old colours."""
        super().notify_style_update()
        self._strips.clear()

    def on_resize(self) -> None:
        """Make the lines again."""
        self._strips.clear()

    def has_keys(self) -> bool:
        """Whether the keys move this cursor; for widgets built on this one, which may share them with another."""
        return self.has_focus

    def on_focus(self) -> None:
        """Paint the cursor as the one that the keys move."""
        self._strips.discard(self.cursor)
        self._refresh_index(self.cursor)

    def on_blur(self) -> None:
        """Paint the cursor as the one that waits."""
        self.on_focus()

    def render_line(self, y: int) -> Strip:
        """Make one line."""
        index = round(self.scroll_y) + y
        if index >= len(self.lines):
            return Strip.blank(self.size.width, self.rich_style)
        strip = self._strips.get(index)
        if strip is None:
            strip = self._strips[index] = self._strip(index)
        return strip

    def _strip(self, index: int) -> Strip:
        base = self.rich_style
        if self.selectable and index == self.cursor:
            base = self.get_component_rich_style("line--cursor" if self.has_keys() else "line--cursor-blurred")
        segments = [
            Segment(safe(text), base + self._style(name) if name else base)
            for text, name in self.painted(index)
            if text
        ]
        if self._pattern is not None:
            segments = self._with_matches(segments, index)
        strip = Strip(segments)
        room = self._room
        if self._side or strip.cell_length > room:
            strip = cut(strip, self._side, room, base + self._style("note"))
        return strip.adjust_cell_length(self.size.width, base)

    def _style(self, name: str) -> Style:
        return component_style(self, f"line--{name}")

    def _with_matches(self, segments: list[Segment], index: int) -> list[Segment]:
        is_current = 0 <= self._match < len(self._matches) and self._matches[self._match] == index
        style = self._style("match-current" if is_current else "match")
        assert self._pattern is not None
        spans = [found.span() for found in self._pattern.finditer("".join(segment.text for segment in segments))]
        return restyled(segments, spans, style)
