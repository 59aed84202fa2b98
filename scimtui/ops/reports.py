"""What a report of a comparison needs beside its verdicts: rows of those who are only on one side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from scimtui.ops.compared_people import rows_of

if TYPE_CHECKING:
    from scimtui.ops.compare import SidesCompared
    from scimtui.ops.sides import Side
    from scimtui.store.columns import Projection

Rows = Mapping[str, tuple[str, ...]]


def rows_of_only(
    sides: tuple[Side, Side], found: SidesCompared, projections: tuple[Projection, Projection]
) -> tuple[Rows, Rows]:
    """Return, by id, the rows of who is only on the left, and only on the right. Blocks for the disk.

    Raises:
        CacheError: they cannot be read.
    """
    entries = (found.comparison.only_left, found.comparison.only_right)
    left, right = (
        rows_of(side, one.name, [entry.id for entry in some], project)
        for side, one, some, project in zip(sides, found.types, entries, projections, strict=True)
    )
    return left, right
