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
_Keys = Annotated[list[str], typer.Argument(metavar="KEY…", help="People or groups: id or name.", show_default=False)]


def add(
    *,
    name: TenantName,
    group: _Group,
    keys: _Keys,
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
    from scimtui.cli import planning
    from scimtui.cli.keys import wanted_keys
    from scimtui.cli.writing import Asked

    asked = Asked(dry_run, yes, reason, unlock, expect, form)
    return planning.change_members(name, group, wanted_keys(keys, None, None), asked, add=True)


def remove(
    *,
    name: TenantName,
    group: _Group,
    keys: _Keys,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Remove people or groups from a group."""
    from scimtui.cli import planning
    from scimtui.cli.keys import wanted_keys
    from scimtui.cli.writing import Asked

    asked = Asked(dry_run, yes, reason, unlock, expect, form)
    return planning.change_members(name, group, wanted_keys(keys, None, None), asked, add=False)


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


COMMANDS = {"add": add, "remove": remove, "list": list_}
