"""The part of a promotion that is about members: people come into groups and leave them, each of them certain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scimtui.errors import UsageError
from scimtui.ops.promotion_draft import Draft, Stays, documents, is_complete
from scimtui.scim.change import CUT_AT, plan_members
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.promotion import STAND_IN, MembersLike, Who, members_like
from scimtui.scim.resource import lookup, natural_key, resource_id
from scimtui.scim.schema import Returned

if TYPE_CHECKING:
    from scimtui.config import CompareRules
    from scimtui.ops.compare import SidesCompared
    from scimtui.ops.sides import Side
    from scimtui.scim.schema import ResourceType

NAMED = 3
"""So many are named of many."""


def plan_memberships(plan: Draft, found: SidesCompared) -> None:
    """Plan who comes into each group and who leaves it: one change a group."""
    if not _counts(plan.rules, "members"):
        return
    hidden = [side.name for side, kind in zip((plan.left, plan.right), found.types, strict=True) if _hides(side, kind)]
    if hidden:
        plan.stays.append(
            Stays(found.types[1].name, "members", f"{' and '.join(hidden)} shows none, which says nothing")
        )
        return
    pairs = [(one.left_id, one.right_id) for one in found.comparison.different]
    pairs += [(mine, theirs) for _, mine, theirs in found.same]
    groups = documents(plan, found, [one for one in pairs if plan.is_chosen(*one)])
    is_whole = is_complete(found.left_state)
    is_shown = is_whole and any(as_list(lookup(raw, "members")) for raw in plan.left.documents(found.types[0].name))
    for left, right in groups:
        count = len(as_list(lookup(left, "members")))
        is_cut = count > 0 and count % CUT_AT == 0
        _plan_group(plan, found, left, right, may_remove=not is_cut and (count > 0 or is_shown))
        if is_cut:
            stays = f"{plan.left.name} shows {count:,} members, which may not be all: nobody is taken out"
            plan.stays.append(Stays(natural_key(right), "members", stays))
    created = {identity: who for identity, who in plan.groups.items() if who.id.startswith(STAND_IN)}
    for left in plan.left.some(found.types[0].name, created):
        who = created[resource_id(left)]
        right = {"schemas": [found.types[1].schema.id], "id": who.id, "displayName": who.name}
        _plan_group(plan, found, left, right, may_remove=False)


def _plan_group(
    plan: Draft, found: SidesCompared, left: Mapping[str, Any], right: Mapping[str, Any], *, may_remove: bool
) -> None:
    extras = _extra_people(plan, right) if plan.extras else {}
    wanted = members_like(left, right, plan.terms(found.types), extras, may_remove=may_remove)
    key = natural_key(right)
    plan.stays += _staying(plan, key, wanted)
    about = (found.types[1], plan.session.provider, plan.session.dialect)
    is_new = resource_id(right).startswith(STAND_IN)
    now = [one for one in wanted.add if not is_new and not one["value"].startswith(STAND_IN)]
    later = [one for one in wanted.add if one not in now]
    try:
        if now or wanted.remove:
            group = _named_leavers(plan, right, wanted.remove)
            plan.first.append(plan_members(plan.session.tenant.name, group, now, wanted.remove, *about))
        if later:
            plan.second.append(plan_members(plan.session.tenant.name, right, later, [], *about))
    except UsageError as error:
        plan.stays.append(Stays(key, "members", error.message))


def _named_leavers(plan: Draft, group: Mapping[str, Any], leaving: Sequence[str]) -> Mapping[str, Any]:
    """Return a group that names those who leave it, so that a person knows whom the plan is about."""
    names = {who.id: who.name for who in (*plan.people.values(), *plan.groups.values())} if leaving else {}
    name = next((key for key in group if key.casefold() == "members"), "members")

    def named(member: Any) -> Any:
        identity = str(element_value(member))
        is_nameless = isinstance(member, dict) and not member.get("display") and identity in leaving
        return {**member, "display": names[identity]} if is_nameless and identity in names else member

    return {**group, name: [named(one) for one in as_list(group.get(name))]} if names else group


def _staying(plan: Draft, key: str, wanted: MembersLike) -> list[Stays]:
    right = plan.right.name
    told = (
        (wanted.missing, f"no account in {right} is surely theirs"),
        (wanted.staying, f"only {right} has them in it, and nobody certain"),
    )
    return [Stays(key, "members", f"{why}: {_few(names)}") for names, why in told if names]


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def _extra_people(plan: Draft, group: Mapping[str, Any]) -> dict[str, Who]:
    """Return who leaves a group with the others: whom only the right side has, and members that are nobody there."""
    whole = [found for found in plan.compared.values() if is_complete(found.left_state)]
    alone = {one.id: one.key for found in whole for one in found.comparison.only_right}
    members = {str(element_value(one)): "" for one in as_list(lookup(group, "members"))}
    nobody = {one: "" for one in members if one not in plan.known_right} if plan.is_right_known else {}
    return {identity: Who(identity, "", key) for identity, key in (alone | nobody).items()}


def _counts(rules: CompareRules, path: str) -> bool:
    """Whether an attribute is compared at all."""
    is_wanted = not rules.only or path in {one.casefold() for one in rules.only}
    return is_wanted and path not in {one.casefold() for one in rules.ignore}


def _hides(side: Side, kind: ResourceType) -> bool:
    """Whether a side is known not to show who is in a group."""
    attribute = kind.attribute("members")
    is_hidden = attribute is not None and attribute.returned in {Returned.NEVER, Returned.REQUEST}
    return is_hidden or (side.session is not None and side.session.dialect.shows_members is False)
