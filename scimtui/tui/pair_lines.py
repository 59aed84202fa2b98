"""One pair of a comparison, attribute by attribute, in two columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.cells import cell_len, set_cell_size

from scimtui.present.details import sections
from scimtui.scim.compare import NEVER_COMPARED
from scimtui.scim.schema import ResourceType
from scimtui.tui.line_view import Line

Raw = Mapping[str, Any]


def pair_lines(
    names: tuple[str, str],
    left: Raw | None,
    right: Raw | None,
    resource_type: ResourceType,
    *,
    width: int,
    with_equal: bool,
) -> list[Line]:
    """Return the pair; equal attributes only `with_equal`. A side that is None does not exist there."""
    room = max((width - 24) // 2, 10)
    lines: list[Line] = [[_label(""), *_columns((names[0], "section"), (names[1], "section"), room)]]
    if left is None or right is None:
        missing = ("does not exist here", "bad")
        there = ("exists", "good")
        columns = _columns(there if left is not None else missing, there if right is not None else missing, room)
        lines.append([_label(""), *columns])
    hidden = 0
    ours, theirs = _values(left, resource_type), _values(right, resource_type)
    for label in dict.fromkeys([*ours, *theirs]):
        mine, yours = ours.get(label, ""), theirs.get(label, "")
        if mine == yours and not with_equal:
            hidden += 1
            continue
        sign, style = ("=", "value") if mine == yours else ("≠", "changed")
        if label.partition(".")[0].casefold() in NEVER_COMPARED:
            sign, style = "·", "note"
        lines.append(
            [_label(f"{sign} {label}"), *_columns((mine or "not set", style), (yours or "not set", style), room)]
        )
    if hidden:
        lines += [[], [(f"   {hidden} equal ones are hidden; = shows them", "note")]]
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


def _label(text: str) -> tuple[str, str]:
    return (f" {set_cell_size(text, 20)} ", "label")


def _columns(left: tuple[str, str], right: tuple[str, str], room: int) -> list[tuple[str, str]]:
    return [(_fit(left[0], room) + " ", left[1]), (_fit(right[0], room), right[1])]


def _fit(text: str, room: int) -> str:
    return set_cell_size(text, room) if cell_len(text) <= room else set_cell_size(text, room - 1) + "…"
