"""The lines of a table as strips of literal text: the titles, one row, and what is said where there are no rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from scimtui.tui.table.columns import GAP, Slot, TableColumn, fitted

GUTTER = 3
"""Cells at the left: `*` for a marked row, `▸` for the cursor, a blank."""
_SIGNS = {
    "●": "good", "✓": "good", "○": "off", "≠": "diff", "…": "diff", "◀": "left", "▶": "right", "?": "bad", "✗": "bad",
    "·": "right", "≡": "diff",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a column on the screen."""

    column: int
    start: int
    """Where on the line the column begins."""
    width: int
    """What its width was set to, 0 where it is flexible."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns are on the screen, and where in a row their texts stand."""

    columns: tuple[TableColumn, ...]
    slots: tuple[Slot, ...]
    first_cell: int
    """Place of the first column's text in a row."""
    skipped: int = 0
    """Columns after the first that are scrolled away."""

    def column_at(self, x: int) -> int | None:
        """Return which column is painted at a place of the line, None in the gutter and at the right of the last."""
        start = GUTTER
        for slot in self.slots:
            if start <= x < start + slot.width + GAP:
                return slot.column
            start += slot.width + GAP
        return None

    def edge_at(self, x: int) -> Edge | None:
        """Return the column whose right edge is at a place of the line: the blanks behind it."""
        start = GUTTER
        for slot in self.slots:
            end = start + slot.width
            if end <= x < end + GAP:
                return Edge(slot.column, start, self.columns[slot.column].width)
            start = end + GAP
        return None

    @property
    def shows_state(self) -> bool:
        """Whether a column on the screen says which state a row is in."""
        return any(self.columns[slot.column].kind == "state" for slot in self.slots)

    @property
    def goes_on(self) -> bool:
        """Whether there are columns at the right of those shown."""
        return bool(self.slots) and self.slots[-1].column < len(self.columns) - 1


def row_strip(
    layout: Layout,
    row: Sequence[str],
    style: Style,
    style_of: Callable[[str], Style],
    sign: str = "",
    *,
    is_cursor: bool = False,
    is_marked: bool = False,
) -> Strip:
    """Return one row. `style_of` gives the colour of a meaning: "good", "off", "diff", "left", "right", "bad".

    `sign` stands in front of the first column, for a state that no other column on the screen says.
    """
    segments = [Segment(f"{'*' if is_marked else ' '}{'▸' if is_cursor else ' '} ", style)]
    text = ""
    for slot in layout.slots:
        place, column = slot.column + layout.first_cell, layout.columns[slot.column]
        value = row[place] if place < len(row) else ""
        value, sign = f"{sign}{value}" if sign else value, ""
        cell = fitted(value, slot.width, column.align) + " " * GAP
        if column.kind == "state" and value[:1] in _SIGNS:
            segments += [Segment(text, style), Segment(cell, style + style_of(_SIGNS[value[0]]))]
            text = ""
        else:
            text += cell
    segments.append(Segment(text, style))
    return Strip([segment for segment in segments if segment.text])


def header_strip(layout: Layout, order: Sequence[tuple[int, bool]], width: int, style: Style) -> Strip:
    """Return the titles; `order` holds what rows are sorted by, each as (column, whether descending)."""
    arrows = {column: "▼" if descending else "▲" for column, descending in order}
    numbers = {column: str(number) if len(order) > 1 else "" for number, (column, _) in enumerate(order, 1)}
    parts = ["◂".ljust(GUTTER) if layout.skipped else " " * GUTTER]
    for slot in layout.slots:
        column = layout.columns[slot.column]
        arrow = f" {numbers[slot.column]}{arrows[slot.column]}" if slot.column in arrows else ""
        title = fitted(column.title, max(slot.width - len(arrow), 0)).rstrip() + arrow
        parts.append(fitted(title, slot.width, column.align) + " " * GAP)
    line = "".join(parts)
    if layout.goes_on:
        line = f"{fitted(line.rstrip(), max(width - 4, 0))} ▸"
    return Strip([Segment(line, style)]).adjust_cell_length(width, style)


def empty_strip(text: str, y: int, height: int, width: int, style: Style) -> Strip | None:
    """Return line `y` of a text in the middle of the table, None above and below it; its first line is bold."""
    lines = text.split("\n")
    number = y - max((height - len(lines)) // 2, 1)
    if not 0 <= number < len(lines):
        return None
    style += Style(bold=number == 0)
    line = fitted(lines[number], max(width - 2, 1)).rstrip()
    blanks = " " * ((width - cell_len(line)) // 2)
    return Strip([Segment(blanks + line, style)]).adjust_cell_length(width, style)
