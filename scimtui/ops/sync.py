"""Bring the cache to what the provider has: only what changed where that is proven to work, else page by page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from scimtui.errors import EndpointError, NotScim, Refused, Unreachable
from scimtui.ops.arrival import Arrival, Reading, Step, arrive, new_replacement, part_of, resume, take_in
from scimtui.ops.group_members import has_members, shows_more_alone
from scimtui.ops.page_tags import PageTags, keep_tags, load_tags, prove_tags
from scimtui.ops.pages import pages
from scimtui.ops.refresh import Changes, changes_since, newest_of, prove_dates
from scimtui.ops.session import Session, learn
from scimtui.ops.snapshots import keep_snapshot
from scimtui.scim.message import as_integer
from scimtui.scim.paging import Walk, start_walk, was_honest
from scimtui.scim.resource import lookup
from scimtui.store.cache import Replacement, ResourceCache, SyncCounts, SyncState

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType

LOOKED_AT = 5
"""Groups of a list that are looked at for members."""
NO_MEMBERS = "the members are not read yet"
TOO_LARGE = 413
DROP_SHARE = 0.2
"""A larger part of the earlier copy does not vanish without a question."""
FEWEST_DROPPED = 10
"""So few may vanish without one, whatever their share."""

Believe = Callable[[int, int], Awaitable[bool]]
"""Asked with how many vanished of how many; False keeps the earlier copy."""


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
    session: Session, resource_type: ResourceType, *, full: bool = False, believe: Believe | None = None
) -> AsyncGenerator[SyncProgress, None]:
    """Read what changed, or all resources of a type; yields after each page, and last the report.

    Closing it leaves the old copy, and keeps what arrived for the next sync to go on from. An incomplete list takes the
    place of an incomplete copy that is smaller, never of a complete one. Where a fifth of the earlier copy would vanish,
    `believe` is asked; without it the earlier copy stays.

    Raises:
        EndpointError: no usable answer to the first page. Later ones end the sync as incomplete.
        Refused: the provider refuses the first page.
        CacheError: the cache cannot be written. The old copy stays.
    """
    started = time.monotonic()
    cache = await asyncio.to_thread(session.cache.resources, resource_type.name)

    def progress(fetched: int, total: int | None, requests: int, report: SyncReport | None = None) -> SyncProgress:
        return SyncProgress(resource_type.name, fetched, total, requests, time.monotonic() - started, report)

    requests = 0
    if not full:
        changes = Changes()
        async with aclosing(changes_since(session, resource_type, cache)) as found:
            async for changes in found:
                yield progress(changes.fetched, None, changes.requests)
        requests = changes.requests
        if changes.counts is not None:
            await keep_snapshot(session, resource_type.name, vanished=changes.counts.vanished)
            report = _report(session, resource_type, changes.fetched, requests, started, None, changes.counts)
            yield progress(report.fetched, None, requests, report)
            return
    else:
        await asyncio.to_thread(cache.drop_part)
    tags = PageTags() if full else await asyncio.to_thread(load_tags, session, resource_type.name)
    walk_all = _groups if has_members(resource_type) else _full
    async with aclosing(walk_all(session, resource_type, cache, believe, Reading(tags=tags))) as steps:
        async for step in steps:
            requests += step.requests
            ended = None
            if step.end is not None:
                counts, why = step.end
                if why is None:
                    await keep_snapshot(session, resource_type.name)
                ended = _report(session, resource_type, step.fetched, requests, started, why, counts)
            yield progress(step.fetched, step.walk.claimed_total, requests, ended)


def _report(
    session: Session,
    resource_type: ResourceType,
    fetched: int,
    requests: int,
    started: float,
    why: str | None,
    counts: SyncCounts,
) -> SyncReport:
    return SyncReport(
        tenant=session.tenant.name,
        type=resource_type.name,
        fetched=fetched,
        requests=requests,
        seconds=time.monotonic() - started,
        complete=why is None,
        why=why,
        new=counts.new,
        changed=counts.changed,
        vanished=counts.vanished,
    )


async def _groups(
    session: Session, resource_type: ResourceType, cache: ResourceCache, believe: Believe | None, whole: Reading
) -> AsyncGenerator[Step, None]:
    """Walk a list of groups: the first time without members, so that they are there at once, then with them.

    Where the list breaks with members in it, or leaves them out, it is read without them, and each group alone.
    """
    dialect = session.dialect
    if dialect.excludes_members is not False and await asyncio.to_thread(lambda: cache.state is None):
        async with aclosing(_names(session, resource_type, cache)) as steps:
            async for step in steps:
                yield step
    if dialect.lists_members is not False:
        last: Step | None = None
        with suppress(_TooMuch):
            async with aclosing(_listed(session, resource_type, cache, believe, whole)) as steps:
                async for last in steps:
                    if last.end is None:
                        yield last
        if last is not None and last.end is not None and not await _is_lacking(session, resource_type, cache, last):
            yield last
            return
        await asyncio.to_thread(_lacks_members, cache)
    reading = Reading(() if dialect.excludes_members is False else ("members",), is_alone=True)
    async with aclosing(_full(session, resource_type, cache, believe, reading)) as steps:
        async for step in steps:
            yield step


class _TooMuch(Exception):
    """A list does not come with what is asked for."""


async def _listed(
    session: Session, resource_type: ResourceType, cache: ResourceCache, believe: Believe | None, whole: Reading
) -> AsyncGenerator[Step, None]:
    """Walk a list with all that it shows; raises _TooMuch where its first page breaks as large pages do."""
    try:
        async with aclosing(_full(session, resource_type, cache, believe, whole)) as steps:
            async for step in steps:
                yield step
    except (NotScim, Unreachable, Refused) as error:
        if isinstance(error, Refused) and error.status < 500 and error.status != TOO_LARGE:
            raise
        raise _TooMuch from error


async def _is_lacking(session: Session, resource_type: ResourceType, cache: ResourceCache, last: Step) -> bool:
    """Whether a finished list of groups broke, or left the members out that each group shows alone."""
    if last.walk.is_broken or session.dialect.shows_members is False:
        return last.walk.is_broken
    listed = await asyncio.to_thread(lambda: list(islice(cache.documents(), LOOKED_AT)))
    return await shows_more_alone(session, resource_type, listed)


def _lacks_members(cache: ResourceCache) -> None:
    """Call the present copy incomplete, so that groups with members can take its place."""
    state = cache.state
    if state is not None and state.complete:
        cache.record(replace(state, complete=False, why=NO_MEMBERS))


async def _names(session: Session, resource_type: ResourceType, cache: ResourceCache) -> AsyncGenerator[Step, None]:
    """Put the groups into an empty cache without their members, where there are more than one page of them."""
    walk = start_walk(resource_type, session.provider, session.dialect, excluded=("members",))
    with await new_replacement(cache) as replacement, suppress(EndpointError, Refused):
        async with aclosing(pages(session, walk)) as steps:
            async for step in steps:
                walk = step.walk
                shows_them = any(lookup(raw, "members") is not None for raw in step.new)
                if not walk.excluded or shows_them or (step.is_last and not len(replacement)):
                    yield Step(walk, 0, 1)
                    return
                await asyncio.to_thread(take_in, replacement, step.new)
                yield Step(walk, len(replacement), 1)
        state = SyncState(datetime.now(UTC), False, NO_MEMBERS, walk.claimed_total, len(replacement))
        await asyncio.to_thread(replacement.commit, state)


async def _full(
    session: Session, resource_type: ResourceType, cache: ResourceCache, believe: Believe | None, reading: Reading
) -> AsyncGenerator[Step, None]:
    """Walk the whole list into a replacement, from where an earlier walk was broken off."""
    walk = start_walk(resource_type, session.provider, session.dialect, excluded=reading.excluded)
    arrival = Arrival(walk, datetime.now(UTC))
    with await new_replacement(cache) as replacement:
        resumed = await asyncio.to_thread(resume, cache, replacement, arrival.walk, arrival.began)
        arrival.walk, arrival.began = resumed
        async with aclosing(arrive(session, resource_type, replacement, arrival, reading)) as steps:
            async for step in steps:
                yield step
        walk, began, fetched = arrival.walk, arrival.began, len(replacement)
        if walk.complete and arrival.unread:
            why = f"the members of {arrival.unread:,} of {fetched:,} could not be read"
            walk = replace(walk, complete=False, why=why)
        if await _is_incredible(cache, replacement, walk, believe):
            old = cache.state.count if cache.state else 0
            why = f"only {fetched:,} of the {old:,} who were here came; the earlier copy stays until that is confirmed"
            yield Step(walk, fetched, 0, (SyncCounts(0, 0, 0), why))
            return
        state = SyncState(began, walk.complete, walk.why, walk.claimed_total, fetched, None, began.isoformat())
        if walk.complete:
            state = replace(state, mark=_mark(arrival.dates, arrival.at, began))
        end = await asyncio.to_thread(_swap, cache, replacement, state, part_of(walk, began))
    await asyncio.to_thread(_learn, session, walk)
    asked = await prove_dates(session, resource_type, walk, arrival.dates)
    if reading.tags is not None and state.complete:
        asked += await prove_tags(session, reading.tags)
        await asyncio.to_thread(keep_tags, session, resource_type.name, reading.tags)
    yield Step(walk, fetched, asked, end)


def _mark(dates: list[str | None], at: datetime | None, began: datetime) -> str | None:
    """Return the moment up to which nothing that changed can be lacking: a minute before the walk began.

    By the provider's clock where it tells it and its dates fit to it, else not after the newest change that was seen.
    """
    newest = newest_of(dates)
    if newest is None:
        return None
    start = at or began
    moment = min(newest, start) if at is None or newest > at + timedelta(minutes=5) else at
    return f"{moment - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"


async def _is_incredible(cache: ResourceCache, replacement: Replacement, walk: Walk, believe: Believe | None) -> bool:
    old = cache.state
    if not walk.complete or old is None or not old.complete:
        return False
    missing, present = await asyncio.to_thread(replacement.missing)
    if missing < FEWEST_DROPPED or missing <= present * DROP_SHARE:
        return False
    return believe is None or not await believe(missing, present)


def _swap(
    cache: ResourceCache, replacement: Replacement, state: SyncState, part: dict[str, Any]
) -> tuple[SyncCounts, str | None]:
    """Put what arrived in the old copy's place, unless the old copy is better. Returns what changed, and why not all."""
    old = cache.state
    if not state.complete and old is not None and (old.complete or old.count > state.count):
        kind = "complete" if old.complete else "larger"
        replacement.suspend(part)
        return SyncCounts(0, 0, 0), f"{state.why}; the earlier {kind} copy stays"
    counts = replacement.commit(state)
    if not state.complete:
        cache.keep_progress(part)
    return counts, state.why


def _learn(session: Session, walk: Walk) -> None:
    """Take in what the walk showed of the provider's paging."""
    total = as_integer(walk.claimed_total)
    if was_honest(walk) and walk.pages_with_news > 2 and not session.dialect.parallel_pages:
        evidence = f"{walk.pages_with_news} pages brought {total:,} of {total:,}, each once"
        learn(session, "parallel_pages", True, evidence)
    elif session.dialect.parallel_pages and not walk.by_cursor and not was_honest(walk):
        learn(session, "parallel_pages", False, walk.why or "a list did not add up")
