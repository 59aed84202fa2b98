"""Plans how people leave a tenant, step by step as its recipe says. Nothing is sent here.

What a step finds done already makes no change. What cannot be known or done is a problem in words, never silence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from sys import maxsize
from typing import TYPE_CHECKING, Any

from scimtui.config.recipe import (
    MANAGER,
    AddToGroup,
    Clear,
    Deactivate,
    HandOverReports,
    RecipeStep,
    RemoveFromGroups,
    SetValues,
    recipe_steps,
    verb_of,
)
from scimtui.errors import GuardStopped, LocalError, PatchError
from scimtui.ops import browse, guard
from scimtui.ops.guard import Consent
from scimtui.ops.leavers import Raw, Spot, Ties, asked, groups_named, is_called, read_again, reports_of, ties_of
from scimtui.ops.member_plans import plan_group
from scimtui.ops.memberships import member_named
from scimtui.ops.uncollected import uncollected
from scimtui.scim.change import Change, plan_active, plan_edit
from scimtui.scim.coerce import is_active
from scimtui.scim.offboarding import Wanted, cleared, manager_of, rule_of, with_manager, with_values
from scimtui.scim.resource import lookup, natural_key, resource_id

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

LISTED = 5
"""So many groups, or people, are named in one problem."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of the recipe, planned for all who leave."""

    step: RecipeStep
    changes: tuple[Change, ...] = ()
    """Without requests where it is so already."""
    problems: tuple[str, ...] = ()
    """What cannot be known or done, a sentence each. Hostile text."""


@dataclass(slots=True)
class _Plan:
    """What the steps of one tenant are planned from."""

    session: Session
    kind: ResourceType
    people: dict[str, Raw]
    """By id, as they were read just now."""
    reason: str
    today: date
    now: dict[str, Raw] = field(default_factory=dict)
    """The people as earlier steps leave them, as far as those edit them."""
    ties: Ties = field(default_factory=Ties)
    gone: set[Spot] = field(default_factory=set)
    """Groups that an earlier step takes them out of."""
    stays: set[Spot] = field(default_factory=set)
    """Groups that a step puts them into: "all" leaves them alone, so that a second time finds nothing to do."""
    named: dict[str, list[tuple[ResourceType, Raw]]] = field(default_factory=dict)
    """The groups that each name in the recipe means."""
    turns_off: bool = False
    """A step turns the accounts off."""
    is_stopped: bool = False
    """A rule of ours stops all of it, so that no step is left out for another one."""

    def names(self, ids: Collection[str]) -> str:
        """Return what some of the people are called."""
        shown = [natural_key(self.people[one]) for one in self.people if one in ids]
        return _listed(shown)


def steps_of(session: Session) -> tuple[RecipeStep, ...]:
    """Return the recipe of a tenant."""
    return recipe_steps(session.tenant.recipe)


async def offboarding(
    session: Session, resource_type: ResourceType, raw: Raw, *, reason: str = "", skip: Collection[str] = ()
) -> list[Change]:
    """Return the changes that make one person leave, in the order of the recipe; problems are warnings of the first.

    Raises:
        See `plan_recipe`.
    """
    planned = await plan_recipe(session, resource_type, [raw], reason=reason, skip=skip)
    changes = [change for one in planned for change in one.changes]
    problems = tuple(problem for one in planned for problem in one.problems)
    if changes:
        changes[0] = replace(changes[0], warnings=(*changes[0].warnings, *problems))
    return changes


async def plan_recipe(
    session: Session,
    resource_type: ResourceType,
    people: Sequence[Raw],
    *,
    reason: str = "",
    skip: Collection[str] = (),
    today: date | None = None,
    tell: Callable[[int, int], None] = lambda _done, _of: None,
) -> list[PlannedStep]:
    """Plan the recipe for people of one tenant, step by step for all of them: access ends first, for everybody.

    Those who leave the same group are one change of it, so that the limits count them together. `skip` names steps that
    are left out. `tell` hears how many people were read.

    Raises:
        Refused, EndpointError: somebody cannot be read.
        UsageError: the provider can neither PATCH nor PUT.
        CacheError: the cache cannot be read.
    """
    steps = [step for step in steps_of(session) if verb_of(step) not in skip]
    is_more = any(not isinstance(step, Deactivate) for step in steps)
    known, lost = await read_again(session, resource_type, people, tell) if is_more else ([*people], [])
    plan = _Plan(session, resource_type, {resource_id(one): one for one in known}, reason, today or date.today())  # noqa: DTZ011, an admin's own day
    await _prepare(plan, steps)
    planned = [await _planned(plan, step) for step in steps]
    if lost and planned:
        gone = f"{_listed([natural_key(one) for one in lost])}: not there any more"
        planned[0] = replace(planned[0], problems=(gone, *planned[0].problems))
    return planned


