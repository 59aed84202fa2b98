"""The lines of a table as strips of literal text: the titles, one row, and what is said where there are no rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from scimtui.tui.table_columns import GAP, Slot, TableColumn, fitted

GUTTER = 3
"""Cells at the left: `*` for a marked row, `▸` for the cursor, a blank."""
_SIGNS = {"●": "good", "○": "off", "≠": "diff", "◀": "left", "▶": "right", "?": "bad"}


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

    @property
    def goes_on(self) -> bool:
        """Whether there are columns at the right of those shown."""
        return bool(self.slots) and self.slots[-1].column < len(self.columns) - 1


def row_strip(
    layout: Layout,
    row: Sequence[str],
    style: Style,
    style_of: Callable[[str], Style],
    *,
    is_cursor: bool = False,
    is_marked: bool = False,
) -> Strip:
    """Return one row. `style_of` gives the colour of a meaning: "good", "off", "diff", "left", "right", "bad"."""
    segments = [Segment(f"{'*' if is_marked else ' '}{'▸' if is_cursor else ' '} ", style)]
    text = ""
    for slot in layout.slots:
        place, column = slot.column + layout.first_cell, layout.columns[slot.column]
        value = row[place] if place < len(row) else ""
        cell = fitted(value, slot.width, column.align) + " " * GAP
        if column.kind == "state" and value[:1] in _SIGNS:
            segments += [Segment(text, style), Segment(cell, style + style_of(_SIGNS[value[0]]))]
            text = ""
        else:
            text += cell
    segments.append(Segment(text, style))
    return Strip([segment for segment in segments if segment.text])


def header_strip(layout: Layout, sort: tuple[int, bool] | None, width: int, style: Style) -> Strip:
    """Return the titles; `sort` is (column, whether descending)."""
    parts = ["◂".ljust(GUTTER) if layout.skipped else " " * GUTTER]
    for slot in layout.slots:
        column = layout.columns[slot.column]
        arrow = (" ▼" if sort[1] else " ▲") if sort and sort[0] == slot.column else ""
        title = fitted(column.title, max(slot.width - len(arrow), 0)).rstrip() + arrow
        parts.append(fitted(title, slot.width, column.align) + " " * GAP)
    line = "".join(parts)
    if layout.goes_on:
        line = f"{fitted(line, max(width - 4, 0))} ▸"
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
