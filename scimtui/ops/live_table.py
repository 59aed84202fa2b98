"""A list as the provider has it now, page by page as it is looked at. What is loaded is in memory and nowhere else.

    live = start_list(session, resource_type, Wish("ann"))
    while not live.is_over and somebody_scrolls():
        live = await next_page(session, live)

Each LiveList is complete in itself: a page that failed or was cancelled is asked for again from the one before.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from scimtui.errors import Refused
from scimtui.ops.discover import discover
from scimtui.ops.pages import READ_BESIDE
from scimtui.ops.search import fold
from scimtui.ops.session import Session, connect
from scimtui.scim.coerce import as_list, element_value, is_active
from scimtui.scim.exchange import ListPage, read_page
from scimtui.scim.expression import Comparison, Filter, Operator, Path, all_of
from scimtui.scim.filter import parse_filter
from scimtui.scim.live_query import can_be_judged, ordered, sort_parameter, words_filter
from scimtui.scim.match import compile_filter
from scimtui.scim.paging import Walk, after_page, after_refusal, present_request, start_walk
from scimtui.scim.recognise import looks_like_filter
from scimtui.scim.refusal import raise_for_status
from scimtui.scim.resource import lookup
from scimtui.scim.sent_filter import sent_filter
from scimtui.store.cache import SyncState
from scimtui.store.live_cache import LiveCache, LiveResources

if TYPE_CHECKING:
    from scimtui.ops.arrangements import SortKey
    from scimtui.scim.message import ScimRequest, ScimResponse
    from scimtui.scim.schema import ResourceType

LOADED_AT_MOST = 20_000
"""Resources of one list; some 50 MB. Nobody scrolls through more."""
_NOT_UNDERSTOOD = frozenset({400, 403, 404, 500, 501})
"""Statuses of a provider that does not want what was asked for besides the pages."""
_OF_PAGES = frozenset({"invalidValue", "invalidCount", "invalidCursor", "expiredCursor"})
"""Keywords that speak of the page in the first place."""

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """Which resources are wanted, and in which order."""

    text: str = ""
    """Words, or a SCIM filter."""
    active: bool | None = None
    """Only who is active, or is not; None: everybody."""
    sort: tuple[SortKey, ...] = ()
    """The first decides; none: as the provider lists them."""

    @property
    def is_narrow(self) -> bool:
        """Whether less than everybody is wanted."""
        return bool(self.text) or self.active is not None


@dataclass(frozen=True, slots=True)
class LiveList:
    """How far a list is loaded."""

    wish: Wish
    walk: Walk
    sort_by: str | None = None
    """What the provider is asked to sort by; None: the rows that are loaded are sorted here, if an order is wanted."""
    agrees: Callable[[Raw], bool] | None = None
    """Whether a resource is one that was asked for, as far as that can be told from what a list shows of it."""
    why_filtered: str | None = None
    """Why the filter has to be evaluated here, on what is loaded; None: the provider does it, or there is none."""
    loaded: int = 0
    pages: int = 0
    is_ended: bool = False

    @property
    def is_full(self) -> bool:
        """Whether no more of the list is held, although there is more."""
        return not self.is_ended and self.loaded >= LOADED_AT_MOST

    @property
    def is_over(self) -> bool:
        """Whether no page is left to ask for."""
        return self.is_ended or self.is_full

    @property
    def is_claimed(self) -> bool:
        """Whether all that the provider claims is loaded, so that one look at most tells if it is the end."""
        return self.walk.claimed_total is not None and self.loaded >= self.walk.claimed_total

    @property
    def why(self) -> str | None:
        """Why a list that is over is not complete, in words."""
        if self.is_full:
            return f"{self.loaded:,} are loaded, which is the most: narrow the filter"
        return self.walk.why if self.is_ended and not self.walk.complete else None

    @property
    def is_filter_ignored(self) -> bool:
        """Whether the provider was asked for a filter and sent others as well."""
        return self.walk.filter is not None and self.why_filtered is not None

    @property
    def is_sorted_here(self) -> bool:
        """Whether only the loaded rows are in the order that is wanted."""
        return bool(self.wish.sort) and self.sort_by is None and not (self.is_ended and self.walk.complete)


def live_session(session: Session, resource_type: ResourceType) -> Session:
    """Return the same tenant with that type as it is listed live: all that is loaded is in the memory of this session.

    The connection and the journal are the tenant's own. One resource that is read or written alone goes into its cache.
    """
    return replace(
        session,
        cache=LiveCache(session.cache, resource_type.name),
        make_endpoint=lambda: session.endpoint,
        _endpoint=None,
        _making=threading.Lock(),
    )


async def get_to_know(live: Session, tenant: Session) -> bool:
    """Discover a tenant that never was, for its live session as well; False: it is known already.

    Raises:
        EndpointError, Refused: it does not answer.
    """
    is_new = not tenant.provider.documents
    if is_new:
        await discover(tenant)
    is_new = is_new or live.provider is not tenant.provider
    live.provider, live.dialect = tenant.provider, tenant.dialect
    return is_new


def start_list(session: Session, resource_type: ResourceType, wish: Wish, *, ignores_filters: bool = False) -> LiveList:
    """Return a list of which nothing is loaded yet. `ignores_filters`: as an earlier list has shown.

    Raises:
        FilterError: the text looks like a filter and cannot be read.
        PathError: the order is no path.
    """
    matches = compile_filter(wish.text, resource_type) if looks_like_filter(wish.text) else None
    sent = _sent(session, resource_type, wish) if wish.is_narrow else None
    why: str | None = None
    if wish.is_narrow and ignores_filters:
        why = "the provider ignores filters"
    elif wish.is_narrow and (session.provider.filter is False or sent is None):
        why = "the provider does not filter by this"
    sort_by: str | None = None
    if len(wish.sort) == 1 and session.provider.sort is True:  # RFC 7644 section 3.4.2.3 knows one key
        sort_by = sort_parameter(wish.sort[0].path, resource_type)
    return LiveList(
        wish=wish,
        walk=start_walk(resource_type, session.provider, session.dialect, filter=None if why else sent),
        sort_by=sort_by,
        agrees=_agrees(wish, matches, resource_type),
        why_filtered=why,
    )


def _sent(session: Session, resource_type: ResourceType, wish: Wish) -> str | None:
    """Return the filter that the provider is asked for; None: it cannot be asked for all that is wanted."""
    terms: list[Filter] = []
    if looks_like_filter(wish.text):
        terms.append(parse_filter(wish.text))
    elif wish.text:
        words = words_filter(wish.text, resource_type, session.dialect)
        if words is None:
            return None
        terms.append(parse_filter(words))
    if wish.active is not None:
        terms.append(Comparison(Path(attribute="active"), Operator.EQ, wish.active))
    return sent_filter(all_of(*terms), session.dialect, resource_type)


def _agrees(
    wish: Wish, matches: Callable[[Raw], bool] | None, resource_type: ResourceType
) -> Callable[[Raw], bool] | None:
    """Return whether a resource is one of those wanted, as far as a list shows what decides that."""
    checks: list[Callable[[Raw], bool]] = []
    if matches is None and wish.text:
        checks.append(_has_words(wish.text))
    elif matches is not None and can_be_judged(wish.text, resource_type):
        checks.append(matches)
    if wish.active is not None:
        checks.append(lambda raw: is_active(raw) in {wish.active, None})
    return (lambda raw: all(check(raw) for check in checks)) if checks else None


def with_wish(live: LiveList, other: LiveList) -> LiveList | None:
    """Return what is loaded as the answer to the other wish, where the provider would be asked for the same list."""
    is_same = (live.walk.filter, live.sort_by) == (other.walk.filter, other.sort_by)
    turned = live.sort_by is not None and live.wish.sort != other.wish.sort
    if not live.pages or not is_same or turned:
        return None
    return replace(live, wish=other.wish, agrees=other.agrees, why_filtered=other.why_filtered)


async def next_page(session: Session, live: LiveList) -> LiveList:
    """Load one page more into the session's memory. Its first page takes the place of the list before.

    Raises:
        EndpointError: no usable answer. The same page can be asked for again.
        Refused: the provider refuses the list.
    """
    live = replace(live, walk=replace(live.walk, seen=set(live.walk.seen), cursors=set(live.walk.cursors)))
    live, page = await _page(session, live)
    if page is None:
        return replace(live, is_ended=True)
    walk, following, new = after_page(live.walk, page)
    room = LOADED_AT_MOST - live.loaded
    is_ended, new = following is None and len(new) <= room, new[:room]
    cache = cast("LiveCache", session.cache).live()
    if not live.pages:
        cache.begin()
    await asyncio.to_thread(cache.add, new)
    live = replace(live, walk=walk, loaded=live.loaded + len(new), pages=live.pages + 1, is_ended=is_ended)
    if walk.filter is not None and live.agrees is not None and not all(map(live.agrees, new)):
        live = replace(live, why_filtered="the provider sent others as well")
    why = None if walk.complete else live.why or f"browsed live: {live.loaded:,} are loaded"
    cache.record(SyncState(datetime.now(UTC), walk.complete, why, walk.claimed_total, live.loaded))
    return live


def reread(session: Session, type_name: str, id: str) -> None:  # noqa: A002, the RFC's word
    """Take over a resource of the list that somebody else wrote into the tenant's cache. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    live = session.cache.resources(type_name)
    if isinstance(live, LiveResources):
        live.reread(id)


