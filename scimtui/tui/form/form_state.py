"""What was changed in a form, as a value: the resource as it came, and on top of it what the admin wants different.

No toolkit here. Every function returns a new Form; `form_wanted.wanted` makes the resource from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from scimtui.scim.coerce import as_boolean, as_list
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, Mutability, ResourceType, Type


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands. Names are spelled as in the schema."""

    urn: str | None
    """The extension it belongs to, None for core attributes."""
    attribute: str
    element: int | None = None
    """Number of an element of a list: those of the resource from 0 on, then the added ones. It never changes."""
    sub: str | None = None

    @property
    def top(self) -> Place:
        """The whole attribute."""
        return Place(self.urn, self.attribute)

    @property
    def whole_element(self) -> Place:
        """The whole element of the list."""
        return Place(self.urn, self.attribute, self.element)


@dataclass(frozen=True)
class Form:
    """A resource and what is wanted different."""

    resource_type: ResourceType
    raw: Mapping[str, Any]
    """What the fields begin with; never changed. As the provider sent it, or as it was rewritten as JSON."""
    is_new: bool = False
    values: Mapping[Place, Any] = field(default_factory=dict)
    """Wanted values that differ from those of `raw`; None: no value."""
    added: tuple[Place, ...] = ()
    """Elements of lists that are new."""
    removed: frozenset[Place] = frozenset()
    """Elements of `raw` that shall go."""
    sent: Mapping[str, Any] | None = None
    """As the provider sent it, where `raw` was rewritten as JSON; else None."""


# ------------------------------------------------------------------ reading


def attribute_at(form: Form, place: Place) -> Attribute:
    """Return the definition of the value at a place: that of the sub-attribute where it names one."""
    top = form.resource_type.attribute(place.attribute, place.urn) or Attribute(place.attribute)
    return (top.sub(place.sub) or Attribute(place.sub)) if place.sub is not None else top


def holder_of(raw: Mapping[str, Any], urn: str | None) -> Mapping[str, Any]:
    """Return the object in which the attributes of a schema stand, {} where there is none."""
    found = raw if urn is None else lookup(raw, urn)
    return found if isinstance(found, Mapping) else {}


def elements_before(form: Form, place: Place) -> list[Any]:
    """Return the elements of a list as the provider sent them; one that sent a single value has one element."""
    return as_list(lookup(holder_of(form.raw, place.urn), place.attribute))


def element_numbers(form: Form, place: Place) -> list[int]:
    """Return the numbers of all elements of a list, removed ones included, added ones last."""
    added = [element.element for element in form.added if element.top == place.top]
    return [*range(len(elements_before(form, place))), *(number for number in added if number is not None)]


def value_before(form: Form, place: Place) -> Any:
    """Return what the provider sent; a boolean sent as text or number is read as one (RFC 7643 section 2.3.2)."""
    value = lookup(holder_of(form.raw, place.urn), place.attribute)
    if place.element is not None:
        elements = as_list(value)
        value = elements[place.element] if place.element < len(elements) else None
    if place.sub is not None:
        value = sub_value(value, place.sub)
    if attribute_at(form, place).type is Type.BOOLEAN and not isinstance(value, list | Mapping):
        read = as_boolean(value)
        return value if read is None else read
    return value


def sub_value(value: Any, sub: str) -> Any:
    """Return a sub-attribute; a complex value sent as a bare one is its `value`."""
    if isinstance(value, Mapping):
        return lookup(value, sub)
    return value if sub.casefold() == "value" else None


def value_now(form: Form, place: Place) -> Any:
    """Return what is wanted at a place."""
    return form.values[place] if place in form.values else value_before(form, place)


def sent_of(form: Form) -> Mapping[str, Any]:
    """Return the resource as the provider sent it."""
    return form.raw if form.sent is None else form.sent


def value_sent(form: Form, place: Place) -> Any:
    """Return what the provider sent at a place, however it was rewritten as JSON; None for an element that it did not send."""
    if form.sent is None:
        return value_before(form, place)
    before = replace(form, raw=form.sent, sent=None)
    if place.element is None:
        return value_before(before, place)
    element = value_before(form, place.whole_element)
    return value_before(form, place) if element in elements_before(before, place) else None


def is_rewritten(form: Form, place: Place) -> bool:
    """Whether the attribute at a place was changed as JSON."""
    if form.sent is None:
        return False
    old, new = (lookup(holder_of(raw, place.urn), place.attribute) for raw in (form.sent, form.raw))
    return not same(old, new)


def rewritten_count(sent: Mapping[str, Any], raw: Mapping[str, Any], urns: Collection[str]) -> int:
    """Return how many attributes differ between what was sent and what it was rewritten to; `urns` are the extensions."""
    homes = [(sent, raw), *((holder_of(sent, urn), holder_of(raw, urn)) for urn in urns)]
    passed = {"schemas", *(urn.casefold() for urn in urns)}
    names = [({str(name).casefold() for name in (*old, *new)} - passed, old, new) for old, new in homes]
    return sum(not same(lookup(old, name), lookup(new, name)) for found, old, new in names for name in found)


