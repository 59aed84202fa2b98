"""`snapshot`: the earlier copies of a tenant, and what changed since one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scimtui.cli.options import FormatOption, SyncOption, TenantName, TypeOption
from scimtui.present.formats import Format

HELP = "What changed in a tenant: each complete sync leaves an earlier copy."

ReportOption = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Write a report: ends in .html, .csv or .json.", show_default=False
    ),
]


def list_copies(
    *,
    name: TenantName,
    type_name: Annotated[
        str | None, typer.Option("--type", metavar="T", help="Resource type; all without.", show_default=False)
    ] = None,
    chart: Annotated[bool, typer.Option("--chart", help="Draw what changed from one copy to the next.")] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the earlier copies of a tenant, the oldest first, each with what changed since the one before it.

    Example: scimtui snapshot list acme --type User --chart
    """
    from scimtui.cli.snapshotting import list_snapshots

    list_snapshots(name, type_name, chart=chart, form=form)


def diff(
    *,
    name: TenantName,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="D",
            help="friday, yesterday, 3d, 2026-11-20; the oldest copy without.",
            show_default=False,
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="D", help="The last copy of this day; without: now.", show_default=False),
    ] = None,
    type_name: TypeOption = "User",
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="P", help="Do not compare this; may be repeated.", show_default=False),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="P", help="Compare only this; may be repeated.", show_default=False),
    ] = None,
    output: ReportOption = None,
    sync: SyncOption = False,
    form: FormatOption = Format.TABLE,
) -> int:
    """Say who is new, gone or changed in a tenant since a day, attribute by attribute. Exit status 1: somebody is.

    The copy before that day is on the left. A name that changed is a change, since people are known by their ids.

    Example: scimtui snapshot diff acme --since friday
    """
    from scimtui.cli.snapshotting import diff_snapshots

    paths = tuple(ignore or ()), tuple(only or ())
    return diff_snapshots(name, type_name, (since, until), paths, sync_now=sync, form=form, output=output)


COMMANDS = {"list": list_copies, "diff": diff}
