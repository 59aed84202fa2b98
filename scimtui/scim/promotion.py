"""What makes the resources of one side like those of another: as values, before anything is planned for a provider.

Who is created by the same plan has no id yet. A stand-in names them until they have one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from scimtui.errors import PatchError
from scimtui.scim.absence import Absence
from scimtui.scim.change import Change, plan_edit, plan_members
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.compare import Difference, Different, compare_paired
from scimtui.scim.elements import names_resources
from scimtui.scim.joiner import LeftOut, Rules, is_link, mapped, placed
from scimtui.scim.kind import Kind
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.pairing import Pairing
from scimtui.scim.patch import apply_operations
from scimtui.scim.path import Path, attribute_at, parse_path, values_at
from scimtui.scim.renaming import renamer
from scimtui.scim.resource import is_empty, lookup, resource_id
from scimtui.scim.schema import Attribute, Mutability, ResourceType, Type

if TYPE_CHECKING:
    from scimtui.scim.dialect import Dialect
    from scimtui.scim.provider import Provider

Raw = Mapping[str, Any]
STAND_IN = "urn:scimtui:created:"
ROUNDS = 3
"""What one list says may depend on how many elements it has, so that what was made alike is compared again."""
NOBODY_SURE = "has no account there that is surely theirs"


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody on the right, or who will be there."""

    id: str
    """A stand-in for who is created by the same plan."""
    type: str
    name: str
    """Hostile text."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How two sides are compared, and who is who."""

    left_type: ResourceType
    right_type: ResourceType
    map: Mapping[str, str] = field(default_factory=dict)
    """Attribute path on the left to its name on the right."""
    ignore: Sequence[str] = ()
    only: Sequence[str] = ()
    fold: Sequence[str] = ()
    people: Mapping[str, Who] = field(default_factory=dict)
    """By id on the left, those whose match is certain."""
    groups: Mapping[str, Who] = field(default_factory=dict)
    """The same of groups: a provider that counts gives a person and a group the same id."""

    def right_names(self, paths: Sequence[str]) -> list[str]:
        """Return attribute paths of the left under the names of the right."""
        return [self.map.get(path, path) for path in paths]


@dataclass(frozen=True, slots=True)
class Promoted:
    """One resource as it is to be on the right."""

    before: Raw
    """{} for a new one."""
    after: dict[str, Any]
    later: dict[str, Any]
    """The same with references to those who are created by the same plan."""
    left_out: tuple[LeftOut, ...] = ()


# ---------------------------------------------------------------- stand-ins


def stand_in(type_name: str, key: str) -> str:
    """Return what names a resource that is yet to be created, by type and by what people call it."""
    return f"{STAND_IN}{quote(type_name, safe='')}:{key}"


def named_by(text: str) -> tuple[str, str]:
    """Return type and key of a stand-in."""
    type_name, _, key = text.removeprefix(STAND_IN).partition(":")
    return unquote(type_name), key


def stand_ins(change: Change) -> frozenset[str]:
    """Return whom a change names that had no id when it was planned. Only where a reference stands is looked."""
    referred = [_target(edit.after) for edit in change.edits if _is_reference(edit.path, change.resource_type)]
    return frozenset(one for one in (change.id, *referred) if one.startswith(STAND_IN))


def _is_reference(text: str, resource_type: ResourceType) -> bool:
    path = parse_path(text, resource_type)
    attribute = resource_type.attribute(path.attribute, path.urn)
    return attribute is not None and (names_resources(attribute) or is_link(attribute))


def _target(value: Any) -> str:
    return str(element_value(value) or "")


