"""Which resources a filter chooses, by example."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from scimtui.errors import FilterError
from scimtui.scim.filter import Comparison, Filter, Not, Operator, Path, ValuePath, parse_filter
from scimtui.scim.match import compile_filter, names_read
from scimtui.scim.schema import (
    ENTERPRISE_USER,
    Attribute,
    ResourceType,
    Schema,
    core_resource_type,
    read_resource_type,
    read_schema,
)

SWEEP = bool(os.environ.get("SCIMTUI_SWEEP"))
EXAMPLES = 100 * (50 if SWEEP else 1)
pytestmark = pytest.mark.timeout(900 if SWEEP else 120)
USER = core_resource_type("User")
GROUP = core_resource_type("Group")

ANNA: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE_USER],
    "id": "a1B2",
    "externalId": "Ext-1",
    "userName": "Anna.Maier@Example.com",
    "name": {"givenName": "Änna", "familyName": "Straße"},
    "active": True,
    "title": "",
    "nickName": None,
    "roles": [],
    "emails": [
        {"value": "anna@work.example", "type": "work", "primary": True},
        {"value": "anna@home.example", "type": "home"},
    ],
    "x509Certificates": [{"value": "MIIB"}],
    "meta": {"created": "2024-05-01T12:00:00Z", "lastModified": "2024-05-01T14:30:00.5+02:00", "version": 'W/"3"'},
    "shoeSize": 41,
    "office": "12",
    ENTERPRISE_USER: {"department": "Ops", "employeeNumber": "701984", "manager": {"value": "M7"}},
}


def chosen(text: str, resource: Mapping[str, Any] = ANNA, resource_type: ResourceType = USER) -> bool:
    return compile_filter(text, resource_type)(resource)


@pytest.mark.parametrize(
    "text",
    [
        'userName eq "anna.maier@example.COM"',
        'USERNAME sw "anna"',
        'userName ew ".com" and userName co "MAIER"',
        'userName gt "anna" and userName lt "bert"',
        'userName ge "anna.maier@example.com" and userName le "anna.maier@example.com"',
        'id eq "a1B2" and not (id eq "A1B2")',
        'externalId eq "Ext-1" and externalId ne "ext-1"',
        'name.givenName eq "änna"',
        'name.givenName eq "A\\u0308NNA"',
        'name.familyName eq "STRASSE"',
        "active eq true and active ne false",
        'active eq "True"',
        'title eq "" and title ne null and not (title pr)',
        "not (nickName pr) and not (roles pr) and not (displayName pr)",
        "nickName eq null and roles eq null and displayName eq null and title ne null",
        'displayName ne "x" and nickName ne "x"',
        "name pr and emails pr and emails.type pr and meta.created pr",
        'emails co "work.example"',
        'emails.type eq "home" and emails.primary eq true',
        'emails[type eq "home" and value co "@home"]',
        'emails[primary eq true and (type eq "work" or type eq "other")]',
        'emails[not (type eq "work")]',
        'emails.type ne "work"',
        "emails[not (primary pr)]",
        'meta.created eq "2024-05-01T14:00:00+02:00"',
        'meta.lastModified gt "2024-05-01T12:30:00Z" and meta.lastModified lt "2024-05-01T12:30:01Z"',
        'meta.created ge "2024-05-01" and meta.created sw "2024-05"',
        'schemas eq "URN:ietf:params:scim:schemas:core:2.0:user"',
        'schemas[value ew "enterprise:2.0:User"]',
        f'{ENTERPRISE_USER}:department eq "ops"',
        f'{ENTERPRISE_USER.upper()}:DEPARTMENT eq "ops"',
        f'{ENTERPRISE_USER}:manager.value eq "M7" and {ENTERPRISE_USER}:manager eq "M7"',
        f"{ENTERPRISE_USER} pr",
        'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "anna"',
        'department eq "ops"',
        "employeeNumber eq 701984 and employeeNumber gt 1000",
        "shoeSize gt 9 and shoeSize le 41.0 and shoesize ne 9",
        'shoeSize eq "41" and office gt 9',
        'x509Certificates eq "MIIB" and x509Certificates eq "MIIB=" and x509Certificates sw "MI"',
        'emails[type eq "home" and primary eq false] and emails[primary ne true]',
        'emails[type eq "work"].value eq "anna@work.example"',
    ],
)
def test_anna_is_chosen(text: str) -> None:
    assert chosen(text)


@pytest.mark.rule("P8")
@pytest.mark.parametrize(
    "text",
    [
        'emails[type eq "work" and value co "@home"]',
        'emails[type ne "work" and type ne "home"]',
        'roles ne "admin"',
        'roles[value ne "admin"]',
        'x509Certificates eq "miib"',
        "displayName pr",
        "displayName gt null",
        'displayName lt "zzz"',
        "shoeSize eq true",
        'shoeSize[value eq "x"]',
        'meta.created gt "2024-05-01T14:00:00+01:00"',
        'name eq "Änna"',
        'urn:other:1.0:User:department eq "ops"',
        'unknown.thing co ""',
        "shoeSize ne 41",
        "active ne true",
        'emails.value eq "x"',
    ],
)
def test_anna_is_not_chosen(text: str) -> None:
    assert not chosen(text)


@pytest.mark.parametrize("written", ["True", "true", "TRUE", True])
def test_a_boolean_that_is_sent_as_text_is_a_boolean(written: object) -> None:
    assert chosen("active eq true", {"active": written})
    assert chosen("active ne false", {"active": written})
    assert not chosen("active eq false", {"active": written})
    assert chosen("unknownSwitch eq true", {"unknownSwitch": written})


@pytest.mark.rule("S1")
def test_keys_in_any_letter_case_are_found() -> None:
    matches = compile_filter('userName eq "a" and emails[type eq "work"] and department eq "x"', USER)
    resource = {"USERNAME": "a", "Emails": [{"TYPE": "work"}], ENTERPRISE_USER.lower(): {"Department": "x"}}
    assert [matches(resource), matches({}), matches(resource)] == [True, False, True]


def test_the_exact_key_counts_before_another_spelling() -> None:
    assert not chosen('userName eq "a"', {"username": "a", "userName": None})


def test_a_bare_string_is_the_value_of_an_element() -> None:
    assert chosen('emails co "@x"', {"emails": ["a@x"]})
    assert chosen('emails[value co "@x"]', {"emails": "a@x"})
    assert chosen('emails.value co "@x"', {"emails": {"value": "a@x"}})
    assert chosen('manager.value eq "7"', {ENTERPRISE_USER: {"manager": "7"}})


def test_a_complex_value_is_present_where_one_part_of_it_is() -> None:
    assert chosen("name pr", {"name": {"givenName": None, "familyName": "x"}})
    assert not chosen("name pr", {"name": {"givenName": None, "familyName": []}})


@pytest.mark.rule("P10")
def test_a_group_is_found_by_its_member() -> None:
    group = {"displayName": "Ops", "members": [{"value": "u1"}, {"value": "u2"}]}
    for text in ('members[value eq "u2"]', 'members.value eq "u2"', 'members eq "u2"'):
        assert chosen(text, group, GROUP)
    assert not chosen('members[value eq "U2"]', group, GROUP)


@pytest.mark.rule("S11")
def test_an_id_keeps_its_letter_case_where_the_schema_forgets_to_say_so() -> None:
    schema = read_schema({"id": "urn:x:User", "attributes": [{"name": "id"}, {"name": "externalId"}]})
    own = read_resource_type({"name": "User", "schema": "urn:x:User"}, {"urn:x:user": schema})
    assert not chosen('id eq "A"', {"id": "a"}, own)
    assert not chosen('externalId eq "A"', {"externalId": "a"}, own)


@pytest.mark.rule("S10", "P12")
def test_an_extension_is_found_whatever_its_urn_looks_like() -> None:
    department = Attribute("department")
    for urn in ("urn:acme:hr", "urn:acme:hr.v2", "urn:acme:2.0", "urn:acme:1.5:User.x", "plainName", "https://x.y/z"):
        own = ResourceType("User", "/Users", USER.schema, (Schema(urn, attributes=(department,)),))
        raw = {urn: {"department": "x"}}
        assert chosen(f'{urn}:department eq "X"', raw, own)
        assert chosen(f"{urn} pr", raw, own)
        assert not chosen(f"{urn} pr", {urn: {"department": None}}, own)


@pytest.mark.parametrize(
    "text",
    [
        "active gt true",
        'active ge "x"',
        "emails[primary lt false]",
        'x509Certificates gt "MI"',
        "unknown le true",
        'meta.created gt "yesterday"',
        "meta.created le 5",
    ],
)
def test_an_order_where_there_is_none_is_refused(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        compile_filter(text, USER)
    assert caught.value.position == 0
    assert caught.value.hint


def test_dates_that_are_none_equal_their_own_text_only() -> None:
    assert chosen('meta.created eq "Soon"', {"meta": {"created": "soon"}})
    assert not chosen('meta.created gt "2024-01-01"', {"meta": {"created": "soon"}})
    edge = {"meta": {"created": "0001-01-01T00:00:00+14:00"}}
    assert chosen('meta.created lt "9999-12-31T23:59:59.1234567-14:00"', edge)
    assert chosen('meta.created eq "2024-01-01t00:00:00z"', {"meta": {"created": "2024-01-01T00:00:00.0000000Z"}})


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.sampled_from(sorted(ANNA)), inner, max_size=3)
    ),
    max_leaves=10,
)
EVERYTHING = [
    compile_filter(parse_filter(text), USER)
    for text in (
        *(
            f'{path} {word} "2024-01-01"'
            for path in ("userName", "emails", "emails.value", "meta.created", "id", "name")
            for word in Operator
        ),
        *(f"{path} {word} 5" for path in ("userName", "shoeSize", "emails") for word in Operator),
        *(f"{path} pr" for path in ("name", "emails.type", "meta", ENTERPRISE_USER)),
        'active eq true and emails[primary eq true and not (value co "x")]',
        f'{ENTERPRISE_USER}:manager.value eq "x" or schemas co "x"',
    )
]


@settings(max_examples=EXAMPLES // 3, deadline=None)
@given(st.dictionaries(st.sampled_from([*ANNA, "USERNAME"]) | st.text(max_size=3), json, max_size=6))
def test_no_json_makes_a_filter_raise(resource: dict[str, Any]) -> None:
    for matches in EVERYTHING:
        assert matches(resource) in {True, False}


def test_a_key_is_found_among_thousands_of_strange_ones() -> None:
    matches = compile_filter("title pr", USER)
    assert not any(matches({f"key{number}": 1}) for number in range(5000))
    assert matches({"TITLE": "x", **{f"more{number}": 1 for number in range(5000)}})


def test_a_filter_of_any_size_and_depth_is_asked() -> None:
    wide = compile_filter(" or ".join(f'userName eq "user{number}"' for number in range(300)), USER)
    assert [wide({"userName": "USER299"}), wide({"userName": "user300"}), wide({})] == [True, False, False]
    nested: Filter = parse_filter("active eq true")
    for _ in range(101):
        nested = Not(nested)
    deep = compile_filter(nested, USER)
    assert [deep({"active": True}), deep({"active": False})] == [False, True]


@pytest.mark.parametrize("text", ['"', "\\", "__import__('os')", "{0}", "\n    raise", "\ud800", "\x00"])
def test_no_text_of_a_filter_is_read_as_code(text: str) -> None:
    expression = Comparison(Path(attribute=text), Operator.EQ, text)
    assert compile_filter(expression, USER)({text: text})
    assert compile_filter(ValuePath(Path(urn=text, attribute="x"), expression), USER)({text: {"x": [{text: text}]}})


@pytest.mark.rule("S7")
def test_an_element_without_primary_is_not_the_primary_one() -> None:
    resource = {"emails": [{"value": "a"}]}
    assert chosen("emails[primary eq false]", resource)
    assert chosen("emails[primary ne true]", resource)
    assert not chosen("emails[primary eq true]", resource)


@pytest.mark.rule("P11")
def test_an_empty_text_is_not_present() -> None:
    assert not chosen("title pr", {"title": ""})
    assert not chosen("name pr", {"name": {"givenName": ""}})
    assert chosen("title ne null", {"title": ""})


def test_numbers_without_end_are_text_and_equal_nothing():
    huge = 10**5000
    assert not chosen('nickName eq "x"', {"nickName": huge})
    assert not chosen('nickName co "1"', {"nickName": huge})
    assert not chosen("shoeSize eq 41", {"shoeSize": "4" * 5000})


@pytest.mark.parametrize("operator", ["co", "sw", "ew", "gt", "ge", "lt", "le"])
def test_nothing_is_greater_than_null_or_holds_it(operator):
    for text in (f"title {operator} null", f"(title {operator} null or nickName {operator} null)"):
        assert not chosen(text)
        assert not chosen(text, {"title": {"odd": 1}, 7: "odd"})
    assert chosen(f"not (title {operator} null) and userName pr")


@pytest.mark.rule("P11")
@pytest.mark.parametrize("nothing", [[[], {"a": [""]}], {"a": {"b": None}}, [{}], ""])
def test_what_holds_nothing_at_any_depth_is_not_present(nothing):
    for name in ("anything", "name", "emails", "title"):
        assert not chosen(f"{name} pr", {name: nothing})
        assert chosen(f"{name} pr", {name: [nothing, {"value": "x"}]})


def test_a_key_that_is_no_text_is_no_name():
    assert not chosen("title pr", {7: "x", None: 1, "nickName": "y"})
    assert chosen("title pr", {7: "x", "TITLE": "y"})


def test_a_complex_value_of_nulls_is_not_assigned():
    assert chosen("name eq null", {"name": {"givenName": None, "familyName": []}})
    assert chosen("name ne null", {"name": {"givenName": ""}})
    assert chosen("anything ne null", {"anything": [{"a": None}, "x"]})


@pytest.mark.rule("R34")
@pytest.mark.parametrize(
    "written",
    [
        "2024-05-01T12:00:00Z",
        "2024-05-01T14:00:00+02:00",
        "2024-05-01T12:00:00.000Z",
        "2024-05-01T12:00:00",
        "2024-05-01t12:00:00z",
    ],
)
def test_a_moment_is_the_same_however_it_is_written(written):
    assert chosen('meta.created eq "2024-05-01T12:00:00Z"', {"meta": {"created": written}})
    assert not chosen('meta.created gt "2024-05-01T12:00:00Z"', {"meta": {"created": written}})


@pytest.mark.rule("P11", "R32")
@pytest.mark.parametrize(
    ("text", "matching", "others"),
    [
        ("active eq true", [True, "true", "TRUE", 1, "1", "yes"], [False, "false", 0, 2, "2", None, "maybe", {}]),
        ("active ne true", [False, "false", 0, 2, "maybe", None], [True, "True", 1]),
        ("shoeSize eq 41", [41, 41.0, "41", "4.1e1"], [42, "41x", True, None, "", "4 1"]),
        ("shoeSize gt 40", [41, "41", 40.5], [40, "9", "x", None, True]),
        ('nickName eq "TRUE"', ["true", True], [False, 1, "1"]),
        ('nickName eq "false"', ["FALSE", False], [True, 0]),
        ('nickName co "4"', ["x4", 41, 4.5], ["x", True, None, {}]),
        ('not (nickName eq "a")', ["b", None, 7], ["a", "A"]),
    ],
)
def test_values_of_other_types_are_read_as_what_they_mean(text, matching, others):
    name = text.removeprefix("not (").split()[0]
    assert [value for value in matching if not chosen(text, {name: value})] == []
    assert [value for value in others if chosen(text, {name: value})] == []


def test_in_lists_of_any_form_one_value_is_enough():
    for text in (
        'emails eq "a"',
        'emails.value eq "a"',
        'emails[value eq "a"]',
        'emails[value sw "a" and value ew "A"]',
    ):
        for mails in (["a"], "a", {"value": "A"}, [{"VALUE": "a"}], [None, {"value": "b"}, "a"], [["x"], "A"]):
            assert chosen(text, {"emails": mails})
        for mails in (["b"], [{"type": "a"}], [{"value": ["b"]}], {"value": None}, [], None, 7):
            assert not chosen(text, {"emails": mails})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('userName eq "a"', {"userName"}),
        ('USERNAME eq "a" and not (title pr or emails[type eq "work"])', {"userName", "title", "emails"}),
        (f'{ENTERPRISE_USER}:department eq "IT"', {ENTERPRISE_USER}),
        ('meta.lastModified gt "2024-01-01T00:00:00Z" or shoeSize gt 4', {"meta", "shoeSize"}),
    ],
)
def test_a_filter_says_which_attributes_it_looks_at(text: str, names: set[str]) -> None:
    assert names_read(text, USER) == names
    part = {name: value for name, value in ANNA.items() if name in names}
    assert compile_filter(text, USER)(part) is compile_filter(text, USER)(ANNA)
