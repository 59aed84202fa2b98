"""What of a leaver's account is cleared and set, and groups with a rule."""

from __future__ import annotations

import pytest

from scimtui.scim.offboarding import (
    cleared,
    filled,
    is_filled,
    manager_of,
    reports_path,
    rule_of,
    with_manager,
    with_values,
)
from scimtui.scim.schema import ENTERPRISE_USER, ResourceType, Schema, core_resource_type

USER = core_resource_type("User")
ANN = {
    "id": "1",
    "userName": "ann",
    "title": "Engineer",
    "roles": [{"value": "admin"}],
    "odd": "kept",
    ENTERPRISE_USER: {"department": "R&D", "manager": {"value": "7", "displayName": "Meg", "$ref": "../Users/7"}},
}


def test_what_stands_in_braces_is_put_in():
    assert filled("Left {date}: {reason} {other}", {"date": "2026-11-25", "reason": "moved"}) == (
        "Left 2026-11-25: moved {other}"
    )
    assert filled("Left {reason}", {"reason": ""}) == "Left"


@pytest.mark.parametrize(
    ("text", "is_so"),
    [("Left 2020-01-31", True), ("Left", False), ("Left today", False), ("left 2020-01-31", False), (7, False)],
)
def test_a_text_that_was_set_on_another_day_is_known_again(text, is_so):
    assert is_filled("Left {date}", text) is is_so


def test_a_reason_may_be_any_or_none():
    assert is_filled("Left: {reason}", "Left: moved\nto Rome")
    assert is_filled("Left: {reason}", "Left:")
    assert not is_filled("({reason}", "x")
    assert not is_filled("{reason}", "Engineer")


def test_what_has_a_value_is_cleared_and_what_has_none_is_left_alone():
    found = cleared(ANN, ["roles", "entitlements", "department", "odd"], USER)
    assert found.paths == ("roles", "department", "odd")
    assert found.problems == ()
    assert "roles" not in found.after
    assert "department" not in found.after[ENTERPRISE_USER]
    assert ANN["roles"] == [{"value": "admin"}]


def test_what_cannot_be_cleared_or_is_not_there_is_said_and_leaves_the_others_alone():
    found = cleared(ANN, ["userName", "rolez", "a b", "title"], USER)
    assert found.paths == ("title",)
    assert [one.partition(":")[0] for one in found.problems] == [
        "a User has no attribute rolez here; did you mean roles?",
        "a b is no path",
        "userName stays",
    ]
    assert cleared(ANN, ["zzz"], USER).problems == ("a User has no attribute zzz here",)


def test_values_are_set_once():
    wanted = {"title": "Left {date}", "active": False, "zzz": 1, "userType": "Leaver"}
    found = with_values({**ANN, "userType": "Leaver"}, wanted, {"date": "2026-11-25"}, USER)
    assert found.paths == ("title", "active")
    assert (found.after["title"], found.after["active"]) == ("Left 2026-11-25", False)
    assert found.problems == ("a User has no attribute zzz here",)
    assert with_values(found.after, wanted, {"date": "2027-01-01"}, USER).paths == ()


def test_a_manager_is_replaced_as_a_whole():
    found = with_manager(ANN, "8", USER)
    assert found.after[ENTERPRISE_USER] == {"department": "R&D", "manager": {"value": "8"}}
    assert found.problems == ()


@pytest.mark.parametrize(("manager", "identity"), [({"value": "7"}, "7"), ("7", "7"), ({"value": 7}, "7"), ({}, "")])
def test_a_manager_is_read_in_every_form(manager, identity):
    assert manager_of({ENTERPRISE_USER: {"manager": manager}}, USER) == identity


def test_the_manager_is_asked_for_where_the_schema_has_one():
    assert reports_path(USER) == f"{ENTERPRISE_USER}:manager.value"
    assert reports_path(ResourceType("Bot", "/Bots", Schema("urn:bot"))) is None
    own = Schema("urn:p", attributes=(next(one for _, one in USER.placed_attributes() if one.name == "manager"),))
    assert reports_path(ResourceType("Person", "/People", own)) == "manager.value"


@pytest.mark.parametrize(
    ("group", "rule"),
    [
        ({"displayName": "Staff", "urn:x": {"membershipType": "static", "membershipRule": ""}}, ""),
        ({"urn:oracle:dynamic:Group": {"membershipType": "Dynamic"}}, "membershipType"),
        ({"membershipRule": 'department eq "R&D"'}, "membershipRule"),
    ],
)
def test_a_group_with_a_rule_is_told_from_others(group, rule):
    assert rule_of(group) == rule
