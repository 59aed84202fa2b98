"""Who is missing, who differs, and what is no difference."""

from __future__ import annotations

import pytest

from scimtui.errors import PathError
from scimtui.scim.compare import Difference, compare
from scimtui.scim.pairing import pair
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")


def user(identity: str, user_name: str, **values):
    return {"id": identity, "userName": user_name, **values}


def differences(left, right, **options):
    found = compare([user("1", "ann", **left)], [user("2", "ann", **right)], USER, **options)
    return [(change.path, change.left, change.right) for one in found.different for change in one.changes]


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


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"title": None}, {}),
        ({"emails": []}, {}),
        ({"active": "True"}, {"active": True}),
        ({"emails": [{"value": "a@x", "type": "work"}]}, {"emails": [{"type": "work", "value": "A@X"}]}),
        ({"emails": [{"value": "a"}, {"value": "b"}]}, {"emails": [{"value": "b"}, {"value": "a"}]}),
        ({"emails": [{"value": "a", "primary": False}]}, {"emails": [{"value": "a"}]}),
        ({"meta": {"version": "1"}, "groups": [{"value": "9"}]}, {"meta": {"version": "2"}}),
        ({"Title": "x"}, {"title": "x"}),
    ],
)
def test_what_says_the_same_is_no_difference(left, right):
    assert differences(left, right) == []


def test_each_attribute_that_differs_is_named_with_both_values():
    left = {"name": {"givenName": "Ann"}, "active": True, ENTERPRISE_USER: {"department": "IT"}}
    right = {"name": {"givenName": "Anne"}, "active": False, ENTERPRISE_USER: {"department": "HR"}, "title": "x"}
    assert differences(left, right) == [
        ("name.givenName", "Ann", "Anne"),
        ("title", None, "x"),
        ("active", True, False),
        (f"{ENTERPRISE_USER}:department", "IT", "HR"),
    ]


def test_an_empty_text_is_a_value():
    assert differences({"title": ""}, {}) == [("title", "", None)]


def test_paths_can_be_left_out_or_chosen():
    left = {"name": {"givenName": "Ann", "familyName": "Lee"}, "title": "x", "emails": [{"value": "a", "type": "work"}]}
    right = {"name": {"givenName": "Ben", "familyName": "Li"}, "title": "y", "emails": [{"value": "b", "type": "work"}]}
    only = [path for path, _, _ in differences(left, right, only=["name", "emails.value"])]
    assert only == ["name.familyName", "name.givenName", 'emails[type eq "work"].value']
    rest = [path for path, _, _ in differences(left, right, ignore=["name.givenName", "emails"])]
    assert rest == ["name.familyName", "title"]
    with pytest.raises(PathError):
        differences(left, right, ignore=["not a path"])


def test_managers_and_members_are_compared_as_people():
    people = {"l1": "r1", "l2": "r2"}
    ann = {ENTERPRISE_USER: {"manager": {"value": "l1", "displayName": "Ada"}}}
    assert differences(ann, {ENTERPRISE_USER: {"manager": {"value": "r1"}}}, members=people) == []
    other = {ENTERPRISE_USER: {"manager": {"value": "r2", "displayName": "Bo"}}}
    assert differences(ann, other, members=people) == [(f"{ENTERPRISE_USER}:manager", "Ada", "Bo")]
    left = {"id": "1", "displayName": "Staff", "members": [{"value": "l1"}, {"value": "l2", "display": "Bob"}]}
    right = {"id": "2", "displayName": "staff", "members": [{"value": "r1"}, {"value": "r3", "display": "Eve"}]}
    (group,) = compare([left], [right], GROUP, key="displayName", members=people).different
    assert group.changes == (Difference("members", "Bob", None), Difference("members", None, "Eve"))


def test_members_that_a_side_does_not_show_are_no_difference():
    left = {"id": "1", "displayName": "Staff", "members": [{"value": "1"}]}
    assert compare([left], [{"id": "2", "displayName": "Staff"}], GROUP, key="displayName").same == 1


def test_a_key_may_be_any_path():
    left = [user("1", "a", emails=[{"value": "x@y", "type": "work"}]), user("2", "b")]
    right = [user("3", "c", emails=[{"value": "X@Y", "type": "work"}])]
    found = pair(left, right, 'emails[type eq "work"].value', USER)
    assert [(mine["id"], theirs["id"]) for mine, theirs in found.pairs] == [("1", "3")]
    exact = pair([{"id": "A", "externalId": "x"}], [{"id": "B", "externalId": "X"}], "externalId", USER)
    assert exact.pairs == []
