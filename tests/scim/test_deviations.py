"""How a resource departs from its schema, noted where it is shown."""

from __future__ import annotations

import copy

import pytest
from generated.resources import THOROUGH
from generated.schemas import any_json, resource_types, resources
from hypothesis import given, strategies as st

from scimtui.present.details import sections
from scimtui.scim.coerce import normalised
from scimtui.scim.deviations import Deviation, Oddity, deviations
from scimtui.scim.diff import edits
from scimtui.scim.schema import ENTERPRISE_USER, Attribute, ResourceType, Schema, Type, core_resource_type

USER = core_resource_type("User")
KINDS = ResourceType(
    "Thing", "/Things", Schema("urn:thing", attributes=tuple(Attribute(str(kind), kind) for kind in Type))
)


@pytest.mark.rule("R32")
@pytest.mark.parametrize(
    ("raw", "path", "oddity", "found"),
    [
        ({"USERNAME": "ann"}, "userName", Oddity.SPELLING, "USERNAME"),
        ({"userName": "ann", "username": "bo"}, "userName", Oddity.REPEATED, "username"),
        ({"name.givenName": "Ann"}, "name.givenName", Oddity.FLAT, "name.givenName"),
        ({"active": "True"}, "active", Oddity.NOT_BOOLEAN, "True"),
        ({"active": 1}, "active", Oddity.NOT_BOOLEAN, 1),
        ({"title": None}, "title", Oddity.NULL, None),
        ({"title": 7}, "title", Oddity.NOT_TEXT, 7),
        ({"title": {"value": "Lead"}}, "title", Oddity.OBJECT, {"value": "Lead"}),
        ({"title": ["Lead"]}, "title", Oddity.LIST, ["Lead"]),
        ({"emails": "a@x"}, "emails", Oddity.NOT_LIST, "a@x"),
        ({"emails": ["a@x"]}, "emails", Oddity.BARE, "a@x"),
        ({"emails": [None]}, "emails", Oddity.NULL, None),
        ({"emails": [{"value": "a", "primary": "true"}]}, "emails.primary", Oddity.NOT_BOOLEAN, "true"),
        ({"emails": [{"Value": "a"}]}, "emails.value", Oddity.SPELLING, "Value"),
        ({ENTERPRISE_USER: {"manager": "7"}}, f"{ENTERPRISE_USER}:manager", Oddity.BARE, "7"),
        ({ENTERPRISE_USER.upper(): {}}, ENTERPRISE_USER, Oddity.SPELLING, ENTERPRISE_USER.upper()),
        ({"meta": {"created": "2026-01-02T03:04:05"}}, "meta.created", Oddity.NO_ZONE, "2026-01-02T03:04:05"),
        ({"meta": {"created": "2026-01-02"}}, "meta.created", Oddity.NOT_TIME, "2026-01-02"),
        ({"meta": {"created": "soon"}}, "meta.created", Oddity.NOT_TIME, "soon"),
    ],
)
def test_each_form_that_departs_from_the_schema_is_named(raw, path, oddity, found):
    kept = copy.deepcopy(raw)
    assert Deviation(path, oddity, found) in deviations(raw, USER)
    assert raw == kept


@pytest.mark.rule("S7")
def test_two_primaries_are_named():
    mails = [{"value": "a", "primary": True}, {"value": "b", "primary": "true"}, {"value": "c", "primary": False}]
    assert Oddity.PRIMARIES in {one.oddity for one in deviations({"emails": mails}, USER)}
    assert deviations({"emails": mails[::2]}, USER) == ()


@pytest.mark.rule("S4")
@pytest.mark.parametrize(
    ("kind", "good", "odd"),
    [
        ("decimal", [1, 1.5, -2], ["1.5", True]),
        ("integer", [1, 0], [1.0, "1", False]),
        ("boolean", [True, False], ["yes", 0]),
        ("dateTime", ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123+01:00", "2026-01-02t03:04:05z"], [5, "x"]),
        ("string", ["", "x"], [1, True]),
        ("reference", ["/Users/1"], [1]),
        ("binary", ["AAAA"], [1]),
        ("complex", [{}, {"what": 1}], ["x", 1]),
    ],
)
def test_each_type_has_its_form(kind, good, odd):
    assert [value for value in good if deviations({kind: value}, KINDS)] == []
    assert [value for value in odd if not deviations({kind: value}, KINDS)] == []


@given(data=st.data())
@THOROUGH
def test_what_keeps_to_its_schema_departs_in_nothing(data):
    kind = data.draw(resource_types())
    raw = data.draw(resources(kind))
    assert deviations(raw, kind) == ()
    assert edits(normalised(raw, kind), raw, kind) == ()


@given(
    raw=st.dictionaries(st.sampled_from(["userName", "NAME", "name.x", "emails", "meta", ENTERPRISE_USER]), any_json)
)
@THOROUGH
def test_any_json_can_be_shown_with_its_oddities(raw):
    shown = sections(raw, USER, with_empty=True)
    assert all(isinstance(row.value, str) for section in shown for row in section.rows)


def test_a_value_is_shown_as_what_it_means_with_its_own_form_beside_it():
    raw = {"userName": "ann", "ACTIVE": "True", "name.formatted": "Ann Lee", "emails": "a@x", "title": None}
    rows = {row.label: row for section in sections(raw, USER) for row in section.rows}
    assert (rows["active"].value, rows["emails"].value, rows["formatted"].value) == ("true", "a@x", "Ann Lee")
    assert rows["active"].oddity == 'spelled otherwise: "ACTIVE"; no boolean: "True"'
    assert rows["name"].oddity == "sent as a key with a dot"
    assert rows["emails"].oddity == "not sent as a list; sent without its object"
    assert rows["userName"].oddity == ""
    assert "title" not in rows


def test_an_extension_that_is_no_object_and_an_empty_list_are_passed_over():
    assert deviations({ENTERPRISE_USER: "x", "title": []}, USER) == ()
