"""Plans: what is sent for a wish, and what is sent for the same wish when the resource has moved on."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scimtui.errors import UsageError, VersionConflict
from scimtui.scim.change import plan_active, plan_create, plan_delete, plan_edit, plan_members, replan
from scimtui.scim.dialect import RFC, Dialect, MemberRemoval
from scimtui.scim.kind import Kind
from scimtui.scim.masks import masked_body, masked_edits, masked_resource
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.schema import core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")
ANN = {"id": "1", "userName": "ann", "active": True, "title": "Engineer", "meta": {"version": "7"}}
NO_PATCH = replace(BUILT_IN, patch=False)


def operations(change):
    return [operation for request in change.requests for operation in request.body["Operations"]]


@pytest.mark.rule("R35", "R36")
def test_an_edit_sends_what_differs_and_nothing_else():
    change = plan_edit("acme", ANN, {**ANN, "title": "Boss"}, USER, BUILT_IN, RFC)
    assert [(request.method, request.path) for request in change.requests] == [("PATCH", "/Users/1")]
    assert operations(change) == [{"op": "replace", "path": "title", "value": "Boss"}]
    assert plan_edit("acme", ANN, dict(ANN), USER, BUILT_IN, RFC).requests == ()


def test_an_id_is_quoted_so_that_no_other_resource_is_hit():
    odd = {**ANN, "id": "a/b?c#d e%"}
    assert plan_delete("acme", odd, USER, BUILT_IN, RFC).requests[0].path == "/Users/a%2Fb%3Fc%23d%20e%25"
    with pytest.raises(UsageError):
        plan_delete("acme", {**ANN, "id": ".."}, USER, BUILT_IN, RFC)


@pytest.mark.rule("R32")
def test_active_is_replaced_even_where_the_provider_hides_it():
    hidden = {key: value for key, value in ANN.items() if key != "active"}
    change = plan_active("acme", hidden, False, USER, BUILT_IN, RFC)
    assert operations(change) == [{"op": "replace", "path": "active", "value": False}]
    assert plan_active("acme", {**ANN, "active": "False"}, False, USER, BUILT_IN, RFC).requests == ()
    with pytest.raises(UsageError):
        plan_active("acme", {"id": "2"}, False, GROUP, BUILT_IN, RFC)


@pytest.mark.rule("R40")
def test_a_dialect_changes_the_form_and_not_the_meaning():
    loud = Dialect(capital_ops=True, pathless=True)
    change = plan_active("acme", ANN, False, USER, BUILT_IN, loud)
    assert operations(change) == [{"op": "Replace", "value": {"active": False}}]


@pytest.mark.rule("M9", "R42")
def test_a_put_carries_all_that_was_read_names_what_it_could_lose_and_never_touches_members():
    before = {**ANN, "unknown": {"x": 1}, "groups": [{"value": "9"}]}
    change = plan_edit("acme", before, {**before, "title": "Boss"}, USER, NO_PATCH, RFC)
    (request,) = change.requests
    assert request.method == "PUT"
    assert request.body["unknown"] == {"x": 1}
    assert {"id", "meta", "groups"}.isdisjoint(request.body)
    assert any("password" in warning for warning in change.warnings)
    group = {"id": "2", "displayName": "Staff"}
    with pytest.raises(UsageError):
        plan_edit("acme", group, {**group, "displayName": "Crew"}, GROUP, NO_PATCH, RFC)


@pytest.mark.rule("R38")
def test_members_go_in_portions_removals_first():
    group = {"id": "2", "displayName": "Staff", "members": [{"value": str(n)} for n in range(5)]}
    add = [{"value": f"new{n}", "display": "x"} for n in range(3)]
    change = plan_members("acme", group, add, ["0", "1", "2", "77"], GROUP, BUILT_IN, Dialect(members_per_request=2))
    sent = [
        [(op["op"], op["path"], op.get("value")) for op in request.body["Operations"]] for request in change.requests
    ]
    assert sent == [
        [("remove", 'members[value eq "0"]', None), ("remove", 'members[value eq "1"]', None)],
        [("remove", 'members[value eq "2"]', None)],
        [("add", "members", [{"value": "new0"}, {"value": "new1"}])],
        [("add", "members", [{"value": "new2"}])],
    ]
    entra = Dialect(member_removal=MemberRemoval.VALUE_ARRAY)
    change = plan_members("acme", group, [], ["0"], GROUP, BUILT_IN, entra)
    assert operations(change) == [{"op": "remove", "path": "members", "value": [{"value": "0"}]}]


def test_a_form_that_only_turns_someone_off_is_a_deactivation():
    assert plan_edit("acme", ANN, {**ANN, "active": False}, USER, BUILT_IN, RFC).kind is Kind.DEACTIVATE
    assert plan_edit("acme", {**ANN, "active": False}, ANN, USER, BUILT_IN, RFC).kind is Kind.ACTIVATE
    assert plan_edit("acme", ANN, {**ANN, "title": "x"}, USER, BUILT_IN, RFC).kind is Kind.EDIT


@pytest.mark.rule("R44", "S12")
def test_a_new_person_needs_what_the_schema_requires_and_sends_nothing_read_only():
    with pytest.raises(UsageError, match="userName"):
        plan_create("acme", {"displayName": "Ann"}, USER, BUILT_IN, RFC)
    change = plan_create("acme", {"userName": "ann", "id": "7", "meta": {}, "emails": []}, USER, BUILT_IN, RFC)
    assert change.requests[0].body == {"schemas": [USER.schema.id], "userName": "ann"}


@pytest.mark.rule("R41")
def test_the_same_wish_on_a_fresh_copy_keeps_what_others_did():
    wish = plan_edit("acme", ANN, {**ANN, "title": "Boss"}, USER, BUILT_IN, RFC)
    fresh = {**ANN, "nickName": "Annie", "meta": {"version": "8"}}
    again = replan(wish, fresh, BUILT_IN, RFC)
    assert operations(again) == [{"op": "replace", "path": "title", "value": "Boss"}]
    assert again.after["nickName"] == "Annie"
    assert replan(wish, {**fresh, "title": "Boss"}, BUILT_IN, RFC).requests == ()
    with pytest.raises(VersionConflict) as caught:
        replan(wish, {**fresh, "title": "Chief"}, BUILT_IN, RFC)
    assert caught.value.paths == ("title",)


def test_turning_off_wins_over_somebody_who_turned_on():
    wish = plan_active("acme", {**ANN, "active": False}, False, USER, BUILT_IN, RFC)
    assert wish.requests == ()
    assert operations(replan(wish, ANN, BUILT_IN, RFC)) == [{"op": "replace", "path": "active", "value": False}]


def test_members_of_a_wish_are_looked_for_in_the_fresh_copy():
    group = {"id": "2", "displayName": "Staff", "members": [{"value": "1"}, {"value": "2"}]}
    wish = plan_members("acme", group, [{"value": "3"}], ["1"], GROUP, BUILT_IN, RFC)
    fresh = {**group, "members": [{"value": "2"}, {"value": "3"}, {"value": "4"}]}
    assert replan(wish, fresh, BUILT_IN, RFC).requests == ()


@pytest.mark.rule("R48", "S16")
def test_a_password_is_masked_wherever_a_change_is_shown_or_kept():
    change = plan_edit("acme", ANN, {**ANN, "password": "s3cret"}, USER, BUILT_IN, RFC)
    new = plan_create("acme", {"userName": "x", "password": "s3cret"}, USER, BUILT_IN, RFC)
    pathless = plan_edit("acme", ANN, {**ANN, "password": "s3cret"}, USER, BUILT_IN, Dialect(pathless=True))
    for one in (change, new, pathless):
        shown = [masked_body(one.requests[0], USER), masked_edits(one.edits, USER)]
        assert "s3cret" in json.dumps(one.requests[0].body)
        assert "s3cret" not in json.dumps(shown)


@pytest.mark.rule("R46")
def test_a_deletion_and_a_deactivation_are_two_things():
    off, gone = plan_active("acme", ANN, False, USER, BUILT_IN, RFC), plan_delete("acme", ANN, USER, BUILT_IN, RFC)
    assert (off.kind, gone.kind) == (Kind.DEACTIVATE, Kind.DELETE)
    assert [request.method for change in (off, gone) for request in change.requests] == ["PATCH", "DELETE"]


def test_someone_can_be_turned_off_where_there_is_no_patch():
    change = plan_active("acme", ANN, False, USER, NO_PATCH, RFC)
    assert [(request.method, request.body["active"]) for request in change.requests] == [("PUT", False)]
    with pytest.raises(UsageError):
        plan_members("acme", {"id": "7"}, [{"value": "1"}], [], GROUP, NO_PATCH, RFC)


def test_what_was_learned_of_patch_counts_more_than_what_the_provider_says():
    learned = plan_edit("acme", ANN, {**ANN, "title": "Boss"}, USER, NO_PATCH, Dialect(can_patch=True))
    assert [request.method for request in learned.requests] == ["PATCH"]


def test_a_provider_that_takes_few_operations_gets_several_requests():
    wanted = {**ANN, "title": "Boss", "nickName": "A", "locale": "en"}
    few = plan_edit("acme", ANN, wanted, USER, BUILT_IN, Dialect(operations_per_request=2))
    assert [len(request.body["Operations"]) for request in few.requests] == [2, 1]
    assert operations(few) == operations(plan_edit("acme", ANN, wanted, USER, BUILT_IN, RFC))


@pytest.mark.rule("R38")
def test_members_can_leave_one_by_one_and_come_many_at_once():
    group = {"id": "7", "displayName": "Staff", "members": [{"value": str(number)} for number in range(3)]}
    coming = [{"value": f"new {number}"} for number in range(3)]
    entra = Dialect(members_per_request=20, removals_per_request=1)
    change = plan_members("acme", group, coming, ["0", "1", "2"], GROUP, BUILT_IN, entra)
    assert [len(request.body["Operations"]) for request in change.requests] == [1, 1, 1, 1]
    assert change.requests[-1].body["Operations"] == [{"op": "add", "path": "members", "value": coming}]
    by_edit = plan_edit("acme", group, change.after, GROUP, BUILT_IN, entra)
    assert by_edit.requests == change.requests


@pytest.mark.rule("R41")
def test_creations_deletions_and_members_are_planned_anew_too():
    create = plan_create("acme", {"userName": "new"}, USER, BUILT_IN, RFC)
    assert replan(create, {}, BUILT_IN, RFC) is create
    delete = replan(plan_delete("acme", ANN, USER, BUILT_IN, RFC), {**ANN, "title": "Boss"}, BUILT_IN, RFC)
    assert delete.before == {**ANN, "title": "Boss"}
    off = replan(plan_active("acme", ANN, False, USER, BUILT_IN, RFC), {**ANN, "active": False}, BUILT_IN, RFC)
    assert off.requests == ()


@pytest.mark.rule("M9", "S9", "S12")
def test_a_put_has_every_schema_it_uses_and_nothing_read_only_at_any_depth():
    urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    mails = [{"value": "a@example.org", "type": "work"}]
    before = {**ANN, "emails": mails, urn: {"department": "A", "manager": {"value": "2", "displayName": "Bo"}}}
    change = plan_edit("acme", before, {**before, "title": "Boss"}, USER, NO_PATCH, RFC)
    (request,) = change.requests
    assert request.body["schemas"] == [USER.schema.id, urn]
    assert request.body["emails"] == mails
    assert request.body[urn] == {"department": "A", "manager": {"value": "2"}}
    assert "id" not in request.body
    assert "meta" not in request.body
    named = {**ANN, urn: {"manager": {"displayName": "Bo"}}}
    change = plan_edit("acme", named, {**named, "title": "Boss"}, USER, NO_PATCH, RFC)
    assert set(change.requests[0].body) == {"schemas", "userName", "active", "title"}


def test_a_resource_is_kept_without_what_is_written_only():
    kept = masked_resource({"userName": "ann", "PASSWORD": "s3cret", "name": {"givenName": "Ann"}}, USER)
    assert kept["userName"] == "ann"
    assert kept["name"] == {"givenName": "Ann"}
    assert "s3cret" not in str(kept)
    assert masked_resource(None, USER) is None


@pytest.mark.rule("R38", "R40")
def test_members_leave_and_come_in_every_form_in_portions_of_their_own():
    group = {"id": "7", "displayName": "Staff", "members": [{"value": "1"}, {"value": 'a"é'}]}
    wanted = {"id": "7", "displayName": "Crew", "members": [{"value": str(n)} for n in range(3, 6)]}
    dialect = Dialect(pathless=True, capital_ops=True, members_per_request=2)
    change = plan_edit("acme", group, wanted, GROUP, BUILT_IN, dialect)
    assert [request.body["Operations"] for request in change.requests] == [
        [{"op": "Replace", "value": {"displayName": "Crew"}}],
        [
            {"op": "Remove", "path": 'members[value eq "1"]'},
            {"op": "Remove", "path": 'members[value eq "a\\"é"]'},
        ],
        [{"op": "Add", "value": {"members": [{"value": "3"}, {"value": "4"}]}}],
        [{"op": "Add", "value": {"members": [{"value": "5"}]}}],
    ]
    assert all(
        request.body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:PatchOp"] for request in change.requests
    )


def test_where_neither_patch_nor_put_is_there_nothing_is_planned():
    before = {"id": "1", "userName": "a"}
    dialect = Dialect(can_patch=False, can_put=False)
    with pytest.raises(UsageError, match="neither PATCH nor PUT"):
        plan_edit("acme", before, {**before, "title": "x"}, core_resource_type("User"), BUILT_IN, dialect)
    with pytest.raises(UsageError, match="neither PATCH nor PUT"):
        plan_active("acme", before, False, core_resource_type("User"), BUILT_IN, dialect)


@pytest.mark.parametrize(
    ("now", "paths"),
    [
        ({"userName": "carol"}, ("userName",)),
        ({"displayName": "Carol"}, ("displayName",)),
        ({"active": True}, ("active",)),
        ({"title": "Boss"}, ()),
        ({"displayName": None}, ("displayName",)),
    ],
)
def test_who_is_somebody_else_by_now_is_not_deleted(now, paths):
    user = core_resource_type("User")
    ann = {"id": "7", "userName": "ann", "displayName": "Ann", "active": False}
    change = plan_delete("acme", ann, user, BUILT_IN, RFC)
    if not paths:
        assert replan(change, {**ann, **now}, BUILT_IN, RFC).requests == change.requests
        return
    with pytest.raises(VersionConflict) as stopped:
        replan(change, {**ann, **now}, BUILT_IN, RFC)
    assert stopped.value.paths == paths


BOB = {
    "id": "1", "userName": "bob", "displayName": "Bob Old", "active": True, "emails": [{"value": "Bob@x.org"}],
}  # fmt: skip
CAROL = {"userName": "carol", "displayName": "Carol New", "emails": [{"value": "carol@x.org"}]}


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (BOB, CAROL),
        (BOB, {**CAROL, "displayName": None}),
        (BOB, {**CAROL, "emails": []}),
        ({**BOB, "externalId": "E1"}, {"userName": "carol", "externalId": "E2"}),
        (BOB, {**CAROL, "displayName": "Carol Old", "name": {"givenName": "Carol"}}),
    ],
)
def test_an_id_that_belongs_to_somebody_else_by_now_stops_what_was_meant_for_the_first(before, now):
    fresh = {**before, **now}
    if "name" in now:
        before = {**before, "name": {"givenName": "Bob"}}
    for wish in (
        plan_active("acme", before, False, USER, BUILT_IN, RFC),
        plan_edit("acme", before, {**before, "title": "Left"}, USER, BUILT_IN, RFC),
    ):
        with pytest.raises(VersionConflict, match="belongs to carol by now") as error:
            replan(wish, fresh, BUILT_IN, RFC)
        assert error.value.paths == ("userName",)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (BOB, {"userName": "bob.old"}),
        (BOB, {"emails": [{"value": "new@x.org"}], "displayName": "Robert"}),
        (BOB, {"userName": "bob.new", "emails": [{"value": "bob.new@x.org"}], "displayName": "New, Bob"}),
        ({**BOB, "externalId": "E1"}, CAROL),
        ({"id": "1", "userName": "bob", "active": True}, {"userName": "carol"}),
        ({"id": "1", "userName": 7, "active": True}, CAROL),
    ],
)
def test_a_person_who_was_merely_renamed_is_still_the_one(before, now):
    wish = plan_active("acme", before, False, USER, BUILT_IN, RFC)
    assert operations(replan(wish, {**before, **now}, BUILT_IN, RFC)) == operations(wish)
    off = {**before, **CAROL, "active": False}
    assert replan(wish, off, BUILT_IN, RFC).requests == ()
