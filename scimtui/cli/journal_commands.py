"""`journal`: what was written to tenants, and the proof that it was not changed since."""

from __future__ import annotations

from typing import Annotated

import typer

from scimtui.cli.options import FormatOption
from scimtui.present.formats import Format

HELP = "What was written, by whom, and how it ended."

_Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME…]", help="Tenants; all of them without.", show_default=False)
]


def list_(
    *,
    names: _Names = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="Only the last N.", show_default=False)
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """List the writes, the oldest first."""
    from scimtui.cli import journals

    journals.list_writes(names or [], limit, form)


def show(
    *,
    entry: Annotated[str, typer.Argument(metavar="ENTRY", help="Such as acme-12.", show_default=False)],
) -> None:
    """Show one write: what was intended and what became of it, as JSON."""
    from scimtui.cli import journals

    journals.show(entry)


def verify(*, names: _Names = None) -> int:
    """Check that no line was changed, moved or removed. Exit status 1 where one was."""
    from scimtui.cli import journals

    return journals.verify(names or [])


def look_up(*, names: _Names = None, form: FormatOption = Format.TABLE) -> int:
    """Look at the provider what became of interrupted writes, and put it down. Nothing is sent again.

    Exit status 6 where nobody can tell even so.
    """
    from scimtui.cli import journals

    return journals.look_up_all(names or [], form)


COMMANDS = {"list": list_, "show": show, "verify": verify, "look-up": look_up}
