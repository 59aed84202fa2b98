"""What commands print: tables for people; JSON, JSON lines and CSV for programs.

JSON keeps every value as the provider sent it. Characters that act in a terminal are written as escapes, which is the
same value to any program that reads JSON.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain
from typing import Any

import orjson

from scimtui.present.cells import safe

_RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet takes the wide forms, and what stands after a line break, for the same."""
_ACTS = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_GAP = "  "
_NARROWEST = 6
_WIDEST = 60


class Format(StrEnum):
    """How a command prints."""

    TABLE = "table"
    """For people; may change."""
    JSON = "json"
    JSONL = "jsonl"
    """One JSON object a line."""
    CSV = "csv"


# ---------------------------------------------------------------- JSON


def json_line(value: Any) -> str:
    """Return JSON on one line."""
    try:
        text = orjson.dumps(value).decode()
    except TypeError:  # a lone surrogate or a number beyond 64 bits: rare, and allowed in JSON
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _escaped(text)


def json_document(value: Any) -> str:
    """Return JSON for reading: indented, keys in their order."""
    return _escaped(json.dumps(value, ensure_ascii=False, indent=2))


def json_array(values: Iterable[Any]) -> Iterator[str]:
    """Yield the lines of one JSON array, an element a line, without holding all of them."""
    line = "["
    is_first = True
    for value in values:
        yield line if is_first else f"{line},"
        line, is_first = f" {json_line(value)}", False
    yield from ["[]"] if is_first else [line, "]"]


def _escaped(text: str) -> str:
    return text if text.isascii() and "\x7f" not in text else _ACTS.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1] if match[0] != "\x7f" else "\\u007f"


# ---------------------------------------------------------------- CSV


class Delimiter(StrEnum):
    """What stands between two cells."""

    COMMA = ","
    SEMICOLON = ";"
    TAB = "\t"


def csv_lines(
    header: Sequence[str], rows: Iterable[Sequence[Any]], delimiter: Delimiter = Delimiter.COMMA
) -> Iterator[str]:
    """Yield CSV (RFC 4180, but with LF), the header first. Cells are `csv_cell` of their values."""
    yield from _written(([csv_cell(value) for value in cells] for cells in chain([header], rows)), delimiter)


def pasted_rows(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as a spreadsheet takes them from the clipboard: the exact values, formulas defused."""
    return "\n".join(_written(([defused(value) for value in cells] for cells in rows), Delimiter.TAB))


def _written(rows: Iterable[list[str]], delimiter: Delimiter) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    for cells in rows:
        writer.writerow(cells)
        yield buffer.getvalue().removesuffix("\n")
        buffer.seek(0)
        buffer.truncate()


def csv_cell(value: Any) -> str:
    """Return a value as the text of a CSV cell; several values are joined by "; ", objects are JSON.

    Text that a spreadsheet would run as a formula, because it starts with = + - @ or a tab, gets an apostrophe before
    it, telephone numbers such as +49 30 123 too. Characters that act or hide are made visible as in tables, but for
    line breaks. JSON keeps all of them as they are.
    """
    return "\n".join(safe(line) for line in defused(value).split("\n"))


def plain_text(value: Any) -> str:
    """Return a value exactly as text, "" for none; several values are joined by "; ", objects are JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return "; ".join(item if isinstance(item, str) else json_line(item) for item in value)
    return json_line(value) if isinstance(value, Mapping) else str(value)


def defused(value: Any) -> str:
    """Return a value as text, with an apostrophe before it where a spreadsheet would run it."""
    text = plain_text(value)
    runs = not isinstance(value, int | float) and text.startswith(_RUNS_IN_A_SPREADSHEET)
    return f"'{text}" if runs else text


# ---------------------------------------------------------------- records: objects of one shape


def record_lines(records: Sequence[Mapping[str, Any]], form: Format) -> Iterator[str]:
    """Yield objects that all have the same keys in a format for programs.

    Raises:
        ValueError: a table is no format for programs.
    """
    if form is Format.JSON:
        yield from json_array(records)
    elif form is Format.JSONL:
        yield from map(json_line, records)
    elif form is Format.CSV:
        header = list(records[0]) if records else []
        yield from csv_lines(header, ([record.get(name) for name in header] for record in records)) if header else ()
    else:
        raise ValueError("a table is laid out by `table_lines`")


# ---------------------------------------------------------------- tables


def table_lines(header: Sequence[str], rows: Iterable[Sequence[str]], width: int | None = None) -> Iterator[str]:
    """Yield a table of safe texts. `width` is that of the terminal; None cuts nothing."""
    body = [tuple(row) for row in rows]
    widths = [max([cells_of(title), *(cells_of(row[place]) for row in body)]) for place, title in enumerate(header)]
    if width is not None:
        _shrink(widths, width)
    for row in (tuple(header), *body):
        yield _GAP.join(_fit(text, cells) for text, cells in zip(row, widths, strict=True)).rstrip()


def cells_of(text: str) -> int:
    """Return how many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_cells_of_letter, text))


def _cells_of_letter(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1


def _shrink(widths: list[int], width: int) -> None:
    """Take cells from the widest columns until the table fits, or nothing more can be taken."""
    widths[:] = [min(cells, max(_WIDEST, width // 2)) for cells in widths]
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - width
    while excess > 0 and max(widths, default=0) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
        excess -= 1


def _fit(text: str, cells: int) -> str:
    taken = cells_of(text)
    if taken <= cells:
        return text + " " * (cells - taken)
    kept, used = [], 0
    for letter in text:
        used += _cells_of_letter(letter)
        if used > cells - 1:
            break
        kept.append(letter)
    shown = "".join(kept)
    return f"{shown}…" + " " * (cells - 1 - cells_of(shown))
