"""`list`, `show`, `find`: read from the cache, or live."""

from __future__ import annotations

from typing import Annotated

import typer

from scimtui.cli.options import (
    ColumnsOption,
    DescendingOption,
    FilterOption,
    FormatOption,
    LimitOption,
    LiveOption,
    ResourceKey,
    SortOption,
    SyncOption,
    TenantName,
    TypeName,
)
from scimtui.present.formats import Format


def list_(
    *,
    name: TenantName,
    type_name: Annotated[str, typer.Argument(metavar="[TYPE]", help="User, Group, …")] = "User",
    filter_text: FilterOption = None,
    columns: ColumnsOption = None,
    sort: SortOption = None,
    descending: DescendingOption = False,
    limit: LimitOption = None,
    sync: SyncOption = False,
    live: LiveOption = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the resources of a tenant.

    Example: scimtui list acme --filter 'active eq false' --columns userName,title --sort userName
    """
    from scimtui.cli.reading import Reading, list_resources

    list_resources(name, type_name, Reading(filter_text, columns, sort, descending, limit, sync, live, form))


def show(
    *,
    name: TenantName,
    type_name: TypeName,
    key: ResourceKey,
    sync: SyncOption = False,
    live: LiveOption = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show one resource with all its attributes.

    Example: scimtui show acme User bjensen --live --format json
    """
    from scimtui.cli.reading import Reading, show_resource

    show_resource(name, type_name, key, Reading(sync=sync, live=live, form=form))


def find(
    *,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Words, or a SCIM filter.", show_default=False)],
    sync: SyncOption = False,
    form: FormatOption = Format.TABLE,
) -> int:
    """Find every person that matches, over all tenants.

    Example: scimtui find "ann lee"
    """
    from scimtui.cli.finding import find_people

    return find_people(text, sync_now=sync, form=form)


COMMANDS = {"list": list_, "show": show, "find": find}
