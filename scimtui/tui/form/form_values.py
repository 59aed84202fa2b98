"""Values of a form as text and back: what may be typed for each type, and why something may not."""

from __future__ import annotations

import base64
import binascii
import math
import re
from datetime import datetime
from typing import Any

from scimtui.present.cells import has_hidden, json_text, safe
from scimtui.scim.schema import Attribute, Type

MASK = "••••••••"
_INTEGER = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_DATE_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


def read_text(attribute: Attribute, text: str) -> tuple[Any, str]:
    """Return (value, "") for what was typed, or (None, why it can't be a value). "" is no value."""
    if not text:
        return None, ""
    readers = {
        Type.INTEGER: _integer,
        Type.DECIMAL: _decimal,
        Type.DATE_TIME: _date_time,
        Type.BINARY: _binary,
        Type.REFERENCE: _reference,
        Type.BOOLEAN: _boolean,
    }
    reader = readers.get(attribute.type)
    return reader(text) if reader else (text, "")


def next_boolean(value: Any, *, required: bool) -> bool | None:
    """Return what comes after `value`: true, false, no value, and round again."""
    if value is True:
        return False
    return True if value is None or required else None


def value_text(value: Any) -> str:
    """Return a value as one would type it; lists and objects, which nobody types here, as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json_text(value)


class HiddenCharacters:
    """Text for an editor in which every character can be seen, and the way back.

    A field shows ‹202e› for a bidi override; what is kept holds the character itself, unless the person deleted it.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def shown(self, text: str) -> str:
        """Return `text` safe to show and remember what its pictures stand for."""
        if not has_hidden(text):
            return text
        self._known |= {safe(character): character for character in text if safe(character) != character}
        return safe(text)

    def meant(self, text: str) -> str:
        """Return the text that the person meant."""
        for picture, character in self._known.items():
            text = text.replace(picture, character)
        return text


def _integer(text: str) -> tuple[Any, str]:
    return (int(text), "") if _INTEGER.fullmatch(text) else (None, "a whole number, such as 42")


def _decimal(text: str) -> tuple[Any, str]:
    number = float(text) if _DECIMAL.fullmatch(text) else math.nan
    return (number, "") if math.isfinite(number) else (None, "a number, such as 1.5")


def _date_time(text: str) -> tuple[Any, str]:
    """Read an xsd:dateTime (RFC 7643 section 2.3.5); it stays the text that was typed."""
    reason = "a date and time, such as 2026-01-31T09:30:00Z"
    if not _DATE_TIME.fullmatch(text):
        return None, reason
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return None, f"{reason}; there is no such day or hour"
    return text, ""


def _binary(text: str) -> tuple[Any, str]:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None, "base64"
    return text, ""


def _reference(text: str) -> tuple[Any, str]:
    return (None, "a URI, without blanks") if re.search(r"\s", text) else (text, "")


def _boolean(text: str) -> tuple[Any, str]:
    return (text == "true", "") if text in ("true", "false") else (None, "true or false")
