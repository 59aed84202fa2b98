"""JSON without the values that nobody may read: for the request log and the journal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from scimtui.scim.masks import MASK

_SECRET_NAME = re.compile(r"passw(or)?d|secret|token|credential|api_?key", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r'("[^"]{0,60}(?:passw(?:or)?d|secret|token|credential|api_?key)[^"]{0,60}"\s*:\s*)"(?:[^"\\]|\\.)*"?',
    re.IGNORECASE,
)
_WORDS = ("passw", "secret", "token", "credential", "api")


def masked(value: Any) -> Any:
    """Return JSON with every value masked whose name, or whose PATCH path, speaks of a password, secret or token."""
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    path = value.get("path")
    hides_value = isinstance(path, str) and bool(_SECRET_NAME.search(path))
    return {
        name: MASK if item is not None and (_is_secret(name) or (hides_value and name == "value")) else masked(item)
        for name, item in value.items()
    }


def masked_text(text: str) -> str:
    """Return text, JSON or a part of it, with such values masked."""
    folded = text.casefold()
    if not any(word in folded for word in _WORDS):  # most pages: twenty times as fast as the pattern
        return text
    return _SECRET_VALUE.sub(rf'\1"{MASK}"', text)


def _is_secret(name: Any) -> bool:
    return isinstance(name, str) and bool(_SECRET_NAME.search(name))
