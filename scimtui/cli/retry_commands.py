"""`retry`: carries out what waits for tenants that did not answer."""

from __future__ import annotations

from typing import Annotated

import typer

from scimtui.cli.options import DryRunOption, ExpectOption, FormatOption, ReasonOption, UnlockOption, YesOption
from scimtui.present.formats import Format


def retry(
    *,
    tenants: Annotated[
        list[str] | None,
        typer.Option("--tenant", metavar="NAME", help="For this tenant only; may be repeated.", show_default=False),
    ] = None,
    only_list: Annotated[bool, typer.Option("--list", help="List what waits, and send nothing.")] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Carry out what waits for tenants that did not answer. Each resource is read again first.

    What was sent without an answer is looked up, and never sent blindly.
    """
    from scimtui.cli import retrying
    from scimtui.cli.writing import Asked

    if only_list:
        return retrying.list_waiting(tenants or [], form)
    return retrying.retry(tenants or [], Asked(dry_run, yes, reason, unlock, expect, form))


COMMANDS = {"retry": retry}
