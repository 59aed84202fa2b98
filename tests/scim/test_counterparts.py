"""Managers and members as people: the same id may be somebody else, and one person may be written in many ways."""

from __future__ import annotations

from typing import Any

import pytest

from scimtui.scim.absence import Absence
from scimtui.scim.compare import Difference, Holding, Unknown, compare, compare_paired
from scimtui.scim.counterparts import Counterparts, surely_paired
from scimtui.scim.pairing import Ambiguous, Pairing
from scimtui.scim.schema import ENTERPRISE_USER, Attribute, ResourceType, Schema, Type, core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")
COUNTED = Counterparts({"1": "2", "2": "1", "3": None}, {"1": "3"}, {"4": "4"}, {"5": "3"})
"""Two sides that both count from 1, people and groups apart: 4 is somebody whom only the right side has."""


def managed(manager: Any, other: Any, members: Any = COUNTED) -> list[tuple[Any, Any]]:
    left, right = (
        {"id": "x", "userName": "ann", ENTERPRISE_USER: {"manager": who, "department": "A"}} for who in (manager, other)
    )
    found = compare([left], [right], USER, members=members)
    assert all(change.path == f"{ENTERPRISE_USER}:manager" for one in found.different for change in one.changes)
    return [(change.left, change.right) for one in found.different for change in one.changes]


@pytest.mark.rule("R52")
def test_the_same_id_is_somebody_else_where_both_sides_count_from_one():
    assert managed({"value": "1"}, {"value": "1"}) == [("1", "1")]
    assert managed({"value": "1"}, {"value": "2"}) == []
    assert managed({"value": "3"}, {"value": "3"}) == [("3", "3")]
    assert managed({"value": "1"}, {"value": "1"}, None) == []


@pytest.mark.parametrize("form", ["2", {"VALUE": 2}, [{"value": "2"}], {"value": "2", "displayName": "Other"}])
def test_a_manager_may_be_written_in_many_ways(form):
    assert managed({"value": "1"}, form) == []
    assert managed({"value": "2"}, form) != []


def test_a_manager_without_an_id_goes_by_the_name_and_without_both_is_not_known():
    assert managed({"displayName": "Ada"}, {"displayName": "ADA"}) == []
    assert managed({"displayName": "Ada"}, {"value": "2", "displayName": "Bo"}) == [("Ada", "Bo")]
    assert managed({"value": "1"}, {}) == [("1", None)]
    assert managed(None, "") == []
    left, right = (
        {"userName": "ann", ENTERPRISE_USER: {"manager": one}} for one in ({"value": "1"}, {"displayName": "A"})
    )
    found = compare([left], [right], USER, members=COUNTED)
    assert (found.same, found.unknown) == (1, (Unknown(f"{ENTERPRISE_USER}:manager", left=False, count=1),))


def membership(left: list[Any], right: list[Any], *, kind: ResourceType = GROUP) -> tuple[Difference, ...]:
    sides = [{"id": "g", "displayName": "Staff", "members": members} for members in (left, right)]
    found = compare_paired(
        Pairing("displayName", [(sides[0], sides[1])], [], [], []),
        GROUP,
        members=COUNTED,
        right_type=kind,
        holding=Holding((True, True)),
    )
    return found.different[0].changes if found.different else ()


def changes(left: list[Any], right: list[Any]) -> list[tuple[Any, Any]]:
    return [(one.left, one.right) for one in membership(left, right)]


def test_a_group_in_a_group_is_no_person_of_the_same_id():
    group = {"value": "1", "type": "group"}
    assert changes([group], [{"value": "3", "type": "Group"}]) == []
    assert changes([group], [{"value": "3"}]) == []
    assert changes([group], [{"value": "2"}]) == [("1", None), (None, "2")]
    assert changes([{"value": "1", "$ref": "https://x/v2/Groups/1"}], ["5"]) == []
    assert changes(["1"], ["4"]) == [("1", None), (None, "4")]
    assert changes(["9"], ["9"]) == [("9", None), (None, "9")]
    assert changes(["1", group], ["2", {"value": "3", "$ref": "../Groups/3"}]) == []


def test_a_side_that_cannot_tell_groups_from_people_holds_no_groups_in_groups():
    members = Attribute("members", Type.COMPLEX, multi_valued=True, sub_attributes=(Attribute("value"),))
    people_alone = ResourceType("Group", "/Groups", Schema("urn:g", attributes=(Attribute("displayName"), members)))
    found = membership([{"value": "1", "type": "Group"}, "1"], [], kind=people_alone)
    assert {(one.left, one.right_absence) for one in found} == {("1", Absence.NOT_IN_SCHEMA), ("1", Absence.EMPTY)}


def test_a_group_without_members_is_empty_where_other_groups_there_show_theirs():
    left = [{"id": name, "displayName": name, "members": [{"value": "a"}]} for name in ("one", "two")]
    right = [{"id": "1", "displayName": "one", "members": [{"value": "a"}]}, {"id": "2", "displayName": "two"}]
    (found,) = compare(left, right, GROUP, key="displayName").different
    assert [(found.key, change.left, change.right) for change in found.changes] == [("two", "a", None)]
    assert compare(left, right[1:], GROUP, key="displayName").unknown == (Unknown("members", left=False, count=1),)


def test_of_several_with_one_key_nobody_can_say_which_is_which_so_they_count_as_one():
    several = [
        Ambiguous("ann", ("l1", "l2"), ("r1", "r2")),
        Ambiguous("ben", ("l3",), ()),
        Ambiguous("cy", (), ("r9",)),
    ]
    people, others = surely_paired([("a", "b")], ["alone"], ["there"], several)
    assert people == {"a": "b", "alone": None, "l1": "r1", "l2": "r1", "l3": None}
    assert others == {"there": "there", "r1": "r1", "r2": "r1", "r9": "r9"}
    known = Counterparts(people, {}, others)
    assert managed({"value": "l1"}, {"value": "r2"}, known) == []
    assert managed({"value": "l3"}, {"value": "r2"}, known) == [("l3", "r2")]
