from __future__ import annotations

import copy

import pytest
from patching import BABS, CODES, GROUP_TYPE, HOME, TAGS, USER_TYPE, WORK, add, patched, remove, replace

from scimtui.errors import PatchError
from scimtui.scim.patch import apply_operations
from scimtui.scim.schema import (
    ENTERPRISE_USER,
    GROUP,
    USER,
    ResourceType,
    Schema,
)


@pytest.mark.rule("M1")
def test_operations_follow_each_other():
    result = patched(remove("nickName"), add("nickName", "B"), replace("nickName", "Barb"))
    assert result["nickName"] == "Barb"


@pytest.mark.parametrize("op", ["Add", "REPLACE", "replace"])
def test_letter_case_of_operations_and_names_means_nothing(op):
    result = patched({"OP": op, "Path": "NICKNAME", "Value": "B"})
    assert result == {**BABS, "nickName": "B"}


def test_keys_keep_the_spelling_of_the_resource_else_that_of_the_schema():
    resource = {"username": "b", "Name": {"GivenName": "A"}}
    result = patched(replace("userName", "c"), replace("name.givenName", "B"), add("NICKNAME", "N"), resource=resource)
    assert result == {"username": "c", "Name": {"GivenName": "B"}, "nickName": "N"}


def test_a_complex_value_replaces_the_sub_attributes_that_it_names():
    assert patched(replace("name", {"givenName": "Babs"}))["name"] == {"givenName": "Babs", "familyName": "Jensen"}


def test_an_object_without_a_path_may_have_urns_and_dotted_paths_as_keys():
    value = {
        "nickName": "B",
        "name.familyName": "J",
        'emails[type eq "work"].value': "n@example.org",
        f"{ENTERPRISE_USER}:department": "Sales",
        ENTERPRISE_USER: {"employeeNumber": "7", "manager": {"value": "1"}},
        f"{USER}:title": "T",
        "schemas": [USER, ENTERPRISE_USER],
    }
    result = patched({"op": "Replace", "value": value})
    assert result == {
        **BABS,
        "schemas": [USER, ENTERPRISE_USER],
        "nickName": "B",
        "title": "T",
        "name": {"givenName": "Barbara", "familyName": "J"},
        "emails": [{**WORK, "value": "n@example.org"}, HOME],
        ENTERPRISE_USER: {"department": "Sales", "employeeNumber": "7", "manager": {"value": "1"}},
    }


def test_an_extension_is_listed_in_schemas_when_it_comes_and_gone_when_it_is_empty():
    came = patched(add(f"{ENTERPRISE_USER}:manager.value", "1"))
    assert came["schemas"] == [USER, ENTERPRISE_USER]
    assert came[ENTERPRISE_USER] == {"manager": {"value": "1"}}
    assert ENTERPRISE_USER not in patched(remove(f"{ENTERPRISE_USER}:manager.value"), resource=came)
    assert ENTERPRISE_USER not in patched(remove(ENTERPRISE_USER), resource=came)
    assert patched(add(ENTERPRISE_USER, {"manager": {"value": "1"}})) == came


@pytest.mark.rule("S18")
def test_a_manager_may_be_a_bare_id():
    assert patched(replace(f"{ENTERPRISE_USER}:manager", "1"))[ENTERPRISE_USER] == {"manager": {"value": "1"}}


def test_what_is_there_already_is_not_added_again():
    again = {"type": "home", "value": "h@example.org", "primary": False}
    assert patched(add("emails", [again])) == BABS
    other = {"value": "h@example.org", "type": "other"}
    assert patched(add("emails", [again, other]))["emails"] == [WORK, HOME, other]


@pytest.mark.rule("M6", "R39")
def test_a_new_primary_ends_the_old_one():
    new = {"value": "n@example.org", "primary": True}
    old = {**WORK, "primary": False}
    assert patched(add("emails", new))["emails"] == [old, HOME, new]
    assert patched(replace('emails[type eq "home"].primary', "True"))["emails"] == [old, {**HOME, "primary": True}]
    assert patched(replace('emails[type eq "home"]', {**HOME, "primary": True}))["emails"][0] == old


def test_a_value_filter_chooses_the_elements():
    assert patched(remove('emails[type eq "WORK" and value ew ".org"]'))["emails"] == [HOME]
    assert patched(replace('emails[type ne "work"].display', "X"))["emails"] == [WORK, {**HOME, "display": "X"}]
    assert patched(replace('emails[type eq "home"]', {"value": "x"}))["emails"] == [WORK, {"value": "x"}]
    assert patched(add('emails[type eq "home"]', {"display": "X"}))["emails"][1] == {**HOME, "display": "X"}


def test_a_path_into_a_list_without_a_filter_means_every_element():
    assert [one["type"] for one in patched(replace("emails.type", "other"))["emails"]] == ["other", "other"]


def test_add_makes_the_element_that_its_filter_describes():
    result = patched(add('phoneNumbers[type eq "mobile" and primary eq true].value', "tel:1"))
    assert result["phoneNumbers"] == [{"type": "mobile", "primary": True, "value": "tel:1"}]


def test_what_is_emptied_vanishes():
    assert "emails" not in patched(remove("emails[value pr]"))
    assert "emails" not in patched(replace("emails", []))
    assert "name" not in patched(remove("name.givenName"), remove("name.familyName"))
    assert "nickName" not in patched(replace("nickName", None))
    assert patched(replace("nickName", ""))["nickName"] == ""


def test_removing_what_is_not_there_changes_nothing():
    assert patched(remove("title"), remove('emails[type eq "x"]'), remove(ENTERPRISE_USER)) == BABS


