"""Any JSON at any place: nothing leaves the core but its own errors, and each of them says something to an admin."""

from __future__ import annotations

import contextlib
import copy
import json
import os
from typing import Any

import pytest
from generated.schemas import any_json, any_text, nested
from hypothesis import example, given, settings, strategies as st

from scimtui.errors import ScimtuiError
from scimtui.scim.absence import absence, joined
from scimtui.scim.address import checked_base, holds
from scimtui.scim.bulk import BulkLimits, bulk_operations, next_bulk, read_bulk
from scimtui.scim.change import plan_active, plan_create, plan_delete, plan_edit, plan_members
from scimtui.scim.coerce import is_active, normalised
from scimtui.scim.compare import compare
from scimtui.scim.deviations import deviations
from scimtui.scim.dialect import RFC, Dialect
from scimtui.scim.diff import edits, patch_operations, replaced_lists
from scimtui.scim.exchange import Query, list_request, read_page, read_written, resource_path, search_request
from scimtui.scim.filter import parse_filter
from scimtui.scim.inverse import inverse
from scimtui.scim.masks import masked_resource
from scimtui.scim.match import compile_filter
from scimtui.scim.merge import merge
from scimtui.scim.message import ScimRequest, ScimResponse
from scimtui.scim.paging import after_page, first_request, start_walk
from scimtui.scim.patch import apply_operations
from scimtui.scim.path import parse_path, values_at
from scimtui.scim.places import places
from scimtui.scim.provider import BUILT_IN, read_provider
from scimtui.scim.refusal import raise_for_status, refused
from scimtui.scim.resource import natural_key, resource_id
from scimtui.scim.schema import (
    Attribute,
    ResourceType,
    Schema,
    Type,
    core_resource_type,
    read_resource_type,
    read_schema,
)

ANYTHING = settings(max_examples=5000 if os.environ.get("SCIMTUI_SWEEP") else 50, deadline=None)
KINDS = ResourceType(
    "Thing",
    "/Things",
    Schema(
        "urn:thing",
        attributes=tuple(
            Attribute(f"{kind}{many}", kind, multi_valued=many) for kind in Type for many in (False, True)
        ),
    ),
)
"""An attribute of every type, one value and many."""
TYPES = st.sampled_from([core_resource_type("User"), core_resource_type("Group"), KINDS])
NAMES = [
    "userName",
    "emails",
    "name",
    "active",
    "members",
    "meta",
    "schemas",
    "id",
    "MEMBERS",
    "name.givenName",
    "password",
]
NAMES += [
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "x",
    "",
    "a b",
    "\ud800",
    *(attribute.name for attribute in KINDS.schema.attributes),
]
objects = st.dictionaries(st.sampled_from(NAMES) | any_text, any_json, max_size=6)
SENT = {"a": ScimRequest("POST", "/Users", {}), "b": ScimRequest("DELETE", "/Users/1")}
DIALECTS = st.sampled_from([RFC, Dialect(pathless=True), Dialect(value_filters=False)])
operations = st.lists(
    st.dictionaries(st.sampled_from(["op", "path", "value", "Op"]), any_json, max_size=3)
    | st.fixed_dictionaries(
        {"op": st.sampled_from(["add", "remove", "Replace"])},
        optional={
            "path": st.sampled_from([*NAMES, "emails[", 'emails[type eq "x"].value', "members[value pr]"]),
            "value": any_json,
        },
    )
    | any_json,
    max_size=4,
)


def asked(function: Any, *arguments: Any, **options: Any) -> Any:
    """Call a function that may refuse; what it raises then is ours, in one line."""
    with contextlib.suppress(ScimtuiError):
        return function(*arguments, **options)
    with pytest.raises(ScimtuiError) as caught:
        function(*arguments, **options)
    assert caught.value.message
    assert "\n" not in caught.value.message
    return None


@given(raw=objects, other=objects, kind=TYPES, dialect=DIALECTS)
@ANYTHING
@example(raw={"members": nested(90)}, other={"emails": nested(90)}, kind=core_resource_type("Group"), dialect=RFC)
def test_any_two_resources_can_be_told_apart_or_refused(raw, other, kind, dialect):
    kept = copy.deepcopy((raw, other))
    normalised(raw, kind)
    is_active(raw)
    resource_id(raw)
    natural_key(raw)
    deviations(raw, kind)
    masked_resource(raw, kind)
    list(places(kind, raw, other))
    edits(raw, other, kind)
    asked(merge, raw, other, {}, kind)
    found = asked(patch_operations, raw, other, kind, dialect)
    if found is not None:
        replaced_lists(raw, found, kind)
        asked(apply_operations, raw, found, kind)
    assert (raw, other) == kept


@given(raw=objects, wanted=operations, kind=TYPES)
@ANYTHING
def test_any_operations_are_applied_or_refused(raw, wanted, kind):
    kept = copy.deepcopy((raw, wanted))
    asked(apply_operations, raw, wanted, kind)
    assert (raw, wanted) == kept


@given(before=objects, after=objects, kind=TYPES, members=st.lists(any_json, max_size=3), dialect=DIALECTS)
@ANYTHING
def test_any_change_is_planned_or_refused(before, after, kind, members, dialect):
    plans = [
        asked(plan_edit, "acme", before, after, kind, BUILT_IN, dialect),
        asked(plan_create, "acme", after, kind, BUILT_IN, dialect),
        asked(plan_delete, "acme", before, kind, BUILT_IN, dialect),
        asked(plan_active, "acme", before, False, kind, BUILT_IN, dialect),
        asked(
            plan_members,
            "acme",
            before,
            members,
            [one for one in members if isinstance(one, str)],
            kind,
            BUILT_IN,
            dialect,
        ),
    ]
    for change in plans:
        if change is not None:
            asked(inverse, change, before, BUILT_IN, dialect)
            asked(inverse, change, None, BUILT_IN, dialect)


