"""Writes differences as PATCH operations, in the forms that a provider reads (RFC 7644 section 3.5.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scimtui.errors import PatchError, PathError
from scimtui.scim.element_operations import Write, change_of, element_writes, member_writes
from scimtui.scim.elements import distinct, folded_token, is_primary, names_resources, same, same_elements, token
from scimtui.scim.patch import apply_operations
from scimtui.scim.path import parse_path
from scimtui.scim.places import Place, Shape, places, sub_names, writable_elements, writable_part
from scimtui.scim.resource import is_empty
from scimtui.scim.schema import Attribute, Mutability, ResourceType, Returned

if TYPE_CHECKING:
    from scimtui.scim.dialect import Dialect


def operations_for(changes: Sequence[Place], resource_type: ResourceType, dialect: Dialect) -> list[dict[str, Any]]:
    """Return the operations for attributes with two versions each, before and after.

    Raises:
        PatchError: see `diff.patch_operations`.
    """
    writes = [write for place in changes for write in _writes_at(place, resource_type, dialect)]
    if dialect.pathless:
        writes = list(_joined(writes))
    return [_operation(write, dialect) for write in writes]


def _operation(write: Write, dialect: Dialect) -> dict[str, Any]:
    found: dict[str, Any] = {"op": write.op.capitalize() if dialect.capital_ops else write.op}
    if write.path:
        found["path"] = write.path
    if write.op != "remove" or write.value is not None:
        found["value"] = write.value
    return found


def _joined(writes: Sequence[Write]) -> Iterator[Write]:
    """Put what needs no path into one object for each of `replace` and `add`, behind all that needs one.

    Removals come first, so that a new element is never mistaken for one that leaves.
    """
    objects: dict[str, dict[str, Any]] = {"replace": {}, "add": {}}
    for write in writes:
        if not write.keys or write.op == "remove":
            yield write
        elif write.is_alone:
            yield _as_object(write)
        else:
            target = objects[write.op]
            for key in write.keys[:-1]:
                target = target.setdefault(key, {})
            target[write.keys[-1]] = write.value
    yield from (Write(op, "", value) for op, value in objects.items() if value)


def _as_object(write: Write) -> Write:
    """Return a write whose value says what it is about, so that it needs no path."""
    value = write.value
    for key in reversed(write.keys):
        value = {key: value}
    return replace(write, path="", value=value, keys=())


def _writes_at(place: Place, resource_type: ResourceType, dialect: Dialect) -> list[Write]:
    before, after = place.values
    attribute = place.attribute
    if attribute is None:
        return _unknown(place, resource_type)
    match place.shape:
        case Shape.ELEMENTS:
            writes = _element_writes(place, attribute, resource_type, dialect)
        case Shape.OBJECT:
            writes = _object_writes(place, attribute, resource_type, dialect)
        case Shape.LIST:
            writes = _list_writes(place, before or [], after or [])
        case _:
            writes = [] if same(before, after) else [_whole(place, before, after)]
    if writes and attribute.mutability is Mutability.IMMUTABLE and not is_empty(before):
        raise PatchError(f"{place.path} can never be changed", scim_type="mutability")
    if writes and attribute.required and is_empty(after):
        raise PatchError(f"{place.path} is required", scim_type="mutability")
    return writes


def _whole(place: Place, before: Any, after: Any) -> Write:
    """Set or remove a whole value. What may be there unseen is replaced, not added, unless it is immutable."""
    attribute = place.attribute
    write = change_of(place.path, before, after, place.keys())
    if write.op != "add" or attribute is None or attribute.mutability is Mutability.IMMUTABLE:
        return write
    is_unseen = attribute.returned in {Returned.NEVER, Returned.REQUEST}
    return replace(write, op="replace") if is_unseen else write


def _unknown(place: Place, resource_type: ResourceType) -> list[Write]:
    """Write an attribute that no schema knows as one plain value."""
    before, after = place.values
    if same(before, after):
        return []
    write = _whole(place, before, after)
    if not is_empty(before) and place.urn is None:
        return [write]
    path = _checked_path(place.path, resource_type)
    return [write] if path.casefold() == place.path.casefold() and "." not in place.name else [_as_object(write)]


def _checked_path(text: str, resource_type: ResourceType) -> str:
    try:
        return str(parse_path(text, resource_type))
    except PathError as error:
        raise PatchError(f"no path can name {text!r}", scim_type="invalidPath") from error


def _object_writes(place: Place, attribute: Attribute, resource_type: ResourceType, dialect: Dialect) -> list[Write]:
    before, after = (writable_part(value, attribute) for value in place.values)
    if not before or not after:
        return [] if same(before, after) else [_whole(place, before, after)]
    writes: list[Write] = []
    for name in sub_names(attribute, before, after):
        old, new, sub = before.get(name), after.get(name), attribute.sub(name)
        if same(old, new):
            continue
        path = f"{place.path}.{name}"
        if sub is None:
            _checked_path(path, resource_type)
        elif sub.mutability is Mutability.IMMUTABLE and not is_empty(old):
            raise PatchError(f"{path} can never be changed", scim_type="mutability")
        writes.append(change_of(path, old, new, place.keys(name)))
    return [_whole(place, before, after)] if writes and not dialect.sub_paths else writes


def _list_writes(place: Place, before: list[Any], after: list[Any]) -> list[Write]:
    """Plain elements cannot be addressed (erratum 7122): new ones are added, else the list is replaced.

    So it is where two differ in letter case alone, since a provider may take the second for the first.
    """
    if same_elements(before, after):
        return []
    known = {token(element) for element in before}
    wanted = distinct(after)
    new = [element for element in wanted if token(element) not in known]
    is_taken_once = len({folded_token(element) for element in wanted}) == len(wanted)
    if before and is_taken_once and len(known) + len(new) == len(wanted):
        return [Write("add", place.path, new, place.keys())]
    whole = _whole(place, before, after)
    return [whole if is_taken_once else replace(whole, op="replace")]


def _element_writes(place: Place, attribute: Attribute, resource_type: ResourceType, dialect: Dialect) -> list[Write]:
    before, after = (distinct(writable_elements(value, attribute)) for value in place.values)
    if names_resources(attribute):
        return list(member_writes(place, attribute, before, after, dialect))
    if same_elements(before, after):
        return []
    _check_primary(place, before, after)
    whole = _whole(place, before, after)
    if not before or not after:
        return [whole]
    writes = element_writes(place, attribute, before, after)
    if writes is None or (not dialect.value_filters and any("[" in write.path for write in writes)):
        return [whole]
    return writes if _leads_to(after, writes, place, resource_type) else [whole]


def _check_primary(place: Place, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    number = sum(map(is_primary, after))
    if number > 1 and number > sum(map(is_primary, before)):
        raise PatchError(f"{place.path} can have one primary element only", scim_type="invalidValue")


def _leads_to(wanted: list[dict[str, Any]], writes: Sequence[Write], place: Place, resource_type: ResourceType) -> bool:
    """Whether the operations really make the list into `wanted`: they are tried here before anyone else does."""
    before = place.values[0]
    resource: dict[str, Any] = {place.name: before} if place.urn is None else {place.urn: {place.name: before}}
    operations = [{"op": write.op, "path": write.path, "value": write.value} for write in writes]
    try:
        result = apply_operations(resource, operations, resource_type)
    except PatchError:
        return False
    found = [one for one in places(resource_type, result) if one.path == place.path]
    return any(same_elements(writable_elements(one.values[0], one.attribute), wanted) for one in found if one.attribute)
