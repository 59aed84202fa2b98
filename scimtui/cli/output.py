"""Data goes to stdout, everything else to stderr. A reader that goes away early is no error."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from scimtui.present.formats import Format


def prepare() -> None:
    """Make both streams able to carry any text: UTF-8 into files and pipes, escapes where a terminal lacks a sign."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def finish() -> None:
    """Flush what was printed, so that a closed pipe is met here and not when Python ends."""
    for stream in (sys.stdout, sys.stderr):
        _quietly(stream, stream.flush)


def emit(lines: Iterable[str]) -> None:
    """Print lines on stdout."""
    for line in lines:
        text = f"{line}\n"
        if not _quietly(sys.stdout, lambda text=text: sys.stdout.write(text)):  # type: ignore[misc]
            return


def note(text: str) -> None:
    """Print one line on stderr, in place of a moving one that stands there."""
    clear = "\r\x1b[K" if sys.stderr.isatty() else ""
    _quietly(sys.stderr, lambda: sys.stderr.write(f"{clear}{text}\n"))


def emit_records(
    records: Sequence[Mapping[str, Any]], form: Format, table: Callable[[], Iterable[str]] | None = None
) -> None:
    """Print objects of one shape; `table` lays out the table for people, else their values stand in one."""
    from scimtui.present.cells import cell
    from scimtui.present.formats import Format, record_lines, table_lines

    if form is not Format.TABLE:
        emit(record_lines(records, form))
    elif table is not None:
        emit(table())
    elif records:
        header = list(records[0])
        rows = ([cell(record[name]) for name in header] for record in records)
        emit(table_lines(header, rows, width()))


def width() -> int | None:
    """Return the width of the terminal on stdout, None where there is none: nothing is cut then."""
    import shutil

    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _quietly(stream: TextIO, act: Callable[[], object]) -> bool:
    """Do something with a stream; where its reader has gone, send the rest nowhere and return False."""
    try:
        act()
    except BrokenPipeError:
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
        return False
    return True
