"""`deactivate`, `activate`: people in one tenant, in several or in all."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scimtui.cli.options import DryRunOption, ExpectOption, FormatOption, ReasonOption, UnlockOption, YesOption
from scimtui.present.formats import Format

_Keys = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY…]", help="People: id, userName or externalId.", show_default=False),
]
_Tenants = Annotated[
    list[str] | None,
    typer.Option("--tenant", metavar="NAME", help="In this tenant; may be repeated.", show_default=False),
]
_All = Annotated[bool, typer.Option("--all-tenants", help="In every tenant that has them.")]
_File = Annotated[
    Path | None, typer.Option("--from", metavar="FILE.csv", help="More keys, from a file.", show_default=False)
]
_Column = Annotated[
    str | None, typer.Option("--column", metavar="C", help="The column that holds them.", show_default=False)
]


def deactivate(
    *,
    keys: _Keys = None,
    tenants: _Tenants = None,
    all_tenants: _All = False,
    file: _File = None,
    column: _Column = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Deactivate people.

    Example: scimtui deactivate bjensen --all-tenants --reason "left on Friday"
    """
    from scimtui.cli.writing import Asked

    asked = Asked(dry_run, yes, reason, unlock, expect, form)
    return _set_active(keys, tenants, file, column, asked, all_tenants=all_tenants, active=False)


def activate(
    *,
    keys: _Keys = None,
    tenants: _Tenants = None,
    all_tenants: _All = False,
    file: _File = None,
    column: _Column = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Activate people again."""
    from scimtui.cli.writing import Asked

    asked = Asked(dry_run, yes, reason, unlock, expect, form)
    return _set_active(keys, tenants, file, column, asked, all_tenants=all_tenants, active=True)


def _set_active(
    keys: list[str] | None,
    tenants: list[str] | None,
    file: Path | None,
    column: str | None,
    asked: object,
    *,
    all_tenants: bool,
    active: bool,
) -> int:
    from scimtui.cli import planning
    from scimtui.cli.keys import wanted_keys
    from scimtui.cli.writing import Asked
    from scimtui.errors import UsageError

    assert isinstance(asked, Asked)
    if all_tenants == bool(tenants):
        raise UsageError("it is not clear where", "give --tenant NAME, or --all-tenants, not both")
    return planning.set_active(wanted_keys(keys or [], file, column), tenants or None, asked, active=active)


COMMANDS = {"deactivate": deactivate, "activate": activate}
