"""What a field says of a filter that is wrong, or not finished."""

from __future__ import annotations

import pytest

from scimtui.errors import SyntaxFault
from scimtui.present.mistakes import Mistake, mistake_of
from scimtui.scim.match import compile_filter
from scimtui.scim.schema import core_resource_type


def mistake(text: str) -> Mistake:
    with pytest.raises(SyntaxFault) as caught:
        compile_filter(text.strip(), core_resource_type("User"))
    return mistake_of(caught.value, text)


@pytest.mark.parametrize(
    ("text", "wrong", "words"),
    [
        ("userName = 1", "=", "10: Write eq for ="),
        ("  userName is 1", "is", "12: Write eq for is"),
        ("userName eq anna and title pr", "anna", '13: Write it in double quotes: "anna"'),
        ("title pr ) and", ")", "10: expected and, or, or the end of the filter"),
        ("active gt true", "active gt true", "1: Compare it with eq or ne"),
        ("title pr and active gt true or title pr", "active gt true", "14: Compare it with eq or ne"),
    ],
)
def test_the_letters_that_are_wrong_are_named_and_what_to_do(text: str, wrong: str, words: str) -> None:
    found = mistake(text)
    assert text[found.start : found.end] == wrong
    assert found.words == words
    assert not found.is_unfinished


@pytest.mark.parametrize(
    ("text", "awaits"),
    [
        ("active ", "an operator such as eq, co or pr"),
        ("active eq", "a value in double quotes, a number, true, false or null"),
        ('userName eq "a', 'a closing "'),
        ("title pr and ", "an attribute such as userName"),
        ("(title pr", "and, or, or ) for the ( at character 1"),
    ],
)
def test_what_is_only_not_finished_is_no_mistake(text: str, awaits: str) -> None:
    found = mistake(text)
    assert found.is_unfinished
    assert found.start == found.end
    assert found.words.startswith("… ")
    assert awaits.startswith(found.awaits)


def test_a_fault_in_a_text_that_was_put_in_order_is_said_without_a_place() -> None:
    found = mistake("ACTIVE  GT  true")
    assert (found.start, found.end) == (0, 0)
    assert found.words == "Compare it with eq or ne"


def test_nothing_that_was_pasted_acts_in_the_terminal() -> None:
    found = mistake("userName eq \x1b]52;c;x\x07")
    assert "\x1b" not in found.words
    assert "\x07" not in found.words
