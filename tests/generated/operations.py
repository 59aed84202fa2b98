"""PATCH operations of every path form, as hypothesis draws them for a resource that is there."""

from __future__ import annotations

import json
from typing import Any

from generated.schemas import Pair, values_of
from hypothesis import strategies as st

from scimtui.scim.schema import Attribute, Type


@st.composite
def operations_on(draw: st.DrawFn, pair: Pair) -> list[dict[str, Any]]:
    """Draw operations that a client could send to `pair.before`."""
    return draw(st.lists(_operations(pair), min_size=1, max_size=3))


@st.composite
def _operations(draw: st.DrawFn, pair: Pair) -> dict[str, Any]:
    urn, attribute = draw(st.sampled_from(list(_placed(pair))))
    op = draw(st.sampled_from(["add", "replace", "remove"]))
    if op != "remove" and draw(st.integers(0, 4)) == 0:
        return {"op": op, "value": _as_object(urn, attribute.name, draw(values_of(attribute)), pair)}
    home = pair.before if urn is None else pair.before.get(urn, {})
    path, value = draw(_targets(attribute, home.get(attribute.name)))
    if op == "replace" and path.endswith("]"):  # every part is stated: whether others stay is another test's question
        value = {**dict.fromkeys(sub.name for sub in attribute.sub_attributes), **value}
    is_core = urn is None
    prefix = draw(st.sampled_from(["", f"{pair.resource_type.schema.id}:"])) if is_core else f"{urn}:"
    found = {"op": op, "path": prefix + path}
    return found if op == "remove" else {**found, "value": value}


def _placed(pair: Pair) -> list[tuple[str | None, Attribute]]:
    kind = pair.resource_type
    own = [(None, attribute) for attribute in kind.schema.attributes]
    return own + [(schema.id, attribute) for schema in kind.extensions for attribute in schema.attributes]


def _as_object(urn: str | None, name: str, value: Any, pair: Pair) -> dict[str, Any]:
    del pair
    return {name: value} if urn is None else {urn: {name: value}}


@st.composite
def _targets(draw: st.DrawFn, attribute: Attribute, there: Any) -> tuple[str, Any]:
    """Draw a path to an attribute, or into it, with a value that fits."""
    if attribute.type is not Type.COMPLEX or draw(st.integers(0, 2)) == 0:
        return attribute.name, draw(values_of(attribute))
    sub = draw(st.sampled_from(attribute.sub_attributes))
    value = draw(values_of(sub))
    if not attribute.multi_valued:
        return f"{attribute.name}.{sub.name}", value
    chosen = draw(_filters(attribute, there or []))
    if draw(st.booleans()):
        return f"{attribute.name}[{chosen}].{sub.name}", value
    elements = draw(values_of(attribute).filter(bool))
    return f"{attribute.name}[{chosen}]", elements[0]


@st.composite
def _filters(draw: st.DrawFn, attribute: Attribute, there: list[dict[str, Any]]) -> str:
    """Draw a filter on elements; most of the time one that matches something."""
    known = [(name, value) for element in there for name, value in element.items() if value is not None]
    if known and draw(st.integers(0, 3)):
        name, value = draw(st.sampled_from(known))
    else:
        sub = draw(st.sampled_from(attribute.sub_attributes))
        name, value = sub.name, draw(values_of(sub))
    if name == "primary":
        value = True  # an element without it counts as false here (RFC 7643 section 2.4), and as nothing for the judge
    return f"{name} eq {json.dumps(value, ensure_ascii=False)}"
