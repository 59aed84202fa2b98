"""A resource as sections of labelled values, the way the detail view shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scimtui.present.attribute_words import about, absence_words, traits
from scimtui.present.cells import cell, json_text, safe
from scimtui.present.columns import short_time
from scimtui.scim.coerce import as_list, normalised
from scimtui.scim.deviations import Oddity, deviations
from scimtui.scim.literal import instant
from scimtui.scim.reference import Reference, reference
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, Mutability, ResourceType, Returned, Type

if TYPE_CHECKING:
    from datetime import datetime

    from scimtui.scim.provider import Provider

QUOTED = frozenset({Oddity.SPELLING, Oddity.REPEATED, Oddity.NOT_BOOLEAN, Oddity.NOT_NUMBER, Oddity.NOT_TEXT})
"""Departures whose words need the provider's own form to be understood."""
LONGEST_QUOTE = 60
IN_NO_SCHEMA = "in no schema of this provider"
COUNTED = 10
"""So many elements of a list, and their number is said."""
NAMED_BY_LINK = frozenset({"value", "$ref", "display", "displayname"})
"""Sub-attributes that say no more than the link which is shown for them."""


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One labelled value."""

    label: str
    value: str
    """Safe text; "" where there is none."""
    note: str = ""
    """A word beside it: "read-only", "not set", the type of an element."""
    indent: int = 0
    oddity: str = ""
    """How the provider's own form of the value departs from its schema, "" where it does not."""
    path: str = ""
    """The attribute's path without its URN, safe: all elements of a list have the same."""
    traits: str = ""
    """What limits the attribute: "required", "immutable"; how long a long list is."""
    exact: Any = None
    """The value as the provider sent it; None where the row has none."""
    moment: datetime | None = None
    link: Reference | None = None
    about: str = ""
    """What the schema says of the attribute, one safe line."""
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one schema."""

    title: str
    rows: tuple[DetailRow, ...]
    urn: str = ""
    """Safe text."""


@dataclass(frozen=True, slots=True)
class Showing:
    """How much is shown, and what is known of the provider besides the schema."""

    with_empty: bool = False
    """Attributes without a value too."""
    provider: Provider | None = None
    """Makes links of the values that name its resources."""
    unshown: frozenset[str] = frozenset()
    """Core attributes that it is known to show nowhere, casefolded."""
    most: int | None = None
    """Elements of a list; None: all."""


def sections(
    raw: Mapping[str, Any],
    resource_type: ResourceType,
    *,
    with_empty: bool = False,
    showing: Showing | None = None,
) -> list[Section]:
    """Return every attribute of the resource, extensions and unknown ones included, grouped by schema.

    Values are shown as what they mean; a form that departs from the schema is noted beside them.
    """
    how = showing or Showing(with_empty=with_empty)
    sent = {str(name).casefold() for name, value in raw.items() if is_empty(value)}
    raw, cut = _shortened(raw, how.most)
    oddities = _oddities(raw, resource_type)
    raw = normalised(raw, resource_type)
    core = resource_type.schema
    found = [_section(core.name or resource_type.name, core.id, _core_rows(raw, resource_type, sent, cut, how))]
    for schema in resource_type.extensions:
        inner = lookup(raw, schema.id)
        rows = [*_rows(schema.attributes, inner, frozenset(), {}, how), *_unknown_in(inner, schema.attributes)]
        found.append(_section(schema.name or schema.id, schema.id, rows))
    found += _unknown(raw, resource_type)
    return [_with_oddities(section, oddities) for section in found if section.rows]


def _section(title: str, urn: str, rows: Iterable[DetailRow]) -> Section:
    return Section(safe(title), tuple(sorted(rows, key=lambda row: row.absent)), safe(urn))


def _shortened(raw: Mapping[str, Any], most: int | None) -> tuple[Mapping[str, Any], dict[str, int]]:
    """Return the resource with no list longer than that, and how much of each, by casefolded name, is left out."""
    cut = {
        str(name).casefold(): len(value) - most
        for name, value in raw.items()
        if most is not None and isinstance(value, list) and len(value) > most
    }
    if not cut:
        return raw, {}
    return {name: value[:most] if str(name).casefold() in cut else value for name, value in raw.items()}, cut


def _oddities(raw: Mapping[str, Any], resource_type: ResourceType) -> dict[str, str]:
    """Return what is odd, by the label of the row where it is noted: the attribute's own, without URN and parts."""
    found: dict[str, list[str]] = {}
    for one in deviations(raw, resource_type):
        label = safe(one.path.rpartition(":")[2].partition(".")[0])
        words = f"{one.oddity}: {json_text(one.found)[:LONGEST_QUOTE]}" if one.oddity in QUOTED else str(one.oddity)
        found.setdefault(label, []).append(words)
    return {label: "; ".join(dict.fromkeys(words)) for label, words in found.items()}


def _with_oddities(section: Section, oddities: dict[str, str]) -> Section:
    if not oddities:
        return section
    rows = [
        replace(row, oddity=oddities.pop(row.label, "")) if row.label and not row.indent else row
        for row in section.rows
    ]
    return replace(section, rows=tuple(rows))


def _core_rows(
    raw: Mapping[str, Any], resource_type: ResourceType, sent: set[str], cut: Mapping[str, int], how: Showing
) -> Iterator[DetailRow]:
    common = {"id", "externalid", "schemas", "meta"}
    own = [a for a in resource_type.attributes if a.name.casefold() not in common]
    last = [a for a in resource_type.attributes if a.name.casefold() in common - {"schemas"}]
    yield from _rows(own, raw, sent, cut, how)
    yield from _rows(last, raw, sent, cut, how)


