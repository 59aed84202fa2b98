"""Compare a resource type of two sides: tenants as they are cached, earlier copies of them, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from scimtui.config import CompareRules
from scimtui.ops.what_sides_hold import lists_of_one, shown_members
from scimtui.scim.absence import joined
from scimtui.scim.compare import Comparison, Different, Entry, Holding, Unknown, compare_paired
from scimtui.scim.counterparts import Counterparts, surely_paired
from scimtui.scim.fingerprint import Fingerprint, Fingerprints, PairedRows, fingerprints, pair_rows, same_people
from scimtui.scim.match import compile_filter
from scimtui.scim.pairing import Pairing, key_reader, pair
from scimtui.scim.path import attribute_at, parse_path
from scimtui.scim.renaming import renamer
from scimtui.scim.resource import natural_key, resource_id
from scimtui.store.collector import collector_paused
from scimtui.store.columns import Projection

if TYPE_CHECKING:
    from scimtui.ops.sides import Side
    from scimtui.scim.schema import ResourceType
    from scimtui.store.cache import SyncState

Raw = Mapping[str, Any]
Pairs = Sequence[tuple[Fingerprint, Fingerprint]]


SamePair = tuple[str, str, str]
"""Key, id on the left, id on the right."""


@dataclass(frozen=True, slots=True)
class SidesCompared:
    """What differs between two sides, and how far both can be trusted."""

    comparison: Comparison
    types: tuple[ResourceType, ResourceType]
    """How each side describes what was compared."""
    left_state: SyncState | None
    """None: never synced. Where either is not complete, nothing may be called missing."""
    right_state: SyncState | None
    same: Sequence[SamePair] = ()
    """Who is the same on both sides, in no order."""

    @property
    def is_complete(self) -> bool:
        """Whether everybody of both sides was compared, so that who is not there is missing."""
        return all(state is not None and state.complete for state in (self.left_state, self.right_state))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Two sides and how they are compared."""

    sides: tuple[Side, Side]
    types: tuple[ResourceType, ResourceType]
    key: str
    rules: CompareRules
    rename: Callable[[Raw], Raw] | None
    """Gives a resource of the right side the names of the left one; None where they have the same."""

    def named(self, place: int, raw: Raw) -> Raw:
        """Return a resource of a side under the names of the left one."""
        return raw if self.rename is None or not place else self.rename(raw)


def compare_sides(left: Side, right: Side, type_name: str, rules: CompareRules | None = None) -> SidesCompared:
    """Compare all resources of a type. Blocks for the disk and the work: call it in a thread.

    Members and managers are compared as people: an id on the left stands for the id its person has on the right.

    Raises:
        UsageError: one side has no such type.
        PathError: a path of the rules is none.
        CacheError: a cache cannot be read.
    """
    rules = rules or CompareRules()
    types = left.need_type(type_name), right.need_type(type_name)
    wanted = _wanted((left, right), types, rules)
    with collector_paused():
        comparison, same = _compared_whole(wanted) if rules.filter else _compared(wanted)
    return SidesCompared(comparison, types, left.state(types[0].name), right.state(types[1].name), same)


def side_by_side(left: Side, right: Side, type_name: str, ids: tuple[str, str], rules: CompareRules) -> tuple[Raw, Raw]:
    """Return the resources of one pair, the right one under the names of the left; {} for one that is not there. Blocks.

    Raises:
        See `compare_sides`.
    """
    types = left.need_type(type_name), right.need_type(type_name)
    mine = next(left.some(types[0].name, [ids[0]]), {}) if ids[0] else {}
    theirs = next(right.some(types[1].name, [ids[1]]), {}) if ids[1] else {}
    return mine, renamer(rules.map, *types)(theirs) if rules.map else theirs


