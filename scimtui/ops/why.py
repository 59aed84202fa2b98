"""Why a person cannot log in at a tenant: what SCIM shows of their account there, asked now. Reads only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from scimtui.errors import NotScim, Refused, ScimtuiError, UsageError
from scimtui.ops import browse, live
from scimtui.ops.everywhere import Account, Person, Place, asked_place, cached_place, person_of, with_namesakes
from scimtui.ops.exchanges import exchanges
from scimtui.ops.history import journal_of
from scimtui.ops.journal_list import newest_first
from scimtui.ops.login_checks import findings_of
from scimtui.ops.login_facts import Facts, Finding, Origin, Result
from scimtui.ops.login_origins import key_of
from scimtui.ops.memberships import Standing, are_complete, group_types, standings
from scimtui.ops.receipts import Outcome
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.dialect import Filters
from scimtui.scim.literal import fold
from scimtui.scim.resource import lookup, natural_key, resource_id

if TYPE_CHECKING:
    from scimtui.ops.journal_list import Listed
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

LINES = 20_000
"""Lines of the journal that are searched for the last write to a person, from its end."""
LISTED = 5
_PARTS = ("id", "userName", "externalId", "emails", "displayName", "name")


@dataclass(frozen=True, slots=True)
class Why:
    """What was found about one person at one tenant."""

    tenant: str
    person: Person
    account: Account | None
    """None: nobody there is surely them."""
    key: str
    """What the account is called in a command; "" where there is none. Hostile text."""
    resource_type: ResourceType
    findings: tuple[Finding, ...]
    asked_at: datetime | None
    """When the provider answered; None: it did not, and all is from the cache."""
    synced_at: datetime | None
    trouble: str = ""
    """Why the provider gave no answer. Hostile text."""

    @property
    def is_wrong(self) -> bool:
        """Whether something was found that may be the cause."""
        return any(one.result is Result.NO for one in self.findings)


# ---------------------------------------------------------------- who is meant


async def find_person(session: Session, others: Sequence[Session], key: str) -> Person:
    """Return who is called `key` at the tenant or, if nobody is, at another one: by id, userName, externalId, e-mail or name.

    The caches are looked at first, then the providers are asked.

    Raises:
        UsageError: nobody is called that anywhere, or several are, which are listed and never picked from.
        EndpointError, Refused, SecretError: the tenant had to be asked and did not answer, and nobody else knows them.
        CacheError: the tenant's cache cannot be read.
    """
    trouble: ScimtuiError | None = None
    for one in (session, *others):
        if found := await asyncio.to_thread(_cached_person, one, key):
            return found
    for one in (session, *others):
        try:
            if found := await _asked_person(one, key):
                return found
        except UsageError:
            raise
        except ScimtuiError as error:
            trouble = trouble or error
    if trouble is not None:
        raise trouble
    names = ", ".join(one.tenant.name for one in (session, *others))
    raise UsageError(
        f"nobody is called {key} in {names}", "check the spelling; id, userName, externalId, e-mail or name"
    )


def _cached_person(session: Session, key: str) -> Person | None:
    resource_type = session.provider.resource_type("User")
    if resource_type is None:
        return None
    cache = session.cache.resources(resource_type.name)
    exact = cache.get(key)
    if exact is not None:
        return person_of(session, resource_type, exact)
    wanted = fold(key).strip()
    ranked: dict[int, list[Mapping[str, Any]]] = {}
    for raw in cache.parts(_PARTS):
        rank = _rank(raw, wanted)
        if rank is not None:
            ranked.setdefault(rank, []).append(raw)
    if not ranked:
        return None
    best = ranked[min(ranked)]
    if len(best) > 1:
        raise _several(session, key, best)
    return person_of(session, resource_type, cache.get(resource_id(best[0])) or best[0])


def _rank(raw: Mapping[str, Any], wanted: str) -> int | None:
    """Return by what somebody is called that, the surest first; None: they are not."""
    name = lookup(raw, "name")
    named = (lookup(raw, "displayName"), name if isinstance(name, str) else lookup(name, "formatted"))
    texts = (
        (lookup(raw, "userName"),),
        (lookup(raw, "externalId"),),
        tuple(element_value(one) for one in as_list(lookup(raw, "emails"))),
        named,
    )
    return next((place for place, some in enumerate(texts) if any(_same(text, wanted) for text in some)), None)


def _same(text: Any, wanted: str) -> bool:
    return isinstance(text, str) and fold(text).strip() == wanted


def _several(session: Session, key: str, found: Sequence[Mapping[str, Any]]) -> UsageError:
    listed = ", ".join(f"{lookup(raw, 'userName') or '?'} ({resource_id(raw)})" for raw in found[:LISTED])
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    return UsageError(f"{len(found)} are called {key} in {session.tenant.name}: {listed}{more}", "name one by its id")


async def _asked_person(session: Session, key: str) -> Person | None:
    resource_type = session.provider.resource_type("User")
    if resource_type is None:
        return None
    found = await live.find(session, resource_type, key)
    if found is not None:
        return person_of(session, resource_type, found.raw)
    wanted = fold(key).strip()
    there = [raw for raw in await _with_address(session, resource_type, key) if _rank(raw, wanted) is not None]
    if len(there) > 1:
        raise _several(session, key, there)
    one = there[0] if there else await _with_id(session, resource_type, key)
    return None if one is None else person_of(session, resource_type, one)


async def _with_id(session: Session, resource_type: ResourceType, key: str) -> Mapping[str, Any] | None:
    try:
        found = (await browse.read(session, resource_type, key)).raw
    except (Refused, NotScim):  # 404, in whatever words
        return None
    return found if resource_id(found) == key else None


async def _with_address(session: Session, resource_type: ResourceType, key: str) -> list[Mapping[str, Any]]:
    """Ask for who has an e-mail address; one that ignores filters sends everybody."""
    if "@" not in key or session.provider.filter is False or session.dialect.filters is Filters.NONE:
        return []
    wanted = f"emails.value eq {json.dumps(key, ensure_ascii=False)}"
    try:
        return [raw async for page in live.live_pages(session, resource_type, wanted) for raw in page.resources]
    except Refused:  # not every provider knows the attribute in a filter
        return []


# ---------------------------------------------------------------- what is wrong


async def why(session: Session, others: Sequence[Session], person: Person) -> Why:
    """Return what may keep a person from logging in at the tenant of `session`.

    The tenant and those that it is compared with are asked now, all at once; what does not answer is taken from its cache.

    Raises:
        CacheError: the tenant's cache cannot be read.
        PathError: its `match` is no path.
        UsageError: it has no people.
    """
    resource_type = session.provider.resource_type("User")
    if resource_type is None:
        raise UsageError(f"{session.tenant.name} has no resource type User", "nobody logs in there")
    compared = _compared(session, others)
    home = next((one for one in (session, *others) if one.tenant.name == person.tenant), session)
    person = await asyncio.to_thread(with_namesakes, home, person)
    began = datetime.now(UTC)
    known = await asyncio.to_thread(cached_place, session, person)
    place, origins = await asyncio.gather(
        asked_place(session, person, known),
        asyncio.gather(*(_origin(one, person, is_asked=one in compared) for one in others)),
    )
    account = _theirs(place)
    standing = await _standing(session, account) if account else None
    facts = Facts(
        tenant=session.tenant,
        resource_type=resource_type,
        place=place,
        account=account,
        was_cached=bool(known.accounts),
        statuses=_statuses(session, began),
        origins=tuple(one for one in origins if one.tenant in {other.tenant.name for other in compared}),
        elsewhere=tuple(origins),
        standings=standing,
        groups_are_complete=await asyncio.to_thread(are_complete, session),
        last_write=await asyncio.to_thread(_last_write, session, account) if account else None,
    )
    return Why(
        session.tenant.name,
        person,
        account,
        key_of(account, place) if account else "",
        resource_type,
        tuple(findings_of(facts)),
        place.asked_at,
        place.synced_at,
        place.trouble,
    )


def _compared(session: Session, others: Sequence[Session]) -> list[Session]:
    """Return the tenants that the account is compared with: the source where the config names it, else all others."""
    name = session.tenant.source
    if name:
        return [one for one in others if one.tenant.name == name]
    if any(one.tenant.source == session.tenant.name for one in others):
        return []  # the people come from here
    return list(others)


async def _origin(session: Session, person: Person, *, is_asked: bool) -> Origin:
    """Return what another tenant has of them; one that cannot be read at all says so and stops nothing."""
    try:
        known = await asyncio.to_thread(cached_place, session, person)
    except ScimtuiError as error:
        known = Place(session.tenant.name, trouble=error.message)
    else:
        if is_asked or not known.is_known:
            known = await asked_place(session, person, known)
    return Origin(session.tenant.name, known, _theirs(known))


def _theirs(place: Place) -> Account | None:
    """Return the account that is surely theirs, None where there is none, or several might be."""
    return next((one for one in place.accounts if one.is_sure), None)


def _statuses(session: Session, began: datetime) -> frozenset[int]:
    """Return with which statuses requests since then were answered."""
    return frozenset(one.status for one in exchanges(session) if one.status is not None and one.at >= began)


# ---------------------------------------------------------------- groups


async def _standing(session: Session, account: Account) -> tuple[Standing, ...] | None:
    """Return the groups that count for a login, as the provider shows them now where it must be asked; None: none count."""
    wanted = {name.casefold(): name for name in session.tenant.login_groups}
    if not wanted:
        return None
    identity = resource_id(account.raw)
    found = await asyncio.to_thread(standings, session, {identity: account.raw})
    groups = [one for one in found if _called(one) & wanted.keys()]
    lost = [name for folded, name in wanted.items() if not any(folded in _called(one) for one in groups)]
    if lost and not await asyncio.to_thread(are_complete, session):
        groups += [one for name in lost if (one := await _found(session, name)) is not None]
    told = lookup(account.raw, "groups")
    if told is None:
        return tuple(await asyncio.gather(*(_fresh(session, one, identity) for one in groups)))
    own = {str(element_value(one)) for one in as_list(told)}
    return tuple(replace(one, direct=one.direct | {identity}) if one.id in own else one for one in groups)


def _called(group: Standing) -> set[str]:
    return {group.id.casefold(), group.name.casefold()}


async def _found(session: Session, name: str) -> Standing | None:
    """Return a group that is not in the cache, with nobody in it yet."""
    for resource_type in group_types(session):
        with suppress(ScimtuiError):
            group = await live.find(session, resource_type, name)
            if group is not None:
                return Standing(resource_type.name, group.id, natural_key(group.raw), None, frozenset(), {})
    return None


async def _fresh(session: Session, group: Standing, identity: str) -> Standing:
    """Return a group with or without somebody, as it is at the provider now; as it was known where that does not answer."""
    resource_type = session.provider.resource_type(group.type)
    if resource_type is None or session.dialect.shows_members is False:
        return group
    try:
        raw = (await browse.read(session, resource_type, group.id)).raw
    except ScimtuiError:
        return group
    members = lookup(raw, "members")
    if members is None:
        return group
    is_in = any(str(element_value(one)) == identity for one in as_list(members))
    direct = group.direct | {identity} if is_in else group.direct - {identity}
    return replace(group, direct=frozenset(direct), size=len(as_list(members)))


# ---------------------------------------------------------------- the journal


def _last_write(session: Session, account: Account) -> Listed | None:
    """Return the last write from here to the account or to its groups that was not skipped."""
    identity, name = resource_id(account.raw), session.tenant.name
    quiet = {Outcome.SKIPPED.value, Outcome.ALREADY.value}
    lines = islice(newest_first(name, journal_of(session.home, name)), LINES)
    return next((one for one, _ in lines if one and identity in one.about and one.outcome not in quiet), None)
