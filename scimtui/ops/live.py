"""Ask the provider itself: a filtered list, or one resource by the name people call it."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scimtui.errors import Refused, UsageError
from scimtui.ops import browse
from scimtui.ops.pages import pages
from scimtui.scim.dialect import Filters
from scimtui.scim.paging import start_walk
from scimtui.scim.resource import Resource, lookup

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType


@dataclass(frozen=True, slots=True)
class LivePage:
    """Some resources of a live list, and how far it is."""

    resources: list[dict[str, Any]]
    """Each one comes once."""
    fetched: int
    claimed_total: int | None
    complete: bool
    """Only true in the last page of a list that was read to its end."""
    why: str | None
    """Why the list is not complete, in words."""


async def live_pages(
    session: Session,
    resource_type: ResourceType,
    filter: str | None = None,  # noqa: A002, the RFC's word
) -> AsyncGenerator[LivePage, None]:
    """Yield the pages of a list as the provider sends them; the cache is left alone.

    Raises:
        EndpointError: no usable answer to the first page. Later ones end the list as incomplete.
        Refused: the provider refuses the list or the filter.
    """
    walk = start_walk(resource_type, session.provider, session.dialect, filter=filter)
    async with aclosing(pages(session, walk)) as steps:
        async for step in steps:
            walk = step.walk
            yield LivePage(step.new, walk.arrived, walk.claimed_total, walk.complete, walk.why)


async def find(session: Session, resource_type: ResourceType, key: str) -> Resource | None:
    """Return the one resource with that id, natural key or externalId: from the cache, else from the provider.

    Someone who came after the last sync is found too, where the provider evaluates filters. None: nowhere.

    Raises:
        UsageError: there are several; they are never picked from.
        EndpointError, Refused: the provider had to be asked and gave no answer.
        CacheError: the cache cannot be read.
    """
    if browse.named(session, resource_type, key):
        return browse.find_resource(session, resource_type, key)
    found = await _search(session, resource_type, key)
    if len(found) > 1:
        message = f"{len(found)} resources are {resource_type.name} {key} in {session.tenant.name}"
        raise UsageError(message, "name one of them by its id")
    if not found:
        return None
    browse.keep(session, found[0])
    return found[0]


async def need(session: Session, resource_type: ResourceType, key: str) -> Resource:
    """Return what `find` does.

    Raises:
        UsageError: there is none as well.
    """
    found = await find(session, resource_type, key)
    if found is None:
        hint = "check the spelling" if _can_search(session) else f"check the spelling, or sync {session.tenant.name}"
        raise UsageError(f"there is no {resource_type.name} {key} in {session.tenant.name}", hint)
    return found


def _can_search(session: Session) -> bool:
    return session.provider.filter is not False and session.dialect.filters is not Filters.NONE


async def _search(session: Session, resource_type: ResourceType, key: str) -> list[Resource]:
    if not _can_search(session):
        return []
    for name in ("userName", "displayName", "externalId"):
        if resource_type.attribute(name) is None:
            continue
        wanted = f"{name} eq {json.dumps(key, ensure_ascii=False)}"
        try:
            pages = [page async for page in live_pages(session, resource_type, wanted)]
        except Refused:
            continue
        # A provider that ignores filters sends everyone: only who has the key counts.
        found = [raw for page in pages for raw in page.resources if _text(lookup(raw, name)) == key.casefold()]
        if found:
            return [Resource(resource_type.name, raw) for raw in found]
    return []


def _text(value: Any) -> str | None:
    return value.casefold() if isinstance(value, str) else None