def _compared(wanted: _Wanted) -> tuple[Comparison, Sequence[SamePair]]:
    """Compare by fingerprints. Only who is not the same at a glance is read."""
    types = wanted.types
    read = fingerprints(wanted.key, *types, wanted.rules.ignore)
    mine, theirs = (_rows(wanted, place, read) for place in (0, 1))
    if not all(row[0] for row in (*mine, *theirs)):  # what has no id cannot be read again
        return _compared_whole(wanted)
    paired = pair_rows(mine, theirs)
    people = _counterparts(wanted, {types[0].name: paired})
    same, doubtful = _sorted_out(paired.pairs, people)
    holding = Holding(shown_members(wanted.sides, types))
    found, read_same = _compared_portions(wanted, doubtful, people, holding)
    holds_one = lists_of_one(found, wanted.sides, types)
    if any(holds_one):
        found, read_same = _compared_portions(wanted, doubtful, people, replace(holding, holds_one=holds_one))
    same += read_same
    return replace(
        found,
        same=len(same),
        only_left=_entries(wanted, 0, paired.only_left),
        only_right=_entries(wanted, 1, paired.only_right),
        ambiguous=tuple(sorted(paired.ambiguous, key=lambda one: one.key.casefold())),
    ), same


_PORTION = 2000
"""So many pairs are read at once: all of them are where two providers write everybody differently."""


def _compared_portions(
    wanted: _Wanted, pairs: Pairs, people: Counterparts, holding: Holding
) -> tuple[Comparison, list[SamePair]]:
    """Read pairs and compare them. A copy or a file is read once, since all of it is read to find a few."""
    size = _PORTION if all(side.session is not None for side in wanted.sides) else max(len(pairs), 1)
    different: list[Different] = []
    unknown: Counter[tuple[str, bool]] = Counter()
    same: list[SamePair] = []
    for start in range(0, max(len(pairs), 1), size):
        read = _read(wanted, pairs[start : start + size])
        found = _compared_pairs(wanted, Pairing(wanted.key, read, [], [], []), people, holding)
        different += found.different
        for one in found.unknown:
            unknown[(one.path, one.left)] += one.count
        same += _same(read, found, wanted)
    told = tuple(Unknown(path, is_left, count) for (path, is_left), count in sorted(unknown.items()))
    ordered = tuple(sorted(different, key=lambda one: one.key.casefold()))
    return Comparison(wanted.key, (), (), ordered, len(same), (), told), same


def _compared_pairs(wanted: _Wanted, pairing: Pairing, people: Counterparts, holding: Holding) -> Comparison:
    rules, types = wanted.rules, wanted.types
    return compare_paired(
        pairing,
        types[0],
        rules.ignore,
        rules.only,
        fold=rules.fold,
        members=people,
        right_type=types[1],
        holding=holding,
    )


def _sorted_out(pairs: Pairs, people: Counterparts) -> tuple[list[SamePair], list[tuple[Fingerprint, Fingerprint]]]:
    """Return who is the same at a glance, and who must be read."""
    same: list[SamePair] = []
    doubtful = []
    for one, other in pairs:
        if _is_same(one, other, people):
            same.append((one[2], one[0], other[0]))
        else:
            doubtful.append((one, other))
    return same, doubtful


def _same(pairs: Sequence[tuple[Raw, Raw]], found: Comparison, wanted: _Wanted) -> list[SamePair]:
    """Return those of compared pairs that turned out to be the same."""
    read, unlike = (
        key_reader(wanted.key, wanted.types[0]).read,
        {(one.left_id, one.right_id) for one in found.different},
    )
    ids = ((mine, (resource_id(mine), resource_id(theirs))) for mine, theirs in pairs)
    return [(read(mine).strip(), *pair) for mine, pair in ids if pair not in unlike]


def _is_same(one: Fingerprint, other: Fingerprint, people: Counterparts) -> bool:
    """Whether two rows say that there is no difference. They may be plain tuples."""
    if not one[3] or one[3] != other[3]:
        return False
    return one[4] == other[4] == "" or same_people(one[4], other[4], people)


def _rows(wanted: _Wanted, place: int, read: Fingerprints) -> Sequence[Fingerprint]:
    name = read.name if wanted.rename is None or not place else f"{read.name}\n{sorted(wanted.rules.map.items())}"
    rows = wanted.sides[place].rows(
        wanted.types[place].name, Projection(name, lambda raw: read.of(wanted.named(place, raw)))
    )
    return cast("Sequence[Fingerprint]", rows)  # those of the disk are plain tuples of the same texts