def test_members_leave_as_a_list_as_well():
    group = {"schemas": [GROUP], "displayName": "G", "members": [{"value": "a"}, {"value": "A"}, "b", {"value": "c"}]}
    result = patched(remove("members", value=[{"value": "a"}, "b"]), resource=group, resource_type=GROUP_TYPE)
    assert result["members"] == [{"value": "A"}, {"value": "c"}]
    assert patched(remove("members", value=[]), resource=group, resource_type=GROUP_TYPE) == group
    assert "members" not in patched(remove("members"), resource=group, resource_type=GROUP_TYPE)


def test_a_member_is_added_once_whatever_its_label():
    group = {"displayName": "G", "members": [{"value": "a", "display": "A"}]}
    more = [{"value": "a", "type": "User"}, {"value": "b"}, {"value": "b"}]
    result = patched(add("members", more), resource=group, resource_type=GROUP_TYPE)
    assert result["members"] == [{"value": "a", "display": "A"}, {"value": "b"}]


def test_values_get_the_type_of_their_attribute():
    assert patched(replace("active", "False"))["active"] is False
    assert patched(add("emails", "x@example.org"))["emails"][2] == {"value": "x@example.org"}


def test_attributes_that_no_schema_knows_are_plain_values():
    result = patched(add("favourite.colour", "red"), add("badges", [1]), add("badges", [1, 2]))
    assert (result["favourite"], result["badges"]) == ({"colour": "red"}, [1, 2])
    flat = {"userName": "b", "name.formatted": "B", "odd key": 1}
    assert patched(replace("name.formatted", "C"), remove("odd key"), resource=flat) == {
        "userName": "b",
        "name.formatted": "C",
    }


@pytest.mark.rule("S18", "M1")
@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        ({"op": "move", "path": "title", "value": "x"}, "invalidSyntax"),
        ({"path": "title", "value": "x"}, "invalidSyntax"),
        ({"op": "remove"}, "noTarget"),
        ({"op": "add", "path": "title"}, "invalidValue"),
        ({"op": "add", "value": "x"}, "invalidValue"),
        ({"op": "add", "path": 7, "value": "x"}, "invalidPath"),
        (add("emails[type eq", "x"), "invalidPath"),
        (add('title[type eq "x"]', "x"), "invalidPath"),
        (add("title.sub", "x"), "invalidPath"),
        (replace('emails[type eq "other"].value', "x"), "noTarget"),
        (replace('emails[type eq "other"]', {"value": "x"}), "noTarget"),
        (add('emails[type ne "work" and type ne "home"].value', "x"), "noTarget"),
        (add("phoneNumbers.value", "x"), "noTarget"),
        (replace("active", "perhaps"), "invalidValue"),
        (replace("title", {"a": 1}), "invalidValue"),
        (replace("title", ["a", "b"]), "invalidValue"),
        (replace("name", "Barbara"), "invalidValue"),
        (replace("emails", [["x"]]), "invalidValue"),
        (add(ENTERPRISE_USER, "x"), "invalidValue"),
        (add("emails", [{"value": "x", "primary": True}, {"value": "y", "primary": True}]), "invalidValue"),
        (replace("id", "43"), "mutability"),
        (remove("meta"), "mutability"),
        (add("groups", [{"value": "1"}]), "mutability"),
        (replace(f"{ENTERPRISE_USER}:manager.displayName", "x"), "mutability"),
        (remove("userName"), "mutability"),
        (replace("userName", None), "mutability"),
        (remove("schemas"), "mutability"),
    ],
)
def test_what_a_provider_refuses_is_refused_here(operation, scim_type):
    kept = copy.deepcopy(BABS)
    with pytest.raises(PatchError) as caught:
        apply_operations(BABS, [replace("nickName", "B"), operation], USER_TYPE)
    assert caught.value.scim_type == scim_type
    assert kept == BABS


@pytest.mark.rule("S17")
def test_the_id_of_a_member_never_changes():
    group = {"displayName": "G", "members": [{"value": "a"}]}
    for operation in (
        replace('members[value eq "a"].value', "b"),
        replace('members[value eq "a"]', {"value": "b"}),
    ):
        with pytest.raises(PatchError) as caught:
            patched(operation, resource=group, resource_type=GROUP_TYPE)
        assert caught.value.scim_type == "mutability"
    typed = patched(add('members[value eq "a"].type', "User"), resource=group, resource_type=GROUP_TYPE)
    assert typed["members"] == [{"value": "a", "type": "User"}]


@pytest.mark.rule("S12")
def test_an_object_that_repeats_what_the_provider_has_set_changes_nothing():
    user = {"id": "1", "userName": "ann", "meta": {"version": "7"}}
    assert apply_operations(user, [{"op": "replace", "value": {**user, "title": "Boss"}}], USER_TYPE) == {
        **user,
        "title": "Boss",
    }
    with pytest.raises(PatchError) as caught:
        apply_operations(user, [{"op": "replace", "value": {"id": "2"}}], USER_TYPE)
    assert caught.value.scim_type == "mutability"


@pytest.mark.rule("M3", "S15")
def test_text_that_is_there_in_another_letter_case_is_not_added_again():
    kind = ResourceType("Thing", "/Things", Schema("urn:example:Thing", attributes=(TAGS, CODES)))
    add = [{"op": "add", "path": "tags", "value": ["A", "b"]}, {"op": "add", "path": "codes", "value": ["A", "b"]}]
    assert apply_operations({"tags": ["a"], "codes": ["a"]}, add, kind) == {
        "tags": ["a", "b"],
        "codes": ["a", "A", "b"],
    }
