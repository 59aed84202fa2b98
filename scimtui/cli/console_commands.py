"""`demo` and `doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from scimtui.cli.console import need_screen
from scimtui.cli.options import FormatOption
from scimtui.present.formats import Format


def demo(
    *,
    users: Annotated[int, typer.Option("--users", metavar="N", help="People in each tenant.")] = 500,
    tenants: Annotated[int, typer.Option("--tenants", metavar="K", help="How many tenants.")] = 2,
    serve_only: Annotated[
        bool, typer.Option("--serve-only", help="No console: print names, URLs and tokens as JSON lines, and serve.")
    ] = False,
) -> None:
    """Open the console on made-up tenants, served on this machine until you quit. Your config is not touched."""
    if not serve_only:
        need_screen()
    from scimtui.cli.demonstrating import serve, show

    (serve if serve_only else show)(users, tenants)


def doctor(*, form: FormatOption = Format.TABLE) -> int:
    """Check keyring, folders, terminal, versions and each tenant, and say what to do. Exit status 1 if anything fails."""
    from scimtui.cli.examining import examine

    return examine(form)


COMMANDS = {"demo": demo, "doctor": doctor}
