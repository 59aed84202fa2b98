"""What ties people who leave to others: their groups and their reports, from the caches and asked from the provider."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scimtui.errors import EndpointError, Refused
from scimtui.ops import browse
from scimtui.ops.live import live_pages
from scimtui.ops.memberships import are_complete, group_types, standings
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.filter import parse_filter
from scimtui.scim.offboarding import manager_of, reports_path
from scimtui.scim.path import parse_path, values_at
from scimtui.scim.refusal import GONE
from scimtui.scim.resource import lookup, resource_id
from scimtui.scim.sent_filter import sent_filter

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

FEW = 20
"""Of so many people the provider is asked too, for what came after the last sync; of more, where the cache does not know."""

AT_ONCE = 4
"""So many people are read at the same time, at most."""

Raw = Mapping[str, Any]
Spot = tuple[str, str]
"""Name of a resource type, and an id."""


@dataclass(slots=True)
class Ties:
    """The groups of some people."""

    groups: dict[Spot, Raw] = field(default_factory=dict)
    """Those that one of them is in, as far as they could be read."""
    inside: dict[Spot, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Ids of those who are members themselves."""
    through: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By id of a person: names of groups that they are in through another one. Hostile text."""
    unsure: set[str] = field(default_factory=set)
    """Ids of those whose groups may be more than these."""


# ---------------------------------------------------------------- groups


async def ties_of(session: Session, people: Mapping[str, Raw]) -> Ties:
    """Return the groups of people, who are raw by id, as they were read just now.

    Raises:
        CacheError: the cache cannot be read.
    """
    ties = Ties()
    is_sure = await asyncio.to_thread(_from_cache, session, people, ties)
    for identity, raw in people.items():
        told = [one for one in as_list(lookup(raw, "groups")) if str(lookup(one, "type")).casefold() != "indirect"]
        for spot in await _places(session, [str(element_value(one)) for one in told], ties):
            ties.inside[spot].add(identity)
        if told or (is_sure and len(people) > FEW):
            continue
        is_known = await _ask_groups(session, identity, ties)
        shows_none = session.dialect.shows_members is False and lookup(raw, "groups") is not None
        if not (is_known or is_sure or shows_none):
            ties.unsure.add(identity)
    return ties


def _from_cache(session: Session, people: Mapping[str, Raw], ties: Ties) -> bool:
    """Put down what the cached groups tell, and return whether that is all. Blocks for the disk."""
    found = standings(session, people)
    for one in found:
        if one.direct:
            known = browse.resource(session, one.type, one.id)
            if known is not None:
                ties.groups[one.type, one.id] = known.raw
                ties.inside[one.type, one.id] |= one.direct
        for identity in one.nested.keys() - one.direct:
            ties.through[identity].add(one.name)
    is_shown = session.dialect.shows_members is not False and any(one.size is not None for one in found)
    return are_complete(session) and (is_shown or not found)


async def _places(session: Session, ids: Iterable[str], ties: Ties) -> list[Spot]:
    """Return where groups are that a person names; what the cache lacks is read from the provider."""
    places: list[Spot] = []
    for identity in ids:
        for kind in group_types(session):
            spot = (kind.name, identity)
            if spot not in ties.groups:
                found = await asyncio.to_thread(browse.resource, session, *spot)
                try:
                    found = found or await browse.fetch(session, kind, identity)
                except (Refused, EndpointError):
                    continue  # of another type, or it may not be read
                ties.groups[spot] = found.raw
            places.append(spot)
            break
    return places


async def _ask_groups(session: Session, identity: str, ties: Ties) -> bool:
    """Put down the groups that the provider names for a member, and return whether it could be asked."""
    is_known = bool(group_types(session))
    for kind in group_types(session):
        answer = await asked(session, kind, "members.value", identity)
        is_known = is_known and answer is not None
        for raw in answer or ():
            spot = (kind.name, resource_id(raw))
            ties.groups.setdefault(spot, raw)
            ties.inside[spot].add(identity)
    return is_known


async def groups_named(session: Session, names: Sequence[str]) -> dict[str, list[tuple[ResourceType, Raw]]]:
    """Return the groups that each name means, by id, displayName or externalId: [] for none, several for several.

    Raises:
        CacheError: the cache cannot be read.
    """
    found = await asyncio.to_thread(_named_in_cache, session, names)
    for name in names:
        for kind in group_types(session) if not found[name] else ():
            found[name] += [(kind, raw) for raw in await asked(session, kind, "displayName", name) or ()]
    return found


def _named_in_cache(session: Session, names: Sequence[str]) -> dict[str, list[tuple[ResourceType, Raw]]]:
    wanted: dict[str, list[tuple[ResourceType, Raw]]] = {name: [] for name in names}
    for kind in group_types(session):
        cache = session.cache.resources(kind.name)
        for part in cache.parts(("id", "displayName", "externalId")):
            for name in (name for name in names if is_called(part, (name,))):
                raw = cache.get(resource_id(part))
                wanted[name] += [(kind, raw)] if raw is not None else []
    return wanted


def is_called(group: Raw, names: Iterable[str]) -> bool:
    """Whether one of these names is a group's id, displayName or externalId."""
    known = {name.casefold() for name in names}
    values = (resource_id(group), lookup(group, "displayName"), lookup(group, "externalId"))
    return any(isinstance(value, str) and value.casefold() in known for value in values)


