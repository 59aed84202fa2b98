"""`import`: create or update what a file holds."""

from __future__ import annotations

from typing import Annotated

import typer

from scimtui.cli.options import (
    DryRunOption,
    ExpectOption,
    FormatOption,
    ReasonOption,
    TenantName,
    TypeName,
    UnlockOption,
    YesOption,
)
from scimtui.present.formats import Format

_File = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="CSV with paths as titles, or .jsonl; - is a CSV from stdin.", show_default=False
    ),
]
_Also = Annotated[
    list[str] | None,
    typer.Option("--also", metavar="NAME", help="In this tenant too, by its own rules.", show_default=False),
]
_Key = Annotated[
    str, typer.Option("--key", metavar="P", help="What tells who is who; else userName.", show_default=False)
]
_Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=PATH", help="What a column is; COLUMN= leaves it out.", show_default=False),
]
_Group = Annotated[
    list[str] | None,
    typer.Option("--group", metavar="G", help="Everybody in the file comes into this group.", show_default=False),
]


def import_(
    *,
    name: TenantName,
    type_name: TypeName,
    file: _File,
    also: _Also = None,
    key: _Key = "",
    maps: _Map = None,
    groups: _Group = None,
    create_only: Annotated[bool, typer.Option("--create-only", help="Leave alone who exists already.")] = False,
    update_only: Annotated[bool, typer.Option("--update-only", help="Create nobody.")] = False,
    create_unseen: Annotated[
        bool, typer.Option("--create-unseen", help="Create also who may be there already, where nobody can tell.")
    ] = False,
    ignore_columns: Annotated[
        bool, typer.Option("--ignore-columns", help="Leave out columns that name no attribute.")
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Create or update what a file holds, by key. A blank cell leaves alone what is there.

    Example: scimtui import acme User joiners.csv --also bolt --group Staff --dry-run
    """
    from scimtui.cli.importing import Import, import_into
    from scimtui.cli.writing import Asked
    from scimtui.errors import UsageError
    from scimtui.ops.import_file import Columns
    from scimtui.ops.importing import Wish

    if create_only and update_only:
        raise UsageError("--create-only and --update-only leave nothing to do", "give one of them")
    renamed = {column.strip(): path.strip() for column, _, path in (one.partition("=") for one in maps or [])}
    if any("=" not in one for one in maps or []):
        raise UsageError("--map names a column and a path", "write it as --map 'First name=name.givenName'")
    into = tuple(groups or ())
    wish = Wish(key, create=not update_only, update=not create_only, groups=into, unseen=create_unseen)
    asked = Asked(dry_run, yes, reason, unlock, expect, form)
    return import_into([name, *(also or [])], type_name, Import(file, Columns(renamed, ignore_columns), wish), asked)


COMMANDS = {"import": import_}
