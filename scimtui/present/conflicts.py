"""Two people's changes to one value, in words: what was seen, what is there now, what was wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scimtui.present.cells import json_text, safe

if TYPE_CHECKING:
    from scimtui.scim.merge import Conflict

MOST_NAMED = 5
"""So many paths are named in one line; the rest is counted."""


def value_words(value: Any) -> str:
    """Return a value as one safe line; "nothing" where there is none."""
    if value is None or value in ("", []):
        return "nothing"
    return json_text(value)


def conflict_line(conflict: Conflict) -> str:
    """Return a conflict as a sentence: for the command line, which cannot ask."""
    seen, now, wanted = (value_words(one) for one in (conflict.base, conflict.theirs, conflict.mine))
    return f"{safe(short_path(conflict.path))}: you saw {seen}, now it is {now}, you want {wanted}."


def kept_line(paths: Sequence[str]) -> str:
    """Return what others changed and nobody touches, "" where that is nothing."""
    if not paths:
        return ""
    more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
    return f"kept what others changed meanwhile: {', '.join(safe(short_path(one)) for one in paths[:MOST_NAMED])}{more}"


def short_path(path: str) -> str:
    """Return an extension path without its URN: people know `department`, not where it is declared."""
    return path.rsplit(":", maxsplit=1)[-1] if path.casefold().startswith("urn:") and "[" not in path else path
