"""Wishes about members as plans: people into groups and out of them, and one person made like another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scimtui.errors import UsageError
from scimtui.ops import browse, guard
from scimtui.ops.lookup import keys_of
from scimtui.ops.memberships import Member, Standing, group_types, member_named, reference_to
from scimtui.ops.search import fold
from scimtui.ops.uncollected import uncollected
from scimtui.scim.change import Change, plan_edit, plan_members
from scimtui.scim.coerce import element_value
from scimtui.scim.diff import Edit, edits
from scimtui.scim.kind import Kind
from scimtui.scim.resource import is_empty, lookup, resource_id
from scimtui.scim.schema import ENTERPRISE_USER

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

PARTS = ("id", "externalId", "userName", "displayName", "name", "emails", "active")
ALIKE = (
    "title", "userType", f"{ENTERPRISE_USER}:department", f"{ENTERPRISE_USER}:division",
    f"{ENTERPRISE_USER}:organization", f"{ENTERPRISE_USER}:costCenter", f"{ENTERPRISE_USER}:manager",
    "entitlements", "roles",
)  # fmt: skip
"""What a person may have in common with a colleague besides groups: what belongs to the work, nothing to the person."""


@dataclass(frozen=True, slots=True)
class GroupWish:
    """Who is to come into a group, and who is to leave it."""

    type: str
    id: str
    add: tuple[Member, ...] = ()
    remove: tuple[Member, ...] = ()


def why_not(session: Session, *, unlocked: bool) -> str | None:
    """Return why members cannot be changed here, None where they can."""
    dialect, provider = session.dialect, session.provider
    can_patch = dialect.can_patch if dialect.can_patch is not None else provider.patch is not False
    if not can_patch:
        return "this provider cannot PATCH, and members are never written by PUT: change them at the provider itself"
    return guard.why_not(Kind.ADD_MEMBERS, session, unlocked=unlocked)


def changeable(session: Session, groups: Sequence[Standing]) -> list[Standing]:
    """Return the groups whose members the role may change. Blocks for the disk where one is named by its externalId."""
    if session.tenant.role != "helpdesk":
        return list(groups)
    return [one for one in groups if _may_change(session, one)]


def _may_change(session: Session, one: Standing) -> bool:
    if guard.group_refused({"id": one.id, "displayName": one.name}, session) is None:
        return True
    found = browse.resource(session, one.type, one.id)
    return found is not None and guard.group_refused(found.raw, session) is None


def plan_group(
    session: Session,
    resource_type: ResourceType,
    group: Mapping[str, Any],
    add: Sequence[Member],
    remove: Sequence[Member],
) -> Change:
    """Plan who comes into one group and who leaves it, each by name in the edits; 10,000 of 50,000 take 0.1 s.

    Raises:
        UsageError: the provider cannot PATCH.
    """
    coming, going = [reference_to(member) for member in add], {member.id: member for member in remove}
    name, provider, dialect = session.tenant.name, session.provider, session.dialect
    change = plan_members(name, group, coming, list(going), resource_type, provider, dialect)
    named = replace(change, edits=tuple(_named_edit(edit, going) for edit in change.edits))
    if len(add) + len(remove) != 1:
        return named
    title = f"Add {add[0].name} to" if add else f"Remove {remove[0].name} from"
    return replace(named, title=f"{title} {change.key}")


def _named_edit(edit: Edit, going: Mapping[str, Member]) -> Edit:
    """Return an edit with the name of who leaves: many a group says ids alone."""
    member = going.get(str(element_value(edit.before))) if edit.after is None else None
    return edit if member is None else replace(edit, before=reference_to(member))


def plan_groups(session: Session, wishes: Sequence[GroupWish]) -> list[Change]:
    """Plan a change for each group, without those where all is so already as far as the cache tells. Blocks for the disk.

    Raises:
        UsageError: a group is not in the cache any more, or the provider cannot PATCH.
        CacheError: the cache cannot be read.
    """
    changes = []
    for wish in wishes:
        resource_type = session.provider.resource_type(wish.type)
        found = browse.resource(session, wish.type, wish.id)
        if resource_type is None or found is None:
            raise UsageError(f"the {wish.type} {wish.id} is not in the cache any more", f"sync {session.tenant.name}")
        changes.append(plan_group(session, resource_type, found.raw, wish.add, wish.remove))
    return [change for change in changes if change.requests]


# ---------------------------------------------------------------- like a colleague


def groups_alike(
    standings: Sequence[Standing], person: str, colleague: str
) -> tuple[list[Standing], list[Standing], list[Standing]]:
    """Return the groups that only the colleague is in, those that only the person is in, and those of both.

    Only members themselves count: what comes through another group comes with that one.
    """
    theirs = [one for one in standings if colleague in one.direct and person not in one.direct]
    own = [one for one in standings if person in one.direct and colleague not in one.direct]
    return theirs, own, [one for one in standings if {person, colleague} <= one.direct]


@dataclass(frozen=True, slots=True)
class Likeness:
    """One attribute that a colleague has and the person has otherwise. Values are hostile."""

    path: str
    before: Any
    after: Any


def attributes_alike(
    resource_type: ResourceType, person: Mapping[str, Any], colleague: Mapping[str, Any]
) -> list[Likeness]:
    """Return what of the work of a colleague the person has not, as far as it can be written."""
    found = []
    for path in ALIKE:
        urn, _, name = path.rpartition(":")
        attribute = resource_type.attribute(name, urn or None)
        mine, theirs = _value(person, path), _value(colleague, path)
        if attribute is None or not attribute.is_writable or is_empty(theirs) or theirs == "":
            continue
        if edits(_placed(path, mine), _placed(path, theirs), resource_type):
            found.append(Likeness(path, mine, theirs))
    return found


def plan_alike(
    session: Session, resource_type: ResourceType, person: Mapping[str, Any], chosen: Sequence[Likeness]
) -> Change:
    """Plan to give a person what was chosen of a colleague's attributes.

    Raises:
        UsageError: the provider can neither PATCH nor PUT.
        PatchError: one of them may not be changed.
    """
    wanted = dict(person)
    for one in chosen:
        urn, _, name = one.path.rpartition(":")
        if not urn:
            wanted[_spelled(person, name)] = one.after
        else:
            key = _spelled(person, urn)
            inner = lookup(person, urn) if key not in wanted or not isinstance(wanted[key], dict) else wanted[key]
            inner = dict(inner or {})
            wanted[key] = {**inner, _spelled(inner, name): one.after}
    name, provider, dialect = session.tenant.name, session.provider, session.dialect
    return plan_edit(name, person, wanted, resource_type, provider, dialect)


def _value(raw: Mapping[str, Any], path: str) -> Any:
    urn, _, name = path.rpartition(":")
    return lookup(lookup(raw, urn) if urn else raw, name)


def _placed(path: str, value: Any) -> dict[str, Any]:
    urn, _, name = path.rpartition(":")
    return {urn: {name: value}} if urn else {name: value}


def _spelled(raw: Mapping[str, Any], name: str) -> str:
    return next((key for key in raw if key.casefold() == name.casefold()), name)


# ---------------------------------------------------------------- whom a key means


class Known(StrEnum):
    """What became of a key."""

    FOUND = "found"
    AMBIGUOUS = "ambiguous"
    """Several have it; none is picked."""
    MISSING = "not found"


@dataclass(frozen=True, slots=True)
class Named:
    """A key and whom it means."""

    key: str
    members: tuple[Member, ...]

    @property
    def known(self) -> Known:
        """Found where it means exactly one."""
        return Known.MISSING if not self.members else Known.FOUND if len(self.members) == 1 else Known.AMBIGUOUS


_Place = tuple[str, Mapping[str, Any]]
"""Name of a resource type, and what of a resource says who it is."""


@dataclass
class KeyIndex:
    """The cached people and groups by everything they are called: made in one pass, however many keys are asked for."""

    places: Sequence[Sequence[_Place]]
    """By type, in the order in which the types count."""
    by_id: Mapping[str, _Place]
    by_name: Mapping[str, Sequence[_Place]]
    """By natural key or externalId, folded."""

    @cached_property
    def by_any(self) -> Mapping[str, Sequence[_Place]]:
        """By e-mail address or another name, folded; takes three times as long to make, so only a key without luck waits."""
        return _first_of_type(self.places, keys_of)

    def find(self, key: str) -> Named:
        """Return whom a key means: an id before a userName, displayName or externalId, and these before anything else."""
        own = self.by_id.get(key)
        if own is not None:
            return Named(key, (member_named(*own),))
        text = key.strip()
        found = self.by_name.get(text.casefold()) or self.by_any.get(" ".join(fold(text).split()), ())
        return Named(key, tuple(member_named(*one) for one in found))


@uncollected
def key_index(session: Session, types: Sequence[ResourceType]) -> KeyIndex:
    """Index the cached resources of these types; a key means one of the first type before one of the next.

    60,000 people take 0.5 s. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    places = [[(one.name, raw) for raw in session.cache.resources(one.name).parts(PARTS)] for one in types]
    by_id: dict[str, _Place] = {}
    for place in (place for one in places for place in one):
        by_id.setdefault(resource_id(place[1]), place)
    return KeyIndex(places, by_id, _first_of_type(places, _natural))


@uncollected
def _first_of_type(
    places: Sequence[Sequence[_Place]], names_of: Callable[[Mapping[str, Any]], Iterable[str]]
) -> dict[str, list[_Place]]:
    found: dict[str, list[_Place]] = {}
    for of_type in places:
        here: dict[str, list[_Place]] = {}
        for place in of_type:
            for name in dict.fromkeys(names_of(place[1])):
                here.setdefault(name, []).append(place)
        found = here | found
    return found


def _natural(raw: Mapping[str, Any]) -> list[str]:
    values = [lookup(raw, name) for name in ("userName", "displayName", "name", "externalId")]
    return [value.casefold() for value in values if isinstance(value, str) and value.strip()]


def member_types(session: Session) -> list[ResourceType]:
    """Return the types that a member may be of: people first, then groups."""
    groups = group_types(session)
    people = [one for one in session.provider.resource_types if one not in groups]
    return [*sorted(people, key=lambda one: one.name.casefold() != "user"), *groups]
