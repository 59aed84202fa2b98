"""What an imported file came to: who is there now, and the groups that they come into once they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimtui.ops import joining
from scimtui.ops.importing import there_by_key
from scimtui.scim.coerce import is_active
from scimtui.scim.pairing import key_reader
from scimtui.scim.resource import natural_key

if TYPE_CHECKING:
    from scimtui.ops.importing import ImportPlan, Planned
    from scimtui.scim.change import Change
    from scimtui.scim.resource import Resource


def memberships(plan: ImportPlan) -> list[Change]:
    """Return the changes that bring those who are there now into their groups. Blocks for the cache.

    Raises:
        UsageError: the provider cannot PATCH, or a group is gone.
        CacheError: the cache cannot be read.
    """
    reader = key_reader(plan.key, plan.resource_type)
    wanted = [one for one in plan.entries if one.groups]
    there = there_by_key(plan.session, plan.resource_type, plan.key, [reader.fold(one.key) for one in wanted])
    people = [(those[0], one.groups) for one in wanted if len(those := there.get(reader.fold(one.key), [])) == 1]
    return joining.plan_memberships(plan.session, people)


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody and a group that they are to be in."""

    planned: Planned
    group: Resource
    is_in: bool | None
    """None where the provider does not show it."""


def places(plan: ImportPlan) -> list[Place]:
    """Return who is to be in which group and whether they are, as far as the cache tells now. Blocks for the cache.

    Raises:
        CacheError: the cache cannot be read.
    """
    reader = key_reader(plan.key, plan.resource_type)
    wanted = [one for one in plan.entries if one.groups]
    there = there_by_key(plan.session, plan.resource_type, plan.key, [reader.fold(one.key) for one in wanted])
    inside = _insiders(plan, [group for one in wanted for group in one.groups])
    found = [(one, group, there.get(reader.fold(one.key), [])) for one in wanted for group in one.groups]
    return [
        Place(one, group, joining.is_in(those[0], group, inside[group.id]) if those else False)
        for one, group, those in found
    ]


def _insiders(plan: ImportPlan, groups: Iterable[Resource]) -> dict[str, frozenset[str] | None]:
    """Return the members of each group by its id: a group is read once, however many come."""
    once = {group.id: group for group in groups}
    return {identity: joining.insiders(plan.session, group) for identity, group in once.items()}


def absent(plan: ImportPlan) -> list[Planned]:
    """Return who was to be there and is not, as far as the cache tells now. Blocks for the cache.

    Raises:
        CacheError: the cache cannot be read.
    """
    reader = key_reader(plan.key, plan.resource_type)
    wanted = [one for one in plan.entries if one.change is not None and one.there is None]
    there = there_by_key(plan.session, plan.resource_type, plan.key, [reader.fold(one.key) for one in wanted])
    return [one for one in wanted if not there.get(reader.fold(one.key))]


def lacking(plan: ImportPlan) -> dict[str, list[str]]:
    """Return whom the rules for joiners do not bring into a group because they are there already, by group.

    Only those whose tenant shows that they are not in it. Blocks for the cache.

    Raises:
        CacheError: the cache cannot be read.
    """
    found: dict[str, list[str]] = {}
    inside = _insiders(plan, plan.joiners)
    for one in plan.entries:
        if one.there is None:
            continue
        for group in plan.joiners:
            if group not in one.groups and joining.is_in(one.there, group, inside[group.id]) is False:
                found.setdefault(natural_key(group.raw), []).append(one.key)
    return found


def inactive(plan: ImportPlan) -> list[Planned]:
    """Return who is there, is turned off, and is not turned on by the file."""
    return [
        one
        for one in plan.entries
        if one.there is not None
        and is_active(one.there.raw) is False
        and not (one.change and is_active(one.change.after or {}))
    ]
