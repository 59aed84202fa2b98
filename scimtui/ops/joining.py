"""A new person in one tenant: who they would be there, who is there already, and the groups they come into.

A creation gives the id, so the groups are planned afterwards, from what the provider showed when it was read back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from scimtui.errors import PatchError, ScimtuiError, SyntaxFault, UsageError
from scimtui.ops import browse, live
from scimtui.ops.everywhere import Account, Person, Place, asked_place, cached_place, person_of
from scimtui.ops.member_plans import GroupWish, plan_groups
from scimtui.ops.memberships import group_types, member_named
from scimtui.scim.change import plan_active, plan_create
from scimtui.scim.coerce import as_list, element_value, is_active
from scimtui.scim.joiner import LeftOut, Mapped, Rules, mapped, placed, unknown_paths
from scimtui.scim.resource import is_empty, lookup, natural_key, resource_id
from scimtui.scim.same_person import same_name, traits

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.resource import Resource
    from scimtui.scim.schema import ResourceType


Find = Callable[[str], Awaitable[tuple[str, str]]]


class Standing(StrEnum):
    """What a tenant has of a newcomer."""

    NEW = "new"
    THERE = "exists already"
    INACTIVE = "exists, inactive"
    UNSURE = "perhaps there"
    """Somebody has something in common with them, or could not be asked for; a person must decide."""
    UNKNOWN = "not known"
    """The tenant did not answer, or its rules cannot be carried out."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a person is made from."""

    resource_type: ResourceType
    raw: Mapping[str, Any]
    session: Session | None = None
    """Where they have an account, or are to get one by a form; None where somebody typed it into a file."""

    def is_of(self, session: Session) -> bool:
        """Whether this is its own tenant."""
        return self.session is not None and self.session.tenant.name == session.tenant.name


@dataclass(frozen=True, slots=True)
class Joiner:
    """One person as they would be in one tenant."""

    session: Session
    resource_type: ResourceType | None
    standing: Standing
    wanted: Mapped = Mapped({})  # noqa: RUF009 - a frozen value
    accounts: tuple[Account, ...] = ()
    """Who is there already, or may be."""
    groups: tuple[Resource, ...] = ()
    """What they come into."""
    change: Change | None = None
    """Their creation, or the activation of an account that is there."""
    why: str = ""
    """Why nothing can be planned, or what may go wrong. Hostile text."""

    @property
    def key(self) -> str:
        """What they are called there. Hostile text."""
        return natural_key(self.accounts[0].raw if self.accounts else self.wanted.resource)


def rules_of(session: Session, resource_type: ResourceType) -> Rules:
    """Return the rules of a tenant, for a type that has people; none for other types.

    Raises:
        UsageError: a rule is about an attribute that the provider does not have.
    """
    if resource_type.attribute("userName") is None:
        return Rules()
    rules = Rules(session.tenant.joiner.map, session.tenant.joiner.defaults)
    unknown = unknown_paths(rules, resource_type)
    if unknown:
        table = "map" if unknown[0] in rules.map else "defaults"
        names = [one.name for _, one in resource_type.placed_attributes()]
        near = get_close_matches(unknown[0].rpartition(":")[2].partition(".")[0], names, n=1)
        message = (
            f"tenants.{session.tenant.name}.joiner.{table}: its {resource_type.name} has no attribute {unknown[0]}"
        )
        raise UsageError(message, f"did you mean {near[0]}?" if near else "correct the rule in the config")
    return rules


def as_joiner(source: Source, session: Session, resource_type: ResourceType, rules: Rules) -> Mapped:
    """Return who a person would be in a tenant; what cannot be made of a rule is an error about the rule.

    Raises:
        UsageError: a rule does not fit what it is about.
    """
    try:
        return mapped(source.raw, source.resource_type, rules, resource_type)
    except (PatchError, SyntaxFault) as error:
        message = f"tenants.{session.tenant.name}.joiner: {error.message}"
        raise UsageError(message, error.hint or "correct the rule in the config") from error


