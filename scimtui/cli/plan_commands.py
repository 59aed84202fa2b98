"""`plan`: what makes a tenant like another side. `apply`: carries out a plan file, or goes on with a batch that was stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scimtui.cli.options import (
    ColumnOption,
    DryRunOption,
    ExpectOption,
    FormatOption,
    ReasonOption,
    SyncOption,
    UnlockOption,
    YesOption,
)
from scimtui.present.formats import Format


def apply(
    *,
    plan: Annotated[
        Path | None,
        typer.Argument(metavar="[PLAN.json]", help="Without one: the plans that are left.", show_default=False),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option("--only", metavar="N,N", help="Only the changes with these numbers.", show_default=False),
    ] = None,
    skip: Annotated[
        str | None,
        typer.Option("--skip", metavar="N,N", help="All but the changes with these numbers.", show_default=False),
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
    return applying.apply_plan(plan, Asked(dry_run, yes, reason, unlock, expect, form), only=only, skip=skip)


def plan(
    *,
    left: Annotated[str, typer.Argument(metavar="LEFT", help="A tenant, NAME@MOMENT, or a file.", show_default=False)],
    right: Annotated[str, typer.Argument(metavar="RIGHT", help="The tenant to change.", show_default=False)],
    keys: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY…]", help="Only these, by what pairs them.", show_default=False)
    ] = None,
    types: Annotated[
        list[str] | None,
        typer.Option(
            "--type", metavar="T", help="Resource type; may be repeated.  [User and Group]", show_default=False
        ),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", metavar="P", help="The attribute that pairs resources.", show_default=False)
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="P", help="Leave this alone.", show_default=False)
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="P", help="Only this attribute.", show_default=False)
    ] = None,
    keys_file: Annotated[
        Path | None,
        typer.Option("--keys", metavar="FILE", help="More keys, from CSV or a list; - is stdin.", show_default=False),
    ] = None,
    column: ColumnOption = None,
    deactivate_extra: Annotated[bool, typer.Option("--deactivate-extra", help="Turn off whom only RIGHT has.")] = False,
    delete_extra: Annotated[bool, typer.Option("--delete-extra", help="Delete what only RIGHT has.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="PLAN.json", help="Write the plan.", show_default=False)
    ] = None,
    sync: SyncOption = False,
    form: FormatOption = Format.TABLE,
) -> int:
    """Plan what makes RIGHT like LEFT; nothing is sent. Exit status 0: nothing to do, 1: there is.

    Example: scimtui plan acme acme-stage -o plan.json
    """
    from scimtui.cli import keys as given
    from scimtui.cli.promoting import PlanWish, plan_side
    from scimtui.errors import UsageError
    from scimtui.ops.promote import Extras

    if deactivate_extra and delete_extra:
        raise UsageError("--deactivate-extra and --delete-extra exclude each other", "choose one")
    extras = Extras.DELETE if delete_extra else Extras.DEACTIVATE if deactivate_extra else Extras.KEEP
    chosen = given.wanted_keys(keys or (), keys_file, column) if keys or keys_file or column else ()
    rules = (tuple(ignore or ()), tuple(only or ()))
    return plan_side(left, right, PlanWish(types or (), key, *rules, chosen, extras, output, form, sync))


COMMANDS = {"plan": plan, "apply": apply}
