"""`apply`: carries out a plan file, or goes on with a batch that was stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scimtui.cli.options import DryRunOption, ExpectOption, FormatOption, ReasonOption, UnlockOption, YesOption
from scimtui.present.formats import Format


def apply(
    *,
    plan: Annotated[
        Path | None,
        typer.Argument(metavar="[PLAN.json]", help="Without one: the plans that are left.", show_default=False),
    ] = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Carry out a plan: first one change, then five, then the rest; or list the plans that are left.

    Each change is planned again against what is there now; what was done already is not done twice.
    """
    from scimtui.cli import applying
    from scimtui.cli.writing import Asked

    if plan is None:
        return applying.list_plans(form)
    return applying.apply_plan(plan, Asked(dry_run, yes, reason, unlock, expect, form))


COMMANDS = {"apply": apply}
