"""`create`, `edit`, `delete`: one resource of one tenant."""

from __future__ import annotations

from typing import Annotated

import typer

from scimtui.cli.options import (
    DryRunOption,
    ExpectOption,
    FormatOption,
    ReasonOption,
    ResourceKey,
    TenantName,
    TypeName,
    UnlockOption,
    YesOption,
)
from scimtui.present.formats import Format

_SET = typer.Option("--set", metavar="P=V", help="Set an attribute; V is JSON, else text.", show_default=False)


def create(
    *,
    name: TenantName,
    type_name: TypeName,
    sets: Annotated[list[str] | None, _SET] = None,
    file: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="JSON, or one object a line; - is stdin.", show_default=False),
    ] = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Create a resource.

    Example: scimtui create acme User --set userName=bjensen --set name.givenName=Barbara
    """
    from scimtui.cli import planning
    from scimtui.cli.writing import Asked

    return planning.create(name, type_name, sets or [], file, Asked(dry_run, yes, reason, unlock, expect, form))


def edit(
    *,
    name: TenantName,
    type_name: TypeName,
    key: ResourceKey,
    sets: Annotated[list[str] | None, _SET] = None,
    adds: Annotated[
        list[str] | None, typer.Option("--add", metavar="P=V", help="Add a value to a list.", show_default=False)
    ] = None,
    removes: Annotated[
        list[str] | None, typer.Option("--remove", metavar="P", help="Remove what a path names.", show_default=False)
    ] = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Change attributes of one resource.

    Example: scimtui edit acme User bjensen --set title=Manager --remove 'emails[type eq "home"]'
    """
    from scimtui.cli import planning
    from scimtui.cli.writing import Asked

    assignments = (sets or [], adds or [], removes or [])
    return planning.edit(name, type_name, key, assignments, Asked(dry_run, yes, reason, unlock, expect, form))


def delete(
    *,
    name: TenantName,
    type_name: TypeName,
    key: ResourceKey,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Delete one resource; deactivating it is usually better."""
    from scimtui.cli import planning
    from scimtui.cli.writing import Asked

    return planning.delete(name, type_name, key, Asked(dry_run, yes, reason, unlock, expect, form))


COMMANDS = {"create": create, "edit": edit, "delete": delete}
