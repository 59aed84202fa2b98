"""The rows of a form as coloured lines, and what the line at its foot says of the row under the cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

from rich.cells import cell_len, set_cell_size

from scimtui.present.cells import has_hidden, safe
from scimtui.present.field_words import binary_words
from scimtui.scim.resource import is_empty
from scimtui.scim.schema import Mutability, Returned, Type, Uniqueness
from scimtui.tui.form.form_fields import Field, Kind
from scimtui.tui.form.form_values import MASK, value_text
from scimtui.tui.lines.line_view import Line

if TYPE_CHECKING:
    from scimtui.tui.form.form_state import Place

LABEL = 24
"""Cells for the name of an attribute."""
VALUE_X = LABEL + 4
"""Where values begin: cursor, mark of a change and a blank stand before the name, a blank after it."""
UNSET = "–"
MOST_NAMED = 6
"""Suggested values that the foot names."""
NARROWEST_INPUT = 24
_LONGEST_SHOWN = 300
_NAMES = (Kind.HEAD, Kind.MORE)


@dataclass(frozen=True)
class FormLines(Sequence[Line]):
    """Lines of a form, made when they come on the screen."""

    rows: Sequence[Field]
    drafts: Mapping[Place, tuple[str, str]] = field(default_factory=dict)
    """What was typed where it can't be a value, and why not."""

    def is_typed_at(self, index: int) -> bool:
        """Whether a row has a note that an input must leave room for, and nothing wrong was typed there."""
        row = self.rows[index]
        return bool(row.note) and takes_text(row) and row.place not in self.drafts

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        if isinstance(index, slice):
            return FormLines(self.rows[index], self.drafts)
        row = self.rows[index]
        return field_line(row, self.drafts.get(row.place) if row.place is not None else None)


def field_line(row: Field, draft: tuple[str, str] | None = None) -> Line:
    """Return one row: mark of a change, name, value, note. All of it is safe to show."""
    if row.kind is Kind.SECTION:
        return [(f" {safe(row.label)}", "section")]
    mark = ("!", "bad") if draft else ("●", "changed") if row.is_dirty and row.kind not in _NAMES else (" ", "")
    line: Line = [mark, (" ", ""), _label(row), (" ", "")]
    if draft is not None:
        return [*line, (safe(draft[0]), "bad"), (f"  {draft[1]}", "bad")]
    line.append(_value(row))
    if row.note:
        line.append((f"  {safe(row.note)}" if line[-1][0] else safe(row.note), "note"))
    return line


def typed_room(row: Field, width: int) -> int:
    """Return the cells that the input over a row has; its note stands at the right of it."""
    note = cell_len(safe(row.note)) + 2 if row.note else 0
    return max(width - VALUE_X - note, NARROWEST_INPUT)


def typed_line(row: Field, width: int) -> Line:
    """Return the row under the cursor while its value is typed: the input lies over the blank between name and note."""
    mark = ("●", "changed") if row.is_dirty else (" ", "")
    note = f"  {safe(row.note)}" if row.note else ""
    return [mark, (" ", ""), _label(row), (" " * (typed_room(row, width) + 1), ""), (note, "note")]


def _label(row: Field) -> tuple[str, str]:
    indent = f"{row.number:>3} " if row.number else "  " * row.depth
    is_required = row.attribute is not None and row.attribute.required and row.kind is not Kind.REMOVED
    text = f"{indent}{safe(row.label)}{' *' if is_required and row.label else ''}"
    if cell_len(text) > LABEL - 1:
        text = f"{set_cell_size(text, LABEL - 2)}…"
    style = "" if row.kind in _NAMES else "label"
    return set_cell_size(text, LABEL), style


def _value(row: Field) -> tuple[str, str]:
    if row.kind is Kind.REMOVED:
        return safe(str(row.before)), "old"
    if row.kind is Kind.OTHER:
        return _short(str(row.value)), "changed" if row.is_dirty else "label"
    if row.kind is not Kind.VALUE:
        is_empty_list = row.attribute is not None and row.attribute.multi_valued and not row.note
        return (UNSET, "sign") if is_empty_list else ("", "")
    style = "changed" if row.is_dirty else "value" if row.is_editable else "label"
    if is_toggle(row):
        return boolean_text(row.value), style if not is_empty(row.value) else "sign"
    if is_empty(row.value) or row.value == "":
        return ("removed", "note") if row.is_dirty else (UNSET, "sign")
    if is_secret(row):
        return MASK, style
    return _short(value_text(row.value)), style