# ---------------------------------------------------------------- reports


async def reports_of(session: Session, resource_type: ResourceType, people: Sequence[str]) -> tuple[list[Raw], bool]:
    """Return those whose manager is one of these ids, and whether these are all.

    Raises:
        CacheError: the cache cannot be read.
    """
    path = reports_path(resource_type)
    if path is None:
        return [], True
    found, is_sure = await asyncio.to_thread(_reports_in_cache, session, resource_type, set(people))
    if not is_sure or len(people) <= FEW:
        answers = [await asked(session, resource_type, path, identity) for identity in people]
        # Who compares ids without letter case answers with people of somebody else too.
        told = [raw for answer in answers for raw in answer or () if manager_of(raw, resource_type) in people]
        found = {**{resource_id(raw): raw for raw in told}, **found}
        is_sure = is_sure or all(answer is not None for answer in answers)
    return list(found.values()), is_sure


def _reports_in_cache(session: Session, kind: ResourceType, people: set[str]) -> tuple[dict[str, Raw], bool]:
    cache, urn = session.cache.resources(kind.name), parse_path("manager", kind).urn
    ids = [resource_id(raw) for raw in cache.parts(("id", urn or "manager")) if manager_of(raw, kind) in people]
    whole: dict[str, Raw] = {identity: raw for identity in ids if (raw := cache.get(identity)) is not None}
    state = cache.state
    return whole, state is not None and state.complete


# ---------------------------------------------------------------- the provider


async def asked(session: Session, resource_type: ResourceType, path: str, value: str) -> list[Raw] | None:
    """Return what the provider has with a value; None where it gives no answer that can be believed.

    One that ignores filters sends everybody: its answer is left at the first page.
    """
    text = f"{path} eq {json.dumps(value, ensure_ascii=False)}"
    wanted = sent_filter(parse_filter(text), session.dialect, resource_type)
    if wanted is None or session.provider.filter is False:
        return None
    place, found, is_complete = parse_path(path, resource_type), list[Raw](), False
    try:
        async with aclosing(live_pages(session, resource_type, wanted)) as pages:
            async for page in pages:
                fitting = [raw for raw in page.resources if _has(raw, place, value, resource_type)]
                if len(fitting) < len(page.resources):
                    return None
                found += fitting
                is_complete = page.complete
    except (Refused, EndpointError):
        return None
    return found if is_complete else None


def _has(raw: Raw, place: Any, value: str, resource_type: ResourceType) -> bool:
    return value.casefold() in {str(one).casefold() for one in values_at(raw, place, resource_type)}


async def read_again(
    session: Session, resource_type: ResourceType, people: Sequence[Raw], tell: Callable[[int, int], None]
) -> tuple[list[Raw], list[Raw]]:
    """Return people as the provider has them now, and those who are gone: a list's copy may lack roles or groups.

    `tell` hears how many of them were read.

    Raises:
        Refused: somebody cannot be read.
        EndpointError: no usable answer.
    """
    gate, done = asyncio.Semaphore(max(min(session.dialect.concurrency, AT_ONCE), 1)), 0

    async def read(raw: Raw) -> Raw | None:
        nonlocal done
        async with gate:
            try:
                found: Raw | None = (await browse.fetch(session, resource_type, resource_id(raw))).raw
            except Refused as error:
                if error.status not in GONE:
                    raise
                found = None
        done += 1
        tell(done, len(people))
        return found

    found = await asyncio.gather(*map(read, people))
    here = [one for one in found if one is not None]
    return here, [raw for raw, one in zip(people, found, strict=True) if one is None]
