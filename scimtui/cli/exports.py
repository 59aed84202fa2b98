"""Writes an export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from scimtui.cli.opening import opened_one, run
from scimtui.cli.output import note
from scimtui.cli.reading import Reading, arrange, csv_resources, lines, paths_of, selected
from scimtui.errors import UsageError
from scimtui.ops.exporting import write_export
from scimtui.present.columns import parse_columns
from scimtui.present.formats import Format
from scimtui.present.wording import count_of
from scimtui.scim.schema import ResourceType

_ENDINGS = {".csv": Format.CSV, ".jsonl": Format.JSONL, ".json": Format.JSON}


def export_resources(name: str, type_name: str, path: Path, wish: Reading) -> None:
    """Write the resources that are wanted into `path`, whole or not at all."""
    form = _ENDINGS.get(path.suffix.casefold())
    if form is None:
        raise UsageError(f"the ending of {path.name} names no format", "use .csv, .jsonl or .json")

    async def work() -> int:
        async with opened_one(name) as session:
            resource_type, found = await selected(session, type_name, wish)
            resources = list(arrange(found, resource_type, wish))
            write_export(path, _lines(resources, resource_type, replace(wish, form=form)))
            return len(resources)

    note(f"{count_of(run(work()), 'resource')} in {path}")


def _lines(resources: list[dict[str, Any]], resource_type: ResourceType, wish: Reading) -> Iterator[str]:
    if wish.form is not Format.CSV:
        return lines(resources, resource_type, (), wish.form)
    if wish.columns is not None:
        paths = [column.path for column in parse_columns(wish.columns, resource_type)]
    else:
        paths = paths_of(resources, resource_type)
    return csv_resources(resources, resource_type, paths)
