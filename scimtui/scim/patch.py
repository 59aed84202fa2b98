"""What a PATCH makes of a resource (RFC 7644 section 3.5.2): the prediction that a write is checked against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from scimtui.errors import PatchError, PathError
from scimtui.scim.coerce import as_list
from scimtui.scim.elements import same
from scimtui.scim.expression import schema_urns
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.patch_elements import new_list
from scimtui.scim.patch_values import Step, checked, key_of, merged, with_sub
from scimtui.scim.path import Path, parse_path
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, Mutability, ResourceType, Type


@of_any_depth
def apply_operations(
    resource: Mapping[str, Any], operations: Iterable[Mapping[str, Any]], resource_type: ResourceType
) -> dict[str, Any]:
    """Return what `resource` becomes; the resource itself is never changed.

    Forms that providers and Entra use are read too: any letter case of `op`, keys that are URNs or dotted paths in an
    object without `path`, and `remove` with a list of the elements to remove. Attributes that no schema knows are
    plain values. Keys keep the spelling they have in the resource.

    Raises:
        PatchError: a provider that keeps to the RFC would refuse; `scim_type` says with which keyword.
    """
    found: dict[str, Any] = deepcopy(dict(resource))
    for operation in operations:
        _apply(found, operation, resource_type)
    return found


def _apply(resource: dict[str, Any], operation: Mapping[str, Any], resource_type: ResourceType) -> None:
    named, text = lookup(operation, "op"), lookup(operation, "path")
    op = named.casefold() if isinstance(named, str) else ""
    if op not in {"add", "replace", "remove"}:
        raise PatchError(f"{named!r} is no PATCH operation", scim_type="invalidSyntax")
    if text is not None and not isinstance(text, str):
        raise PatchError("the path of a PATCH operation is no text", scim_type="invalidPath")
    if op != "remove" and "value" not in {str(key).casefold() for key in operation}:
        raise PatchError(f"{op} {text or ''}".strip() + " has no value", scim_type="invalidValue")
    value = lookup(operation, "value")
    if text:
        _apply_at(resource, text, op, value, resource_type)
    elif op == "remove":
        raise PatchError("remove without a path removes nothing", scim_type="noTarget")
    else:
        _apply_object(resource, op, value, resource_type)


def _apply_object(resource: dict[str, Any], op: str, value: Any, resource_type: ResourceType) -> None:
    """Apply an operation without a path: each key of its value is one, unless its dot is part of a strange name."""
    if not isinstance(value, Mapping):
        raise PatchError(f"{op} without a path needs an object as value", scim_type="invalidValue")
    for key, inner in value.items():
        if _is_repeated(resource, str(key), inner, resource_type):
            continue
        owner, dot, _ = str(key).partition(".")
        if dot and owner.isalnum() and resource_type.attribute(owner) is None:
            _put(resource, key_of(resource, str(key)), merged(lookup(resource, str(key)), op, inner))
        else:
            _apply_at(resource, str(key), op, inner, resource_type)


def _apply_at(resource: dict[str, Any], text: str, op: str, value: Any, resource_type: ResourceType) -> None:
    path = _read_path(resource, text, value, resource_type)
    if path is None:
        spelled = key_of(resource, text)
        _put(resource, spelled, merged(resource.get(spelled), op, value))
    elif not path.attribute:
        _apply_extension(resource, path, op, value, resource_type)
    elif path.urn is None and path.attribute.casefold() == "schemas":
        _apply_schemas(resource, op, value, resource_type)
    else:
        _apply_attribute(resource, _step(path, op, value, text, resource_type))


def _read_path(resource: Mapping[str, Any], text: str, value: Any, resource_type: ResourceType) -> Path | None:
    """Read a path; None where it is the key of something that no schema knows, whatever that looks like."""
    urns = {urn.casefold() for urn in schema_urns(resource_type)}
    folded = text.casefold()
    is_known = folded in urns or resource_type.attribute(text) is not None
    if not is_known and any(str(key).casefold() == folded for key in resource):
        return None
    try:
        path = parse_path(text, resource_type)
    except PathError as error:
        raise PatchError(error.message, scim_type="invalidPath") from error
    is_strange = path.urn is not None and path.urn.casefold() not in urns
    return None if is_strange and isinstance(value, Mapping) and path.value_filter is None else path


def _step(path: Path, op: str, value: Any, text: str, resource_type: ResourceType) -> Step:
    attribute = resource_type.attribute(path.attribute, path.urn)
    if attribute is not None and not attribute.is_writable:
        raise PatchError(f"{attribute.name} is set by the provider alone", scim_type="mutability")
    return Step(op, path, value, text, attribute, resource_type)


def _apply_extension(resource: dict[str, Any], path: Path, op: str, value: Any, resource_type: ResourceType) -> None:
    """Apply an operation to all that the URN of a schema stands for."""
    urn = path.urn or ""
    if urn.casefold() == resource_type.schema.id.casefold() and op != "remove":
        _apply_object(resource, op, value, resource_type)
    elif op == "remove" or value is None:
        if urn.casefold() in {required.casefold() for required in resource_type.required_extensions}:
            raise PatchError(f"{urn} is required", scim_type="mutability")
        resource.pop(key_of(resource, urn), None)
    elif not isinstance(value, Mapping):
        raise PatchError(f"{urn} needs an object as value", scim_type="invalidValue")
    else:
        inside = lookup(resource, urn)
        for key, inner in value.items():
            if not _is_repeated(inside, str(key), inner, resource_type, urn):
                _apply_at(resource, f"{urn}:{key}", op, inner, resource_type)


def _is_repeated(container: Any, name: str, value: Any, resource_type: ResourceType, urn: str | None = None) -> bool:
    """Whether an object only says again what the provider has set: that modifies nothing, so it is no offence."""
    attribute = resource_type.attribute(name, urn)
    return attribute is not None and not attribute.is_writable and same(lookup(container, name), value)


def _apply_schemas(resource: dict[str, Any], op: str, value: Any, resource_type: ResourceType) -> None:
    """Take up the URNs that a client lists; none is ever lost, since the resource decides about them."""
    if op == "remove":
        raise PatchError("schemas is set by the provider alone", scim_type="mutability")
    for urn in as_list(value):
        if not isinstance(urn, str):
            raise PatchError("schemas holds URNs", scim_type="invalidValue")
        _note_schema(resource, urn, resource_type)


def _note_schema(resource: dict[str, Any], urn: str, resource_type: ResourceType) -> None:
    spelled = key_of(resource, "schemas")
    told = as_list(resource.get(spelled)) or [resource_type.schema.id]
    if urn.casefold() not in {str(one).casefold() for one in told}:
        resource[spelled] = [*told, urn]


def _apply_attribute(resource: dict[str, Any], step: Step) -> None:
    urn = step.path.urn
    if urn is None:
        _change(resource, step)
        return
    extension = step.resource_type.extension(urn)
    name = extension.id if extension else urn
    spelled = key_of(resource, name)
    found = resource.get(spelled)
    inside: dict[str, Any] = dict(found) if isinstance(found, Mapping) else {}
    _change(inside, step)
    if inside:
        resource[spelled] = inside
        _note_schema(resource, name, step.resource_type)
    else:
        resource.pop(spelled, None)


def _change(container: dict[str, Any], step: Step) -> None:
    """Change one attribute in the object that holds it."""
    attribute = step.attribute
    spelled = key_of(container, attribute.name if attribute else step.path.attribute)
    old = container.get(spelled)
    new = _new_value(old, step)
    if attribute is not None and not is_empty(old) and not same(old, new):
        if attribute.mutability is Mutability.IMMUTABLE:
            raise PatchError(f"{attribute.name} can never be changed", scim_type="mutability")
        if attribute.required and is_empty(new):
            raise PatchError(f"{attribute.name} is required", scim_type="mutability")
    if is_empty(new) and step.path.sub is None:
        for flat in [key for key in container if key.casefold().startswith(f"{spelled}.".casefold())]:
            del container[flat]
    _put(container, spelled, new)


def _put(container: dict[str, Any], key: str, value: Any) -> None:
    """Set a key; what is empty is no longer there."""
    if is_empty(value):
        container.pop(key, None)
    else:
        container[key] = value


def _new_value(old: Any, step: Step) -> Any:
    attribute = step.attribute or _guess(old, step.path)
    if attribute is None:
        return merged(old, step.op, step.value)
    if attribute.multi_valued:
        return new_list(as_list(old), attribute, step)
    if step.path.value_filter is not None:
        raise PatchError(f"{attribute.name} has one value, so nothing can be chosen from it", scim_type="invalidPath")
    if step.path.sub is not None:
        return with_sub(old, attribute, step.path.sub, step.op, step.value)
    if step.op == "remove" or step.value is None or step.value == []:
        return None
    value = checked(step.value, attribute)
    if attribute.type is Type.COMPLEX and isinstance(value, Mapping):
        result: Any = old
        for name, inner in value.items():
            result = with_sub(result, attribute, name, step.op, inner)
        return result
    return value


def _guess(old: Any, path: Path) -> Attribute | None:
    """Return what an attribute that no schema knows must be for this path to mean something."""
    if path.value_filter is not None or (path.sub is not None and isinstance(old, list)):
        return Attribute(path.attribute, Type.COMPLEX, multi_valued=True)
    return Attribute(path.attribute, Type.COMPLEX) if path.sub is not None else None
