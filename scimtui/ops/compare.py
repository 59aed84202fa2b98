"""Compare a resource type of two tenants, from their caches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from scimtui.config import CompareRules
from scimtui.errors import UsageError
from scimtui.scim.compare import Comparison, Entry, compare_paired
from scimtui.scim.fingerprint import Fingerprint, Fingerprints, fingerprints, pair_rows, same_people
from scimtui.scim.match import compile_filter
from scimtui.scim.pairing import Pairing, pair
from scimtui.scim.resource import natural_key, resource_id
from scimtui.store.collector import collector_paused
from scimtui.store.columns import Projection

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.store.cache import SyncState

Documents = list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class TenantComparison:
    """What differs between two tenants, and how far both sides can be trusted."""

    comparison: Comparison
    types: tuple[ResourceType, ResourceType]
    """How each side describes what was compared."""
    left_state: SyncState | None
    """None: never synced. Where either is not complete, nothing may be called missing."""
    right_state: SyncState | None


def compare_tenants(
    left: Session, right: Session, type_name: str, rules: CompareRules | None = None
) -> TenantComparison:
    """Compare all cached resources of a type. Blocks for the disk and the work: call it in a thread.

    Members and managers are compared as people: an id on the left stands for the id its person has on the right.

    Raises:
        UsageError: one side has no such type.
        CacheError: a cache cannot be read.
    """
    rules = rules or CompareRules()
    resource_type = _type(left, type_name)
    other_type = _type(right, type_name)
    with collector_paused():
        comparison = _compared(left, right, (resource_type, other_type), rules)
    states = (session.cache.resources(type_name).state for session in (left, right))
    return TenantComparison(comparison, (resource_type, other_type), *states)


def _compared(
    left: Session, right: Session, types: tuple[ResourceType, ResourceType], rules: CompareRules
) -> Comparison:
    """Compare what the caches hold. Only who is not the same at a glance is read from the disk."""
    natural = _natural_key(left, types[0])
    key = rules.key or natural
    if rules.filter:
        return _compared_whole(left, right, types, rules, key)
    read = fingerprints(key, *types, rules.ignore)
    mine, theirs = (_rows(session, types[0].name, read) for session in (left, right))
    if not all(row[0] for row in (*mine, *theirs)):  # what has no id cannot be read again
        return _compared_whole(left, right, types, rules, key)
    paired = pair_rows(mine, theirs)
    people = paired.pairs if key == natural else None
    counterparts = _counterparts(left, right, {types[0].name: people} if people is not None else {})
    doubtful = [
        (one, other)
        for one, other in paired.pairs
        if not one[3]
        or one[3] != other[3]
        or not (one[4] == other[4] == "" or same_people(one[4], other[4], counterparts))
    ]
    pairs = _read(left, right, types[0].name, doubtful)
    found = compare_paired(
        Pairing(key, pairs, [], [], []), types[0], rules.ignore, rules.only, members=counterparts, right_type=types[1]
    )
    return replace(
        found,
        same=found.same + len(paired.pairs) - len(doubtful),
        only_left=_entries(left, types[0].name, paired.only_left),
        only_right=_entries(right, types[0].name, paired.only_right),
        ambiguous=tuple(sorted(paired.ambiguous, key=lambda one: one.key.casefold())),
    )


def _rows(session: Session, type_name: str, read: Fingerprints) -> list[Fingerprint]:
    rows = session.cache.resources(type_name).passing_rows(Projection(read.name, read.of))
    return cast("list[Fingerprint]", rows)  # those of the disk are plain tuples of the same texts


def _read(
    left: Session, right: Session, type_name: str, pairs: Sequence[tuple[Fingerprint, Fingerprint]]
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Return the resources of pairs; one that was removed meanwhile is left out."""
    mine = left.cache.resources(type_name).some(one[0] for one, _ in pairs)
    theirs = right.cache.resources(type_name).some(other[0] for _, other in pairs)
    there = {resource_id(raw): raw for raw in theirs}
    wanted = {one[0]: other[0] for one, other in pairs}
    return [(raw, other) for raw in mine if (other := there.get(wanted.get(resource_id(raw), ""))) is not None]


def _entries(session: Session, type_name: str, rows: Sequence[Fingerprint]) -> tuple[Entry, ...]:
    """Return who is only there, sorted by key; who has none goes by the name that people know."""
    nameless = [row[0] for row in rows if not row[2]]
    names = {resource_id(raw): natural_key(raw) for raw in session.cache.resources(type_name).some(nameless)}
    found = (Entry(row[2] or names.get(row[0], row[0]), row[0]) for row in rows)
    return tuple(sorted(found, key=lambda entry: entry.key.casefold()))


def _compared_whole(
    left: Session, right: Session, types: tuple[ResourceType, ResourceType], rules: CompareRules, key: str
) -> Comparison:
    """Compare by reading every resource; all of that is forgotten when this returns, before the collector looks at it."""
    wanted = [
        _wanted(list(session.cache.resources(types[0].name).documents()), types[0], rules.filter)
        for session in (left, right)
    ]
    pairing = pair(wanted[0], wanted[1], key, types[0])
    members = _counterparts(left, right, {})
    return compare_paired(pairing, types[0], rules.ignore, rules.only, members=members, right_type=types[1])


def _type(session: Session, type_name: str) -> ResourceType:
    found = session.provider.resource_type(type_name)
    if found is None:
        known = ", ".join(known.name for known in session.provider.resource_types)
        raise UsageError(f"{session.tenant.name} has no resource type {type_name}", f"it has {known}")
    return found


def _natural_key(session: Session, resource_type: ResourceType) -> str:
    """Return what pairs resources of a type: the tenant's own rule for people, else the name they go by."""
    if resource_type.attribute("userName"):
        return session.tenant.match
    return next((name for name in ("displayName", "name") if resource_type.attribute(name)), "externalId")


def _wanted(documents: Documents, resource_type: ResourceType, text: str) -> Documents:
    if not text:
        return documents
    matches = compile_filter(text, resource_type)
    return [raw for raw in documents if matches(raw)]


def _counterparts(
    left: Session, right: Session, known: Mapping[str, Sequence[tuple[Fingerprint, Fingerprint]]]
) -> dict[str, str | None]:
    """Return left id → right id of people and groups, for those whose match is certain. `known` is paired already."""
    found: dict[str, str | None] = {}
    for name in ("User", "Group"):
        mine, theirs = left.provider.resource_type(name), right.provider.resource_type(name)
        if mine is None or theirs is None:
            continue
        pairs = known.get(mine.name)
        if pairs is None:
            read = fingerprints(_natural_key(left, mine), mine, theirs)
            pairs = pair_rows(_rows(left, mine.name, read), _rows(right, theirs.name, read)).pairs
        found.update((one[0], other[0]) for one, other in pairs)
    return found
