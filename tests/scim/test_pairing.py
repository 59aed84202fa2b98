"""Who is whom: how people of two tenants are paired."""

from __future__ import annotations

import pytest

from scimtui.scim.compare import compare
from scimtui.scim.pairing import pair
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type

USER = core_resource_type("User")


def user(identity: str, user_name: str, **values):
    return {"id": identity, "userName": user_name, **values}


def test_people_are_found_by_their_key_whatever_its_letter_case():
    left = [user("1", "Ann"), user("2", "bob"), user("3", "Zoë")]
    right = [user("8", "ann"), user("9", "eve"), user("7", "Zoe\u0308")]
    found = compare(left, right, USER)
    assert [entry.key for entry in found.only_left] == ["bob"]
    assert [entry.key for entry in found.only_right] == ["eve"]
    assert (found.same, found.different) == (2, ())


def test_a_key_that_several_have_is_shown_and_never_picked():
    found = compare([user("1", "ann"), user("2", "ANN")], [user("8", "ann")], USER)
    (one,) = found.ambiguous
    assert (one.left_ids, one.right_ids) == (("1", "2"), ("8",))
    assert (found.only_left, found.only_right, found.same) == ((), (), 0)


def test_without_a_key_nobody_is_paired():
    found = compare([{"id": "1", "userName": ""}], [{"id": "2", "userName": ""}], USER)
    assert [entry.id for entry in found.only_left] == ["1"]
    assert [entry.id for entry in found.only_right] == ["2"]


def test_a_key_may_be_any_path():
    left = [user("1", "a", emails=[{"value": "x@y", "type": "work"}]), user("2", "b")]
    right = [user("3", "c", emails=[{"value": "X@Y", "type": "work"}])]
    found = pair(left, right, 'emails[type eq "work"].value', USER)
    assert [(mine["id"], theirs["id"]) for mine, theirs in found.pairs] == [("1", "3")]
    exact = pair([{"id": "A", "externalId": "x"}], [{"id": "B", "externalId": "X"}], "externalId", USER)
    assert exact.pairs == []


@pytest.mark.rule("R51")
@pytest.mark.parametrize(
    "key",
    ["emails", "emails.value", 'emails[type eq "work"].value', f"{ENTERPRISE_USER}:employeeNumber", "name.familyName"],
)
def test_people_can_be_paired_by_any_path(key):
    ann = {
        "emails": [{"value": "a@x", "type": "work"}],
        ENTERPRISE_USER: {"employeeNumber": "7"},
        "name": {"familyName": "A"},
    }
    bo = {
        "emails": [{"value": "b@x", "type": "work"}],
        ENTERPRISE_USER: {"employeeNumber": "8"},
        "name": {"familyName": "B"},
    }
    left = [user("1", "ann", **ann), user("2", "bo", **bo), user("3", "cy")]
    right = [user("9", "other", **bo), user("8", "another", **ann)]
    found = compare(left, right, USER, key=key)
    assert {(one.left_id, one.right_id) for one in found.different} == {("1", "8"), ("2", "9")}
    assert [entry.id for entry in found.only_left] == ["3"]


def test_a_key_that_several_on_the_right_alone_have_is_ambiguous():
    found = compare([], [user("1", "ann"), user("2", "ANN"), user("3", "bo")], USER)
    assert [(one.key, one.left_ids, one.right_ids) for one in found.ambiguous] == [("ann", (), ("1", "2"))]
    assert [entry.key for entry in found.only_right] == ["bo"]


@pytest.mark.rule("R51")
def test_keys_are_the_same_by_letter_case_and_composition_as_their_schema_has_it():
    left, right = [{"id": "1", "externalId": "A"}], [{"id": "2", "externalId": "a"}]
    assert compare(left, right, USER, key="externalId").same == 0
    assert compare(left, [{"id": "2", "externalId": "A"}], USER, key="externalId").same == 1
    composed, apart = [{"id": "1", "externalId": "Zo\u00eb"}], [{"id": "2", "externalId": "Zoe\u0308"}]
    assert compare(composed, apart, USER, key="externalId").only_left == ()
    assert compare(composed, apart, USER, key="externalId").only_right == ()
    twice = compare([user("1", " ann"), user("2", "ANN ")], [user("3", "ann")], USER)
    assert [(one.key, one.left_ids, one.right_ids) for one in twice.ambiguous] == [("ann", ("1", "2"), ("3",))]
