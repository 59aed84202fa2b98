"""The details of a resource as coloured lines. A line gets its colours when it is shown: a group may have 50,000 members."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, overload

from rich.cells import cell_len, chop_cells, set_cell_size

from scimtui.ops.search import fold
from scimtui.present.cells import safe
from scimtui.present.moments import ago, exactly, moment_words
from scimtui.tui.lines.model import Line, text_of

if TYPE_CHECKING:
    from scimtui.ops.names import Named
    from scimtui.present.details import DetailRow, Section
    from scimtui.tui.resource.resource_details import Details

SHORTEST_LABEL, LONGEST_LABEL, NARROW_LABEL = 10, 20, 15
"""Columns for the name of an attribute; the last where there is little room."""
NARROW = 60
LONGEST_VALUE = 2000
"""Characters of one value that are shown: a photograph in base64 is one too."""
SIGNS = ("+ ", "− ")
"""What came, and what left; in front of a changed value."""


class Spot(NamedTuple):
    """One line: a row, or a text that stands for no row."""

    row: DetailRow | None
    text: Line | None = None
    """None: made from the row when it is shown."""
    label: str = ""
    value: str = ""
    """As much of the row's value as stands in its first line."""
    is_change: bool = False
    has_more: bool = False
    """The value goes on in the next line."""


class DetailLines(Sequence[Line]):
    """The lines of a resource, each with the row that it shows."""

    def __init__(self, details: Details, spots: list[Spot], label: int, now: datetime) -> None:
        self.details = details
        self._spots = spots
        self._label = label
        self._now = now

    def __len__(self) -> int:
        return len(self._spots)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        if isinstance(index, slice):
            return [self._line(spot) for spot in self._spots[index]]
        return self._line(self._spots[index])

    def row(self, index: int) -> DetailRow | None:
        """Return what the line shows; None for titles, and for what a long value goes on with."""
        return self._spots[index].row if 0 <= index < len(self._spots) else None

    @property
    def rows(self) -> list[int]:
        """The indexes of the lines that are rows."""
        return [index for index, spot in enumerate(self._spots) if spot.row is not None]

    @cached_property
    def texts(self) -> list[str]:
        """The lines without their styles."""
        return [text_of(line) for line in self]

    def _line(self, spot: Spot) -> Line:
        if spot.row is None or spot.text is not None:
            return spot.text or []
        return _row_line(spot, spot.row, self.details, self._label, self._now)


def detail_lines(
    details: Details, width: int, *, wrap: bool, text: str = "", now: datetime | None = None
) -> DetailLines:
    """Return name and state, what changed, then every attribute by schema; with `text` only rows in which it stands.

    With `wrap`, a value that is too long for a line goes on in the next ones.
    """
    now, shown = now or datetime.now(UTC), [section for section in details.sections if section.rows]
    rows = [*details.changes, *(row for section in shown for row in section.rows)]
    labels = max((cell_len(row.label) + 2 * row.indent for row in rows if row.label), default=0)
    label = min(max(labels, SHORTEST_LABEL), NARROW_LABEL if width < NARROW else LONGEST_LABEL)
    room = width - label - len(" ≠ ") - len("  ") if wrap else 0
    wanted = fold(text.strip())
    spots = [Spot(None, _heading(details))] if details.name else []
    if details.earlier is not None:
        since = details.earlier.since
        title: Line = [(f" Changed since the sync of {exactly(since)}, {ago(since, now)}", "changed")]
        spots += _block(title, details.changes, details, wanted, room, label)
    for section in shown:
        spots += _block(_title(section), section.rows, details, wanted, room, label)
    if wanted and not any(spot.row for spot in spots):
        spots += [Spot(None, []), Spot(None, [(" No line holds these letters. Esc shows all again.", "note")])]
    return DetailLines(details, spots, label, now)


def _heading(details: Details) -> Line:
    line: Line = [(f" {details.name}  ", "heading")]
    if details.active is not None:
        line.append(("● active  ", "good") if details.active else ("○ inactive  ", "bad"))
    return [*line, (details.key, "label")]


def _title(section: Section) -> Line:
    return [(f" {section.title}", "section"), (f"  {section.urn}", "note")]


def _block(
    title: Line, rows: Sequence[DetailRow], details: Details, wanted: str, room: int, label: int
) -> Iterator[Spot]:
    is_change = rows is details.changes
    chosen = [row for row in rows if wanted in details.searched[id(row)]] if wanted else rows
    if not chosen:
        return
    yield Spot(None, [])
    yield Spot(None, title)
    above = ""
    for row in chosen:
        # Among rows that were picked out, the first of a list may not be there, and its label neither.
        name = row.label or (row.path if wanted and row.path != above else "")
        above = row.path
        value = row.value[:LONGEST_VALUE]
        if room <= 0 or len(row.value) <= room // 2 or row.link is not None or row.moment is not None:
            yield Spot(row, None, name, value, is_change)
            continue
        first, *rest = wrapped(row.value, room)
        yield Spot(row, None, name, first, is_change, has_more=bool(rest))
        for number, part in enumerate(rest, 1):
            line: Line = [(" " * (label + 3), ""), (part, "changed" if is_change else "value")]
            yield Spot(None, [*line, *_notes(row, None)] if number == len(rest) else line)


def wrapped(text: str, room: int) -> list[str]:
    """Return a text in lines of that many cells, broken at blanks where there are some."""
    short = text[:LONGEST_VALUE]
    if cell_len(short) <= room:
        lines = [short]
    elif short.isascii():
        lines = textwrap.wrap(short, room, break_on_hyphens=False) or [short]
    else:
        lines = chop_cells(short, room)
    left = len(text) - len(short)
    return [*lines, f"… {left:,} more characters; c copies all"] if left else lines


def _row_line(spot: Spot, row: DetailRow, details: Details, label: int, now: datetime) -> Line:
    mark = "≠" if row.path in details.changed and not spot.is_change else " "
    name = "  " * row.indent + spot.label
    if cell_len(name) > label:
        name = set_cell_size(name, label - 1) + "…"
    line: Line = [(mark, "changed"), (f" {set_cell_size(name, label)} ", "label")]
    line += _value(spot, row, details, now)
    named = details.names.get(row.link) if row.link is not None else None
    return line if spot.has_more else [*line, *_notes(row, named)]


def _notes(row: DetailRow, named: Named | None) -> Line:
    is_told = row.absent or (named is not None and named.type == row.note)
    words = ["" if is_told else row.note, row.traits, f"≈ {row.oddity}" if row.oddity else ""]
    return [(f"  {word}", "note") for word in dict.fromkeys(words) if word]


def _value(spot: Spot, row: DetailRow, details: Details, now: datetime) -> Line:
    style = "changed" if spot.is_change else "value"
    if row.absent:
        return [(row.note, "note")]
    if row.moment is not None:
        return [(moment_words(row.moment, now), style)]
    if row.link is None:
        return [(spot.value, style)]
    sign = spot.value[:2] if spot.is_change and spot.value[:2] in SIGNS else ""
    return [(sign, style), ("→ ", "mark"), *_named(spot.value.removeprefix(sign), details.names.get(row.link), style)]


def _named(value: str, named: Named | None, style: str) -> Line:
    if named is None:
        return [(value, style), ("  not in the cache", "note")]
    line: Line = [] if named.active is None else [("● ", "good") if named.active else ("○ ", "bad")]
    return [*line, (safe(named.name), style), (f"  {safe(named.key)}" if named.key else "", "label")]
