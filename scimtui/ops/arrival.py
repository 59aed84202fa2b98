"""The pages of a full sync as they arrive in a new copy, which begins with what an earlier sync left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from scimtui.errors import CacheError
from scimtui.ops.group_members import with_members
from scimtui.ops.pages import pages
from scimtui.ops.refresh import changed_text
from scimtui.scim.paging import Walk, resumed_walk, walk_document
from scimtui.scim.resource import resource_id, without_password

if TYPE_CHECKING:
    from scimtui.ops.page_tags import PageTags
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.store.cache import Replacement, ResourceCache, SyncCounts

RESUMED_WITHIN = timedelta(hours=1)
"""A list that broke off longer ago is read from its beginning: too much may have moved in it."""
KEPT_AT_ONCE = 500
"""Resources that are handed to the disk together: a thread for each page would take as long as the page itself."""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a full sync is."""

    walk: Walk
    fetched: int
    requests: int
    """Requests since the step before."""
    end: tuple[SyncCounts, str | None] | None = None
    """What changed, and why not all of it came; only in the last step."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a list is read."""

    excluded: tuple[str, ...] = ()
    is_alone: bool = False
    """Whether what the list leaves out is read one resource after the other."""
    tags: PageTags | None = None
    """The pages as they were; None where the cache holds more of a resource than its list shows."""


@dataclass(slots=True)
class Arrival:
    """What has arrived of a list, and when."""

    walk: Walk
    began: datetime
    at: datetime | None = None
    """When the provider answered first, by its own clock."""
    unread: int = 0
    """Resources whose list copy lacks something, and that could not be read alone."""
    dates: list[str | None] = field(default_factory=list)


async def new_replacement(cache: ResourceCache) -> Replacement:
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


def resume(cache: ResourceCache, replacement: Replacement, walk: Walk, began: datetime) -> tuple[Walk, datetime]:
    """Return the walk, and when it began, with all that had arrived before it was broken off."""
    part = cache.part()
    if part is None:
        return walk, began
    try:
        first_began = datetime.fromisoformat(part["began"])
        documents = list(cache.part_documents()) if began - first_began < RESUMED_WITHIN else []
        resumed = resumed_walk(walk.resource_type, part["walk"], {resource_id(raw) for raw in documents})
    except (KeyError, TypeError, ValueError):
        documents, resumed = [], None
    cache.drop_part()
    wanted = (walk.filter, walk.attributes, walk.excluded)
    if not documents or resumed is None or (resumed.filter, resumed.attributes, resumed.excluded) != wanted:
        return walk, began
    replacement.add(documents)
    return replace(resumed, page_size=walk.page_size, complete=False, why=None), first_began


async def arrive(
    session: Session, resource_type: ResourceType, replacement: Replacement, arrival: Arrival, reading: Reading
) -> AsyncGenerator[Step, None]:
    """Take in page after page. Where it is broken off, what came is kept as a part for the next sync to go on from."""
    waiting: list[dict[str, Any]] = []
    ahead = session.dialect.concurrency if session.dialect.parallel_pages and not arrival.walk.arrived else 1
    try:
        async with aclosing(pages(session, arrival.walk, ahead=ahead, tags=reading.tags)) as steps:
            async for step in steps:
                arrival.walk, arrival.at, asked = step.walk, arrival.at or step.at, 0
                new = step.new
                if reading.is_alone:
                    new, missed, asked = await with_members(session, resource_type, new)
                    arrival.unread += missed
                waiting += new
                if len(waiting) >= KEPT_AT_ONCE or step.is_last:
                    arrival.dates += await asyncio.to_thread(take_in, replacement, waiting)
                    waiting = []
                yield Step(step.walk, len(replacement) + len(waiting), 1 + asked)
    except BaseException:
        if arrival.walk.arrived:
            with suppress(CacheError):
                replacement.add(waiting)
            replacement.suspend(part_of(arrival.walk, arrival.began))
        raise


def take_in(replacement: Replacement, new: list[dict[str, Any]]) -> list[str | None]:
    """Take in what arrived, and return when each of its resources was last changed, unread."""
    replacement.add([without_password(raw) for raw in new])
    return [changed_text(raw) for raw in new]


def part_of(walk: Walk, began: datetime) -> dict[str, Any]:
    """Return what a later sync must know to go on from here, as JSON."""
    return {"walk": walk_document(walk), "began": began.isoformat()}
