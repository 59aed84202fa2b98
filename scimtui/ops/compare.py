"""Compare a resource type of two tenants, from their caches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scimtui.config import CompareRules
from scimtui.errors import UsageError
from scimtui.scim.compare import Comparison, compare_paired
from scimtui.scim.match import compile_filter
from scimtui.scim.pairing import Pairing, pair
from scimtui.scim.resource import resource_id
from scimtui.store.collector import collector_paused

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.store.cache import SyncState

Documents = list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class TenantComparison:
    """What differs between two tenants, and how far both sides can be trusted."""

    comparison: Comparison
    types: tuple[ResourceType, ResourceType]
    """How each side describes what was compared."""
    left_state: SyncState | None
    """None: never synced. Where either is not complete, nothing may be called missing."""
    right_state: SyncState | None


def compare_tenants(
    left: Session, right: Session, type_name: str, rules: CompareRules | None = None
) -> TenantComparison:
    """Compare all cached resources of a type. Blocks for the disk and the work: call it in a thread.

    Members and managers are compared as people: an id on the left stands for the id its person has on the right.

    Raises:
        UsageError: one side has no such type.
        CacheError: a cache cannot be read.
    """
    rules = rules or CompareRules()
    resource_type = _type(left, type_name)
    other_type = _type(right, type_name)
    with collector_paused():
        comparison = _compared(left, right, (resource_type, other_type), rules)
    states = (session.cache.resources(type_name).state for session in (left, right))
    return TenantComparison(comparison, (resource_type, other_type), *states)


def _compared(
    left: Session, right: Session, types: tuple[ResourceType, ResourceType], rules: CompareRules
) -> Comparison:
    """Compare what the caches hold; all of that is forgotten when this returns, before the collector looks at it."""
    natural = _natural_key(left, types[0])
    key = rules.key or natural
    mine, theirs = _documents(left, types[0]), _documents(right, types[1])
    wanted = [_wanted(side, types[0], rules.filter) for side in (mine, theirs)]
    pairing = pair(wanted[0], wanted[1], key, types[0])
    is_whole = key == natural and not rules.filter
    people = pairing if is_whole else pair(mine, theirs, natural, types[0])
    members = _counterparts(left, right, {types[0].name: people})
    return compare_paired(pairing, types[0], rules.ignore, rules.only, members=members, right_type=types[1])


def _type(session: Session, type_name: str) -> ResourceType:
    found = session.provider.resource_type(type_name)
    if found is None:
        known = ", ".join(known.name for known in session.provider.resource_types)
        raise UsageError(f"{session.tenant.name} has no resource type {type_name}", f"it has {known}")
    return found


def _natural_key(session: Session, resource_type: ResourceType) -> str:
    """Return what pairs resources of a type: the tenant's own rule for people, else the name they go by."""
    if resource_type.attribute("userName"):
        return session.tenant.match
    return next((name for name in ("displayName", "name") if resource_type.attribute(name)), "externalId")


def _documents(session: Session, resource_type: ResourceType) -> Documents:
    return list(session.cache.resources(resource_type.name).documents())


def _wanted(documents: Documents, resource_type: ResourceType, text: str) -> Documents:
    if not text:
        return documents
    matches = compile_filter(text, resource_type)
    return [raw for raw in documents if matches(raw)]


def _counterparts(left: Session, right: Session, known: Mapping[str, Pairing]) -> dict[str, str | None]:
    """Return left id → right id of people and groups, for those whose match is certain. `known` is paired already."""
    found: dict[str, str | None] = {}
    for name in ("User", "Group"):
        mine, theirs = left.provider.resource_type(name), right.provider.resource_type(name)
        if mine is None or theirs is None:
            continue
        pairing = known.get(mine.name)
        if pairing is None:
            pairing = pair(_documents(left, mine), _documents(right, theirs), _natural_key(left, mine), mine)
        found.update((resource_id(one), resource_id(other)) for one, other in pairing.pairs)
    return found
