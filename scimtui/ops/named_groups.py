"""Groups that the config names: those of the help desk, and admin groups, in which somebody stays who can sign in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scimtui.errors import GuardStopped
from scimtui.ops.harm import by_resource, removed_members, turns_off
from scimtui.scim.coerce import as_list, element_value, is_active
from scimtui.scim.kind import Kind
from scimtui.scim.resource import lookup, natural_key, resource_id

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.store.cache import ResourceCache

_admin_groups: WeakKeyDictionary[ResourceCache, tuple[object, list[Mapping[str, Any]]]] = WeakKeyDictionary()


def is_group(change: Change, names: Sequence[str]) -> bool:
    """Whether a change is about one of the groups that the config names."""
    return is_named(change.before or {}, names, change.id, change.key)


def is_named(group: Mapping[str, Any], names: Sequence[str], *more: str) -> bool:
    """Whether the config names a group by id, displayName or externalId; `more` is what it goes by as well."""
    known = {name.casefold() for name in names}
    return not known.isdisjoint(_names_of(group, *more))


def _names_of(group: Mapping[str, Any], *more: str) -> set[str]:
    values = [resource_id(group), *(lookup(group, name) for name in ("displayName", "externalId")), *more]
    return {value.casefold() for value in values if isinstance(value, str)}


def unread_groups(changes: Sequence[Change], session: Session) -> list[str]:
    """Return the types of groups that must be synced before it is known whether these changes empty an admin group.

    They were never synced, and an admin group is in no cache. Blocks for the cache.
    """
    names = session.tenant.admin_groups
    if not names or not any(_takes_access(change) for change in changes):
        return []
    caches = [session.cache.resources(one.name) for one in session.provider.resource_types if one.attribute("members")]
    unread = [cache.name for cache in caches if cache.state is None]
    if not unread:
        return []
    found = set[str]().union(*(_names_of(group) for group in _cached_admin_groups(session)))
    return unread if any(name.casefold() not in found for name in names) else []


def check_admin_groups(changes: Sequence[Change], session: Session) -> None:
    """Return if each admin group stays, with a member who is not known to be inactive. Blocks for the cache.

    Raises:
        GuardStopped: one does not, or its members were never read.
    """
    names = session.tenant.admin_groups
    if not names:
        return
    if unread_groups(changes, session):
        title = next(change.title for change in changes if _takes_access(change))
        message = f"{title}: who is in the admin groups of {session.tenant.name} is not known"
        raise GuardStopped(message, f"sync {session.tenant.name} first")
    off = {change.id for change in changes if turns_off(change) or change.kind is Kind.DELETE}
    ours = by_resource([change for change in changes if change.before is not None and is_group(change, names)])
    for same in ours:
        _check_leaving(same, off, session)
    changed = {same[0].id for same in ours}
    for group in _cached_admin_groups(session) if off else ():
        had = _members_of(group)
        if resource_id(group) not in changed and had & off and not _is_anybody_active(had - off, session):
            title = next(change.title for change in changes if change.id in had)
            raise GuardStopped(f"{title}: {natural_key(group)} keeps its last member", "add another member first")


def _check_leaving(same: Sequence[Change], off: set[str], session: Session) -> None:
    """Check the changes of one admin group together; `off` holds those who are turned off or deleted at the same time."""
    title = same[0].title
    if any(change.kind is Kind.DELETE for change in same):
        raise GuardStopped(f"{title}: it is an admin group", "admin groups are deleted at the provider itself")
    had = _members_of(same[0].before)
    going = {one for change in same for one in removed_members(change)}
    stays = had.union(*(_members_of(change.after) for change in same)) - going
    if going and not stays:
        raise GuardStopped(f"{title}: an admin group keeps its last member", "add another member first")
    gone = going | (had & off)
    if gone and _is_anybody_active(gone, session) and not _is_anybody_active(stays - off, session):
        message = f"{title}: an admin group keeps its last member, and all others in it are inactive"
        raise GuardStopped(message, "add another member first")


def _takes_access(change: Change) -> bool:
    """Whether an account is turned off or deleted."""
    return turns_off(change) or (change.kind is Kind.DELETE and change.resource_type.attribute("members") is None)


def _members_of(group: Mapping[str, Any] | None) -> set[str]:
    return {str(element_value(member)) for member in as_list(lookup(group, "members"))}


def _is_anybody_active(members: set[str], session: Session) -> bool:
    """Whether one of them is not known to be inactive: who is in no cache, and a group within it, may be somebody."""
    caches = [session.cache.resources(one.name) for one in session.provider.resource_types]

    def is_off(identifier: str) -> bool:
        return any((raw := cache.get(identifier)) is not None and is_active(raw) is False for cache in caches)

    return any(not is_off(one) for one in members)


def _cached_admin_groups(session: Session) -> list[Mapping[str, Any]]:
    """Return the cached groups that the config calls admin groups; all groups are read once until one of them changes."""
    names = session.tenant.admin_groups
    found: list[Mapping[str, Any]] = []
    for one in session.provider.resource_types if names else ():
        if one.attribute("members") is not None:
            cache = session.cache.resources(one.name)
            stamp = (cache.generation, len(cache), names)
            if cache not in _admin_groups or _admin_groups[cache][0] != stamp:
                parts = cache.parts(("id", "displayName", "externalId", "members"))
                _admin_groups[cache] = stamp, [group for group in parts if is_named(group, names)]
            found += _admin_groups[cache][1]
    return found
