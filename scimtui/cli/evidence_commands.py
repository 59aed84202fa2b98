"""`evidence`: what was written, as an auditor wants to have it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def evidence(
    *,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Ends in .html, .csv or .json.", show_default=False)
    ],
    since: Annotated[
        str | None, typer.Option("--since", metavar="D", help="2026-11-01, or 30d for days ago.", show_default=False)
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="D", help="Up to the end of this day.", show_default=False)
    ] = None,
    user: Annotated[
        str, typer.Option("--user", metavar="KEY", help="Only one person or group: name or id.", show_default=False)
    ] = "",
    tenant: Annotated[
        list[str] | None, typer.Option("--tenant", metavar="NAME", help="All of them without.", show_default=False)
    ] = None,
) -> int:
    """Write who changed what, when and why, and how each write ended, into a file that only you may read.

    The journals are verified first; exit status 1 where one was changed, and the file says so at its top.

    Example: scimtui evidence --since 90d --user ann@example.com -o ann.html
    """
    from scimtui.cli import evidence as making

    return making.write_evidence(output, since=since, until=until, user=user, tenants=tenant or [])


COMMANDS = {"evidence": evidence}
