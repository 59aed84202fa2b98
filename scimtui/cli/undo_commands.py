"""`undo`: takes back what was written."""

from __future__ import annotations

from typing import Annotated

import typer

from scimtui.cli.options import DryRunOption, ExpectOption, FormatOption, ReasonOption, UnlockOption, YesOption
from scimtui.present.formats import Format


def undo(
    *,
    entries: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ENTRY…]", help="Writes, such as acme-12; see journal list.", show_default=False),
    ] = None,
    batch: Annotated[
        str | None, typer.Option("--batch", metavar="ID", help="All that a batch wrote.", show_default=False)
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="WHEN", help="All since 14:05, or 2026-11-24T14:05.", show_default=False),
    ] = None,
    tenants: Annotated[
        list[str] | None,
        typer.Option("--tenant", metavar="NAME", help="In this tenant only; may be repeated.", show_default=False),
    ] = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Take writes back, from what the journal says was there before. What was changed since is left alone and listed.

    Example: scimtui undo acme-12
    """
    from scimtui.cli import undoing
    from scimtui.cli.writing import Asked

    wanted = undoing.Wanted(entries or [], batch, since, tenants or [])
    return undoing.undo(wanted, Asked(dry_run, yes, reason, unlock, expect, form))


COMMANDS = {"undo": undo}
