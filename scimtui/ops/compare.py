"""Compare a resource type of two tenants, from their caches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scimtui.config import CompareRules
from scimtui.errors import UsageError
from scimtui.ops.session import Session
from scimtui.scim.compare import Comparison, compare
from scimtui.scim.match import compile_filter
from scimtui.scim.pairing import pair
from scimtui.scim.resource import resource_id
from scimtui.scim.schema import ResourceType
from scimtui.store.cache import SyncState
from scimtui.store.collector import collector_paused

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
        sides = (_documents(left, resource_type), _documents(right, other_type))
        comparison = compare(
            _wanted(sides[0], resource_type, rules.filter),
            _wanted(sides[1], resource_type, rules.filter),
            resource_type,
            key=rules.key or _natural_key(left, resource_type),
            ignore=rules.ignore,
            only=rules.only,
            members=_counterparts(left, right, {resource_type.name: sides}),
            right_type=other_type,
        )
    states = (session.cache.resources(type_name).state for session in (left, right))
    return TenantComparison(comparison, (resource_type, other_type), *states)


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


def _counterparts(
    left: Session, right: Session, known: Mapping[str, tuple[Documents, Documents]]
) -> dict[str, str | None]:
    """Return left id → right id of people and groups, for those whose match is certain. `known` is read already."""
    found: dict[str, str | None] = {}
    for name in ("User", "Group"):
        mine, theirs = left.provider.resource_type(name), right.provider.resource_type(name)
        if mine is None or theirs is None:
            continue
        sides = known.get(mine.name) or (_documents(left, mine), _documents(right, theirs))
        pairing = pair(*sides, _natural_key(left, mine), mine)
        found.update((resource_id(one), resource_id(other)) for one, other in pairing.pairs)
    return found
