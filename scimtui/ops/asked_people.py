"""Asks a provider for people that no copy of it has: by filters, a bounded number of them, at the provider's own pace."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scimtui.errors import Refused, ScimtuiError
from scimtui.ops import browse
from scimtui.ops.live import live_pages
from scimtui.ops.person_keys import By, folded, keys_of
from scimtui.scim.dialect import Filters
from scimtui.scim.resource import Resource, resource_id

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

MOST_ASKED = 200
"""So many keys a provider is asked for. Where more are missing, a sync is the better question."""
_WIDEST = 8
"""Questions in flight at most, whatever a provider bears."""
_CANNOT = frozenset({400, 403, 404, 405, 501})
"""How a provider refuses a filter that it does not know, or an id that nobody has."""
_PATHS = {
    By.USER_NAME: "userName",
    By.EXTERNAL_ID: "externalId",
    By.EMAIL: "emails.value",
    By.NAME: "displayName",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said about keys."""

    people: tuple[Mapping[str, Any], ...] = ()
    """Who has one of the keys."""
    untold: str = ""
    """Why it did not answer for each of them, in words; "" where it did."""
    error: ScimtuiError | None = None
    """What ended the questions."""


@dataclass
class _Asking:
    """Questions on their way."""

    session: Session
    resource_type: ResourceType
    kinds: Collection[By]
    waiting: deque[str]
    tell: Callable[[int], None]
    people: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    refused: set[By] = field(default_factory=set)
    is_deaf: bool = False
    """It sends people that nobody asked for: it does not look at filters."""
    error: ScimtuiError | None = None
    done: int = 0

    @property
    def is_over(self) -> bool:
        return self.is_deaf or self.error is not None


async def ask_for(
    session: Session,
    resource_type: ResourceType,
    keys: Sequence[str],
    kinds: Collection[By],
    tell: Callable[[int], None] = lambda _: None,
) -> Answer:
    """Ask a provider who has these keys. Those that it shows go to the cache. Never raises what a provider does.

    `tell` hears how many keys it was asked for.
    """
    if len(keys) > MOST_ASKED:
        return Answer(untold=f"{len(keys):,} keys are too many to ask for one by one")
    if session.provider.filter is False or session.dialect.filters is Filters.NONE:
        return Answer(untold="it answers no filter")
    asking = _Asking(session, resource_type, kinds, deque(keys), tell)
    await _one(asking)  # alone: a token that is over, or a filter that is not known, is met once
    width = max(1, min(session.dialect.concurrency, _WIDEST, len(keys)))
    await asyncio.gather(*(_some(asking) for _ in range(width)))
    people = tuple(asking.people.values())
    if asking.error is not None:
        return Answer(people, asking.error.message, asking.error)
    if asking.is_deaf:
        return Answer(people, "it does not look at filters")
    if asking.refused and len(asking.refused) == len(set(kinds) & _PATHS.keys()):
        return Answer(people, "it refuses such filters")
    return Answer(people)


async def _some(asking: _Asking) -> None:
    while asking.waiting and not asking.is_over:
        await _one(asking)


async def _one(asking: _Asking) -> None:
    key = asking.waiting.popleft()
    try:
        for by, path in _paths(asking, key):
            if asking.is_over or by in asking.refused:
                continue
            if await _is_found(asking, by, f"{path} eq {json.dumps(key, ensure_ascii=False)}", key):
                break
        else:
            if By.ID in asking.kinds and not asking.is_over and "@" not in key and " " not in key:
                await _by_id(asking, key)
    except ScimtuiError as error:
        asking.error = asking.error or error
    asking.done += 1
    asking.tell(asking.done)


def _paths(asking: _Asking, key: str) -> Iterator[tuple[By, str]]:
    """Yield what a key is asked for by, as far as it can be that and the provider filters by it."""
    known = {path.casefold() for path in asking.session.dialect.filter_attributes}
    fits = {By.EMAIL: "@" in key, By.NAME: " " in key}
    for by, path in _PATHS.items():
        has_it = asking.resource_type.attribute(path.partition(".")[0]) is not None
        if by in asking.kinds and fits.get(by, True) and has_it and (not known or path.casefold() in known):
            yield by, path


async def _is_found(asking: _Asking, by: By, wanted: str, key: str) -> bool:
    found = False
    try:
        async with aclosing(live_pages(asking.session, asking.resource_type, wanted)) as pages:
            async for page in pages:
                for raw in page.resources:
                    if folded(key) not in {one for _, one in keys_of(raw)}:
                        asking.is_deaf = True
                        return found
                    found = True
                    await _keep(asking, raw)
    except Refused as error:
        if error.status not in _CANNOT:
            raise
        asking.refused.add(by)
    return found


async def _by_id(asking: _Asking, key: str) -> None:
    try:
        found = await browse.read(asking.session, asking.resource_type, key)
    except Refused as error:
        if error.status not in _CANNOT:
            raise
        return
    if found.id == key:
        await _keep(asking, found.raw)


async def _keep(asking: _Asking, raw: Mapping[str, Any]) -> None:
    asking.people[resource_id(raw)] = raw
    await asyncio.to_thread(browse.keep, asking.session, Resource(asking.resource_type.name, raw))
