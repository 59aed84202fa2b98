"""Taking a change back: what was there is there again, and what cannot be is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from generated.resources import GROUP_TYPE, THOROUGH, USER_TYPE, groups, users, writable
from generated.schemas import Pair, pairs
from hypothesis import given

from scimtui.errors import PatchError, UsageError, VersionConflict
from scimtui.scim.change import plan_active, plan_create, plan_delete, plan_edit, plan_members
from scimtui.scim.dialect import RFC, Dialect
from scimtui.scim.diff import edits
from scimtui.scim.inverse import inverse
from scimtui.scim.kind import Kind
from scimtui.scim.patch import apply_operations
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.schema import Attribute, Mutability, ResourceType, Schema, Type

ANN = {"id": "1", "userName": "ann", "active": True, "title": "Engineer", "emails": [{"value": "a@example.org"}]}
STAFF = {"id": "7", "displayName": "Staff", "members": [{"value": "1"}, {"value": "2"}]}


def edited(before, after, resource_type=USER_TYPE):
    return plan_edit("acme", before, after, resource_type, BUILT_IN, RFC)


def carried_out(change, resource):
    """The resource after the requests of a change."""
    for request in change.requests:
        resource = apply_operations(resource, request.body["Operations"], change.resource_type)
    return resource


def undone(change, now, dialect=RFC):
    return inverse(change, now, BUILT_IN, dialect)


@given(before=users, after=users)
@THOROUGH
def test_the_inverse_of_an_edit_brings_the_user_back(before, after):
    change = edited(before, after)
    now = carried_out(change, before)
    back = undone(change, now)
    assert not [warning for warning in back.warnings if "whole list" not in warning]
    assert writable(carried_out(back, now), USER_TYPE) == writable(before, USER_TYPE)


@given(before=groups, after=groups)
@THOROUGH
def test_the_inverse_of_an_edit_brings_the_group_back(before, after):
    change = edited(before, after, GROUP_TYPE)
    now = carried_out(change, before)
    assert writable(carried_out(undone(change, now), now), GROUP_TYPE) == writable(before, GROUP_TYPE)


@given(before=users, after=users)
@THOROUGH
def test_an_edit_that_was_taken_back_can_be_made_again(before, after):
    change = edited(before, after)
    now = carried_out(change, before)
    back = undone(change, now)
    there = carried_out(back, now)
    assert writable(carried_out(undone(back, there), there), USER_TYPE) == writable(after, USER_TYPE)


@given(pair=pairs())
@THOROUGH
def test_on_any_schema_the_inverse_of_an_edit_brings_back_what_was(pair: Pair):
    change = edited(pair.before, pair.after, pair.resource_type)
    now = carried_out(change, pair.before)
    assert edits(now, pair.after, pair.resource_type) == ()
    assert edits(carried_out(undone(change, now), now), pair.before, pair.resource_type) == ()


def test_what_others_changed_since_stays():
    change = edited(ANN, {**ANN, "title": "Boss"})
    now = {**ANN, "title": "Boss", "nickName": "Annie", "emails": [*ANN["emails"], {"value": "b@example.org"}]}
    back = undone(change, now)
    assert back.title == "Undo: Edit ann"
    assert carried_out(back, now) == {**now, "title": "Engineer"}


def test_a_value_that_was_changed_again_is_not_overwritten():
    change = edited(ANN, {**ANN, "title": "Boss", "nickName": "A"})
    with pytest.raises(VersionConflict) as caught:
        undone(change, {**ANN, "title": "Owner", "nickName": "A"})
    assert caught.value.paths == ("title",)


def test_an_edit_that_someone_took_back_already_needs_no_request():
    assert undone(edited(ANN, {**ANN, "title": "Boss"}), ANN).requests == ()


def test_someone_who_was_turned_off_is_turned_on_again():
    off = plan_active("acme", ANN, False, USER_TYPE, BUILT_IN, RFC)
    back = undone(off, {**ANN, "active": False})
    assert (back.kind, carried_out(back, {**ANN, "active": False})) == (Kind.ACTIVATE, ANN)
    assert undone(off, ANN).requests == ()
    unseen = {name: value for name, value in ANN.items() if name != "active"}
    assert undone(plan_active("acme", unseen, False, USER_TYPE, BUILT_IN, RFC), unseen).kind is Kind.ACTIVATE


def test_members_leave_and_come_back_also_where_the_provider_never_lists_them():
    add, remove = [{"value": "3"}], ["1"]
    change = plan_members("acme", STAFF, add, remove, GROUP_TYPE, BUILT_IN, RFC)
    now = carried_out(change, STAFF)
    assert writable(carried_out(undone(change, now), now), GROUP_TYPE) == writable(STAFF, GROUP_TYPE)
    unseen = {"id": "7", "displayName": "Staff"}
    change = plan_members("acme", unseen, add, remove, GROUP_TYPE, BUILT_IN, RFC)
    assert [op for request in undone(change, unseen).requests for op in request.body["Operations"]] == [
        {"op": "remove", "path": 'members[value eq "3"]'},
        {"op": "add", "path": "members", "value": [{"value": "1"}]},
    ]


def test_a_new_user_is_deleted_again_unless_someone_changed_it_since():
    change = plan_create("acme", {"userName": "ann", "title": "Engineer"}, USER_TYPE, BUILT_IN, RFC)
    back = undone(change, {**ANN, "meta": {"version": "1"}})
    assert [(request.method, request.path) for request in back.requests] == [("DELETE", "/Users/1")]
    with pytest.raises(VersionConflict, match="title"):
        undone(change, {**ANN, "title": "Boss"})
    with pytest.raises(UsageError, match="not there any more"):
        undone(change, None)


def test_a_deleted_user_is_created_anew_and_what_is_lost_is_said():
    change = plan_delete("acme", ANN, USER_TYPE, BUILT_IN, RFC)
    back = undone(change, None)
    (request,) = back.requests
    assert (request.method, request.path, request.body["userName"]) == ("POST", "/Users", "ann")
    assert "id" not in request.body
    assert any("new id" in warning for warning in back.warnings)
    assert any("password" in warning for warning in back.warnings)
    with pytest.raises(UsageError, match="is there"):
        undone(change, ANN)


def test_a_new_password_cannot_be_taken_back_and_that_is_said():
    change = edited(ANN, {**ANN, "password": "s3cret", "title": "Boss"})
    back = undone(change, {**ANN, "title": "Boss"})
    assert [edit.path for edit in back.edits] == ["title"]
    assert back.warnings == ("password cannot be brought back: the provider never shows it",)


def test_what_may_be_set_once_only_stays_and_that_is_said():
    badge = Attribute("badge", mutability=Mutability.IMMUTABLE)
    desk = Attribute("desk", Type.COMPLEX, sub_attributes=(Attribute("floor"), replace(badge, name="number")))
    asset = ResourceType("Asset", "/Assets", Schema("urn:example:Asset", attributes=(badge, desk, Attribute("note"))))
    before = {"id": "9", "desk": {"floor": "1"}}
    after = {"id": "9", "badge": "B1", "note": "new", "desk": {"floor": "2", "number": "17"}}
    change = edited(before, after, asset)
    now = carried_out(change, before)
    assert now == after
    back = undone(change, now)
    assert carried_out(back, now) == {"id": "9", "badge": "B1", "desk": {"floor": "1", "number": "17"}}
    assert [warning.partition(" ")[0] for warning in back.warnings] == ["badge", "desk"]


def test_a_required_value_that_was_missing_before_stays():
    nameless = {"id": "1", "title": "Engineer"}
    change = edited(nameless, {**nameless, "userName": "ann"})
    now = carried_out(change, nameless)
    back = undone(change, now)
    assert (back.requests, back.warnings) == ((), ("userName stays: the provider does not let it be taken back",))


def test_an_undo_speaks_the_dialect_of_its_provider():
    change = edited(ANN, {**ANN, "title": "Boss"})
    back = undone(change, {**ANN, "title": "Boss"}, Dialect(capital_ops=True, pathless=True))
    assert back.requests[0].body["Operations"] == [{"op": "Replace", "value": {"title": "Engineer"}}]


def test_two_primaries_of_before_are_not_brought_back():
    """A provider may have shown two; nobody can be made to send them (RFC 7643 section 2.4)."""
    two = {**ANN, "emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]}
    change = edited(two, {**two, "emails": [{"value": "a", "primary": True}]})
    now = carried_out(change, two)
    with pytest.raises(PatchError, match="one primary"):
        undone(change, now)


def test_a_part_that_may_be_set_once_stays_and_that_is_said():
    box = Attribute(
        "box", Type.COMPLEX, sub_attributes=(Attribute("serial", mutability=Mutability.IMMUTABLE), Attribute("x"))
    )
    kind = ResourceType("Thing", "/Things", Schema("urn:x", attributes=(box,)))
    before, after = {"id": "1", "box": {"x": "1"}}, {"id": "1", "box": {"x": "2", "serial": "7"}}
    change = edited(before, after, kind)
    back = undone(change, carried_out(change, before))
    assert carried_out(back, after)["box"] == {"x": "1", "serial": "7"}
    assert "box stays: the provider does not let it be taken back" in back.warnings
    again = edited({"id": "1", "box": {"x": "1", "serial": "7"}}, {"id": "1", "box": {"x": "2", "serial": "7"}}, kind)
    assert not undone(again, again.after).warnings


def test_a_conflict_of_an_undo_names_the_change_and_a_new_password_in_an_extension_is_said():
    secret = Attribute("pin", mutability=Mutability.WRITE_ONLY)
    kind = ResourceType(
        "Thing",
        "/Things",
        Schema("urn:x", attributes=(Attribute("title"),)),
        (Schema("urn:more:1.0:X", attributes=(secret,)),),
    )
    change = edited({"id": "1", "title": "a"}, {"id": "1", "title": "b", "urn:more:1.0:X": {"pin": "7"}}, kind)
    assert undone(change, {"id": "1", "title": "b"}).warnings == (
        "urn:more:1.0:X:pin cannot be brought back: the provider never shows it",
    )
    with pytest.raises(VersionConflict, match="Undo: ") as caught:
        undone(change, {"id": "1", "title": "c"})
    assert caught.value.paths == ("title",)
    assert undone(change, {"id": "1", "title": "b"}).tenant == "acme"
