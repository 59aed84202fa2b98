"""What of a resource, and of the rows around it, can be copied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from scimtui.errors import UsageError
from scimtui.ops.exporting import named
from scimtui.present.cells import safe
from scimtui.present.exported import column_value, command_line, first_value, row_id
from scimtui.present.formats import json_document, pasted_rows, plain_text
from scimtui.present.wording import count_of
from scimtui.scim.exchange import resource_path
from scimtui.scim.resource import resource_id
from scimtui.tui.dialogs.copy_dialog import Copyable, preview_of

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.present.columns import Column
    from scimtui.scim.schema import ResourceType

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Around:
    """The table that a resource stands in."""

    marked: Sequence[str] = ()
    shown: Sequence[str] = ()


def copyables(
    session: Session, resource_type: ResourceType, columns: Sequence[Column], raw: Raw, around: Around
) -> list[Copyable]:
    """Return what can be copied, most wanted first. Nothing of the other rows is read before it is chosen."""
    return [
        *_cells(resource_type, columns, raw),
        *_whole(session, resource_type, raw),
        *_rows(session, resource_type, columns, raw, around),
    ]


def _cells(resource_type: ResourceType, columns: Sequence[Column], raw: Raw) -> Iterator[Copyable]:
    for column in columns:
        text = plain_text(column_value(raw, column, resource_type))
        title = safe(column.title)
        if text:
            yield Copyable("Value", title, preview_of(text), title, partial(str, text))


def _whole(session: Session, resource_type: ResourceType, raw: Raw) -> Iterator[Copyable]:
    identity, name = resource_id(raw), resource_type.name
    if identity:
        yield Copyable("Resource", "id", preview_of(identity), "the id", partial(str, identity))
    yield Copyable("Resource", "JSON", "as the provider sent it", "the JSON", partial(json_document, raw))
    try:
        url = session.tenant.base_url.rstrip("/") + resource_path(resource_type, identity)
    except UsageError:  # no path names it
        return
    yield Copyable("Resource", "URL", preview_of(url), "the URL", partial(str, url))
    line = command_line(session.tenant.name, name, identity)
    yield Copyable("Resource", "command", preview_of(line), "the command", partial(str, line))


def _rows(
    session: Session, resource_type: ResourceType, columns: Sequence[Column], raw: Raw, around: Around
) -> Iterator[Copyable]:
    if not around.shown:
        return

    def row(resource: Raw) -> list[Any]:
        return [column_value(resource, column, resource_type) for column in columns]

    def rows(ids: Sequence[str]) -> str:
        return pasted_rows(map(row, named(session, resource_type.name, ids, row_id)))

    def values(column: Column) -> str:
        found = named(session, resource_type.name, around.shown, row_id)
        return "\n".join(plain_text(first_value(one, column, resource_type)) for one in found)

    section = "Rows, tab separated for a spreadsheet"
    yield Copyable(section, "this row", count_of(len(columns), "column"), "the row", lambda: pasted_rows([row(raw)]))
    if around.marked:
        marked = count_of(len(around.marked), "marked row")
        yield Copyable(section, "marked rows", marked, marked, partial(rows, around.marked))
    shown = count_of(len(around.shown), "row")
    for column in columns:
        title = safe(column.title)
        yield Copyable(
            "Column of all rows shown, a value a line", title, shown, f"{title} of {shown}", partial(values, column)
        )