def _rows(
    attributes: Iterable[Attribute], raw: Any, sent: Iterable[str], cut: Mapping[str, int], how: Showing
) -> Iterator[DetailRow]:
    for attribute in attributes:
        value, name = lookup(raw, attribute.name), safe(attribute.name)
        row = DetailRow(name, "", _note(attribute), path=name, traits=traits(attribute), about=about(name, attribute))
        if is_empty(value):
            if how.with_empty or attribute.returned is Returned.NEVER:
                folded = attribute.name.casefold()
                words = absence_words(attribute, is_sent=folded in sent, is_unshown=folded in how.unshown)
                yield replace(row, note=words, absent=True)
        elif attribute.multi_valued:
            more = cut.get(attribute.name.casefold(), 0)
            count = len(as_list(value)) + more
            told = ", ".join(filter(None, (row.traits, f"{count:,} in all" if count >= COUNTED else "")))
            yield from _list_rows(replace(row, traits=told), attribute, as_list(value), how)
            if more:
                yield replace(row, label="", value=f"… {more:,} more", note="", traits="")
        elif isinstance(value, Mapping):
            link = _link(value, attribute, how)
            yield replace(row, value=_element(value), exact=_exact(value), link=link) if link else row
            yield from _object_rows(row, attribute, value, without=NAMED_BY_LINK if link else frozenset())
        else:
            yield _plain(row, attribute, value, how)


def _list_rows(row: DetailRow, attribute: Attribute, elements: list[Any], how: Showing) -> Iterator[DetailRow]:
    rest = replace(row, label="", note="", traits="")
    for index, element in enumerate(elements):
        one = rest if index else row
        # Not `replace`, which takes 4 µs: a group may have 50,000 members.
        yield DetailRow(
            one.label,
            _element(element),
            _element_note(element) or one.note,
            path=one.path,
            traits=one.traits,
            exact=_exact(element),
            link=_link(element, attribute, how),
            about=one.about,
        )


def _object_rows(
    row: DetailRow, attribute: Attribute, value: Mapping[str, Any], *, without: frozenset[str]
) -> Iterator[DetailRow]:
    for name, item in value.items():
        if is_empty(item) or name.casefold() in without:
            continue
        sub = attribute.sub(name) or Attribute(name)
        known = attribute.sub(name) is not None
        path = f"{row.path}.{safe(sub.name)}"
        told = traits(sub) if sub.mutability is not attribute.mutability or sub.required else ""
        words = about(path, sub) if known else f"{path}: {IN_NO_SCHEMA}"
        yield _plain(DetailRow(safe(sub.name), "", indent=1, path=path, traits=told, about=words), sub, item, Showing())


def _plain(row: DetailRow, attribute: Attribute, value: Any, how: Showing) -> DetailRow:
    if attribute.type is Type.DATE_TIME:
        moment = instant(value) if isinstance(value, str) and len(value) > len("2026-01-31") else None
        return replace(row, value=short_time(value), exact=value, moment=moment)
    shown = safe(value) if isinstance(value, str) else cell(value)
    return replace(row, value=shown, exact=value, link=_link(value, attribute, how))


def _unknown(raw: Mapping[str, Any], resource_type: ResourceType) -> Iterator[Section]:
    """Yield what no schema knows: objects under a URN as a section each, everything else in one."""
    known = {a.name.casefold() for a in resource_type.attributes} | {s.id.casefold() for s in resource_type.extensions}
    strange = {name: value for name, value in raw.items() if name.casefold() not in known}
    urns = {n: v for n, v in strange.items() if n.casefold().startswith("urn:") and isinstance(v, Mapping)}
    for name, value in urns.items():
        yield Section(f"Not in the schemas: {safe(name.rpartition(':')[2])}", tuple(_unknown_rows(value)), safe(name))
    rest = {name: value for name, value in strange.items() if name not in urns}
    yield Section("Other attributes, not in the schema", tuple(_unknown_rows(rest)))


def _unknown_in(raw: Any, attributes: Iterable[Attribute]) -> Iterator[DetailRow]:
    """Yield what stands under the URN of an extension that does not know it."""
    known = {attribute.name.casefold() for attribute in attributes}
    strange = raw if isinstance(raw, Mapping) else {}
    yield from _unknown_rows({name: value for name, value in strange.items() if name.casefold() not in known})


def _unknown_rows(values: Mapping[str, Any]) -> Iterator[DetailRow]:
    for name, value in values.items():
        label, shown = safe(str(name)), value if isinstance(value, str) and safe(value) == value else json_text(value)
        yield DetailRow(label, shown, path=label, exact=value, about=f"{label}: {IN_NO_SCHEMA}")


def _link(value: Any, attribute: Attribute, how: Showing) -> Reference | None:
    return None if how.provider is None else reference(value, attribute, how.provider)


def _exact(element: Any) -> Any:
    if not isinstance(element, Mapping):
        return element
    for name in ("value", "formatted", "display"):
        if not is_empty(lookup(element, name)):
            return lookup(element, name)
    return element


def _element(element: Any) -> str:
    if not isinstance(element, Mapping):
        return cell(element)
    shown = cell(element.get("display") or element.get("displayName") or element.get("formatted"))
    if shown := shown or cell(element.get("value")):
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


def _note(attribute: Attribute) -> str:
    return "read-only" if attribute.mutability is Mutability.READ_ONLY else ""
