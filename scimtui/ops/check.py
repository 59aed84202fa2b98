"""Ask a provider what it really does: read-only questions whose answers are known, each with its evidence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scimtui.errors import EndpointError, NotScim, Refused, Unreachable
from scimtui.ops.discover import PATHS, discover
from scimtui.ops.session import Session, connect, learn
from scimtui.scim.exchange import ListPage, Query, list_request, read_page, resource_path, search_request
from scimtui.scim.message import ScimRequest, ScimResponse, decode
from scimtui.scim.probe import Probe, Verdict, filter_questions, judge_filter, judge_order, lacking, pair_of
from scimtui.scim.refusal import ERROR_URN, raise_for_status
from scimtui.scim.resource import lookup, resource_id

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType

__all__ = ["Probe", "Verdict", "check"]

LARGE_PAGE = 1000
"""The largest page that is asked for to find the cap."""
SAMPLE = 100
_DEMANDING = {
    *("ne", "co", "sw", "ew", "gt", "ge", "lt", "le"),
    *("pr, and", "or", "not", "sub-attribute", "value path", "date"),
}
"""Where one of these fails, only eq is sent from then on."""
NO_SUCH_ID = "00000000-0000-4000-8000-5c1337000000"

Answer = ListPage | str
"""A page, or why there is none."""


@dataclass
class _Bench:
    """What the probes of one check share."""

    session: Session
    resource_type: ResourceType
    key: str
    """The attribute that names a resource."""
    sample: tuple[dict[str, Any], ...] = ()
    total: int | None = None
    results: dict[str, Verdict] = field(default_factory=dict)

    async def send(self, request: ScimRequest, *, signed: bool = True) -> ScimResponse:
        endpoint = await connect(self.session)
        return await endpoint.send(request, signed=signed)

    async def page(self, query: Query, resource_type: ResourceType | None = None) -> Answer:
        """Return a page; a refusal is an answer too, in words. What breaks the connection is raised."""
        return await self.read(list_request(resource_type or self.resource_type, query))

    async def read(self, request: ScimRequest) -> Answer:
        try:
            response = await self.send(request)
            raise_for_status(response, "list")
            return read_page(response)
        except Refused as error:
            return f"HTTP {error.status}{f' {error.scim_type}' if error.scim_type else ''}"
        except NotScim as error:
            return f"HTTP {error.status}, not SCIM"
        except Unreachable as error:
            return f"no answer: {error.message}"


async def check(session: Session) -> AsyncGenerator[Probe, None]:
    """Yield what the provider does, probe after probe, and keep what steers us in its dialect. Nothing is written there.

    Raises:
        Unauthorized, Unreachable: there is nobody to ask.
        Refused: the provider lets us list nothing at all.
    """
    await discover(session)
    resource_type = session.provider.resource_type("User") or session.provider.resource_types[0]
    key = "userName" if resource_type.attribute("userName") else "displayName"
    bench = _Bench(session, resource_type, key)
    for probes in (_discovery, _paging, _cursor, _filters, _sorting, _selection, _single, _errors, _groups):
        try:
            async for probe in probes(bench):
                bench.results[probe.name] = probe.result
                yield probe
        except Unreachable as error:  # one question may break a server that answers the others
            yield Probe(f"{probes.__name__.removeprefix('_')}, the rest", "7644 3", Verdict.UNKNOWN, error.message)
    await asyncio.to_thread(_learn_filters, bench)


async def _discovery(bench: _Bench) -> AsyncGenerator[Probe, None]:
    for name in PATHS:
        document = bench.session.provider.documents.get(name)
        if document:
            yield Probe(f"discovery {name}", "7644 4", Verdict.YES, f"/{name} answers")
        else:
            yield Probe(f"discovery {name}", "7644 4", Verdict.NO, f"/{name} has no answer that can be used")
    try:
        response = await bench.send(ScimRequest("GET", "/ServiceProviderConfig"), signed=False)
        public = response.status == 200
        told = f"HTTP {response.status} without a token"
    except EndpointError as error:
        public, told = False, error.message
    yield Probe("discovery without a token", "7644 4", Verdict.YES if public else Verdict.NO, told)


async def _paging(bench: _Bench) -> AsyncGenerator[Probe, None]:
    first = await bench.page(Query(start_index=1, count=SAMPLE))
    if isinstance(first, str):
        yield Probe("list", "7644 3.4.2", Verdict.NO, first)
        return
    bench.sample, bench.total = first.resources, first.total_results
    total = "no total" if first.total_results is None else f"a total of {first.total_results:,}"
    yield Probe("list", "7644 3.4.2", Verdict.YES, f"{len(first.resources)} came, with {total}")
    yield await _by_index(bench)
    yield await _cap(bench)
    none = await bench.page(Query(start_index=1, count=0))
    is_empty_page = not isinstance(none, str) and not none.resources
    told = none if isinstance(none, str) else f"count=0 brings {len(none.resources)}"
    yield Probe("count of none", "7644 3.4.2.4", Verdict.YES if is_empty_page else Verdict.NO, told)
    if bench.total is not None:
        past = await bench.page(Query(start_index=bench.total + 1, count=10))
        result = Verdict.YES if not isinstance(past, str) and not past.resources else Verdict.NO
        told = past if isinstance(past, str) else f"startIndex={bench.total + 1} brings {len(past.resources)}"
        yield Probe("past the end", "7644 3.4.2.4", result, told)


async def _by_index(bench: _Bench) -> Probe:
    if len(bench.sample) < 4:
        return Probe("paging by index", "7644 3.4.2.4", Verdict.UNKNOWN, "too few to tell")
    second = await bench.page(Query(start_index=3, count=2))
    if isinstance(second, str):
        return Probe("paging by index", "7644 3.4.2.4", Verdict.NO, f"startIndex=3&count=2: {second}")
    wanted, came = [resource_id(raw) for raw in bench.sample[2:4]], [resource_id(raw) for raw in second.resources]
    if came == wanted:
        told = f"startIndex=3&count=2 brings the third and the fourth, and says startIndex {second.start_index}"
        return Probe("paging by index", "7644 3.4.2.4", Verdict.YES, told)
    begins_anew = came[:1] == [resource_id(bench.sample[0])]
    told = "the list begins anew" if begins_anew else f"{len(came)} others than the third and fourth came"
    result = Verdict.NO if begins_anew else Verdict.PARTLY
    return Probe("paging by index", "7644 3.4.2.4", result, f"startIndex=3&count=2: {told}")


async def _cap(bench: _Bench) -> Probe:
    name, rfc = "large page", "7644 3.4.2.4"
    large = await bench.page(Query(start_index=1, count=LARGE_PAGE))
    session = bench.session
    if isinstance(large, str):
        told = f"count={LARGE_PAGE} is refused ({large}), count={SAMPLE} is not"
        return Probe(name, rfc, Verdict.NO, told)
    came = len(large.resources)
    if came >= min(LARGE_PAGE, bench.total or 0) and bench.total is not None:
        return Probe(name, rfc, Verdict.YES, f"count={LARGE_PAGE} brings {came:,} of {bench.total:,}")
    told = f"count={LARGE_PAGE} brings {came:,}"
    if 0 < came < SAMPLE:
        await asyncio.to_thread(learn, session, "page_size", came, told)
    return Probe(name, rfc, Verdict.PARTLY, f"{told}: a page holds no more")


async def _cursor(bench: _Bench) -> AsyncGenerator[Probe, None]:
    first = await bench.page(Query(cursor="", count=2))
    name, rfc = "paging by cursor", "9865 2"
    if isinstance(first, str):
        yield Probe(name, rfc, Verdict.NO, f"cursor=&count=2: {first}")
        return
    if first.next_cursor is None:
        yield Probe(name, rfc, Verdict.NO, "cursor=&count=2 brings no nextCursor")
        return
    second = await bench.page(Query(cursor=first.next_cursor, count=2))
    known = {resource_id(raw) for raw in first.resources}
    if isinstance(second, str) or known & {resource_id(raw) for raw in second.resources}:
        told = second if isinstance(second, str) else "the second page repeats the first"
        yield Probe(name, rfc, Verdict.PARTLY, told)
        return
    yield Probe(name, rfc, Verdict.YES, "the second page goes on where the first one ended")
    if bench.results.get("paging by index") is Verdict.NO:
        evidence = "cursors lead on, startIndex does not"
        await asyncio.to_thread(learn, bench.session, "paging", "cursor", evidence)


async def _filters(bench: _Bench) -> AsyncGenerator[Probe, None]:
    pair = pair_of(bench.sample, bench.key)
    if pair is None:
        yield Probe("filter eq", "7644 3.4.2.2", Verdict.UNKNOWN, "there are no two to tell apart")
        return
    wanted, other = pair
    for question in filter_questions(wanted, other, bench.key):
        answer = await bench.page(Query(start_index=1, count=10, filter=question.text))
        if isinstance(answer, str):
            yield Probe(f"filter {question.name}", "7644 3.4.2.2", Verdict.NO, f"{question.text}: {answer}")
        else:
            yield judge_filter(question, answer, wanted, bench.resource_type, bench.total)


async def _sorting(bench: _Bench) -> AsyncGenerator[Probe, None]:
    pages = [
        await bench.page(Query(start_index=1, count=10, sort_by=bench.key, is_descending=down))
        for down in (False, True)
    ]
    up, down = pages
    if isinstance(up, str) or isinstance(down, str):
        yield Probe("sort", "7644 3.4.2.3", Verdict.NO, up if isinstance(up, str) else str(down))
        return
    names = [[str(lookup(raw, bench.key) or "") for raw in page.resources] for page in (up, down)]
    yield Probe("sort", "7644 3.4.2.3", *judge_order(names[0], names[1]))


async def _selection(bench: _Bench) -> AsyncGenerator[Probe, None]:
    told = next((raw for raw in bench.sample if lookup(raw, bench.key) and len(raw) > 4), None)
    if told is None:
        yield Probe("attributes", "7644 3.9", Verdict.UNKNOWN, "nobody has enough attributes")
        return
    path = resource_path(bench.resource_type, resource_id(told))
    for name, parameter in (("attributes", "attributes"), ("excludedAttributes", "excludedAttributes")):
        single = await bench.read(
            ScimRequest("GET", f"{path}?{parameter}={bench.key if name == 'attributes' else 'meta'}")
        )
        raw = {} if isinstance(single, str) or not single.resources else single.resources[0]
        if not raw:
            yield Probe(name, "7644 3.9", Verdict.NO, single if isinstance(single, str) else "no resource came")
        elif name == "attributes":
            extra = set(map(str.casefold, raw)) - {"schemas", "id", "meta", "externalid", bench.key.casefold()}
            has_key = lookup(raw, bench.key) is not None
            result = Verdict.YES if has_key and not extra else Verdict.NO
            yield Probe(name, "7644 3.9", result, f"attributes={bench.key} brings {', '.join(sorted(raw))[:120]}")
        else:
            result = Verdict.NO if lookup(raw, "meta") else Verdict.YES
            yield Probe(
                name, "7644 3.9", result, f"without meta: {'it came' if lookup(raw, 'meta') else 'it did not come'}"
            )


async def _single(bench: _Bench) -> AsyncGenerator[Probe, None]:
    if not bench.sample:
        return
    listed = bench.sample[0]
    path = resource_path(bench.resource_type, resource_id(listed))
    response = await bench.send(ScimRequest("GET", path))
    try:
        raise_for_status(response, "read")
        single = decode(response)
    except (Refused, NotScim) as error:
        yield Probe("read one", "7644 3.4.1", Verdict.NO, error.message)
        return
    single = single if isinstance(single, Mapping) else {}
    result = Verdict.YES if resource_id(single) == resource_id(listed) else Verdict.NO
    yield Probe(
        "read one", "7644 3.4.1", result, f"GET {path} brings {'it' if result is Verdict.YES else 'another one'}"
    )
    missing = lacking(listed, single)
    told = f"only alone it has {', '.join(missing)[:120]}" if missing else "a list shows all that one alone shows"
    yield Probe("lists are whole", "7644 3.4.2", Verdict.NO if missing else Verdict.YES, told)
    version = response.headers.get("etag") or lookup(lookup(single, "meta"), "version")
    if not isinstance(version, str) or not version:
        yield Probe("ETag", "7644 3.14", Verdict.NO, "no ETag and no meta.version")
    else:
        again = await bench.send(ScimRequest("GET", path, headers={"If-None-Match": version}))
        result = Verdict.YES if again.status == 304 else Verdict.PARTLY
        yield Probe("ETag", "7644 3.14", result, f"{version}; If-None-Match is answered with HTTP {again.status}")
    search = await bench.read(search_request(bench.resource_type, Query(start_index=1, count=1)))
    good = not isinstance(search, str) and len(search.resources) == 1
    told = search if isinstance(search, str) else f"POST .search brings {len(search.resources)}"
    yield Probe(".search", "7644 3.4.3", Verdict.YES if good else Verdict.NO, told)


async def _errors(bench: _Bench) -> AsyncGenerator[Probe, None]:
    response = await bench.send(ScimRequest("GET", resource_path(bench.resource_type, NO_SUCH_ID)))
    try:
        value = decode(response)
    except NotScim:
        value = None
    schemas = lookup(value, "schemas")
    named = isinstance(schemas, list) and any(str(one).casefold() == ERROR_URN.casefold() for one in schemas)
    result = (
        Verdict.YES if response.status == 404 and named else Verdict.PARTLY if response.status == 404 else Verdict.NO
    )
    form = "with a SCIM error" if named else "without a SCIM error"
    yield Probe("errors", "7644 3.12", result, f"an id that nobody has: HTTP {response.status} {form}")


async def _groups(bench: _Bench) -> AsyncGenerator[Probe, None]:
    group = bench.session.provider.resource_type("Group")
    if group is None:
        return
    listed = await bench.page(Query(start_index=1, count=10), group)
    if isinstance(listed, str) or not listed.resources:
        told = listed if isinstance(listed, str) else "there is no group"
        yield Probe("members in lists", "7643 4.2", Verdict.UNKNOWN, told)
        return
    with_members = sum(1 for raw in listed.resources if lookup(raw, "members"))
    if with_members:
        yield Probe(
            "members in lists", "7643 4.2", Verdict.YES, f"{with_members} of {len(listed.resources)} have members"
        )
        await asyncio.to_thread(learn, bench.session, "lists_members", True, f"{with_members} groups came with members")
        without = await bench.page(Query(start_index=1, count=10, excluded=("members",)), group)
        kept = without if isinstance(without, str) else sum(1 for raw in without.resources if lookup(raw, "members"))
        understood = kept == 0
        told = f"excludedAttributes=members: {kept if isinstance(kept, str) else f'{kept} still have members'}"
        yield Probe("lists without members", "7644 3.9", Verdict.YES if understood else Verdict.NO, told)
        await asyncio.to_thread(learn, bench.session, "excludes_members", understood, told)
        return
    single = await bench.read(ScimRequest("GET", resource_path(group, resource_id(listed.resources[0]))))
    alone = not isinstance(single, str) and any(lookup(raw, "members") for raw in single.resources)
    told = "a group has its members only when it is read alone" if alone else "no group on the first page shows members"
    yield Probe("members in lists", "7643 4.2", Verdict.NO if alone else Verdict.UNKNOWN, told)
    if alone:
        await asyncio.to_thread(learn, bench.session, "lists_members", False, told)


def _learn_filters(bench: _Bench) -> None:
    """Keep which filters may be sent: all of them, eq alone, or none."""
    asked = {
        name.removeprefix("filter "): result for name, result in bench.results.items() if name.startswith("filter ")
    }
    if asked.get("eq") in {None, Verdict.UNKNOWN}:
        return
    failed = [name for name, result in asked.items() if result is Verdict.NO]
    if asked["eq"] is Verdict.NO:
        learn(bench.session, "filters", "none", "eq does not work")
    elif demanding := [name for name in failed if name in _DEMANDING]:
        learn(bench.session, "filters", "equality", f"eq works; {', '.join(demanding)} not")
    else:
        learn(
            bench.session, "filters", "all", f"{len(asked) - len(failed)} of {len(asked)} questions were answered right"
        )
