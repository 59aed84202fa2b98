"""Why a resource has no value under a path: three states that look alike in JSON and mean different things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from scimtui.errors import PathError
from scimtui.scim.path import parse_path
from scimtui.scim.schema import Attribute, ResourceType, Returned, Schema, Type


class Absence(StrEnum):
    """What a missing value says."""

    EMPTY = "empty"
    """The provider knows the attribute, would return it, and has no value (RFC 7643 section 2.5)."""
    NOT_RETURNED = "not returned"
    """There may be a value: the provider does not show it, or only on request (RFC 7643 section 7)."""
    NOT_IN_SCHEMA = "not in the schema"
    """The provider does not know the attribute, so nobody can have a value there."""


def absence(path: str, resource_type: ResourceType) -> Absence:
    """Return what it means that nothing stands under `path` in a resource of this type."""
    try:
        parsed = parse_path(path, resource_type)
    except PathError:  # a key that no path can name
        return Absence.NOT_IN_SCHEMA
    if not parsed.attribute:
        known = resource_type.extension(parsed.urn or "") is not None
        return Absence.EMPTY if known else Absence.NOT_IN_SCHEMA
    attribute = resource_type.attribute(parsed.attribute, parsed.urn)
    sub = attribute.sub(parsed.sub) if attribute is not None and parsed.sub else attribute
    if attribute is None or sub is None:
        return Absence.NOT_IN_SCHEMA
    is_shown = {attribute.returned, sub.returned}.isdisjoint({Returned.REQUEST, Returned.NEVER})
    return Absence.EMPTY if is_shown else Absence.NOT_RETURNED


def joined(left: ResourceType, right: ResourceType) -> ResourceType:
    """Return `left` with what `right` alone declares: attributes, sub-attributes and extensions.

    Where both describe an attribute, what one may not write and whether letter case counts hold for both, and the type
    that can hold either's values.
    """
    if left == right:
        return left
    by_urn = {schema.id.casefold(): schema for schema in right.extensions}
    mine = {schema.id.casefold() for schema in left.extensions}
    extensions = [_joined(schema, by_urn.get(schema.id.casefold(), schema)) for schema in left.extensions]
    extensions += [schema for schema in right.extensions if schema.id.casefold() not in mine]
    return replace(left, schema=_joined(left.schema, right.schema), extensions=tuple(extensions))


def _joined(left: Schema, right: Schema) -> Schema:
    return replace(left, attributes=_united(left.attributes, right.attributes))


def _united(left: Iterable[Attribute], right: Iterable[Attribute]) -> tuple[Attribute, ...]:
    found = {attribute.name.casefold(): attribute for attribute in left}
    for attribute in right:
        known = found.get(attribute.name.casefold(), attribute)
        found[attribute.name.casefold()] = replace(
            known,
            type=next((kind for kind in _WIDEST if kind in {known.type, attribute.type}), known.type),
            multi_valued=known.multi_valued or attribute.multi_valued,
            case_exact=known.case_exact and attribute.case_exact,
            mutability=known.mutability if attribute.is_writable else attribute.mutability,
            sub_attributes=_united(known.sub_attributes, attribute.sub_attributes),
        )
    return tuple(found.values())


_WIDEST = (Type.COMPLEX, Type.DATE_TIME, Type.BOOLEAN, Type.STRING, Type.DECIMAL)
"""Of two types that one attribute has, the first is that of both: numbers may stand as text, moments as strings."""
