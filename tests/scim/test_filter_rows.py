"""Filters as rows of a form, and back."""

from __future__ import annotations

import pytest

from scimtui.scim.completion import attribute_of
from scimtui.scim.filter import Path, parse_filter
from scimtui.scim.filter_rows import Condition, conditions_of, filter_of, question_words, questions_of, value_fault
from scimtui.scim.schema import Attribute, Type, core_resource_type

PERSON = core_resource_type("User")
CREATED = attribute_of("meta.created", PERSON)
NUMBER = Attribute("slots", Type.INTEGER)


@pytest.mark.parametrize(
    "text",
    [
        "active eq false",
        'userName sw "a" and active eq true and not (title pr)',
        'title pr or not (title co "x") or name.familyName ne "y"',
        'meta.lastModified ge "2026-01-01T00:00:00Z"',
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "true"',
        'userName eq "a \\" b"',
    ],
)
def test_a_list_of_conditions_survives_the_form(text: str) -> None:
    taken = conditions_of(parse_filter(text))
    assert taken is not None
    join, rows = taken
    again = filter_of(join, tuple((row, attribute_of(str(row.path), PERSON)) for row in rows))
    assert str(again) == text


@pytest.mark.parametrize(
    "text",
    [
        'emails[type eq "work"]',
        "title pr and (active eq true or title pr)",
        "not (active eq true)",
        "not (title pr and active pr)",
        "title eq null",
        'not (title eq "x") or title pr',
    ],
)
def test_what_is_no_list_of_conditions_is_not_taken_for_one(text: str) -> None:
    assert conditions_of(parse_filter(text)) is None


def test_numbers_stay_numbers_and_what_no_schema_knows_is_text() -> None:
    taken = conditions_of(parse_filter("slots ge 4"))
    assert taken is not None
    (row,) = taken[1]
    assert str(filter_of("and", ((row, NUMBER),))) == "slots ge 4"
    assert str(filter_of("and", ((row, None),))) == 'slots ge "4"'


def test_a_day_becomes_its_first_moment() -> None:
    row = Condition(Path(attribute="meta", sub="created"), "ge", "2026-01-31")
    assert str(filter_of("and", ((row, CREATED),))) == 'meta.created ge "2026-01-31T00:00:00Z"'


def test_each_question_that_has_an_opposite_is_asked_both_ways_in_words() -> None:
    title = PERSON.attribute("title")
    words = {question: question_words(question, title) for question in questions_of(title)}
    assert words["pr"] == "is set"
    assert words["not pr"] == "is not set"
    assert words["not co"] == "does not contain"
    assert words["ne"] == "is not"
    assert "not eq" not in words
    assert question_words("gt", CREATED) == "is after"
    assert len(set(words.values())) == len(words)


@pytest.mark.parametrize(
    ("attribute", "text", "expected"),
    [
        (PERSON.attribute("active"), "yes", "true or false"),
        (PERSON.attribute("active"), "True", ""),
        (NUMBER, "four", "a number"),
        (NUMBER, "1e999", "a number"),
        (NUMBER, "4", ""),
        (PERSON.attribute("title"), "4", ""),
        (CREATED, "yesterday", "a date such as 2026-01-31"),
        (CREATED, "2026-01-31", ""),
        (None, "4", ""),
    ],
)
def test_a_value_that_the_type_cannot_have_is_refused(attribute: Attribute | None, text: str, expected: str) -> None:
    assert value_fault(text, attribute) == expected
