"""Which rows of a table are shown, and in which order. What was found is remembered: each further letter only narrows."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from scimtui.ops.search import fold, words_of
from scimtui.ops.stoppable import Progress, Stopped

EMPTY = frozenset({"", "–"})
"""Cells that show no value: they come last, or first when the order is turned round (RFC 7644 section 3.4.2.3)."""
_STEP = 20_000
"""Rows between two looks at whether the work is still wanted."""
_SORTED_AT_ONCE = 100_000
"""Sorting so many holds every other thread for 30 ms."""
_SAMPLE = 2000
_SEARCHES, _ORDERS = 12, 4
"""Answers that are remembered, each of 0.8 MB for 100,000 rows at most."""
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class OrderBy:
    """One key of an order."""

    place: int
    """Of the cell in a row."""
    descending: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class RowWish:
    """Which rows are wanted."""

    words: str = ""
    cell: tuple[int, str] | None = None
    """A place in a row, and what must stand there."""
    order: tuple[OrderBy, ...] = ()
    """The first key decides; none: as the rows are."""


class RowOrder:
    """Finds and sorts the rows of one table. May be asked from any thread."""

    def __init__(self, rows: Sequence[tuple[str, ...]]) -> None:
        self.rows = rows
        self._found: dict[tuple[str, ...], Sequence[int]] = {}
        self._orders: dict[tuple[OrderBy, ...], list[int]] = {}

    @cached_property
    def _every(self) -> list[int]:
        """All indexes, once: what is found and sorted shares these numbers, which are most of the memory of a list."""
        return list(range(len(self.rows)))

    def shown(self, wish: RowWish, among: Sequence[int] | None, progress: Progress) -> Sequence[int]:
        """Return the indexes of the rows wanted, in their order. `among` are those that a filter matched; None: all.

        Raises:
            Stopped: the progress said so.
        """
        rows, found = self.rows, self._with_words(wish.words, progress)
        if wish.cell is not None:
            place, text = wish.cell
            found = [i for part in _parts(found, progress) for i in part if rows[i][place] == text]
        if among is not None:
            found = list(filter(set(among).__contains__, found))
        if not wish.order:
            return found
        order = self._orders.get(wish.order)
        if order is None and len(found) * 4 < len(rows):
            return self._sorted(found, wish.order, progress)
        if order is None:
            order = self._sorted(self._every, wish.order, progress)
            _remember(self._orders, wish.order, order, _ORDERS)
        return order if len(found) == len(rows) else list(filter(set(found).__contains__, order))

    def _with_words(self, text: str, progress: Progress) -> Sequence[int]:
        """Return the rows whose haystack holds every word, looked for among the fewest that are known to have them all."""
        words = tuple(words_of(text))
        if words in self._found:
            return self._found[words]
        rows = self.rows
        found: Sequence[int] = self._every
        known: tuple[str, ...] = ()
        for before, there in list(self._found.items()):
            if len(there) <= len(found) and all(any(one in word for word in words) for one in before):
                found, known = there, before
        for word in words:
            if word not in known:
                found = [i for part in _parts(found, progress) for i in part if word in rows[i][1]]
        if words:
            _remember(self._found, words, found, _SEARCHES)
        return found

    def _sorted(self, indexes: Sequence[int], order: tuple[OrderBy, ...], progress: Progress) -> list[int]:
        for key in reversed(order):
            indexes = self._sorted_by(indexes, key, progress)
        return list(indexes)

    def _sorted_by(self, indexes: Sequence[int], by: OrderBy, progress: Progress) -> list[int]:
        """Return the indexes by one key; equal ones stay in their order."""
        rows, place = self.rows, by.place
        cells = [rows[i][place] for part in _parts(indexes, progress) for i in part]
        keys: list[Any] = [_number(cell) for cell in cells] if by.is_number else _folded(cells)
        ranges = _ranges(keys, progress)
        places: list[int] = []
        for some in reversed(ranges) if by.descending else ranges:
            places += sorted(some, key=keys.__getitem__, reverse=by.descending)
            _look(progress)
        empty = keys.count(-math.inf if by.is_number else "")
        if by.descending:
            places = places[len(places) - empty :] + places[: len(places) - empty]
        else:
            places = places[empty:] + places[:empty]
        return [indexes[place] for place in places]


def _parts(indexes: Sequence[int], progress: Progress) -> Iterator[Sequence[int]]:
    for start in range(0, len(indexes), _STEP):
        _look(progress)
        yield indexes[start : start + _STEP]


def _look(progress: Progress) -> None:
    if progress.stop:
        raise Stopped


def _ranges(keys: list[Any], progress: Progress) -> list[Sequence[int]]:
    """Return the places of the keys in parts, each of keys that are greater than those of the part before.

    Sorting a million at once would hold every other thread for half a second.
    """
    count = len(keys) // _SORTED_AT_ONCE
    if not count:
        return [range(len(keys))]
    sample = sorted(keys[:: len(keys) // _SAMPLE])
    bounds = [sample[len(sample) * number // (count + 1)] for number in range(1, count + 1)]
    ranges: list[list[int]] = [[] for _ in range(count + 1)]
    for part in _parts(range(len(keys)), progress):
        for place in part:
            ranges[bisect_right(bounds, keys[place])].append(place)
    return list(ranges)


def _folded(cells: list[str]) -> list[str]:
    """Return cells as they are compared: "" where they show no value, else without accents and letter case."""
    if all(map(str.isascii, cells)):
        return list(map(str.lower, cells))
    folded = {cell: "" if cell in EMPTY else fold(cell) for cell in set(cells)}
    return list(map(folded.__getitem__, cells))


def _number(cell: str) -> float:
    """Return a cell as a number; before all of them where it is empty, behind them where it is none."""
    if cell in EMPTY:
        return -math.inf
    try:
        number = float(cell)
    except ValueError:
        return math.inf
    return math.inf if math.isnan(number) else number


def _remember(answers: dict[_Asked, _Answer], asked: _Asked, answer: _Answer, most: int) -> None:
    answers[asked] = answer
    while len(answers) > most:
        answers.pop(next(iter(answers)), None)
