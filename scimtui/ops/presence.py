"""Who is in which tenant: people by tenants, from rows that are kept beside each cache. No document is read for it.

Two accounts are one person's where their `match` says so, or else an e-mail address that nobody else has there. The
first tenant that has somebody is whom the others are compared with: the one that people come from, where the config
names it as `source`.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any
from zlib import crc32

from scimtui.ops.uncollected import uncollected
from scimtui.scim.coerce import as_boolean, as_list, element_value
from scimtui.scim.literal import fold
from scimtui.scim.pairing import KeyReader, key_reader
from scimtui.scim.resource import natural_key, resource_id
from scimtui.scim.schema import ENTERPRISE_USER
from scimtui.store.columns import Projection

if TYPE_CHECKING:
    from scimtui.config import CompareRules
    from scimtui.ops.sides import Side
    from scimtui.scim.schema import ResourceType
    from scimtui.store.sync_state import SyncState

FORM = 1
"""Changes with the meaning of a row, so that kept ones are not taken for those of today."""
PEOPLE = "User"
COMPARED = ("displayName", "name.givenName", "name.familyName", "title", "department", "employeeNumber", "emails")
"""What makes an account different from the one of the first tenant. One that nobody in a tenant has is not compared."""


class Standing(IntEnum):
    """What a tenant has of a person."""

    ACTIVE = 0
    INACTIVE = 1
    MISSING = 2
    DIFFERENT = 3
    """Active, and not as in the first tenant."""
    UNKNOWN = 4
    """Not all of the tenant is known, or several accounts there have the key, or it does not say who is active."""

    @property
    def word(self) -> str:
        """Return the word for programs."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class TenantSeen:
    """One column."""

    name: str
    state: SyncState | None
    """None: never synced."""
    accounts: int = 0
    shared_keys: int = 0
    """Keys that several of its accounts have."""
    unsaid: int = 0
    """Accounts of which it does not say whether they are active."""

    @property
    def is_complete(self) -> bool:
        """Whether who is not there is missing."""
        return self.state is not None and self.state.complete


@dataclass(frozen=True, slots=True)
class Pattern:
    """People who stand in all tenants alike."""

    standings: tuple[Standing, ...]
    count: int


@dataclass(frozen=True)
class Presence:
    """People by tenants. What stands at one place of the lists is one person; they are sorted by key."""

    tenants: tuple[TenantSeen, ...]
    keys: Sequence[str]
    """As it stands in the first tenant that has them. Hostile text."""
    names: Sequence[str]
    found: Sequence[tuple[int, str]]
    """Where they were found first: the tenant's place, and the id of the account."""
    columns: tuple[bytes, ...]
    """For each tenant a standing for each person."""
    patterns: tuple[Pattern, ...]
    """The most frequent first."""
    pattern_of: Sequence[int]

    def __len__(self) -> int:
        return len(self.keys)

    def standings(self, person: int) -> tuple[Standing, ...]:
        """Return what each tenant has of a person."""
        return self.patterns[self.pattern_of[person]].standings

    def of_pattern(self, number: int) -> list[int]:
        """Return the people of a pattern."""
        return [person for person, pattern in enumerate(self.pattern_of) if pattern == number]


Rules = Callable[[str, str], "CompareRules | None"]


@uncollected
def presence(sides: Sequence[Side | str], rules: Rules = lambda *_: None, first: Iterable[str] = ()) -> Presence:
    """Return who is in which of these tenants; a tenant that is only a name cannot be read. Blocks for the disk and the work.

    `rules` are those of the config for two tenants: what they ignore, or do not name, makes nobody different. Tenants
    named in `first` are those that people come from.

    Raises:
        CacheError: a cache cannot be read.
        PathError: `match` of a tenant is no path.
    """
    named = frozenset(first)
    names = [side if isinstance(side, str) else side.name for side in sides]
    people = _People(names, rules)
    are_exact = all(_is_exact(side) for side in sides)
    seen: dict[int, TenantSeen] = {}
    for place in sorted(range(len(sides)), key=lambda place: names[place] not in named):
        seen[place] = _read(people, place, sides[place], folds=not are_exact and _is_exact(sides[place]))
    return people.sorted([seen[place] for place in range(len(sides))])


def _is_exact(side: Side | str) -> bool:
    """Whether letter case counts in the keys of a tenant; so it does among all where it does in each of them."""
    resource_type = None if isinstance(side, str) else side.resource_type(PEOPLE)
    return isinstance(side, str) or resource_type is None or key_reader(side.match, resource_type).fold("A") == "A"


