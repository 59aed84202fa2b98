"""Resources as the lines of an export, and as the text that is copied: exact values, whatever a table shows of them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scimtui.present.cells import cell, has_hidden, safe
from scimtui.present.formats import Delimiter, Format, csv_lines, json_array, json_line
from scimtui.present.wording import age
from scimtui.scim.coerce import element_value
from scimtui.scim.path import Path, parse_path, values_at
from scimtui.scim.resource import lookup, resource_id

if TYPE_CHECKING:
    from scimtui.ops.browse import SyncState
    from scimtui.present.columns import Column
    from scimtui.scim.schema import ResourceType

Raw = Mapping[str, Any]


def row_id(raw: Raw) -> str:
    """Return the id that a resource has in the rows of a table."""
    return safe(resource_id(raw))


def exported_lines(
    resources: Iterable[Raw],
    resource_type: ResourceType,
    form: Format,
    paths: Sequence[str] = (),
    delimiter: Delimiter = Delimiter.COMMA,
) -> Iterator[str]:
    """Yield resources in a format for programs: JSON exactly as the provider sent it, CSV by paths.

    Raises:
        ValueError: a table is no format for programs.
    """
    if form is Format.JSON:
        return json_array(resources)
    if form is Format.JSONL:
        return map(json_line, resources)
    if form is Format.CSV:
        parsed = [parse_path(path, resource_type) for path in paths]
        rows = ([value_at(raw, path, resource_type) for path in parsed] for raw in resources)
        return csv_lines(paths, rows, delimiter)
    raise ValueError("a table is laid out by `table_lines`")


def value_at(raw: Raw, path: Path, resource_type: ResourceType) -> Any:
    """Return what a path names, for one cell: its only value, a list of several, None; of an object its `value`."""
    values = [_simple(value) for value in values_at(raw, path, resource_type)]
    return values[0] if len(values) == 1 else values or None


def column_value(raw: Raw, column: Column, resource_type: ResourceType) -> Any:
    """Return what a column stands for, exactly; of a person without a displayName the name, as the table shows it."""
    value = value_at(raw, parse_path(column.path, resource_type), resource_type)
    return cell(lookup(raw, "name")) if value is None and column.kind == "name" else value


def first_value(raw: Raw, column: Column, resource_type: ResourceType) -> Any:
    """Return `column_value`, of several values the primary one, else the first: one line for each resource."""
    values = values_at(raw, parse_path(column.path, resource_type), resource_type)
    if len(values) < 2:
        return column_value(raw, column, resource_type)
    return _simple(next((one for one in values if lookup(one, "primary") is True), values[0]))


def _simple(value: Any) -> Any:
    if isinstance(value, Mapping):
        inner = element_value(value)
        return value if inner is None else inner
    return value


def paths_of(resources: Iterable[Raw], resource_type: ResourceType) -> list[str]:
    """Return a path for every value that any of the resources has, in the order of the schemas.

    What no schema knows has no path, and is in the JSON formats only.
    """
    core: set[str] = set()
    inner: dict[str, set[str]] = {}
    for raw in resources:
        for key, value in raw.items():
            core.add(key.casefold())
            if isinstance(value, Mapping):
                inner.setdefault(key.casefold(), set()).update(name.casefold() for name in value)
    paths = []
    for urn, attribute in resource_type.placed_attributes():
        name = attribute.name.casefold()
        is_there = name in (core if urn is None else inner.get(urn.casefold(), ()))
        if not is_there or name in {"schemas", "password"}:
            continue
        path = attribute.name if urn is None else f"{urn}:{attribute.name}"
        if attribute.sub_attributes and not attribute.multi_valued:
            present = (
                inner.get(name, set()) if urn is None else {sub.name.casefold() for sub in attribute.sub_attributes}
            )
            paths += [f"{path}.{sub.name}" for sub in attribute.sub_attributes if sub.name.casefold() in present]
        else:
            paths.append(path)
    return sorted(paths, key=lambda path: (path != "id", path.startswith("meta.")))


def copy_words(state: SyncState | None) -> str:
    """Return how far a cached copy can be trusted, to stand after what was made from it."""
    if state is None:
        return "the copy is INCOMPLETE: it was never synced"
    if not state.complete:
        return f"the copy is INCOMPLETE: {safe(state.why or 'no reason known')}"
    return f"the copy is complete, synced {age(state.synced_at)}"


def command_line(tenant: str, type_name: str, identity: str) -> str:
    """Return the command that shows a resource, for a shell. A hidden character in it cannot act when it is pasted."""
    words = ["scimtui", "show", tenant, type_name, *(["--"] if identity.startswith("-") else []), identity]
    return " ".join(_ansi_quoted(word) if has_hidden(word) else shlex.quote(word) for word in words)


def _ansi_quoted(word: str) -> str:
    """Return a word in the form $'…' of bash and zsh, with every character that is not plain written as its number."""
    letters = (
        letter if letter.isascii() and letter.isprintable() and letter not in "'\\" else f"\\U{ord(letter):08x}"
        for letter in word
    )
    return f"$'{''.join(letters)}'"
