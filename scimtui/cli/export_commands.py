"""`export`: a whole filtered set into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scimtui.cli.options import (
    ColumnsOption,
    DescendingOption,
    FilterOption,
    LimitOption,
    LiveOption,
    SortOption,
    SyncOption,
    TenantName,
)


def export(
    *,
    name: TenantName,
    type_name: Annotated[str, typer.Argument(metavar="TYPE", help="User, Group, …", show_default=False)],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Ends in .csv, .jsonl or .json.", show_default=False)
    ],
    filter_text: FilterOption = None,
    columns: ColumnsOption = None,
    delimiter: Annotated[
        str, typer.Option("--delimiter", metavar="D", help="Between the cells of CSV: ',' or ';' or tab.")
    ] = ",",
    sort: SortOption = None,
    descending: DescendingOption = False,
    limit: LimitOption = None,
    sync: SyncOption = False,
    live: LiveOption = False,
) -> None:
    """Write resources into a file that only you may read.

    JSON holds them exactly as the provider sent them. CSV has a column for every attribute in use, or --columns; text
    that a spreadsheet would run (= + - @ or a tab first) gets an apostrophe before it.

    Example: scimtui export acme User -o people.csv --filter 'active eq true'
    """
    from scimtui.cli.exports import export_resources
    from scimtui.cli.reading import Reading

    wish = Reading(filter_text, columns, sort, descending, limit, sync, live)
    export_resources(name, type_name, output, wish, delimiter)


COMMANDS = {"export": export}
