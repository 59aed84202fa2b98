"""What the core writes, done by servers that we did not write."""

from __future__ import annotations

import copy
import json
import os
from typing import Any

import pytest
from generated.schemas import resource_type_of, resources
from hypothesis import HealthCheck, given, settings, strategies as st
from real_servers import THING_DOCUMENTS, RealServer

from scimtui.scim.bulk import BulkLimits, BulkOutcome, Done, bulk_operations, next_bulk, read_bulk
from scimtui.scim.change import plan_edit
from scimtui.scim.dialect import RFC, Dialect
from scimtui.scim.diff import edits, patch_operations
from scimtui.scim.inverse import inverse
from scimtui.scim.message import ScimRequest, ScimResponse
from scimtui.scim.patch import apply_operations
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.write_requests import PATCH_OP

THING = resource_type_of(THING_DOCUMENTS)
DIALECTS = [
    Dialect(pathless=pathless, value_filters=value_filters, capital_ops=capital_ops)
    for pathless in (False, True)
    for value_filters in (False, True)
    for capital_ops in (False, True)
]
OVER_HTTP = settings(
    max_examples=1500 if os.environ.get("SCIMTUI_SWEEP") else 25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def created(server: RealServer, wanted: dict[str, Any]) -> dict[str, Any]:
    found = server.ask("/Things", {name: value for name, value in wanted.items() if name != "id"})
    return server.ask(f"/Things/{found['id']}")


def patched(server: RealServer, identity: str, operations: list[dict[str, Any]]) -> dict[str, Any]:
    if operations:
        server.ask(f"/Things/{identity}", {"schemas": [PATCH_OP], "Operations": operations}, method="PATCH")
    return server.ask(f"/Things/{identity}")


@given(data=st.data())
@OVER_HTTP
def test_a_server_that_gets_our_operations_has_what_was_wanted(things_server, data):
    before = created(things_server, data.draw(resources(THING)))
    after = {**data.draw(resources(THING)), "id": before["id"]}
    kept = data.draw(st.sets(st.sampled_from(sorted(before)))) - {"schemas", "meta"}
    after |= {name: copy.deepcopy(before[name]) for name in kept}
    operations = patch_operations(before, after, THING)
    found = patched(things_server, before["id"], operations)
    assert edits(found, after, THING) == ()
    assert edits(found, apply_operations(before, operations, THING), THING) == ()


@given(data=st.data())
@OVER_HTTP
def test_a_server_that_gets_any_of_our_dialects_has_the_same(things_server, data):
    dialect = data.draw(st.sampled_from(DIALECTS))
    before = created(things_server, data.draw(resources(THING)))
    after = {**before, **data.draw(resources(THING)), "id": before["id"]}
    found = patched(things_server, before["id"], patch_operations(before, after, THING, dialect))
    assert edits(found, after, THING) == ()


@given(data=st.data())
@OVER_HTTP
def test_an_undone_change_leaves_a_server_as_it_was(things_server, data):
    before = created(things_server, data.draw(resources(THING)))
    after = {**data.draw(resources(THING)), "id": before["id"]}
    change = plan_edit("acme", before, after, THING, BUILT_IN, RFC)
    for request in change.requests:
        things_server.ask(request.path, request.body, method=request.method)
    now = things_server.ask(f"/Things/{before['id']}")
    for request in inverse(change, now, BUILT_IN, RFC).requests:
        things_server.ask(request.path, request.body, method=request.method)
    assert edits(before, things_server.ask(f"/Things/{before['id']}"), THING) == ()


@pytest.mark.parametrize(
    ("fixture", "limits"),
    [
        ("scim2_server", BulkLimits()),
        ("scim2_server", BulkLimits(operations=2)),
        ("scim2_server", BulkLimits(payload=500)),
        ("scimmy", BulkLimits(follows_references=False)),
    ],
)
def test_new_people_and_their_groups_arrive_in_bulk(request, fixture, limits):
    server = request.getfixturevalue(fixture)
    core = "urn:ietf:params:scim:schemas:core:2.0"
    people = {f"p{n}": ScimRequest("POST", "/Users", person(f"new.{n}@acme.example")) for n in range(5)}
    members = [{"value": f"bulkId:{name}"} for name in people]
    group = {"schemas": [f"{core}:Group"], "displayName": "New here", "members": members}
    taken = ScimRequest("POST", "/Users", person("alice.whitfield@acme.example"))
    operations = bulk_operations({"group": ScimRequest("POST", "/Groups", group), **people, "taken": taken})
    outcomes: dict[str, BulkOutcome] = {}
    while bulk := next_bulk(operations, outcomes, limits):
        answer = server.ask(bulk.request.path, bulk.request.body)
        outcomes |= read_bulk(ScimResponse(200, {}, json.dumps(answer).encode()), bulk)
    refused = outcomes.pop("taken")
    assert (refused.done, refused.status) == (Done.REFUSED, 409)
    assert {outcome.done for outcome in outcomes.values()} == {Done.ACCEPTED}
    arrived = {member["value"] for member in server.group("New here")["members"]}
    assert arrived == {outcomes[name].id for name in people}
    assert server.user("new.3@acme.example")["id"] == outcomes["p3"].id


def person(user_name: str) -> dict[str, Any]:
    return {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name, "active": True}
