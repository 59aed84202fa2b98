"""The elements of a multi-valued attribute under a PATCH operation (RFC 7644 section 3.5.2)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from scimtui.errors import FilterError, PatchError
from scimtui.scim.coerce import as_boolean, as_list, element_value
from scimtui.scim.elements import bare, element_key, folded_token, is_primary, names_resources, same, token
from scimtui.scim.expression import And, Comparison, Operator
from scimtui.scim.patch_values import Step, check_change, checked, key_of, with_sub
from scimtui.scim.path import chosen
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, Mutability, Type


def new_list(old: Sequence[Any], attribute: Attribute, step: Step) -> list[Any]:
    """Return the elements after one operation; [] where none is left.

    Raises:
        PatchError: noTarget where nothing can be chosen, invalidPath, invalidValue, mutability.
    """
    if step.path.value_filter is None and step.path.sub is None:
        return _whole(old, attribute, step)
    at = _chosen(old, step)
    if step.op == "remove":
        return _without(old, at, attribute, step)
    if attribute.type is not Type.COMPLEX:
        message = f"{attribute.name} has plain values, so none of them can be addressed"
        raise PatchError(message, scim_type="invalidPath")
    if at:
        made = {index: _changed(old[index], attribute, step) for index in at}
        return _with_one_primary([made.get(i, e) for i, e in enumerate(old)], _newly_primary(old, made), attribute)
    if step.op == "add" and step.path.value_filter is not None:
        element = _changed(_described(attribute, step), attribute, step)
        return _with_one_primary([*old, element], [len(old)] if is_primary(element) else [], attribute)
    raise PatchError(f"there is nothing at {step.text}", scim_type="noTarget")


def _whole(old: Sequence[Any], attribute: Attribute, step: Step) -> list[Any]:
    if step.op == "remove":
        if step.value is None:
            return []
        listed = as_list(step.value)
        return [element for element in old if not any(_is_meant(element, item, attribute) for item in listed)]
    new = [_without_empty(element) for element in checked(step.value, attribute)]
    if step.op == "replace":
        return new
    key = _identity(attribute)
    known = {key(bare(_as_object(element, attribute))) for element in old}
    added = {key(bare(element)): element for element in new}
    joined = [element for it, element in added.items() if it not in known]
    positions = [len(old) + index for index, element in enumerate(joined) if is_primary(element)]
    return _with_one_primary([*old, *joined], positions, attribute)


def _identity(attribute: Attribute) -> Callable[[Any], Hashable]:
    """Return what tells an element that is there already from a new one; text has letter case where the schema says."""
    if names_resources(attribute):
        return element_key
    return token if attribute.type is not Type.STRING or attribute.case_exact else folded_token


def _as_object(element: Any, attribute: Attribute) -> Any:
    is_bare = attribute.type is Type.COMPLEX and not isinstance(element, Mapping)
    return {"value": element} if is_bare else element


def _without_empty(element: Any) -> Any:
    if not isinstance(element, Mapping):
        return element
    return {name: value for name, value in element.items() if not is_empty(value)}


def _is_meant(element: Any, item: Any, attribute: Attribute) -> bool:
    """Whether an element is one that a `remove` lists: by `value`, and by `type` where that is said."""
    value = element_value(item)
    if is_empty(value):
        return same(bare(element), bare(item))
    kind = lookup(item, "type")
    sub = attribute.sub("value")
    is_exact = (sub or attribute).case_exact
    return _equal(element_value(element), value, is_exact) and (kind is None or _equal(lookup(element, "type"), kind))


def _equal(left: Any, right: Any, is_exact: bool = False) -> bool:  # noqa: FBT001, FBT002 - reads as the RFC's word
    if isinstance(left, str) and isinstance(right, str) and not is_exact:
        return left.casefold() == right.casefold()
    return same(left, right)


def _chosen(old: Sequence[Any], step: Step) -> list[int]:
    """Return the indexes of the elements that the value filter of a path matches; all of them where it has none."""
    try:
        return chosen(old, step.path, step.resource_type)
    except FilterError as error:
        raise PatchError(error.message, scim_type="invalidFilter") from error


def _without(old: Sequence[Any], at: Sequence[int], attribute: Attribute, step: Step) -> list[Any]:
    sub = step.path.sub
    if sub is None:
        gone = set(at)
        return [element for index, element in enumerate(old) if index not in gone]
    found = list(old)
    for index in at:
        found[index] = with_sub(found[index], attribute, sub, "remove", None)
    return [element for element in found if not is_empty(element)]


def _changed(element: Any, attribute: Attribute, step: Step) -> dict[str, Any]:
    """Return one chosen element after `add` or `replace`."""
    if step.path.sub is not None:
        return with_sub(element, attribute, step.path.sub, step.op, step.value)
    value = checked(step.value, attribute)
    if len(value) != 1:
        raise PatchError(f"{step.text} needs one object as value", scim_type="invalidValue")
    if step.op == "add":
        found = element
        for name, inner in value[0].items():
            found = with_sub(found, attribute, name, "add", inner)
        return dict(found)
    new: dict[str, Any] = _without_empty(value[0])
    for sub in attribute.sub_attributes:
        if sub.mutability is Mutability.IMMUTABLE:
            check_change(f"{attribute.name}.{sub.name}", sub, lookup(element, sub.name), lookup(new, sub.name))
    return new


def _described(attribute: Attribute, step: Step) -> dict[str, Any]:
    """Return the element that a filter of `eq` alone describes; Entra adds elements in this way."""
    found = step.path.value_filter
    terms = found.filters if isinstance(found, And) else (found,)
    element: dict[str, Any] = {}
    for term in terms:
        if not isinstance(term, Comparison) or term.operator is not Operator.EQ or term.path.sub is not None:
            raise PatchError(f"there is nothing at {step.text}", scim_type="noTarget")
        element = with_sub(element, attribute, term.path.attribute, "add", term.value)
    return element


def _newly_primary(old: Sequence[Any], made: Mapping[int, Any]) -> list[int]:
    return [index for index, element in made.items() if is_primary(element) and not is_primary(old[index])]


def _with_one_primary(elements: list[Any], newly: Sequence[int], attribute: Attribute) -> list[Any]:
    """Clear `primary` of all others where one element has become the preferred one."""
    if not newly:
        return elements
    if len(newly) > 1:
        raise PatchError(f"{attribute.name} can have one primary element only", scim_type="invalidValue")
    return [
        {**element, key_of(element, "primary"): False}
        if index != newly[0] and isinstance(element, Mapping) and as_boolean(lookup(element, "primary"))
        else element
        for index, element in enumerate(elements)
    ]
