"""Who is in which group, from the cached groups: for providers that do not say it of the person."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from scimtui.ops.group_members import has_members
from scimtui.ops.names import PARTS, Named, named_as
from scimtui.ops.uncollected import uncollected
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.reference import Reference
from scimtui.scim.resource import lookup, resource_id

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.store.cache import ResourceCache


@dataclass(frozen=True, slots=True)
class Index:
    """The groups of one type, turned round."""

    stamp: tuple[int, int]
    """Generation of the cache, and how many groups it had."""
    groups: Mapping[str, tuple[str, ...]]
    """Ids of the groups by the id of a direct member."""
    names: Mapping[str, Named]
    """By the id of the group."""


_known: WeakKeyDictionary[ResourceCache, Index] = WeakKeyDictionary()
_reading = threading.Lock()


def groups_of(session: Session, identity: str) -> dict[Reference, Named] | None:
    """Return the cached groups that have somebody as a direct member; None while another thread reads them.

    The first call reads every group once, 5,000 with a hundred members in 0.6 s, and so does the next one after a
    group changed. Blocks for the disk: call it in a thread.

    Raises:
        CacheError: the cache cannot be read.
    """
    found: dict[Reference, Named] = {}
    for known in session.provider.resource_types:
        if has_members(known):
            index = _index(session.cache.resources(known.name))
            if index is None:
                return None
            found |= {Reference(one, (known.name,)): index.names[one] for one in index.groups.get(identity, ())}
    return found


def are_complete(session: Session) -> bool:
    """Whether all groups are in the cache, as far as it knows. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    states = [session.cache.resources(one.name).state for one in session.provider.resource_types if has_members(one)]
    return all(state is not None and state.complete for state in states)


def _index(cache: ResourceCache) -> Index | None:
    stamp = (cache.generation, len(cache))
    known = _known.get(cache)
    if known is not None and known.stamp == stamp:
        return known
    if not _reading.acquire(blocking=False):  # whoever waits would keep one of the few threads from others
        return None
    try:
        _known[cache] = _read(cache, stamp)
        return _known[cache]
    finally:
        _reading.release()


@uncollected
def _read(cache: ResourceCache, stamp: tuple[int, int]) -> Index:
    groups: dict[str, list[str]] = {}
    names: dict[str, Named] = {}
    for raw in cache.parts((*PARTS, "members")):
        identity = resource_id(raw)
        names[identity] = named_as(cache.name, raw)
        for member in as_list(lookup(raw, "members")):
            # Half of the time goes to `element_value`, and nearly every member is spelled as it should be.
            is_plain = type(member) is dict and "value" in member
            member_id = member["value"] if is_plain else element_value(member)
            if member_id is not None:
                groups.setdefault(str(member_id), []).append(identity)
    return Index(stamp, {member: tuple(dict.fromkeys(found)) for member, found in groups.items()}, names)
