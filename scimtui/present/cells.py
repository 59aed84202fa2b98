"""Untrusted text made safe to show. Every string of a provider passes `safe` once, where it becomes display text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

_HIDDEN = "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_UNSAFE = re.compile(f"[\x00-\x1f\x7f-\x9f{_HIDDEN}\ud800-\udfff]")
LONGEST_CELL = 500
"""Characters of one value that a table keeps; the detail view shows all."""


def safe(text: str) -> str:
    """Return `text` with nothing in it that acts in a terminal: each such character becomes one that shows itself.

    C0 controls become their pictures (␛), C1 controls, bidi overrides, zero-width and tag characters become `‹hex›`,
    lone surrogates U+FFFD. A joined emoji falls apart on purpose: its zero-width joiner could hide anything.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_picture, text)


def has_hidden(text: str) -> bool:
    """Whether a value holds characters that people would not see; editing it deserves a warning."""
    return _UNSAFE.search(text) is not None


def cell(value: Any) -> str:
    """Return any JSON value as one safe line: "" for unassigned, the primary or first element of a list and `+n`."""
    if value is None:
        return ""
    if isinstance(value, str):
        return safe(value[:LONGEST_CELL])
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return _list_cell(value)
    return _object_cell(value)


def json_text(value: Any) -> str:
    """Return JSON on one line, safe to show."""
    try:
        return safe(orjson.dumps(value, default=str).decode("utf-8", "replace"))
    except TypeError:  # half a character, or a number of more than 64 bits
        return safe(json.dumps(value, default=str, ensure_ascii=False))


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else f"‹{code:04x}›"


def _list_cell(values: list[Any]) -> str:
    if not values:
        return ""
    chosen = next((item for item in values if isinstance(item, Mapping) and item.get("primary") is True), values[0])
    more = f" +{len(values) - 1}" if len(values) > 1 else ""
    return f"{cell(chosen) if not isinstance(chosen, list) else json_text(chosen)}{more}"


def _object_cell(value: Any) -> str:
    if not isinstance(value, Mapping):
        return safe(str(value))
    for name in ("display", "displayName", "formatted", "value"):
        if isinstance(value.get(name), str) and value[name]:
            return cell(value[name])
    parts = [value.get(name) for name in ("givenName", "familyName")]
    if any(parts):
        return " ".join(cell(part) for part in parts if part)
    return json_text(value) if value else ""
