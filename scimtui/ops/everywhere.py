"""The accounts of one person in every tenant: from the caches at once, then as each provider has them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scimtui.errors import Refused, ScimtuiError
from scimtui.ops import browse
from scimtui.ops.memberships import group_types, standings
from scimtui.ops.names import named_as
from scimtui.ops.person_questions import GONE, Question, Search, searched
from scimtui.ops.uncollected import uncollected
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.resource import lookup, resource_id
from scimtui.scim.same_person import (
    Against,
    Likeness,
    Shared,
    Traits,
    is_stronger,
    keys_read,
    likenesses,
    may_be,
    traits,
)
from scimtui.scim.schema import ENTERPRISE_USER

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the accounts are looked for of."""

    tenant: str
    """Where they were found first."""
    raw: Mapping[str, Any]
    traits: Traits
    namesakes: tuple[Traits, ...] = ()
    """Other accounts of that tenant that have something in common with theirs: see `with_namesakes`."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account that may be theirs. Every text of it is hostile."""

    tenant: str
    raw: Mapping[str, Any]
    shared: tuple[Shared, ...]
    """What it has in common with the account they were found by; () for that one itself."""
    is_sure: bool
    groups: tuple[str, ...] | None
    """Names, sorted; None where they are not known."""
    against: tuple[Against, ...] = ()
    """What speaks against it."""
    manager: str = ""
    """By name where it is known, else by id; "" for nobody."""
    seen_at: datetime | None = None
    """When the provider showed it; None: from the cache."""

    @property
    def id(self) -> str:
        """The id at its provider."""
        return resource_id(self.raw)


@dataclass(frozen=True, slots=True)
class Place:
    """What one tenant has of a person."""

    tenant: str
    match: str = "userName"
    """The path that pairs its people with those of others."""
    accounts: tuple[Account, ...] = ()
    synced_at: datetime | None = None
    """Of the cache; None where it was never synced, or is off."""
    is_complete: bool = False
    """Whether the cache holds everybody, so that nobody found there is an answer."""
    asked_at: datetime | None = None
    """When the provider gave an answer."""
    trouble: str = ""
    """Why the provider gave none, or none that counts. Hostile text."""
    unasked: str = ""
    """What it could not be asked for, so that others may be there, in words; "" where the cache is complete."""

    @property
    def is_known(self) -> bool:
        """Whether it is certain that there are these accounts and no others."""
        return self.is_complete or (self.asked_at is not None and not self.trouble and not self.unasked)


def person_of(session: Session, resource_type: ResourceType, raw: Mapping[str, Any]) -> Person:
    """Return the person whose account this is.

    Raises:
        PathError: `match` of the tenant is no path.
    """
    return Person(session.tenant.name, raw, traits(raw, session.tenant.match, resource_type))


def with_namesakes(session: Session, person: Person) -> Person:
    """Return the person with the accounts of their own tenant that have something in common with theirs.

    What is as much like one of those is not surely theirs: an address may be that of a whole office. Blocks as
    `cached_place` does.

    Raises:
        CacheError: the cache cannot be read.
        PathError: `match` of the tenant is no path.
    """
    resource_type = session.provider.resource_type("User")
    if resource_type is None:
        return person
    others = [
        one.raw for one in _alike(session, resource_type, person) if resource_id(one.raw) != resource_id(person.raw)
    ]
    return replace(person, namesakes=tuple(traits(raw, session.tenant.match, resource_type) for raw in others))


# ---------------------------------------------------------------- the caches


def cached_place(session: Session, person: Person) -> Place:
    """Return what a tenant's cache has of a person. Blocks: 100,000 people are looked through in half a second.

    Raises:
        CacheError: the cache cannot be read.
        PathError: `match` of the tenant is no path.
    """
    place = Place(session.tenant.name, session.tenant.match)
    resource_type = session.provider.resource_type("User")
    if resource_type is None:
        return replace(place, trouble="it has no resource type User")
    cache = session.cache.resources(resource_type.name)
    state = cache.state
    if state is not None:
        place = replace(place, synced_at=state.synced_at, is_complete=state.complete)
    found = _alike(session, resource_type, person)
    if session.tenant.name == person.tenant:
        own = cache.get(resource_id(person.raw)) or person.raw
        found = _with_own(own, found)
    return replace(place, accounts=tuple(_account(session, one) for one in found))


def _with_own(own: Mapping[str, Any], found: Iterable[Likeness]) -> list[Likeness]:
    """Return the account that a person was found by, then what is like it in the same tenant: nobody has two for sure."""
    twins = [replace(one, is_sure=False) for one in found if resource_id(one.raw) != resource_id(own)]
    return [Likeness(own, (), is_sure=True), *twins]


@uncollected
def _alike(session: Session, resource_type: ResourceType, person: Person) -> list[Likeness]:
    cache, match = session.cache.resources(resource_type.name), session.tenant.match
    is_like = may_be([person.traits], match, resource_type)
    ids = [resource_id(part) for part in cache.parts(keys_read(match, resource_type)) if is_like(part)]
    accounts = [raw for identity in ids if (raw := cache.get(identity)) is not None]
    return likenesses(person.traits, accounts, match, resource_type, person.namesakes)


