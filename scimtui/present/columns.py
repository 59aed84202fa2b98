"""Which columns a table shows, and a resource as a row of them. A row is a pure function of a resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scimtui.errors import UsageError
from scimtui.ops.arrangements import ChosenColumn
from scimtui.ops.browse import Projection
from scimtui.ops.search import fold
from scimtui.present.cells import cell, safe
from scimtui.scim.coerce import as_list, element_value, is_active
from scimtui.scim.path import Path, parse_path, values_at
from scimtui.scim.resource import lookup, resource_id
from scimtui.scim.schema import ENTERPRISE_USER, Attribute, ResourceType, Type

if TYPE_CHECKING:
    from scimtui.ops.arrangements import Arrangement

Cell = Callable[[Mapping[str, Any]], str]

ACTIVE = "● active"
INACTIVE = "○ inactive"
UNKNOWN = "–"
"""Shown where the provider did not send what the column counts: unknown is not none."""

_WIDTHS = {Type.BOOLEAN: 8, Type.INTEGER: 10, Type.DECIMAL: 10, Type.DATE_TIME: 16}
_USER_COLUMNS = (
    "userName",
    "displayName",
    "active",
    "title",
    f"{ENTERPRISE_USER}:department",
    "emails",
    "meta.lastModified",
)
_GROUP_COLUMNS = ("displayName", "members", "externalId", "meta.lastModified")
_MOST_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    title: str
    path: str
    """Any attribute path of RFC 7644 section 3.10, value paths included."""
    width: int = 0
    """Cells on the screen; 0 lets the column share what is left."""
    kind: str = "text"
    """"text", "active", "members", "name" or "time": how the value is worded."""
    is_number: bool = False
    """Whether it is sorted by its number."""


def default_columns(resource_type: ResourceType) -> tuple[Column, ...]:
    """Return the columns an admin would choose first; `active` is always among them where the type has it."""
    if resource_type.name.casefold() == "user":
        paths: tuple[str, ...] = _USER_COLUMNS
    elif resource_type.name.casefold() == "group":
        paths = _GROUP_COLUMNS
    else:
        paths = tuple(_telling_paths(resource_type))
    return tuple(column(path, resource_type) for path in paths if _is_known(path, resource_type))


def usual_columns(resource_type: ResourceType) -> tuple[ChosenColumn, ...]:
    """Return the default columns as a person would have chosen them."""
    return tuple(ChosenColumn(column.path) for column in default_columns(resource_type))


def parse_columns(text: str, resource_type: ResourceType) -> tuple[Column, ...]:
    """Read a list such as `userName,emails[type eq "work"].value`.

    Raises:
        PathError: a part is not an attribute path.
        UsageError: the list is empty.
    """
    paths = [part.strip() for part in _split_outside_brackets(text)]
    if not any(paths):
        raise UsageError("no column is named", "give paths separated by commas, such as userName,active")
    return tuple(column(path, resource_type) for path in paths if path)


def column(path: str, resource_type: ResourceType) -> Column:
    """Return the column for one path, its title, width and wording chosen by the schema.

    Raises:
        PathError: not an attribute path.
    """
    parsed = parse_path(path, resource_type)
    attribute = _attribute(parsed, resource_type)
    kind, width = "text", _WIDTHS.get(attribute.type, 0) if attribute else 0
    is_number = attribute is not None and attribute.type in {Type.INTEGER, Type.DECIMAL}
    plain = parsed.sub is None and parsed.value_filter is None
    if plain and parsed.attribute.casefold() == "active":
        kind, width = "active", 10
    elif plain and parsed.attribute.casefold() == "members":
        kind, width, is_number = "members", 10, True
    elif plain and parsed.attribute.casefold() == "displayname" and resource_type.attribute("name"):
        kind = "name"
    elif attribute and attribute.type is Type.DATE_TIME:
        kind = "time"
    return Column(title=_title(parsed), path=path, width=width, kind=kind, is_number=is_number)


def arranged_columns(arrangement: Arrangement, resource_type: ResourceType) -> tuple[Column, ...]:
    """Return the columns of an arrangement, each as wide as it was made; the usual ones where none is chosen."""
    if not arrangement.columns:
        return default_columns(resource_type)
    made = [(column(chosen.path, resource_type), chosen.width) for chosen in arrangement.columns]
    return tuple(replace(one, width=width) if width else one for one, width in made)


def unseen_columns(
    arrangement: Arrangement, columns: tuple[Column, ...], resource_type: ResourceType
) -> tuple[Column, ...]:
    """Return what rows must hold besides the columns shown: whether they are active, and what they are sorted by."""
    has_active = resource_type.attribute("active") is not None
    wanted = [*(["active"] if has_active else []), *(key.path for key in arrangement.sort)]
    shown = {one.path.casefold() for one in columns}
    paths = {path.casefold(): path for path in wanted if path.casefold() not in shown}
    return tuple(column(path, resource_type) for path in paths.values())


def projection(columns: tuple[Column, ...], resource_type: ResourceType, unseen: tuple[Column, ...] = ()) -> Projection:
    """Return the function that makes a row `(id, haystack, cell, cell, …)`, and the key that names these columns.

    The cells of `unseen` columns stand behind the others and are not searched.
    """
    cells = [_cell_of(column, resource_type) for column in columns]
    more = [_cell_of(column, resource_type) for column in unseen]

    def project(raw: Mapping[str, Any]) -> tuple[str, ...]:
        row = [make(raw) for make in cells]
        identity = safe(resource_id(raw))
        also = [identity, _word(lookup(raw, "externalId"))]
        also += [_word(element_value(element)) for element in as_list(lookup(raw, "emails"))]
        return (identity, "\n".join(map(fold, [*row, *also])), *row, *(make(raw) for make in more))

    named = [f"{column.kind} {column.path}" for column in columns]
    named += [f"unseen {column.kind} {column.path}" for column in unseen]
    return Projection(key="1\n" + "\n".join(named), project=project)


def short_time(value: Any) -> str:
    """Return a dateTime as `2026-11-20 12:04`, anything that does not look like one as it is."""
    if isinstance(value, str) and len(value) >= 16 and value[10:11] in "Tt ":
        return safe(f"{value[:10]} {value[11:16]}")
    return cell(value)


def _cell_of(column: Column, resource_type: ResourceType) -> Cell:
    if column.kind == "active":
        return _active_cell
    if column.kind == "members":
        return _members_cell
    if column.kind == "name":
        return _name_cell
    read = _reader(parse_path(column.path, resource_type), resource_type)
    word = short_time if column.kind == "time" else cell
    return lambda raw: word(read(raw))


def _reader(path: Path, resource_type: ResourceType) -> Callable[[Mapping[str, Any]], Any]:
    """Return a fast way to the value; most columns are plain attributes, spelled as the schema spells them."""
    if path.value_filter is not None:
        return _filtered_reader(path, resource_type)
    steps = [
        step for step in (path.urn if path.urn and ":core:" not in path.urn else None, path.attribute, path.sub) if step
    ]

    def read(raw: Mapping[str, Any]) -> Any:
        value: Any = raw
        for step in steps:
            value = [lookup(item, step) for item in value] if isinstance(value, list) else lookup(value, step)
        return value

    return read


def _filtered_reader(path: Path, resource_type: ResourceType) -> Callable[[Mapping[str, Any]], Any]:
    """Return the same for some elements of a list: reading the filter for each resource would take most of the time."""
    from scimtui.scim.expression import ValuePath
    from scimtui.scim.match import compile_filter  # no usual column needs it

    assert path.value_filter is not None
    whole, inner = Path(path.urn, path.attribute), Path(path.urn, path.attribute, None, path.sub)
    matches = compile_filter(ValuePath(whole, path.value_filter), resource_type)

    def placed(elements: list[Any]) -> dict[str, Any]:
        resource: dict[str, Any] = {path.attribute: elements}
        return resource if path.urn is None else {path.urn: resource}

    def read(raw: Mapping[str, Any]) -> Any:
        chosen = [one for one in values_at(raw, whole, resource_type) if matches(placed([one]))]
        return values_at(placed(chosen), inner, resource_type)

    return read


def _active_cell(raw: Mapping[str, Any]) -> str:
    state = is_active(raw)
    return UNKNOWN if state is None else ACTIVE if state else INACTIVE


def _members_cell(raw: Mapping[str, Any]) -> str:
    members = lookup(raw, "members")
    return UNKNOWN if members is None else str(len(as_list(members)))


def _name_cell(raw: Mapping[str, Any]) -> str:
    return cell(lookup(raw, "displayName")) or cell(lookup(raw, "name"))


def _word(value: Any) -> str:
    return safe(value) if isinstance(value, str) else ""


def _title(path: Path) -> str:
    if path.urn and not path.attribute:
        return safe(path.urn.rsplit(":", 1)[-1])
    named = f"{path.attribute}[{path.value_filter}]" if path.value_filter else path.attribute
    return safe(f"{named}.{path.sub}" if path.sub and path.attribute.casefold() != "meta" else path.sub or named)


def _attribute(path: Path, resource_type: ResourceType) -> Attribute | None:
    attribute = resource_type.attribute(path.attribute, path.urn)
    return attribute.sub(path.sub) if attribute and path.sub else attribute


def _is_known(path: str, resource_type: ResourceType) -> bool:
    return _attribute(parse_path(path, resource_type), resource_type) is not None


def _telling_paths(resource_type: ResourceType) -> list[str]:
    """Return paths for a type we know nothing about: names first, then required, then other plain attributes."""
    plain = [a for a in resource_type.schema.attributes if not a.multi_valued and a.type is not Type.COMPLEX]
    first = {"displayname": 0, "name": 1, "username": 2, "active": 3}
    plain.sort(key=lambda a: (first.get(a.name.casefold(), 9), not a.required))
    return [*(a.name for a in plain[:_MOST_COLUMNS]), "id", "meta.lastModified"]


def _split_outside_brackets(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character == "[") - (character == "]")
        if character == "," and depth <= 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]
