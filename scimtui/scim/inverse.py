"""The change that takes another one back, made from what was there before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scimtui.errors import UsageError
from scimtui.scim.change import Change, conflict, plan_active, plan_create, plan_delete, plan_edit, plan_members
from scimtui.scim.coerce import element_value, is_active
from scimtui.scim.diff import edits, is_hidden
from scimtui.scim.elements import same
from scimtui.scim.kind import Kind
from scimtui.scim.merge import merge, set_value
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.places import Place, Shape, places
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Mutability

if TYPE_CHECKING:
    from scimtui.scim.dialect import Dialect
    from scimtui.scim.provider import Provider


@of_any_depth
def inverse(change: Change, now: Mapping[str, Any] | None, provider: Provider, dialect: Dialect) -> Change:
    """Plan what brings back the state before `change`, from what the provider has `now`. No requests: it is so already.

    What others have changed elsewhere in the resource since then stays. `warnings` says what cannot be brought back:
    passwords, values that may be set once only, the id of a resource that was deleted.

    Raises:
        VersionConflict: a value that the change wrote has been changed again since; `paths` names it.
        UsageError: the resource is gone (`now` is None), or a deleted one is there; or see the plan functions.
        PatchError: see `plan_edit`.
    """
    tenant, kind = change.tenant, change.resource_type
    if change.kind is Kind.DELETE:
        planned = _recreated(change, now, provider, dialect)
    elif now is None:
        message = f"{change.title} cannot be undone: {change.key} is not there any more"
        raise UsageError(message, "nothing is left to undo, unless you create it anew")
    elif change.kind is Kind.CREATE:
        _check_untouched(change, now)
        planned = plan_delete(tenant, now, kind, provider, dialect)
    elif change.kind in {Kind.ACTIVATE, Kind.DEACTIVATE} and is_active(now) is None:
        planned = plan_active(tenant, now, change.kind is Kind.DEACTIVATE, kind, provider, dialect)
    elif change.kind in {Kind.ADD_MEMBERS, Kind.REMOVE_MEMBERS}:
        add = [edit.before for edit in change.edits if edit.after is None]
        remove = [str(element_value(edit.after)) for edit in change.edits if edit.after is not None]
        planned = plan_members(tenant, now, add, remove, kind, provider, dialect)
    else:
        planned = _edited_back(change, now, provider, dialect)
    return replace(planned, title=f"Undo: {change.title}")


def _recreated(change: Change, now: Mapping[str, Any] | None, provider: Provider, dialect: Dialect) -> Change:
    if now is not None:
        message = f"{change.title} cannot be undone: {change.key} is there"
        raise UsageError(message, "refresh, and look whether anything is missing")
    planned = plan_create(change.tenant, change.before or {}, change.resource_type, provider, dialect)
    lost = f"{change.key} gets a new id, and what refers to the old one, such as its groups, does not know the new one"
    return replace(planned, warnings=(*planned.warnings, lost, *_unseen(change)))


def _check_untouched(change: Change, now: Mapping[str, Any]) -> None:
    """A resource is deleted again only while it still has what it was created with; more may have come."""
    touched = [edit.path for edit in edits(change.after or {}, now, change.resource_type) if edit.before is not None]
    if touched:
        raise conflict(f"Undo: {change.title}", touched)


def _edited_back(change: Change, now: Mapping[str, Any], provider: Provider, dialect: Dialect) -> Change:
    kind = change.resource_type
    found = merge(change.after or {}, change.before or {}, now, kind)
    if found.conflicts:
        raise conflict(f"Undo: {change.title}", [one.path for one in found.conflicts])
    fixed = [(place, value) for place in places(kind, now, found.merged) for value in _fixed(place)]
    for place, value in fixed:
        set_value(found.merged, place, value)
    planned = plan_edit(change.tenant, now, found.merged, kind, provider, dialect)
    stays = tuple(f"{place.path} stays: the provider does not let it be taken back" for place, _ in fixed)
    return replace(planned, warnings=(*planned.warnings, *stays, *_unseen(change)))


def _fixed(place: Place) -> Iterator[Any]:
    """Yield the value that must stay, where a place has two versions, now and wanted, and may not become the second."""
    now, wanted = place.values
    attribute = place.attribute
    if attribute is None or is_empty(now) or same(now, wanted):
        return
    if attribute.mutability is Mutability.IMMUTABLE or (attribute.required and is_empty(wanted)):
        yield now
    elif place.shape is Shape.OBJECT:
        once = [sub for sub in attribute.sub_attributes if sub.mutability is Mutability.IMMUTABLE]
        kept = {sub.name: lookup(now, sub.name) for sub in once if not is_empty(lookup(now, sub.name))}
        if any(not same(value, lookup(wanted, name)) for name, value in kept.items()):
            yield {**(wanted or {}), **kept}


def _unseen(change: Change) -> Iterator[str]:
    """Yield what a change wrote over, or deleted, without anybody having seen it."""
    shown = {place.path for place in places(change.resource_type, change.before or {})}
    written = {edit.path for edit in change.edits}
    for urn, attribute in change.resource_type.placed_attributes():
        path = attribute.name if urn is None else f"{urn}:{attribute.name}"
        is_written = change.kind is Kind.DELETE or path in written
        if is_written and path not in shown and attribute.is_writable and is_hidden(attribute):
            yield f"{path} cannot be brought back: the provider never shows it"