@of_any_depth
def with_ids(change: Change, ids: Mapping[str, str], provider: Provider, dialect: Dialect) -> Change | None:
    """Return a change, or the part of it that can be sent, now that `ids` of stand-ins are known; None for nothing.

    Raises:
        UsageError, PatchError: see the plan functions.
    """
    if change.id.startswith(STAND_IN) and change.id not in ids:
        return None
    before = {**(change.before or {}), "id": ids.get(change.id, change.id)}
    about = (change.resource_type, provider, dialect)
    if change.kind in {Kind.ADD_MEMBERS, Kind.REMOVE_MEMBERS}:
        coming = [edit.after for edit in change.edits if edit.after is not None]
        leaving = [_target(edit.before) for edit in change.edits if edit.after is None]
        sure = [one for one in coming if not _target(one).startswith(STAND_IN) or _target(one) in ids]
        ready = [{**one, "value": ids.get(_target(one), _target(one))} for one in sure]
        if not ready and not leaving:
            return None
        planned = plan_members(change.tenant, before, ready, leaving, *about)
        return replace(planned, reason=change.reason)
    if not stand_ins(change) <= ids.keys():
        return None
    after = {**_with_targets(change, ids), "id": before["id"]}
    planned = plan_edit(change.tenant, before, after, *about)
    return replace(planned, title=change.title, reason=change.reason)


def _with_targets(change: Change, ids: Mapping[str, str]) -> dict[str, Any]:
    kind, after = change.resource_type, dict(change.after or {})
    for edit in change.edits:
        if _target(edit.after) in ids and _is_reference(edit.path, kind):
            path = parse_path(edit.path, kind)
            root = str(Path(path.urn, path.attribute))
            after = placed(after, f"{root}.value", [ids[_target(edit.after)]], kind)
    return after


# ---------------------------------------------------------------- who is on both sides


@of_any_depth
def promoted(pairs: Sequence[tuple[Raw, Raw]], terms: Terms) -> list[Promoted]:
    """Return what each right resource of (left, right) pairs is to be, for those that differ in what is compared.

    Members are left alone; see `members_like`. So is what the right side does not know or may not change, and what the
    left side does not know or show; `left_out` names it.

    Raises:
        PathError: a path of the terms is none.
    """
    as_right = _as_right(terms)
    wanted = {resource_id(right): as_right(left) for left, right in pairs}
    found: dict[str, Promoted] = {}
    open_pairs = [(right, wanted[resource_id(right)]) for _, right in pairs]
    for _ in range(ROUNDS):
        before = {resource_id(right): right for right, _ in open_pairs}
        different = _compared(open_pairs, terms)
        for one in different:
            right, earlier = before[one.left_id], found.get(one.left_id)
            now = _brought(right, wanted[one.left_id], one.changes, terms)
            found[one.left_id] = now if earlier is None else replace(now, before=earlier.before)
        moved = [one.left_id for one in different if found[one.left_id].after != before[one.left_id]]
        open_pairs = [(found[one].after, wanted[one]) for one in moved]
    return list(found.values())


def _compared(pairs: Sequence[tuple[Raw, Raw]], terms: Terms) -> Sequence[Different]:
    """Compare right resources with what they are to be."""
    own = [path for path in terms.map if path not in terms.map.values()]  # it stands elsewhere on the right
    return compare_paired(
        Pairing("id", [*pairs], [], [], []),
        terms.right_type,
        [*terms.right_names(terms.ignore), *own, "members"],
        terms.right_names(terms.only),
        fold=terms.right_names(terms.fold),
        members={who.id: left for left, who in terms.people.items()},
        right_type=terms.left_type,
    ).different


def _as_right(terms: Terms) -> Callable[[Raw], Raw]:
    """Return what gives a resource of the left side the names of the right one."""
    plain = {there: here for here, there in terms.map.items() if "[" not in there}
    chosen = {there: here for here, there in terms.map.items() if "[" in there}
    rename = renamer(plain, terms.right_type, terms.left_type)

    def wanted(left: Raw) -> Raw:
        out = rename(left)
        for there, here in chosen.items():
            values = values_at(left, parse_path(here, terms.left_type), terms.left_type)
            out = placed(out, there, values, terms.right_type) if values else out
        return out

    return wanted


