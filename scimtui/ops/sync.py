"""Bring the cache to what the provider has: page by page, and swapped in only as far as it is complete."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime

from scimtui.ops.pages import next_page
from scimtui.ops.session import Session
from scimtui.scim.message import ScimRequest
from scimtui.scim.paging import Walk, first_request, start_walk
from scimtui.scim.schema import ResourceType
from scimtui.store.cache import Replacement, ResourceCache, SyncCounts, SyncState


@dataclass(frozen=True, slots=True)
class SyncReport:
    """How a sync ended."""

    tenant: str
    type: str
    fetched: int
    """Resources that arrived, each counted once."""
    requests: int
    seconds: float
    complete: bool
    why: str | None
    """Why it is not complete, and what became of the earlier copy."""
    new: int = 0
    changed: int = 0
    vanished: int = 0


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is."""

    type: str
    fetched: int
    claimed_total: int | None
    """The provider's totalResults, None where it says none. It may be wrong."""
    requests: int
    seconds: float
    report: SyncReport | None = None
    """Only in the last one."""


async def sync(
    session: Session,
    resource_type: ResourceType,
    *,
    full: bool = False,  # noqa: ARG001, every sync is a full one until a provider has proved that it filters by date
) -> AsyncGenerator[SyncProgress, None]:
    """Read all resources of a type; yields after each page, and last the report. Closing it leaves the old copy.

    An incomplete list takes the place of an incomplete copy that is smaller, never of a complete one.

    Raises:
        EndpointError: no usable answer to the first page. Later ones end the sync as incomplete.
        Refused: the provider refuses the first page.
        CacheError: the cache cannot be written. The old copy stays.
    """
    started = time.monotonic()
    requests = 0
    cache = await asyncio.to_thread(session.cache.resources, resource_type.name)
    walk = start_walk(resource_type, session.provider, session.dialect)
    with await _replacement(cache) as replacement:
        request: ScimRequest | None = first_request(walk)
        while request is not None:
            walk, request, new = await next_page(session, walk, request)
            requests += 1
            await asyncio.to_thread(replacement.add, new)
            total = walk.claimed_total
            yield SyncProgress(resource_type.name, len(replacement), total, requests, time.monotonic() - started)
        fetched = len(replacement)
        counts, why = await asyncio.to_thread(_swap, cache, replacement, walk)
    seconds = time.monotonic() - started
    report = SyncReport(
        tenant=session.tenant.name,
        type=resource_type.name,
        fetched=fetched,
        requests=requests,
        seconds=seconds,
        complete=walk.complete,
        why=why,
        new=counts.new,
        changed=counts.changed,
        vanished=counts.vanished,
    )
    yield SyncProgress(resource_type.name, fetched, walk.claimed_total, requests, seconds, report)


async def _replacement(cache: ResourceCache) -> Replacement:
    """Start the new copy in a thread. Who is cancelled meanwhile leaves none behind: it would block the next sync."""
    starting = asyncio.ensure_future(asyncio.to_thread(cache.replacement))

    def abandon(started: asyncio.Future[Replacement]) -> None:
        if not started.cancelled() and started.exception() is None:
            started.result().abandon()

    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        starting.add_done_callback(abandon)
        await asyncio.wait([starting])
        raise


def _swap(cache: ResourceCache, replacement: Replacement, walk: Walk) -> tuple[SyncCounts, str | None]:
    """Put what arrived in the old copy's place, unless the old copy is better. Returns what changed, and why not all."""
    old, arrived = cache.state, len(replacement)
    if not walk.complete and old is not None and (old.complete or old.count > arrived):
        kind = "complete" if old.complete else "larger"
        return SyncCounts(0, 0, 0), f"{walk.why}; the earlier {kind} copy stays"
    state = SyncState(datetime.now(UTC), walk.complete, walk.why, walk.claimed_total, arrived)
    return replacement.commit(state), walk.why
