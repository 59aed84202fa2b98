"""Walking a list to its end by pure steps, trusting what arrived and not what was asked or promised.

    walk = start_walk(resource_type, provider, dialect)
    request = first_request(walk)
    while request:
        walk, request, new = after_page(walk, read_page(await send(request)))

A walk ends `complete`, or with `why` it is not: a part is never taken for the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from scimtui.scim.dialect import RFC, Dialect, Paging
from scimtui.scim.exchange import ListPage, Query, list_request, search_request
from scimtui.scim.message import ScimRequest
from scimtui.scim.provider import BUILT_IN, Provider
from scimtui.scim.resource import lookup, resource_id

if TYPE_CHECKING:
    from scimtui.errors import Refused
    from scimtui.scim.schema import ResourceType

MAX_RESOURCES = 5_000_000
"""A list that is longer never ends by itself."""
MAX_EMPTY_PAGES = 10
"""Pages with a next cursor and nothing else, one after the other."""
MADE_UP = "synthesis_user"
"""Snowflake, before its bundle 2026_03, lists this user in place of everybody."""
SMALLEST_PAGE = 10
"""Below this a page size is not halved again; the provider chooses its own."""

Step = tuple["Walk", ScimRequest | None, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Walk:
    """How far a list has been walked."""

    resource_type: ResourceType
    by_cursor: bool = False
    can_index: bool = True
    """False: startIndex is known not to be understood, so the end of the cursors is the end."""
    can_step: bool = True
    """False: one answer holds everything, or nothing more can be asked for."""
    page_size: int | None = 100
    """None: `count` is not sent, since the provider does not bear it."""
    filter: str | None = None
    attributes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    in_body: bool = False
    """The provider does not want the filter in an address (RFC 7644 section 7.5.2)."""

    seen: set[str] = field(default_factory=set)
    """Ids that arrived. One set for all steps of a walk."""
    cursors: set[str] = field(default_factory=set)
    """Cursors that were followed. One set for all steps of a walk."""
    asked_index: int = 1
    asked_cursor: str | None = None
    position: int = 0
    """Place in the list of the last entry that arrived, from 1."""
    step: int = 0
    """Entries of the last page that was asked for by index."""
    pages_with_news: int = 0
    empty_pages: int = 0
    claimed_total: int | None = None
    repeated: int = 0
    """Resources that came more than once."""
    overlapped: int = 0
    """Those of them that came beside new ones: the order changed, so that others may have been passed by."""
    without_id: int = 0
    not_objects: int = 0
    is_probing_end: bool = False
    """The last resource is asked for again: an honest provider sends it alone."""
    doubts_total: bool = False
    """More arrived than the total allowed: it counts a page, not the list."""
    has_shrunk: bool = False
    """The total fell while pages were read by index: what stood behind moved up, and somebody may have been passed by."""
    has_gap: bool = False
    """The provider skipped ahead of the startIndex that was asked for."""
    stride: int = 0
    """Above 0: page k is asked for as startIndex = k × stride."""
    page_number: int = 0
    has_restarted: bool = False
    complete: bool = False
    is_broken: bool = False
    """No usable answer came, and that ended it."""
    why: str | None = None
    """Why the list is not complete, in words."""

    @property
    def arrived(self) -> int:
        """Entries of the list that arrived, each counted once."""
        return len(self.seen) + self.without_id + self.not_objects


def start_walk(
    resource_type: ResourceType,
    provider: Provider = BUILT_IN,
    dialect: Dialect = RFC,
    *,
    filter: str | None = None,  # noqa: A002, the RFC's word
    attributes: tuple[str, ...] = (),
    excluded: tuple[str, ...] = (),
) -> Walk:
    """Return a walk at its start: by cursor where the provider announces cursors (RFC 9865 section 4), else by index."""
    limits = (dialect.page_size, provider.max_results, provider.pagination.max_page_size)
    announced = provider.pagination.cursor is True or provider.pagination.index is False
    return Walk(
        resource_type,
        by_cursor=dialect.paging is Paging.CURSOR or (dialect.paging is Paging.AUTO and announced),
        can_index=provider.pagination.index is not False and dialect.paging is not Paging.CURSOR,
        can_step=dialect.paging is not Paging.NONE,
        page_size=min((limit for limit in limits if limit and limit > 0), default=RFC.page_size),
        filter=filter,
        attributes=attributes,
        excluded=excluded,
    )


def first_request(walk: Walk) -> ScimRequest:
    """Return the request for the first page. startIndex and count are both sent: some list nothing without them."""
    if walk.by_cursor:
        return _request(walk, cursor="")
    return _request(walk, start_index=1 if walk.can_step else None)


def after_page(walk: Walk, page: ListPage) -> Step:
    """Return the walk after a page, the next request or None at the end, and the resources not seen before."""
    was_known = len(walk.seen)
    entries = len(page.resources) + page.not_objects
    new, without_id = _unseen(walk, page.resources)
    known = len(page.resources) - len(new) - without_id
    told, before = page.total_results, walk.claimed_total
    fell = told is not None and before is not None and walk.arrived <= told < before
    walk = replace(
        walk,
        has_shrunk=walk.has_shrunk or (fell and not walk.by_cursor),
        claimed_total=walk.claimed_total if page.total_results is None else page.total_results,
        repeated=walk.repeated + (0 if walk.is_probing_end else known),
        overlapped=walk.overlapped + (known if new and not walk.is_probing_end else 0),
        without_id=walk.without_id + without_id,
        not_objects=walk.not_objects + page.not_objects,
        pages_with_news=walk.pages_with_news + (len(walk.seen) > was_known),
        empty_pages=0 if entries else walk.empty_pages + 1,
    )
    if len(walk.seen) > MAX_RESOURCES:
        return (*_stop(walk, f"the list did not end after {MAX_RESOURCES:,} resources"), new)
    if entries and without_id == len(page.resources):
        return (*_stop(walk, "the provider sends resources without an id, which cannot be kept"), new)
    if entries == len(page.resources) == 1 and walk.filter is None and lookup(page.resources[0], "userName") == MADE_UP:
        return (*_stop(walk, "the provider lists a made-up user in place of everybody"), new)
    if page.next_cursor or walk.by_cursor:
        return (*_after_cursor_page(walk, page, has_news=bool(new)), new)
    if not walk.can_step:
        return (*_only_page(walk), new)
    return (*_after_index_page(walk, page, entries, has_news=bool(new)), new)


def predicted(walk: Walk, request: ScimRequest, number: int) -> list[ScimRequest]:
    """Return the requests that follow `request`, the walk's present one, if every page is as long as the last one.

    None where nothing can be foretold: by cursor, without a total, at the end. A request that turns out to be another
    one is simply not used.
    """
    total, asked = walk.claimed_total, walk.asked_index
    if walk.by_cursor or walk.stride or walk.is_probing_end or not walk.step or total is None or request.body:
        return []
    starts = range(asked + walk.step, min(total, asked + number * walk.step) + 1, walk.step)
    return [_request(walk, start_index=start) for start in starts]


def was_honest(walk: Walk) -> bool:
    """Whether a finished walk by index met a provider whose pages and total are what they say (RFC 7644 section 3.4.2.4)."""
    odd = walk.repeated or walk.without_id or walk.not_objects or walk.stride or walk.has_gap or walk.doubts_total
    return walk.complete and not walk.by_cursor and not odd and walk.claimed_total == walk.arrived


def walk_document(walk: Walk) -> dict[str, Any]:
    """Return how far a walk is, as JSON; the ids that arrived are kept with the resources."""
    plain = {one.name: getattr(walk, one.name) for one in fields(walk) if one.name not in {"resource_type", "seen"}}
    return {**plain, "cursors": sorted(walk.cursors)}


def resumed_walk(resource_type: ResourceType, document: Mapping[str, Any], seen: set[str]) -> Walk | None:
    """Return the walk that walk_document described, None where it was of another version."""
    known = {one.name for one in fields(Walk)} - {"resource_type", "seen"}
    if set(document) != known or not isinstance(document["cursors"], list):
        return None
    lists = {name: tuple(document[name]) for name in ("attributes", "excluded")}
    return Walk(resource_type=resource_type, seen=seen, **{**document, **lists, "cursors": set(document["cursors"])})


def present_request(walk: Walk) -> ScimRequest:
    """Return the request for the page at which a walk stands."""
    _, request = _again(walk)
    assert request is not None
    return request


def after_refusal(walk: Walk, refused: Refused) -> tuple[Walk, ScimRequest | None]:
    """Return the next request after a refused page, None where nothing is left to try: the refusal then stands."""
    status, keyword = refused.status, refused.scim_type
    if walk.is_probing_end and status < 500:
        return _end(replace(walk, is_probing_end=False))
    if keyword in {"expiredCursor", "invalidCursor"} and walk.asked_cursor:
        if walk.has_restarted:
            return walk, None
        walk.cursors.clear()
        walk = replace(walk, has_restarted=True, repeated=0, empty_pages=0)
        return _ask(walk, cursor="") if walk.by_cursor else _ask(walk, index=1)
    if (keyword == "sensitive" or status == 414) and not walk.in_body:
        return _again(replace(walk, in_body=True))
    if walk.excluded and status in {400, 501}:  # or it is something else, which the next answer shows
        return _again(replace(walk, excluded=()))
    if keyword in {"invalidFilter", "sensitive"} or status not in {400, 413, 500, 501, 504}:
        return walk, None
    if walk.by_cursor and not walk.asked_cursor:  # announced, and not understood
        return _ask(replace(walk, by_cursor=False), index=1)
    if walk.by_cursor or walk.page_size is None:
        return walk, None
    smaller = walk.page_size // 2 if status in {400, 413, 504} and walk.page_size // 2 >= SMALLEST_PAGE else None
    return _again(replace(walk, page_size=smaller))


def _again(walk: Walk) -> tuple[Walk, ScimRequest | None]:
    return _ask(walk, index=walk.asked_index, cursor=walk.asked_cursor)


def _unseen(walk: Walk, resources: tuple[dict[str, Any], ...]) -> tuple[list[dict[str, Any]], int]:
    """Return the resources whose id has not come before, and how many came without an id."""
    new, without_id = [], 0
    for resource in resources:
        identifier = resource_id(resource)
        if not identifier:
            without_id += 1
        elif identifier not in walk.seen:
            walk.seen.add(identifier)
            new.append(resource)
    return new, without_id


def _after_cursor_page(walk: Walk, page: ListPage, *, has_news: bool) -> tuple[Walk, ScimRequest | None]:
    cursor = page.next_cursor
    if cursor is None and page.is_cut:
        return _stop(walk, "a page broke off before it said where the next one begins")
    if cursor is None:
        if walk.cursors or not walk.can_index:
            return _end(walk)
        return _after_page_without_cursor(walk, page, has_news=has_news)
    if cursor in walk.cursors:
        return _stop(walk, "the provider sent the same cursor again")
    if page.resources and not has_news and not walk.has_restarted:
        return _stop(walk, "the provider sent the same page again")
    if walk.empty_pages > MAX_EMPTY_PAGES:
        return _stop(walk, "the provider sent one empty page after the other")
    walk.cursors.add(cursor)
    return _ask(replace(walk, by_cursor=True), cursor=cursor)


def _after_page_without_cursor(walk: Walk, page: ListPage, *, has_news: bool) -> tuple[Walk, ScimRequest | None]:
    """Go on after a first page that names no next one: the whole list, or cursors were announced and are not followed."""
    total, entries = walk.claimed_total, len(page.resources) + page.not_objects
    by_index = replace(walk, by_cursor=False, asked_index=1)
    if not entries:  # nobody, or the provider lists nobody to whom it does not understand
        return _ask(by_index, index=1)
    if total is not None and total > walk.arrived:
        return _after_index_page(by_index, page, entries, has_news=has_news)
    if page.start_index is not None or entries % 10 == 0 or entries == walk.page_size:
        return _probe_end(replace(by_index, position=entries))
    return _end(walk)


def _after_index_page(walk: Walk, page: ListPage, entries: int, *, has_news: bool) -> tuple[Walk, ScimRequest | None]:
    if walk.is_probing_end:
        return _after_probe(walk, entries, has_news=has_news)
    if not entries:
        return _end(walk)
    if not has_news and walk.asked_index > 1:
        return _after_repeated_page(walk, page)
    total = walk.claimed_total
    if walk.stride:
        return _next_stride(walk) if total is None or walk.arrived < total else _end(walk)
    started = max(page.start_index or 0, walk.asked_index)
    skipped = walk.has_gap or started > walk.asked_index
    walk = replace(walk, position=started + entries - 1, has_gap=skipped, step=entries)
    if total is None or walk.position < total:
        return _ask(walk, index=walk.position + 1)
    if walk.doubts_total or entries == walk.page_size or total % 10 == 0:
        return _probe_end(walk)
    return _end(walk)


def _probe_end(walk: Walk) -> tuple[Walk, ScimRequest | None]:
    """Ask for the last resource again, where the total may be a page limit in disguise: a full page, a round number.

    Asking past the end would meet providers that then begin anew, or refuse.
    """
    return _ask(replace(walk, is_probing_end=True), index=max(walk.position, 1))


def _after_probe(walk: Walk, entries: int, *, has_news: bool) -> tuple[Walk, ScimRequest | None]:
    walk = replace(walk, is_probing_end=False)
    if has_news:
        walk = replace(walk, claimed_total=None, doubts_total=True, position=walk.asked_index + entries - 1)
        return _ask(walk, index=walk.position + 1)
    total = walk.claimed_total
    if entries == 1 or (walk.pages_with_news > 1 and total is not None and walk.arrived <= total):
        return _end(walk)
    if walk.pages_with_news > 1 and total is None:
        return _stop(walk, "the provider gives no total and began to repeat itself")
    what = f"sends the same {entries:,} whatever page is asked for" if entries else "sends one page only"
    return _stop(walk, f"the provider {what}, so there may be more")


def _after_repeated_page(walk: Walk, page: ListPage) -> tuple[Walk, ScimRequest | None]:
    """Go on after a page that brought nothing new."""
    total = walk.claimed_total
    if total is None or total <= walk.arrived:
        return _probe_end(walk)
    begins_anew = page.start_index is not None and page.start_index != walk.asked_index
    if begins_anew and not walk.stride:
        return _next_stride(replace(walk, stride=page.items_per_page or walk.position, page_number=1))
    return _stop(walk, "the provider sent the same page again")


def _next_stride(walk: Walk) -> tuple[Walk, ScimRequest | None]:
    """Ask for page k as startIndex = k × page size: authentik divides, so that 1 and 101 are both its first page."""
    number = walk.page_number + 1
    return _ask(replace(walk, page_number=number), index=number * walk.stride)


def _only_page(walk: Walk) -> tuple[Walk, ScimRequest | None]:
    if walk.claimed_total is None and not walk.arrived:
        return _end(walk)
    if walk.claimed_total is None:
        return _stop(walk, "the provider does not page and gives no total, so there may be more")
    return _end(walk)


def _end(walk: Walk) -> tuple[Walk, ScimRequest | None]:
    """End a walk that got to the last page: complete, if the numbers add up."""
    total = walk.claimed_total
    if total is not None and walk.arrived < total:
        twice = f", {walk.repeated:,} came twice" if walk.repeated else ""
        return _stop(walk, f"only {walk.arrived:,} of {total:,} arrived{twice}")
    if walk.overlapped and not walk.by_cursor and walk.arrived != total:
        return _stop(walk, f"{walk.overlapped:,} came twice, and no total says whether others never came: sync again")
    if walk.has_shrunk:
        return _stop(walk, "the list became shorter while it was read, so somebody may have been passed by: sync again")
    if walk.has_gap and (total is None or walk.doubts_total):
        return _stop(walk, "the provider skipped a part of the list")
    if walk.without_id:
        return _stop(walk, f"{walk.without_id:,} came without an id and cannot be kept")
    if walk.not_objects:
        return _stop(walk, f"{walk.not_objects:,} entries were no resources")
    return replace(walk, complete=True, why=None), None


def _stop(walk: Walk, why: str) -> tuple[Walk, ScimRequest | None]:
    total = walk.claimed_total
    amount = f" ({walk.arrived:,} of {total:,} arrived)" if total is not None and not why.startswith("only ") else ""
    return replace(walk, complete=False, why=why + amount), None


def _ask(walk: Walk, *, index: int = 1, cursor: str | None = None) -> tuple[Walk, ScimRequest | None]:
    walk = replace(walk, asked_index=index, asked_cursor=cursor)
    if walk.by_cursor:
        return walk, _request(walk, cursor=cursor or "")
    return walk, _request(walk, start_index=index)


def _request(walk: Walk, *, start_index: int | None = None, cursor: str | None = None) -> ScimRequest:
    query = Query(
        start_index=start_index,
        cursor=cursor,
        count=walk.page_size if walk.can_step or cursor is not None else None,
        filter=walk.filter,
        attributes=walk.attributes,
        excluded=walk.excluded,
    )
    return (search_request if walk.in_body else list_request)(walk.resource_type, query)
