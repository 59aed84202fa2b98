"""Who is in which group, from the cached groups: for providers that do not say it of the person."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scimtui.ops import browse
from scimtui.ops.group_members import has_members
from scimtui.ops.names import PARTS, Named, named_as, names
from scimtui.ops.uncollected import uncollected
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.reference import Reference, reference
from scimtui.scim.resource import lookup, resource_id

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.provider import Provider
    from scimtui.scim.schema import Attribute, ResourceType
    from scimtui.store.cache import ResourceCache


@dataclass(frozen=True, slots=True)
class Index:
    """The groups of one type, turned round."""

    stamp: tuple[int, int]
    """Generation of the cache, and how many groups it had."""
    groups: Mapping[str, tuple[str, ...]]
    """Ids of the groups by the id of a direct member."""
    names: Mapping[str, Named]
    """By the id of the group."""
    sizes: Mapping[str, int | None]
    """How many members each group shows; None where it shows nothing of them."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a group. Every text of it is hostile."""

    id: str
    type: str
    """Name of its resource type, "" where nobody can tell."""
    name: str
    """What an admin calls it: from the cache, else as the group says it, else its id."""
    key: str
    """userName where the name is another one, else ""."""
    active: bool | None
    is_cached: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """One group, and which of some people are in it."""

    type: str
    id: str
    name: str
    """Hostile text."""
    size: int | None
    """How many members it shows; None where it shows nothing of them."""
    direct: frozenset[str]
    """Ids of those that are members themselves."""
    nested: Mapping[str, tuple[str, ...]]
    """Ids of those that are in it through other groups, and the names of these, if they are known."""


_known: WeakKeyDictionary[ResourceCache, Index] = WeakKeyDictionary()
_reading = threading.Lock()


def groups_of(session: Session, identity: str) -> dict[Reference, Named] | None:
    """Return the cached groups that have somebody as a direct member; None while another thread reads them.

    The first call reads every group once, 5,000 with a hundred members in 0.6 s, and so does the next one after a
    group changed. Blocks for the disk: call it in a thread.

    Raises:
        CacheError: the cache cannot be read.
    """
    found: dict[Reference, Named] = {}
    for known in group_types(session):
        index = _index(session.cache.resources(known.name))
        if index is None:
            return None
        found |= {Reference(one, (known.name,)): index.names[one] for one in index.groups.get(identity, ())}
    return found


def are_complete(session: Session) -> bool:
    """Whether all groups are in the cache, as far as it knows. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    states = [session.cache.resources(one.name).state for one in group_types(session)]
    return all(state is not None and state.complete for state in states)


def group_types(session: Session) -> list[ResourceType]:
    """Return the resource types whose resources have members."""
    return [one for one in session.provider.resource_types if has_members(one)]


# ---------------------------------------------------------------- the groups of people


def standings(session: Session, people: Mapping[str, Mapping[str, Any]]) -> list[Standing]:
    """Return every cached group, with those of `people`, raw by id, that are in it.

    What a person says of their own groups counts too: a group may not show its members. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    found: list[Standing] = []
    said = {person: _said_groups(raw) for person, raw in people.items()}
    for known in group_types(session):
        index = _whole_index(session.cache.resources(known.name))
        direct: dict[str, set[str]] = defaultdict(set)
        nested: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        for person in people:
            own = {*index.groups.get(person, ()), *said[person][0]}
            for group in own:
                direct[group].add(person)
            for group, through in _above(index, own).items():
                if group not in own:
                    nested[group][person] = through
            for group in said[person][1] - own - nested.keys():
                nested[group][person] = ()
        found += [
            Standing(known.name, one, named.name, index.sizes[one], frozenset(direct[one]), nested[one])
            for one, named in index.names.items()
        ]
    return found


