"""What a filter chooses, compared with a slow reading of the rules that shares no code with it."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from scimtui.errors import FilterError
from scimtui.scim.expression import all_of, any_of
from scimtui.scim.filter import And, Comparison, Filter, Not, Operator, Or, Path, Present, ValuePath
from scimtui.scim.match import compile_filter
from scimtui.scim.match_plan import plan
from scimtui.scim.match_source import function
from scimtui.scim.match_steps import steps
from scimtui.scim.schema import Attribute, ResourceType, Schema, Type

SWEEP = bool(os.environ.get("SCIMTUI_SWEEP"))
EXAMPLES = 100 * (50 if SWEEP else 1)
pytestmark = pytest.mark.timeout(900 if SWEEP else 120)

TOYS = ResourceType(
    "Toy",
    "/Toys",
    Schema(
        "urn:toys:core:2.0:Toy",
        attributes=(
            Attribute("text"),
            Attribute("Exact", case_exact=True),
            Attribute("flag", Type.BOOLEAN),
            Attribute("day", Type.DATE_TIME),
            Attribute("size", Type.INTEGER),
            Attribute("words", multi_valued=True),
            Attribute(
                "parts",
                Type.COMPLEX,
                multi_valued=True,
                sub_attributes=(
                    Attribute("value"),
                    Attribute("Kind", case_exact=True),
                    Attribute("flag", Type.BOOLEAN),
                ),
            ),
            Attribute("box", Type.COMPLEX, sub_attributes=(Attribute("text"), Attribute("day", Type.DATE_TIME))),
        ),
    ),
    (Schema("urn:toys:more:2.0:Toy", attributes=(Attribute("colour"), Attribute("words", multi_valued=True))),),
)
MORE = "urn:toys:more:2.0:Toy"


def key(owner: Any, name: str, names: tuple[Attribute, ...] = ()) -> Any:
    """The schema's spelling counts first, then the first one in the object."""
    if not isinstance(owner, dict):
        return None
    attribute = declared(names, name)
    spelled = [attribute.name if attribute else name, *owner]
    same = [owner[each] for each in spelled if each in owner and each.casefold() == name.casefold()]
    return same[0] if same else None


def filled(value: Any) -> bool:
    return value not in (None, [], {}) or isinstance(value, bool | int)


def elements(value: Any) -> list[Any]:
    return [element for element in (value if isinstance(value, list) else [value]) if filled(element)]


def as_object(element: Any) -> dict[str, Any]:
    return element if isinstance(element, dict) else {"value": element}


def declared(names: tuple[Attribute, ...], name: str) -> Attribute | None:
    return next((attribute for attribute in names if attribute.name.casefold() == name.casefold()), None)


def says(filter_: Filter, owner: Any, names: tuple[Attribute, ...]) -> bool:
    """What RFC 7644 section 3.4.2.2 says of one JSON object, step by step."""
    if isinstance(filter_, And):
        return all(says(term, owner, names) for term in filter_.filters)
    if isinstance(filter_, Or):
        return any(says(term, owner, names) for term in filter_.filters)
    if isinstance(filter_, Not):
        return not says(filter_.filter, owner, names)
    path = filter_.path
    is_top = names is TOYS.schema.attributes
    if is_top and (path.urn == MORE or path.attribute == "colour"):  # which the extension alone declares
        moved = replace(filter_, path=replace(path, urn=None))
        return says(moved, key(owner, MORE), TOYS.extensions[0].attributes)
    if isinstance(filter_, Comparison) and filter_.value is None:
        if filter_.operator in {Operator.EQ, Operator.NE}:
            return assigned(path, owner, names) == (filter_.operator is Operator.NE)
        return False
    attribute = declared(names, path.attribute)
    found = elements(key(owner, path.attribute, names))
    return one_says(filter_, found, attribute)


def assigned(path: Path, owner: Any, names: tuple[Attribute, ...]) -> bool:
    """Whether there is a value that is not null (RFC 7643 section 2.5): an empty text is one."""
    found = elements(key(owner, path.attribute, names))
    if path.sub:
        subs = declared(names, path.attribute)
        inner = subs.sub_attributes if subs else ()
        return any(assigned(Path(None, path.sub), as_object(element), inner) for element in found)
    return any(any(map(filled, e.values())) if isinstance(e, dict) else True for e in found)


def has_node(value: Any) -> bool:
    """Whether a value, or one node of it, is neither null nor empty (RFC 7644 table 3, `pr`)."""
    if isinstance(value, dict | list):
        return any(map(has_node, value.values() if isinstance(value, dict) else value))
    return value is not None and value != ""


