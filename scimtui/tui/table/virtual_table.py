"""A table of any number of rows: only the lines on the screen are ever made, each from literal text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar, TypeAlias

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from scimtui.tui.lines.component_style import component_style
from scimtui.tui.table import messages as table_messages
from scimtui.tui.table.columns import TableColumn, fit_columns, wanted_widths
from scimtui.tui.table.look import TABLE_CLASSES, TABLE_CSS
from scimtui.tui.table.row_marks import all_or_none, between, in_order
from scimtui.tui.table.strips import GUTTER, Edge, Layout, empty_strip, header_strip, row_strip

__all__ = ["Row", "TableColumn", "VirtualTable"]

Row = tuple[str, ...]
RowStyle = Callable[[Row], str]

NARROWEST_SET = 3
"""Cells that a column keeps when its edge is dragged."""
_LEFT_OVER = 8
_KEPT_STRIPS = 512


class VirtualTable(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows are tuples `(id, haystack, cell, cell, …)` of safe texts; the order shown is a sequence of indexes into them.

    Filter and sort only hand over another order. The cursor and the marks belong to ids and survive both.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Next row", show=False, id="table.down"),
        Binding("up,k", "move(-1)", "Row before", show=False, id="table.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="table.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="table.page_up"),
        Binding("home,g", "first", "First row", show=False, id="table.first"),
        Binding("end,G", "last", "Last row", show=False, id="table.last"),
        Binding("right,l", "shift(1)", "Columns at the right", show=False, id="table.right"),
        Binding("left,h", "shift(-1)", "Columns at the left", show=False, id="table.left"),
        Binding("enter", "open", "Open", show=False, id="table.open"),
    ]
    COMPONENT_CLASSES = TABLE_CLASSES
    DEFAULT_CSS = TABLE_CSS

    empty_text: reactive[str] = reactive("")
    """What to say where there are no rows: one to three safe lines: what, why, which key helps."""

    CursorMoved: TypeAlias = table_messages.CursorMoved
    Opened: TypeAlias = table_messages.Opened
    HeaderClicked: TypeAlias = table_messages.HeaderClicked
    Resized: TypeAlias = table_messages.Resized
    Marked: TypeAlias = table_messages.Marked

    def __init__(self, columns: Sequence[TableColumn] = (), *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.columns: tuple[TableColumn, ...] = tuple(columns)
        self.view: Sequence[int] = ()
        """Indexes into the rows, in the order shown."""
        self.marked: set[str] = set()
        """Ids of marked rows, shown or filtered away; a row without an id cannot be marked."""
        self._rows: Sequence[Row] = ()
        self._first_cell = 2
        self._row_style: RowStyle | None = None
        self._cursor = 0
        self._anchor: str | None = None
        self._sort: tuple[tuple[int, bool], ...] = ()
        self._edge: Edge | None = None
        """Where the mouse button went down, if it was at the edge of a title."""
        self._is_dragging = False
        self._skipped = 0
        self._wanted = wanted_widths(self.columns, (), 2)
        self._layout = Layout(self.columns, (), 2)
        self._strips: LRUCache[tuple[int, bool, bool, bool], Strip] = LRUCache(_KEPT_STRIPS)

    # ------------------------------------------------------------------ what is shown

    def set_columns(self, columns: Sequence[TableColumn]) -> None:
        """Show other columns; the rows that fit them follow with `set_rows`."""
        self.columns = tuple(columns)
        self._skipped = 0
        self._measure()

    def set_rows(
        self,
        rows: Sequence[Row],
        view: Sequence[int] | None = None,
        first_cell: int = 2,
        *,
        row_style: RowStyle | None = None,
    ) -> None:
        """Show rows in the order of `view`, all of them without one. Pass the same `rows` object when only the order is new.

        The cursor stays on its id. A row that was filtered away sends it to the top, one that is gone to its neighbour.
        `row_style` gives a row's meaning: "inactive", "left", "right", "diff", "good", "bad", "changed" or "".
        """
        before, are_new = self.cursor_id, rows is not self._rows or first_cell != self._first_cell
        index = self.view[self._cursor] if before is not None else -1
        if row_style is not None and row_style != self._row_style:
            self._row_style = row_style
            self._strips.clear()
        self._rows, self._first_cell = rows, first_cell
        self.view = range(len(rows)) if view is None else view
        if are_new:
            self._forget_vanished_marks()
            self._measure()
        self._place_cursor(before, index, are_new=are_new)
        self.virtual_size = Size(1, len(self.view) + 1)
        self._reveal(len(self.view))
        self.refresh()
        if are_new or self.cursor_id != before:
            self.post_message(self.CursorMoved(self, self.cursor_id or ""))

    def set_sort(self, column: int | None, *, descending: bool = False) -> None:
        """Show an arrow at a column's title; the rows are sorted by who owns them."""
        self.set_order([] if column is None else [(column, descending)])

    def set_order(self, order: Sequence[tuple[int, bool]]) -> None:
        """Show arrows at the titles of several columns, each given by its place and whether it is descending."""
        self._sort = tuple(order)
        self.refresh(Region(0, 0, self.size.width, 1))

    def resize_column(self, column: int, width: int) -> None:
        """Make a column as wide as that, so that something else still fits beside it; 0 lets it share what is left."""
        widest = max(self.size.width - GUTTER - _LEFT_OVER, NARROWEST_SET)
        width = min(max(width, NARROWEST_SET), widest) if width else 0
        changed = replace(self.columns[column], width=width)
        self.columns = (*self.columns[:column], changed, *self.columns[column + 1 :])
        self.fit_columns(self.size.width)

    def _measure(self) -> None:
        self._wanted = wanted_widths(self.columns, self._rows, self._first_cell)
        self.fit_columns(self.size.width)

    def fit_columns(self, total_width: int) -> None:
        """Give each column its width; done by itself when the table gets another size or other rows."""
        room = total_width - GUTTER - self.styles.scrollbar_size_vertical
        slots = fit_columns(self.columns, self._wanted, max(room, 1), self._skipped)
        self._layout = Layout(self.columns, slots, self._first_cell, self._skipped)
        self._strips.clear()
        self.refresh()

    def watch_empty_text(self) -> None:
        """Paint the text where it is on the screen."""
        if not self.view:
            self.refresh()

    def on_resize(self) -> None:
        """Fit the columns and keep the cursor on the screen."""
        self.fit_columns(self.size.width)
        self._reveal(len(self.view))

    def notify_style_update(self) -> None:
        """Forget lines in the old colours."""
        super().notify_style_update()
        self._strips.clear()

    # ------------------------------------------------------------------ cursor

    @property
    def cursor_row(self) -> int:
        """Place of the cursor in the order shown, from 0."""
        return self._cursor

    @property
    def cursor_id(self) -> str | None:
        """Id of the row under the cursor, None where there are no rows."""
        return self._rows[self.view[self._cursor]][0] if self.view else None

    @property
    def cursor_cells(self) -> Row:
        """What the row under the cursor shows, () where there are no rows."""
        return self._rows[self.view[self._cursor]][self._first_cell :] if self.view else ()

    def shown_ids(self) -> list[str]:
        """Return the ids of all rows shown, in their order; costs what they are many."""
        return [self._rows[index][0] for index in self.view]

    def move_to(self, position: int) -> None:
        """Put the cursor on a row of the order shown; it stops at both ends."""
        if not self.view:
            return
        old, self._cursor = self._cursor, min(max(position, 0), len(self.view) - 1)
        if old != self._cursor:
            self._refresh_row(old)
            self._refresh_row(self._cursor)
            self._reveal(abs(self._cursor - old))
            self.post_message(self.CursorMoved(self, self.cursor_id or ""))

    def _place_cursor(self, before: str | None, index: int, *, are_new: bool) -> None:
        if before is None or not self.view:
            self._cursor = 0
            return
        if are_new and not (index < len(self._rows) and self._rows[index][0] == before):
            index = next((number for number, row in enumerate(self._rows) if row[0] == before), -1)
        try:
            self._cursor = self.view.index(index)
        except ValueError:
            is_gone = index < 0
            self._cursor = min(self._cursor, len(self.view) - 1) if is_gone else 0

    def _reveal(self, distance: int) -> None:
        """Scroll so that the cursor is on the screen.

        A step over the edge moves on by most of a page: a page costs 12 kB on the wire, and through SSH that is what
        makes a held-down key lag when every step has to pay it.
        """
        lines = self._page
        top, row = round(self.scroll_y), self._cursor
        if self.size.height < 2 or top <= row < top + lines:
            return
        context = lines // 4 if distance < lines else lines // 2
        target = row - context if row > top else row - (lines - 1 - context)
        self.scroll_to(y=min(max(target, 0), max(len(self.view) - lines, 0)), animate=False, force=True)

    def _refresh_row(self, position: int) -> None:
        y = position - round(self.scroll_y) + 1
        if 1 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    @property
    def _page(self) -> int:
        return max(self.size.height - 1, 1)

    def action_move(self, step: int) -> None:
        """Move by rows."""
        self.move_to(self._cursor + step)

    def action_page(self, step: int) -> None:
        """Move by a page; the cursor keeps its line on the screen."""
        if self.view:
            top = min(max(round(self.scroll_y) + step * self._page, 0), max(len(self.view) - self._page, 0))
            self.scroll_to(y=top, animate=False, force=True)
            self.move_to(self._cursor + step * self._page)

    def action_first(self) -> None:
        """Go to the first row."""
        self.move_to(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self.move_to(len(self.view) - 1)

    def action_shift(self, step: int) -> None:
        """Scroll by one column; the first stays."""
        if (step < 0 and self._skipped) or (step > 0 and self._layout.goes_on):
            self._skipped += step
            self.fit_columns(self.size.width)

    def action_open(self) -> None:
        """Open the row under the cursor."""
        if self.cursor_id is not None:
            self.post_message(self.Opened(self, self.cursor_id))

    # ------------------------------------------------------------------ marks

    @property
    def marked_in_order(self) -> list[str]:
        """The ids of marked rows in the order shown, then those that are filtered away."""
        return in_order(self._rows, self.view, self.marked)

    def toggle_mark(self) -> None:
        """Mark the row under the cursor, or take its mark away, and go to the next."""
        if self.cursor_id:
            self._anchor = self.cursor_id
            self.marked ^= {self.cursor_id}
            self._marks_changed()
            self.move_to(self._cursor + 1)

    def mark_range(self) -> None:
        """Mark every row shown from the one last marked to the cursor."""
        if self.cursor_id is not None:
            self.marked |= between(self._rows, self.view, self._anchor, self._cursor)
            self._anchor = self.cursor_id
            self._marks_changed()

    def mark_all(self) -> None:
        """Mark every row shown; where all of them are marked, take their marks away."""
        self.marked = all_or_none(self._rows, self.view, self.marked)
        self._marks_changed()

    def clear_marks(self) -> None:
        """Take every mark away."""
        self.marked = set()
        self._marks_changed()

    def _marks_changed(self) -> None:
        self.refresh()
        self.post_message(self.Marked(self, len(self.marked)))

    def _forget_vanished_marks(self) -> None:
        if self.marked:
            kept = self.marked & {row[0] for row in self._rows}
            if kept != self.marked:
                self.marked = kept
                self.post_message(self.Marked(self, len(kept)))

    # ------------------------------------------------------------------ mouse and focus

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take the edge of a title."""
        self._edge = self._layout.edge_at(event.x) if event.y == 0 else None
        if self._edge is not None:
            event.stop()
            self._is_dragging = True
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse with the edge."""
        if self._is_dragging and self._edge is not None:
            event.stop()
            self.resize_column(self._edge.column, int(event.screen_x) - self.region.x - self._edge.start)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Leave the edge where it is."""
        if self._is_dragging and self._edge is not None:
            event.stop()
            self._is_dragging = False
            self.release_mouse()
            column = self._edge.column
            if self.columns[column].width != self._edge.width:
                self.post_message(self.Resized(self, column, self.columns[column].width))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor, mark in the gutter, open with two clicks, sort by a title, free the width at its edge."""
        x, y = event.x, event.y
        if self._edge is not None:
            if event.chain == 2:
                self.resize_column(self._edge.column, 0)
                self.post_message(self.Resized(self, self._edge.column, 0))
            return
        if y == 0:
            if (column := self._layout.column_at(x)) is not None:
                self.post_message(self.HeaderClicked(self, column, adds=event.shift or event.ctrl))
            return
        position = round(self.scroll_y) + y - 1
        if position >= len(self.view):
            return
        self.move_to(position)
        if x < GUTTER - 1:
            self.toggle_mark()
        elif event.chain == 2:
            self.action_open()

    def on_focus(self) -> None:
        """Paint the cursor as the one that the keys move, or on leaving as the one that waits."""
        self._refresh_row(self._cursor)

    on_blur = on_focus

    # ------------------------------------------------------------------ painting

    def render_line(self, y: int) -> Strip:
        """Make one line."""
        if y == 0:
            return header_strip(
                self._layout, self._sort, self.size.width, self.get_component_rich_style("table--header")
            )
        if not self.view:
            style = self.get_component_rich_style("table--empty")
            said = empty_strip(self.empty_text, y, self.size.height, self.size.width, style)
            return said or Strip.blank(self.size.width, self.rich_style)
        position = round(self.scroll_y) + y - 1
        if position >= len(self.view):
            return Strip.blank(self.size.width, self.rich_style)
        row = self._rows[self.view[position]]
        is_cursor, is_marked = position == self._cursor, row[0] in self.marked
        key = (self.view[position], is_cursor, self.has_focus, is_marked)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._row_strip(row, is_cursor=is_cursor, is_marked=is_marked)
        return strip

    def _row_strip(self, row: Row, *, is_cursor: bool, is_marked: bool) -> Strip:
        own = self._row_style(row) if self._row_style else ""
        meaning = "marked" if is_marked else own
        sign = "○ " if own == "inactive" and not self._layout.shows_state else ""
        style = self.rich_style
        if is_cursor:
            style = self.get_component_rich_style("table--cursor" if self.has_focus else "table--cursor-blurred")
        if meaning:
            style += self._partial(meaning)
        strip = row_strip(self._layout, row, style, self._partial, sign, is_cursor=is_cursor, is_marked=is_marked)
        return strip.adjust_cell_length(self.size.width, style)

    def _partial(self, name: str) -> Style:
        return component_style(self, f"table--{name}")