def _read(wanted: _Wanted, pairs: Pairs) -> list[tuple[Raw, Raw]]:
    """Return the resources of pairs; one that was removed meanwhile is left out."""
    left, right = wanted.sides
    there = {resource_id(raw): raw for raw in right.some(wanted.types[1].name, (other[0] for _, other in pairs))}
    counterpart = {one[0]: other[0] for one, other in pairs}
    found = []
    for raw in left.some(wanted.types[0].name, (one[0] for one, _ in pairs)):
        other = there.get(counterpart[resource_id(raw)])
        if other is not None:
            found.append((raw, wanted.named(1, other)))
    return found


def _entries(wanted: _Wanted, place: int, rows: Sequence[Fingerprint]) -> tuple[Entry, ...]:
    """Return who is only there, sorted by key; who has none goes by the name that people know."""
    nameless = wanted.sides[place].some(wanted.types[place].name, (row[0] for row in rows if not row[2]))
    names = {resource_id(raw): natural_key(raw) for raw in nameless}
    found = (Entry(row[2] or names.get(row[0], row[0]), row[0]) for row in rows)
    return tuple(sorted(found, key=lambda entry: entry.key.casefold()))


def _compared_whole(wanted: _Wanted) -> tuple[Comparison, Sequence[SamePair]]:
    """Compare by reading every resource; all of that is forgotten when this returns, before the collector looks at it."""
    rules, types = wanted.rules, wanted.types
    matches = compile_filter(rules.filter, types[0]) if rules.filter else lambda _: True
    mine, theirs = (
        [raw for found in side.documents(types[place].name) if matches(raw := wanted.named(place, found))]
        for place, side in enumerate(wanted.sides)
    )
    pairing, people = pair(mine, theirs, wanted.key, joined(*types)), _counterparts(wanted, {})
    holding = Holding(shown_members(wanted.sides, types))
    found = _compared_pairs(wanted, pairing, people, holding)
    holds_one = lists_of_one(found, wanted.sides, types)
    if any(holds_one):
        found = _compared_pairs(wanted, pairing, people, replace(holding, holds_one=holds_one))
    return found, _same(pairing.pairs, found, wanted)


def _wanted(sides: tuple[Side, Side], types: tuple[ResourceType, ResourceType], rules: CompareRules) -> _Wanted:
    rename = renamer(rules.map, *types) if rules.map else None
    return _Wanted(sides, types, _key(sides[0], types[0], rules), rules, rename)


def _key(side: Side, resource_type: ResourceType, rules: CompareRules) -> str:
    """Return what pairs resources of a type: the rule where it is about them, else the name they go by."""
    if rules.key and attribute_at(parse_path(rules.key, resource_type), resource_type) is not None:
        return rules.key
    if resource_type.attribute("userName"):
        return side.match
    return next((name for name in ("displayName", "name") if resource_type.attribute(name)), "externalId")


def _counterparts(compared: _Wanted, known: Mapping[str, PairedRows]) -> Counterparts:
    """Return who of the left is who on the right, people and groups. `known` is paired already."""
    held: dict[str, tuple[dict[str, str | None], dict[str, str]]] = {}
    has_members = any(kind.attribute("members") is not None for kind in compared.types)
    for name in ("User", "Group") if has_members else ("User",):
        left_type, right_type = (side.resource_type(name) for side in compared.sides)
        if left_type is None or right_type is None:
            continue
        rows = known.get(left_type.name)
        if rows is None:
            wanted = _wanted(compared.sides, (left_type, right_type), compared.rules)
            read = fingerprints(wanted.key, left_type, right_type, compared.rules.ignore)
            rows = pair_rows(_rows(wanted, 0, read), _rows(wanted, 1, read))
        alike = ((one[0], other[0]) for one, other in rows.pairs)
        only_left, only_right = ([one[0] for one in side] for side in (rows.only_left, rows.only_right))
        held[name] = surely_paired(alike, only_left, only_right, rows.ambiguous)
    (people, others), (groups, other_groups) = (held.get(name, ({}, {})) for name in ("User", "Group"))
    return Counterparts(people, groups, others, other_groups)
