"""Columns of a table: how wide each one is on the screen, and a text cut or filled to exactly that width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len, set_cell_size

from scimtui.present.cells import safe

GAP = 2
"""Blank cells between two columns."""
NARROWEST = 12
"""Cells that a flexible column gets before columns at the right leave the screen."""
FIRST = 28
"""Cells that the first column, which says who it is, gets before others."""
WIDEST = 40
"""Cells that a flexible column asks for; it gets more where the others have enough."""
_SAMPLE = 60


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column."""

    title: str
    width: int = 0
    """Cells on the screen; 0 lets the column share what the others leave."""
    align: Literal["left", "right"] = "left"
    kind: str = "text"
    """"text", or "state": the sign a cell starts with (● ○ ≠ ◀ ▶ ?) gives it its colour."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A column that is on the screen now."""

    column: int
    """Its place among all columns."""
    width: int


def fitted(text: str, width: int, align: str = "left") -> str:
    """Return `text` in exactly `width` cells: filled with blanks, or cut with an ellipsis."""
    text = safe(text)
    if text.isascii():
        if len(text) <= width:
            return text.rjust(width) if align == "right" else text.ljust(width)
        return f"{text[: width - 1]}…" if width > 0 else ""
    taken = cell_len(text)
    if taken > width:
        return f"{set_cell_size(text, width - 1)}…" if width > 0 else ""
    blanks = " " * (width - taken)
    return blanks + text if align == "right" else text + blanks


def wanted_widths(columns: Sequence[TableColumn], rows: Sequence[Sequence[str]], first_cell: int) -> tuple[int, ...]:
    """Return for each column the cells that most of its texts need, from rows spread over all of them."""
    step = max(len(rows) // _SAMPLE, 1)
    sample = [rows[index] for index in range(0, len(rows), step)]
    widths = []
    for number, column in enumerate(columns):
        place = number + first_cell
        lengths = sorted(cell_len(row[place]) for row in sample if len(row) > place)
        usual = lengths[len(lengths) * 9 // 10] if lengths else 0
        widths.append(min(max(usual, cell_len(column.title) + 2), WIDEST))
    return tuple(widths)


def fit_columns(
    columns: Sequence[TableColumn], wanted: Sequence[int], total: int, skipped: int = 0
) -> tuple[Slot, ...]:
    """Return the columns that fit into `total` cells; together they fill it where one of them is flexible.

    The first column always stays; `skipped` columns after it are scrolled away. Its width does not depend on that.
    """
    if not columns:
        return ()
    if skipped:
        first = fit_columns(columns, wanted, total)[0]
        frozen = [TableColumn(columns[0].title, first.width), *columns[1:]]
        return _fill(frozen, wanted, total, [0, *range(1 + skipped, len(columns))])
    return _fill(columns, wanted, total, list(range(len(columns))))


def _fill(columns: Sequence[TableColumn], wanted: Sequence[int], total: int, order: list[int]) -> tuple[Slot, ...]:
    widths = {n: columns[n].width or min(wanted[n], FIRST if n == order[0] else NARROWEST) for n in order}
    shown = _as_many_as_fit(order, widths, total)
    room = total - sum(widths[n] for n in shown) - GAP * (len(shown) - 1)
    flexible = [n for n in shown if not columns[n].width]
    if room < 0:
        widths[shown[0]] = max(widths[shown[0]] + room, 1)
    elif flexible:
        missing = {n: max(wanted[n] - widths[n], 0) for n in flexible}
        _share(widths, missing, min(room, sum(missing.values())))
        _share(widths, dict.fromkeys(flexible, 1), max(room - sum(missing.values()), 0))
    return tuple(Slot(n, widths[n]) for n in shown)


def _as_many_as_fit(order: list[int], widths: dict[int, int], total: int) -> list[int]:
    taken = widths[order[0]]
    shown = order[:1]
    for number in order[1:]:
        taken += GAP + widths[number]
        if taken > total:
            break
        shown.append(number)
    return shown


def _share(widths: dict[int, int], weights: dict[int, int], room: int) -> None:
    """Add exactly `room` cells to `widths`, by weight; what does not divide goes to the first ones."""
    weight = sum(weights.values())
    if not weight or room <= 0:
        return
    parts = {number: room * share // weight for number, share in weights.items()}
    left = room - sum(parts.values())
    for number, part in parts.items():
        extra = 1 if left > 0 and weights[number] else 0
        left -= extra
        widths[number] += part + extra
