"""`presence`: who is in which tenant."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scimtui.cli.options import FormatOption, SyncOption
from scimtui.present.formats import Format


def presence(
    *,
    text: Annotated[str, typer.Argument(metavar="[TEXT]", help="Words of a key or a name.", show_default=False)] = "",
    pattern: Annotated[
        int | None,
        typer.Option("--pattern", metavar="N", min=1, help="The people of this pattern.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="Write a report: ends in .html, .csv or .json.", show_default=False
        ),
    ] = None,
    sync: SyncOption = False,
    form: FormatOption = Format.TABLE,
) -> int:
    """Show who is in which tenant: active, inactive, missing, different or unknown.

    Without words: how many people stand alike. Example: scimtui presence --pattern 2 --format csv
    """
    from scimtui.cli.presence_matrix import show_presence

    return show_presence(text, pattern, sync_now=sync, form=form, output=output)


COMMANDS = {"presence": presence}
