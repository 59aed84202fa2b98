"""A write as a value: complete, unsent, and read alike by preview, dry run, journal, guard and `ops.apply`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scimtui.errors import UsageError, VersionConflict
from scimtui.scim.coerce import as_list, element_value, is_active
from scimtui.scim.diff import Edit, edits, patch_operations, replaced_lists
from scimtui.scim.exchange import endpoint_path, resource_path
from scimtui.scim.kind import Kind
from scimtui.scim.masks import masked_conflicts
from scimtui.scim.merge import Conflict, merge
from scimtui.scim.message import ScimRequest
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.resource import is_empty, lookup, natural_key, resource_id
from scimtui.scim.somebody_else import is_somebody_else
from scimtui.scim.write_requests import operation, patch, patches, put, removals, writable

if TYPE_CHECKING:
    from scimtui.scim.dialect import Dialect
    from scimtui.scim.provider import Provider
    from scimtui.scim.schema import ResourceType


_WHO = ("userName", "displayName")
"""What must still be as it was seen when something is deleted."""
NEITHER = ("this provider takes neither PATCH nor PUT", "change it at the provider itself")
CUT_AT = 100
"""So many members, or a multiple, may be the beginning of more: FusionAuth shows 100 and no others."""


@dataclass(frozen=True)
class Change:
    """One write to one resource of one tenant."""

    kind: Kind
    tenant: str
    resource_type: ResourceType
    id: str
    """"" for a resource that does not exist yet."""
    key: str
    """What people call it: userName, displayName. Hostile text."""
    title: str
    """A verb and the key: "Deactivate bjensen". Hostile text."""
    before: Mapping[str, Any] | None
    """The raw JSON that the admin saw; None for a new resource."""
    after: Mapping[str, Any] | None
    """What is expected to be there afterwards; None for a deletion."""
    edits: tuple[Edit, ...]
    """`before` to `after`, attribute by attribute; empty where there is nothing to do, as far as `before` tells."""
    requests: tuple[ScimRequest, ...]
    """In the order they are sent, without If-Match. Empty where there is nothing to do."""
    reason: str = ""
    warnings: tuple[str, ...] = ()
    """What the admin must know before it is sent: what a PUT could destroy, which lists are replaced as a whole, what an
    undo cannot bring back."""
    spelling: tuple[tuple[str, Any], ...] = ()
    """Fields of the dialect, with their values, that hold for this change alone: it was refused as the dialect spells it."""


@of_any_depth
def plan_edit(
    tenant: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    resource_type: ResourceType,
    provider: Provider,
    dialect: Dialect,
) -> Change:
    """Plan what makes `before` into `after`: the smallest PATCH, or a PUT where the provider cannot PATCH.

    Raises:
        UsageError: the provider can do neither for this resource.
        PatchError: an attribute that may not be changed is.
    """
    found = edits(before, after, resource_type)
    warnings: tuple[str, ...] = ()
    if not found:
        requests: tuple[ScimRequest, ...] = ()
    elif _can_patch(provider, dialect):
        operations = patch_operations(before, after, resource_type, dialect)
        requests = tuple(patches(before, operations, resource_type, dialect))
        warnings = tuple(
            f"{path} is sent as a whole list: what others add to it meanwhile is lost"
            for path in replaced_lists(before, operations, resource_type)
        )
    elif dialect.can_put is False:
        raise UsageError(*NEITHER)
    else:
        requests, warnings = put(before, after, resource_type)
    key = natural_key(before)
    return Change(
        kind=_edit_kind(before, after, found),
        tenant=tenant,
        resource_type=resource_type,
        id=resource_id(before),
        key=key,
        title=f"Edit {key}",
        before=before,
        after=after,
        edits=found,
        requests=requests,
        warnings=warnings,
    )


@of_any_depth
def plan_create(
    tenant: str, wanted: Mapping[str, Any], resource_type: ResourceType, provider: Provider, dialect: Dialect
) -> Change:
    """Plan a new resource (RFC 7644 section 3.3). What the provider assigns itself, id and meta, is left out.

    Raises:
        UsageError: a required attribute has no value.
    """
    del provider, dialect  # every provider creates alike; they stand here so that all plans are called alike
    body = writable(wanted, resource_type)
    missing = [
        a.name for a in resource_type.attributes if a.required and a.is_writable and is_empty(lookup(body, a.name))
    ]
    if missing:
        raise UsageError(f"a new {resource_type.name} needs {', '.join(missing)}", "give each of them a value")
    key = natural_key(body)
    return Change(
        kind=Kind.CREATE,
        tenant=tenant,
        resource_type=resource_type,
        id="",
        key=key,
        title=f"Create {resource_type.name} {key}",
        before=None,
        after=body,
        edits=edits({}, body, resource_type),
        requests=(ScimRequest("POST", endpoint_path(resource_type), body),),
    )


@of_any_depth
def plan_delete(
    tenant: str, before: Mapping[str, Any], resource_type: ResourceType, provider: Provider, dialect: Dialect
) -> Change:
    """Plan the end of a resource (RFC 7644 section 3.6). What DELETE really does there stands in the dialect.

    Raises:
        UsageError: the resource has no id that can be addressed.
    """
    del provider, dialect
    key, identity = natural_key(before), resource_id(before)
    return Change(
        kind=Kind.DELETE,
        tenant=tenant,
        resource_type=resource_type,
        id=identity,
        key=key,
        title=f"Delete {resource_type.name} {key}",
        before=before,
        after=None,
        edits=(),
        requests=(ScimRequest("DELETE", resource_path(resource_type, identity)),),
    )


@of_any_depth
def plan_active(
    tenant: str,
    before: Mapping[str, Any],
    active: bool,  # noqa: FBT001 - the value that is written
    resource_type: ResourceType,
    provider: Provider,
    dialect: Dialect,
) -> Change:
    """Plan `active` = true or false; no request where it is so already.

    Raises:
        UsageError: the type has no `active`, or the provider can neither PATCH nor PUT it.
    """
    if resource_type.attribute("active") is None:
        raise UsageError(f"a {resource_type.name} cannot be turned on or off", "it has no attribute active")
    spelled = next((key for key in before if key.casefold() == "active"), "active")
    kind, verb = (Kind.ACTIVATE, "Activate") if active else (Kind.DEACTIVATE, "Deactivate")
    after, key = {**before, spelled: active}, natural_key(before)
    found: tuple[Edit, ...] = ()
    requests: tuple[ScimRequest, ...] = ()
    warnings: tuple[str, ...] = ()
    if is_active(before) is not active:
        # All else is equal, and ten thousand people are compared attribute by attribute for a long time.
        found = edits({spelled: before.get(spelled)}, {spelled: active}, resource_type)
        if _can_patch(provider, dialect):
            # replace also where `active` was not shown: a provider that hides it may refuse to add it.
            requests = (patch(before, [operation("replace", "active", active, dialect)], resource_type),)
        elif dialect.can_put is False:
            raise UsageError(*NEITHER)
        else:
            requests, warnings = put(before, after, resource_type)
    return Change(
        kind=kind,
        tenant=tenant,
        resource_type=resource_type,
        id=resource_id(before),
        key=key,
        title=f"{verb} {key}",
        before=before,
        after=after,
        edits=found,
        requests=requests,
        warnings=warnings,
    )


@of_any_depth
def plan_members(
    tenant: str,
    group: Mapping[str, Any],
    add: Sequence[Mapping[str, Any]],
    remove: Sequence[str],
    resource_type: ResourceType,
    provider: Provider,
    dialect: Dialect,
) -> Change:
    """Plan members in and out of a group, in PATCH operations of their own. `remove` holds ids.

    Who is a member already, or is none, as far as `group` tells, is left out.

    Raises:
        UsageError: the provider cannot PATCH; a PUT could drop members that were not read.
    """
    if not _can_patch(provider, dialect):
        raise UsageError(
            "this provider cannot PATCH, and members are never written by PUT", "change them at the provider itself"
        )
    present = {str(element_value(member)): member for member in as_list(lookup(group, "members"))}
    is_unsure = may_have_more_members(group)
    adding = {str(element_value(member)): member for member in add if str(element_value(member)) not in present}
    removing = [identity for identity in dict.fromkeys(remove) if is_unsure or identity in present]
    leaving = set(removing)
    stays = [member for identity, member in present.items() if identity not in leaving]
    key = natural_key(group)
    operations = [
        *removals(removing, dialect),
        *([operation("add", "members", [_reference(m) for m in adding.values()], dialect)] if adding else []),
    ]
    return Change(
        kind=Kind.REMOVE_MEMBERS if removing or (remove and not add) else Kind.ADD_MEMBERS,
        tenant=tenant,
        resource_type=resource_type,
        id=resource_id(group),
        key=key,
        title=_members_title(len(adding), len(removing), key),
        before=group,
        after={**group, "members": [*stays, *adding.values()]},
        edits=(
            *(Edit(_member_path(one), present.get(one, {"value": one}), None) for one in removing),
            *(Edit(_member_path(one), None, member) for one, member in adding.items()),
        ),
        requests=tuple(patches(group, operations, resource_type, dialect)),
    )


def may_have_more_members(group: Mapping[str, Any]) -> bool:
    """Whether a group may have members that it does not show: it shows none, as at AWS, or a number where lists are cut."""
    return len(as_list(lookup(group, "members"))) % CUT_AT == 0


@of_any_depth
def replan(change: Change, fresh: Mapping[str, Any], provider: Provider, dialect: Dialect) -> Change:
    """Plan the same wish against what the provider has now (`fresh`). No requests: it is so already.

    Raises:
        VersionConflict: an attribute that the admin changed was changed by someone else; or the id is somebody else's
            by now; `paths` names it.
        UsageError, PatchError: see the plan functions.
    """
    tenant, kind, dialect = change.tenant, change.resource_type, replace(dialect, **dict(change.spelling))
    match change.kind:
        case Kind.CREATE:
            return change
        case Kind.DELETE:
            since = [name for name in _WHO if not _is_same(lookup(change.before, name), lookup(fresh, name))]
            if is_active(change.before or {}) is False and is_active(fresh):
                since.append("active")
            if since:  # who is there now is not who was to be deleted
                raise conflict(change.title, since)
            fresh_change = plan_delete(tenant, fresh, kind, provider, dialect)
        case Kind.ACTIVATE | Kind.DEACTIVATE:
            fresh_change = plan_active(tenant, fresh, change.kind is Kind.ACTIVATE, kind, provider, dialect)
        case Kind.ADD_MEMBERS | Kind.REMOVE_MEMBERS:
            add = [edit.after for edit in change.edits if edit.after is not None]
            remove = [str(element_value(edit.before)) for edit in change.edits if edit.after is None]
            fresh_change = plan_members(tenant, fresh, add, remove, kind, provider, dialect)
        case _:
            merged = merge(change.before or {}, change.after or {}, fresh, kind)
            if merged.conflicts:
                found = masked_conflicts(merged.conflicts, kind)
                raise conflict(change.title, [one.path for one in found], found)
            fresh_change = plan_edit(tenant, fresh, merged.merged, kind, provider, dialect)
    if fresh_change.requests and is_taken_over(change, fresh):
        message = f"{change.title}: the id belongs to {natural_key(fresh)} by now"
        raise VersionConflict(message, paths=("userName",), hint="nothing was sent; look who that is, and plan it anew")
    return replace(fresh_change, title=change.title, reason=change.reason, kind=change.kind, spelling=change.spelling)


def is_taken_over(change: Change, fresh: Mapping[str, Any]) -> bool:
    """Whether who is there now is neither who was seen nor who the change makes of them."""
    return all(is_somebody_else(one, fresh) for one in (change.before, change.after) if one is not None)


def _is_same(before: Any, now: Any) -> bool:
    return before is None or before == now or (is_empty(before) and is_empty(now))


def conflict(title: str, paths: Sequence[str], conflicts: Sequence[Conflict] = ()) -> VersionConflict:
    """Return the error for values that someone else has changed meanwhile."""
    message = f"{title}: {', '.join(paths)} was changed by someone else meanwhile"
    hint = "nothing was sent; look at their values and plan it anew"
    return VersionConflict(message, paths=tuple(paths), conflicts=conflicts, hint=hint)


def _can_patch(provider: Provider, dialect: Dialect) -> bool:
    """Whether PATCH is tried. What a provider says of itself may be wrong; what was learned of it is not."""
    return dialect.can_patch if dialect.can_patch is not None else provider.patch is not False


def _edit_kind(before: Mapping[str, Any], after: Mapping[str, Any], found: Sequence[Edit]) -> Kind:
    """Return what an edit amounts to, so that a role or limit cannot be passed by through a form."""
    paths = {edit.path.casefold() for edit in found}
    if is_active(after) is False is not is_active(before) and "active" in paths:
        return Kind.DEACTIVATE if paths == {"active"} else Kind.EDIT
    if paths == {"active"} and is_active(after):
        return Kind.ACTIVATE
    if paths and all(path.startswith("members[") for path in paths):
        return Kind.REMOVE_MEMBERS if any(edit.after is None for edit in found) else Kind.ADD_MEMBERS
    return Kind.EDIT


def _reference(member: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a new member is sent as: its id, and its type where that is known."""
    sent = {name: lookup(member, name) for name in ("value", "type")}
    return {name: value for name, value in sent.items() if not is_empty(value)}


def _member_path(identity: str) -> str:
    return f"members[value eq {json.dumps(identity, ensure_ascii=False)}]"


def _members_title(adding: int, removing: int, key: str) -> str:
    if removing and adding:
        return f"Add {adding} and remove {removing} members of {key}"
    number = removing or adding
    noun = "member" if number == 1 else "members"
    return f"Remove {number} {noun} from {key}" if removing else f"Add {number} {noun} to {key}"
