"""Earlier copies in words: what changed from one to the next, as cells, as records and as a small chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scimtui.present.cells import safe
from scimtui.present.changes import short_path
from scimtui.present.comparison import attribute_counts, shown
from scimtui.present.wording import age

if TYPE_CHECKING:
    from scimtui.ops.drift import Step

NEW, CHANGED, GONE, UNKNOWN = "+", "≠", "−", "?"
LOOKS = {NEW: "good", CHANGED: "changed", GONE: "bad", UNKNOWN: "note"}
HEADER = ("type", "taken", "age", "count", "new", "changed", "gone")
MOST_TOLD = 300
"""People of one copy who are named on the screen; the comparison has all of them."""
_HEIGHTS = "▁▂▃▄▅▆▇█"
NOW = "now"


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many differ from the copy before."""

    new: int
    changed: int
    gone: int
    is_proven: bool = True
    """Whether who is not there any more is gone: not while the cache is not complete."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.new + self.changed + self.gone


def copy_name(tenant: str, moment: datetime) -> str:
    """Return a copy as commands take it: `acme@2026-11-20T14:02:11Z`."""
    return f"{tenant}@{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def numbers_of(step: Step) -> Numbers | None:
    """Return how many changed, None for the first copy: nobody knows what was before it."""
    found = step.found
    if found is None:
        return None
    return Numbers(len(found.only_right), len(found.different), len(found.only_left), step.state.complete)


def taken(step: Step) -> str:
    """Return when it was, in the zone of the machine: `Fri 2026-11-20 14:02`."""
    return f"{step.state.synced_at.astimezone():%a %Y-%m-%d %H:%M}"


def short_moment(step: Step) -> str:
    """Return the same in fewer cells, without the year where it is this one; `now` for the cache."""
    when = step.state.synced_at.astimezone()
    if step.snapshot is None:
        return NOW
    return f"{when:%a %d %b %H:%M}" if when.year == datetime.now(UTC).year else f"{when:%Y-%m-%d %H:%M}"


def step_cells(type_name: str, step: Step) -> tuple[str, ...]:
    """Return the cells below `HEADER`."""
    numbers = numbers_of(step)
    ago = age(step.state.synced_at)
    when = ago if step.snapshot else f"{NOW}, synced {ago}"
    return (safe(type_name), taken(step), when, f"{_count(step):,}", *number_cells(numbers))


def number_cells(numbers: Numbers | None) -> tuple[str, str, str]:
    """Return new, changed and gone, each with its sign; nothing for none."""
    if numbers is None:
        return "first", "", ""
    gone = GONE if numbers.is_proven else UNKNOWN
    signed = ((NEW, numbers.new), (CHANGED, numbers.changed), (gone, numbers.gone))
    new, changed, lost = (f"{sign}{number:,}" if number else "·" for sign, number in signed)
    return new, changed, lost


def _count(step: Step) -> int:
    found = step.found
    if step.snapshot is not None or found is None:
        return step.state.count
    return found.same + len(found.different) + len(found.only_right)


def step_record(tenant: str, type_name: str, step: Step) -> dict[str, Any]:
    """Return a copy as JSON; `copy` is null for the cache as it is now, `gone` where it is not complete."""
    numbers = numbers_of(step)
    return {
        "tenant": tenant,
        "type": type_name,
        "copy": copy_name(tenant, step.snapshot.taken_at) if step.snapshot else None,
        "taken_at": step.state.synced_at.astimezone(UTC).isoformat(),
        "complete": step.state.complete,
        "count": _count(step),
        "since": step.since.astimezone(UTC).isoformat() if step.since else None,
        "new": numbers.new if numbers else None,
        "changed": numbers.changed if numbers else None,
        "gone": numbers.gone if numbers and numbers.is_proven else None,
    }


# ---------------------------------------------------------------- charts


def bar(numbers: Numbers | None, largest: int, cells: int) -> list[tuple[str, str]]:
    """Return a bar made of the signs of what changed, as `(signs, sign)`; `cells` long for the largest of all."""
    if numbers is None or not numbers.total:
        return []
    gone = GONE if numbers.is_proven else UNKNOWN
    kinds = [(NEW, numbers.new), (CHANGED, numbers.changed), (gone, numbers.gone)]
    share = cells / max(largest, 1)
    return [(sign * max(1, round(number * share)), sign) for sign, number in kinds if number]


def sparkline(numbers: Sequence[Numbers | None]) -> str:
    """Return one letter for each copy but the first, as high as what changed."""
    totals = [one.total for one in numbers if one is not None]
    largest = max(totals, default=0)
    return "".join(" " if not total else _HEIGHTS[(total * (len(_HEIGHTS) - 1)) // largest] for total in totals)


def chart_lines(steps: Sequence[Step], width: int) -> list[str]:
    """Return a line for each copy, the youngest last: when, how many there are, and a bar."""
    numbers = [numbers_of(step) for step in steps]
    largest = max((one.total for one in numbers if one), default=0)
    counted = [f"{_count(step):,}" for step in steps]
    wide = max(map(len, counted), default=0)
    room = max(width - len("Fri 2026-11-20 14:02") - wide - 14, 10)
    lines = []
    for step, one, count in zip(steps, numbers, counted, strict=True):
        drawn = "".join(signs for signs, _ in bar(one, largest, room))
        total = "first copy" if one is None else f"{drawn} {one.total:,}" if one.total else "·"
        lines.append(f"{taken(step)}  {count:>{wide}}  {total}")
    return lines


LEGEND = f"{NEW} new  {CHANGED} changed  {GONE} gone"


# ---------------------------------------------------------------- who changed


def told_lines(step: Step) -> list[tuple[str, str, str]]:
    """Return who changed since the copy before, as `(sign, who, what)`, and how many more there are; safe texts."""
    found = step.found
    if found is None:
        return []
    gone = GONE if step.state.complete else UNKNOWN
    lines = [(NEW, safe(one.key), "new") for one in found.only_right[:MOST_TOLD]]
    doubt = "gone" if step.state.complete else "not seen; the cache is not complete"
    lines += [(gone, safe(one.key), doubt) for one in found.only_left[:MOST_TOLD]]
    for one in found.different[:MOST_TOLD]:
        for place, change in enumerate(one.changes):
            values = (shown(change.left, change.left_absence), shown(change.right, change.right_absence))
            what = f"{safe(short_path(change.path))}: {' → '.join(values)}"
            lines.append((CHANGED, safe(one.key) if not place else "", what))
    return lines


def changed_line(step: Step) -> str:
    """Return in which attributes, the most frequent first: `title 12 · active 2`."""
    numbers = attribute_counts(step.found) if step.found else {}
    return " · ".join(f"{name} {number:,}" for name, number in numbers.items())
