"""`diff`: two sides, attribute by attribute."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scimtui.cli.options import FormatOption, SyncOption, TypeOption
from scimtui.present.formats import Format


def diff(
    *,
    left: Annotated[str, typer.Argument(metavar="LEFT", help="NAME, NAME@friday, or a file.", show_default=False)],
    right: Annotated[str, typer.Argument(metavar="RIGHT", help="What it is compared with.", show_default=False)],
    type_name: TypeOption = "User",
    key: Annotated[
        str | None, typer.Option("--key", metavar="P", help="The attribute that pairs resources.", show_default=False)
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="P", help="Do not compare this; may be repeated.", show_default=False),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="P", help="Compare only this; may be repeated.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Write a report: ends in .html, .csv or .json.", show_default=False
        ),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Compare what two tenants know and can, not who is in them.")
    ] = False,
    sync: SyncOption = False,
    form: FormatOption = Format.TABLE,
) -> int:
    """Compare two tenants attribute by attribute. Exit status 0: the same, 1: there are differences.

    A side may be an earlier copy, NAME@2026-11-20 or NAME@"2 days ago", and one of them an export: people.csv, .jsonl.

    Example: scimtui diff acme acme-stage --ignore title -o report.html
    """
    if schema:
        from scimtui.cli.schema_comparing import compare_schemas

        return compare_schemas(left, right, ask_again=sync, form=form, output=output)
    from scimtui.cli.comparing import compare

    options = (key, tuple(ignore or ()), tuple(only or ()))
    return compare(left, right, type_name, options, sync_now=sync, form=form, output=output)


COMMANDS = {"diff": diff}
