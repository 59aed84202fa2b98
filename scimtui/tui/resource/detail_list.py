"""The details of a resource with a cursor: over links that can be followed and values that can be copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.resource.detail_lines import DetailLines
from scimtui.tui.view import find_type

if TYPE_CHECKING:
    from textual.app import App

    from scimtui.ops.session import Session
    from scimtui.present.details import DetailRow
    from scimtui.tui.view import Shell

FIRST = 3
"""Lines above the first row: the name, a blank one, and the title of its schema."""


class DetailList(LineView):
    """Shows what `detail_lines` made, and knows which row each line is."""

    class Moved(Message):
        """The cursor stands on another row, or the rows are others."""

    class Widened(Message):
        """There is more or less room for a line."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(selectable=True, id=id)
        self._width = 0

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show other details; the cursor stays on its line."""
        self.set_lines(lines)
        self.cursor_moved()

    @property
    def row(self) -> DetailRow | None:
        """What is under the cursor."""
        return self.lines.row(self.cursor) if isinstance(self.lines, DetailLines) else None

    @property
    def room(self) -> int:
        """Columns for a line."""
        return max((self._room or self.app.size.width) - 1, 0)

    @property
    def about(self) -> str:
        """What the schema says of the row under the cursor, and what Enter does there; safe text."""
        row = self.row
        if row is None:
            return ""
        return f"Enter opens it · {row.about}" if row.link is not None else row.about

    def painted(self, index: int) -> Line:
        """Return the line with the mark of the cursor."""
        return [("▸" if index == self.cursor and self.has_keys() and self.row else " ", "mark"), *self.lines[index]]

    def can_stop_at(self, index: int) -> bool:
        """Whether the line is a row; titles are passed over."""
        return isinstance(self.lines, DetailLines) and self.lines.row(index) is not None

    def reveal(self, index: int) -> None:
        """Show the titles above a row too, as far as they belong to it."""
        first = index
        while first > 0 and index - first < FIRST and not self.can_stop_at(first - 1):
            first -= 1
        if first < round(self.scroll_y) <= index:
            self.scroll_to(y=first, animate=False, force=True)
        else:
            super().reveal(index)

    def action_step(self, step: int) -> None:
        """Move the cursor; before the first row the beginning is shown."""
        before = self.cursor
        super().action_step(step)
        if self.cursor == before:
            self.scroll_to(y=self.scroll_y + step, animate=False)

    def cursor_moved(self) -> None:
        """Tell whoever describes the row."""
        self.post_message(self.Moved())

    def on_resize(self, event: events.Resize | None = None) -> None:
        """Ask for lines of another width."""
        _ = event
        super().on_resize()
        if self._width != (width := self.size.width):
            self._width = width
            self.post_message(self.Widened())

    # ------------------------------------------------------------------ what a row is good for

    def follow(self, shell: Shell, session: Session) -> None:
        """Open the resource that the row under the cursor names."""
        link = self.row.link if self.row is not None else None
        if link is None:
            shell.say("Enter opens what a line with → names; this one names nothing", "info")
            return
        assert isinstance(self.lines, DetailLines)
        named = self.lines.details.names.get(link)
        kind = find_type(session, named.type if named is not None else link.types[0])
        if kind is not None:
            shell.open_resource(session, kind, link.id, "details")


async def copy_value(app: App[object], shell: Shell, row: DetailRow | None, name: str) -> None:
    """Copy the exact value of a row, or `name` where it has none."""
    from scimtui.present.formats import plain_text  # the first screen does not pay for these
    from scimtui.tui.lines.clipboard import copy

    if row is None or row.exact is None:
        copied = await copy(app, name, "the name")
    else:
        copied = await copy(app, plain_text(row.exact), row.path or "the value")
    shell.say(copied.sentence, copied.kind)
