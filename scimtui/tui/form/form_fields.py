"""The fields of a form: one row for each leaf attribute of the schema, and for each value of each list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from scimtui.present.cells import cell, has_hidden, json_text
from scimtui.present.field_words import local_words
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, Mutability, Returned, Type
from scimtui.tui.form.form_state import (
    Form,
    Place,
    element_numbers,
    elements_before,
    holder_of,
    is_dirty,
    may_add,
    may_write,
    value_before,
    value_now,
    value_sent,
)

MOST_ELEMENTS = 20
"""Elements of a list that are laid out at once; more stand folded on one row."""
MOST_UNFOLDED = 500
"""Elements of a list that a form lays out at all."""
LONGEST = 4000
"""Characters of a value that an input takes; a photograph in base64 has more."""
_FIRST_SUBS = {"value": 0, "type": 1, "primary": 2}


class Kind(StrEnum):
    """What a row is."""

    SECTION = "section"
    HEAD = "head"
    """Name of a list or of an attribute with sub-attributes."""
    VALUE = "value"
    REMOVED = "removed"
    """An element that shall go, on one row."""
    MORE = "more"
    """Name of a long list whose elements are folded. It is editable where they can be unfolded."""
    OTHER = "other"
    """An attribute that stands in no schema, as JSON."""


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the form."""

    kind: Kind
    label: str
    place: Place | None = None
    attribute: Attribute | None = None
    """Definition of the value on this row."""
    depth: int = 0
    number: int = 0
    """From 1, on the first row of an element of a list."""
    value: Any = None
    before: Any = None
    is_editable: bool = False
    is_dirty: bool = False
    note: str = ""


def fields(form: Form, unfolded: frozenset[Place] = frozenset()) -> tuple[Field, ...]:
    """Return every row of the form. `unfolded` names the long lists to lay out in full."""
    rows: list[Field] = []
    for title, urn, attributes in _sections(form):
        own = [row for attribute in attributes for row in _rows(form, Place(urn, attribute.name), attribute, unfolded)]
        rows += [Field(Kind.SECTION, title), *own] if own else []
    other = list(_unknown(form))
    return (*rows, Field(Kind.SECTION, "Other attributes, not in the schema"), *other) if other else tuple(rows)


def index_of(rows: Sequence[Field], field: Field | None, otherwise: int = 0) -> int:
    """Return where a row stands after the form has changed; the row of its list where it is gone."""
    if field is None or field.place is None:
        return otherwise
    same = (n for n, row in enumerate(rows) if row.place == field.place and row.kind == field.kind)
    near = (n for n, row in enumerate(rows) if row.place == field.place)
    return next(same, next(near, min(otherwise, max(len(rows) - 1, 0))))


def _sections(form: Form) -> Iterator[tuple[str, str | None, list[Attribute]]]:
    """Yield the core schema, id and meta at its end, then each extension; what is required comes first for a new resource."""
    kind = form.resource_type
    common = {"externalid": 1, "id": 2, "meta": 3}
    core = [attribute for attribute in kind.attributes if attribute.name.casefold() != "schemas"]
    core.sort(key=lambda attribute: common.get(attribute.name.casefold(), 0))
    for title, urn, attributes in [
        (kind.schema.name or kind.name, None, core),
        *((schema.name or schema.id, schema.id, list(schema.attributes)) for schema in kind.extensions),
    ]:
        if form.is_new:
            attributes.sort(key=lambda attribute: not attribute.required)
        yield title, urn, attributes


def _rows(form: Form, place: Place, attribute: Attribute, unfolded: frozenset[Place]) -> Iterator[Field]:
    raw = lookup(holder_of(form.raw, place.urn), attribute.name)
    if attribute.mutability is Mutability.READ_ONLY and (form.is_new or is_empty(raw)):
        return
    if attribute.multi_valued:
        yield from _list_rows(form, place, attribute, unfolded)
    elif attribute.type is not Type.COMPLEX:
        yield _value(form, place, attribute, attribute.name)
    elif not attribute.sub_attributes or _is_unexpected(raw, attribute):
        note = _note(form, place, attribute) or "of an unexpected shape, shown as it is"
        yield Field(Kind.VALUE, attribute.name, place, attribute, value=raw, before=raw, note=note)
    else:
        yield _head(form, place, attribute, "")
        yield from _sub_rows(form, place, attribute, 0)


def _is_unexpected(raw: Any, attribute: Attribute) -> bool:
    if is_empty(raw) or isinstance(raw, Mapping):
        return False
    return isinstance(raw, list) or attribute.sub("value") is None


def _head(form: Form, place: Place, attribute: Attribute, note: str) -> Field:
    note = note or _note(form, place, attribute)
    can_add = may_add(form, place)
    return Field(
        Kind.HEAD, attribute.name, place, attribute, is_editable=can_add, is_dirty=is_dirty(form, place), note=note
    )


