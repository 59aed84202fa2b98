"""Asks a provider for people that no copy of it has: by filters, a bounded number of them, at the provider's own pace."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
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
GONE = 404
"""How some providers say that nobody is like that."""
_CANNOT = frozenset({400, 403, 404, 405, 501})
"""How a provider refuses a filter that it does not know, or an id that nobody has."""
_TRIES = 2
"""So many keys a filter is tried with until it counts as not known: it may be the one key that is refused."""
_CERTAIN = frozenset({By.ID, By.USER_NAME})
"""Who is called that is meant, whatever else the provider cannot be asked for."""
_STRONG = _CERTAIN | {By.EXTERNAL_ID}
"""All of these are asked for: two people may have one key."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said about keys."""

    people: tuple[Mapping[str, Any], ...] = ()
    """Who has one of the keys."""
    untold: str = ""
    """Why it did not answer for each of them, in words; "" where it did."""
    error: ScimtuiError | None = None
    """What ended the questions."""
    open: frozenset[str] = frozenset()
    """The keys that it did not answer for: others may have them."""


@dataclass(frozen=True, slots=True)
class _Question:
    """One filter for one key, or its id."""

    by: By
    paths: tuple[str, ...] = ()
    """() for the id, which is read."""
    filter: str = ""


@dataclass
class _Asking:
    """Questions on their way."""

    session: Session
    resource_type: ResourceType
    kinds: Collection[By]
    waiting: deque[str]
    tell: Callable[[int], None]
    people: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    refused: Counter[tuple[str, ...]] = field(default_factory=Counter)
    answered: set[tuple[str, ...]] = field(default_factory=set)
    unasked: dict[tuple[str, ...], None] = field(default_factory=dict)
    """The paths that a key could not be asked for by."""
    told: set[str] = field(default_factory=set)
    """The keys that it answered for."""
    is_deaf: bool = False
    """It sends people that nobody asked for: it does not look at filters."""
    error: ScimtuiError | None = None
    done: int = 0

    @property
    def is_over(self) -> bool:
        return self.is_deaf or self.error is not None

    def is_unknown(self, paths: tuple[str, ...]) -> bool:
        """Whether it does not filter by these."""
        known = {path.casefold() for path in self.session.dialect.filter_attributes}
        is_named = not known or all(path.casefold() in known for path in paths)
        return not is_named or (paths not in self.answered and self.refused[paths] >= _TRIES)


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
        return Answer(untold=f"{len(keys):,} keys are too many to ask for one by one", open=frozenset(keys))
    if session.provider.filter is False or session.dialect.filters is Filters.NONE:
        return Answer(untold="it answers no filter", open=frozenset(keys))
    asking = _Asking(session, resource_type, kinds, deque(keys), tell)
    await _one(asking)  # alone: a token that is over, or a filter that is not known, is met once
    width = max(1, min(session.dialect.concurrency, _WIDEST, len(keys)))
    await asyncio.gather(*(_some(asking) for _ in range(width)))
    is_open = frozenset(keys) - asking.told
    return Answer(tuple(asking.people.values()), _untold(asking, is_open), asking.error, is_open)


def _untold(asking: _Asking, is_open: Collection[str]) -> str:
    """Return why some keys are open, in words."""
    if asking.error is not None:
        return asking.error.message
    if asking.is_deaf:
        return "it does not look at filters"
    if not is_open:
        return ""
    unknown = dict.fromkeys(path for paths in asking.unasked if asking.is_unknown(paths) for path in paths)
    if unknown:
        return f"it answers no filter by {', '.join(unknown)}"
    named = sorted(is_open)
    return f"it refuses the filter for {named[0]}" + (f" and {len(named) - 1:,} more" if len(named) > 1 else "")


async def _some(asking: _Asking) -> None:
    while asking.waiting and not asking.is_over:
        await _one(asking)


async def _one(asking: _Asking) -> None:
    key = asking.waiting.popleft()
    try:
        if await _is_told(asking, key):
            asking.told.add(key)
    except ScimtuiError as error:
        asking.error = asking.error or error
    asking.done += 1
    asking.tell(asking.done)


async def _is_told(asking: _Asking, key: str) -> bool:
    """Ask for one key, and return whether it is known who has it."""
    found: set[By] = set()
    is_told = True
    for question in _questions(asking, key):
        if found and question.by not in _STRONG | found:
            break
        if asking.is_over:
            return False
        answer = await _answer(asking, question, key)
        if answer is None:
            is_told, asking.unasked[question.paths] = False, None
        elif answer:
            found.add(question.by)
    return not asking.is_deaf and (is_told or not found.isdisjoint(_CERTAIN))


def _questions(asking: _Asking, key: str) -> Iterator[_Question]:
    """Yield what a key is asked for by, as far as it can be that, the strongest first."""
    is_name, is_email = " " in key, "@" in key
    given, _, family = key.rpartition(" ")
    asked: tuple[tuple[By, bool, dict[str, str]], ...] = (
        (By.USER_NAME, True, {"userName": key}),
        (By.EXTERNAL_ID, True, {"externalId": key}),
        (By.ID, not is_name and not is_email, {}),
        (By.EMAIL, is_email, {"emails.value": key}),
        (By.NAME, is_name, {"displayName": key}),
        (By.NAME, is_name, {"name.formatted": key}),
        (By.NAME, is_name, {"name.givenName": given, "name.familyName": family}),
    )
    for by, can_be, values in asked:
        has_them = all(asking.resource_type.attribute(path.partition(".")[0]) is not None for path in values)
        if by in asking.kinds and can_be and has_them:
            parts = [f"{path} eq {json.dumps(value, ensure_ascii=False)}" for path, value in values.items()]
            yield _Question(by, tuple(values), " and ".join(parts))


async def _answer(asking: _Asking, question: _Question, key: str) -> bool | None:
    """Return whether somebody has the key by that, None where the provider cannot be asked."""
    if question.by is By.ID:
        return await _by_id(asking, key)
    if asking.is_unknown(question.paths):
        return None
    found = False
    try:
        async with aclosing(live_pages(asking.session, asking.resource_type, question.filter)) as pages:
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
        if error.status != GONE:
            asking.refused[question.paths] += 1
            return None
    asking.answered.add(question.paths)
    return found


async def _by_id(asking: _Asking, key: str) -> bool:
    try:
        found = await browse.read(asking.session, asking.resource_type, key)
    except Refused as error:
        if error.status not in _CANNOT:
            raise
        return False
    if found.id == key:
        await _keep(asking, found.raw)
    return found.id == key


async def _keep(asking: _Asking, raw: Mapping[str, Any]) -> None:
    asking.people[resource_id(raw)] = raw
    await asyncio.to_thread(browse.keep, asking.session, Resource(asking.resource_type.name, raw))