def _read(people: _People, place: int, side: Side | str, *, folds: bool) -> TenantSeen:
    name = side if isinstance(side, str) else side.name
    resource_type = None if isinstance(side, str) else side.resource_type(PEOPLE)
    state = None if resource_type is None or isinstance(side, str) else side.state(resource_type.name)
    if state is None or resource_type is None or isinstance(side, str):
        people.nobody(place)
        return TenantSeen(name, None)
    rows: Sequence[Row] = side.rows(resource_type.name, projection(side.match, resource_type))
    if folds:
        rows = [(row[0], fold(row[1]), *row[2:]) for row in rows]
    shared = people.take(place, rows, missing=Standing.MISSING if state.complete else Standing.UNKNOWN)
    return TenantSeen(name, state, len(rows), shared, sum(not row[3] for row in rows))


def sources(tenants: Mapping[str, Any]) -> list[str]:
    """Return the tenants that people of others come from, as the config says."""
    return [name for name in tenants if any(one.source == name for one in tenants.values())]


# ---------------------------------------------------------------- rows


Row = Sequence[str]
"""Id, folded key, key, "1" or "0" for active, marks of what is compared, addresses by lines, name."""


def projection(match: str, resource_type: ResourceType) -> Projection:
    """Return what is kept of each person.

    Raises:
        PathError: `match` is no path.
    """
    reader = key_reader(match, resource_type)
    told = json.dumps([FORM, match, reader.fold("A")])
    return Projection(f"presence {told}", lambda raw: _row(raw, reader))


def _row(raw: Mapping[str, Any], reader: KeyReader) -> tuple[str, ...]:
    shown = reader.read(raw).strip()
    known = {key.casefold(): value for key, value in raw.items()}
    name, emails = _inner(known.get("name")), [_text(element_value(one)) for one in as_list(known.get("emails"))]
    work = _inner(known.get(_ENTERPRISE))
    user_name, active = _text(known.get("username")), as_boolean(known.get("active"))
    texts = (
        _text(known.get("displayname")),
        _text(name.get("givenname")),
        _text(name.get("familyname")),
        _text(known.get("title")),
        _text(work.get("department")),
        _text(work.get("employeenumber")),
        "\n".join(sorted(filter(None, emails))),
    )
    addresses = dict.fromkeys(one for one in (*emails, user_name) if "@" in one)
    called = known.get("displayname")
    return (
        resource_id(raw),
        reader.fold(shown),
        shown or natural_key(raw),
        "" if active is None else "1" if active else "0",
        ",".join([f"{crc32(text.encode(errors='surrogatepass')):x}" if text else "" for text in texts]),
        "\n".join(addresses),
        called if isinstance(called, str) else "",
    )


_ENTERPRISE = ENTERPRISE_USER.casefold()


def _inner(value: Any) -> dict[str, Any]:
    return {str(key).casefold(): one for key, one in value.items()} if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    if type(value) is not str:
        return ""
    return " ".join((value.lower() if value.isascii() else fold(value)).split())


# ---------------------------------------------------------------- people


_SEVERAL = -1