def one_says(filter_: ValuePath | Comparison | Present, found: list[Any], attribute: Attribute | None) -> bool:
    subs = attribute.sub_attributes if attribute else ()
    may_lack = attribute is None or not attribute.multi_valued
    if isinstance(filter_, ValuePath):
        return any(says(filter_.value_filter, as_object(element), subs) for element in found)
    if filter_.path.sub:
        inner = replace(filter_, path=Path(None, filter_.path.sub))
        owners = found or ([{}] if may_lack else [])
        return any(says(inner, as_object(element), subs) for element in owners)
    if isinstance(filter_, Present):
        return any(map(has_node, found))
    if attribute and attribute.type is Type.COMPLEX:
        attribute = declared(subs, "value")
    values = [key(element, "value") if isinstance(element, dict) else element for element in found]
    if filter_.operator is Operator.NE:
        results = [not holds(Operator.EQ, value, filter_.value, attribute) for value in values]
        return any(results) if found else may_lack
    return any(holds(filter_.operator, value, filter_.value, attribute) for value in values)


def words(value: Any) -> str:
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)


def number(value: Any) -> float | None:
    if isinstance(value, str) and value.isdecimal() and value.isascii() and value == str(int(value)):
        return int(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def moment(value: Any) -> float | None:
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def truth(value: Any) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(words(value).casefold())


def holds(operator: Operator, value: Any, wanted: Any, attribute: Attribute | None) -> bool:
    if value is None or isinstance(value, dict | list):
        return False
    kind = attribute.type if attribute else Type.STRING
    left: Any = words(value)
    right: Any = words(wanted)
    if operator not in {"co", "sw", "ew"}:
        readings = {Type.BOOLEAN: truth, Type.DATE_TIME: moment, Type.INTEGER: number}
        read = readings.get(kind)
        if kind is Type.STRING and isinstance(wanted, int | float) and not isinstance(wanted, bool):
            read = number
        if read is not None and read(wanted) is not None:
            if read(value) is None:
                return False
            left, right = read(value), read(wanted)
    is_exact = attribute is not None and attribute.case_exact and not isinstance(wanted, bool)
    if isinstance(left, str) and not is_exact:
        left, right = (unicodedata.normalize("NFC", text).casefold() for text in (left, right))
    return {
        "eq": lambda: left == right,
        "co": lambda: right in left,
        "sw": lambda: left[: len(right)] == right,
        "ew": lambda: left.endswith(right),
        "gt": lambda: left > right,
        "ge": lambda: left >= right,
        "lt": lambda: left < right,
        "le": lambda: left <= right,
    }[operator]()


DATES = ["2024-05-01T12:00:00Z", "2024-05-01T14:00:00+02:00", "2024-05-01", "2023-12-31T23:59:59.999Z"]
scalars = st.sampled_from(
    [None, True, False, "True", "false", 0, 1, 7, 7.5, "7", "", "a", "A", "ab", "ß", "é", "e\u0301", *DATES]
)
NAMES = [
    "text",
    "Exact",
    "exact",
    "FLAG",
    "flag",
    "day",
    "size",
    "words",
    "parts",
    "box",
    "value",
    "Kind",
    "kind",
    "other",
    "colour",
]
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=6,
)
resources = st.builds(
    lambda core, more: {**core, **more},
    st.dictionaries(st.sampled_from(NAMES), values, max_size=8),
    st.dictionaries(st.sampled_from([MORE, MORE.lower()]), values, max_size=1),
)
tops = st.builds(Path, st.none(), st.sampled_from(NAMES), st.none(), st.none() | st.sampled_from(NAMES)) | st.builds(
    Path, st.just(MORE), st.sampled_from(["colour", "words", "value", "other"])
)
inners = st.builds(Path, st.none(), st.sampled_from(NAMES))


def expressions(paths: st.SearchStrategy[Path]) -> st.SearchStrategy[Filter]:
    leaves = st.builds(Comparison, paths, st.sampled_from(Operator), scalars) | st.builds(Present, paths)

    def joined(terms: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
        rows = st.lists(terms, min_size=2, max_size=3)
        return rows.map(lambda row: all_of(*row)) | rows.map(lambda row: any_of(*row)) | st.builds(Not, terms)

    return st.recursive(leaves, joined, max_leaves=4)


choices = st.builds(
    ValuePath, st.builds(Path, st.sampled_from([None, MORE]), st.sampled_from(NAMES)), expressions(inners)
)


@pytest.mark.rule("P8", "P10")
@settings(max_examples=EXAMPLES, deadline=None)
@given(expressions(tops) | choices, st.lists(resources, min_size=1, max_size=6))
def test_what_is_chosen_is_what_the_rules_say(filter_: Filter, some: list[dict[str, Any]]) -> None:
    try:
        matches = compile_filter(filter_, TOYS)
    except FilterError:
        return
    expected = [says(filter_, resource, TOYS.schema.attributes) for resource in some]
    assert [matches(resource) for resource in some] == expected
    assert [compile_filter(str(filter_), TOYS)(resource) for resource in some] == expected


@settings(max_examples=EXAMPLES, deadline=None)
@given(expressions(tops) | choices, st.lists(resources, min_size=1, max_size=6))
def test_the_fast_function_says_what_the_single_steps_say(filter_: Filter, some: list[dict[str, Any]]) -> None:
    try:
        asked = plan(filter_, TOYS)
    except FilterError:
        return
    assert list(map(function(asked), some)) == list(map(steps(asked), some))
