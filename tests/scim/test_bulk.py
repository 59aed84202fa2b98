"""Bulk (RFC 7644 section 3.7): what goes into which request, and what an answer says of each operation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
import pytest
from generated.resources import THOROUGH
from hypothesis import given, strategies as st

from scimtui.errors import NotScim, Refused, UsageError
from scimtui.scim.bulk import BulkLimits, BulkOutcome, BulkRequest, Done, bulk_operations, next_bulk, read_bulk, smaller
from scimtui.scim.message import ScimRequest, ScimResponse

ALICE = ScimRequest("POST", "/Users", {"userName": "Alice"})
BOB = ScimRequest("PUT", "/Users/b7c1", {"userName": "Bob"}, {"If-Match": 'W/"3694"'})
DAVE = ScimRequest("PATCH", "/Users/5d8d", {"Operations": [{"op": "remove", "path": "nickName"}]})
GONE = ScimRequest("DELETE", "/Users/e902")
FOUR = {"qwerty": ALICE, "bob": BOB, "dave": DAVE, "gone": GONE}
ANY = BulkLimits()


def crew(*members: str) -> ScimRequest:
    return ScimRequest("POST", "/Groups", {"members": [{"value": f"bulkId:{one}"} for one in members]})


def answer(operations: Any, status: int = 200) -> ScimResponse:
    return ScimResponse(status, {}, json.dumps({"Operations": operations}).encode())


def only_request(requests: Mapping[str, ScimRequest], limits: BulkLimits = ANY) -> BulkRequest:
    found = next_bulk(bulk_operations(requests), {}, limits)
    assert found is not None
    return found


def accepted(id: str) -> BulkOutcome:  # noqa: A002, the RFC's word
    return BulkOutcome(Done.ACCEPTED, 201, id)


@pytest.mark.rule("M11")
def test_a_request_says_of_each_operation_what_the_rfc_asks_for():
    assert only_request(FOUR).request.body == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "qwerty", "data": {"userName": "Alice"}},
            {
                "method": "PUT",
                "path": "/Users/b7c1",
                "bulkId": "bob",
                "version": 'W/"3694"',
                "data": {"userName": "Bob"},
            },
            {"method": "PATCH", "path": "/Users/5d8d", "bulkId": "dave", "data": DAVE.body},
            {"method": "DELETE", "path": "/Users/e902", "bulkId": "gone"},
        ],
    }
    stopping = next_bulk(bulk_operations(FOUR), {}, ANY, fail_on_errors=1)
    assert stopping is not None
    assert (stopping.request.path, stopping.request.body["failOnErrors"]) == ("/Bulk", 1)  # type: ignore[index]


@pytest.mark.rule("R47")
@pytest.mark.parametrize("limits", [BulkLimits(operations=2), BulkLimits(payload=370), BulkLimits(3, 370)])
def test_no_request_is_larger_than_the_provider_takes(limits):
    operations, outcomes, sizes = bulk_operations(FOUR), {}, []
    while bulk := next_bulk(operations, outcomes, limits):
        assert len(orjson.dumps(bulk.request.body)) <= (limits.payload or 10**6)
        sizes.append(len(bulk.operations))
        outcomes |= {name: accepted(name) for name in bulk.operations}
    assert sizes == [2, 2]
    assert list(outcomes) == list(FOUR)


@pytest.mark.rule("M11")
def test_what_refers_to_a_new_resource_comes_after_it_in_one_request():
    found = only_request({"crew": crew("ann", "ben"), "ben": ALICE, "ann": ALICE})
    assert list(found.operations) == ["ben", "ann", "crew"]
    assert found.operations["crew"]["data"] == {"members": [{"value": "bulkId:ann"}, {"value": "bulkId:ben"}]}


@pytest.mark.rule("M11")
def test_an_id_that_is_known_stands_in_place_of_its_reference():
    operations = bulk_operations({"ann": ALICE, "crew": crew("ann"), "off": ScimRequest("DELETE", "/Users/bulkId:ann")})
    found = next_bulk(operations, {"ann": accepted("a/1 b")}, ANY)
    assert found is not None
    assert found.operations["crew"]["data"] == {"members": [{"value": "a/1 b"}]}
    assert found.operations["off"]["path"] == "/Users/a%2F1%20b"


def test_a_provider_that_knows_no_references_gets_ids_alone():
    operations, limits = bulk_operations({"crew": crew("ann"), "ann": ALICE}), BulkLimits(follows_references=False)
    first = next_bulk(operations, {}, limits)
    assert first is not None
    assert list(first.operations) == ["ann"]
    second = next_bulk(operations, {"ann": accepted("1")}, limits)
    assert second is not None
    assert second.operations["crew"]["data"] == {"members": [{"value": "1"}]}


@pytest.mark.rule("M11")
def test_resources_that_refer_to_each_other_go_in_one_request_or_not_at_all():
    circle = {"a": crew("b"), "lone": ALICE, "b": crew("a")}
    assert list(only_request(circle, BulkLimits(operations=3)).operations) == ["lone", "a", "b"]
    assert list(only_request(circle, BulkLimits(operations=2)).operations) == ["lone"]
    with pytest.raises(UsageError, match="2 changes that refer to each other"):
        next_bulk(bulk_operations(circle), {"lone": accepted("1")}, BulkLimits(operations=1))


@pytest.mark.parametrize(
    "outcome", [BulkOutcome(Done.REFUSED, 409), BulkOutcome(Done.NOT_EXECUTED), BulkOutcome(Done.ACCEPTED, 201)]
)
def test_what_needs_a_resource_that_there_is_not_is_never_sent(outcome):
    operations = bulk_operations({"ann": ALICE, "crew": crew("ann"), "all": crew("crew"), "ben": ALICE})
    found = next_bulk(operations, {"ann": outcome}, ANY)
    assert found is not None
    assert list(found.operations) == ["ben"]
    assert next_bulk(operations, {"ann": outcome, "ben": accepted("2")}, ANY) is None


@pytest.mark.parametrize(
    ("requests", "said"),
    [
        ({"crew": crew("nobody")}, "refers to bulkId:nobody, which is not among the changes"),
        ({"ann": ScimRequest("POST", "/Users", {"userName": "\ud800"})}, "POST /Users has a body that is no JSON"),
    ],
)
def test_what_cannot_be_sent_is_said_before_anything_is(requests, said):
    with pytest.raises(UsageError, match=said):
        bulk_operations(requests)


def test_one_operation_that_is_too_large_is_named():
    with pytest.raises(
        UsageError, match=r"the change qwerty would be a request of 1\d\d bytes.*takes 90 bytes at once"
    ):
        only_request(FOUR, BulkLimits(payload=90))


@pytest.mark.rule("R50")
def test_after_413_half_of_it_is_sent():
    sent = only_request(FOUR)
    assert smaller(ANY, sent) == BulkLimits(operations=2)
    assert smaller(replace(ANY, payload=9), replace(sent, operations={"one": {}})) is None


@pytest.mark.rule("M11")
@pytest.mark.parametrize("status", ["201", 201, 201.0, {"code": "201"}, {"Code": 201}])
def test_a_status_is_read_in_every_form(status):
    found = read_bulk(answer([{"bulkId": "a", "status": status}]), only_request({"a": ALICE}))
    assert (found["a"].done, found["a"].status) == (Done.ACCEPTED, 201)


@pytest.mark.rule("M11")
def test_the_example_of_the_rfc_is_read_whole():
    answered = [
        {
            "location": "https://example.com/v2/Users/92b7",
            "method": "POST",
            "bulkId": "qwerty",
            "version": 'W/"oY4m"',
            "status": "201",
        },
        {"location": "https://example.com/v2/Users/b7c1", "method": "PUT", "version": 'W/"huJj"', "status": "200"},
        {"location": "https://example.com/v2/Users/5d8d", "method": "PATCH", "status": "200"},
        {"location": "https://example.com/v2/Users/e902", "method": "DELETE", "status": "204"},
    ]
    for order in (answered, answered[::-1]):
        found = read_bulk(answer(order), only_request(FOUR))
        assert {name: (one.done, one.status, one.id) for name, one in found.items()} == {
            "qwerty": (Done.ACCEPTED, 201, "92b7"),
            "bob": (Done.ACCEPTED, 200, "b7c1"),
            "dave": (Done.ACCEPTED, 200, "5d8d"),
            "gone": (Done.ACCEPTED, 204, "e902"),
        }
        assert found["qwerty"].version == 'W/"oY4m"'


@pytest.mark.rule("M11")
def test_what_an_answer_does_not_speak_of_was_not_executed():
    error = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "scimType": "uniqueness", "detail": "Taken."}
    refused = {"method": "POST", "bulkId": "qwerty", "status": "409", "response": error}
    found = read_bulk(answer([refused]), only_request(FOUR))
    assert [one.done for one in found.values()] == [Done.REFUSED, *[Done.NOT_EXECUTED] * 3]
    why = found["qwerty"].refusal
    assert why is not None
    assert (why.status, why.scim_type, why.detail) == (409, "uniqueness", "Taken.")


@pytest.mark.rule("R47")
def test_where_an_answer_belongs_to_nothing_the_rest_may_have_been_done():
    strange = {"location": "/Users/somebody", "method": "PATCH", "status": "200"}
    found = read_bulk(answer([{"bulkId": "gone", "status": 204}, strange, {"bulkId": "who"}]), only_request(FOUR))
    assert found["gone"].done is Done.ACCEPTED
    assert {found[name].done for name in ("qwerty", "bob", "dave")} == {Done.UNKNOWN}


@pytest.mark.parametrize("status", [None, "soon", {}, [], True, 302, 99, {"description": "?"}])
def test_without_a_status_of_success_nothing_is_taken_for_done(status):
    found = read_bulk(answer([{"bulkId": "a", "status": status}]), only_request({"a": ALICE}))
    assert found["a"].done is Done.UNKNOWN


def test_entries_without_names_are_matched_by_method_and_order():
    sent = only_request({"a": ALICE, "gone": GONE, "b": ALICE})
    found = read_bulk(answer([{"status": "201", "response": {"id": "1"}}, {"method": "delete", "status": 204}]), sent)
    assert {name: (one.done, one.id) for name, one in found.items()} == {
        "a": (Done.ACCEPTED, "1"),
        "gone": (Done.ACCEPTED, ""),
        "b": (Done.NOT_EXECUTED, ""),
    }


def test_the_words_of_a_refusal_may_stand_in_its_status():
    status = {"code": "400", "description": "The name is missing."}
    found = read_bulk(answer([{"bulkId": "a", "status": status}]), only_request({"a": ALICE}))
    assert found["a"].refusal is not None
    assert found["a"].refusal.detail == "The name is missing."


@pytest.mark.parametrize("body", [b"", b"[1", b"7", b"{}", b'{"Operations": {}}', b"<html>"])
def test_what_is_no_bulk_answer_is_not_taken_for_nothing_done(body):
    with pytest.raises(NotScim):
        read_bulk(ScimResponse(200, {}, body), only_request(FOUR))


def test_an_error_under_a_status_of_success_is_a_refusal():
    error = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "413"}
    with pytest.raises(Refused) as caught:
        read_bulk(ScimResponse(200, {}, json.dumps(error).encode()), only_request(FOUR))
    assert caught.value.status == 413


class Provider:
    """Does what it is sent in order, as RFC 7644 section 3.7 says; refuses what it was told to refuse."""

    def __init__(self, refused: set[str]) -> None:
        self.refused = refused
        self.groups: dict[str, set[str]] = {}

    def answer(self, bulk: BulkRequest) -> ScimResponse:
        body = bulk.request.body
        assert body is not None
        known: dict[str, str] = {}
        told: list[dict[str, Any]] = []
        errors = 0
        for one in body["Operations"]:
            name = one["bulkId"]
            if name in self.refused:
                errors += 1
                told.append({"method": "POST", "bulkId": name, "status": "400", "response": {"detail": "No."}})
                if errors == body.get("failOnErrors"):
                    break
                continue
            members = {member["value"] for member in one["data"]["members"]}
            known[f"bulkId:{name}"] = f"id-{name}"
            self.groups[f"id-{name}"] = {known.get(member, member) for member in members}
            told.append({"method": "POST", "bulkId": name, "status": "201", "location": f"/Groups/id-{name}"})
        return answer(told)


@st.composite
def crews(draw: st.DrawFn) -> dict[str, ScimRequest]:
    """Groups that are members of others, never of themselves, in any order."""
    names = [f"g{number}" for number in range(draw(st.integers(1, 9)))]
    found = {
        name: crew(*draw(st.sets(st.sampled_from(names[:place]))) if place else ()) for place, name in enumerate(names)
    }
    return {name: found[name] for name in draw(st.permutations(names))}


@pytest.mark.rule("R47")
@given(
    requests=crews(),
    limits=st.builds(BulkLimits, st.none() | st.integers(1, 4), st.none() | st.integers(900, 1200), st.booleans()),
    refused=st.sets(st.sampled_from([f"g{number}" for number in range(9)]), max_size=2),
    fail_on_errors=st.none() | st.just(1),
)
@THOROUGH
def test_whatever_the_limits_everything_is_done_once_but_for_what_was_refused_and_what_needs_it(
    requests, limits, refused, fail_on_errors
):
    operations, provider = bulk_operations(requests), Provider(refused)
    outcomes: dict[str, BulkOutcome] = {}
    while bulk := next_bulk(operations, outcomes, limits, fail_on_errors=fail_on_errors):
        assert len(bulk.operations) <= (limits.operations or 9)
        assert len(orjson.dumps(bulk.request.body)) <= (limits.payload or 10**6)
        assert outcomes.keys().isdisjoint(bulk.operations)
        found = read_bulk(provider.answer(bulk), bulk)
        outcomes |= {name: one for name, one in found.items() if one.done is not Done.NOT_EXECUTED}

    def is_possible(name: str) -> bool:
        return name not in refused and all(map(is_possible, operations.needs[name]))

    possible = {name for name in requests if is_possible(name)}
    assert {name for name, one in outcomes.items() if one.done is Done.ACCEPTED} >= possible
    assert all(outcomes[name].done is Done.REFUSED for name in refused & outcomes.keys())
    for name in possible:
        assert provider.groups[f"id-{name}"] == {f"id-{one}" for one in operations.needs[name]}


def test_a_request_may_be_as_large_as_the_limit_says_and_not_a_byte_larger():
    full = len(orjson.dumps(only_request(FOUR).request.body))
    assert len(only_request(FOUR, BulkLimits(payload=full)).operations) == 4
    assert len(only_request(FOUR, BulkLimits(payload=full - 1)).operations) == 3


@pytest.mark.parametrize(
    ("status", "done"), [(200, Done.ACCEPTED), (299, Done.ACCEPTED), (300, Done.UNKNOWN), (399, Done.UNKNOWN)]
)
def test_only_2xx_is_success(status, done):
    assert read_bulk(answer([{"bulkId": "a", "status": status}]), only_request({"a": ALICE}))["a"].done is done


@pytest.mark.parametrize(("status", "done"), [(400, Done.REFUSED), (599, Done.REFUSED), (600, Done.UNKNOWN)])
def test_a_refusal_has_a_status_of_one(status, done):
    entry = {"bulkId": "a", "status": status, "response": {"id": "7"}, "version": 3}
    found = read_bulk(answer([entry]), only_request({"a": ALICE}))["a"]
    assert (found.done, found.id, found.version) == (done, "7", None)


@pytest.mark.rule("R47")
def test_an_entry_about_another_address_or_method_is_not_taken_for_this_one():
    sent = only_request({"bob": BOB, "dave": DAVE})
    for entry in (
        {"location": "/Users/5d8d", "method": "DELETE", "status": "204"},
        {"location": "/Users/other", "method": "PATCH", "status": "200"},
        {"bulkId": "somebody", "location": "/Users/5d8d", "method": "PATCH", "status": "200"},
    ):
        assert {one.done for one in read_bulk(answer([entry]), sent).values()} == {Done.UNKNOWN}
    named = {"bulkId": "dave", "location": "/Users/b7c1", "status": "200"}
    assert read_bulk(answer([named]), sent)["bob"].done is Done.NOT_EXECUTED
    assert read_bulk(ScimResponse(200, {}, b'[{"bulkId": "bob", "status": 200}]'), sent)["bob"].done is Done.ACCEPTED


def test_half_of_two_is_one():
    assert smaller(ANY, only_request({"a": ALICE, "gone": GONE})) == BulkLimits(operations=1)


def test_what_is_in_a_path_already_is_not_quoted_again():
    found = only_request({"gone": ScimRequest("DELETE", "/Users/a%20b")})
    assert found.operations["gone"]["path"] == "/Users/a%20b"