def may_write(form: Form, place: Place) -> bool:
    """Whether the value at a place may be changed; an immutable one may be set while it has none."""
    top, leaf = attribute_at(form, place.top), attribute_at(form, place)
    if Mutability.READ_ONLY in (top.mutability, leaf.mutability):
        return False
    if Mutability.IMMUTABLE in (top.mutability, leaf.mutability) and not form.is_new:
        return is_empty(value_before(form, place))
    return True


def may_add(form: Form, place: Place) -> bool:
    """Whether the attribute at a place is a list that takes another element."""
    top = attribute_at(form, place.top)
    return top.multi_valued and may_write(form, place.top)


# ------------------------------------------------------------------ changing


def set_value(form: Form, place: Place, value: Any) -> Form:
    """Want `value` at a place; None for no value. At most one element of a list stays primary (RFC 7643 section 2.4)."""
    values = {**form.values, place: value}
    if same(value, value_before(form, place)):
        del values[place]
    form = replace(form, values=values)
    if value is True and place.sub is not None and place.sub.casefold() == "primary" and place.element is not None:
        for number in element_numbers(form, place):
            other = replace(place, element=number)
            if number != place.element and value_now(form, other) is True:
                form = set_value(form, other, False)
    return form


def add_element(form: Form, place: Place) -> tuple[Form, Place]:
    """Add an element to the list at `place`; returns too where its first value is to be typed."""
    number = max(element_numbers(form, place), default=-1) + 1
    element = replace(place.top, element=number)
    attribute = attribute_at(form, place.top)
    writable = [sub for sub in attribute.sub_attributes if sub.is_writable]
    first = attribute.sub("value") or next(iter(writable), None)
    return replace(form, added=(*form.added, element)), replace(element, sub=first.name if first else None)


def remove_element(form: Form, place: Place) -> Form:
    """Take the element at `place` out of its list."""
    element = place.whole_element
    values = {where: value for where, value in form.values.items() if where.whole_element != element}
    if element in form.added:
        return replace(form, values=values, added=tuple(where for where in form.added if where != element))
    return replace(form, values=values, removed=form.removed | {element})


def rewrite(form: Form, raw: Mapping[str, Any]) -> Form:
    """Begin anew with what was made of the resource as JSON."""
    return Form(form.resource_type, raw, form.is_new, sent=sent_of(form))


def revert(form: Form, place: Place) -> Form:
    """Put back what the provider sent: one value, a removed element, or a whole attribute with everything in it."""
    if place.whole_element in form.removed:
        return replace(form, removed=form.removed - {place.whole_element})
    if place == place.top and place not in form.values and not is_rewritten(form, place):
        return replace(
            form,
            values={where: value for where, value in form.values.items() if where.top != place},
            added=tuple(where for where in form.added if where.top != place),
            removed=frozenset(where for where in form.removed if where.top != place),
        )
    if place not in form.values and is_rewritten(form, place):
        return _as_sent(form, place)
    return replace(form, values={where: value for where, value in form.values.items() if where != place})


def _as_sent(form: Form, place: Place) -> Form:
    """Put back a whole attribute that was rewritten as JSON."""
    raw = dict(form.raw)
    home = raw if place.urn is None else dict(holder_of(raw, place.urn))
    names = [name for name in home if name.casefold() == place.attribute.casefold()]
    value = lookup(holder_of(form.sent or {}, place.urn), place.attribute)
    home[(names or [place.attribute])[0]] = value
    if value is None:
        del home[(names or [place.attribute])[0]]
    if place.urn is not None:
        raw[next((name for name in raw if name.casefold() == place.urn.casefold()), place.urn)] = home
    form = replace(form, raw=raw, removed=frozenset(where for where in form.removed if where.top != place.top))
    return revert(form, place.top) if is_dirty(form, place.top) else form


def is_dirty(form: Form, place: Place) -> bool:
    """Whether the value at a place, or anything inside the attribute there, is wanted different."""
    if place == place.top:
        return is_rewritten(form, place) or any(
            where.top == place for where in (*form.values, *form.added, *form.removed)
        )
    if place in form.values or place.whole_element in form.removed:
        return True
    return is_rewritten(form, place) and not same(value_before(form, place), value_sent(form, place))


def dirty_count(form: Form) -> int:
    """Return how many things are wanted different; an added element is one, and none while it is empty."""
    filled = {where.whole_element for where, value in form.values.items() if not is_empty(value)}
    added = set(form.added)
    changed = [where for where in form.values if where.whole_element not in added]
    urns = [schema.id for schema in form.resource_type.extensions]
    rewritten = rewritten_count(form.sent, form.raw, urns) if form.sent is not None else 0
    return len(changed) + len(added & filled) + len(form.removed) + rewritten


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same one: absent, null and [] are, true and 1 are not."""
    if is_empty(left) or is_empty(right):
        return is_empty(left) and is_empty(right)
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)