def _list_rows(form: Form, place: Place, attribute: Attribute, unfolded: frozenset[Place]) -> Iterator[Field]:
    numbers = element_numbers(form, place)
    count = "" if not numbers else "1 value" if len(numbers) == 1 else f"{len(numbers):,} values"
    locked = "read-only" if attribute.mutability is Mutability.READ_ONLY else ""
    in_raw = len(elements_before(form, place))
    is_folded = place not in unfolded and in_raw > MOST_ELEMENTS
    if is_folded:
        yield _folded(form, place, attribute, in_raw)
    else:
        yield _head(form, place, attribute, ", ".join(filter(None, (count, locked))))
    start = in_raw if is_folded else 0
    for shown, number in enumerate(numbers[start:], start=start + 1):
        element = replace(place, element=number)
        if element in form.removed:
            before = cell(value_before(form, element))
            yield Field(Kind.REMOVED, "", element, attribute, 1, shown, before=before, is_dirty=True, note="removed")
        elif not attribute.sub_attributes or attribute.mutability is Mutability.READ_ONLY:
            yield _element(form, element, attribute, shown)
        else:
            yield from _sub_rows(form, element, attribute, shown)


def _folded(form: Form, place: Place, attribute: Attribute, count: int) -> Field:
    can_unfold = count <= MOST_UNFOLDED
    note = f"{count:,} {attribute.name}, {'folded' if can_unfold else 'too many for a form'}"
    is_changed = is_dirty(form, place)
    return Field(Kind.MORE, attribute.name, place, attribute, is_editable=can_unfold, is_dirty=is_changed, note=note)


def _element(form: Form, place: Place, attribute: Attribute, number: int) -> Field:
    """Return an element on one row: a plain value, or one of which nothing can be changed."""
    row = _value(form, place, attribute, "", depth=1, number=number)
    if attribute.type is not Type.COMPLEX:
        return row
    kind = lookup(row.value, "type")
    return replace(
        row,
        value=cell(row.value),
        before=cell(row.before),
        is_editable=False,
        note=cell(kind) if isinstance(kind, str) else "",
    )


def _sub_rows(form: Form, place: Place, attribute: Attribute, number: int) -> Iterator[Field]:
    subs = sorted(attribute.sub_attributes, key=lambda sub: _FIRST_SUBS.get(sub.name.casefold(), len(_FIRST_SUBS)))
    for sub in subs:
        where = replace(place, sub=sub.name)
        if not sub.is_writable and is_empty(value_before(form, where)):
            continue
        yield _value(form, where, sub, sub.name, depth=2 if number else 1, number=number)
        number = -abs(number)


def _value(form: Form, place: Place, attribute: Attribute, label: str, *, depth: int = 0, number: int = 0) -> Field:
    value, before = value_now(form, place), value_sent(form, place)
    is_plain = not isinstance(value, list | Mapping) and attribute.type is not Type.COMPLEX
    note = _note(form, place, attribute) if place.sub is None else _sub_note(form, place, attribute)
    if not is_plain and not is_empty(value) and attribute.type is not Type.COMPLEX:
        note = "of an unexpected shape, shown as it is"
    elif isinstance(value, str) and len(value) > LONGEST:
        is_plain, note = False, f"{len(value):,} characters, too long for a field"
    elif isinstance(value, str) and has_hidden(value):
        note = "several lines" if not has_hidden(value.replace("\n", "")) else "contains hidden characters"
    elif isinstance(value, str) and attribute.type is Type.DATE_TIME:
        note = note or local_words(value)
    return Field(
        kind=Kind.VALUE,
        label=label,
        place=place,
        attribute=attribute,
        depth=depth,
        number=max(number, 0),
        value=value,
        before=before,
        is_editable=is_plain and may_write(form, place),
        is_dirty=is_dirty(form, place),
        note=note,
    )


def _note(form: Form, place: Place, attribute: Attribute) -> str:
    if attribute.mutability is Mutability.READ_ONLY:
        return "read-only"
    return _sub_note(form, place, attribute)


def _sub_note(form: Form, place: Place, attribute: Attribute) -> str:
    """Return a word beside a value; that it is read-only is said once, at the attribute it belongs to."""
    is_locked = attribute.mutability is Mutability.IMMUTABLE and not may_write(form, place)
    if is_locked and place.element is None:
        return "can't be changed once it is set"
    if is_empty(value_now(form, place)) and not form.is_new:
        if attribute.returned is Returned.NEVER:
            return "not shown by the provider"
        if attribute.returned is Returned.REQUEST:
            return "sent only when asked for"
    return ""


def _unknown(form: Form) -> Iterator[Field]:
    kind = form.resource_type
    known = {attribute.name.casefold() for attribute in kind.attributes}
    known |= {schema.id.casefold() for schema in kind.extensions}
    for name, value in form.raw.items():
        if name.casefold() not in known:
            yield _other(form, Place(None, name), name, value)
    for schema in kind.extensions:
        for name, value in holder_of(form.raw, schema.id).items():
            if schema.attribute(name) is None:
                yield _other(form, Place(schema.id, name), f"{schema.name or schema.id}: {name}", value)


def _other(form: Form, place: Place, label: str, value: Any) -> Field:
    return Field(Kind.OTHER, label, place, value=json_text(value), is_dirty=is_dirty(form, place))
