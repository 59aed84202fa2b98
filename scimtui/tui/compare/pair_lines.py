"""One pair of a comparison, attribute by attribute, in two columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size

from scimtui.present.cells import safe
from scimtui.present.changes import short_path
from scimtui.present.comparison import ABSENT, shown
from scimtui.present.details import sections
from scimtui.scim.absence import Absence, absence

if TYPE_CHECKING:
    from scimtui.scim.compare import Difference
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.lines.line_view import Line

Raw = Mapping[str, Any]
LABEL = 26
"""Cells for the name of an attribute."""


def pair_lines(
    names: tuple[str, str],
    sides: tuple[Raw | None, Raw | None],
    changes: Sequence[Difference],
    types: tuple[ResourceType, ResourceType],
    *,
    width: int,
    with_equal: bool,
) -> list[Line]:
    """Return what differs, and everything else only `with_equal`. A side that is None does not exist there."""
    room = max((width - LABEL - len("   ")) // 2, 10)
    lines: list[Line] = [[_label(""), *_columns((names[0], "section"), (names[1], "section"), room)]]
    if None in sides:
        there, missing = ("exists", "good"), ("does not exist here", "bad")
        says = [missing if side is None else there for side in sides]
        lines.append([_label(""), *_columns(says[0], says[1], room)])
    for change in changes:
        label = f"≠ {safe(short_path(change.path))}"
        left, right = shown(change.left, change.left_absence), shown(change.right, change.right_absence)
        lines.append([_label(label), *_columns((left, "changed"), (right, "changed"), room)])
    ours, theirs = (_values(side, kind) for side, kind in zip(sides, types, strict=True))
    labels = list(dict.fromkeys([*ours, *theirs]))
    if not with_equal and None not in sides:
        return [*lines, [], [("   = shows everything else", "note")]]
    told = {short_path(change.path) for change in changes}
    for label in (label for label in labels if label not in told):
        mine, yours = ours.get(label) or _absent(label, types[0]), theirs.get(label) or _absent(label, types[1])
        sign, style = ("=", "value") if mine == yours else ("·", "note")
        lines.append([_label(f"{sign} {label}"), *_columns((mine, style), (yours, style), room)])
    return lines


def _values(raw: Raw | None, resource_type: ResourceType) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    for section in sections(raw, resource_type) if raw is not None else ():
        head = ""
        for row in section.rows:
            head = row.label if row.label and not row.indent else head
            label = f"{head}.{row.label}" if row.indent else head
            if row.value:
                values.setdefault(label, []).append(
                    f"{row.value} ({row.note})" if row.note not in ("", "read-only") else row.value
                )
    return {label: ", ".join(sorted(found)) for label, found in values.items()}


def _absent(label: str, resource_type: ResourceType) -> str:
    """Say why there is nothing under a label, whose attribute may be one of an extension."""
    urns = ("", *(f"{schema.id}:" for schema in resource_type.extensions))
    found = {absence(urn + label, resource_type) for urn in urns}
    return ABSENT[(found - {Absence.NOT_IN_SCHEMA} or found).pop()]


def _label(text: str) -> tuple[str, str]:
    return (f" {_fit(text, LABEL)} ", "label")


def _columns(left: tuple[str, str], right: tuple[str, str], room: int) -> list[tuple[str, str]]:
    return [(_fit(left[0], room) + " ", left[1]), (_fit(right[0], room), right[1])]


def _fit(text: str, room: int) -> str:
    return set_cell_size(text, room) if cell_len(text) <= room else set_cell_size(text, room - 1) + "…"
