"""`diff`: two tenants side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from scimtui.cli.options import FormatOption, SyncOption, TypeOption
from scimtui.present.formats import Format


def diff(
    *,
    left: Annotated[str, typer.Argument(metavar="LEFT", help="A tenant.", show_default=False)],
    right: Annotated[str, typer.Argument(metavar="RIGHT", help="Another tenant.", show_default=False)],
    type_name: TypeOption = "User",
    key: Annotated[
        str | None, typer.Option("--key", metavar="P", help="The attribute that pairs resources.", show_default=False)
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="P", help="Do not compare this; may be repeated.", show_default=False),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="P", help="Compare only this; may be repeated.", show_default=False),
    ] = None,
    sync: SyncOption = False,
    form: FormatOption = Format.TABLE,
) -> int:
    """Compare two tenants attribute by attribute. Exit status 0: the same, 1: there are differences.

    Example: scimtui diff acme acme-stage --ignore meta --format json
    """
    from scimtui.cli.comparing import compare

    return compare(left, right, type_name, (key, tuple(ignore or ()), tuple(only or ())), sync_now=sync, form=form)


COMMANDS = {"diff": diff}
