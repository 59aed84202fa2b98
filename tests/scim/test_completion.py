"""What a half-typed filter can go on with."""

from __future__ import annotations

from datetime import date

import pytest

from scimtui.scim.completion import Candidate, accepted, attribute_candidates, complete
from scimtui.scim.filter import parse_filter
from scimtui.scim.filter_place import LONGEST
from scimtui.scim.match import compile_filter
from scimtui.scim.schema import ENTERPRISE_USER, USER, Attribute, ResourceType, Schema, Type, core_resource_type

PERSON = core_resource_type("User")
DEVICE = ResourceType(
    "Device",
    "/Devices",
    Schema(
        "urn:x:Device",
        attributes=(
            Attribute("serial", Type.STRING),
            Attribute("slots", Type.INTEGER),
            Attribute("weight", Type.DECIMAL),
            Attribute("photo", Type.BINARY),
            Attribute("tags", multi_valued=True),
            Attribute("size", Type.STRING),
            Attribute("owner", Type.COMPLEX),
        ),
    ),
    (
        Schema(
            "urn:x:one",
            attributes=(Attribute("size", Type.INTEGER), Attribute("colour", canonical_values=("r", "é"))),
        ),
        Schema("urn:x:two", attributes=(Attribute("colour"),)),
    ),
)


def offered(text: str, resource_type: ResourceType = PERSON, **options: object) -> list[str]:
    """What is offered where | stands, or at the end."""
    before, _, after = text.partition("|")
    found = complete(before + after, len(before), resource_type, **options)
    return [candidate.text for candidate in found.candidates]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a",
        "an",
        "anna maier",
        "Anna ",
        "Title m",
        "Jean le",
        "not",
        "no",
        "Smith Co ",
        "anna@example.org",
        "12",
        '"a',
        "ac|x tive",
        "familyN",
        "username anna | ",
        "unknown ",
    ],
)
def test_plain_words_are_offered_nothing(text: str) -> None:
    assert offered(text) == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("ac", ["active "]),
        ("US", ["userName ", "userType "]),
        ("em", ["emails ", "emails[", "employeeNumber "]),
        ("na", ["name."]),
        ("(ac", ["active "]),
        ("emails", ["emails ", "emails["]),
        ("active", ["active "]),
        ("not (ac", ["active "]),
        ("NOT((ac", ["active "]),
        ("name.f", ["name.formatted ", "name.familyName "]),
        ("dep", ["department "]),
    ],
)
def test_a_first_word_that_begins_an_attribute_is_offered_the_attribute(text: str, first: list[str]) -> None:
    assert offered(text) == first


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("active ", ["eq ", "ne ", "pr"]),
        ("active e", ["eq "]),
        ("ACTIVE N", ["ne "]),
        ("active eq", ["eq "]),
        ("active eq| true", []),
        ("title pr", []),
        ("userName ", ["eq ", "co ", "sw ", "ew ", "ne ", "pr", "gt ", "ge ", "lt ", "le "]),
        ("emails s", ["sw "]),
        ("name ", ["pr"]),
        ("meta.created ", ["ge ", "gt ", "le ", "lt ", "eq ", "ne ", "pr"]),
        ("active eq true and whatever g", ["gt ", "ge "]),
        ("active pr and emails[type ", ["eq ", "co ", "sw ", "ew ", "ne ", "pr", "gt ", "ge ", "lt ", "le "]),
        ("emails[primary ", ["eq ", "ne ", "pr"]),
        ('emails[type eq "work"].value c', ["co "]),
        ("active x|", []),
    ],
)
def test_operators_fit_the_type_of_the_attribute(text: str, expected: list[str]) -> None:
    assert offered(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("slots ", ["eq ", "ne ", "gt ", "ge ", "lt ", "le ", "pr"]),
        ("weight l", ["lt ", "le "]),
        ("photo ", ["eq ", "ne ", "pr"]),
        ("tags e", ["eq ", "ew "]),
        ("owner ", ["pr"]),
    ],
)
def test_every_type_has_its_operators(text: str, expected: list[str]) -> None:
    assert offered(text, DEVICE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("active eq ", ["true", "false"]),
        ("active eq F", ["false"]),
        ("active eq true", []),
        ("(active eq |)", ["true", "false"]),
        ("active eq | true", []),
        ("emails[type eq ", ['"work"', '"home"', '"other"']),
        ('emails[type eq "w', ['"work"']),
        ("emails.type eq h", ['"home"']),
        ('emails.type eq "x', []),
        ("schemas eq ", [f'"{USER}"', f'"{ENTERPRISE_USER}"']),
        ("title eq ", []),
        ("whatever eq ", []),
        ("meta.created gt ", []),
    ],
)
def test_values_come_from_the_schema(text: str, expected: list[str]) -> None:
    assert offered(text) == expected


