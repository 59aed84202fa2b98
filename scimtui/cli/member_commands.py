"""`member`: who is in a group."""

from __future__ import annotations

from typing import Annotated

import typer

from scimtui.cli.options import (
    DryRunOption,
    ExpectOption,
    FormatOption,
    LiveOption,
    ReasonOption,
    SyncOption,
    TenantName,
    UnlockOption,
    YesOption,
)
from scimtui.present.formats import Format

HELP = "Members of a group."

_Group = Annotated[str, typer.Argument(metavar="GROUP", help="Its displayName or id.", show_default=False)]
_Keys = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY]…", help="People or groups: id, name or e-mail; - is stdin.", show_default=False),
]
_File = Annotated[
    str | None,
    typer.Option("--from", metavar="FILE", help="A CSV with more keys; - is stdin, one a line.", show_default=False),
]
_Column = Annotated[
    str | None, typer.Option("--column", metavar="C", help="Its column that holds them.", show_default=False)
]
_Skip = Annotated[
    bool, typer.Option("--skip-missing", help="Leave out keys that mean nobody, or several, instead of stopping.")
]


def add(
    *,
    name: TenantName,
    group: _Group,
    keys: _Keys = None,
    file: _File = None,
    column: _Column = None,
    skip_missing: _Skip = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Add people or groups to a group.

    Example: scimtui member add acme Engineers bjensen ann.lee
    """
    from scimtui.cli import changing_members
    from scimtui.cli.writing import Asked

    wanted = changing_members.Keys(keys or [], file, column, skip_missing)
    asked = Asked(dry_run, yes, reason, unlock, expect, form)
    return changing_members.change_members(name, group, wanted, asked, add=True)


def remove(
    *,
    name: TenantName,
    group: _Group,
    keys: _Keys = None,
    file: _File = None,
    column: _Column = None,
    skip_missing: _Skip = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Remove people or groups from a group.

    Example: scimtui member remove acme Engineers --from leavers.csv --column email
    """
    from scimtui.cli import changing_members
    from scimtui.cli.writing import Asked

    wanted = changing_members.Keys(keys or [], file, column, skip_missing)
    asked = Asked(dry_run, yes, reason, unlock, expect, form)
    return changing_members.change_members(name, group, wanted, asked, add=False)


def copy(
    *,
    name: TenantName,
    source: Annotated[str, typer.Argument(metavar="FROM", help="Whose groups.", show_default=False)],
    target: Annotated[str, typer.Argument(metavar="TO", help="Who comes into them.", show_default=False)],
    exact: Annotated[bool, typer.Option("--exact", help="Also out of every group that FROM is not in.")] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Put one person into the groups that another is in.

    Example: scimtui member copy acme bjensen new.colleague --dry-run
    """
    from scimtui.cli import changing_members
    from scimtui.cli.writing import Asked

    asked = Asked(dry_run, yes, reason, unlock, expect, form)
    return changing_members.copy_groups(name, source, target, asked, exact=exact)


def list_(
    *,
    name: TenantName,
    group: _Group,
    sync: SyncOption = False,
    live: LiveOption = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the members of a group by name."""
    from scimtui.cli.members import list_members

    list_members(name, group, sync_now=sync, is_live=live, form=form)


COMMANDS = {"add": add, "remove": remove, "copy": copy, "list": list_}