def _account(session: Session, found: Likeness, seen_at: datetime | None = None) -> Account:
    raw = found.raw
    return Account(
        session.tenant.name,
        raw,
        found.shared,
        found.is_sure,
        _groups(session, raw),
        found.against,
        _manager(session, raw),
        seen_at,
    )


def _groups(session: Session, raw: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the names of somebody's groups: as the person shows them, else from the cached groups."""
    told = as_list(lookup(raw, "groups"))
    if told:
        names = [str(lookup(one, "display") or element_value(one)) for one in told]
    else:
        types = group_types(session)
        if not types or any(session.cache.resources(one.name).state is None for one in types):
            return None
        identity = resource_id(raw)
        names = [one.name for one in standings(session, {identity: raw}) if identity in one.direct]
    return tuple(sorted(dict.fromkeys(names), key=str.casefold))


def _manager(session: Session, raw: Mapping[str, Any]) -> str:
    manager = lookup(lookup(raw, ENTERPRISE_USER), "manager")
    name, identity = lookup(manager, "displayName"), element_value(manager)
    if isinstance(name, str) and name:
        return name
    cached = session.cache.resources("User").get(str(identity)) if identity is not None else None
    return named_as("User", cached).name if cached is not None else str(identity or "")


# ---------------------------------------------------------------- the providers


async def asked_place(session: Session, person: Person, known: Place) -> Place:
    """Return what the provider itself has of a person now. What it could not be asked for stays as it is `known`.

    Each known account is read. Where none of them is surely theirs, or the cache does not hold everybody, the provider
    is asked by what the person is called. What came is kept in the cache. Never raises what a provider does: `trouble`
    says it.
    """
    resource_type = session.provider.resource_type("User")
    if resource_type is None:
        return known
    try:
        came = [raw for one in known.accounts if (raw := await _read(session, resource_type, one)) is not None]
        is_found = any(one.is_sure and one.id in {resource_id(raw) for raw in came} for one in known.accounts)
        said = Search()
        if not (is_found and known.is_complete):
            said = await searched(session, resource_type, person, is_enough=known.is_complete)
        accounts = await asyncio.to_thread(_told, session, resource_type, person, [*came, *said.found.values()])
    except ScimtuiError as error:
        return replace(known, trouble=error.message, unasked="")
    if said.trouble and not accounts:
        return replace(known, accounts=(), trouble="" if known.is_complete else said.trouble, unasked="")
    unasked = "" if known.is_complete else said.trouble or said.unasked
    if unasked:
        accounts = tuple(_unless_others(one, said.left_out) for one in accounts)
    return replace(known, accounts=accounts, asked_at=datetime.now(UTC), trouble="", unasked=unasked)


def _unless_others(account: Account, left_out: Iterable[Question]) -> Account:
    """Return an account as unsure where a question that was left out could have brought another one that is as much theirs."""
    is_alone = not account.shared or Shared.USER_NAME in account.shared  # a tenant has each userName once
    is_first = is_alone or all(is_stronger(account.shared[0], one.brings) for one in left_out)
    return account if is_first else replace(account, is_sure=False)


def _told(
    session: Session, resource_type: ResourceType, person: Person, came: Sequence[Mapping[str, Any]]
) -> tuple[Account, ...]:
    by_id = {resource_id(raw): raw for raw in came}
    found = likenesses(person.traits, by_id.values(), session.tenant.match, resource_type, person.namesakes)
    own = by_id.get(resource_id(person.raw)) if session.tenant.name == person.tenant else None
    if own is not None:
        found = _with_own(own, found)
    now = datetime.now(UTC)
    return tuple(_account(session, one, now) for one in found)


async def _read(session: Session, resource_type: ResourceType, account: Account) -> Mapping[str, Any] | None:
    try:
        return (await browse.fetch(session, resource_type, account.id)).raw
    except Refused as error:
        if error.status in GONE:
            return None
        raise


# ---------------------------------------------------------------- all at once


async def places(sessions: Sequence[Session], person: Person) -> AsyncGenerator[Place, None]:
    """Yield what every tenant has: each one's cache as soon as it is looked through, then its provider's own word.

    A tenant comes twice, from whatever answers first; nobody waits for a tenant that is down.
    """
    queue: asyncio.Queue[Place | None] = asyncio.Queue()

    async def look(session: Session) -> None:
        try:
            place = await asyncio.to_thread(cached_place, session, person)
        except ScimtuiError as error:
            place = Place(session.tenant.name, session.tenant.match, trouble=error.message)
        await queue.put(place)
        await queue.put(await asked_place(session, person, place))

    tasks = [asyncio.create_task(look(session)) for session in sessions]
    for task in tasks:
        task.add_done_callback(lambda _: queue.put_nowait(None))
    running = len(tasks)
    try:
        while running:
            place = await queue.get()
            if place is None:
                running -= 1
            else:
                yield place
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