def still_active(session: Session, planned: Sequence[PlannedStep]) -> list[str]:
    """Return what those are called whom the recipe was to turn off, and who were seen to be active last. Blocks."""
    wanted = [change for one in planned if isinstance(one.step, Deactivate) for change in one.changes]
    known = ((change, browse.resource(session, change.resource_type.name, change.id)) for change in wanted)
    return [change.key for change, found in known if found is not None and is_active(found.raw)]


async def _prepare(plan: _Plan, steps: Sequence[RecipeStep]) -> None:
    """Look up the groups that the steps are about."""
    names = [step.group for step in steps if isinstance(step, AddToGroup)]
    removals = [step for step in steps if isinstance(step, RemoveFromGroups)]
    named = [name for step in removals for name in step.groups or ()]
    if names or named:
        plan.named = await groups_named(plan.session, list(dict.fromkeys([*names, *named])))
    if removals or names:
        plan.ties = await ties_of(plan.session, plan.people)
    plan.stays = {_spot(*one) for name in names for one in plan.named[name]}
    plan.turns_off = any(isinstance(step, Deactivate) for step in steps)
    plan.is_stopped = plan.session.tenant.role == "view" or await asyncio.to_thread(_are_protected, plan)


async def _planned(plan: _Plan, step: RecipeStep) -> PlannedStep:
    match step:
        case Deactivate():
            return await asyncio.to_thread(_deactivated, plan, step)
        case RemoveFromGroups():
            return await asyncio.to_thread(_removed, plan, step)
        case AddToGroup():
            return await asyncio.to_thread(_added, plan, step)
        case HandOverReports():
            return await _handed_over(plan, step)
        case Clear() | SetValues():
            return await asyncio.to_thread(_edited, plan, step)


def _deactivated(plan: _Plan, step: Deactivate) -> PlannedStep:
    session, kind = plan.session, plan.kind
    name, provider, dialect = session.tenant.name, session.provider, session.dialect
    return PlannedStep(
        step, tuple(plan_active(name, one, False, kind, provider, dialect) for one in plan.people.values())
    )


# ---------------------------------------------------------------- groups


@uncollected
def _removed(plan: _Plan, step: RemoveFromGroups) -> PlannedStep:
    problems: list[str] = []
    if step.groups is None:
        spots = [spot for spot in plan.ties.inside if spot not in plan.stays and spot in plan.ties.groups]
        wanted = {spot: plan.ties.groups[spot] for spot in spots if not is_called(plan.ties.groups[spot], step.keep)}
        problems += _through(plan, wanted)
    else:
        wanted = {}
        for name in step.groups:
            found = _one_group(plan, name, problems)
            if found is not None:
                wanted[_spot(*found)] = found[1]
    changes = [
        _group_change(plan, spot, group, problems, leaves=True)
        for spot, group in sorted(wanted.items(), key=lambda one: natural_key(one[1]).casefold())
        if spot not in plan.gone and plan.ties.inside.get(spot)
    ]
    plan.gone |= wanted.keys()
    unsure = plan.ties.unsure if step.groups is None else _unsure_of(plan, wanted)
    if unsure:
        what = "which groups they are in" if step.groups is None else f"whether they are in {_listed(step.groups)}"
        problems.append(
            f"{plan.names(unsure)}: {what} is not known: the provider does not say it, and not every group with its "
            "members is in the cache"
        )
    return PlannedStep(step, tuple(one for one in changes if one is not None), tuple(problems))


