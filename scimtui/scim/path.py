"""Attribute paths of RFC 7644 sections 3.5.2 and 3.10: text to value, and what they name in a resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scimtui.errors import PathError
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.expression import Path, ValuePath, located, schema_urns
from scimtui.scim.filter_text import Reader
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, ResourceType, Schema

__all__ = ["Path", "PathError", "parse_path", "values_at"]

_NO_TYPE = ResourceType(name="", endpoint="", schema=Schema(id=""))


def parse_path(text: str, resource_type: ResourceType | None = None) -> Path:
    """Read a path. With a resource type, `urn` is where the value stands in the JSON: None for core attributes.

    An attribute that one extension alone declares may be written without its URN.

    Raises:
        PathError: the text is no path. The message says what was expected, `position` where.
    """
    reader = Reader(text, fault=PathError, urns=schema_urns(resource_type))
    return located(reader.whole_path(), resource_type)


def values_at(raw: Mapping[str, Any], path: Path, resource_type: ResourceType = _NO_TYPE) -> list[Any]:
    """Return every value that a path names, in their order; [] where there is none. Letter case of keys is ignored.

    Lists are flattened; what is empty is left out. A bare string in a list counts as `{"value": …}`.
    `resource_type` says which strings are compared by letter case inside `[ ]`.
    """
    value: Any = lookup(raw, path.urn) if path.urn is not None else raw
    if path.attribute:
        value = lookup(value, path.attribute)
    found = [element for element in as_list(value) if not is_empty(element)]
    if path.value_filter is not None:
        found = [found[index] for index in chosen(found, path, resource_type)]
    if path.sub is not None:
        found = [inner for element in found for inner in as_list(_sub(element, path.sub))]
    return [element for element in found if not is_empty(element)]


def attribute_at(path: Path, resource_type: ResourceType) -> Attribute | None:
    """Return the attribute or sub-attribute that a path names, None where no schema declares it."""
    attribute = resource_type.attribute(path.attribute, path.urn)
    return attribute.sub(path.sub) if attribute is not None and path.sub else attribute


def chosen(elements: Sequence[Any], path: Path, resource_type: ResourceType) -> list[int]:
    """Return the indexes of the elements that the value filter of a path matches; all of them where it has none.

    Raises:
        FilterError: the filter asks for an order where there is none.
    """
    if path.value_filter is None:
        return list(range(len(elements)))
    from scimtui.scim.match import compile_filter  # most paths have no filter, and whoever shows them starts sooner

    name = Path(path.urn, path.attribute)
    matches = compile_filter(ValuePath(name, path.value_filter), resource_type)
    return [index for index, element in enumerate(elements) if matches(_alone(name, element))]


def _alone(name: Path, element: Any) -> dict[str, Any]:
    """Return a resource that has nothing but this element."""
    resource: dict[str, Any] = {name.attribute: [element]}
    return resource if name.urn is None else {name.urn: resource}


def _sub(element: Any, sub: str) -> Any:
    if isinstance(element, Mapping):
        return lookup(element, sub)
    return element_value(element) if sub.casefold() == "value" else None
