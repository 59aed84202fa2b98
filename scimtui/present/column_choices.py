"""Everything that a table of one resource type can show: each attribute of its schemas as a column to choose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from scimtui.errors import PathError
from scimtui.ops.arrangements import ChosenColumn, same
from scimtui.ops.search import fold
from scimtui.present.cells import safe
from scimtui.scim.path import attribute_at, parse_path
from scimtui.scim.schema import Attribute, ResourceType, Returned, Schema, Type

_PATH_SIGNS = frozenset("[.:")


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """One column that a table can have."""

    path: str
    label: str
    """Safe text: the path, without the URN of an extension."""
    origin: str
    """Safe text: the extension that declares it, "" for the attributes of the type itself."""
    kind: str
    """Its type in words."""
    description: str
    """Safe text of the schema, "" where there is none."""


def column_choices(resource_type: ResourceType) -> list[ColumnChoice]:
    """Return every column that the schemas know, in their order; of a list also each kind of element that they name."""
    every = [
        _choice(f"{schema.id}:{name}" if schema else name, name, schema, attribute, owner)
        for schema in (None, *resource_type.extensions)
        for owner in (schema.attributes if schema else resource_type.attributes)
        for name, attribute in _names(owner)
    ]
    return [choice for choice in every if _is_path(choice.path, resource_type)]


def with_chosen(
    choices: list[ColumnChoice], chosen: tuple[ChosenColumn, ...], resource_type: ResourceType
) -> list[ColumnChoice]:
    """Return the choices with those in front that are chosen, in their order, the others behind in the order of the schemas."""
    known = {choice.path.casefold(): choice for choice in choices}
    first = [known.get(one.path.casefold()) or typed_choice(one.path, resource_type) for one in chosen]
    taken = {one.path.casefold() for one in chosen}
    return [*first, *(choice for choice in choices if choice.path.casefold() not in taken)]


def found_choices(choices: list[ColumnChoice], text: str) -> list[ColumnChoice]:
    """Return the choices whose path, origin or description has every word; those that have them in their path first."""
    words = fold(text).split()

    def rank(choice: ColumnChoice) -> int:
        if all(word in fold(choice.path) for word in words):
            return 0
        every = fold(f"{choice.path} {choice.origin} {choice.description}")
        return 1 if all(word in every for word in words) else 2

    ranked = [(rank(choice), choice) for choice in choices]
    return [choice for wanted in (0, 1) for ranks, choice in ranked if ranks == wanted]


def typed_path(text: str, choices: list[ColumnChoice], resource_type: ResourceType) -> ColumnChoice | None:
    """Return a column for a path that was typed, None where the text is only a word to search for.

    Raises:
        PathError: it is meant as a path, and is none.
    """
    is_word = not _PATH_SIGNS & set(text)
    try:
        path = str(parse_path(text, resource_type))
    except PathError:
        if is_word:
            return None
        raise
    is_known = any(same(choice.path, path) for choice in choices)
    return None if is_known or (is_word and found_choices(choices, text)) else typed_choice(path, resource_type)


def typed_choice(path: str, resource_type: ResourceType) -> ColumnChoice:
    """Return the column of a path that a person wrote.

    Raises:
        PathError: it is none.
    """
    parsed = parse_path(path, resource_type)
    attribute = attribute_at(parsed, resource_type)
    schema = resource_type.extension(parsed.urn) if parsed.urn else None
    label = path[len(schema.id) + 1 :] if schema else path
    if attribute is None:
        return ColumnChoice(path, safe(label), "", "not in any schema", "Empty where the provider does not send it.")
    return _choice(path, label, schema, attribute, resource_type.attribute(parsed.attribute, parsed.urn))


def _choice(
    path: str, label: str, schema: Schema | None, attribute: Attribute, owner: Attribute | None
) -> ColumnChoice:
    kind = f"{'list of ' if attribute.multi_valued else ''}{attribute.type.value}"
    if attribute.returned is Returned.REQUEST:
        kind += ", sent on request only"
    origin = safe(schema.name or schema.id.rsplit(":", 1)[-1]) if schema else ""
    words = attribute.description
    if owner is not None and owner is not attribute and owner.description:
        words = f"{owner.description.strip().rstrip('.')}: {words}"
    return ColumnChoice(path, safe(label), origin, kind, safe(" ".join(words.split())))


def _is_path(text: str, resource_type: ResourceType) -> bool:
    """Whether a name that a provider chose can be written as a path at all."""
    try:
        parse_path(text, resource_type)
    except PathError:
        return False
    return True


def _names(attribute: Attribute) -> Iterator[tuple[str, Attribute]]:
    """Yield an attribute and what is inside it, each with its path."""
    if attribute.returned is Returned.NEVER:
        return
    name = attribute.name
    yield name, attribute
    subs = [sub for sub in attribute.sub_attributes if sub.returned is not Returned.NEVER]
    yield from ((f"{name}.{sub.name}", sub) for sub in subs)
    if not attribute.multi_valued or attribute.type is not Type.COMPLEX:
        return
    value = attribute.sub("value") or attribute.sub("formatted") or attribute.sub("display")
    if value is None:
        return
    kinds = attribute.sub("type")
    for kind in kinds.canonical_values if kinds else ():
        yield f"{name}[type eq {json.dumps(kind, ensure_ascii=False)}].{value.name}", value
    if attribute.sub("primary") is not None:
        yield f"{name}[primary eq true].{value.name}", value