def test_dates_are_offered_by_what_they_are_called() -> None:
    today = date(2026, 11, 24)
    assert offered("meta.created gt ", today=today)[:2] == ['"2026-11-24T00:00:00Z"', '"2026-11-17T00:00:00Z"']
    assert offered("meta.created gt a we", today=today) == []
    assert offered("meta.created gt tod", today=today) == ['"2026-11-24T00:00:00Z"']
    assert offered('meta.created gt "2025', today=today) == ['"2025-11-24T00:00:00Z"']


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("active eq true ", ["and ", "or "]),
        ("title pr A", ["and "]),
        ("(title pr ", ["and ", "or ", ")"]),
        ("(title pr)", []),
        ("((title pr)", [")"]),
        ('emails[type eq "work" ', ["and ", "or ", "]"]),
        ('emails[type eq "work"', ["]"]),
        ('emails[(type eq "work"', [")"]),
        ('emails[type eq "work"]', []),
        ('emails[type eq "work"] o', ["or "]),
        ("(title pr and) ", []),
        ("title pr ) ", []),
        ("(title pr ] ", []),
        ("title pr xor ", []),
        ("title eq ( ", []),
        ("title is ", []),
        ("title pr and ] ", []),
        ("emails[type[ ", []),
        ("title pr .x ", []),
    ],
)
def test_joins_and_ends_of_brackets_follow_a_value_and_nothing_follows_a_mistake(
    text: str, expected: list[str]
) -> None:
    assert offered(text) == expected


def test_after_a_join_every_attribute_is_offered_the_usual_ones_first() -> None:
    found = offered("active eq true and ")
    assert found[:4] == ["userName ", "displayName ", "active ", "emails "]
    assert found[-1] == "not ("
    assert "department " in found
    assert "password " not in found
    assert offered("active eq true and n")[-1] == "not ("
    assert offered("active eq true and not (act") == ["active "]


def test_what_was_asked_often_comes_first() -> None:
    found = offered("active eq true and ", often={"title": 3, "name.familyname": 1})
    assert found[0] == "title "
    assert offered("active eq true and n", often={"nickname": 2})[0] == "nickName "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("active eq true and fam", ["name.familyName "]),
        ("active eq true and manager", ["manager.", "manager.value ", "manager.$ref ", "manager.displayName "]),
        ("active eq true and manager.v", ["manager.value "]),
        ("active eq true and title.", []),
        ("emails[", ["value ", "display ", "type ", "primary ", "not ("]),
        ("emails[ty", ["type "]),
        ("whatever[", ["not ("]),
        (f"active pr and {ENTERPRISE_USER}:dep", [f"{ENTERPRISE_USER}:department "]),
        (f"active pr and {ENTERPRISE_USER}:manager.d", [f"{ENTERPRISE_USER}:manager.displayName "]),
    ],
)
def test_sub_attributes_are_found_by_their_own_name_too(text: str, expected: list[str]) -> None:
    assert offered(text) == expected


def test_a_name_of_two_schemas_is_offered_with_its_urn() -> None:
    found = offered("serial pr and ", DEVICE)
    assert {"size ", "urn:x:one:size ", "urn:x:one:colour ", "urn:x:two:colour "} <= set(found)
    assert "colour " not in found
    assert offered("urn:x:one:colour eq ", DEVICE) == ['"r"', '"é"']


@pytest.mark.parametrize(
    "text",
    [
        "|userName eq 1",
        'userName eq| "a"',
        'userName eq |"a"',
        'userName e|q "a"',
        'user|Name eq "a"',
        'userName eq "a|b"',
    ],
)
def test_a_cursor_in_the_middle_replaces_its_word_and_nothing_else(text: str) -> None:
    before, _, after = text.partition("|")
    found = complete(before + after, len(before), PERSON)
    for candidate in found.candidates:
        changed, position = accepted(before + after, found, candidate)
        assert changed.startswith((before + after)[: found.start])
        assert changed.endswith((before + after)[found.end :].lstrip())
        assert changed[:position].endswith(candidate.text)


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("ac", 0, "active |"),
        ("active e", 0, "active eq |"),
        ("user| eq 1", 0, "userName |eq 1"),
        ("(active pr an|)", 0, "(active pr and|)"),
        ("emails[type eq w|]", 0, 'emails[type eq "work"|]'),
    ],
)
def test_what_is_taken_stands_in_the_text_with_the_cursor_behind_it(text: str, number: int, expected: str) -> None:
    before, _, after = text.partition("|")
    found = complete(before + after, len(before), PERSON)
    changed, position = accepted(before + after, found, found.candidates[number])
    assert f"{changed[:position]}|{changed[position:]}" == expected


def test_taking_the_first_offer_again_and_again_makes_a_filter() -> None:
    text, position = "ac", 2
    for _ in range(3):
        found = complete(text, position, PERSON)
        text, position = accepted(text, found, found.candidates[0])
    assert compile_filter(parse_filter(text), PERSON)({"active": True})


def test_a_text_that_no_person_types_is_offered_nothing() -> None:
    assert offered("title pr and " * LONGEST) == []


def test_descriptions_are_those_of_the_schema() -> None:
    (candidate,) = complete("ac", 2, PERSON).candidates
    attribute = PERSON.attribute("active")
    assert attribute is not None
    assert candidate == Candidate("active ", "true or false", attribute.description)


def test_a_form_is_offered_every_path_and_those_that_begin_with_what_was_typed_first() -> None:
    paths = [candidate.text.strip() for candidate in attribute_candidates("", PERSON)]
    assert {"userName", "name.familyName", "emails", "emails.type", "manager.value"} <= set(paths)
    assert not {"password", "name", "emails[", "not ("} & set(paths)
    assert len(paths) == len(set(paths))
    found = [candidate.text.strip() for candidate in attribute_candidates("NAME", PERSON)]
    assert found[0].startswith("name.")
    assert "userName" in found