async def plan_joiner(session: Session, source: Source, more_groups: Sequence[str] = ()) -> Joiner:
    """Plan one person in one tenant. Never raises what a provider does, or what is wrong with its rules: `why` says it."""
    kind = session.provider.resource_type(source.resource_type.name)
    if kind is None:
        return Joiner(session, None, Standing.UNKNOWN, why=f"it has no resource type {source.resource_type.name}")
    try:
        wanted = await asyncio.to_thread(_wanted, session, source, kind)
        wanted = await with_links(session, source, kind, wanted)
        found = await _found(session, source, kind, wanted)
        accounts = found.accounts
        groups, missing = await groups_named(session, (*session.tenant.joiner.groups, *more_groups))
        joiner = Joiner(session, kind, _standing(accounts, wanted, kind), wanted, accounts, _each_once(groups.values()))
        if missing:
            return replace(joiner, standing=Standing.UNKNOWN, why=_no_group(session, missing))
        if found.trouble and not accounts and not found.is_complete:
            return replace(joiner, standing=Standing.UNKNOWN, why=found.trouble)
        if found.unasked and not accounts:  # whoever knows the tenant may say
            return await asyncio.to_thread(_with_change, replace(joiner, standing=Standing.UNSURE), found.unasked)
        return await asyncio.to_thread(_with_change, joiner, found.trouble)
    except ScimtuiError as error:
        return Joiner(session, kind, Standing.UNKNOWN, why=_told(error))


