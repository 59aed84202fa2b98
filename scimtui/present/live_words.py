"""What is said of a list that is browsed live: how much is loaded, what is done here, and why there are no rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.present.cells import safe
from scimtui.present.wording import count_of, error_lines

if TYPE_CHECKING:
    from scimtui.errors import ScimtuiError
    from scimtui.ops.live_table import LiveList


def list_parts(live: LiveList | None, type_name: str, state: str) -> list[str]:
    """Return the parts of the top line. `state` is what is going on; "" where nothing is."""
    name = safe(type_name)
    if live is None:
        return ["LIVE", f"{name}s", *([state] if state else [])]
    claimed = live.walk.claimed_total
    of = f" of {claimed:,} claimed" if claimed is not None and claimed != live.loaded else ""
    parts = ["LIVE", f"{name}s {live.loaded:,} loaded{of}"]
    if state:
        parts.append(state)
    elif live.is_over:
        parts.append(
            f"INCOMPLETE: {safe(live.why)}" if live.why else "all that match" if live.wish.is_narrow else "all"
        )
    if live.is_sorted_here:
        parts.append(f"sorted within the {live.loaded:,} loaded")
    if live.why_filtered and live.wish.is_narrow:
        parts.append(f"filtered here: {live.why_filtered}")
    return parts


def found_words(live: LiveList | None, shown: int) -> str:
    """Return what the filter found, "" where there is none. `shown` is the number of rows."""
    if live is None or not live.wish.is_narrow:
        return ""
    if live.why_filtered:
        return f"{count_of(shown, 'match', 'matches')} in the {live.loaded:,} loaded"
    claimed = live.walk.claimed_total
    return f"{live.loaded:,} loaded" if claimed is None else count_of(claimed, "match", "matches")


def no_rows(live: LiveList | None, type_name: str, tenant_name: str, trouble: ScimtuiError | None) -> str:
    """Return one to four lines for a table without rows: what, why, which key helps."""
    name, tenant = safe(type_name), safe(tenant_name)
    if trouble is not None:
        return "\n".join([*error_lines(trouble)[:2], "r tries again."])
    if live is None:
        return f"No {name} of {tenant} is loaded.\nPress r to ask for them."
    if not live.wish.is_narrow:
        return f"{tenant} has no {name}s.\nPress n to create one, r to look again."
    if live.why_filtered and not live.is_over:
        return f"None of the {live.loaded:,} loaded matches.\n^L loads more."
    only = "" if live.wish.active is None else f"Only {'active' if live.wish.active else 'inactive'} {name}s"
    if not live.wish.text:
        return f"{only} were asked for, and there are none.\ni shows the others."
    also = f"\n{only} are looked at; i changes that." if only else ""
    return f"Nothing matches this filter.\nEsc in the filter clears it.{also}"