def _brought(right: Raw, wanted: Raw, changes: Sequence[Difference], terms: Terms) -> Promoted:
    after: dict[str, Any] = dict(right)
    links: dict[str, None] = {}
    left_out: list[LeftOut] = []
    for change in changes:
        path = parse_path(change.path, terms.right_type)
        root = terms.right_type.attribute(path.attribute, path.urn)
        if root is not None and is_link(root):
            links[str(Path(path.urn, path.attribute))] = None
            continue
        try:
            why = _why_not(change, path, root, terms)
            after = after if why else apply_operations(after, [_operation(change, path, root)], terms.right_type)
        except PatchError as error:  # it is of another type there
            why = error.message
        left_out.extend([LeftOut(change.path, why)] if why else [])
    later = after
    for name in links:
        after, later, why = _with_link(after, later, name, wanted, terms)
        left_out.extend([LeftOut(name, why)] if why else [])
    return Promoted(right, after, later, tuple(left_out))


def _why_not(change: Difference, path: Path, root: Attribute | None, terms: Terms) -> str:
    """Return why a difference stays, "" where it does not."""
    leaf = attribute_at(path, terms.right_type)
    if root is None or leaf is None:
        return "there is no such attribute there"
    is_mapped = str(Path(path.urn, path.attribute)) in terms.map.values()
    if change.right is None and change.right_absence is Absence.NOT_IN_SCHEMA and not is_mapped:
        return "the left side does not know it"
    if path.attribute.casefold() == "active" and change.right is None:
        return "the left side does not say it"
    if names_resources(root):
        return "it names resources of the other tenant"
    if Mutability.IMMUTABLE in {root.mutability, leaf.mutability} and not is_empty(change.left):
        return "it may be set only once"
    if leaf.required and is_empty(change.right) and path.value_filter is None:
        return "it must have a value there"
    return ""


def _operation(change: Difference, path: Path, root: Attribute | None) -> dict[str, Any]:
    value = _known(change.right, root)
    if is_empty(value):
        return {"op": "remove", "path": change.path}
    if change.left is None and path.value_filter is not None and path.sub is None:
        return {"op": "add", "path": str(Path(path.urn, path.attribute)), "value": [value]}
    return {"op": "replace", "path": change.path, "value": value}


def _known(value: Any, root: Attribute | None) -> Any:
    """Return a value without the sub-attributes that the right side does not have, and without the left one's links."""
    if isinstance(value, list):
        return [_known(one, root) for one in value]
    if not isinstance(value, Mapping) or root is None or root.type is not Type.COMPLEX:
        return value
    known = {name: one for name, one in value.items() if root.sub(name) is not None}
    return {name: one for name, one in known.items() if name.casefold() != "$ref"}


