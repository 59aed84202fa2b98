"""What changed in a tenant between two of its copies, or since one: attribute by attribute, by the ids of resources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scimtui.config import CompareRules
from scimtui.errors import UsageError
from scimtui.ops.compare import SidesCompared
from scimtui.ops.compared_people import with_member_names
from scimtui.ops.sides import snapshot_side, tenant_side
from scimtui.ops.snapshots import folder_of, kept_snapshots, snapshot_before
from scimtui.scim.compare import Comparison, Different, Entry, Unknown, compare_paired
from scimtui.scim.pairing import Pairing, key_reader
from scimtui.scim.resource import natural_key, resource_id
from scimtui.store.columns import Projection
from scimtui.store.snapshots import Change, Snapshot, changes, steps
from scimtui.store.sync_state import SyncState

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

Raw = Mapping[str, Any]
_PORTION = 500
"""Pairs that are held at the same time."""


@dataclass(frozen=True, slots=True)
class Step:
    """One copy, or the cache as it is now, and what changed since the copy before it."""

    snapshot: Snapshot | None
    """None: now."""
    state: SyncState
    since: datetime | None
    """When the copy before it was taken; None: it is the first one."""
    found: Comparison | None
    """Left is the copy before it; None for the first one."""


def compared_copies(
    session: Session,
    resource_type: ResourceType,
    older: Snapshot,
    newer: Snapshot | None = None,
    rules: CompareRules | None = None,
) -> SidesCompared:
    """Compare two copies of a tenant, or one with what is cached now; on the left is `older`. Blocks for the disk.

    People and groups are who they were by their ids, so that a new name is a change and no other person. Of the rules
    `ignore`, `only` and `fold` count.

    Raises:
        PathError: a path of the rules is none.
        CacheError: a copy or the cache cannot be read.
    """
    cache = session.cache.resources(resource_type.name)
    states = _state(older), _state(newer) if newer else cache.state
    count = newer.count if newer else len(cache)
    pairs = changes(cache, older, newer, folder_of(session))
    comparison = _compared(pairs, resource_type, session.tenant.match, count, rules or CompareRules())
    found = SidesCompared(comparison, (resource_type, resource_type), *states)
    right = snapshot_side(session, newer.taken_at) if newer else tenant_side(session)
    found = with_member_names(found, (snapshot_side(session, older.taken_at), right))
    now = tenant_side(session)  # ids are the same at all times: whom a copy does not know may be known now
    return with_member_names(found, (now, now))


def turned(found: SidesCompared) -> SidesCompared:
    """Return a comparison with its sides changed over."""
    old = found.comparison
    different = (
        replace(
            one,
            left_id=one.right_id,
            right_id=one.left_id,
            changes=tuple(
                replace(
                    each,
                    left=each.right,
                    right=each.left,
                    left_absence=each.right_absence,
                    right_absence=each.left_absence,
                )
                for each in one.changes
            ),
        )
        for one in old.different
    )
    unknown = tuple(replace(one, left=not one.left) for one in old.unknown)
    new = replace(old, only_left=old.only_right, only_right=old.only_left, different=tuple(different), unknown=unknown)
    same = [(key, right, left) for key, left, right in found.same]
    return SidesCompared(new, (found.types[1], found.types[0]), found.right_state, found.left_state, same)


def drift(session: Session, resource_type: ResourceType, rules: CompareRules | None = None) -> Iterator[Step]:
    """Yield the copies, the oldest first, then the cache where it was written to since; each with what changed. Blocks.

    Only what differs from one copy to the next is decoded and compared.

    Raises:
        PathError: a path of the rules is none.
        CacheError: a copy or the cache cannot be read.
    """
    known, rules = kept_snapshots(session, resource_type.name), rules or CompareRules()
    if not known:
        return
    cache, folder = session.cache.resources(resource_type.name), folder_of(session)
    yield Step(known[0], _state(known[0]), None, None)
    since = known[0].taken_at
    for one, pairs in steps(cache, folder):
        found = _compared(pairs, resource_type, session.tenant.match, one.count, rules)
        yield Step(one, _state(one), since, found)
        since = one.taken_at
    last, state = known[-1], cache.state
    is_newer = state is not None and state.synced_at != last.taken_at
    if state is not None and (is_newer or (last.lineage, last.generation) != _now(cache)):
        pairs = changes(cache, last, None, folder)
        found = _compared(pairs, resource_type, session.tenant.match, len(cache), rules)
        if is_newer or found.only_left or found.only_right or found.different:
            yield Step(None, state, since, found)


def _now(cache: Any) -> tuple[str, int]:
    storage = cache.db.storage
    return storage.lineage, storage.generation


def _state(one: Snapshot) -> SyncState:
    return SyncState(one.taken_at, True, None, one.count, one.count)


def _compared(
    pairs: Iterable[Change], resource_type: ResourceType, key: str, count: int, rules: CompareRules
) -> Comparison:
    """Compare who is not the same to the byte; all others, of `count` in the newer copy, are the same."""
    key = key if resource_type.attribute(key.partition(".")[0]) is not None else "displayName"
    read = key_reader(key, resource_type).read
    gone, new, portion = list[Entry](), list[Entry](), list[tuple[Raw, Raw]]()
    different, unknown = list[Different](), Counter[tuple[str, bool]]()

    def entry(raw: Raw) -> Entry:
        return Entry(read(raw) or natural_key(raw), resource_id(raw))

    def compare_portion() -> None:
        pairing = Pairing(key, list(portion), [], [], [])
        found = compare_paired(pairing, resource_type, rules.ignore, rules.only, fold=rules.fold)
        different.extend(replace(one, key=one.key or one.left_id) for one in found.different)
        unknown.update({(one.path, one.left): one.count for one in found.unknown})
        portion.clear()

    for before, after in pairs:
        if before is not None and after is not None:
            portion.append((before, after))
        elif before is not None:
            gone.append(entry(before))
        elif after is not None:
            new.append(entry(after))
        if len(portion) == _PORTION:
            compare_portion()
    compare_portion()
    told = tuple(Unknown(path, is_left, number) for (path, is_left), number in sorted(unknown.items()))
    return Comparison(
        key=key,
        only_left=tuple(sorted(gone, key=_by_key)),
        only_right=tuple(sorted(new, key=_by_key)),
        different=tuple(sorted(different, key=_by_key)),
        same=max(count - len(new) - len(different), 0),
        ambiguous=(),
        unknown=told,
    )


def _by_key(found: Entry | Different) -> str:
    return found.key.casefold()


def compared_moments(
    session: Session,
    resource_type: ResourceType,
    moments: tuple[datetime | None, datetime | None],
    rules: CompareRules | None = None,
) -> SidesCompared:
    """Compare a tenant at two moments, None for now, as `compared_copies` does; who is the same is named. Blocks.

    Raises:
        UsageError: there is no copy that old, or both are the same.
        PathError, CacheError: see `compared_copies`.
    """
    name = resource_type.name
    left, right = (snapshot_before(session, name, one) if one else None for one in moments)
    if left == right or any(one is None and moment for one, moment in zip((left, right), moments, strict=True)):
        raise UsageError(f"{session.tenant.name} has no two copies of its {name}s then", "each complete sync keeps one")
    is_turned = left is None or (right is not None and left.taken_at > right.taken_at)
    older, newer = (right, left) if is_turned else (left, right)
    assert older is not None
    found = compared_copies(session, resource_type, older, newer, rules)
    unlike = {one.right_id for one in found.comparison.different} | {one.id for one in found.comparison.only_right}
    read = key_reader(found.comparison.key, resource_type).read
    side = snapshot_side(session, newer.taken_at) if newer else tenant_side(session)
    keys = side.rows(name, Projection(f"keys\n{found.comparison.key}", lambda raw: (resource_id(raw), read(raw))))
    found = replace(found, same=[(row[1] or row[0], row[0], row[0]) for row in keys if row[0] not in unlike])
    return turned(found) if is_turned else found