def _unsure_of(plan: _Plan, wanted: Mapping[Spot, Raw]) -> set[str]:
    """Return those of whom nobody knows whether they are in one of these groups: it shows no members."""
    silent = [spot for spot, group in wanted.items() if lookup(group, "members") is None]
    return {one for one in plan.ties.unsure for spot in silent if one not in plan.ties.inside.get(spot, ())}


def _through(plan: _Plan, wanted: Mapping[Spot, Raw]) -> list[str]:
    """Say who stays in a group through another one that nothing takes them out of."""
    leaving = {one for spot in wanted for one in plan.ties.inside.get(spot, ())}
    return [
        f"{plan.names({identity})}: in {_listed(sorted(names))} through another group, and not by themselves"
        for identity, names in plan.ties.through.items()
        if identity not in leaving and names
    ]


def _added(plan: _Plan, step: AddToGroup) -> PlannedStep:
    problems: list[str] = []
    found = _one_group(plan, step.group, problems)
    change = None if found is None else _group_change(plan, _spot(*found), found[1], problems, leaves=False)
    return PlannedStep(step, () if change is None else (change,), tuple(problems))


def _one_group(plan: _Plan, name: str, problems: list[str]) -> tuple[ResourceType, Raw] | None:
    """Return the group of that name; where there is none, or several, that is a problem."""
    found = plan.named[name]
    if len(found) > 1:
        ids = _listed([resource_id(raw) for _, raw in found])
        problems.append(f"{len(found)} groups are called {name}; put the id of the right one into the recipe: {ids}")
    elif not found:
        problems.append(f"there is no group {name} in {plan.session.tenant.name}")
    return found[0] if len(found) == 1 else None


def _group_change(plan: _Plan, spot: Spot, group: Raw, problems: list[str], *, leaves: bool) -> Change | None:
    """Plan who leaves or enters one group; None where nobody does, or may."""
    kind = plan.session.provider.resource_type(spot[0])
    inside = plan.ties.inside.get(spot, set())
    moving = [raw for one, raw in plan.people.items() if (one in inside) is leaves]
    if kind is None or not moving:
        return None
    if rule := rule_of(group):
        problems.append(f"{natural_key(group)} has members by a rule ({rule}): nobody can be added or removed here")
        return None
    members = [member_named(plan.kind.name, raw) for raw in moving]
    try:
        change = plan_group(plan.session, kind, group, [] if leaves else members, members if leaves else [])
    except LocalError as error:
        problems.append(f"{natural_key(group)}: {error.message}")
        return None
    return _allowed(plan, change, problems)


def _allowed(plan: _Plan, change: Change, problems: list[str]) -> Change | None:
    """Return a change of somebody or something else than who leaves, unless a rule of ours stops it alone.

    One group that the help desk may not touch must not keep an account alive. The role "view", a protected person who
    leaves, the lock, the reason and the limits stop everything, in `guard.check`.
    """
    if not change.requests or plan.is_stopped:
        return change if change.requests else None
    try:
        guard.check_again([change], plan.session, Consent(unlocked=True, reason="-", expected=maxsize))
    except GuardStopped as error:
        problems.append(error.message)
        return None
    return change


def _are_protected(plan: _Plan) -> bool:
    """Whether one of those who leave may not be turned off here. Blocks for the cache."""
    changes = _deactivated(plan, Deactivate()).changes
    try:
        guard.check_again(changes, plan.session, Consent(unlocked=True, reason="-", expected=maxsize))
    except GuardStopped:
        return True
    return False


# ---------------------------------------------------------------- attributes


def _edited(plan: _Plan, step: Clear | SetValues) -> PlannedStep:
    problems: list[str] = []
    changes = []
    for identity in plan.people:
        raw = _as_left(plan, identity)
        if isinstance(step, Clear):
            wanted, verb = cleared(raw, step.attributes, plan.kind), "Clear"
        else:
            put = {"date": plan.today.isoformat(), "reason": plan.reason}
            wanted, verb = with_values(raw, dict(step.values), put, plan.kind), "Set"
        problems += wanted.problems
        title = f"{verb} {_listed(wanted.paths)} of {natural_key(raw)}"
        change = _edit(plan, raw, wanted, title, problems)
        if change is not None:
            plan.now[identity] = wanted.after
            changes.append(change)
    return PlannedStep(step, tuple(changes), tuple(dict.fromkeys(problems)))


