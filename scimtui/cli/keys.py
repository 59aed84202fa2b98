"""Whom a command is about: keys from the command line and from a CSV file, all checked before anything is done."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from scimtui.errors import UsageError

_WILD = frozenset({"?", "%", "_"})
"""Alone they stand for anything somewhere; inside a key they may be part of an id. A * never is."""


def wanted_keys(given: Sequence[str], file: Path | None, column: str | None) -> list[str]:
    """Return all keys in their order.

    Raises:
        UsageError: there are none, or one is empty, a wildcard or named twice: that ends it for all of them.
    """
    keys = list(given)
    places = ["the arguments"] * len(keys)
    if file is not None:
        for number, key in _column(file, column):
            keys.append(key)
            places.append(f"{file}, line {number}")
    elif column is not None:
        raise UsageError("--column names a column of no file", "give --from FILE.csv too")
    if not keys:
        raise UsageError("nobody is named", "give one or more keys, or --from FILE.csv")
    seen: dict[str, str] = {}
    for place, key in zip(places, keys, strict=True):
        folded = unicodedata.normalize("NFC", key).casefold()
        if not folded.strip():
            raise UsageError(f"{place}: a key is empty", "nothing was done; mend it")
        if "*" in key or key in _WILD:
            raise UsageError(f"{place}: {key} looks like a wildcard", "nothing was done; name each one")
        if folded in seen:
            raise UsageError(f"{place}: {key} is named twice, first in {seen[folded]}", "nothing was done; mend it")
        seen[folded] = place
    return keys


def _column(file: Path, column: str | None) -> list[tuple[int, str]]:
    """Return line number and value of one column; an empty line is left out."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as source:
            first = source.readline()
            source.seek(0)
            delimiter = max(",;\t", key=first.count)
            reader = csv.reader(source, delimiter=delimiter)
            header = [name.strip() for name in next(reader, [])]
            place = _place(file, header, column)
            rows = [(reader.line_num, row) for row in reader if row]
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text", "save it as UTF-8") from error
    except csv.Error as error:
        raise UsageError(f"{file} is no CSV: {error}", "nothing was done; mend it") from error
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", "check the path") from error
    return [(number, row[place].strip() if place < len(row) else "") for number, row in rows]


def _place(file: Path, header: Sequence[str], column: str | None) -> int:
    if column is None and len(header) == 1:
        return 0
    if not header:
        raise UsageError(f"{file} is empty", "its first line must be a header")
    folded = [name.casefold() for name in header]
    if column is None or folded.count(column.casefold()) != 1:
        problem = "has several columns" if column is None else f"has no single column {column}"
        names = ", ".join(name for name in header if name)
        raise UsageError(f"{file} {problem}", f"name one with --column: {names}")
    return folded.index(column.casefold())
