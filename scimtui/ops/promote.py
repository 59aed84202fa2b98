"""Plan what makes a tenant like another side: a tenant, an earlier copy of one, a file.

Nothing is deleted or turned off unless that was asked for. What is not certain is never touched, and is said: keys that
several have, people whom an incomplete side may have, members that are not shown, references to nobody certain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scimtui.config import CompareRules
from scimtui.errors import GuardStopped, PatchError, SyntaxFault, UsageError
from scimtui.ops import browse, guard
from scimtui.ops.compare import SidesCompared, compare_sides
from scimtui.ops.created import ids_by_name
from scimtui.ops.group_members import has_members
from scimtui.ops.joining import rules_of
from scimtui.ops.promote_members import plan_memberships
from scimtui.ops.promotion_draft import Draft, Extras, Promotion, Stays, Withheld, documents, is_complete
from scimtui.scim.change import Change, plan_active, plan_create, plan_delete, plan_edit
from scimtui.scim.coerce import is_active
from scimtui.scim.kind import Kind
from scimtui.scim.pairing import key_reader
from scimtui.scim.promotion import NOBODY_SURE, STAND_IN, Promoted, Who, newcomer, promoted, stand_in
from scimtui.scim.renaming import renamer
from scimtui.scim.resource import natural_key, resource_id

if TYPE_CHECKING:
    from scimtui.ops.sides import Side

__all__ = ["Extras", "Promotion", "Stays", "Withheld", "plan_promotion"]

PAIRED = ("User", "Group")
"""What references and members stand for."""


def plan_promotion(
    left: Side,
    right: Side,
    type_names: Sequence[str],
    rules: CompareRules | None = None,
    *,
    extras: Extras = Extras.KEEP,
    chosen: Collection[tuple[str, str]] | None = None,
    keys: Collection[str] = (),
) -> Promotion:
    """Plan what makes the right side like the left one. Blocks for the disk and the work: call it in a thread.

    `chosen` holds ids on the left and on the right of those who are made alike, "" where there is none; None: all.
    `keys` chooses them by what pairs them.

    Raises:
        UsageError: the right side is no tenant, a side has no such type, or a key means nobody or several.
        GuardStopped: something is to be done with those whom only the right side has, and the left one is not complete.
        PathError: a path of the rules is none.
        CacheError: a cache cannot be read.
    """
    if right.session is None:
        raise UsageError(f"{right.name} cannot be written to", "name a tenant as the right side")
    plan = Draft(left, right, right.session, rules or CompareRules(), extras, chosen)
    wanted = {left.need_type(name).name: compare_sides(left, right, name, plan.rules) for name in type_names}
    if keys:
        plan.chosen = _chosen(wanted.values(), keys)
    _know_people(plan, wanted)
    ordered = sorted(wanted.values(), key=lambda found: has_members(found.types[1]))
    newcomers = [(found, _newcomers(plan, found)) for found in ordered]
    for found, coming in newcomers:
        _create(plan, found, coming)
        _edit(plan, found)
    for found in ordered:
        if has_members(found.types[1]):
            plan_memberships(plan, found)
    for found in ordered:
        _extras(plan, found)
        plan.stays += [
            Stays(one.key, "", "several have that key") for one in found.comparison.ambiguous if chosen is None
        ]
    changes = _allowed(plan, [*plan.first, *plan.second, *reversed(plan.last)])
    names = {who.id: who.name for who in plan.people.values()}
    sizes = {one.types[1].name: browse.count(plan.session, one.types[1].name) or 0 for one in ordered}
    return Promotion(left.name, plan.session, changes, plan.stays, plan.withheld, plan.untouched, sizes, names)


def _chosen(compared: Collection[SidesCompared], keys: Collection[str]) -> set[tuple[str, str]]:
    """Return the pairs of ids that keys mean.

    Raises:
        UsageError: one means nobody, or several; that ends it for all of them.
    """
    wanted = {key.strip().casefold(): key for key in keys}
    chosen: set[tuple[str, str]] = set()
    seen: set[str] = set()
    for found in compared:
        comparison = found.comparison
        several = {one.key.casefold() for one in comparison.ambiguous} & wanted.keys()
        if several:
            message = f"{wanted[min(several)]} means several {found.types[0].name}s"
            raise UsageError(message, "nothing was planned; make the key unique, or leave it out")
        entries = [
            *(((one.left_id, one.right_id), one.key) for one in comparison.different),
            *(((mine, theirs), key) for key, mine, theirs in found.same),
            *(((one.id, ""), one.key) for one in comparison.only_left),
            *((("", one.id), one.key) for one in comparison.only_right),
        ]
        mine = [(ids, key.casefold()) for ids, key in entries if key.casefold() in wanted]
        chosen |= {ids for ids, _ in mine}
        seen |= {key for _, key in mine}
    unknown = [wanted[key] for key in wanted if key not in seen]
    if unknown:
        more = f", and {len(unknown) - 1:,} more" if len(unknown) > 1 else ""
        raise UsageError(f"{unknown[0]} is on neither side{more}", "nothing was planned; check the spelling, or sync")
    return chosen


# ---------------------------------------------------------------- who is who


def _know_people(plan: Draft, wanted: Mapping[str, SidesCompared]) -> None:
    """Pair everybody whom references and members may stand for."""
    has_groups = any(has_members(found.types[1]) for found in wanted.values())
    for name in dict.fromkeys((*(PAIRED if has_groups else PAIRED[:1]), *wanted)):
        types = plan.left.resource_type(name), plan.right.resource_type(name)
        if None in types:
            continue
        is_whole = name in wanted and not plan.rules.filter
        found = wanted[name] if is_whole else compare_sides(plan.left, plan.right, name, replace(plan.rules, filter=""))
        plan.compared[name] = found
        kind = found.types[1]
        pairs = [*found.same, *((one.key, one.left_id, one.right_id) for one in found.comparison.different)]
        sure = [one for one in pairs if not one[2].startswith(STAND_IN)]
        plan.known(kind).update((mine, Who(theirs, kind.name, key)) for key, mine, theirs in sure)


# ---------------------------------------------------------------- who is created


_Newcomer = tuple[Mapping[str, Any], Promoted, Change]
"""Who they are on the left, who they will be, and their creation."""


def _newcomers(plan: Draft, found: SidesCompared) -> list[_Newcomer]:
    """Return who is created of a type. From now on a stand-in is known for each of them."""
    alone = {one.id for one in plan.compared[found.types[0].name].comparison.only_left}
    ids = [one.id for one in found.comparison.only_left if one.id in alone and plan.is_chosen(one.id, "")]
    kind, state = found.types[1].name, found.right_state
    if ids and not is_complete(state):
        why = "it was never synced" if state is None else state.why or "no reason known"
        plan.withheld.append(Withheld(kind, len(ids), plan.right.name, why))
        return []
    coming: list[_Newcomer] = []
    taken: set[str] = set()
    for raw in sorted(plan.left.some(found.types[0].name, ids), key=lambda raw: natural_key(raw).casefold()):
        made = _creation(plan, found, raw)
        if made is None:
            continue
        name = stand_in(kind, made[1].key)
        if name.casefold() in taken:
            plan.stays.append(Stays(made[1].key, "", "somebody else is created under that name"))
            continue
        taken.add(name.casefold())
        plan.known(found.types[1])[resource_id(raw)] = Who(name, kind, made[1].key)
        coming.append((raw, *made))
    return coming


def _creation(plan: Draft, found: SidesCompared, raw: Mapping[str, Any]) -> tuple[Promoted, Change] | None:
    """Return a newcomer and their creation; None where there can be none, which is said once."""
    about = (found.types[1], plan.session.provider, plan.session.dialect)
    try:
        one = newcomer(raw, plan.terms(found.types), rules_of(plan.session, found.types[1]))
        change = plan_create(plan.session.tenant.name, one.after, *about)
        why = _why_no_pair(plan, found, raw, one)
    except (UsageError, PatchError, SyntaxFault) as error:
        plan.stays.append(Stays(natural_key(raw), "", f"it cannot be created: {error.message}"))
        return None
    if why:
        plan.stays.append(Stays(natural_key(raw), "", f"it is not created: {why}"))
        return None
    return one, change


def _why_no_pair(plan: Draft, found: SidesCompared, raw: Mapping[str, Any], one: Promoted) -> str:
    """Return why a newcomer would not be the counterpart of who they come from, "" where they would."""
    key, (mine, kind) = found.comparison.key, found.types
    reader = key_reader(key, mine)
    back = renamer(plan.rules.map, mine, kind)(one.after) if plan.rules.map else one.after
    wanted, made = reader.read(raw).strip(), reader.read(back).strip()
    if not wanted:
        return f"it has no {key}, so nobody can tell whether it is there"
    if reader.fold(wanted) != reader.fold(made):
        return f"the rules of {plan.right.name} make its {key} {made or 'empty'}, and the two would not be paired"
    name = natural_key(one.after)
    if kind.name not in plan.names:
        plan.names[kind.name] = frozenset(ids_by_name(plan.session, kind))
    if name.casefold() in plan.names[kind.name]:
        return f"{plan.right.name} has a {name} with another {key}"
    return ""


def _create(plan: Draft, found: SidesCompared, coming: Sequence[_Newcomer]) -> None:
    """Plan the creations, and what a newcomer gets once those exist whom it names."""
    about = (found.types[1], plan.session.provider, plan.session.dialect)
    name = plan.session.tenant.name
    for raw, made, creation in coming:
        one, change = made, creation
        if any(out.why.endswith(NOBODY_SURE) for out in one.left_out):  # whom they name may be a newcomer too
            one, change = _creation(plan, found, raw) or (made, creation)
        plan.first.append(change)
        plan.stays += [Stays(change.key, out.path, out.why) for out in one.left_out]
        if one.later != one.after:
            before = {**one.after, "id": stand_in(found.types[1].name, change.key)}
            plan.second.append(plan_edit(name, before, {**one.later, "id": before["id"]}, *about))


# ---------------------------------------------------------------- who is on both sides


def _edit(plan: Draft, found: SidesCompared) -> None:
    wanted = [one for one in found.comparison.different if plan.is_chosen(one.left_id, one.right_id)]
    pairs = documents(plan, found, [(one.left_id, one.right_id) for one in wanted])
    about = (found.types[1], plan.session.provider, plan.session.dialect)
    name = plan.session.tenant.name
    for one in sorted(promoted(pairs, plan.terms(found.types)), key=lambda one: natural_key(one.before).casefold()):
        key = natural_key(one.before)
        plan.stays += [Stays(key, out.path, out.why) for out in one.left_out]
        try:
            change = plan_edit(name, one.before, one.after, *about)
            if change.kind in {Kind.ACTIVATE, Kind.DEACTIVATE}:
                change = plan_active(name, one.before, change.kind is Kind.ACTIVATE, *about)
            plan.first += [change] if change.requests else []
            later = plan_edit(name, one.after, one.later, *about)
            plan.second += [later] if later.requests else []
        except (UsageError, PatchError) as error:
            plan.stays.append(Stays(key, "", f"it cannot be changed: {error.message}"))


# ---------------------------------------------------------------- whom only the right side has


def _extras(plan: Draft, found: SidesCompared) -> None:
    alone = {one.id for one in plan.compared[found.types[0].name].comparison.only_right}
    ids = [one.id for one in found.comparison.only_right if one.id in alone and plan.is_chosen("", one.id)]
    kind, name = found.types[1], plan.session.tenant.name
    if not ids:
        return
    if not plan.extras or (plan.extras is Extras.DEACTIVATE and kind.attribute("active") is None):
        plan.untouched[kind.name] += len(ids)
        return
    if not is_complete(found.left_state):
        why = "it was never synced" if found.left_state is None else found.left_state.why or "no reason known"
        message = f"{plan.left.name} is not complete, so nobody can be called missing there: {why}"
        raise GuardStopped(message, f"sync {plan.left.name}, or leave those alone whom only {plan.right.name} has")
    about = (kind, plan.session.provider, plan.session.dialect)
    for raw in plan.right.some(kind.name, ids):
        if plan.extras is Extras.DELETE:
            plan.last.append(plan_delete(name, raw, *about))
        elif is_active(raw) is not False:
            plan.last.append(plan_active(name, raw, False, *about))


# ---------------------------------------------------------------- what may be sent


def _allowed(plan: Draft, changes: Sequence[Change]) -> list[Change]:
    """Leave out what a rule stops whatever is agreed to, such as protected accounts; what the role may not is told later."""
    session = plan.session
    if session.tenant.role != "admin" or guard.stopped_anyway(changes, session) is None:
        return list(changes)
    kept = []
    for change in changes:
        stopped = guard.stopped_anyway([change], session)
        if stopped is None:
            kept.append(change)
        else:
            plan.stays.append(Stays(change.key, "", stopped.message))
    return kept