def _as_left(plan: _Plan, identity: str) -> Raw:
    """Return somebody for an edit. Without `active`: who turned it off meanwhile is this recipe, and nobody else."""
    raw = plan.now.get(identity, plan.people[identity])
    return {key: value for key, value in raw.items() if key.casefold() != "active"} if plan.turns_off else raw


def _edit(plan: _Plan, raw: Raw, wanted: Wanted, title: str, problems: list[str]) -> Change | None:
    """Plan an edit of a person; None where nothing changes, or the role does not allow it."""
    session = plan.session
    try:
        change = plan_edit(session.tenant.name, raw, wanted.after, plan.kind, session.provider, session.dialect)
    except (LocalError, PatchError) as error:
        problems.append(f"{natural_key(raw)}: {error.message}")
        return None
    stopped = None if plan.is_stopped else guard.why_not(change.kind, session, unlocked=True)
    if change.requests and stopped:
        problems.append(f"{title}: {stopped}")
    return replace(change, title=title) if change.requests and not stopped else None


async def _handed_over(plan: _Plan, step: HandOverReports) -> PlannedStep:
    reports, is_sure = await reports_of(plan.session, plan.kind, list(plan.people))
    problems = [] if is_sure else [f"{plan.names(plan.people)}: whom they manage is not known in full; sync first"]
    named = None if step.to == MANAGER else await _named_person(plan, step.to, problems)
    if step.to != MANAGER and named is None:
        return PlannedStep(step, (), tuple(problems))
    changes = await asyncio.to_thread(_reports_moved, plan, reports, named, problems)
    return PlannedStep(step, changes, tuple(dict.fromkeys(problems)))


async def _named_person(plan: _Plan, name: str, problems: list[str]) -> Raw | None:
    found = await asyncio.to_thread(browse.named, plan.session, plan.kind, name)
    found = found or await asked(plan.session, plan.kind, "userName", name) or []
    if len(found) != 1:
        number = f"{len(found)} people are" if found else "nobody is"
        problems.append(f"{number} {name} in {plan.session.tenant.name}, so the reports stay as they are")
    elif resource_id(found[0]) in plan.people:
        problems.append(f"{name} leaves too, so the reports stay as they are")
        return None
    return found[0] if len(found) == 1 else None


def _reports_moved(plan: _Plan, reports: Sequence[Raw], named: Raw | None, problems: list[str]) -> tuple[Change, ...]:
    """Plan a change of each report who stays. Blocks for the cache."""
    changes = []
    for raw in reports:
        if resource_id(raw) in plan.people:
            continue
        leaver = manager_of(raw, plan.kind)
        heir = _heir(plan, leaver) if named is None else resource_id(named)
        key, name = natural_key(raw), natural_key(plan.people[leaver])
        if not heir or heir == resource_id(raw):
            why = f"{name} has no manager" if not heir else "nobody manages themselves"
            problems.append(f"{key} still has {name} as manager: {why}")
            continue
        found = browse.resource(plan.session, plan.kind.name, heir)
        if found is not None and is_active(found.raw) is False:
            problems.append(f"{natural_key(found.raw)}, who is to manage {key}, is inactive")
        to = natural_key(found.raw) if found is not None else heir
        change = _edit(plan, raw, with_manager(raw, heir, plan.kind), f"Hand {key} over to {to}", problems)
        allowed = None if change is None else _allowed(plan, change, problems)
        changes += [allowed] if allowed is not None else []
    return tuple(changes)


def _heir(plan: _Plan, leaver: str) -> str:
    """Return the id of the nearest manager above who does not leave too, "" where there is none."""
    seen: set[str] = set()
    while leaver in plan.people and leaver not in seen:
        seen.add(leaver)
        leaver = manager_of(plan.people[leaver], plan.kind)
    return "" if leaver in seen else leaver


def _spot(kind: ResourceType, raw: Raw) -> Spot:
    return kind.name, resource_id(raw)


def _listed(names: Sequence[Any]) -> str:
    """Return names in a row, the last ones as a number."""
    more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return f"{', '.join(map(str, names[:LISTED]))}{more}"
