"""What the resources that others name are called, from the cache: managers, members, groups."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scimtui.ops.group_members import has_members
from scimtui.scim.coerce import is_active
from scimtui.scim.resource import lookup, natural_key, resource_id

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.reference import Reference

FEW = 200
"""So many are read one by one, in 5 ms; for more the whole type is read once, 100,000 people in 0.3 s."""
PARTS = ("id", "displayName", "name", "userName", "externalId", "active")


@dataclass(frozen=True, slots=True)
class Named:
    """A cached resource, as an admin calls it. Texts of a provider, not yet made safe to show."""

    type: str
    """Name of its resource type."""
    name: str
    key: str
    """userName where the name is another one, else ""."""
    active: bool | None
    """None where it does not say."""


def names(session: Session, references: Mapping[Reference, str]) -> dict[Reference, Named]:
    """Return the names of those that are in the cache. Blocks for the disk: call it in a thread.

    `references` says what each is called where it is named, "" where nothing is. A group is called so without being
    read: it may have 50,000 members.

    Raises:
        CacheError: the cache cannot be read.
    """
    found = {reference: named for reference, name in references.items() if (named := _group(session, reference, name))}
    waiting = references.keys() - found.keys()
    for type_name in dict.fromkeys(name for reference in waiting for name in reference.types):
        wanted = {reference.id: reference for reference in waiting if type_name in reference.types}
        if wanted:
            here = {wanted[identity]: named for identity, named in _of_type(session, type_name, wanted)}
            found |= here
            waiting -= here.keys()
    return found


def _group(session: Session, reference: Reference, name: str) -> Named | None:
    known = session.provider.resource_type(reference.types[0])
    if not name or len(reference.types) > 1 or known is None or not has_members(known):
        return None
    is_missing = session.cache.resources(known.name).written_after(reference.id, sys.maxsize)
    return None if is_missing else Named(known.name, name, "", None)


def _of_type(session: Session, type_name: str, ids: Collection[str]) -> Iterator[tuple[str, Named]]:
    cache = session.cache.resources(type_name)
    if len(ids) <= FEW:
        for identity in ids:
            raw = cache.get(identity)
            if raw is not None:
                yield identity, named_as(type_name, raw)
        return
    for raw in cache.parts(PARTS):
        identity = resource_id(raw)
        if identity in ids:
            yield identity, named_as(type_name, raw)


def named_as(type_name: str, raw: Mapping[str, Any]) -> Named:
    """Return what an admin calls a resource."""
    key = natural_key(raw)
    name = _text(lookup(raw, "displayName")) or _person(lookup(raw, "name")) or key
    return Named(type_name, name, "" if name == key else key, is_active(raw))


def _person(name: Any) -> str:
    if isinstance(name, str):
        return _text(name)
    parts = (_text(lookup(name, part)) for part in ("givenName", "familyName"))
    return _text(lookup(name, "formatted")) or " ".join(part for part in parts if part)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
