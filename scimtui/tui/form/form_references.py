"""Which fields of a form name other resources, of which types, and what those are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scimtui.ops.names import Named
from scimtui.scim.exchange import resource_path
from scimtui.scim.reference import Reference, reference
from scimtui.scim.resource import is_empty, resource_id
from scimtui.scim.schema import Attribute, Type
from scimtui.tui.form.form_fields import Field, Kind
from scimtui.tui.form.form_state import (
    Form,
    Place,
    attribute_at,
    element_numbers,
    may_write,
    set_value,
    value_before,
    value_now,
)

if TYPE_CHECKING:
    from scimtui.scim.provider import Provider

Names = Mapping[Reference, Named]


def reference_of(form: Form, row: Field, provider: Provider) -> Reference | None:
    """Return the resource that the value of a field names; None where it names none."""
    if row.kind is not Kind.VALUE or row.place is None or not isinstance(row.value, str) or not row.value:
        return None
    attribute = attribute_at(form, row.place.top)
    if row.place.sub is None or row.place.sub.casefold() != "value":
        return None if row.attribute is None else reference(row.value, row.attribute, provider)
    parts = {"value": row.value}
    for sub in ("$ref", "type"):
        told = value_now(form, replace(row.place, sub=sub))
        if isinstance(told, str) and (sub != "$ref" or told.rstrip("/").endswith(f"/{row.value}")):
            parts[sub] = told
    return reference(parts, attribute, provider)


def types_of(form: Form, row: Field, provider: Provider) -> tuple[str, ...]:
    """Return the types of the resources that can be named in a field, or in new elements of a list; () for none."""
    if row.place is None or row.attribute is None or row.kind not in (Kind.VALUE, Kind.HEAD, Kind.MORE):
        return ()
    top = attribute_at(form, row.place.top)
    is_list = row.kind is not Kind.VALUE
    if is_list and (not top.multi_valued or not may_write(form, row.place.top)):
        return ()
    if is_list or (row.place.sub or "").casefold() == "value":
        sample: Any = "x" if top.type is Type.REFERENCE else {"value": "x"}
        found = reference(sample, top, provider)
    else:
        found = reference("x", row.attribute, provider)
    return found.types if found is not None else ()


def ids_there(form: Form, place: Place) -> set[str]:
    """Return the ids that a list holds, and that of the resource itself, which is no member of itself."""
    elements = [replace(place, element=number) for number in element_numbers(form, place)]
    values = [value_now(form, replace(one, sub="value")) for one in elements if one not in form.removed]
    return {resource_id(form.raw), *(value for value in values if isinstance(value, str))} - {""}


def with_names(form: Form, rows: Sequence[Field], provider: Provider, names: Names) -> tuple[Field, ...]:
    """Return the rows with the names of those that they name beside the ids."""

    def named(row: Field) -> Field:
        found = names.get(one) if (one := reference_of(form, row, provider)) is not None else None
        if found is None or row.note:
            return row
        words = [found.name, found.key, "inactive" if found.active is False else ""]
        return replace(row, note=f"= {', '.join(word for word in words if word)}")

    return tuple(named(row) for row in rows)


def unnamed(form: Form, rows: Iterable[Field], provider: Provider, known: Iterable[Reference]) -> set[Reference]:
    """Return those that are named and were not asked for yet."""
    return {one for row in rows if (one := reference_of(form, row, provider)) is not None} - set(known)


def chosen(form: Form, place: Place, found: tuple[str, str], provider: Provider, base_url: str) -> Form:
    """Name a resource, by type and id, at a place: its id in a `value`, its address in a link.

    What else stands beside a `value` is the provider's to set, but for a link that must agree with it.
    """
    type_name, identity = found
    kind = provider.resource_type(type_name)
    address = base_url.rstrip("/") + resource_path(kind, identity) if kind is not None else identity
    if attribute_at(form, place).type is Type.REFERENCE and (place.sub or "").casefold() != "value":
        return set_value(form, place, address)
    link = replace(place, sub="$ref")
    declared = attribute_at(form, place.top).sub("$ref")
    form_now = set_value(form, place, identity)
    return set_value(form_now, link, address) if _must_agree(form, link, declared) else form_now


def _must_agree(form: Form, link: Place, declared: Attribute | None) -> bool:
    is_ours = declared is not None and may_write(form, link)
    return is_ours and declared is not None and (declared.required or not is_empty(value_before(form, link)))
