"""Look at resources: rows and single ones from the cache, and live ones from the provider."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scimtui.errors import CacheError, NotScim, UsageError
from scimtui.ops.session import Session, connect
from scimtui.scim.resource import Resource, lookup, natural_key, resource_id, without_password
from scimtui.store.cache import SyncState
from scimtui.store.columns import Projection

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType

__all__ = [
    "Projection",
    "Rows",
    "SyncState",
    "count",
    "fetch",
    "find_resource",
    "forget",
    "keep",
    "read",
    "resource",
    "rows",
]

LISTED = 5
"""So many of several matches are named."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a table shows of one resource type."""

    rows: list[tuple[str, ...]]
    """(id, haystack, cell, cell, …), safe to display, in the order of the cache. Never changed in place."""
    state: SyncState | None
    """None: never synced."""
    generation: int
    """Of the cache when the rows were made."""


def rows(session: Session, type_name: str, projection: Projection) -> Rows:
    """Return the rows of a type from the cache. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    cache = session.cache.resources(type_name)
    generation = cache.generation
    return Rows(cache.rows(projection), cache.state, generation)


def count(session: Session, type_name: str) -> int | None:
    """Return how many resources of a type are in the cache; None: never synced. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    cache = session.cache.resources(type_name)
    return None if cache.state is None else len(cache)


def resource(session: Session, type_name: str, id: str) -> Resource | None:  # noqa: A002, the RFC's word
    """Return one resource from the cache, None where it is not there. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    raw = session.cache.resources(type_name).get(id)
    return None if raw is None else Resource(type_name, raw)


def named(session: Session, resource_type: ResourceType, key: str) -> list[Mapping[str, Any]]:
    """Return every cached resource whose id, natural key or externalId is `key`. Blocks for the disk.

    An id decides before the others. Letter case counts for ids alone.

    Raises:
        CacheError: the cache cannot be read.
    """
    cache = session.cache.resources(resource_type.name)
    by_id = cache.get(key)
    if by_id is not None:
        return [by_id]
    wanted = key.casefold()
    return [raw for raw in cache.documents() if wanted in _keys(raw)]


def find_resource(session: Session, resource_type: ResourceType, key: str) -> Resource:
    """Return the one cached resource whose id, natural key or externalId is `key`. Blocks for the disk.

    An id decides before the others. Letter case counts for ids alone.

    Raises:
        UsageError: there is none, or several, which are listed and never picked from.
        CacheError: the cache cannot be read.
    """
    cache = session.cache.resources(resource_type.name)
    found = named(session, resource_type, key)
    place = f"{resource_type.name} {key} in {session.tenant.name}"
    if not found:
        hint = (
            f"sync {session.tenant.name}" if cache.state is None or not cache.state.complete else "check the spelling"
        )
        raise UsageError(f"there is no {place}", hint)
    if len(found) > 1:
        listed = ", ".join(f"{natural_key(raw)} ({resource_id(raw)})" for raw in found[:LISTED])
        more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
        raise UsageError(f"{len(found)} resources are {place}: {listed}{more}", "name one of them by its id")
    return Resource(resource_type.name, found[0])


async def fetch(session: Session, resource_type: ResourceType, id: str) -> Resource:  # noqa: A002, the RFC's word
    """Read one resource from the provider and keep it in the cache, as far as that can be written.

    Raises:
        Refused: the provider refuses; 404 where it is gone.
        EndpointError: no usable answer.
    """
    found = await read(session, resource_type, id)
    await asyncio.to_thread(keep, session, found)
    return found


async def read(session: Session, resource_type: ResourceType, id: str) -> Resource:  # noqa: A002, the RFC's word
    """Read one resource from the provider, leaving the cache as it is.

    Raises:
        Refused: the provider refuses; 404 where it is gone.
        EndpointError: no usable answer.
    """
    from scimtui.scim.exchange import resource_path  # the first screen reads the cache alone
    from scimtui.scim.message import ScimRequest, decode
    from scimtui.scim.refusal import raise_for_status

    endpoint = await connect(session)
    doing = f"read {resource_type.name} {id}"
    response = await endpoint.send(ScimRequest("GET", resource_path(resource_type, id)))
    raise_for_status(response, doing)
    value = decode(response)
    listed = lookup(value, "Resources")
    if isinstance(listed, list) and lookup(value, "id") is None:  # RFC 7644 section 3.4.2 allows a list of one
        value = listed[0] if len(listed) == 1 else None
    if not isinstance(value, dict) or not value:
        raise NotScim(
            f"cannot {doing}: the answer is no resource", status=response.status, hint="look at the request log"
        )
    return Resource(resource_type.name, value)


def keep(session: Session, found: Resource) -> bool:
    """Put a live resource into the cache. False: it could not be, and the cache is behind until the next sync."""
    if session.cache.read_only or not found.id:
        return False
    try:
        session.cache.resources(found.type).put(without_password(found.raw))
    except CacheError:
        return False
    return True


def forget(session: Session, type_name: str, id: str) -> bool:  # noqa: A002, the RFC's word
    """Take a resource that the provider has no more out of the cache. False: it could not be."""
    if session.cache.read_only:
        return False
    try:
        session.cache.resources(type_name).remove(id)
    except CacheError:
        return False
    return True


def _keys(raw: Mapping[str, Any]) -> set[str]:
    values = (lookup(raw, name) for name in ("userName", "displayName", "name", "externalId"))
    return {value.casefold() for value in values if isinstance(value, str)}
