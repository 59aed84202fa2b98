"""What is to be said below the accounts of a person: which tenant gave no answer, and where the accounts differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

from scimtui.present.person_words import Told, differences, doubt_lines, trouble_lines, unknown_groups_line

if TYPE_CHECKING:
    from scimtui.ops.everywhere import Account, Place
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.lines.model import Line

LABEL = 15
"""Cells for the name of an attribute."""
SHARE = 0.5
"""Of the rest that a value takes; who has it stands behind it."""


def person_lines(places: Sequence[Place], accounts: Sequence[tuple[Account, ResourceType]], width: int) -> list[Line]:
    """Return the lines: troubles first, then each attribute that differs among these accounts, then what all of them have."""
    lines: list[Line] = [[(f" ✗ {line}", "bad")] for line in trouble_lines(places)]
    lines += [[(f" ? {line}", "changed")] for line in doubt_lines(places)]
    if lines:
        lines.append([])
    differing, same = differences(accounts)
    room = max(width - LABEL - 5, 20)
    for one in differing:
        lines += [_line(one.label if place == 0 else "", told, room) for place, told in enumerate(one.values)]
    sign = " = " if len(accounts) > 1 else "   "
    lines += [[(sign, "sign"), (_fit(label, LABEL), "label"), (value, "value")] for label, value in same]
    unknown = unknown_groups_line([one for one, _ in accounts])
    return [*lines, [(f" ? {unknown}", "note")]] if unknown else lines


def _line(label: str, told: Told, room: int) -> Line:
    value = int(room * SHARE)
    sign = " ≠ " if label else "   "
    return [
        (sign, "changed"),
        (_fit(label, LABEL), "label"),
        (_fit(told.value, value) + "  ", told.style),
        (", ".join(told.tenants), "label"),
    ]


def _fit(text: str, room: int) -> str:
    return set_cell_size(text, room) if cell_len(text) <= room else set_cell_size(text, room - 1) + "…"
