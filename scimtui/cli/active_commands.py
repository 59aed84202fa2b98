"""`deactivate`, `activate`: people in one tenant, in several or in all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scimtui.cli.options import (
    AllTenantsOption,
    ColumnOption,
    DryRunOption,
    ExpectOption,
    FormatOption,
    FromOption,
    MatchOption,
    PeopleArgument,
    ReasonOption,
    ResultsOption,
    SkipUnmatchedOption,
    TenantsOption,
    UnlockOption,
    YesOption,
)
from scimtui.present.formats import Format

if TYPE_CHECKING:
    from scimtui.cli.keys import Wanted
    from scimtui.cli.selecting import Whom


def deactivate(
    *,
    keys: PeopleArgument = None,
    tenants: TenantsOption = None,
    all_tenants: AllTenantsOption = False,
    file: FromOption = None,
    column: ColumnOption = None,
    match: MatchOption = False,
    skip_unmatched: SkipUnmatchedOption = False,
    results: ResultsOption = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Deactivate people.

    Example: scimtui deactivate bjensen --all-tenants --reason "left on Friday"
    """
    from scimtui.cli.activating import set_active
    from scimtui.cli.keys import wanted
    from scimtui.cli.writing import Asked

    whom = whom_of(
        wanted(keys or [], file, column),
        tenants,
        all_tenants=all_tenants,
        match=match,
        skip=skip_unmatched,
        results=results,
    )
    return set_active(whom, Asked(dry_run, yes, reason, unlock, expect, form), active=False)


def activate(
    *,
    keys: PeopleArgument = None,
    tenants: TenantsOption = None,
    all_tenants: AllTenantsOption = False,
    file: FromOption = None,
    column: ColumnOption = None,
    match: MatchOption = False,
    skip_unmatched: SkipUnmatchedOption = False,
    results: ResultsOption = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    reason: ReasonOption = "",
    unlock: UnlockOption = False,
    expect: ExpectOption = None,
    form: FormatOption = Format.TABLE,
) -> int:
    """Activate people again."""
    from scimtui.cli.activating import set_active
    from scimtui.cli.keys import wanted
    from scimtui.cli.writing import Asked

    whom = whom_of(
        wanted(keys or [], file, column),
        tenants,
        all_tenants=all_tenants,
        match=match,
        skip=skip_unmatched,
        results=results,
    )
    return set_active(whom, Asked(dry_run, yes, reason, unlock, expect, form), active=True)


def whom_of(
    wanted: Wanted,
    tenants: Sequence[str] | None,
    *,
    all_tenants: bool,
    match: bool,
    skip: bool,
    results: Path | None,
) -> Whom:
    """Return whom the options mean.

    Raises:
        UsageError: it is not clear where.
    """
    from scimtui.cli.selecting import Whom
    from scimtui.errors import UsageError

    if all_tenants == bool(tenants):
        raise UsageError("it is not clear where", "give --tenant NAME, or --all-tenants, not both")
    return Whom(wanted, tuple(tenants or ()), skip, match, results)


COMMANDS = {"deactivate": deactivate, "activate": activate}
