"""What providers send, read as what it means."""

from __future__ import annotations

import copy

import pytest

from scimtui.scim.coerce import as_boolean, is_active, normalised
from scimtui.scim.path import parse_path, values_at
from scimtui.scim.schema import ENTERPRISE_USER, Attribute, ResourceType, Schema, Type, core_resource_type

USER = core_resource_type("User")


@pytest.mark.parametrize(
    ("sent", "read"),
    [("True", True), ("false", False), (1, True), (0, False), ("maybe", None), (None, None), (2, None)],
)
def test_booleans_are_read_in_every_form_that_providers_send(sent, read):
    assert as_boolean(sent) is read


def test_an_account_that_does_not_say_is_neither_active_nor_inactive():
    assert is_active({}) is None
    assert is_active({"Active": "False"}) is False


def test_the_form_of_the_schema_is_a_copy_and_loses_nothing():
    raw = {
        "USERNAME": "ann",
        "active": "True",
        "emails": "a@x",
        "name.givenName": "Ann",
        "name": {"familyName": "Lee"},
        "phoneNumbers": {"value": "1", "Primary": "true"},
        "title": None,
        "unknown": {"x": [1]},
        ENTERPRISE_USER.upper(): {"manager": "7", "Department": "IT"},
    }
    before = copy.deepcopy(raw)
    assert normalised(raw, USER) == {
        "userName": "ann",
        "active": True,
        "emails": [{"value": "a@x"}],
        "name": {"givenName": "Ann", "familyName": "Lee"},
        "phoneNumbers": [{"value": "1", "primary": True}],
        "unknown": {"x": [1]},
        ENTERPRISE_USER: {"manager": {"value": "7"}, "department": "IT"},
    }
    assert raw == before


def test_values_are_found_whatever_the_letter_case_or_the_form():
    raw = {"Emails": [{"value": "a", "Type": "Work"}, "b"], ENTERPRISE_USER: {"manager": {"value": "7"}}}

    def read(path):
        return values_at(raw, parse_path(path, USER), USER)

    assert read("emails.value") == ["a", "b"]
    assert read('emails[type eq "work"].value') == ["a"]
    assert read("manager.value") == ["7"]
    assert read(ENTERPRISE_USER) == [{"manager": {"value": "7"}}]
    assert read("title") == []


@pytest.mark.rule("R32")
@pytest.mark.parametrize(
    ("kind", "sent", "read"),
    [
        (Type.INTEGER, "42", 42),
        (Type.INTEGER, " -1 ", -1),
        (Type.INTEGER, "1.5", "1.5"),
        (Type.INTEGER, "--5", "--5"),
        (Type.INTEGER, "٣", "٣"),
        (Type.INTEGER, "1" * 5000, "1" * 5000),
        (Type.DECIMAL, "1.5", 1.5),
        (Type.DECIMAL, "2", 2),
        (Type.DECIMAL, "NaN", "NaN"),
        (Type.DECIMAL, "1e999", "1e999"),
    ],
)
def test_numbers_in_quotes_are_read_where_they_are_numbers_of_json(kind, sent, read):
    thing = ResourceType("Thing", "/Things", Schema("urn:x", attributes=(Attribute("size", kind),)))
    assert normalised({"size": sent}, thing) == {"size": read}


def test_a_flat_key_that_names_no_part_stays_where_it_is():
    raw = {"x.y": 1, "emails.value": "a", "name.givenName": "A", "name": "odd", "title.x": 2}
    assert normalised(raw, USER) == {**raw, "emails.value": "a"}


def test_of_two_keys_that_differ_in_letter_case_the_first_counts_at_every_level():
    raw = {"TITLE": "", "title": "B", "name": {"GIVENNAME": None, "givenName": "B", "familyname": "C"}}
    assert normalised(raw, USER) == {"title": "", "name": {"givenName": "B", "familyName": "C"}}


def test_one_value_in_a_list_is_that_value_and_two_are_left_as_they_are():
    assert normalised({"title": ["A"], "nickName": ["A", "B"]}, USER) == {"title": "A", "nickName": ["A", "B"]}