def _told(error: ScimtuiError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message


def _with_change(joiner: Joiner, trouble: str) -> Joiner:
    try:
        return replace(joiner, change=_change(joiner), why=trouble)
    except UsageError as error:  # what is missing may be what a rule could not make
        return replace(joiner, standing=Standing.UNKNOWN, why=error.message)


def _wanted(session: Session, source: Source, kind: ResourceType) -> Mapped:
    """Return who a person would be. One who is typed in a form of this very tenant is as they were typed."""
    rules = rules_of(session, kind)
    if not source.is_of(session):
        return as_joiner(source, session, kind, rules)
    made = as_joiner(source, session, kind, Rules({}, rules.defaults))
    secret = lookup(source.raw, "password")
    if secret is None:
        return made
    left_out = tuple(one for one in made.left_out if one.path.casefold() != "password")
    return replace(made, resource={**made.resource, "password": secret}, left_out=left_out)


def _standing(accounts: Sequence[Account], wanted: Mapped, kind: ResourceType) -> Standing:
    if not accounts:
        return Standing.NEW
    if len(accounts) > 1 or not accounts[0].is_sure:
        return Standing.UNSURE
    if is_active(accounts[0].raw) is not False:
        return Standing.THERE
    # Turning it on gives somebody access: a userName may have been that of another one who left.
    told = (traits(raw, "userName", kind) for raw in (wanted.resource, accounts[0].raw))
    return Standing.INACTIVE if same_name(*told) else Standing.UNSURE


def _change(joiner: Joiner) -> Change | None:
    session, kind = joiner.session, joiner.resource_type
    assert kind is not None
    name, provider, dialect = session.tenant.name, session.provider, session.dialect
    if joiner.standing in {Standing.NEW, Standing.UNSURE}:
        change = plan_create(name, joiner.wanted.resource, kind, provider, dialect)
        return replace(change, warnings=(*change.warnings, *left_out_words(joiner.wanted.left_out)))
    if joiner.standing is Standing.INACTIVE:
        return plan_active(name, joiner.accounts[0].raw, True, kind, provider, dialect)
    return None


def left_out_words(left_out: Iterable[LeftOut]) -> list[str]:
    """Return what does not come along, a sentence each, for the warnings of a change."""
    return [f"{_short(one.path)} is left out: {one.why}" for one in left_out]


def _short(path: str) -> str:
    """Return a path without the URN in front of it; people know their own extensions by the names."""
    return path.rpartition(":")[2] if path.startswith("urn:") else path


async def _found(session: Session, source: Source, kind: ResourceType, wanted: Mapped) -> Place:
    """Return who is there already, as the cache knows it and then the provider."""
    match = session.tenant.match
    theirs = traits(wanted.resource, match, kind)
    if source.session is not None:
        own = traits(source.raw, source.session.tenant.match, source.resource_type)
        theirs = replace(theirs, rule=own.rule or theirs.rule, id=own.id)
    person = Person("", wanted.resource, theirs)
    known = await asyncio.to_thread(cached_place, session, person)
    return await asked_place(session, person, known)


# ---------------------------------------------------------------- whom an attribute names


async def with_links(
    session: Session, source: Source, kind: ResourceType, wanted: Mapped, find: Find | None = None
) -> Mapped:
    """Return a person whose manager, and whatever else names somebody, is who that is in this tenant.

    `find` returns the id that a name has there, or why it has none; without it the tenant is asked.

    Raises:
        UsageError: a name that was typed means several there.
        EndpointError, Refused, CacheError: it cannot be looked up.
    """
    resource, left_out = wanted.resource, list(wanted.left_out)
    for link in wanted.links:
        named = str(element_value(link.value) or "")
        found, why = await (find(named) if find and named else _linked(session, source, kind, named))
        if found:
            resource = placed(resource, f"{link.path}.value", [found], kind)
        else:
            left_out.append(LeftOut(link.path, why))
    return Mapped(resource, tuple(left_out), wanted.links)


async def _linked(session: Session, source: Source, kind: ResourceType, named: str) -> tuple[str, str]:
    """Return the id that a reference has in this tenant, or why it has none."""
    if not named:
        return "", "it names nobody by an id"
    if source.session is None:  # typed: whatever somebody is called here
        one = await live.find(session, kind, named)
        return (one.id, "") if one is not None else ("", f"nobody is called {named} there")
    if source.is_of(session):
        return named, ""
    there = await asyncio.to_thread(browse.resource, source.session, source.resource_type.name, named)
    if there is None:
        return "", f"{named} is not in the cache of {source.session.tenant.name}"
    person = person_of(source.session, source.resource_type, there.raw)
    place = await asyncio.to_thread(cached_place, session, person)
    if not place.accounts and not place.is_complete:
        place = await asked_place(session, person, place)
    sure = [one for one in place.accounts if one.is_sure]
    if len(sure) != 1:
        return "", f"{natural_key(there.raw)} has no account there that is surely theirs"
    return resource_id(sure[0].raw), ""


# ---------------------------------------------------------------- groups


async def groups_named(session: Session, names: Iterable[str]) -> tuple[dict[str, Resource], list[str]]:
    """Return the groups by these names, and the names of those that there are not.

    Raises:
        UsageError: a name means several.
        EndpointError, Refused, CacheError: it cannot be looked up.
    """
    types = group_types(session)
    found: dict[str, Resource] = {}
    missing: list[str] = []
    for name in dict.fromkeys(names):
        for kind in types:
            group = await live.find(session, kind, name)
            if group is not None:
                found[name] = group
                break
        else:
            missing.append(name)
    return found, missing


def _each_once(groups: Iterable[Resource]) -> tuple[Resource, ...]:
    return tuple({(one.type, one.id): one for one in groups}.values())


def _no_group(session: Session, missing: Sequence[str]) -> str:
    return f"{session.tenant.name} has no group {', '.join(missing)}; correct joiner.groups, or create it first"


def arrived(joiner: Joiner) -> Resource | None:
    """Return the account that they have now, as the provider showed it when it was read back. Blocks for the cache.

    Raises:
        CacheError: the cache cannot be read.
    """
    kind, session = joiner.resource_type, joiner.session
    if kind is None:
        return None
    if joiner.standing in {Standing.THERE, Standing.INACTIVE}:
        return browse.resource(session, kind.name, resource_id(joiner.accounts[0].raw))
    found = browse.named(session, kind, natural_key(joiner.wanted.resource))
    return browse.resource(session, kind.name, resource_id(found[0])) if len(found) == 1 else None


def is_done(joiner: Joiner) -> bool:
    """Whether their account is there and on now, so that groups can follow. Blocks for the cache.

    Raises:
        CacheError: the cache cannot be read.
    """
    account = arrived(joiner)
    return account is not None and (joiner.standing is not Standing.INACTIVE or is_active(account.raw) is not False)


def plan_memberships(session: Session, wishes: Sequence[tuple[Resource, Sequence[Resource]]]) -> list[Change]:
    """Plan a change for each group that a person is to be in and, as far as the cache tells, is not. Blocks for the disk.

    `wishes` holds each person with their groups.

    Raises:
        UsageError: the provider cannot PATCH, or a group is gone.
        CacheError: the cache cannot be read.
    """
    by_group: dict[tuple[str, str], list[Resource]] = {}
    for person, groups in wishes:
        for group in groups:
            by_group.setdefault((group.type, group.id), []).append(person)
    members = {place: [member_named(one.type, one.raw) for one in people] for place, people in by_group.items()}
    return plan_groups(session, [GroupWish(*place, add=tuple(add)) for place, add in members.items()])


def insiders(session: Session, group: Resource) -> frozenset[str] | None:
    """Return the ids of a group's members, as it was read last; None where it shows none. Blocks for the cache.

    Raises:
        CacheError: the cache cannot be read.
    """
    now = browse.resource(session, group.type, group.id)
    members = lookup(now.raw, "members") if now is not None else None
    if is_empty(members) or session.dialect.shows_members is False:
        return None
    return frozenset(str(element_value(one)) for one in as_list(members))


def is_in(person: Resource, group: Resource, inside: frozenset[str] | None) -> bool | None:
    """Whether somebody is in a group, as they say themselves or its members do; None where neither is shown."""
    if any(str(element_value(one)) == group.id for one in as_list(lookup(person.raw, "groups"))):
        return True
    return None if inside is None else person.id in inside
