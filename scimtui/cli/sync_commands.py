"""`sync`: bring the cache to what the provider has."""

from __future__ import annotations

from typing import Annotated

import typer

from scimtui.cli.options import FormatOption
from scimtui.present.formats import Format


def sync(
    *,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME…]", help="Tenants; all of them without.", show_default=False)
    ] = None,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="T", help="Only this resource type; may be repeated.", show_default=False),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Everything, discovery included.")] = False,
    accept_drop: Annotated[
        bool, typer.Option("--accept-drop", help="Believe it where more than a fifth of a tenant has vanished.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> int:
    """Fetch what tenants have into the cache; an incomplete answer never replaces a complete copy.

    Example: scimtui sync acme --type User
    """
    from scimtui.cli.syncing import sync_tenants

    return sync_tenants(names or [], types or [], full=full, accept_drop=accept_drop, form=form)


COMMANDS = {"sync": sync}