def _with_link(
    after: dict[str, Any], later: dict[str, Any], name: str, wanted: Raw, terms: Terms
) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return the resource with one reference as it can be now, as it is to be later, and why it stays as it is."""
    kind = terms.right_type
    link = next(iter(values_at(wanted, parse_path(name, kind), kind)), None)
    who = terms.people.get(_target(link))
    if _target(link) and who is None:
        return after, later, f"{_name(link)} {NOBODY_SURE}"
    if who is None:
        gone = [{"op": "remove", "path": name}]
        return apply_operations(after, gone, kind), apply_operations(later, gone, kind), ""
    new = [{"op": "replace", "path": name, "value": {"value": who.id}}]
    now = after if who.id.startswith(STAND_IN) else _replaced(after, name, new, kind)
    return now, _replaced(later, name, new, kind), ""


def _replaced(raw: dict[str, Any], name: str, new: Sequence[Mapping[str, Any]], kind: ResourceType) -> dict[str, Any]:
    """Return a resource whose reference is the new one alone: nothing of the old one stays beside it."""
    had = values_at(raw, parse_path(name, kind), kind)
    bare = apply_operations(raw, [{"op": "remove", "path": name}], kind) if had else raw
    return apply_operations(bare, new, kind)


# ---------------------------------------------------------------- who is only on the left


@of_any_depth
def newcomer(left: Raw, terms: Terms, joiner: Rules) -> Promoted:
    """Return a resource of the left side as a new one of the right: without ids, times, passwords and members.

    `joiner` holds what the tenant wants for everybody new; names that the two sides map count before it. What the
    comparison ignores is left out, unless it is required.

    Raises:
        PathError, PatchError: a rule does not fit.
    """
    kind = terms.right_type
    ignored = {path: "" for path in terms.right_names(terms.ignore) if not _is_required(path, kind)}
    turned = {there: here for here, there in terms.map.items()}
    found = mapped(left, terms.left_type, Rules({**joiner.map, **turned, **ignored}, joiner.defaults), kind)
    members = {attribute.name for attribute in kind.attributes if attribute.name.casefold() == "members"}
    after = {name: value for name, value in found.resource.items() if name not in members}
    left_out = [one for one in found.left_out if one.path not in members]
    later = after
    for link in found.links:
        who = terms.people.get(_target(link.value))
        if who is None:
            left_out.append(LeftOut(link.path, f"{_name(link.value)} {NOBODY_SURE}"))
            continue
        later = placed(later, f"{link.path}.value", [who.id], kind)
        if not who.id.startswith(STAND_IN):
            after = placed(after, f"{link.path}.value", [who.id], kind)
    return Promoted({}, after, later, tuple(left_out))


def _is_required(text: str, resource_type: ResourceType) -> bool:
    attribute = attribute_at(parse_path(text, resource_type), resource_type)
    return attribute is not None and attribute.required


# ---------------------------------------------------------------- members


@dataclass(frozen=True, slots=True)
class MembersLike:
    """Who comes into a group on the right and who leaves it, so that it has the members of the one on the left."""

    add: tuple[dict[str, Any], ...]
    remove: tuple[str, ...]
    missing: tuple[str, ...]
    """Names or ids on the left of those who have no sure account on the right."""
    staying: tuple[str, ...]
    """Names or ids on the right of those who are not in the group on the left, and about whom nothing is certain."""


def members_like(left: Raw, right: Raw, terms: Terms, extras: Mapping[str, Who], *, may_remove: bool) -> MembersLike:
    """Compare members as people. `extras` are the right side's own, by id, who leave with the others.

    Who is paired with nobody for certain neither comes nor leaves. `may_remove` is false where the group on the left
    may have members that it does not show.
    """
    theirs = {_target(member): member for member in as_list(lookup(right, "members"))}
    people, groups = ({who.id: who for who in known.values()} for known in (terms.people, terms.groups))
    wanted: dict[str, Who] = {}
    missing: list[str] = []
    for member in as_list(lookup(left, "members")):
        who = _who(member, terms.people, terms.groups)
        if who is None:
            missing.append(_name(member))
        else:
            wanted[who.id] = who
    over = {one: member for one, member in theirs.items() if one not in wanted}
    is_sure = {one: one in extras or _who(member, people, groups) is not None for one, member in over.items()}
    leaving = [one for one in over if may_remove and is_sure[one]]
    return MembersLike(
        tuple(_member(who) for identity, who in wanted.items() if identity not in theirs),
        tuple(leaving),
        tuple(missing),
        tuple(_name(member) for one, member in over.items() if one not in leaving),
    )


def _who(member: Any, people: Mapping[str, Who], groups: Mapping[str, Who]) -> Who | None:
    """Return whom a member stands for, None where that is not certain: an id may be that of a person and of a group."""
    identity, said = _target(member), str(lookup(member, "type") or lookup(member, "$ref") or "").casefold()
    if "group" in said:
        return groups.get(identity)
    if "user" in said:
        return people.get(identity)
    found = [known[identity] for known in (people, groups) if identity in known]
    return found[0] if len(found) == 1 else None


def _member(who: Who) -> dict[str, Any]:
    return {"value": who.id, "type": who.type, "display": who.name}


def _name(member: Any) -> str:
    return str(lookup(member, "display") or lookup(member, "displayName") or element_value(member))
