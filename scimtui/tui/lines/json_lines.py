"""JSON as coloured lines. A line gets its colours when it is shown, so a group of 100,000 members opens at once."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from scimtui.present.cells import safe
from scimtui.tui.lines.line_view import LazyLines, Line

LONGEST_LINE = 4000
"""Characters of one line that are shown: a photograph in base64 is a line too."""
_LINE = re.compile(r'^( *)(?:("[^"\\]*(?:\\.[^"\\]*)*")(: ))?(.*?)([\[\]{},]*)$')


def json_lines(value: Any) -> LazyLines:
    """Return a JSON value, indented by two; keys, strings, numbers and true, false, null are told apart by their style."""
    return LazyLines(json_text_lines(value), colour_line)


def json_text_lines(value: Any) -> list[str]:
    """Return the lines of a JSON value, indented by two. They are JSON, not yet made safe to show."""
    try:
        text = orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    except (TypeError, ValueError):  # lone surrogates, integers beyond 64 bits
        text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return text.split("\n")  # splitlines() would also break at U+2028 inside a string


def colour_line(text: str) -> Line:
    """Return one line of indented JSON as styled parts, safe to show."""
    if len(text) > LONGEST_LINE:
        more = f"… {len(text) - LONGEST_LINE:,} more characters"
        return [(safe(text[:LONGEST_LINE]), "string"), (more, "note")]
    found = _LINE.match(text)
    if found is None:
        return [(safe(text), "value")]
    indent, key, colon, value, sign = found.groups()
    line = [(indent, ""), (safe(key or ""), "key"), (colon or "", "sign"), (safe(value), _style(value)), (sign, "sign")]
    return [(part, style) for part, style in line if part]


def _style(value: str) -> str:
    if value.startswith('"'):
        return "string"
    return "literal" if value in ("true", "false", "null") else "number"