def _said_groups(person: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Return the ids of the groups that a person shows: those they are in themselves, and those through others."""
    direct: set[str] = set()
    indirect: set[str] = set()
    for one in as_list(lookup(person, "groups")):
        is_indirect = str(lookup(one, "type")).casefold() == "indirect"  # RFC 7643 section 4.1.2
        (indirect if is_indirect else direct).add(str(element_value(one)))
    return direct, indirect


def _above(index: Index, groups: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the groups that these are members of, over any number of steps, and the names of those that lead there."""
    found: dict[str, tuple[str, ...]] = {}
    for start in groups:
        waiting, seen = [start], {start}
        while waiting:
            for parent in index.groups.get(waiting.pop(), ()):
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
                    name = index.names[start].name if start in index.names else start
                    found[parent] = (*found.get(parent, ()), name)
    return found


# ---------------------------------------------------------------- the members of a group


@uncollected
def members_of(session: Session, resource_type: ResourceType, group: Mapping[str, Any]) -> list[Member]:
    """Return the members that a group shows, in its order, each once, by the names of the cache. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    shown: dict[str, Any] = {}
    for member in as_list(lookup(group, "members")):
        identity = element_value(member)
        if identity is not None:
            shown.setdefault(str(identity), member)
    links = _links(shown, resource_type.attribute("members"), session.provider)
    every = tuple(one.name for one in session.provider.resource_types)
    asked = {identity: link or Reference(identity, every) for identity, link in links.items()}
    cached = names(session, {link: _display(shown[identity]) for identity, link in asked.items()})
    return [_member(identity, shown[identity], links[identity], cached.get(link)) for identity, link in asked.items()]


def _links(shown: Mapping[str, Any], attribute: Attribute | None, provider: Provider) -> dict[str, Reference | None]:
    """Return what each member stands for. What is said of one type is asked once: that takes a third off 50,000 members."""
    types: dict[str | None, tuple[str, ...]] = {}
    links: dict[str, Reference | None] = {}
    for identity, member in shown.items():
        is_plain = type(member) is dict and "$ref" not in member
        told = member.get("type") if is_plain else None
        if is_plain and isinstance(told, str | None) and told in types:
            known = types[told]
            links[identity] = Reference(identity, known) if known else None
            continue
        found = reference(member, attribute, provider) if attribute is not None else None
        links[identity] = found
        if is_plain and isinstance(told, str | None):
            types[told] = found.types if found is not None else ()
    return links


def _member(identity: str, raw: Any, link: Reference | None, named: Named | None) -> Member:
    if named is not None:
        return Member(identity, named.type, named.name, named.key, named.active, is_cached=True)
    kind = link.types[0] if link and len(link.types) == 1 else ""
    return Member(identity, kind, _display(raw) or identity, "", None, is_cached=False)


def _display(raw: Any) -> str:
    display = lookup(raw, "display")
    return display.strip() if isinstance(display, str) else ""


def member_named(type_name: str, raw: Mapping[str, Any]) -> Member:
    """Return a cached resource as a member."""
    named = named_as(type_name, raw)
    return Member(resource_id(raw), type_name, named.name, named.key, named.active, is_cached=True)


def reference_to(member: Member) -> dict[str, Any]:
    """Return what a member is written as in a plan, so that people can read it; `plan_members` sends its id and type."""
    kind = {"type": member.type} if member.type else {}
    return {"value": member.id, **kind, "display": f"{member.name} ({member.key})" if member.key else member.name}


def candidate(session: Session, type_name: str, identity: str) -> Member | None:
    """Return a cached resource as a member, None where it is not there any more. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    found = browse.resource(session, type_name, identity)
    return None if found is None else member_named(type_name, found.raw)


# ---------------------------------------------------------------- reading


def _index(cache: ResourceCache) -> Index | None:
    stamp = (cache.generation, len(cache))
    known = _known.get(cache)
    if known is not None and known.stamp == stamp:
        return known
    if not _reading.acquire(blocking=False):  # whoever waits would keep one of the few threads from others
        return None
    try:
        _known[cache] = _read(cache, stamp)
        return _known[cache]
    finally:
        _reading.release()


def _whole_index(cache: ResourceCache) -> Index:
    """Return the index, once whatever thread reads it is done: a person asked for it and waits."""
    while (index := _index(cache)) is None:
        with _reading:
            pass
    return index


@uncollected
def _read(cache: ResourceCache, stamp: tuple[int, int]) -> Index:
    groups: dict[str, list[str]] = {}
    names: dict[str, Named] = {}
    sizes: dict[str, int | None] = {}
    for raw in cache.parts((*PARTS, "members")):
        identity = resource_id(raw)
        names[identity] = named_as(cache.name, raw)
        members = lookup(raw, "members")
        sizes[identity] = None if members is None else len(as_list(members))
        for member_id in _member_ids(as_list(members)):
            groups.setdefault(member_id, []).append(identity)
    return Index(stamp, {member: tuple(dict.fromkeys(found)) for member, found in groups.items()}, names, sizes)


def _member_ids(members: Sequence[Any]) -> Iterator[str]:
    for member in members:
        # Half of the time goes to `element_value`, and nearly every member is spelled as it should be.
        is_plain = type(member) is dict and "value" in member
        member_id = member["value"] if is_plain else element_value(member)
        if member_id is not None:
            yield str(member_id)
