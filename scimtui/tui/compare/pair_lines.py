"""One pair of a comparison, attribute by attribute, in two columns; and the resources behind an ambiguous key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, chop_cells, set_cell_size

from scimtui.present.cells import cell, safe
from scimtui.present.changes import short_path
from scimtui.present.compared_rows import NOTHING, is_element
from scimtui.present.comparison import ABSENT, shown
from scimtui.present.details import sections
from scimtui.present.wording import count_of
from scimtui.scim.absence import Absence, absence, joined
from scimtui.scim.resource import lookup, natural_key

if TYPE_CHECKING:
    from scimtui.scim.compare import Difference
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.lines.line_view import Line

Raw = Mapping[str, Any]
Cell = tuple[str, str]
"""A text and its style."""

LABEL = 26
"""Cells for the name of an attribute, where there is room for it."""
CROWD = 100
"""So many members are told one after the other where they are the same."""
ALONE = " "
"""The sign of what only one side can have, since it alone has the person."""
TALLEST = 6
"""Lines of one value."""
_TYPE = re.compile(r'\[type eq "([^"]*)"\]')


@dataclass(frozen=True, slots=True)
class Pair:
    """What is looked at: {} for a side that has nobody. Both under the names of the left side."""

    names: tuple[str, str]
    """Safe texts."""
    key: str
    sides: tuple[Raw, Raw]
    changes: Sequence[Difference]
    types: tuple[ResourceType, ResourceType]
    unknown: str = ""
    """Why it is not certain that the other side has nobody; safe."""


def pair_lines(pair: Pair, *, width: int, with_equal: bool) -> list[Line]:
    """Return what differs, what could not be compared, and everything else only `with_equal`."""
    label = min(LABEL, max(width // 4, 12))
    room = max((width - label - 4) // 2, 8)
    lines: list[Line] = [[(f" {safe(pair.key)}", "heading")]]
    lines += _line(("", "label"), _column(pair, 0), _column(pair, 1), label, room)
    told: set[str] = set()
    for change in pair.changes:
        told.add(_label_of(change))
        sign, mine, yours = _cells(change)
        lines += _line((f"{sign} {_label_of(change)}", "label"), mine, yours, label, room)
    rest = list(_others(pair, told))
    quiet = [one for one in rest if one[0] == "="]
    for sign, name, left, right in rest if with_equal else [one for one in rest if _is_telling(one)]:
        style = "value" if sign == "=" else "note"
        lines += _line((f"{sign} {name}", "label"), (left, style), (right, style), label, room)
    if quiet and not with_equal:
        lines += [[], [(f"   {count_of(len(quiet), 'attribute')} the same: = shows them", "note")]]
    return lines


def key_lines(names: tuple[str, str], key: str, resources: tuple[Sequence[Raw], Sequence[Raw]]) -> list[Line]:
    """Return the resources that have one key, side by side with what tells them apart."""
    lines: list[Line] = [[(f" {safe(key)}", "heading")], [("   is no key: nobody can say who is who", "note")]]
    for name, found in zip(names, resources, strict=True):
        lines += [[], [(f" {name}: {len(found):,}", "section")]]
        for raw in found:
            active = {True: "active", False: "inactive"}.get(lookup(raw, "active"), "")
            parts = (natural_key(raw), cell(lookup(raw, "displayName")), active, f"id {lookup(raw, 'id')}")
            lines.append([("   ", ""), (" · ".join(safe(str(part)) for part in parts if part), "value")])
    return lines


def _column(pair: Pair, place: int) -> Cell:
    if pair.sides[place]:
        return pair.names[place], "section"
    return f"{pair.names[place]}: {pair.unknown or 'nobody'}", "bad"


def _label_of(change: Difference) -> str:
    kind = _TYPE.search(change.path)
    name = short_path(change.path.partition("[")[0])
    sub = change.path.rpartition("]")[2] if "[" in change.path else ""
    return safe(f"{name}{f' {kind[1]}' if kind else ''}{'' if sub == '.value' else sub}")


def _cells(change: Difference) -> tuple[str, Cell, Cell]:
    """Return the sign of a difference and what stands on both sides: an element of a list, a value, or no value."""
    sides = ((change.left, change.left_absence), (change.right, change.right_absence))
    texts = [_value(value, missing, is_element=is_element(change)) for value, missing in sides]
    has = [value is not None for value, _ in sides]
    sign = "≠" if all(has) or not is_element(change) else "◀" if has[0] else "▶"
    left, right = ((text, "changed" if there else "note") for text, there in zip(texts, has, strict=True))
    return sign, left, right


def _value(value: Any, missing: Absence | None, *, is_element: bool) -> str:
    if value is None and is_element and missing is not Absence.NOT_IN_SCHEMA:
        return NOTHING
    return shown(value, missing)


def _others(pair: Pair, told: set[str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield what does not differ: `=` the same, `·` not compared, with both sides."""
    ours, theirs = (_values(_without_crowd(side), joined(*pair.types)) for side in pair.sides)
    differing = {name.split(" ")[0] for name in told} | told
    found = []
    for label in dict.fromkeys([*ours, *theirs]):
        mine, yours = (
            ours.get(label) or _absent(label, pair.types[0]),
            theirs.get(label) or _absent(label, pair.types[1]),
        )
        if mine == yours:
            found.append(("=", label, mine, yours))
        elif label not in differing and not all(pair.sides):
            found.append((ALONE, label, *((mine, "") if pair.sides[0] else ("", yours))))
        elif label not in differing:
            found.append(("·", label, mine, yours))
    yield from sorted(found, key=lambda one: (not _is_telling(one), one[0] != "="))


def _is_telling(line: tuple[str, str, str, str]) -> bool:
    """Whether a line says more than that both are the same, or that each provider has ids and times of its own."""
    return line[0] not in "=·" or ABSENT[Absence.NOT_RETURNED] in line[2:]


def _without_crowd(raw: Raw) -> Raw:
    """Return a group without its members where they are many: those who differ are told one by one."""
    members = lookup(raw, "members")
    if not isinstance(members, list) or len(members) <= CROWD:
        return raw
    return {name: value for name, value in raw.items() if name.casefold() != "members"}


def _values(raw: Raw, resource_type: ResourceType) -> dict[str, str]:
    values: dict[str, list[str]] = {}
    for section in sections(raw, resource_type) if raw else ():
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


def _line(label: Cell, left: Cell, right: Cell, room_of_label: int, room: int) -> Iterator[Line]:
    """Yield one attribute: as many lines as its longer value needs."""
    columns = [_wrapped(left[0], room), _wrapped(right[0], room)]
    for number in range(max(map(len, columns))):
        texts = [column[number] if number < len(column) else "" for column in columns]
        yield [
            (f" {_fit(label[0] if not number else '', room_of_label)} ", label[1]),
            (f"{_fit(texts[0], room)}  ", left[1]),
            (_fit(texts[1], room), right[1]),
        ]


def _wrapped(text: str, room: int) -> list[str]:
    parts = chop_cells(text, room) if text else [""]
    return parts if len(parts) <= TALLEST else [*parts[: TALLEST - 1], f"{parts[TALLEST - 1][: room - 1]}…"]


def _fit(text: str, room: int) -> str:
    return set_cell_size(text, room) if cell_len(text) <= room else set_cell_size(text, room - 1) + "…"
