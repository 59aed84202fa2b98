"""Files as a side of a comparison: resources as JSON, or a table whose columns are attributes.

A table tells of its columns and of nothing else: every other attribute counts as one that the file does not return, so
that it is no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scimtui.errors import PathError, UsageError
from scimtui.ops.import_file import Columns, ImportFile, of_table, read_file
from scimtui.ops.people_columns import truth_of
from scimtui.ops.sides import Side, resources_side
from scimtui.ops.table_file import TableFile, read_table, title_key
from scimtui.scim.path import attribute_at
from scimtui.scim.schema import Attribute, ResourceType, Returned, Schema, Type
from scimtui.scim.typed_text import SEPARATOR, column_path

if TYPE_CHECKING:
    from scimtui.scim.path import Path as AttributePath

DOCUMENTS = frozenset({".jsonl", ".ndjson", ".json"})
EXPORTED = "; "
"""What stands between several values in a cell of an export."""
WELL_KNOWN: Mapping[str, tuple[str, ...]] = {
    "userName": ("login", "loginname", "upn", "userprincipalname", "samaccountname", "user", "accountname"),
    "emails": ("email", "mail", "emailaddress", "workemail", "primaryemail"),
    "name.givenName": ("firstname", "givenname", "forename"),
    "name.familyName": ("lastname", "familyname", "surname"),
    "displayName": ("fullname", "name"),
    "active": ("status", "accountstatus", "enabled", "accountenabled", "isactive", "employmentstatus"),
    "title": ("jobtitle", "position"),
    "employeeNumber": ("employeeid", "personnelnumber", "workerid"),
    "department": (),
    "manager": (),
}
"""Titles that many systems use, as `title_key` has them, by the path that they mean here."""
SHOWN = 3
"""So many wrong cells are named."""


def file_side(path: Path, resource_type: ResourceType, match: str = "userName") -> Side:
    """Return the resources of a file. Blocks for the disk.

    JSON Lines and JSON hold resources as `scimtui export` writes them. Of a table each title is an attribute path, or
    one that many systems use; columns that are no attribute are left out.

    Raises:
        UsageError: it cannot be read, or a cell is of another type than its attribute.
    """
    if path.suffix.lower() in DOCUMENTS:
        found = read_file(path, resource_type, Columns())
        _need_sound(path, found)
        return resources_side(path, resource_type, _raws(found), match)
    table = _comparable(with_known_titles(read_table(path), resource_type), resource_type)
    paths = [_path(title, resource_type) for title in table.header]
    if all(one is None for one in paths):
        titles = ", ".join(filter(None, table.header))
        raise UsageError(f"{path} has no column that is an attribute of a {resource_type.name}", f"it has {titles}")
    found = of_table(_separated(table, paths, resource_type), resource_type, Columns(ignore_unknown=True))
    _need_sound(path, found)
    told = [one for one in paths if one is not None]
    return resources_side(path, telling_only(told, resource_type), _raws(found), match)


def with_known_titles(table: TableFile, resource_type: ResourceType) -> TableFile:
    """Return a table whose well-known titles are attribute paths, and whose status words are true and false."""
    taken = {title.casefold() for title in table.header if _path(title, resource_type) is not None}
    header = list(table.header)
    for place, title in enumerate(header):
        known = next((path for path, titles in WELL_KNOWN.items() if title_key(title) in titles), "")
        is_free = bool(known) and known.casefold() not in taken and _path(title, resource_type) is None
        if is_free and _path(known, resource_type) is not None:
            header[place] = known
            taken.add(known.casefold())
    status = next((place for place, title in enumerate(header) if title.casefold() == "active"), -1)
    rows = tuple((line, _with_truth(cells, status)) for line, cells in table.rows) if status >= 0 else table.rows
    return replace(table, header=tuple(header), rows=rows)


def _comparable(table: TableFile, resource_type: ResourceType) -> TableFile:
    """Return a table in which columns that each provider fills by itself, or nobody compares, have no title."""
    paths = [_path(title, resource_type) for title in table.header]
    kept = (path is None or _is_compared(path, resource_type) for path in paths)
    return replace(table, header=tuple(title if keep else "" for title, keep in zip(table.header, kept, strict=True)))


def _is_compared(path: AttributePath, resource_type: ResourceType) -> bool:
    root, leaf = resource_type.attribute(path.attribute, path.urn), attribute_at(path, resource_type)
    if path.urn is None and path.attribute.casefold() == "id":
        return True
    is_own = root is None or leaf is None or not root.is_writable or not leaf.is_writable
    return (
        not is_own
        and path.attribute.casefold() != "password"
        and (path.sub or "").casefold() not in {"$ref", "display"}
    )


def _with_truth(cells: tuple[str, ...], place: int) -> tuple[str, ...]:
    truth = truth_of(cells[place], {})
    return cells if truth is None else (*cells[:place], "true" if truth else "false", *cells[place + 1 :])


def _path(title: str, resource_type: ResourceType) -> AttributePath | None:
    try:
        return column_path(title, resource_type) if title else None
    except PathError:
        return None


def _separated(table: TableFile, paths: Iterable[AttributePath | None], resource_type: ResourceType) -> TableFile:
    """Return a table in which several values of a cell stand as an import reads them."""
    lists = [place for place, path in enumerate(paths) if path is not None and _is_list(path, resource_type)]

    def cell(place: int, text: str) -> str:
        return text.replace(EXPORTED, SEPARATOR) if place in lists and SEPARATOR not in text else text

    rows = ((line, tuple(cell(place, text) for place, text in enumerate(cells))) for line, cells in table.rows)
    return replace(table, rows=tuple(rows)) if lists else table


def _is_list(path: AttributePath, resource_type: ResourceType) -> bool:
    attribute = resource_type.attribute(path.attribute, path.urn)
    return attribute is not None and attribute.multi_valued and path.value_filter is None


def _raws(found: ImportFile) -> list[dict[str, Any]]:
    return [entry.raw for entry in found.entries]


def _need_sound(path: Path, found: ImportFile) -> None:
    if found.problems:
        told = "; ".join(f"line {one.line}: {one.what}" for one in found.problems[:SHOWN])
        more = len(found.problems) - SHOWN
        raise UsageError(f"{path}: {told}{f', and {more:,} more' if more > 0 else ''}", "mend the file")


def telling_only(paths: Iterable[AttributePath], resource_type: ResourceType) -> ResourceType:
    """Return a type that returns what these paths name, and nothing else of what a client may write."""
    told: dict[tuple[str, str], set[str]] = {}
    for path in paths:
        urn = path.urn or ""
        is_core = urn.casefold() in {"", resource_type.schema.id.casefold()}
        subs = told.setdefault(("" if is_core else urn.casefold(), path.attribute.casefold()), set())
        subs.add((path.sub or "").casefold())

    def cut(schema: Schema, urn: str) -> Schema:
        return replace(
            schema, attributes=tuple(_cut(one, told.get((urn, one.name.casefold()))) for one in schema.attributes)
        )

    extensions = tuple(cut(one, one.id.casefold()) for one in resource_type.extensions)
    known = replace(
        resource_type.schema, attributes=resource_type.attributes
    )  # with externalId, which is common to all
    return replace(resource_type, schema=cut(known, ""), extensions=extensions)


def _cut(attribute: Attribute, subs: set[str] | None) -> Attribute:
    if subs is None:
        return replace(attribute, returned=Returned.NEVER)
    if attribute.type is not Type.COMPLEX or "" in subs:
        return attribute
    inner = (
        one if one.name.casefold() in subs else replace(one, returned=Returned.NEVER)
        for one in attribute.sub_attributes
    )
    return replace(attribute, sub_attributes=tuple(inner))
