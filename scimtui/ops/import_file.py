"""A file of resources to be created or updated: a table with a path in each title, or JSON Lines.

A blank cell states nothing, so it leaves alone what is there. What is wrong is gathered from the whole file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from scimtui.errors import PatchError, PathError, SyntaxFault, UsageError
from scimtui.ops.table_file import read_table
from scimtui.scim.as_text import read_text
from scimtui.scim.coerce import as_list
from scimtui.scim.elements import names_resources
from scimtui.scim.joiner import is_link, placed
from scimtui.scim.path import Path, attribute_at
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.typed_text import SEPARATOR, column_path, nearest, read_value

if TYPE_CHECKING:
    from scimtui.ops.table_file import TableFile
    from scimtui.scim.schema import ResourceType

GROUPS = "groups"
"""The one column that names no attribute to be written: what the person is to be a member of."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file is not taken. Hostile text."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of the file. Hostile text throughout."""

    line: int
    raw: dict[str, Any]
    """As a new resource of the type that the file was read for."""
    stated: tuple[tuple[str, list[Any]], ...]
    """Each path with the values that the file gives it."""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file as it was read for one resource type."""

    resource_type: ResourceType
    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """What the person said about the columns."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    """Title to path; "" leaves the column out."""
    ignore_unknown: bool = False


# ---------------------------------------------------------------- reading


def read_file(path: FilePath, resource_type: ResourceType, columns: Columns) -> ImportFile:
    """Read a file: JSON Lines or JSON by its ending, else a table. Blocks for the disk.

    Raises:
        UsageError: it cannot be read, or a title names no attribute.
    """
    if path.suffix.lower() in {".jsonl", ".ndjson", ".json"}:
        return _of_documents(path, resource_type)
    return of_table(read_table(path), resource_type, columns)


def of_table(table: TableFile, resource_type: ResourceType, columns: Columns) -> ImportFile:
    """Return the entries of a table.

    Raises:
        UsageError: a title names no attribute that can be written, or two name the same.
    """
    paths = _paths(table, resource_type, columns)
    notes = list(table.notes)
    unused = [title for title, path in zip(table.header, paths, strict=True) if path is None and title]
    if unused:
        notes.append(f"Left out: {', '.join(unused)}.")
    entries, problems = [], []
    for line, cells in table.rows:
        if not any(cells):
            problems.append(Problem(line, "the line is blank"))
            continue
        entry, wrong = _entry(line, list(zip(table.header, paths, cells, strict=True)), resource_type)
        entries.append(entry)
        problems += wrong
    return ImportFile(resource_type, tuple(entries), tuple(problems), tuple(notes))


def _paths(table: TableFile, resource_type: ResourceType, columns: Columns) -> list[Path | None]:
    """Return the path of each column, None where it is left out."""
    renamed = {title.strip().casefold(): path for title, path in columns.renamed.items()}
    missing = [title for title in columns.renamed if title.strip().casefold() not in map(str.casefold, table.header)]
    if missing:
        raise UsageError(f"{table.source} has no column {missing[0]}", f"it has {', '.join(table.header)}")
    if not table.header:
        raise UsageError(f"{table.source} has no line of titles", "put one above it, such as userName")
    found: list[Path | None] = []
    unknown: list[str] = []
    for title in table.header:
        text = renamed.get(title.casefold(), title)
        path = _path(text, resource_type) if text else None
        if path is None and text:
            unknown.append(title)
        found.append(path)
    if unknown and not columns.ignore_unknown:
        raise _unknown_columns(table, unknown, resource_type)
    if any(path is not None and path.attribute.casefold() == "password" for path in found):
        raise UsageError("a password is never taken from a file", "leave its column out with --map password=")
    _check_twice(table, found)
    return found


def _path(text: str, resource_type: ResourceType) -> Path | None:
    try:
        path = column_path(text, resource_type)
    except PathError:
        return None
    leaf = attribute_at(path, resource_type) if path is not None else None
    if path is None or leaf is None:
        return None
    if path.urn is None and path.attribute.casefold() in {GROUPS, "id"}:
        return Path(attribute=path.attribute.casefold())
    root = resource_type.attribute(path.attribute, path.urn)
    is_given = root is not None and root.is_writable and (leaf.is_writable or is_link(root))
    return path if root is not None and is_given and not names_resources(root) else None


def _unknown_columns(table: TableFile, unknown: Sequence[str], resource_type: ResourceType) -> UsageError:
    said = [f"{title} (did you mean {' or '.join(near)}?)" if near else title for title, near in
            ((title, nearest(title, resource_type)) for title in unknown)]  # fmt: skip
    noun = "column that names" if len(unknown) == 1 else "columns that name"
    message = f"{table.source} has {len(unknown)} {noun} no attribute of a {resource_type.name}: {', '.join(said)}"
    return UsageError(message, "correct the titles, name the path with --map COLUMN=PATH, or add --ignore-columns")


def _check_twice(table: TableFile, paths: Sequence[Path | None]) -> None:
    seen: dict[str, str] = {}
    for title, path in zip(table.header, paths, strict=True):
        if path is not None and (other := seen.setdefault(str(path).casefold(), title)) is not title:
            raise UsageError(f"{table.source}: {other} and {title} are both {path}", "leave one of them out")


def _entry(
    line: int, cells: Sequence[tuple[str, Path | None, str]], resource_type: ResourceType
) -> tuple[Entry, list[Problem]]:
    raw: dict[str, Any] = {"schemas": [resource_type.schema.id]}
    stated: list[tuple[str, list[Any]]] = []
    problems: list[Problem] = []
    groups: tuple[str, ...] = ()
    for title, path, text in cells:
        if path is None or not text:
            continue
        if path.urn is None and path.attribute == GROUPS:
            groups = tuple(part.strip() for part in text.split(SEPARATOR) if part.strip())
        elif path.urn is None and path.attribute == "id":
            raw["id"] = text
        else:
            try:
                values = read_value(text, path, resource_type)
                raw = placed(raw, str(path), values, resource_type) if values else raw
            except (ValueError, PatchError) as error:
                problems.append(Problem(line, f"{title}: {error}"))
                continue
            stated += [(str(path), values)] if values else []
    return Entry(line, raw, tuple(stated), groups), problems


def _of_documents(path: FilePath, resource_type: ResourceType) -> ImportFile:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"{path} cannot be read: {why}", "check the path") from error
    entries, problems = [], []
    for line, document in _documents(path, text):
        if isinstance(document, str):
            problems.append(Problem(line, document))
        else:
            entries.append(_of_document(line, document, resource_type))
    if not entries and not problems:
        raise UsageError(f"{path} is empty", "it needs at least one resource")
    return ImportFile(resource_type, tuple(entries), tuple(problems))


def _documents(path: FilePath, text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield each object with its line, or what is wrong there. A .json file may hold one object or a list of them."""
    if path.suffix.lower() == ".json":
        try:
            whole = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{path} is no JSON: {error}", "mend it; nothing was sent") from error
        for number, one in enumerate(as_list(whole), 1):
            yield number, one if isinstance(one, dict) else "it is no resource"
        return
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield number, read_text(line)
            except SyntaxFault as error:
                yield number, error.message.removeprefix("line 1: ")


def _of_document(line: int, document: dict[str, Any], resource_type: ResourceType) -> Entry:
    stated: list[tuple[str, list[Any]]] = []
    for urn, attribute in resource_type.placed_attributes():
        value = lookup(lookup(document, urn) if urn else document, attribute.name)
        is_own = attribute.name.casefold() in {"schemas", "password"} or not attribute.is_writable
        if not is_own and not is_empty(value):
            path = attribute.name if urn is None else f"{urn}:{attribute.name}"
            stated.append((path, as_list(value) if attribute.multi_valued else [value]))
    return Entry(line, document, tuple(stated))
