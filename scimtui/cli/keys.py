"""Whom a command is about: keys from the command line and from a file, all checked before anything is done.

`wanted` gives the keys with the lines that they stand in, `wanted_keys` the keys alone. Whom the keys mean in which
tenants is for `cli.selecting.select`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scimtui.cli.output import note
from scimtui.errors import UsageError
from scimtui.ops.people_list import Line
from scimtui.ops.person_keys import ANY, By, folded, kinds_of
from scimtui.ops.table_file import TableFile, column, read_table, table_of
from scimtui.present.cells import safe

STDIN = Path("-")
SHOWN = 20
"""So many wrong lines are listed."""
_WILD = frozenset({"?", "%", "_"})
"""Alone they stand for anything somewhere; inside a key they may be part of an id. A * never is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The keys of a command: those of the command line, then those of a file."""

    lines: tuple[Line, ...]
    """Number 0 for those of the command line."""
    table: TableFile | None = None
    """The file that they come from."""
    place: int = 0
    """Of the column that holds them."""

    @property
    def title(self) -> str:
        """The title of the column, "" where it has none."""
        return self.table.header[self.place] if self.table is not None and self.table.header else ""

    @property
    def kinds(self) -> frozenset[By]:
        """What the keys can be."""
        has_arguments = any(not line.number for line in self.lines)
        return ANY if has_arguments else kinds_of(self.title)

    @property
    def cells(self) -> list[tuple[str, ...]]:
        """The whole rows that the keys stand in, as wide as the header; a key of the command line stands alone."""
        rows = self.table.rows if self.table is not None else ()
        width = max(len(self.table.header), 1) if self.table is not None else 1
        given = [line for line in self.lines if not line.number]
        alone = [tuple(line.key if place == self.place else "" for place in range(width)) for line in given]
        return [*alone, *(cells for _, cells in rows)]


def wanted_keys(given: Sequence[str], file: Path | None, column: str | None) -> list[str]:
    """Return all keys in their order; see `wanted`."""
    return [line.key for line in wanted(given, file, column).lines]


def wanted(given: Sequence[str], file: Path | None, title: str | None) -> Wanted:
    """Return all keys in their order, with the file that they come from; "-" is standard input.

    Raises:
        UsageError: there are none, or one is empty, a wildcard or named twice: that ends it for all of them.
    """
    if file is None and title is not None:
        raise UsageError("--column names a column of no file", "give --from FILE.csv too")
    found = tuple(Line(0, key) for key in given)
    if file is None:
        _check(found, "")
        return Wanted(found)
    table = _standard_input(title) if file == STDIN else read_table(file, title)
    place = column(table, title)
    found += tuple(Line(number, cells[place]) for number, cells in table.rows)
    _check(found, table.source)
    return Wanted(found, table, place)


def _standard_input(title: str | None) -> TableFile:
    buffer = getattr(sys.stdin, "buffer", None)
    return table_of(buffer.read() if buffer is not None else sys.stdin.read(), "standard input", title)


def _check(lines: Sequence[Line], source: str) -> None:
    if not lines:
        raise UsageError("nobody is named", "give one or more keys, or --from FILE.csv")
    seen: dict[str, str] = {}
    wrong = [words for line in lines if (words := _what_is_wrong(line, source, seen))]
    if len(wrong) == 1:
        raise UsageError(wrong[0], "nothing was done; mend it")
    if wrong:
        for words in wrong[1:SHOWN]:
            note(safe(words))
        raise UsageError(f"{wrong[0]}, and {len(wrong) - 1:,} more", "nothing was done; mend them")


def _what_is_wrong(line: Line, source: str, seen: dict[str, str]) -> str:
    place = f"{source}, line {line.number}" if line.number else "the arguments"
    key = folded(line.key)
    if not key:
        return f"{place}: a key is empty"
    if "*" in key or key in _WILD:
        return f"{place}: {line.key} looks like a wildcard"
    if key in seen:
        return f"{place}: {line.key} is named twice, first in {seen[key]}"
    seen[key] = place
    return ""
