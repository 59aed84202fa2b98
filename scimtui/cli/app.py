"""All commands under one name, and how each of them ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import typer

from scimtui import __version__
from scimtui.cli import (
    active_commands,
    check_commands,
    config_commands,
    console_commands,
    diff_commands,
    evidence_commands,
    export_commands,
    import_commands,
    journal_commands,
    member_commands,
    offboard_commands,
    plan_commands,
    presence_commands,
    read_commands,
    reconcile_commands,
    retry_commands,
    snapshot_commands,
    sync_commands,
    tenant_commands,
    undo_commands,
    why_commands,
    write_commands,
)
from scimtui.cli.console import open_console
from scimtui.cli.failures import ended

EPILOG = (
    "Exit status: 0 done, 1 differences found or some objects failed, 2 wrong usage or config, 3 the provider refused, "
    "4 no usable answer, 5 a guard stopped it, 6 outcome unknown, 130 cancelled."
)

Command = Callable[..., int | None]


def _group(help_text: str, commands: dict[str, Command]) -> typer.Typer:
    group = typer.Typer(help=help_text, no_args_is_help=True, rich_markup_mode=None)
    for name, command in commands.items():
        group.command(name)(_ending(command))
    return group


def _ending(command: Command) -> Command:
    """Make what a command returns its exit status, also with versions of Typer that drop it."""

    @wraps(command)
    def ended(*arguments: Any, **options: Any) -> int | None:
        status = command(*arguments, **options)
        if status:
            raise typer.Exit(status)
        return None

    return ended


def _version(wanted: bool) -> None:  # noqa: FBT001, typer's signature
    if wanted:
        sys.stdout.write(f"scimtui {__version__}\n")
        raise typer.Exit


def _root(
    context: typer.Context,
    *,
    version: bool = typer.Option(  # noqa: ARG001, answered by its callback
        False, "--version", callback=_version, is_eager=True, help="Show the version and exit."
    ),
) -> None:
    """Administer accounts in any application that speaks SCIM 2.0. Without a command: the console."""
    if context.invoked_subcommand is None:
        open_console()


def build() -> typer.Typer:
    """Return the whole tree of commands. Their bodies import what they need when they run."""
    app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=True)
    app.callback(invoke_without_command=True, epilog=EPILOG)(_root)
    for family in (
        console_commands,
        sync_commands,
        read_commands,
        export_commands,
        import_commands,
        evidence_commands,
        diff_commands,
        presence_commands,
        reconcile_commands,
        write_commands,
        active_commands,
        offboard_commands,
        plan_commands,
        retry_commands,
        undo_commands,
        check_commands,
        why_commands,
    ):
        for name, command in family.COMMANDS.items():
            app.command(name)(_ending(command))
    for name, group in (
        ("tenant", tenant_commands),
        ("member", member_commands),
        ("journal", journal_commands),
        ("snapshot", snapshot_commands),
        ("config", config_commands),
    ):
        app.add_typer(_group(group.HELP, group.COMMANDS), name=name)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit status. Whatever goes wrong ends in one line on stderr."""

    def command() -> int:
        try:
            status = typer.main.get_command(build())(list(arguments), prog_name="scimtui", standalone_mode=False)
        except typer.Abort as error:
            raise KeyboardInterrupt from error
        return status if isinstance(status, int) else 0

    return ended(command)
