"""A comparison as tables: a line for each person or group, one table for each kind of verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scimtui.ops.search import fold
from scimtui.present.cells import safe
from scimtui.present.comparison import (
    ABSENT,
    AMBIGUOUS,
    DIFFERS,
    MARKS,
    ONLY_LEFT,
    ONLY_RIGHT,
    SAME,
    attribute_name,
    shown,
)
from scimtui.present.wording import count_of
from scimtui.scim.absence import Absence

if TYPE_CHECKING:
    from scimtui.present.columns import Column
    from scimtui.scim.compare import Comparison, Difference, Entry
    from scimtui.scim.pairing import Ambiguous

SIGNS = {**MARKS, SAME: "="}
UNKNOWN = "?"
NOTHING = "–"
MOST_ELEMENTS = 6
"""Elements of one list that a cell names."""

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Whom a line is about."""

    kind: str
    key: str
    """As it stands there: not safe to show."""
    left_id: str
    """"" where the left side has nobody, or several."""
    right_id: str
    changes: tuple[Difference, ...] = ()
    ambiguous: Ambiguous | None = None

    @property
    def id(self) -> str:
        """Return what tells this line from all others, also after another comparison of the same two sides."""
        return "\n".join((self.kind, self.left_id, self.right_id, self.key if self.ambiguous else ""))

    def turned(self) -> Compared:
        """Return the same with the sides changed over; what differs is to be compared again."""
        kind = {ONLY_LEFT: ONLY_RIGHT, ONLY_RIGHT: ONLY_LEFT}.get(self.kind, self.kind)
        return Compared(kind, self.key, self.right_id, self.left_id)


@dataclass(frozen=True, slots=True)
class Title:
    """One column of such a table."""

    text: str
    width: int = 0
    is_state: bool = False


@dataclass(frozen=True, slots=True)
class ComparedRows:
    """A table: rows `(id, haystack, sign and key, …)`, and whom each is about, in the same order."""

    titles: tuple[Title, ...]
    rows: Sequence[Row]
    subject_at: Callable[[int], Compared]
    """Whom a row is about; made when it is asked for, as a hundred thousand at once are a burden."""
    places: Mapping[str, int]
    """Where the row of an id is."""

    def signed(self, staged: Mapping[str, str]) -> ComparedRows:
        """Return it with the sign of what is staged, by id, behind the sign of the row."""
        rows = list(self.rows)
        for identity, sign in staged.items():
            if (place := self.places.get(identity)) is not None:
                row = rows[place]
                rows[place] = (*row[:2], f"{row[2][0]}{sign:<2.2}{row[2][3:]}", *row[3:])
        return replace(self, rows=rows)


def differing(comparison: Comparison, names: tuple[str, str], order: Iterable[str], only: str = "") -> ComparedRows:
    """Return who differs: in what, and both values, the attribute that differs most often first.

    `order` are the attributes by `attribute_counts`; with `only` one of them is looked at, and who is alike in it left out.
    """
    ranks = {name: rank for rank, name in enumerate(order)}
    chosen_ones, cells = [], []
    for one in comparison.different:
        by_name: dict[str, list[Difference]] = {}
        for change in one.changes:
            by_name.setdefault(attribute_name(change.path), []).append(change)
        if only and only not in by_name:
            continue
        chosen = [only] if only else sorted(by_name, key=lambda name: ranks.get(name, len(ranks)))
        left, right = (" · ".join(side_of(by_name[name], place) for name in chosen) for place in (0, 1))
        chosen_ones.append(one)
        cells.append((*(() if only else (", ".join(chosen),)), left, right))
    about = (Title("differs in"),) if not only else ()
    sides = tuple(Title(safe(f"{only}, {name}" if only else name)) for name in names)

    def subject(place: int) -> Compared:
        one = chosen_ones[place]
        return Compared(DIFFERS, one.key, one.left_id, one.right_id, one.changes)

    return _table((*about, *sides), subject, cells)