@dataclass
class _People:
    """Who is known so far. What is kept of a person does not grow with what a tenant keeps of them."""

    tenants: Sequence[str]
    rules: Rules
    keys: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    found: list[tuple[int, str]] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    """Of the account that was found first."""
    by_key: dict[str, int] = field(default_factory=dict)
    by_address: dict[str, int] = field(default_factory=dict)
    """`_SEVERAL` where more than one has it."""
    columns: dict[int, bytearray] = field(default_factory=dict)
    missing: dict[int, Standing] = field(default_factory=dict)
    used: dict[int, frozenset[int]] = field(default_factory=dict)
    """Which of COMPARED anybody in a tenant has."""
    compared: dict[tuple[int, int], frozenset[int]] = field(default_factory=dict)

    def nobody(self, place: int) -> None:
        """Know nothing of a tenant."""
        self._begin(place, Standing.UNKNOWN)

    def _begin(self, place: int, missing: Standing) -> bytearray:
        self.missing[place] = missing
        self.columns[place] = column = bytearray([missing]) * len(self.keys)
        return column

    def take(self, place: int, rows: Sequence[Row], missing: Standing) -> int:
        """Take the accounts of a tenant, and return how many keys several of them have."""
        column, taken = self._begin(place, missing), bytearray(len(self.keys))
        self.used[place] = _used(rows)
        keys = Counter(row[1] for row in rows if row[1])
        shared = {key for key, count in keys.items() if count > 1}
        addresses = Counter(one for row in rows for one in row[5].split("\n") if one)
        rest, owners = [], []
        for row in rows:
            person = self.by_key.get(row[1]) if row[1] else None
            if person is None:
                rest.append(row)
            elif row[1] in shared or taken[person]:  # or known by two keys, and both are accounts here
                column[person], taken[person] = Standing.UNKNOWN, 1
            else:
                column[person], taken[person] = self._standing(place, person, row), 1
                owners.append((person, row))
        for row in rest:
            if row[1] in shared and row[1] in self.by_key:  # the second of those that have this key
                continue
            person = None if row[1] in shared else self._by_address(row, addresses, taken)
            if person is None:
                person = self._new(place, row)
                column.append(missing)
                taken.append(0)
            column[person] = Standing.UNKNOWN if row[1] in shared else self._standing(place, person, row)
            taken[person] = 1
            owners.append((person, row))
            if row[1]:
                self.by_key.setdefault(row[1], person)
        for person, row in owners:
            self._know_addresses(person, row)
        return len(shared)

    def _by_address(self, row: Row, addresses: Mapping[str, int], taken: bytearray) -> int | None:
        """Return the one person, without an account here so far, who has an address that one account here has."""
        for one in row[5].split("\n"):
            if one and addresses[one] == 1:
                person = self.by_address.get(one, _SEVERAL)
                if person != _SEVERAL and person < len(taken) and not taken[person]:
                    return person
        return None

    def _new(self, place: int, row: Row) -> int:
        self.keys.append(row[2])
        self.names.append(row[6])
        self.found.append((place, row[0]))
        self.marks.append(row[4])
        for other, column in self.columns.items():
            if other != place:
                column.append(self.missing[other])
        return len(self.keys) - 1

    def _know_addresses(self, person: int, row: Row) -> None:
        for one in row[5].split("\n"):
            if one and self.by_address.setdefault(one, person) != person:
                self.by_address[one] = _SEVERAL

    def _standing(self, place: int, person: int, row: Row) -> Standing:
        if not row[3]:
            return Standing.UNKNOWN
        if row[3] == "0":
            return Standing.INACTIVE
        first, mine = self.marks[person], row[4]
        if first == mine:
            return Standing.ACTIVE
        one, other = first.split(","), mine.split(",")
        is_different = any(one[number] != other[number] for number in self._compared(self.found[person][0], place))
        return Standing.DIFFERENT if is_different else Standing.ACTIVE

    def _compared(self, first: int, place: int) -> frozenset[int]:
        if (first, place) not in self.compared:
            rules = self.rules(self.tenants[first], self.tenants[place])
            both = self.used[first] & self.used[place]
            self.compared[first, place] = both if rules is None else frozenset(_ruled(both, rules))
        return self.compared[first, place]

    def sorted(self, tenants: Sequence[TenantSeen]) -> Presence:
        """Return what is known of all."""
        order = sorted(range(len(self.keys)), key=list(map(str.casefold, self.keys)).__getitem__)
        columns = tuple(bytes(map(self.columns[place].__getitem__, order)) for place in range(len(tenants)))
        counted = Counter(zip(*columns, strict=True)) if columns else Counter()
        frequent = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
        numbers = {standings: number for number, (standings, _) in enumerate(frequent)}
        return Presence(
            tenants=tuple(tenants),
            keys=[self.keys[person] for person in order],
            names=[self.names[person] for person in order],
            found=[self.found[person] for person in order],
            columns=columns,
            patterns=tuple(Pattern(tuple(map(Standing, standings)), count) for standings, count in frequent),
            pattern_of=array("L", map(numbers.__getitem__, zip(*columns, strict=True))),
        )


def _used(rows: Iterable[Row]) -> frozenset[int]:
    found: set[int] = set()
    for row in rows:
        if len(found) == len(COMPARED):
            break
        found.update(number for number, mark in enumerate(row[4].split(",")) if mark)
    return frozenset(found)


def _ruled(numbers: Iterable[int], rules: CompareRules) -> Iterator[int]:
    """Yield those that the rules of two tenants compare."""
    for number in numbers:
        name = COMPARED[number]
        if not _is_named(name, rules.ignore) and (not rules.only or _is_named(name, rules.only)):
            yield number


def _is_named(name: str, paths: Iterable[str]) -> bool:
    """Whether a path, with or without its URN, names an attribute or what it stands in."""
    names = {name.casefold(), name.partition(".")[0].casefold()}
    return any(path.rpartition(":")[2].partition("[")[0].casefold() in names for path in paths)
