"""A resource in sections: what each value is, what limits it, why it is lacking, and what it names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from generated.resources import THOROUGH
from generated.schemas import any_json
from hypothesis import given, strategies as st

from scimtui.present.attribute_words import about
from scimtui.present.details import Showing, sections
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.reference import Reference
from scimtui.scim.schema import ENTERPRISE_USER, GROUP, USER as USER_URN, Attribute, Returned, core_resource_type

USER = core_resource_type("User")
GROUPS = core_resource_type("Group")
EVERYTHING = Showing(with_empty=True, provider=BUILT_IN)
HOSTILE = "\x1b]0;owned\x07[b]x[/y]\u202e"


def rows(raw, kind=USER, showing=EVERYTHING):
    return {row.label: row for section in sections(raw, kind, showing=showing) for row in section.rows if row.label}


def test_each_schema_has_its_section_and_what_no_schema_knows_has_its_own():
    raw = {
        "userName": "ada",
        ENTERPRISE_USER: {"department": "R", "vendorField": 1},
        "urn:vendor:2.0:User": {"badge": "7"},
        "legacy": [1],
    }
    found = sections(raw, USER)
    assert [(one.urn, [row.label for row in one.rows]) for one in found] == [
        (USER_URN, ["userName", "password"]),
        (ENTERPRISE_USER, ["department", "vendorField"]),
        ("urn:vendor:2.0:User", ["badge"]),
        ("", ["legacy"]),
    ]


def test_what_limits_an_attribute_is_said_where_it_is_not_ordinary():
    found = rows({"userName": "ada", "id": "1", "title": "x", "groups": [{"value": "g"}]})
    assert found["userName"].traits == "required"
    assert (found["id"].traits, found["groups"].traits) == ("read-only", "read-only")
    assert found["password"].traits == "write-only"
    assert found["title"].traits == ""
    assert rows({"members": [{"value": "1"}]}, GROUPS)["members"].traits == ""


@pytest.mark.parametrize(
    ("raw", "returned", "unshown", "words"),
    [
        ({}, Returned.DEFAULT, (), "not set"),
        ({"title": None}, Returned.ALWAYS, (), "not set"),
        ({"TITLE": []}, Returned.REQUEST, (), "not set"),
        ({}, Returned.ALWAYS, (), "not returned"),
        ({}, Returned.REQUEST, (), "only on request"),
        ({}, Returned.REQUEST, ("title",), "not returned"),
        ({}, Returned.NEVER, (), "never shown"),
    ],
)
def test_a_value_that_is_lacking_says_why(raw, returned, unshown, words):
    attributes = tuple(replace(one, returned=returned) if one.name == "title" else one for one in USER.attributes)
    kind = replace(USER, schema=replace(USER.schema, attributes=attributes))
    row = rows(raw, kind, replace(EVERYTHING, unshown=frozenset(unshown)))["title"]
    assert (row.value, row.note, row.absent) == ("", words, True)


def test_what_is_lacking_stands_below_what_is_there():
    (core, *_) = sections({"x": 1, "title": "t", "active": True}, USER, showing=EVERYTHING)
    assert [row.absent for row in core.rows] == sorted(row.absent for row in core.rows)


def test_manager_members_and_groups_are_links():
    manager = rows({ENTERPRISE_USER: {"manager": {"value": "7", "displayName": "Bo", "since": "May"}}})
    assert (manager["manager"].value, manager["manager"].link) == ("Bo", Reference("7", ("User",)))
    assert "displayName" not in {row.label for row in manager.values() if row.indent}
    assert manager["since"].value == "May"
    assert rows({"groups": [{"value": "g"}]})["groups"].link == Reference("g", ("Group",))
    assert rows({"members": [{"value": "1", "type": "User"}]}, GROUPS)["members"].link == Reference(
        "1", ("User", "Group")
    )
    assert rows({"emails": [{"value": "a@x"}]})["emails"].link is None


def test_a_long_list_says_how_long_it_is_and_can_be_cut():
    raw = {"displayName": "G", "members": [{"value": str(number)} for number in range(50)]}
    whole = sections(raw, GROUPS, showing=EVERYTHING)[0].rows
    assert sum(row.path == "members" for row in whole) == 50
    assert rows(raw, GROUPS)["members"].traits == "50 in all"
    cut = [row for row in sections(raw, GROUPS, showing=replace(EVERYTHING, most=12))[0].rows if row.path == "members"]
    assert (len(cut), cut[0].traits, cut[-1].value) == (13, "50 in all", "… 38 more")


def test_the_exact_value_is_kept_beside_the_safe_one():
    raw = {
        "title": HOSTILE,
        "emails": [{"value": HOSTILE, "type": "work"}],
        "addresses": [{"locality": "X"}],
        "active": "True",
    }
    found = rows(raw)
    assert (found["title"].exact, found["emails"].exact) == (HOSTILE, HOSTILE)
    assert "\x1b" not in found["title"].value + found["emails"].value
    assert found["addresses"].exact == {"locality": "X"}
    assert found["active"].exact is True
    assert found["nickName"].exact is None


def test_a_time_is_a_moment_only_where_it_is_one():
    found = rows({"meta": {"created": "2026-01-02T03:04:05Z", "lastModified": "soon"}})
    assert found["created"].moment.isoformat() == "2026-01-02T03:04:05+00:00"
    assert (found["lastModified"].moment, found["lastModified"].value) == (None, "soon")


def test_what_the_schema_says_is_one_safe_line():
    attribute = Attribute("x", description=f"One\n  two {HOSTILE}", required=True, canonical_values=("a", "b"))
    assert about("x", attribute).startswith("x: string, required, such as a, b. One two ␛]0;owned␇")
    found = rows({"emails": [{"value": "a"}, {"value": "b"}], "name": {"givenName": "A", "odd": 1}, "strange": 1})
    assert found["emails"].about.startswith("emails: complex list. ")
    assert found["givenName"].about.startswith("name.givenName: string. ")
    assert found["odd"].about == "name.odd: in no schema of this provider"
    assert found["strange"].about == "strange: in no schema of this provider"


@given(
    raw=st.dictionaries(
        st.sampled_from(["userName", "name", "groups", "members", "meta", ENTERPRISE_USER, "urn:x", GROUP]), any_json
    )
)
@THOROUGH
def test_any_json_can_be_shown_with_links_and_in_part(raw):
    for kind in (USER, GROUPS):
        shown = sections(raw, kind, showing=replace(EVERYTHING, most=2))
        assert all(isinstance(row.value, str) and "\x1b" not in row.value for one in shown for row in one.rows)
