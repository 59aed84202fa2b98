"""A resource as coloured lines for the detail pane and the detail view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size

from scimtui.present.cells import cell, safe
from scimtui.present.details import sections
from scimtui.scim.coerce import is_active
from scimtui.scim.resource import lookup, natural_key

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.line_view import Line

LABEL = 20
"""Columns for the name of an attribute."""


def detail_lines(raw: Mapping[str, Any], resource_type: ResourceType, *, with_empty: bool = False) -> list[Line]:
    """Return name and state, then every attribute grouped by schema."""
    lines = [*_heading(raw)]
    for section in sections(raw, resource_type, with_empty=with_empty):
        lines += [[], [(section.title, "section")]]
        for row in section.rows:
            label = "  " * row.indent + row.label
            if cell_len(label) > LABEL:
                label = set_cell_size(label, LABEL - 1) + "…"
            line: Line = [(f" {set_cell_size(label, LABEL)} ", "label"), (row.value, "value")]
            if row.note:
                line.append((f"  {row.note}", "note"))
            if row.oddity:
                line.append((f"  ≈ {row.oddity}", "note"))
            lines.append(line)
    return lines


def _heading(raw: Mapping[str, Any]) -> list[Line]:
    name = cell(lookup(raw, "displayName")) or cell(lookup(raw, "name")) or safe(natural_key(raw))
    state = is_active(raw)
    line: Line = [(f" {name}  ", "heading")]
    if state is not None:
        line.append(("● active", "good") if state else ("○ inactive", "bad"))
    return [line]
