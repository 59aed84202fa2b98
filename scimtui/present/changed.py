"""What of a resource changed between two copies, as rows of its details."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scimtui.errors import PathError
from scimtui.present.attribute_words import about
from scimtui.present.cells import cell, safe
from scimtui.present.changes import MASK
from scimtui.present.details import DetailRow
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.diff import Edit, is_hidden
from scimtui.scim.elements import folded_token
from scimtui.scim.observed import observed_edits
from scimtui.scim.path import parse_path
from scimtui.scim.reference import reference
from scimtui.scim.schema import Attribute

if TYPE_CHECKING:
    from scimtui.scim.provider import Provider
    from scimtui.scim.schema import ResourceType

MOST = 50
"""Rows; of a group whose members all changed the first ones say enough."""
NOTHING = "–"


def changed_rows(
    before: Mapping[str, Any], after: Mapping[str, Any], resource_type: ResourceType, provider: Provider
) -> list[DetailRow]:
    """Return what differs, a row each: `title  Engineer → Manager`, `members  + Ada`, `members  − Bob`."""
    edits = observed_edits(before, after, resource_type)
    rows: list[DetailRow] = []
    above = ""
    for row in (row for edit in edits[:MOST] for row in _rows(edit, resource_type, provider)):
        rows.append(replace(row, label="") if row.label == above else row)
        above = row.label
    if len(edits) > MOST:
        rows.append(DetailRow("", f"… {len(edits) - MOST:,} more"))
    return rows


def changed_paths(rows: Iterable[DetailRow]) -> frozenset[str]:
    """Return the paths that rows of the details can have, of what `changed_rows` names."""
    return frozenset(row.path for row in rows if row.path)


def _rows(edit: Edit, resource_type: ResourceType, provider: Provider) -> Iterator[DetailRow]:
    try:
        path = parse_path(edit.path, resource_type)
    except PathError:  # a key that no path can name
        yield DetailRow(safe(edit.path), f"{_value(edit.before)} → {_value(edit.after)}", exact=edit.after)
        return
    attribute = resource_type.attribute(path.attribute, path.urn) or Attribute(path.attribute)
    name, exact = safe(attribute.name), edit.before if edit.after is None else edit.after
    words_about = about(name, attribute)
    sides = [("− ", edit.before), ("+ ", edit.after)]
    if path.sub == "value" and path.value_filter is None:
        sides = [(sign, None if value is None else {"value": value}) for sign, value in sides]
    is_whole = attribute.multi_valued and path.value_filter is not None and not path.sub
    links = [None if value is None else reference(value, attribute, provider) for _, value in sides]
    if any(links) or is_whole:
        for (sign, value), link in zip(sides, links, strict=True):
            if value is not None:
                shown, told = f"{sign}{cell(value)}", element_value(value)
                yield DetailRow(name, shown, path=name, exact=told, link=link, about=words_about)
        return
    note = f"where {path.value_filter}" if path.value_filter is not None else ""
    label = safe(f"{attribute.name}.{path.sub}" if path.sub else attribute.name)
    words = MASK if is_hidden(attribute) else _words(edit.before, edit.after)
    yield DetailRow(label, words, safe(note), path=name, exact=exact, about=words_about)


def _words(before: Any, after: Any) -> str:
    if isinstance(before, list) or isinstance(after, list):
        return _list_words(as_list(before), as_list(after))
    return f"{_value(before)} → {_value(after)}"


def _list_words(before: list[Any], after: list[Any]) -> str:
    """Return what left a list of plain values, and what came."""
    old, new = ({folded_token(one): one for one in values} for values in (before, after))
    gone = [f"− {cell(one)}" for key, one in old.items() if key not in new]
    return "  ".join([*gone, *(f"+ {cell(one)}" for key, one in new.items() if key not in old)])


def _value(value: Any) -> str:
    return NOTHING if value is None else cell(value)
