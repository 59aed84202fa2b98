"""A comparison of two tenants as rows for a table: what differs first, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scimtui.ops.search import fold
from scimtui.present.cells import cell, safe
from scimtui.present.changes import short_path
from scimtui.present.wording import count_of
from scimtui.scim.absence import Absence

if TYPE_CHECKING:
    from scimtui.scim.compare import Comparison

DIFFERS, ONLY_LEFT, ONLY_RIGHT, AMBIGUOUS = "differs", "only left", "only right", "ambiguous"
KINDS = (DIFFERS, ONLY_LEFT, ONLY_RIGHT, AMBIGUOUS)
MARKS = {DIFFERS: "≠", ONLY_LEFT: "◀", ONLY_RIGHT: "▶", AMBIGUOUS: "?"}
"""A sign for each kind, so that colour is never the only difference."""

ABSENT: dict[Absence | None, str] = {
    Absence.EMPTY: "not set",
    Absence.NOT_IN_SCHEMA: "not in its schema",
    Absence.NOT_RETURNED: "not returned",
}
"""What stands in the place of a value that there is not."""


@dataclass(frozen=True, slots=True)
class PairRow:
    """One line of the table: a person, or one attribute of a person who differs."""

    kind: str
    key: str
    left_id: str
    right_id: str
    path: str
    left: str
    right: str

    def cells(self, number: int) -> tuple[str, ...]:
        """Return the row `(id, haystack, mark, key, attribute, left, right)` for the table."""
        cells = (f"{MARKS[self.kind]} {self.kind}", self.key, self.path, self.left, self.right)
        return (str(number), fold("\n".join(cells)), *cells)


def pair_rows(comparison: Comparison, side: Callable[[str, str], str] | None = None) -> list[PairRow]:
    """Return the rows: each differing attribute on a line of its own, then who is only on one side, then ambiguous keys.

    `side(which, id)` returns a safe text for someone who is only "left" or "right"; without it the id is shown.
    """
    describe = side or (lambda _which, resource_id: safe(resource_id))
    rows = [
        PairRow(
            DIFFERS,
            safe(pair.key),
            pair.left_id,
            pair.right_id,
            safe(short_path(change.path)),
            shown(change.left, change.left_absence),
            shown(change.right, change.right_absence),
        )
        for pair in comparison.different
        for change in pair.changes
    ]
    rows += [PairRow(ONLY_LEFT, safe(e.key), e.id, "", "", describe("left", e.id), "") for e in comparison.only_left]
    rows += [PairRow(ONLY_RIGHT, safe(e.key), "", e.id, "", "", describe("right", e.id)) for e in comparison.only_right]
    for entry in comparison.ambiguous:
        left, right = (", ".join(map(safe, ids)) for ids in (entry.left_ids, entry.right_ids))
        rows.append(PairRow(AMBIGUOUS, safe(entry.key), "", "", "", left, right))
    return rows


def shown(value: Any, missing: Absence | None) -> str:
    """Return one side of a difference: its value, or why it has none."""
    return cell(value) or ABSENT.get(missing, "")


def unknown_lines(comparison: Comparison, left: str, right: str) -> list[str]:
    """Return a sentence for each attribute that one side does not return, so that nothing is known of it."""
    return [
        f"{safe(left if one.left else right)} does not return {safe(short_path(one.path))}: "
        f"{count_of(one.count, 'pair')} could not be compared in it"
        for one in comparison.unknown
    ]


def counts(comparison: Comparison) -> dict[str, int]:
    """Return how many people are of each kind, "same" included."""
    return {
        DIFFERS: len(comparison.different),
        ONLY_LEFT: len(comparison.only_left),
        ONLY_RIGHT: len(comparison.only_right),
        AMBIGUOUS: len(comparison.ambiguous),
        "same": comparison.same,
    }
