"""The pages of a list, fetched and read; the next ones are on their way while one is being kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import orjson

from scimtui.errors import EndpointError, Refused
from scimtui.ops.page_tags import NOT_MODIFIED, PageTags
from scimtui.ops.session import Session, connect
from scimtui.scim.exchange import ListPage, read_page
from scimtui.scim.message import ScimRequest, ScimResponse
from scimtui.scim.paging import Walk, after_page, after_refusal, predicted, present_request
from scimtui.scim.refusal import raise_for_status

if TYPE_CHECKING:
    from scimtui.client.endpoint import Endpoint

Answer = tuple[ScimResponse, ListPage | None]
"""What came, and the page where it was not sent again."""

READ_BESIDE = 256 * 1024
"""Bytes above which a page is read in a thread: the event loop has keys to answer."""


@dataclass(frozen=True, slots=True)
class PageStep:
    """One page of a walk."""

    walk: Walk
    """How far the walk is with this page."""
    new: list[dict[str, Any]]
    """Resources that had not come before."""
    at: datetime | None
    """When the provider answered, by its own clock; None where it does not say."""
    is_last: bool


async def pages(
    session: Session, walk: Walk, *, ahead: int = 0, tags: PageTags | None = None
) -> AsyncGenerator[PageStep, None]:
    """Yield the pages from where a walk stands to its end, which is in the last one.

    `ahead` requests are on their way while a page is being used: one is always the right one, more are foretold and
    thrown away where the list turns out otherwise. What breaks after the first page ends the walk as incomplete. With
    `tags`, pages are asked for under the tags that are known, and taken from the cache where they are as they were.

    Raises:
        EndpointError, Refused: there is no usable answer to the first page.
    """
    endpoint = await connect(session)
    flying: dict[bytes, asyncio.Task[Answer]] = {}

    def launch(request: ScimRequest) -> None:
        if _key(request) not in flying:
            flying[_key(request)] = asyncio.create_task(
                _send(endpoint, request, tags, session, walk.resource_type.name)
            )

    request: ScimRequest | None = present_request(walk)
    try:
        while request is not None:
            launch(request)
            for following in predicted(walk, request, ahead - 1):
                launch(following)
            walk, request, new, at = await _next(flying.pop(_key(request)), walk, request, tags)
            if request is not None and ahead:
                launch(request)
            yield PageStep(walk, new, at, request is None)
    finally:
        for task in flying.values():
            task.cancel()
        await asyncio.gather(*flying.values(), return_exceptions=True)


def _key(request: ScimRequest) -> bytes:
    return request.path.encode() + orjson.dumps(request.body)


async def _send(
    endpoint: Endpoint, request: ScimRequest, tags: PageTags | None, session: Session, type_name: str
) -> Answer:
    """Return the answer, and the page from the cache where the answer says that it is as it was."""
    if tags is None:
        return await endpoint.send(request), None
    response = await endpoint.send(tags.asked(request))
    if response.status != NOT_MODIFIED or request.path not in tags.known:
        return response, None
    page = await asyncio.to_thread(tags.unchanged, request, session, type_name)
    return (response, page) if page is not None else (await endpoint.send(request), None)


async def _next(
    answer: asyncio.Task[Answer], walk: Walk, request: ScimRequest, tags: PageTags | None
) -> tuple[Walk, ScimRequest | None, list[dict[str, Any]], datetime | None]:
    try:
        response, page = await answer
        if page is not None:
            return (*after_page(walk, page), _date(response))
        raise_for_status(response, f"list {walk.resource_type.name}")
        if len(response.body) > READ_BESIDE:  # a group of 50,000 members is one page of 5 MB
            page = await asyncio.to_thread(read_page, response)
        else:
            page = read_page(response)
        if tags is not None:
            tags.took(request, response, page)
        return (*after_page(walk, page), _date(response))
    except Refused as error:
        following, again = after_refusal(walk, error)
        if again is not None or following.complete or following.why:  # it goes on, or has ended by its own reckoning
            return following, again, [], None
        broken: EndpointError | Refused = error
    except EndpointError as error:
        broken = error
    finally:
        answer.cancel()
    if not walk.arrived:
        raise broken
    return replace(walk, complete=False, why=broken.message, is_broken=True), None, [], None


def _date(response: ScimResponse) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers.get("date", "")).astimezone(UTC)
    except ValueError:
        return None
