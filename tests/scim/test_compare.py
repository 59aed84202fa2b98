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
        ({"title": ""}, {}),
        ({"active": True}, {}),
        ({"emails": [{"value": "", "type": "work"}]}, {"emails": []}),
        ({"emails": [{"value": "a"}]}, {"emails": [{"value": "A", "type": "work", "primary": True}]}),
        ({"emails": [{"value": "A"}, {"value": "B"}]}, {"emails": [{"value": "b"}, {"value": "a"}]}),
        ({"emails": [{"value": "a"}, {"value": "A"}]}, {"emails": [{"value": "A"}]}),
        (
            {"emails": [{"value": "a", "type": "work"}, {"value": "b"}]},
            {"emails": [{"value": "b", "type": "home"}, {"value": "a"}]},
        ),
        ({"phoneNumbers": [{"value": "tel:+1-201-555"}]}, {"phoneNumbers": [{"value": "+1 (201) 555"}]}),
        ({"locale": "en_US", "preferredLanguage": "de-de"}, {"locale": "en-us", "preferredLanguage": "de_DE"}),
        ({"x509Certificates": [{"value": "a-_b"}]}, {"x509Certificates": [{"value": "a+/b=="}]}),
        ({ENTERPRISE_USER: {"employeeNumber": "7"}}, {ENTERPRISE_USER.upper(): {"EMPLOYEENUMBER": 7}}),
        (
            {"name": {"givenName": "Ann", "familyName": "Lee"}},
            {"name": {"givenName": "Ann", "familyName": "Lee", "formatted": "Lee, Ann"}, "displayName": "ann lee"},
        ),
        ({}, {"displayName": "Ann"}),
        ({ENTERPRISE_USER: {"manager": ""}}, {ENTERPRISE_USER: {"manager": {"value": None}}}),
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


def test_what_is_off_and_what_is_not_said_differ_and_an_empty_text_says_nothing():
    assert differences({"active": False}, {"active": None}) == [("active", False, None)]
    assert differences({"title": ""}, {"title": "x"}) == [("title", "", "x")]


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
def test_who_differs_would_have_to_be_written_and_a_single_value_that_would_have_to_be_differs(found):
    kind, left, right = found
    different = {(one.left_id, one.right_id) for one in compare(left, right, kind, key="label").different}
    for mine, other in pair(left, right, "label", kind).pairs:
        theirs = {**other, "label": mine["label"]}
        meant = list(edits_that_mean_something(mine, theirs, kind))
        if (mine["id"], theirs["id"]) in different:
            assert meant
        else:  # of a list, an element that is written otherwise may say the same
            assert all(is_in_list(edit.path, kind) for edit in meant)


def is_in_list(text: str, kind: ResourceType) -> bool:
    path = parse_path(text, kind)
    attribute = kind.attribute(path.attribute, path.urn)
    return attribute is not None and attribute.multi_valued


def edits_that_mean_something(mine: dict[str, Any], theirs: dict[str, Any], kind: ResourceType) -> Iterator[Edit]:
    """Edits whose values are not the same text in another letter case, or the same moment in another zone.

    `display` and `$ref` are each provider's own, and never compared.
    """
    for edit in edits(mine, theirs, kind):
        path = parse_path(edit.path, kind)
        if path.sub is not None and path.sub.casefold() in {"display", "$ref"}:
            continue
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


def test_people_on_both_sides_are_the_same_by_their_pair_and_else_by_their_id():
    group = {"id": "1", "displayName": "Staff", "members": [{"value": "a"}, {"value": "b", "display": "Bo"}, "c"]}
    other = {"id": "2", "displayName": "Staff", "members": [{"value": "c"}, {"value": "b"}, "x"]}
    (found,) = compare([group], [other], GROUP, key="displayName").different
    assert [(change.left, change.right) for change in found.changes] == [("a", None), (None, "x")]
    (found,) = compare([group], [other], GROUP, key="displayName", members={"b": "x", "c": None, "a": "c"}).different
    assert [(change.left, change.right) for change in found.changes] == [("c", None), (None, "b")]
    manager = {"manager": {"value": "7"}}
    people = {"8": "9"}
    assert (
        differences({ENTERPRISE_USER: manager}, {ENTERPRISE_USER: manager | {"costCenter": None}}, members=people) == []
    )
    two = [
        {"manager": {"value": "7", "displayName": "Ada"}, "department": "A"},
        {"manager": {"value": "7"}, "department": "B"},
    ]
    assert differences({ENTERPRISE_USER: two[0]}, {ENTERPRISE_USER: two[1]}) == [
        (f"{ENTERPRISE_USER}:department", "A", "B")
    ]


@pytest.mark.parametrize(
    ("option", "paths", "left"),
    [
        ("ignore", ["emails"], {"title", "name.givenName", "name.familyName", "dep"}),
        ("ignore", ['emails[type eq "work"]', "name"], {"title", "dep", 'emails[type eq "home"].value'}),
        ("ignore", ["emails.value", "department", "name.givenName"], {"title", "name.familyName"}),
        ("ignore", [ENTERPRISE_USER, "TITLE"], {"emails", "name.givenName", "name.familyName"}),
        ("only", ["name"], {"name.givenName", "name.familyName"}),
        ("only", ["name.givenName", ENTERPRISE_USER], {"name.givenName", "dep"}),
        ("only", ["emails"], {"emails"}),
    ],
)
def test_a_path_that_is_left_out_or_chosen_stands_for_all_below_it(option, paths, left):
    def person(mark):
        mails = [{"type": "work", "value": f"w{mark}"}, {"type": "home", "value": f"h{mark}"}]
        name = {"givenName": f"G{mark}", "familyName": f"F{mark}"}
        return {"title": mark, "name": name, "emails": mails, ENTERPRISE_USER: {"department": mark}}

    both = {'emails[type eq "work"].value', 'emails[type eq "home"].value'}
    wanted = {f"{ENTERPRISE_USER}:department" if path == "dep" else path for path in left - {"emails"}}
    found = {path for path, _, _ in differences(person("a"), person("b"), **{option: paths})}
    assert found == wanted | (both if "emails" in left else set())


def test_an_unknown_is_counted_once_a_pair_by_its_attribute():
    hidden = Attribute(
        "emails", Type.COMPLEX, True, sub_attributes=(Attribute("value"), Attribute("type")), returned=Returned.REQUEST
    )
    thin = ResourceType("User", "/Users", Schema("urn:x", attributes=(Attribute("userName"), hidden)))
    mails = [{"type": "work", "value": "w"}, {"type": "home", "value": "h"}]
    found = compare([user("1", "ann", emails=mails)], [user("2", "ann")], USER, right_type=thin)
    assert (found.same, found.unknown) == (1, (Unknown("emails", left=False, count=1),))
    found = compare([user("2", "ann")], [user("1", "ann", emails=mails)], thin, right_type=USER)
    assert found.unknown == (Unknown("emails", left=True, count=1),)
