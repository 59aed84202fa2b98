"""`reconcile`: a source of people against a tenant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scimtui.cli.options import FormatOption, SyncOption
from scimtui.present.formats import Format

_Source = Annotated[
    str,
    typer.Option(
        "--source", metavar="FILE.csv|NAME", help="Who should be there: a file, or a tenant.", show_default=False
    ),
]
_Target = Annotated[str, typer.Option("--target", metavar="NAME", help="The tenant looked at.", show_default=False)]
_Key = Annotated[
    str | None, typer.Option("--key", metavar="P", help="The attribute that pairs people.", show_default=False)
]
_Column = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="WHAT=TITLE", help="What a column holds: status=State.", show_default=False),
]
_Status = Annotated[
    list[str] | None,
    typer.Option("--status", metavar="WORD=active|inactive", help="What a word means.", show_default=False),
]
_Allow = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="FILE|FILTER", help="Accounts that nothing is said of.", show_default=False),
]
_DormantAfter = Annotated[
    str | None,
    typer.Option("--dormant-after", metavar="90d", help="Find who was not seen for so long.", show_default=False),
]
_LastLogin = Annotated[
    str, typer.Option("--last-login", metavar="P", help="The attribute of the last login.", show_default=False)
]
_Plan = Annotated[
    Path | None,
    typer.Option("--plan", metavar="PLAN.json", help="Write what deactivates them.", show_default=False),
]
_Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Write a report: ends in .html, .csv or .json.", show_default=False
    ),
]


def reconcile(
    *,
    source: _Source,
    target: _Target,
    key: _Key = None,
    column: _Column = None,
    status: _Status = None,
    allow: _Allow = None,
    dormant_after: _DormantAfter = None,
    last_login: _LastLogin = "",
    plan: _Plan = None,
    output: _Output = None,
    sync: SyncOption = False,
    form: FormatOption = Format.TABLE,
) -> int:
    """Find who has an account and should have none, and who has none and should. Nothing is written to a tenant.

    Orphans, leavers, missing ones, duplicates and dormant accounts. Exit status 0: nothing found, 1: something was.
    Example: scimtui reconcile --source hr.csv --target acme --plan leavers.json
    """
    from scimtui.cli.reconciling import Wanted, reconcile_tenant

    told = (tuple(column or ()), tuple(status or ()), tuple(allow or ()))
    return reconcile_tenant(
        Wanted(source, target, key, *told, dormant_after, last_login), plan, sync_now=sync, form=form, output=output
    )


COMMANDS = {"reconcile": reconcile}
