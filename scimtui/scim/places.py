"""Several versions of one resource side by side, attribute by attribute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from scimtui.scim.coerce import normalised
from scimtui.scim.elements import bare, of_objects
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, ResourceType, Type


class Shape(Enum):
    """How a value is compared."""

    PLAIN = auto()
    """As a whole."""
    OBJECT = auto()
    """By sub-attribute."""
    ELEMENTS = auto()
    """A list of objects, by element."""
    LIST = auto()
    """A list of plain values, as a set."""


@dataclass(frozen=True, slots=True)
class Place:
    """One attribute in all versions."""

    urn: str | None
    """URN of the extension it stands under."""
    name: str
    attribute: Attribute | None
    """None where no schema knows it."""
    values: tuple[Any, ...]
    """One per version, normalised; None where it is absent."""

    @property
    def path(self) -> str:
        """Its path (RFC 7644 section 3.10)."""
        return self.name if self.urn is None else f"{self.urn}:{self.name}"

    def keys(self, *more: str) -> tuple[str, ...]:
        """Return the keys that lead to it in the JSON, and further to a sub-attribute."""
        return (self.name, *more) if self.urn is None else (self.urn, self.name, *more)

    @property
    def is_writable(self) -> bool:
        """Whether a client may ever send it."""
        return self.attribute is None or self.attribute.is_writable

    @property
    def shape(self) -> Shape:
        """How its values are compared: by what the schema says, unless a value is of another form."""
        attribute = self.attribute
        if attribute is None:
            return Shape.PLAIN
        if attribute.multi_valued:
            return Shape.ELEMENTS if of_objects(attribute, *self.values) else Shape.LIST
        is_object = attribute.type is Type.COMPLEX and all(isinstance(v, Mapping | None) for v in self.values)
        return Shape.OBJECT if is_object else Shape.PLAIN


def places(resource_type: ResourceType, *versions: Mapping[str, Any]) -> Iterator[Place]:
    """Yield each attribute that some version has: in the order of the schemas, then those that no schema knows."""
    forms = [normalised(version, resource_type) for version in versions]
    known: set[str] = set()
    for urn, attribute in resource_type.placed_attributes():
        known.add(_full_name(urn, attribute.name))
        values = tuple(lookup(_home(form, urn), attribute.name) for form in forms)
        if any(value is not None for value in values):
            yield Place(urn, attribute.name, attribute, values)
    extensions = [schema.id for schema in resource_type.extensions]
    known.update(urn.casefold() for urn in extensions)
    for home in (None, *extensions):
        objects = [_home(form, home) for form in forms]
        for name in union(*objects):
            if _full_name(home, name) not in known:
                yield Place(home, name, None, tuple(lookup(found, name) for found in objects))


def union(*objects: Iterable[Any]) -> list[str]:
    """Return the keys of all objects once, those of the last object first; letter case does not tell keys apart."""
    found: dict[str, str] = {}
    for container in reversed(objects):
        for key in container or ():
            found.setdefault(str(key).casefold(), str(key))
    return list(found.values())


def sub_names(attribute: Attribute, *objects: Mapping[str, Any] | None) -> list[str]:
    """Return the names that the objects have, in the order of the schema, unknown ones last."""
    order = {sub.name.casefold(): index for index, sub in enumerate(attribute.sub_attributes)}
    names = union(*(value or {} for value in objects))
    return sorted(names, key=lambda name: order.get(name.casefold(), len(order)))


def writable_part(value: Any, attribute: Attribute) -> dict[str, Any]:
    """Return an object without sub-attributes that the provider alone sets, and without `primary: false`."""
    read_only = {sub.name.casefold() for sub in attribute.sub_attributes if not sub.is_writable}
    found = bare(value) if attribute.multi_valued else value
    return {
        name: inner
        for name, inner in (found or {}).items()
        if str(name).casefold() not in read_only and not is_empty(inner)
    }


def writable_elements(elements: Sequence[Any] | None, attribute: Attribute) -> list[dict[str, Any]]:
    """Return the writable part of each element, without what is empty."""
    return [part for part in (writable_part(element, attribute) for element in elements or ()) if part]


def _home(form: Mapping[str, Any], urn: str | None) -> Mapping[str, Any]:
    found = form if urn is None else lookup(form, urn)
    return found if isinstance(found, Mapping) else {}


def _full_name(urn: str | None, name: str) -> str:
    return name.casefold() if urn is None else f"{urn}:{name}".casefold()
