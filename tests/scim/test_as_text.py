"""A resource as text that people edit: everything in it comes back, and what can't be changed is named."""

from __future__ import annotations

import pytest
from generated.resources import GROUP_TYPE, THOROUGH, USER_TYPE, groups, users, writable
from hypothesis import given

from scimtui.errors import SyntaxFault, UsageError
from scimtui.scim.as_text import as_text, escaped, read_text, rewritten
from scimtui.scim.masks import MASK
from scimtui.scim.schema import ENTERPRISE_USER, USER, ResourceType, core_resource_type, read_schema

USERS = core_resource_type("User")
RAW = {
    "schemas": [USER],
    "id": "1",
    "userName": "a\u202e\x1b",
    "password": "shown by a careless provider",
    "emails": [{"value": "a@x.org", "display": "A"}, "bare@x.org"],
    "groups": [{"value": "g", "display": "G"}],
    "vendor": {"password": "deep", "n": [1, 1.5, None, True]},
    ENTERPRISE_USER: {"manager": {"value": "7", "displayName": "Boss"}},
}


def test_a_text_that_nobody_touched_wants_nothing_different():
    answer = rewritten(RAW, read_text(as_text(RAW, USERS)), USERS)
    assert (answer.wanted, answer.refused) == (RAW, ())


def test_no_character_in_the_text_acts_in_a_terminal_and_no_secret_stands_in_it():
    text = as_text({**RAW, "nickName": "\ud83d"}, USERS)
    assert not {"\x1b", "\u202e", "\ud83d"} & set(text)
    assert "careless" not in text
    assert "deep" not in text
    assert read_text(escaped('{"a": "\U000e0041\x85"}')) == {"a": "\U000e0041\x85"}


def test_what_the_provider_sets_stays_and_is_named():
    edited = read_text(as_text(RAW, USERS))
    edited |= {"id": "2", "groups": [], "meta": {"version": "x"}, "password": "typed", "nickName": "A"}
    edited[ENTERPRISE_USER] = {"manager": {"value": "8", "displayName": "Other"}}
    answer = rewritten(RAW, edited, USERS)
    assert answer.refused == ("id", "meta", "password", "groups", f"{ENTERPRISE_USER}:manager.displayName")
    manager = {"value": "8", "displayName": "Boss"}
    assert answer.wanted == {**RAW, "nickName": "A", ENTERPRISE_USER: {"manager": manager}}


def test_a_secret_that_is_taken_out_of_the_text_stays_as_it_is_and_a_made_up_mask_is_nothing():
    edited = {**RAW, "nickName": MASK}
    del edited["password"]
    assert rewritten(RAW, edited, USERS).wanted == RAW


def test_a_password_that_was_typed_before_the_text_was_made_stays_and_never_stands_in_it():
    typed = {"userName": "ann", "password": "s3cret"}
    text = as_text(typed, USERS)
    assert "s3cret" not in text
    answer = rewritten({}, read_text(text), USERS, is_new=True, made_of=typed)
    assert (answer.wanted, answer.refused) == (typed, ())
    assert rewritten({}, {"userName": "bob"}, USERS, is_new=True, made_of=typed).wanted["password"] == "s3cret"
    assert rewritten({}, {"userName": "bob"}, USERS, is_new=True, made_of={}).wanted == {"userName": "bob"}


def test_attributes_of_any_schema_and_of_none_come_and_go():
    edited = {**RAW, "x_badge": 1, "urn:new": {"a": [1]}}
    del edited["vendor"]
    del edited[ENTERPRISE_USER]
    answer = rewritten(RAW, edited, USERS)
    assert (answer.wanted, answer.refused) == (edited, ())


def test_an_extension_of_another_shape_is_left_to_the_provider():
    edited = {**RAW, ENTERPRISE_USER: "odd"}
    assert rewritten(RAW, edited, USERS).wanted == edited


def test_a_list_keeps_what_the_provider_set_in_its_elements():
    sub = {"name": "display", "mutability": "readOnly"}
    attribute = {"name": "keys", "type": "complex", "multiValued": True, "subAttributes": [{"name": "value"}, sub]}
    kind = ResourceType("Thing", "/Things", read_schema({"id": "urn:x", "attributes": [attribute]}))
    before = {"keys": [{"value": "a", "display": "A"}, {"value": "b", "display": "B"}]}
    edited = {"keys": [{"value": "b", "display": "mine"}, {"value": "c", "display": "mine"}, "d"]}
    answer = rewritten(before, edited, kind)
    assert answer.wanted == {"keys": [{"value": "b", "display": "B"}, {"value": "c", "display": "B"}, "d"]}
    assert answer.refused == ("keys.display",)


def test_what_may_be_set_once_is_free_for_a_new_resource_alone():
    kind = ResourceType(
        "Thing", "/Things", read_schema({"id": "urn:x", "attributes": [{"name": "n", "mutability": "immutable"}]})
    )
    assert rewritten({"n": "1"}, {"n": "2"}, kind).refused == ("n",)
    assert rewritten({"n": "1"}, {"n": "2"}, kind, is_new=True).wanted == {"n": "2"}
    assert rewritten({}, {"n": "2"}, kind).wanted == {"n": "2"}


@THOROUGH
@given(users, users)
def test_everything_that_may_be_written_is_wanted_as_it_was_edited(before, edited):
    text = as_text(edited, USER_TYPE)
    assert read_text(text) == edited
    answer = rewritten(before, read_text(text), USER_TYPE)
    assert writable(answer.wanted, USER_TYPE) == writable(edited, USER_TYPE)


@THOROUGH
@given(groups, groups)
def test_members_are_wanted_as_they_were_edited(before, edited):
    answer = rewritten(before, edited, GROUP_TYPE)
    assert writable(answer.wanted, GROUP_TYPE) == writable(edited, GROUP_TYPE)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('{"a": 1,\n}', 2, "a comma is too many"),
        ('{"a" 1}', 1, "colon is missing"),
        ('{"a": 1\n"b": 2}', 2, "a comma is missing before this"),
        ("[1]", 1, "stands in { }"),
        ('{"a": 1}\nx', 2, "more after the end"),
        ('{"a": 1,\n"a": 2}', 2, "stands twice"),
        ('{"a":\nNaN}', 2, "no number of JSON"),
        ('{"a": "b\n"}', 1, "a text ends on the line it begins on"),
        ('{"a": ' + "9" * 5000 + "}", 1, "number is too long"),
        ("[" * 100_000, 1, "nested too deeply"),
        ("", 1, "a value is missing"),
    ],
)
def test_a_text_that_is_no_resource_is_told_with_its_line(text, line, reason):
    with pytest.raises(SyntaxFault, match=reason) as told:
        read_text(text)
    assert told.value.message.startswith(f"line {line}: ")


def test_a_resource_that_nests_too_deep_is_refused_in_words():
    deep = {}
    for _ in range(3000):
        deep = {"a": deep}
    with pytest.raises(UsageError):
        as_text(deep, USERS)
