"""The readable entries of a list whose JSON is broken: cut off, wrongly encoded, or with an entry that nobody can read."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from scimtui.scim.nesting import is_deep

UNREADABLE: Any = None
"""Stands for an entry that is there and cannot be read; no resource is null."""

_LIST = re.compile(rb'"resources"\s*:\s*\[', re.IGNORECASE)
_TOTAL = re.compile(rb'"totalresults"\s*:\s*"?(\d{1,18})', re.IGNORECASE)
_NEXT = re.compile(rb'"nextcursor"\s*:\s*("(?:[^"\\]|\\.)*")', re.IGNORECASE)
_SIGN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
"""A whole string, or a sign that opens, closes or parts; what a cut string leaves behind is no sign."""


def salvaged(body: bytes) -> tuple[dict[str, Any], bool] | None:
    """Return a ListResponse of the entries that can be read, and whether its end is missing; None where nothing can be.

    An entry that is there and cannot be read is kept as `UNREADABLE`, so that it is counted; one that was cut off at the
    end is left out, so that it is asked for again.
    """
    start = _LIST.search(body)
    if start is None:
        return None
    texts, is_cut = _entries(body, start.end())
    entries = [_entry(text) for text in texts]
    if not any(isinstance(entry, dict) for entry in entries):
        return None
    found: dict[str, Any] = {"Resources": entries}
    total, cursor = _TOTAL.search(body), _NEXT.search(body, start.end())
    if total is not None:
        found["totalResults"] = int(total[1])
    if cursor is not None:
        found["nextCursor"] = json.loads(cursor[1].decode("utf-8", "replace"))
    return found, is_cut


def _entries(body: bytes, start: int) -> tuple[list[bytes], bool]:
    """Return the text of each whole entry of the list that begins there, and whether the list has no end."""
    depth, begun = 0, start
    found: list[bytes] = []
    for sign in _SIGN.finditer(body, start):
        match sign[0]:
            case b"{" | b"[":
                depth += 1
            case b"}" | b"]" if depth:
                depth -= 1
            case b"]":
                last = body[begun : sign.start()]
                return [*found, last] if last.strip() else found, False
            case b"," if not depth:
                found.append(body[begun : sign.start()])
                begun = sign.end()
    last = body[begun:].strip()
    return [*found, last] if depth == 0 and last.endswith(b"}") else found, True


def _entry(text: bytes) -> Any:
    for decode in (orjson.loads, _lenient):
        try:
            value = decode(text)
        except (ValueError, RecursionError):
            continue
        return UNREADABLE if is_deep(value) else value
    return UNREADABLE


def _lenient(text: bytes) -> Any:
    """Decode what has bytes that are no UTF-8, or half characters: each becomes a replacement character."""
    value = json.loads(text.decode("utf-8", "replace"), parse_constant=lambda _: None)
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