def boolean_text(value: Any) -> str:
    """Return a check box and its word; "not set" is a third state of its own."""
    if isinstance(value, bool):
        return "[x] true" if value else "[ ] false"
    return "[–] not set" if is_empty(value) else safe(value_text(value))


def is_toggle(row: Field) -> bool:
    """Whether a row is a boolean that a key turns round."""
    return (
        row.kind is Kind.VALUE and row.attribute is not None and row.attribute.type is Type.BOOLEAN and row.is_editable
    )


def takes_text(row: Field) -> bool:
    """Whether a row's value is typed."""
    return row.kind is Kind.VALUE and row.is_editable and not is_toggle(row)


def is_secret(row: Field) -> bool:
    """Whether a row's value must not be shown."""
    kind = row.attribute
    return kind is not None and (kind.mutability is Mutability.WRITE_ONLY or kind.returned is Returned.NEVER)


def is_string(row: Field) -> bool:
    """Whether a row's value is any text, so that it may have several lines."""
    return row.attribute is not None and row.attribute.type is Type.STRING


def _short(text: str) -> str:
    return safe(text) if len(text) <= _LONGEST_SHOWN else f"{safe(text[:_LONGEST_SHOWN])}…"


def foot_text(row: Field | None, draft: tuple[str, str] | None = None, *, names_others: bool = False) -> str:
    """Return what can be done with a row, what it was before, and what the schema says of it. Safe to show."""
    if row is None:
        return ""
    if draft is not None:
        return f"must be {draft[1]}"
    attribute, parts = row.attribute, ["F4 looks for one" if names_others and row.kind is Kind.VALUE else _hint(row)]
    if names_others and row.kind is not Kind.VALUE:
        parts.append("F4 looks for some")
    if row.kind is Kind.VALUE and row.is_dirty and not is_secret(row):
        was = boolean_text(row.before)[4:] if isinstance(row.before, bool) else _short(value_text(row.before))
        parts.insert(0, f"was {was or 'not set'}")
    if attribute is not None:
        if attribute.type is Type.BINARY and isinstance(row.value, str):
            parts.append(binary_words(row.value))
        if attribute.uniqueness is not Uniqueness.NONE and row.kind is Kind.VALUE:
            parts.append("unique")
        if attribute.required and row.kind in (Kind.VALUE, Kind.HEAD):
            parts.append("required")
        parts.append(safe(attribute.description))
    return " · ".join(part for part in parts if part)


def _hint(row: Field) -> str:
    attribute = row.attribute
    if row.kind is Kind.HEAD:
        return "Enter adds a value" if row.is_editable else ""
    if row.kind is Kind.MORE:
        return "Enter unfolds them, + adds one" if row.is_editable else ""
    if row.kind is Kind.REMOVED:
        return "goes when this is sent; Enter keeps it"
    if row.kind is Kind.OTHER:
        return "in no schema of this provider; Enter edits it as JSON"
    if attribute is None or not row.is_editable:
        return "" if attribute is None or attribute.mutability is not Mutability.READ_ONLY else "set by the provider"
    if is_toggle(row):
        return "Space: true, false" if attribute.required else "Space: true, false, not set"
    if is_secret(row):
        return "F4 shows what is typed"
    if isinstance(row.value, str) and "\n" in row.value:
        return "Enter shows every line"
    if found := suggestions(row):
        return (
            f"F4 lists {', '.join(found[:MOST_NAMED])}{', …' if len(found) > MOST_NAMED else ''}; any text is allowed"
        )
    is_shared = attribute.type is not Type.STRING or attribute.uniqueness is Uniqueness.NONE
    return _TYPE_HINTS.get(attribute.type, "") if is_shared else ""


def suggestions(row: Field) -> list[str]:
    """Return the values that the schema suggests, without those that could not be seen (RFC 7643 section 2.3.1)."""
    values = row.attribute.canonical_values if row.attribute is not None else ()
    return [value for value in values if value and not has_hidden(value)]


_TYPE_HINTS = {
    Type.STRING: "F4 what others have",
    Type.INTEGER: "a whole number",
    Type.DECIMAL: "a number",
    Type.DATE_TIME: "F4 now or a day, such as 2026-01-31T09:30:00Z",
    Type.BINARY: "F4 takes it from a file; base64",
    Type.REFERENCE: "a URI",
}
