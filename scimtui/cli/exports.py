"""Writes an export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scimtui.cli.opening import opened_one, run
from scimtui.cli.output import note
from scimtui.cli.reading import Reading, arrange, selected
from scimtui.errors import UsageError
from scimtui.ops.exporting import write_export
from scimtui.present.columns import parse_columns
from scimtui.present.exported import exported_lines, paths_of
from scimtui.present.formats import Delimiter, Format
from scimtui.present.wording import count_of
from scimtui.scim.schema import ResourceType

_ENDINGS = {".csv": Format.CSV, ".jsonl": Format.JSONL, ".json": Format.JSON}
_DELIMITERS = {",": Delimiter.COMMA, ";": Delimiter.SEMICOLON, "\t": Delimiter.TAB, "tab": Delimiter.TAB}


def export_resources(name: str, type_name: str, path: Path, wish: Reading, delimiter: str = ",") -> None:
    """Write the resources that are wanted into `path`, whole or not at all."""
    form = _ENDINGS.get(path.suffix.casefold())
    if form is None:
        raise UsageError(f"the ending of {path.name} names no format", "use .csv, .jsonl or .json")
    between = _DELIMITERS.get(delimiter)
    if between is None:
        raise UsageError(f"{delimiter!r} is no delimiter", "use ',' or ';' or tab")

    async def work() -> int:
        async with opened_one(name) as session:
            resource_type, found = await selected(session, type_name, wish)
            resources = list(arrange(found, resource_type, wish))
            paths = _paths(resources, resource_type, wish) if form is Format.CSV else ()
            write_export(path, exported_lines(resources, resource_type, form, paths, between))
            return len(resources)

    note(f"{count_of(run(work()), 'resource')} in {path}")


def _paths(resources: list[dict[str, Any]], resource_type: ResourceType, wish: Reading) -> list[str]:
    if wish.columns is not None:
        return [column.path for column in parse_columns(wish.columns, resource_type)]
    return paths_of(resources, resource_type)