@given(left=st.lists(objects, max_size=3), right=st.lists(objects, max_size=3), kind=TYPES, key=st.sampled_from(NAMES))
@ANYTHING
def test_any_two_populations_can_be_compared(left, right, kind, key):
    asked(compare, left, right, kind, key=key, members={"1": None})
    asked(compare, left, right, kind, key="userName", right_type=core_resource_type("User"))


@given(text=any_text | st.text(), raw=objects, kind=TYPES)
@ANYTHING
def test_any_text_is_a_filter_and_a_path_or_a_fault(text, raw, kind):
    asked(parse_filter, text)
    matches = asked(compile_filter, text, kind)
    if matches is not None:
        assert matches(raw) in {True, False}
    path = asked(parse_path, text, kind)
    if path is not None:
        values_at(raw, path, kind)
    absence(text, kind)
    asked(resource_path, kind, text)
    asked(checked_base, text)
    asked(holds, "https://x/scim", text)
    for query in (Query(filter=text, cursor=text, sort_by=text, attributes=(text,)), Query(excluded=(text,))):
        asked(list_request, kind, query)
        asked(search_request, kind, query)


@given(
    raw=objects,
    text=st.sampled_from(
        [
            'userName eq "x"',
            "emails pr",
            'emails[type eq "work" and primary eq true]',
            'name.givenName co "a"',
            "active ne true",
            'meta.created gt "2020-01-01T00:00:00Z"',
            'members.value eq "1"',
            "not (id pr)",
            "x eq null",
            "password pr",
        ]
    ),
)
@ANYTHING
def test_a_filter_answers_for_any_json(raw, text):
    matches = compile_filter(text, core_resource_type("User"))
    assert matches(raw) in {True, False}
    assert values_at(raw, parse_path("emails.value"), core_resource_type("User")) is not None


@given(
    documents=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("ServiceProviderConfig", "ResourceTypes", "Schemas"), any_json)
    )
)
@ANYTHING
def test_any_discovery_is_read(documents):
    provider = read_provider(documents)
    assert provider.resource_types
    for kind in provider.resource_types:
        normalised({"userName": "x"}, kind)
        joined(kind, core_resource_type("User"))
        asked(list_request, kind, Query())


@given(
    document=any_json
    | objects
    | st.dictionaries(st.sampled_from(["id", "attributes", "name", "type", "subAttributes"]), any_json)
)
@ANYTHING
def test_any_schema_is_read(document):
    schema = read_schema({"id": "urn:x", "attributes": [document]})
    assert len(schema.attributes) <= 1
    read_schema(document)
    read_resource_type(document, {"urn:x": schema})


@given(
    body=any_json.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=50),
    status=st.sampled_from([100, 200, 201, 202, 204, 302, 400, 401, 404, 409, 500, 599]),
    location=any_text,
)
@ANYTHING
@example(body=json.dumps(nested(98)).encode(), status=200, location="http://[")
@example(body=b"[" * 5000, status=400, location="")
def test_any_answer_is_read_or_refused(body, status, location):
    answer = ScimResponse(status, {"location": location, "etag": location}, body)
    asked(raise_for_status, answer, "look")
    read_written(answer)
    walk = start_walk(core_resource_type("User"))
    assert first_request(walk)
    page = asked(read_page, answer)
    if page is not None:
        after_page(walk, page)


@given(
    entries=st.lists(
        any_json
        | st.dictionaries(
            st.sampled_from(["bulkId", "status", "location", "method", "response"]),
            any_json | st.sampled_from(["a", "b", "201", "POST"]),
        ),
        max_size=4,
    )
)
@ANYTHING
def test_any_bulk_answer_is_read_or_refused(entries):
    bulk = next_bulk(bulk_operations(SENT), {}, BulkLimits())
    assert bulk is not None
    found = asked(read_bulk, ScimResponse(200, {}, json.dumps({"Operations": entries}).encode()), bulk)
    assert found is None or list(found) == ["a", "b"]


@given(bodies=st.lists(objects | any_json, max_size=3), status=st.integers(400, 599))
@ANYTHING
def test_any_bodies_are_packed_or_refused_and_any_error_has_words(bodies, status):
    requests = {str(place): ScimRequest("POST", "/Users", body) for place, body in enumerate(bodies)}
    found = asked(bulk_operations, requests)
    if found is not None:
        asked(next_bulk, found, {}, BulkLimits(operations=2, payload=400))
    for body in bodies:
        assert refused(body, status, "look").status == status


@pytest.mark.parametrize("levels", [50, 300, 5000])
def test_json_that_nests_without_end_is_read_or_refused(levels):
    raw = {"userName": "x", "unknown": nested(levels), "emails": [nested(levels)]}
    kind = core_resource_type("User")
    asked(patch_operations, {"userName": "x"}, raw, kind)
    asked(compare, [raw], [{"userName": "x"}], kind)
    asked(bulk_operations, {"a": ScimRequest("POST", "/Users", raw)})
    asked(apply_operations, raw, [{"op": "replace", "path": "title", "value": nested(levels)}], kind)
    assert compile_filter("emails pr", kind)(raw) in {True, False}
