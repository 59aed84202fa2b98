"""Who should have an account, as the side says that people come from: a tenant, or an export of one or of an HR system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scimtui.errors import UsageError
from scimtui.ops.people_columns import Column, Places, StandingReader, Wish, places_of
from scimtui.ops.presence import PEOPLE, projection
from scimtui.ops.table_file import read_table
from scimtui.ops.uncollected import uncollected
from scimtui.scim.literal import fold

if TYPE_CHECKING:
    from scimtui.ops.sides import Side
    from scimtui.ops.table_file import TableFile

KEYS = (Column.USER_NAME, Column.EMAIL, Column.EMPLOYEE)
_MEANT_BY = {
    "username": Column.USER_NAME,
    "externalid": Column.EMPLOYEE,
    "employeenumber": Column.EMPLOYEE,
    "emails": Column.EMAIL,
    "emails.value": Column.EMAIL,
}
"""Which column pairs people with a tenant, by the last name of its `match`."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody of the source. Hostile text throughout."""

    key: str
    folded: str
    active: bool | None
    """None: the source says nothing that is understood."""
    words: str
    """What the source says of whether they are there."""
    addresses: tuple[str, ...]
    """Folded."""
    place: str
    """"line 7", or the id of the account."""


@dataclass(frozen=True, slots=True)
class SourcePeople:
    """A source as it was read."""

    name: str
    key: str
    """Path or title of what pairs its people with accounts."""
    people: Sequence[Expected]
    trouble: str = ""
    """Why it is not complete, so that nobody may be called unknown to it; "" where it is. Hostile text."""
    read_at: datetime | None = None
    titles: Mapping[Column, str] = field(default_factory=dict)
    counted: Mapping[Column, Counter[tuple[str, bool | None]]] = field(default_factory=dict)
    """Of a file: what its words and dates were taken for."""
    notes: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether it names everybody whom it should."""
        return not self.trouble


@uncollected
def tenant_source(side: Side, key: str | None = None) -> SourcePeople:
    """Return who is in a tenant, or in an earlier copy of one. Blocks for the disk.

    Raises:
        UsageError: it has no people.
        PathError: `key` is no path.
        CacheError: the cache cannot be read.
    """
    resource_type = side.need_type(PEOPLE)
    state, path = side.state(resource_type.name), key or side.match
    trouble = ""
    if state is None:
        trouble = "it was never synced"
    elif not state.complete:
        trouble = state.why or "it is not complete"
    words = {"1": "active", "0": "inactive", "": "not said"}
    people = [
        Expected(
            key=row[2],
            folded=row[1] and fold(row[1]),
            active=None if not row[3] else row[3] == "1",
            words=f"{words[row[3]]} in {side.name}",
            addresses=tuple(one for one in row[5].split("\n") if one),
            place=row[0],
        )
        for row in side.rows(resource_type.name, projection(path, resource_type))
    ]
    return SourcePeople(side.name, path, people, trouble, state.synced_at if state else None)


def file_source(path: Path, match: str, wish: Wish, today: datetime | None = None) -> SourcePeople:
    """Return whom a table names. Blocks for the disk. `match` is the path that pairs people of the target with others.

    Raises:
        UsageError: it is no table, or no column names people.
    """
    table = read_table(path)
    places = places_of(table, wish)
    key = key_column(table, places, match, wish)
    now = today or datetime.now(UTC).astimezone()
    reader = StandingReader(table, places, wish, now.date())
    people, blank = [], []
    for line, cells in table.rows:
        if not any(cells):
            continue
        one = _expected(line, cells, key, places, reader)
        if one.folded or one.addresses:
            people.append(one)
        else:
            blank.append(line)
    if not people:
        raise UsageError(f"{path} names nobody in its column {table.header[key]}", "name another one with --column")
    trouble = ""
    if blank:
        more = f" and {len(blank) - 1:,} more" if len(blank) > 1 else ""
        trouble = f"line {blank[0]}{more} says not who it is: {table.header[key]} is blank"
    return SourcePeople(
        path.name, table.header[key], people, trouble, None, dict(places.titles), reader.counted, table.notes
    )


def key_column(table: TableFile, places: Places, match: str, wish: Wish) -> int:
    """Return the column that pairs people: the one that was said, the one of the same kind as `match`, or the next best.

    Raises:
        UsageError: there is none.
    """
    said = [Column(name) for name in wish.columns if wish.columns[name] and Column(name) in KEYS]
    meant = _MEANT_BY.get(match.rpartition(":")[2].partition("[")[0].casefold())
    for kind in (*said, *((meant,) if meant else ()), *KEYS):
        if kind in places.of:
            return places.of[kind]
    titles = ", ".join(filter(None, table.header))
    raise UsageError(
        f"{table.source} has no column that names people", f"name it: --column userName=TITLE; it has {titles}"
    )


def _expected(line: int, cells: Sequence[str], key: int, places: Places, reader: StandingReader) -> Expected:
    found = reader.read(cells)
    texts = [cells[key], *(cells[places.of[kind]] for kind in (Column.EMAIL, Column.USER_NAME) if kind in places.of)]
    folded = [fold(text).strip() for text in texts]
    return Expected(
        key=cells[key] or next(filter(None, texts), ""),
        folded=folded[0],
        active=found.active,
        words=found.words,
        addresses=tuple(dict.fromkeys(one for one in folded if "@" in one)),
        place=f"line {line}",
    )
