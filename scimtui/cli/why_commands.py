"""`why`: why a person cannot log in."""

from __future__ import annotations

from typing import Annotated

import typer

from scimtui.cli.options import FormatOption
from scimtui.present.formats import Format


def why(
    *,
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY",
            help="The person: id, userName, externalId, e-mail or name, there or in another tenant.",
            show_default=False,
        ),
    ],
    name: Annotated[
        str, typer.Option("--tenant", metavar="NAME", help="Where they cannot log in.", show_default=False)
    ],
    form: FormatOption = Format.TABLE,
) -> int:
    """Say why a person cannot log in, check by check, each with what mends it. Asks the provider now; reads only.

    Example: scimtui why bjensen --tenant acme
    """
    from scimtui.cli.explaining import explain

    return explain(key, name, form)


COMMANDS = {"why": why}
