"""What differs between two versions of a resource, and the PATCH that makes one into the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scimtui.scim.dialect import RFC, Dialect
from scimtui.scim.elements import distinct, equals, names_resources, pair, same, same_elements, selector
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.operations import operations_for
from scimtui.scim.places import Place, Shape, places, sub_names, writable_elements, writable_part
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, Mutability, ResourceType, Returned


@dataclass(frozen=True, slots=True)
class Edit:
    """One value that differs."""

    path: str
    """Such as `displayName`, `name.givenName` or `emails[type eq "work"].value`."""
    before: Any
    """None: there was none."""
    after: Any
    """None: there is none any more."""


@of_any_depth
def edits(before: Mapping[str, Any], after: Mapping[str, Any], resource_type: ResourceType) -> tuple[Edit, ...]:
    """Return what differs in attributes that a client may write, in the order of the schemas.

    Absent, null and [] are the same, and so are `primary: false` and no `primary`. The order of elements means
    nothing. An element is a value with a path of its own; where no filter tells elements apart, the whole list is.
    Members are compared by `value` alone. What is never shown, as a password, differs only where `after` states it.
    """
    return tuple(edit for place in _changeable(before, after, resource_type) for edit in _edits_at(place))


@of_any_depth
def patch_operations(
    before: Mapping[str, Any], after: Mapping[str, Any], resource_type: ResourceType, dialect: Dialect = RFC
) -> list[dict[str, Any]]:
    """Return the smallest operations that make `before` into `after`; [] where nothing differs.

    Only what differs is sent, each value under its own path. Elements are addressed by a value filter that matches
    one of them; where there is none, or the dialect has no value filters, the whole list is replaced. A list of
    members is never replaced: members leave one by one and come in one `add`.

    Raises:
        PatchError: mutability, `after` changes what may not be changed or drops what is required; invalidValue, a
            list has a second primary element; invalidPath, a key that no path can name.
    """
    return operations_for(list(_changeable(before, after, resource_type)), resource_type, dialect)


def replaced_lists(
    before: Mapping[str, Any], operations: Iterable[Mapping[str, Any]], resource_type: ResourceType
) -> tuple[str, ...]:
    """Return the paths of lists that `operations` replace as a whole although `before` has elements there.

    Nothing smaller was right for them. What somebody else adds to such a list before the operations arrive is lost.
    """
    targets = {target.casefold() for one in operations for target in _whole_targets(one)}
    return tuple(
        place.path
        for place in places(resource_type, before)
        if place.attribute is not None and place.attribute.multi_valued and place.path.casefold() in targets
    )


def _whole_targets(operation: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths that an operation replaces, those in an object without path included."""
    if str(lookup(operation, "op")).casefold() != "replace":
        return
    path, value = lookup(operation, "path"), lookup(operation, "value")
    if path:
        yield str(path)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from (f"{name}:{sub}" for sub in inner) if isinstance(inner, Mapping) else ()


def _changeable(before: Mapping[str, Any], after: Mapping[str, Any], resource_type: ResourceType) -> Iterator[Place]:
    before, after = _without_staying_members(before, after, resource_type)
    for place in places(resource_type, before, after):
        is_unsaid = place.values[1] is None and place.attribute is not None and is_hidden(place.attribute)
        if place.is_writable and not is_unsaid:
            yield place


def _without_staying_members(
    before: Mapping[str, Any], after: Mapping[str, Any], resource_type: ResourceType
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Leave out members that both have, but for one of them: of 10,000 members a few change."""
    for attribute in resource_type.attributes:
        old, new = before.get(attribute.name), after.get(attribute.name)
        if not names_resources(attribute) or not isinstance(old, list) or not isinstance(new, list):
            continue
        staying = _identities(old) & _identities(new)
        if len(staying) > 1:
            staying.discard(min(staying))
            before = {**before, attribute.name: [one for one in old if _identity(one) not in staying]}
            after = {**after, attribute.name: [one for one in new if _identity(one) not in staying]}
    return before, after


def _identities(members: Iterable[Any]) -> set[str]:
    return {_identity(member) for member in members} - {""}


def _identity(member: Any) -> str:
    value = member.get("value") if isinstance(member, Mapping) else None
    return value if isinstance(value, str) else ""


def is_hidden(attribute: Attribute) -> bool:
    """Whether absence says nothing, because the value is never shown."""
    return attribute.mutability is Mutability.WRITE_ONLY or attribute.returned is Returned.NEVER


def _edits_at(place: Place) -> Iterator[Edit]:
    before, after = place.values
    attribute, shape = place.attribute, place.shape
    if attribute is not None and shape is Shape.OBJECT:
        yield from _inside(place.path, writable_part(before, attribute), writable_part(after, attribute), attribute)
    elif attribute is not None and shape is Shape.ELEMENTS:
        yield from _element_edits(place, attribute)
    elif shape is Shape.LIST:
        if not same_elements(before or (), after or ()):
            yield Edit(place.path, before, after)
    elif not same(before, after):
        yield Edit(place.path, before, after)


def _inside(path: str, before: Mapping[str, Any], after: Mapping[str, Any], attribute: Attribute) -> Iterator[Edit]:
    for name in sub_names(attribute, before, after):
        old, new = before.get(name), after.get(name)
        if not same(old, new):
            yield Edit(f"{path}.{name}", None if is_empty(old) else old, None if is_empty(new) else new)


def _element_edits(place: Place, attribute: Attribute) -> Iterator[Edit]:
    """Yield what left, what changed and what came; one edit of the whole list where an element cannot be named."""
    before = distinct(writable_elements(place.values[0], attribute))
    after = distinct(writable_elements(place.values[1], attribute))
    if names_resources(attribute):
        yield from _reference_edits(place.path, before, after, attribute)
        return
    pairs = pair(before, after, attribute)
    found = [
        Edit(_named(place.path, before[index], _others(before, index)), before[index], None)
        for index in pairs.only_left
    ]
    for left, right in pairs.both:
        if not same(before[left], after[right]):
            name = _named(place.path, before[left], _others(before, left))
            found += _inside(name, before[left], after[right], attribute) if name else [Edit("", None, None)]
    for index in pairs.only_right:
        rivals = [*before, *_others(after, index)]
        found.append(Edit(_named(place.path, after[index], rivals), None, after[index]))
    if all(edit.path for edit in found):
        yield from found
    else:
        yield Edit(place.path, before or None, after or None)


def _reference_edits(
    path: str, before: list[dict[str, Any]], after: list[dict[str, Any]], attribute: Attribute
) -> Iterator[Edit]:
    pairs = pair(before, after, attribute)
    for index in pairs.only_left:
        yield Edit(f"{path}[{equals('value', before[index].get('value'))}]", before[index], None)
    for index in pairs.only_right:
        yield Edit(f"{path}[{equals('value', after[index].get('value'))}]", None, after[index])


def _named(path: str, element: Mapping[str, Any], others: list[Any]) -> str:
    chosen = selector(element, others)
    return f"{path}[{chosen}]" if chosen else ""


def _others(elements: list[Any], index: int) -> list[Any]:
    return elements[:index] + elements[index + 1 :]
