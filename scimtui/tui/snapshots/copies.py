"""What the screen of copies shows, made in a thread: rows, the bar of each, and who changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from scimtui.ops.drift import drift
from scimtui.ops.uncollected import uncollected
from scimtui.present.moments import exactly
from scimtui.present.snapshot_words import (
    LOOKS,
    MOST_TOLD,
    Numbers,
    bar,
    changed_line,
    number_cells,
    numbers_of,
    short_moment,
    step_cells,
    told_lines,
)
from scimtui.present.wording import age, count_of

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.lines.line_view import Line

NOW = "now"
_WHO = 30


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy, or the cache as it is now, as far as the screen needs it."""

    id: str
    moment: datetime | None
    """None: now."""
    since: datetime | None
    """When the copy before it was taken."""
    cells: tuple[str, ...]
    numbers: Numbers | None
    attributes: str
    people: Sequence[tuple[str, str, str]]
    title: str


@uncollected
def copies_of(session: Session, resource_type: ResourceType) -> list[Copy]:
    """Return the copies, the youngest first. Blocks for the disk.

    Raises:
        CacheError: a copy or the cache cannot be read.
    """
    found = []
    for step in drift(session, resource_type):
        moment = step.snapshot.taken_at if step.snapshot else None
        numbers = numbers_of(step)
        cells = (short_moment(step), age(step.state.synced_at), step_cells(resource_type.name, step)[3])
        title = exactly(step.state.synced_at) if moment else NOW
        told = (changed_line(step), told_lines(step))
        found.append(Copy(moment.isoformat() if moment else NOW, moment, step.since, cells, numbers, *told, title))
    return found[::-1]


def rows_of(copies: Sequence[Copy], cells: int, *, with_age: bool) -> list[tuple[str, ...]]:
    """Return the rows of the table; the bar of the largest is so many cells long."""
    largest = max((one.numbers.total for one in copies if one.numbers), default=0)
    rows = []
    for one in copies:
        taken, age_words, count = one.cells
        about = (taken, age_words, count) if with_age else (taken, count)
        drawn = "".join(text for text, _ in bar(one.numbers, largest, cells))
        rows.append((one.id, "", *about, *number_cells(one.numbers), drawn))
    return rows


def lines_of(copy: Copy) -> list[Line]:
    """Return what changed from the copy before it."""
    numbers = copy.numbers
    if numbers is None or copy.since is None:
        return [
            [(f"The first copy, {copy.title}", "heading")],
            [("What was before it is not known. Enter shows what changed since.", "note")],
        ]
    lines: list[Line] = [[(f"From {exactly(copy.since)} to {copy.title}", "heading")]]
    if not numbers.total:
        return [*lines, [("Nobody is new, gone or different.", "note")]]
    drawn = [(f"{text} ", LOOKS[sign]) for text, sign in bar(numbers, numbers.total, min(numbers.total, 40))]
    lines.append([*drawn, (f" {count_of(numbers.total, 'person or group', 'people or groups')}", "note")])
    if copy.attributes:
        lines.append([("in ", "note"), (copy.attributes, "value")])
    lines.append([])
    for sign, who, what in copy.people:
        lines.append([(f"{sign if who else ' '} ", LOOKS[sign]), (f"{who:<{_WHO}} ", "label"), (what, "value")])
    if max(numbers.new, numbers.changed, numbers.gone) > MOST_TOLD:
        lines.append([(f"The first {MOST_TOLD} of each kind; Enter compares all of them.", "note")])
    return lines
