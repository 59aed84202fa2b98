"""A resource as sections of labelled values, the way the detail view shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scimtui.present.cells import cell, json_text, safe
from scimtui.present.columns import short_time
from scimtui.scim.coerce import as_list, normalised
from scimtui.scim.deviations import Oddity, deviations
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, Mutability, ResourceType, Returned, Type

QUOTED = frozenset({Oddity.SPELLING, Oddity.REPEATED, Oddity.NOT_BOOLEAN, Oddity.NOT_NUMBER, Oddity.NOT_TEXT})
"""Departures whose words need the provider's own form to be understood."""
LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One labelled value."""

    label: str
    value: str
    """Safe text; "" where there is none."""
    note: str = ""
    """A word beside it: "read-only", "not shown by the provider"."""
    indent: int = 0
    oddity: str = ""
    """How the provider's own form of the value departs from its schema, "" where it does not."""


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one schema."""

    title: str
    rows: tuple[DetailRow, ...]


def sections(raw: Mapping[str, Any], resource_type: ResourceType, *, with_empty: bool = False) -> list[Section]:
    """Return every attribute of the resource, extensions and unknown ones included, grouped by schema.

    With `with_empty`, attributes of the schema that have no value are listed too. Values are shown as what they mean;
    a form that departs from the schema is noted beside them.
    """
    oddities = _oddities(raw, resource_type)
    raw = normalised(raw, resource_type)
    found = [
        Section(resource_type.schema.name or resource_type.name, tuple(_core_rows(raw, resource_type, with_empty)))
    ]
    for schema in resource_type.extensions:
        rows = tuple(_rows(schema.attributes, lookup(raw, schema.id), with_empty))
        if rows:
            found.append(Section(safe(schema.name or schema.id), rows))
    found.append(Section("Other attributes, not in the schema", tuple(_unknown_rows(raw, resource_type))))
    return [_with_oddities(section, oddities) for section in found if section.rows]


def _oddities(raw: Mapping[str, Any], resource_type: ResourceType) -> dict[str, str]:
    """Return what is odd, by the label of the row where it is noted: the attribute's own, without URN and parts."""
    found: dict[str, list[str]] = {}
    for one in deviations(raw, resource_type):
        label = safe(one.path.rpartition(":")[2].partition(".")[0])
        words = f"{one.oddity}: {json_text(one.found)[:LONGEST_QUOTE]}" if one.oddity in QUOTED else str(one.oddity)
        found.setdefault(label, []).append(words)
    return {label: "; ".join(dict.fromkeys(words)) for label, words in found.items()}


def _with_oddities(section: Section, oddities: dict[str, str]) -> Section:
    rows = [
        replace(row, oddity=oddities.pop(row.label, "")) if row.label and not row.indent else row
        for row in section.rows
    ]
    return replace(section, rows=tuple(rows))


def _core_rows(raw: Mapping[str, Any], resource_type: ResourceType, with_empty: bool) -> Iterator[DetailRow]:  # noqa: FBT001
    common = {"id", "externalid", "schemas", "meta"}
    own = [a for a in resource_type.attributes if a.name.casefold() not in common]
    last = [a for a in resource_type.attributes if a.name.casefold() in common - {"schemas"}]
    yield from _rows(own, raw, with_empty)
    yield from _rows(last, raw, with_empty)


def _rows(attributes: Any, raw: Any, with_empty: bool) -> Iterator[DetailRow]:  # noqa: FBT001
    for attribute in attributes:
        value = lookup(raw, attribute.name)
        if is_empty(value):
            if with_empty or attribute.returned is Returned.NEVER:
                yield DetailRow(safe(attribute.name), "", _absence(attribute))
        elif attribute.multi_valued:
            yield from _list_rows(attribute, as_list(value))
        elif isinstance(value, Mapping):
            yield DetailRow(safe(attribute.name), "", _note(attribute))
            yield from _object_rows(attribute, value)
        else:
            yield DetailRow(safe(attribute.name), _scalar(attribute, value), _note(attribute))


def _list_rows(attribute: Attribute, elements: list[Any]) -> Iterator[DetailRow]:
    for index, element in enumerate(elements):
        label = safe(attribute.name) if index == 0 else ""
        yield DetailRow(label, _element(element), _element_note(element) or (_note(attribute) if index == 0 else ""))


def _object_rows(attribute: Attribute, value: Mapping[str, Any]) -> Iterator[DetailRow]:
    for name, item in value.items():
        if not is_empty(item):
            sub = attribute.sub(name) or Attribute(name)
            yield DetailRow(safe(sub.name), _scalar(sub, item), indent=1)


def _unknown_rows(raw: Mapping[str, Any], resource_type: ResourceType) -> Iterator[DetailRow]:
    known = {a.name.casefold() for a in resource_type.attributes} | {s.id.casefold() for s in resource_type.extensions}
    for name, value in raw.items():
        if name.casefold() not in known:
            yield DetailRow(safe(name), value if isinstance(value, str) and safe(value) == value else json_text(value))
    for schema in resource_type.extensions:
        extension = lookup(raw, schema.id)
        for name, value in extension.items() if isinstance(extension, Mapping) else ():
            if schema.attribute(name) is None:
                yield DetailRow(safe(f"{schema.name}: {name}"), json_text(value))


def _element(element: Any) -> str:
    if not isinstance(element, Mapping):
        return cell(element)
    shown = cell(element.get("display") or element.get("formatted") or element.get("value"))
    if shown:
        return shown
    parts = [cell(v) for k, v in element.items() if k not in ("type", "primary", "$ref") and not is_empty(v)]
    return ", ".join(parts)


def _element_note(element: Any) -> str:
    if not isinstance(element, Mapping):
        return ""
    words = [cell(element.get("type"))] if element.get("type") else []
    if element.get("primary") is True:
        words.append("primary")
    return ", ".join(words)


def _scalar(attribute: Attribute, value: Any) -> str:
    if attribute.type is Type.DATE_TIME:
        return short_time(value)
    return safe(value) if isinstance(value, str) else cell(value)


def _note(attribute: Attribute) -> str:
    return "read-only" if attribute.mutability is Mutability.READ_ONLY else ""


def _absence(attribute: Attribute) -> str:
    if attribute.returned is Returned.NEVER:
        return "never shown by the provider"
    return "only on request" if attribute.returned is Returned.REQUEST else "not set"
