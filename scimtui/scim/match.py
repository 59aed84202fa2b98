"""Whether a resource fulfils a filter (RFC 7644 section 3.4.2.2), fast enough for every resource of a tenant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from scimtui.scim.expression import (
    And,
    Comparison,
    Filter,
    Not,
    Operator,
    Or,
    Path,
    Present,
    ValuePath,
    located,
    schema_urns,
)
from scimtui.scim.filter_text import Reader
from scimtui.scim.literal import Test, literal_test
from scimtui.scim.resource import is_empty
from scimtui.scim.schema import Attribute, ResourceType, Type

Match: TypeAlias = Callable[[Mapping[str, Any]], bool]
"""Asked of a JSON object: a resource, an extension of it, or an element of a complex attribute."""


def compile_filter(filter: Filter | str, resource_type: ResourceType) -> Match:  # noqa: A002 - the RFC's word
    """Return a function that tells whether a resource, as raw JSON, fulfils the filter.

    The function raises for no JSON. Letter case counts where the schema says caseExact. dateTimes are compared as
    instants, and wrong types by what they mean: "True" is true, "12" is 12, a bare string is an element's `value`.
    Of a multi-valued attribute one element is enough. `eq null` is the opposite of `pr`, `ne null` the same.
    `ne` holds where a single-valued attribute has no value. What no schema declares is looked up by its name.

    Raises:
        FilterError: the text is no filter, or it asks for an order where there is none (booleans and binaries), or it
            compares a dateTime with something else.
    """
    expression = Reader(filter, urns=schema_urns(resource_type)).whole_filter() if isinstance(filter, str) else filter

    def find(path: Path) -> _Place:
        return _in_resource(path, resource_type)

    return _compiled(expression, find)


# ---------------------------------------------------------------- where values stand


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the value of a path stands in an object, and what its schema says of it."""

    name: str
    """Spelled as in the schema, since that is how most providers spell it."""
    attribute: Attribute | None
    urn: str | None = None
    """The extension object that holds it."""


_Find: TypeAlias = Callable[[Path], _Place]


def _in_resource(path: Path, resource_type: ResourceType) -> _Place:
    path = located(path, resource_type)
    extension = resource_type.extension(path.urn) if path.urn is not None else None
    urn = extension.id if extension else path.urn
    if urn is not None and not path.attribute:
        sub_attributes = extension.attributes if extension else ()
        return _Place(urn, Attribute(urn, Type.COMPLEX, sub_attributes=sub_attributes))
    attribute = resource_type.attribute(path.attribute, path.urn)
    if attribute is None:
        return _Place(path.attribute, None, urn)
    if urn is None and attribute.name.casefold() in {"id", "externalid"}:
        # RFC 7643 section 3.1 says so, whatever a provider's own schema forgets to say.
        attribute = replace(attribute, case_exact=True)
    if urn is None and attribute.name.casefold() == "schemas":
        attribute = replace(attribute, type=Type.STRING, case_exact=False)  # URNs have no letter case
    return _Place(attribute.name, attribute, urn)


def _in_element(path: Path, attribute: Attribute | None) -> _Place:
    sub = attribute.sub(path.attribute) if attribute else None
    is_value = path.attribute.casefold() == "value"
    if sub is None and attribute and is_value and attribute.type is not Type.COMPLEX:
        sub = replace(attribute, name="value", multi_valued=False)  # schemas[value eq "…"]: the elements are bare
    return _Place(sub.name if sub else "value" if is_value else path.attribute, sub)


# ---------------------------------------------------------------- filters


def _compiled(expression: Filter, find: _Find) -> Match:
    if isinstance(expression, And):
        return _every([_compiled(term, find) for term in expression.filters])
    if isinstance(expression, Or):
        return _some([_compiled(term, find) for term in expression.filters])
    if isinstance(expression, Not):
        return _opposite(_compiled(expression.filter, find))
    if isinstance(expression, Comparison) and expression.value is None:
        present = _compiled(Present(expression.path), find)
        unordered = {Operator.EQ: _opposite(present), Operator.NE: present}
        return unordered.get(expression.operator, _never)  # nothing is greater than null, or contains it
    place = find(expression.path)
    if isinstance(expression, ValuePath):
        matches = _descended(place, expression.value_filter, absent=False)
    elif expression.path.sub is not None:
        inner = replace(expression, path=Path(attribute=expression.path.sub))
        matches = _descended(place, inner, absent=not _is_multi_valued(place))
    else:
        matches = _tested(expression, place)
    return matches if place.urn is None else _inside(place.urn, matches)


