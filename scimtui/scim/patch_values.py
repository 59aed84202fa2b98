"""One value under a PATCH operation: is it of the right type, and what does an object become with it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scimtui.errors import PatchError
from scimtui.scim.coerce import as_boolean, as_list, read_number
from scimtui.scim.elements import distinct, same
from scimtui.scim.resource import is_empty
from scimtui.scim.schema import Attribute, Mutability, ResourceType, Type

if TYPE_CHECKING:
    from scimtui.scim.path import Path


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on one attribute."""

    op: str
    """add, replace or remove."""
    path: Path
    value: Any
    text: str
    """The path as it was sent, for messages."""
    attribute: Attribute | None
    """None where no schema knows it."""
    resource_type: ResourceType


def key_of(container: Mapping[str, Any], name: str) -> str:
    """Return the key for `name` as the object spells it, `name` itself where it has none."""
    if name in container:
        return name
    folded = name.casefold()
    return next((str(key) for key in container if str(key).casefold() == folded), name)


def checked(value: Any, attribute: Attribute) -> Any:
    """Return a copy of a value in the form of its attribute: a list for a multi-valued one, real booleans.

    Sub-attributes that the provider alone sets are left out.

    Raises:
        PatchError: invalidValue, the value is of another type.
    """
    if attribute.multi_valued:
        return [_single(element, attribute) for element in as_list(value) if not is_empty(element)]
    if isinstance(value, list) and len(value) == 1:
        return _single(value[0], attribute)
    return _single(value, attribute)


def with_sub(element: Any, attribute: Attribute, name: str, op: str, value: Any) -> dict[str, Any]:
    """Return a copy of a complex value in which one sub-attribute is set, or removed.

    Raises:
        PatchError: mutability, invalidValue, or invalidPath where the attribute has no sub-attributes.
    """
    if attribute.type is not Type.COMPLEX:
        raise PatchError(f"{attribute.name} has no sub-attribute {name}", scim_type="invalidPath")
    found: dict[str, Any] = dict(element) if isinstance(element, Mapping) else {}
    if not isinstance(element, Mapping) and not is_empty(element):
        found["value"] = element
    sub = attribute.sub(name)
    spelled = key_of(found, sub.name if sub else name)
    old = found.get(spelled)
    new = None if op == "remove" or is_empty(value) else checked(value, sub) if sub else deepcopy(value)
    if sub is not None:
        if op == "add" and sub.multi_valued:
            new = distinct([*as_list(old), *as_list(new)])
        check_change(f"{attribute.name}.{sub.name}", sub, old, new)
    if is_empty(new):
        found.pop(spelled, None)
    else:
        found[spelled] = new
    return found


def check_change(path: str, attribute: Attribute, old: Any, new: Any) -> None:
    """Raise PatchError where mutability forbids that `old` becomes `new` (RFC 7643 section 7)."""
    if not attribute.is_writable:
        raise PatchError(f"{path} is set by the provider alone", scim_type="mutability")
    if attribute.mutability is Mutability.IMMUTABLE and not is_empty(old) and not same(old, new):
        raise PatchError(f"{path} can never be changed", scim_type="mutability")


def merged(old: Any, op: str, value: Any) -> Any:
    """Return what becomes of a value that no schema knows: `add` joins lists and objects, `replace` takes its place."""
    if op == "remove":
        return None
    if op == "add" and isinstance(old, list):
        return distinct([*old, *as_list(deepcopy(value))])
    if op == "add" and isinstance(old, Mapping) and isinstance(value, Mapping):
        return {**old, **deepcopy(dict(value))}
    return deepcopy(value)


def _single(value: Any, attribute: Attribute) -> Any:
    if attribute.type is Type.COMPLEX:
        return _object(value, attribute)
    if isinstance(value, Mapping | list):
        raise _wrong(attribute, value)
    if attribute.type is Type.BOOLEAN:
        read = as_boolean(value)
        if read is None:
            raise _wrong(attribute, value)
        return read
    if attribute.type in {Type.INTEGER, Type.DECIMAL}:
        return _number(value, attribute)
    return value


def _object(value: Any, attribute: Attribute) -> Any:
    if isinstance(value, Mapping):
        found: dict[str, Any] = {}
        for name, inner in value.items():
            sub = attribute.sub(str(name))
            if sub is None:
                found[str(name)] = deepcopy(inner)
            elif sub.is_writable:
                found[str(name)] = None if is_empty(inner) else checked(inner, sub)
        return found
    if attribute.sub("value") is None or isinstance(value, list):
        raise _wrong(attribute, value)
    return {"value": value}


def _number(value: Any, attribute: Attribute) -> Any:
    number = read_number(value.strip()) if isinstance(value, str) else value
    is_whole = isinstance(number, int) or (isinstance(number, float) and number.is_integer())
    if number is None or isinstance(number, bool) or (attribute.type is Type.INTEGER and not is_whole):
        raise _wrong(attribute, value)
    return number


def _wrong(attribute: Attribute, value: Any) -> PatchError:
    kind = "object" if isinstance(value, Mapping) else "list" if isinstance(value, list) else f"value {value!r}"
    return PatchError(f"{attribute.name} is of type {attribute.type}; the {kind} is not", scim_type="invalidValue")
