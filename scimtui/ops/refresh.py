"""What changed since the last sync, by `meta.lastModified gt`: only from a provider that has proved to honour it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from scimtui.errors import EndpointError, Refused
from scimtui.ops.pages import pages
from scimtui.ops.session import Session, connect, learn
from scimtui.scim.dialect import Filters
from scimtui.scim.exchange import Query, list_request, read_page
from scimtui.scim.literal import instant
from scimtui.scim.paging import Walk, start_walk
from scimtui.scim.refusal import raise_for_status
from scimtui.scim.resource import lookup, without_password

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType
    from scimtui.store.cache import ResourceCache, SyncCounts, SyncState

FULL_EVERY = timedelta(hours=24)
"""However well the dates work, everybody is read again after this."""
FEWEST_PROVEN = 10
"""Of fewer resources nothing can be proved, and nothing be gained."""


@dataclass(frozen=True, slots=True)
class Changes:
    """How far the changes were read."""

    fetched: int = 0
    requests: int = 0
    counts: SyncCounts | None = None
    """Only at the end, and only if the cache is now what the provider has; else everything must be read."""


def changed_text(raw: Mapping[str, Any]) -> str | None:
    """Return when the provider last changed a resource as it wrote it, None where it did not."""
    text = lookup(lookup(raw, "meta"), "lastModified")
    return text if isinstance(text, str) and text else None


def newest_of(texts: Sequence[str | None]) -> datetime | None:
    """Return the latest of many dates, None where one is lacking or cannot be read.

    Dates that are written alike are in the order of their letters, so that one of 100,000 is read, and not all.
    """
    if not texts or None in texts:
        return None
    known = [text for text in texts if text is not None]
    if len({(len(text), text[-1]) for text in known}) == 1 and known[0][-1] == "Z":
        return instant(max(known))
    moments = [instant(text) for text in known]
    return None if None in moments else max(moment for moment in moments if moment is not None)


def mark_of(raw: Mapping[str, Any]) -> datetime | None:
    """Return when the provider last changed a resource, None where it does not say."""
    return instant(lookup(lookup(raw, "meta"), "lastModified"))


async def changes_since(
    session: Session, resource_type: ResourceType, cache: ResourceCache
) -> AsyncGenerator[Changes, None]:
    """Yield how far the changes are read, and put them into the cache if they are proved to be all.

    They are proved so if each of them is as new as was asked for, and if the provider now counts as many resources as
    the cache holds with them: dates do not tell of those who were deleted.

    Raises:
        CacheError: the cache cannot be written.
    """
    state = await asyncio.to_thread(lambda: cache.state)
    if not _can_ask(session, resource_type, state) or await asyncio.to_thread(cache.part) is not None:
        return
    assert state is not None
    assert state.mark is not None
    began, since = datetime.now(UTC), instant(state.mark)
    walk = start_walk(resource_type, session.provider, session.dialect, filter=_later_than(state.mark))
    found: dict[str, dict[str, Any]] = {}
    requests, at = 0, None
    try:
        async for step in pages(session, walk):
            requests, walk, at = requests + 1, step.walk, at or step.at
            if any((mark_of(raw) or began) <= (since or began) for raw in step.new):
                await asyncio.to_thread(learn, session, "filters_by_date", False, "older ones came than asked for")
                yield Changes(len(found), requests)
                return
            found |= {str(lookup(raw, "id")): raw for raw in step.new}
            yield Changes(len(found), requests)
        total = await _count(session, resource_type, None)
    except (EndpointError, Refused):
        yield Changes(len(found), requests)
        return
    requests += 1
    unknown = await asyncio.to_thread(lambda: sum(cache.get(one) is None for one in found))
    held = await asyncio.to_thread(len, cache)
    if not walk.complete or total != held + unknown:
        yield Changes(len(found), requests)
        return
    newest = f"{(at or began) - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}" if at else state.mark
    kept = replace(state, synced_at=began, claimed_total=total, count=held + unknown, mark=newest)
    counts = await asyncio.to_thread(cache.merge, [without_password(raw) for raw in found.values()], (), kept)
    yield Changes(len(found), requests, counts)


async def prove_dates(session: Session, resource_type: ResourceType, walk: Walk, dates: Sequence[str | None]) -> int:
    """Find out whether the provider filters by `meta.lastModified`, after a walk that brought all; returns the requests.

    Two questions whose answers are known: how many are newer than the middle one, and newer than the newest one. Whoever
    ignores the filter counts everybody; whoever does not understand it counts nobody.
    """
    is_open = session.dialect.filters_by_date is None and _filters(session) and not _has_members(resource_type)
    if not walk.complete or not is_open or len(dates) < FEWEST_PROVEN:
        return 0
    known = sorted(moment for text in dates if (moment := instant(text)) is not None)
    if len(known) != len(dates):
        return 0
    middle, newest = known[len(known) // 2], known[-1]
    middle = middle if middle < newest else known[0] - timedelta(seconds=2)
    expected = sum(date > middle for date in known)
    try:
        first = await _count(session, resource_type, _later_than(_text(middle)))
        second = await _count(session, resource_type, _later_than(_text(newest + timedelta(seconds=1))))
    except Refused as error:
        evidence = f"a filter by meta.lastModified was refused (HTTP {error.status})"
        await asyncio.to_thread(learn, session, "filters_by_date", False, evidence)
        return 1
    except EndpointError:
        return 1
    if (first, second) == (expected, 0):
        evidence = f"{expected:,} of {len(known):,} were newer than {_text(middle)}, as known, and none than the newest"
        await asyncio.to_thread(learn, session, "filters_by_date", True, evidence)
    elif second == len(known) or (first == 0 and expected > 1):
        evidence = f"{first:,} and {second:,} of {len(known):,} instead of {expected:,} and none"
        await asyncio.to_thread(learn, session, "filters_by_date", False, evidence)
    return 2


def _can_ask(session: Session, resource_type: ResourceType, state: SyncState | None) -> bool:
    if state is None or not state.complete or state.mark is None or state.full_at is None:
        return False
    is_recent = datetime.now(UTC) - datetime.fromisoformat(state.full_at) < FULL_EVERY
    is_counted = state.claimed_total == state.count
    proven = session.dialect.filters_by_date is True
    return proven and is_recent and is_counted and _filters(session) and not _has_members(resource_type)


def _filters(session: Session) -> bool:
    dialect = session.dialect
    return session.provider.filter is not False and dialect.filters is Filters.ALL and not dialect.filter_attributes


def _has_members(resource_type: ResourceType) -> bool:
    """Whether it is a group: many providers change members and leave lastModified as it was."""
    return resource_type.attribute("members") is not None


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ" if moment.microsecond else "%Y-%m-%dT%H:%M:%SZ")


def _later_than(mark: str) -> str:
    return f'meta.lastModified gt "{mark}"'


async def _count(session: Session, resource_type: ResourceType, filter: str | None) -> int | None:  # noqa: A002, the RFC's word
    """Return how many resources the provider counts.

    Raises:
        EndpointError, Refused: no usable answer.
    """
    endpoint = await connect(session)
    response = await endpoint.send(list_request(resource_type, Query(start_index=1, count=1, filter=filter)))
    raise_for_status(response, f"count {resource_type.name}")
    return read_page(response).total_results