def _descended(place: _Place, expression: Filter, *, absent: bool) -> Match:
    """Ask every element by itself. `absent`: whether no element counts as one that has nothing."""
    matches = _compiled(expression, lambda path: _in_element(path, place.attribute))
    return _any_value(place.name, lambda bare: matches({"value": bare}), matches, absent=absent and matches(_NOTHING))


def _tested(expression: Comparison | Present, place: _Place) -> Match:
    if isinstance(expression, Present):
        return _any_value(place.name, _always, _has_node, absent=False)
    attribute = place.attribute
    value_of = _getter("value")
    test = literal_test(
        expression, attribute.sub("value") if attribute and attribute.type is Type.COMPLEX else attribute
    )
    is_unequal = expression.operator is Operator.NE
    return _any_value(
        place.name,
        test,
        lambda element: test(value_of(element)),
        absent=is_unequal and not _is_multi_valued(place),
    )


def _is_multi_valued(place: _Place) -> bool:
    return place.attribute is not None and place.attribute.multi_valued


_NOTHING: Mapping[str, Any] = {}


def _has_node(element: Mapping[str, Any]) -> bool:
    return not all(map(is_empty, element.values()))


def _always(_: Any) -> bool:
    return True


def _never(_: Any) -> bool:
    return False


def _opposite(matches: Match) -> Match:
    return lambda owner: not matches(owner)


def _every(terms: Sequence[Match]) -> Match:
    if len(terms) == 2:
        first, second = terms
        return lambda owner: first(owner) and second(owner)

    def matches(owner: Mapping[str, Any]) -> bool:
        for term in terms:  # noqa: SIM110 - all() takes twice the time
            if not term(owner):
                return False
        return True

    return matches


def _some(terms: Sequence[Match]) -> Match:
    if len(terms) == 2:
        first, second = terms
        return lambda owner: first(owner) or second(owner)

    def matches(owner: Mapping[str, Any]) -> bool:
        for term in terms:  # noqa: SIM110 - any() takes twice the time
            if term(owner):
                return True
        return False

    return matches


# ---------------------------------------------------------------- keys and elements


def _any_value(name: str, of_value: Test, of_object: Match, *, absent: bool) -> Match:
    """Ask every value that `owner` has under `name`: those of a list, or the only one. `absent` where it has none."""
    other_spelling = _other_spelling(name)

    def matches(owner: Mapping[str, Any]) -> bool:
        value = owner.get(name)
        if type(value) is str:
            return of_value(value)
        if value is None and name not in owner:
            value = other_spelling(owner)
        is_absent = True
        for element in value if type(value) is list else (value,):
            if element is None or (not element and isinstance(element, list | dict)):
                continue
            is_object = type(element) is dict or isinstance(element, Mapping)
            if of_object(element) if is_object else of_value(element):
                return True
            is_absent = False
        return is_absent and absent

    return matches


def _inside(urn: str, matches: Match) -> Match:
    extension = _getter(urn)

    def matches_inside(owner: Mapping[str, Any]) -> bool:
        value = extension(owner)
        return matches(value if isinstance(value, Mapping) else _NOTHING)

    return matches_inside


def _getter(name: str) -> Callable[[Mapping[str, Any]], Any]:
    other_spelling = _other_spelling(name)

    def get(owner: Mapping[str, Any]) -> Any:
        value = owner.get(name)
        return other_spelling(owner) if value is None and name not in owner else value

    return get


_MOST_KEYS = 1000
"""Keys a lookup remembers as not being the one. Resources share a few dozen; only hostile ones have more."""


def _other_spelling(name: str) -> Callable[[Mapping[str, Any]], Any]:
    """Look a name up in an object that lacks its exact spelling; keys once folded are not folded again."""
    folded = name.casefold()
    others: set[str] = set()

    def get(owner: Mapping[str, Any]) -> Any:
        if others.issuperset(owner):
            return None
        for key, value in owner.items():
            if key in others:
                continue
            if key.casefold() == folded:
                return value
            if len(others) < _MOST_KEYS:
                others.add(key)
        return None

    return get