async def _page(session: Session, live: LiveList) -> tuple[LiveList, ListPage | None]:
    """Return the next page, and the list as it was asked for in the end; None: the list is over without it."""
    endpoint = await connect(session)
    request: ScimRequest | None = present_request(live.walk)
    doing = f"list {live.walk.resource_type.name}"
    turned = bool(live.wish.sort) and live.wish.sort[0].descending
    while request is not None:
        response = await endpoint.send(ordered(request, live.sort_by, is_descending=turned))
        try:
            raise_for_status(response, doing)
            return live, await _read(response)
        except Refused as refused:
            live, request = _after_refusal(live, refused)
    return live, None


async def _read(response: ScimResponse) -> ListPage:
    if len(response.body) > READ_BESIDE:
        return await asyncio.to_thread(read_page, response)
    return read_page(response)


def _after_refusal(live: LiveList, refused: Refused) -> tuple[LiveList, ScimRequest | None]:
    """Return the list and the request to go on with, None where the list is over; raises the refusal where it stands."""
    simpler = _simpler(live, refused)
    if simpler is not None and refused.scim_type not in _OF_PAGES:
        return simpler, present_request(simpler.walk)
    walk, request = after_refusal(live.walk, refused)
    if request is not None or walk.complete or walk.why:
        return replace(live, walk=walk), request
    if simpler is None:
        raise refused
    return simpler, present_request(simpler.walk)


def _simpler(live: LiveList, refused: Refused) -> LiveList | None:
    """Return a list without the order or the filter that the provider may have refused; None: it was neither."""
    if live.pages or refused.status not in _NOT_UNDERSTOOD or refused.scim_type in {"tooMany", "sensitive"}:
        return None
    if live.sort_by is not None and refused.scim_type != "invalidFilter":
        return replace(live, sort_by=None)
    if live.walk.filter is not None:
        return replace(
            live,
            walk=replace(live.walk, filter=None),
            why_filtered=f"the provider refused the filter (HTTP {refused.status})",
        )
    return None


def _has_words(text: str) -> Callable[[Raw], bool]:
    """Return whether a resource has every word in a name or an address, without accents and letter case."""
    words = fold(text).split()

    def agrees(raw: Raw) -> bool:
        values = [lookup(raw, "userName"), lookup(raw, "displayName")]
        values += [element_value(element) for element in as_list(lookup(raw, "emails"))]
        stack = fold("\n".join(value for value in values if isinstance(value, str)))
        return all(word in stack for word in words)

    return agrees
