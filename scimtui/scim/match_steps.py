"""Follows a plan step by step, through JSON of any form. This is what a filter means; `match_source` is what is fast."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from scimtui.scim.literal import Literal, Test, literal_test
from scimtui.scim.match_plan import Every, Inside, Opposite, Plan, Presence, Some, Values
from scimtui.scim.resource import is_empty

Match: TypeAlias = Callable[[Mapping[str, Any]], bool]
"""Asked of a JSON object: a resource, an extension of it, or an element of a complex attribute."""

_NOTHING: Mapping[str, Any] = {}


def steps(plan: Plan) -> Match:
    """Return a function that tells whether an object fulfils the plan. It raises for no JSON."""
    match plan:
        case Every(plans):
            return _every([steps(term) for term in plans])
        case Some(plans):
            return _some([steps(term) for term in plans])
        case Opposite(inner):
            opposite = steps(inner)
            return lambda owner: not opposite(owner)
        case Inside():
            return _inside(plan)
        case Values():
            return _values(plan)
    return lambda _: False


def element_step(plan: Values) -> Test:
    """Return the question that `plan` asks of each of its values, one of which is enough. No value fulfils nothing."""
    of_value, of_object = _asked(plan)

    def test(element: Any) -> bool:
        if is_empty(element):
            return False
        return of_object(element) if isinstance(element, Mapping) else of_value(element)

    return test


def _is_present(value: Any) -> bool:
    """Whether a value, or one node of it, is neither null nor empty."""
    nodes = [value]
    while nodes:
        node = nodes.pop()
        if isinstance(node, Mapping):
            nodes.extend(node.values())
        elif isinstance(node, list):
            nodes.extend(node)
        elif node is not None and node != "":
            return True
    return False


def _is_assigned(value: Any) -> bool:
    return not isinstance(value, Mapping) or not all(map(is_empty, value.values()))


PRESENCE: dict[Presence, Test] = {Presence.PRESENT: _is_present, Presence.ASSIGNED: _is_assigned}
"""What presence means for a value."""


def _asked(plan: Values) -> tuple[Test, Match]:
    """Return what is asked of a value that is no object, and what of an object."""
    asked, elements = plan.asked, plan.elements
    if isinstance(asked, Presence):
        return PRESENCE[asked], PRESENCE[asked]
    if isinstance(asked, Literal):
        test = literal_test(asked)
        return test, lambda element: test(elements.get(element, "value"))
    matches = steps(asked)
    return lambda bare: matches({"value": bare}), matches


def _values(plan: Values) -> Match:
    of_element = element_step(plan)
    keys, name, absent = plan.keys, plan.name, plan.absent

    def matches(owner: Mapping[str, Any]) -> bool:
        value = keys.get(owner, name)
        found = [element for element in (value if isinstance(value, list) else (value,)) if not is_empty(element)]
        return any(of_element(element) for element in found) if found else absent

    return matches


def _inside(plan: Inside) -> Match:
    keys, urn, matches = plan.keys, plan.urn, steps(plan.plan)

    def matches_inside(owner: Mapping[str, Any]) -> bool:
        value = keys.get(owner, urn)
        return matches(value if isinstance(value, Mapping) else _NOTHING)

    return matches_inside


def _every(terms: Sequence[Match]) -> Match:
    return lambda owner: all(term(owner) for term in terms)


def _some(terms: Sequence[Match]) -> Match:
    return lambda owner: any(term(owner) for term in terms)
