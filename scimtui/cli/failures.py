"""What a command says when it fails: one line, what to do next, and never a traceback."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path

from scimtui.cli.output import finish, note, prepare
from scimtui.errors import ScimtuiError

BUG = 70
"""Exit status of a bug of ours; EX_SOFTWARE of sysexits.h."""
MISUSE = 2
CANCELLED = 130


def ended(command: Callable[[], int]) -> int:
    """Run a command and return its exit status. Whatever goes wrong ends in one line on stderr."""
    prepare()
    try:
        status = command()
    except ScimtuiError as error:
        return tell(error)
    except KeyboardInterrupt:
        status = CANCELLED
    except Exception as error:  # noqa: BLE001, a bug is reported without the values that it met
        return tell_misuse(error) or tell_bug(error)
    finally:
        finish()
    if status == CANCELLED:
        note("scimtui: cancelled")
    return status


def tell(error: ScimtuiError) -> int:
    """Say what went wrong and return the exit status."""
    from scimtui.present.cells import safe
    from scimtui.present.wording import error_lines

    note(f"scimtui: {safe(error.message)}")
    for line in error_lines(error)[1:]:
        note(line)
    return error.exit_status


def tell_misuse(error: Exception) -> int:
    """Say what is wrong with the arguments and return 2; return 0 where that is not what went wrong.

    Typer moved these errors from click into itself, so they are told by what they can do, not by their class.
    """
    words = getattr(error, "format_message", None)
    if words is None:
        return 0
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        note(str(words()).rstrip())
        return MISUSE
    from scimtui.present.cells import safe

    note(f"scimtui: {safe(str(words()).replace(chr(10), ' '))}")
    if context is not None:
        note(f"Try '{context.command_path} --help'.")
    return MISUSE


def tell_bug(error: Exception) -> int:
    """Write a report that holds no values, which may be tokens, and say where it is."""
    frames = traceback.format_tb(error.__traceback__, limit=30)
    place = _write_report([f"{type(error).__name__}\n", *frames])
    where = f"the report, without any values, is in {place}" if place else "no report could be written"
    note(f"scimtui: a bug, {type(error).__name__}: {where}")
    return BUG


def _write_report(lines: list[str]) -> Path | None:
    from scimtui.config import home_path

    path = home_path() / "crash.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.writelines(lines)
    except OSError:
        return None
    return path
