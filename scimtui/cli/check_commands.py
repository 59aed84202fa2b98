"""`check`: what a provider really does."""

from __future__ import annotations

from typing import Annotated

import typer

from scimtui.cli.options import FormatOption, TenantName
from scimtui.present.formats import Format


def check(
    *,
    name: TenantName,
    write: Annotated[
        bool,
        typer.Option("--write", help="Also try each form of PATCH on one made-up user, which is deleted afterwards."),
    ] = False,
    form: FormatOption = Format.TABLE,
) -> int:
    """Ask a provider what it really does, and keep what steers scimtui. Reads only, unless --write is given.

    Example: scimtui check acme
    """
    from scimtui.cli.checking import check_tenant

    return check_tenant(name, write=write, form=form)


COMMANDS = {"check": check}
