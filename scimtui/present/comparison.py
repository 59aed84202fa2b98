"""A comparison of two tenants as rows for a table: what differs first, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scimtui.ops.search import fold
from scimtui.present.cells import cell, safe
from scimtui.present.changes import short_path
from scimtui.present.wording import count_of
from scimtui.scim.absence import Absence

if TYPE_CHECKING:
    from scimtui.ops.browse import SyncState
    from scimtui.ops.compare import SidesCompared
    from scimtui.scim.compare import Comparison

DIFFERS, ONLY_LEFT, ONLY_RIGHT, AMBIGUOUS = "differs", "only left", "only right", "ambiguous"
SAME = "same"
KINDS = (DIFFERS, ONLY_LEFT, ONLY_RIGHT, AMBIGUOUS)
MARKS = {DIFFERS: "≠", ONLY_LEFT: "◀", ONLY_RIGHT: "▶", AMBIGUOUS: "?"}
"""A sign for each kind, so that colour is never the only difference."""

MOST_SENTENCES = 5
"""So many attributes that a side does not return have a sentence each."""
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
    """Return a sentence for each attribute that one side does not return, so that nothing is known of it; one for many."""
    lines: list[str] = []
    for name, of_left in ((left, True), (right, False)):
        found = [one for one in comparison.unknown if one.left is of_left]
        if len(found) > MOST_SENTENCES:
            named = ", ".join(safe(short_path(one.path)) for one in found)
            lines.append(f"{safe(name)} does not return {len(found)} attributes, which could not be compared: {named}")
            continue
        lines += [
            f"{safe(name)} does not return {safe(short_path(one.path))}: "
            f"{count_of(one.count, 'pair')} could not be compared in it"
            for one in found
        ]
    return lines


def counts(comparison: Comparison) -> dict[str, int]:
    """Return how many people are of each kind, "same" included."""
    return {
        DIFFERS: len(comparison.different),
        ONLY_LEFT: len(comparison.only_left),
        ONLY_RIGHT: len(comparison.only_right),
        AMBIGUOUS: len(comparison.ambiguous),
        SAME: comparison.same,
    }


def unproven(found: SidesCompared, left: str, right: str) -> dict[str, str]:
    """Return for "only left" and "only right" why nobody can be called that: the other side is not complete.

    A kind that is not in it is certain. The sentences are safe: `unknown, acme is not complete`.
    """
    others = ((ONLY_LEFT, found.right_state, right), (ONLY_RIGHT, found.left_state, left))
    return {
        kind: f"unknown, {safe(name)} {'is not complete' if state else 'was never synced'}"
        for kind, state, name in others
        if state is None or not state.complete
    }


def attribute_counts(comparison: Comparison) -> dict[str, int]:
    """Return how many resources differ in each attribute, the most frequent first; the names are safe."""
    counted = Counter(name for one in comparison.different for name in {attribute_name(c.path) for c in one.changes})
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0].casefold())))


def attribute_name(path: str) -> str:
    """Return which attribute a difference is about, as people say it: a list is one, whichever element differs. Safe."""
    return safe(short_path(path.partition("[")[0]))


MANY_AMBIGUOUS = 0.1
"""Share of keys that several have, above which the key itself is in doubt."""


def warning_lines(found: SidesCompared, left: str, right: str) -> list[str]:
    """Return what must be known before the comparison is believed, a safe sentence each, the weightiest first."""
    comparison, lines = found.comparison, []
    for state, name in ((found.left_state, left), (found.right_state, right)):
        if state is None:
            lines.append(f"! {safe(name)} was never synced: who is missing there is unknown. r fetches it.")
        elif not state.complete:
            why = f" ({safe(state.why)})" if state.why else ""
            lines.append(
                f"! {safe(name)} is not complete{why}: who seems to be missing there may be there. r syncs it."
            )
    pairs, doubtful = comparison.same + len(comparison.different), len(comparison.ambiguous)
    if not pairs and comparison.only_left and comparison.only_right:
        lines.append(
            f"! Nobody has the same {safe(comparison.key)} on both sides, so nobody was paired. f changes the key."
        )
    if doubtful > MANY_AMBIGUOUS * (pairs + doubtful):
        some = f"{doubtful:,} of {count_of(pairs + doubtful, 'key')}"
        lines.append(f"! {some} are not unique: {safe(comparison.key)} may not tell who is who. f changes it.")
    return lines + [f"? {line}." for line in unknown_lines(comparison, left, right)]


def members_lines(sides: Iterable[tuple[str, SyncState | None]]) -> list[str]:
    """Return a safe sentence for each side whose people are not all known, so that members there may be nobody's.

    `sides` are names and how complete the people are.
    """
    return [
        f"! The people of {safe(name)} are not all here: members may seem to differ who do not. r fetches them."
        for name, state in sides
        if state is None or not state.complete
    ]
