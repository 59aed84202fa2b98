"""Who is missing, who differs, and what is no difference."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from generated.resources import THOROUGH
from generated.schemas import resource_types, resources
from hypothesis import given, strategies as st

from scimtui.errors import PathError
from scimtui.scim.absence import Absence, absence, joined
from scimtui.scim.compare import Difference, Unknown, compare
from scimtui.scim.diff import Edit, edits
from scimtui.scim.literal import instant
from scimtui.scim.pairing import pair
from scimtui.scim.path import parse_path
from scimtui.scim.schema import (
    ENTERPRISE_USER,
    Attribute,
    Mutability,
    ResourceType,
    Returned,
    Schema,
    Type,
    core_resource_type,
)

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
    assert group.changes == (
        Difference("members", "Bob", None, right_absence=Absence.EMPTY),
        Difference("members", None, "Eve", left_absence=Absence.EMPTY),
    )


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


THIN = ResourceType(
    "User",
    "/Users",
    Schema(
        USER.schema.id,
        attributes=(
            Attribute("userName"),
            Attribute("title", returned=Returned.REQUEST),
            Attribute("name", Type.COMPLEX, sub_attributes=(Attribute("givenName"),)),
            Attribute("badge"),
        ),
    ),
)
"""A provider that knows little of a user, returns title on request, and has something of its own."""


@pytest.mark.rule("R53")
@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("title", Absence.NOT_RETURNED),
        ("TITLE", Absence.NOT_RETURNED),
        ("userName", Absence.EMPTY),
        ("name.givenName", Absence.EMPTY),
        ("name.familyName", Absence.NOT_IN_SCHEMA),
        ("nickName", Absence.NOT_IN_SCHEMA),
        ('emails[type eq "work"].value', Absence.NOT_IN_SCHEMA),
        (f"{ENTERPRISE_USER}:department", Absence.NOT_IN_SCHEMA),
        (ENTERPRISE_USER, Absence.NOT_IN_SCHEMA),
        ("odd key", Absence.NOT_IN_SCHEMA),
    ],
)
def test_a_missing_value_is_empty_or_not_returned_or_not_in_the_schema(path, found):
    assert absence(path, THIN) is found


def test_an_extension_that_is_known_and_not_there_is_empty():
    assert absence(ENTERPRISE_USER, USER) is Absence.EMPTY
    assert absence("password", USER) is Absence.NOT_RETURNED


@pytest.mark.rule("R53", "S13")
def test_what_a_provider_cannot_have_differs_and_what_it_does_not_return_is_not_known():
    left = [
        user("1", "ann", title="Lead", nickName="A", name={"givenName": "Ann", "familyName": "Lee"}),
        user("3", "bo"),
    ]
    right = [user("2", "ann", badge="7"), user("4", "bo", title="Boss")]
    found = compare([*left, user("5", "eve", title="x")], [*right, user("6", "eve")], USER, right_type=THIN)
    assert found.unknown == (Unknown("title", left=False, count=2),)
    assert {one.key: one.changes for one in found.different} == {
        "ann": (
            Difference("name.familyName", "Lee", None, right_absence=Absence.NOT_IN_SCHEMA),
            Difference("name.givenName", "Ann", None, right_absence=Absence.EMPTY),
            Difference("nickName", "A", None, right_absence=Absence.NOT_IN_SCHEMA),
            Difference("badge", None, "7", left_absence=Absence.NOT_IN_SCHEMA),
        ),
        "bo": (Difference("title", None, "Boss", left_absence=Absence.EMPTY),),
    }
    assert found.same == 1


@pytest.mark.rule("R30")
def test_members_that_one_side_does_not_return_are_not_known_to_differ():
    left = [{"id": "1", "displayName": "Staff", "members": [{"value": "x"}]}]
    right = [{"id": "2", "displayName": "Staff"}]
    found = compare(left, right, GROUP, key="displayName")
    assert (found.same, found.unknown) == (1, (Unknown("members", left=False, count=1),))
    assert compare(right, left, GROUP, key="displayName").unknown == (Unknown("members", left=True, count=1),)


def test_two_schemas_are_joined_without_losing_what_one_alone_says():
    both = joined(THIN, USER)
    assert both.attribute("badge") is not None
    assert both.attribute("title") == THIN.attribute("title")
    assert both.attribute("name").sub("familyName") is not None
    assert both.extension(ENTERPRISE_USER) == USER.extension(ENTERPRISE_USER)
    assert joined(USER, USER) is USER


@pytest.mark.rule("R52")
def test_what_one_side_alone_may_not_be_written_is_not_compared():
    managed = ResourceType(
        "User", "/Users", Schema("urn:x", attributes=(Attribute("title", mutability=Mutability.READ_ONLY),))
    )
    found = compare([user("1", "ann", title="a")], [user("2", "ann", title="b")], USER, right_type=managed)
    assert found.same == 1


def test_a_manager_may_be_a_bare_id_and_the_label_of_an_address_is_its_providers():
    manager = f"{ENTERPRISE_USER}:manager"
    assert differences({ENTERPRISE_USER: {"manager": "7"}}, {ENTERPRISE_USER: {"manager": {"value": "8"}}}) == [
        (manager, "7", "8")
    ]
    mail = {"value": "a@x", "type": "work"}
    assert differences({"emails": [mail | {"display": "A"}]}, {"emails": [mail | {"display": "B"}]}) == []
    assert differences({"shoe": "41"}, {"shoe": "XL"}) == [("shoe", "41", "XL")]


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


@st.composite
def populations(draw: st.DrawFn) -> tuple[ResourceType, list[dict[str, Any]], list[dict[str, Any]]]:
    """Draw a type and two populations of it, most of whom have a name that is theirs alone."""
    kind = draw(resource_types())
    named = ResourceType(
        "Thing",
        "/Things",
        replace(kind.schema, attributes=(*kind.schema.attributes, Attribute("label"))),
        kind.extensions,
    )
    names = st.sampled_from(["ann", "ANN", "bo", "Zoë", "Zoe\u0308", "", "cy"])

    def side(prefix: str) -> list[dict[str, Any]]:
        found = draw(st.lists(st.tuples(names, resources(named)), max_size=5))
        return [{**raw, "id": f"{prefix}{place}", "label": name} for place, (name, raw) in enumerate(found)]

    return named, side("l"), side("r")


@given(found=populations())
@THOROUGH
def test_everybody_is_in_one_place_and_the_other_way_round_is_the_same_seen_from_there(found):
    kind, left, right = found
    one, other = compare(left, right, kind, key="label"), compare(right, left, kind, key="label")
    ids = [pair.left_id for pair in one.different] + [entry.id for entry in one.only_left]
    ids += [identity for entry in one.ambiguous for identity in entry.left_ids]
    assert len(ids) == len(set(ids))
    assert len(ids) + one.same == len(left)
    assert (one.same, one.only_left, one.only_right) == (other.same, other.only_right, other.only_left)
    assert {(p.left_id, p.right_id) for p in one.different} == {(p.right_id, p.left_id) for p in other.different}
    assert compare(left, copy.deepcopy(left), kind, key="label").different == ()


@given(found=populations())
@THOROUGH
def test_a_pair_is_the_same_exactly_where_nothing_would_have_to_be_written(found):
    kind, left, right = found
    different = {(one.left_id, one.right_id) for one in compare(left, right, kind, key="label").different}
    for mine, other in pair(left, right, "label", kind).pairs:
        theirs = {**other, "label": mine["label"]}
        has_differences = (mine["id"], theirs["id"]) in different
        assert has_differences == any(edits_that_mean_something(mine, theirs, kind))


def edits_that_mean_something(mine: dict[str, Any], theirs: dict[str, Any], kind: ResourceType) -> Iterator[Edit]:
    """Edits whose values are not the same text in another letter case, or the same moment in another zone."""
    for edit in edits(mine, theirs, kind):
        path = parse_path(edit.path, kind)
        attribute = kind.attribute(path.attribute, path.urn)
        attribute = attribute.sub(path.sub) if attribute and path.sub else attribute
        is_text = isinstance(edit.before, str) and isinstance(edit.after, str) and attribute is not None
        if is_text and attribute.type is Type.DATE_TIME and instant(edit.before) == instant(edit.after):
            continue
        if is_text and not attribute.case_exact and edit.before.casefold() == edit.after.casefold():
            continue
        yield edit


@pytest.mark.rule("R52")
def test_moments_are_the_same_in_any_zone_and_texts_in_any_case_where_the_schema_says_so():
    kind = ResourceType(
        "T",
        "/T",
        Schema(
            "urn:x", attributes=(Attribute("at", Type.DATE_TIME), Attribute("exact", case_exact=True), Attribute("any"))
        ),
    )

    def same(path, left, right):
        return compare([user("1", "ann", **{path: left})], [user("2", "ann", **{path: right})], kind).same == 1

    assert same("at", "2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01:00")
    assert not same("at", "2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z")
    assert not same("at", "soon", "later")
    assert same("any", "Straße", "STRASSE")
    assert not same("exact", "a", "A")
    assert same("size", 1, 1.0)
    assert not same("size", 1, True)


def test_a_key_that_several_on_the_right_alone_have_is_ambiguous():
    found = compare([], [user("1", "ann"), user("2", "ANN"), user("3", "bo")], USER)
    assert [(one.key, one.left_ids, one.right_ids) for one in found.ambiguous] == [("ann", (), ("1", "2"))]
    assert [entry.key for entry in found.only_right] == ["bo"]


@pytest.mark.rule("S5", "R52")
def test_references_are_never_compared_by_their_address():
    left = {
        "id": "1",
        "displayName": "Staff",
        "members": [{"value": "a", "$ref": "https://one.example/scim/v2/Users/a"}],
    }
    right = {"id": "2", "displayName": "Staff", "members": [{"value": "a", "$ref": "../Users/a"}]}
    assert compare([left], [right], GROUP, key="displayName").same == 1
    manager = {"value": "7", "$ref": "https://one.example/v2/Users/7"}
    assert differences({ENTERPRISE_USER: {"manager": manager}}, {ENTERPRISE_USER: {"manager": {"value": "7"}}}) == []
