from __future__ import annotations

import json
from typing import Any

import pytest

from scimtui.errors import SyntaxFault
from scimtui.scim.as_text import as_text, read_text, repeated_names, rewritten
from scimtui.scim.schema import USER, core_resource_type

KIND = core_resource_type("User")
RAW: dict[str, Any] = {
    "schemas": [USER],
    "id": "1",
    "active": True,
    "emails": [{"value": "a@x", "type": "work"}, {"value": "b@x", "type": "home"}],
    "keys": [{"password": "one", "n": 1}, {"password": "two", "n": 2}],
}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('{\n"active": true,\n"Active": false}', 3, "stands twice"),
        ('{"emails": [{"type": "a"}],\n"id": "1",\n"ID": "2"}', 3, "stands twice"),
        ('{"emails": [\n{"type": "a",\n"type": "b"},\n{"type": "c"}]}', 3, "stands twice"),
        ('{\n"size": 1e999}', 2, "too long"),
        ('{\n"size": 36893488147419103232}', 2, "too long"),
        ('{\n"title": "\\ud83d"}', 2, "half a character"),
        ('{\n"title": "\udcff"}', 2, "half a character"),
    ],
)
def test_a_text_that_could_not_be_sent_as_it_stands_is_named_by_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(SyntaxFault, match=f"^line {line}: .*{reason}"):
        read_text(text)


def test_whole_characters_are_read_however_they_are_spelled() -> None:
    assert read_text('{"a": "\\ud83d\\ude00 \\\\ud83d"}') == {"a": "😀 \\ud83d"}


def test_a_masked_value_stays_with_its_element_when_another_one_goes() -> None:
    edited = read_text(as_text(RAW, KIND))
    del edited["keys"][0]
    assert rewritten(RAW, edited, KIND).wanted["keys"] == [{"password": "two", "n": 2}]


@pytest.mark.parametrize("urns", [[], [USER, "urn:x:Other"]])
def test_other_names_of_schemas_are_told_because_no_patch_sends_them(urns: list[str]) -> None:
    assert rewritten(RAW, {**RAW, "schemas": urns}, KIND).refused == ("schemas",)


def test_the_text_of_a_resource_wants_that_resource() -> None:
    assert json.dumps(rewritten(RAW, read_text(as_text(RAW, KIND)), KIND).wanted) == json.dumps(RAW)


def test_a_name_that_stands_in_two_objects_is_no_repetition():
    assert list(repeated_names('{"a": 1, "b": {"a": 1}, "c": [{"a": "a"}, {"a": 2}]}')) == []
    assert len(list(repeated_names('{"a": 1, "A": {"b": 1, "b": 2}}'))) == 2
