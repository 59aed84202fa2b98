"""What a saved view shows, on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.ops.arrangements import Activity
from scimtui.present.cells import safe
from scimtui.present.wording import count_of

if TYPE_CHECKING:
    from scimtui.ops.arrangements import Arrangement


def view_words(arrangement: Arrangement, *, is_built_in: bool = False) -> str:
    """Return filter, activity, order and number of columns; a built-in view leaves the last two as they are."""
    parts = [safe(arrangement.filter)] if arrangement.filter else []
    if arrangement.activity is not Activity.ALL:
        parts.append(f"{arrangement.activity.value} only")
    if not is_built_in:
        keys = ", ".join(f"{safe(key.path)} {'▼' if key.descending else '▲'}" for key in arrangement.sort)
        parts += [f"by {keys}"] if keys else []
        parts.append(count_of(len(arrangement.columns), "column") if arrangement.columns else "the usual columns")
    return " · ".join(parts) or "no filter"
