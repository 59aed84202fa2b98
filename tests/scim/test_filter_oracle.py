"""Our filters on schemas that nobody has ever seen, evaluated by us and by scim2-models."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from generated.resources import THOROUGH
from generated.schemas import SIMPLE, resource_type_of, resources, schema_documents, scim2_model
from hypothesis import given, strategies as st
from scim2_models import InvalidFilterException, ScimFilter

from scimtui.errors import FilterError
from scimtui.scim.expression import SUBSTRING, And, Comparison, Filter, Not, Operator, Or, Path, Present, ValuePath
from scimtui.scim.match import compile_filter
from scimtui.scim.schema import COMMON_ATTRIBUTES, Attribute, ResourceType, Type


@st.composite
def _about(draw: st.DrawFn, path: Path, attribute: Attribute, *, one: bool) -> Filter:
    """Draw a question about an attribute of which a resource has one value, or many.

    Three kinds are left out. scim2-models takes `ne` of many values as "none of them equals"; here one that differs is
    enough, since RFC 7644 section 3.4.2.2 asks for any match. And it refuses to look for a part of what is no text,
    which the RFC does not forbid, and which admins type. Presence of `primary` is not asked for, since the judge has
    to be told of it: see `as_stated`.
    """
    is_text = attribute.type in {Type.STRING, Type.REFERENCE}
    left_out = (set() if is_text else SUBSTRING) | (set() if one else {Operator.NE})
    operators = [found for found in Operator if found not in left_out]
    operator = draw(st.sampled_from(operators if attribute.name == "primary" else [None, *operators]))
    if operator is None:
        return Present(path)
    return Comparison(path, operator, draw(SIMPLE[attribute.type]))


@st.composite
def _joined(draw: st.DrawFn, terms: st.SearchStrategy[Filter]) -> Filter:
    filters = draw(st.lists(terms, min_size=1, max_size=3))
    joined = filters[0] if len(filters) == 1 else draw(st.sampled_from([And, Or]))(tuple(filters))
    return Not(joined) if draw(st.booleans()) else joined


@st.composite
def _terms(draw: st.DrawFn, resource_type: ResourceType) -> Filter:
    """Draw one term about one attribute of the type."""
    own = [
        (urn, attribute) for urn, attribute in resource_type.placed_attributes() if attribute not in COMMON_ATTRIBUTES
    ]
    urn, attribute = draw(st.sampled_from(own))
    path, subs = Path(urn, attribute.name), attribute.sub_attributes
    one = not attribute.multi_valued
    if not subs:
        return draw(_about(path, attribute, one=one))
    sub = draw(st.sampled_from(subs))
    if not one and sub.name == "value" and draw(st.booleans()):
        return draw(_about(path, sub, one=False))
    if not one and draw(st.booleans()):
        inner = st.sampled_from(subs).flatmap(lambda sub: _about(Path(None, sub.name), sub, one=True))
        return ValuePath(path, draw(_joined(inner)))
    return draw(_about(replace(path, sub=sub.name), sub, one=one))


def filters_on(resource_type: ResourceType) -> st.SearchStrategy[Filter]:
    """Filters about attributes that the type has."""
    return _joined(_joined(_terms(resource_type)))


def as_stated(value: Any, documents: list[dict[str, Any]]) -> Any:
    """State what scim2-models does not assume: that an element without `primary` is not the primary one (7643 2.4)."""
    raw = copy.deepcopy(value)
    for document in documents:
        owner = raw.get(document["id"], raw)
        for attribute in document["attributes"]:
            if attribute["multiValued"] and any(sub["name"] == "primary" for sub in attribute.get("subAttributes", ())):
                for element in owner.get(attribute["name"], ()):
                    element.setdefault("primary", False)
    return raw


@given(data=st.data())
@THOROUGH
def test_a_filter_chooses_what_scim2_models_chooses(data: st.DataObject):
    documents = data.draw(schema_documents())
    resource_type = resource_type_of(documents)
    text = str(data.draw(filters_on(resource_type)))
    raw = data.draw(resources(resource_type))
    model = scim2_model(documents)
    try:
        matches = compile_filter(text, resource_type)
    except FilterError:
        with pytest.raises(InvalidFilterException):
            ScimFilter[model](text)
    else:
        assert matches(raw) == ScimFilter[model](text).match(model.model_validate(as_stated(raw, documents)))