def side_of(changes: Sequence[Difference], place: int) -> str:
    """Return what one side (0 left, 1 right) has under one attribute of a pair, or why it has nothing. Safe."""
    if len(changes) == 1 and not is_element(changes[0]):
        change = changes[0]
        value, missing = ((change.left, change.left_absence), (change.right, change.right_absence))[place]
        return shown(value, missing)
    values = [one.right if place else one.left for one in changes]
    told = [shown(value, None) for value in values if value is not None]
    if not told and Absence.NOT_IN_SCHEMA in {one.right_absence if place else one.left_absence for one in changes}:
        return ABSENT[Absence.NOT_IN_SCHEMA]
    more = f" +{len(told) - MOST_ELEMENTS}" if len(told) > MOST_ELEMENTS else ""
    return f"{', '.join(told[:MOST_ELEMENTS])}{more}" if told else NOTHING


def is_element(change: Difference) -> bool:
    """Whether a difference is one element of a list, so that the other side has nothing rather than an absence."""
    return "[" in change.path or change.path.casefold() == "members"


def only_there(
    kind: str, entries: Sequence[Entry], seen: Mapping[str, Row], columns: Sequence[Column], unknown: str = ""
) -> ComparedRows:
    """Return who is only on one side, with the columns of a table. `seen` are rows by id, `unknown` why it is not certain."""

    def subject(place: int) -> Compared:
        one = entries[place]
        return Compared(kind, one.key, *((one.id, "") if kind == ONLY_LEFT else ("", one.id)))

    blank = ("", "", *([""] * len(columns)))
    places = [place for place, column in enumerate(columns) if place or column.kind != "text"]
    cells = [tuple(seen.get(one.id, blank)[2 + place] for place in places) for one in entries]
    titles = tuple(Title(columns[at].title, columns[at].width, columns[at].kind == "active") for at in places)
    return _table(titles, subject, cells, UNKNOWN if unknown else "")


def same_on_both(pairs: Iterable[tuple[str, str, str]], names: tuple[str, str]) -> ComparedRows:
    """Return who is the same: keys and ids alone."""
    in_order = sorted(pairs, key=lambda pair: pair[0].casefold())
    cells = [(safe(left), safe(right)) for _, left, right in in_order]
    titles = tuple(Title(f"id, {safe(name)}") for name in names)
    return _table(titles, lambda place: Compared(SAME, *in_order[place]), cells)


def ambiguous_keys(comparison: Comparison, names: tuple[str, str]) -> ComparedRows:
    """Return the keys that several resources have, and how many on each side."""
    found = comparison.ambiguous
    cells = [tuple(_ids(ids) for ids in (one.left_ids, one.right_ids)) for one in found]
    titles = tuple(Title(safe(name)) for name in names)
    return _table(titles, lambda place: Compared(AMBIGUOUS, found[place].key, "", "", (), found[place]), cells)


def _ids(ids: Sequence[str]) -> str:
    return f"{len(ids):,}: {', '.join(map(safe, ids[:MOST_ELEMENTS]))}" if ids else NOTHING


def _table(
    titles: tuple[Title, ...], subject_at: Callable[[int], Compared], cells: Sequence[Row], sign: str = ""
) -> ComparedRows:
    rows = []
    for place, own in enumerate(cells):
        subject = subject_at(place)
        key = safe(subject.key)
        haystack = fold("\n".join((key, *own)))
        rows.append((subject.id, haystack, f"{sign or SIGNS[subject.kind]}  {key}", *own))
    places = {row[0]: place for place, row in enumerate(rows)}
    return ComparedRows((Title("key", is_state=True), *titles), rows, subject_at, places)


def share(number: int, of: int) -> str:
    """Return a share as people say it: `12 %`, `<1 %`, "" of nothing."""
    if not of:
        return ""
    percent = 100 * number / of
    return "<1 %" if 0 < percent < 1 else ">99 %" if 99 < percent < 100 else f"{percent:.0f} %"


def rules_line(key: str, ignored: int, only: int, mapped: int, folded: int, population: str) -> str:
    """Return by which rules is compared, in a few safe words."""
    parts = [
        f"by {safe(key)}",
        f"only {count_of(only, 'attribute')}" if only else "",
        f"{ignored} ignored" if ignored else "",
        f"{mapped} mapped" if mapped else "",
        f"{folded} folded" if folded else "",
        f"who is {safe(population)}" if population else "",
    ]
    return " · ".join(part for part in parts if part)
