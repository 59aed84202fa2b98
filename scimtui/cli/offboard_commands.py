"""`offboard`: people through the recipe of each tenant."""

from __future__ import annotations

from typing import Annotated

import typer

from scimtui.cli.options import (
    AllTenantsOption,
    ColumnOption,
    DryRunOption,
    ExpectOption,
    FormatOption,
    FromOption,
    MatchOption,
    PeopleArgument,
    ReasonOption,
    SkipUnmatchedOption,
    TenantsOption,
    UnlockOption,
    YesOption,
)
from scimtui.present.formats import Format


def offboard(
    *,
    keys: PeopleArgument = None,
    tenants: TenantsOption = None,
    all_tenants: AllTenantsOption = False,
    file: FromOption = None,
    column: ColumnOption = None,
    match: MatchOption = False,
    skip_unmatched: SkipUnmatchedOption = False,
    skip: Annotated[
        list[str] | None,
        typer.Option("--skip", metavar="STEP", help="Leave this step out; may be repeated.", show_default=False),
    ] = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Offboard people: the steps of the recipe of each tenant, access first.

    Example: scimtui offboard bjensen --all-tenants --reason "left on Friday"
    """
    from scimtui.cli import offboarding
    from scimtui.cli.active_commands import whom_of
    from scimtui.cli.keys import wanted
    from scimtui.cli.writing import Asked

    whom = whom_of(
        wanted(keys or [], file, column),
        tenants,
        all_tenants=all_tenants,
        match=match,
        skip=skip_unmatched,
        results=None,
    )
    return offboarding.offboard(whom, Asked(dry_run, yes, reason, unlock, expect, form), skip or [])


COMMANDS = {"offboard": offboard}
