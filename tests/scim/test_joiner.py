"""One person as they would be in another tenant: by the same name, by rules, by defaults; and what never comes along."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scimtui.errors import PatchError
from scimtui.scim.change import plan_create
from scimtui.scim.dialect import RFC
from scimtui.scim.joiner import Rules, check_rules, mapped, placed, unknown_paths
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.schema import (
    ENTERPRISE_USER,
    Attribute,
    Mutability,
    ResourceType,
    Schema,
    Type,
    core_resource_type,
)

USER = core_resource_type("User")
ZOE = {
    "schemas": [USER.schema.id, ENTERPRISE_USER],
    "id": "42",
    "meta": {"resourceType": "User"},
    "userName": "zoe",
    "password": "hunter2",
    "active": "True",
    "title": "Engineer",
    "name": {"givenName": "Zoë Ann", "familyName": "Müller-Ørsted"},
    "emails": [
        {"value": "z@home.example", "type": "home"},
        {"value": "z@work.example", "type": "work", "primary": True},
    ],
    "groups": [{"value": "7", "display": "Staff"}],
    ENTERPRISE_USER: {"department": "R&D", "manager": {"value": "9", "displayName": "Ada"}},
}


def made(rules: Rules | None = None, source=ZOE, target: ResourceType = USER):
    return mapped(source, USER, rules or Rules(), target)


def why(found, path: str) -> str:
    return next(one.why for one in found.left_out if one.path == path)


# ---------------------------------------------------------------- what comes along by the same name


def test_what_a_provider_gives_each_account_stays_behind_and_all_else_comes_along():
    found = made()
    assert found.resource == {
        "schemas": [USER.schema.id],
        "userName": "zoe",
        "active": True,
        "title": "Engineer",
        "name": ZOE["name"],
        "emails": ZOE["emails"],
        ENTERPRISE_USER: {"department": "R&D"},
    }
    change = plan_create("bolt", found.resource, USER, BUILT_IN, RFC)
    assert change.requests[0].body["schemas"] == [USER.schema.id, ENTERPRISE_USER]


def test_a_password_is_never_copied_and_a_manager_is_somebody_to_be_looked_up():
    found = made(Rules({"nickName": "title"}))
    assert "hunter2" not in str(found.resource)
    assert why(found, "password") == "a password is never copied"
    assert [(one.path, one.value["value"]) for one in found.links] == [(f"{ENTERPRISE_USER}:manager", "9")]


def test_what_the_other_tenant_does_not_know_is_named_once():
    poor = ResourceType(
        "User",
        "/Users",
        Schema(
            USER.schema.id,
            attributes=(
                Attribute("userName"),
                Attribute("title", Type.INTEGER),
                Attribute("name", Type.COMPLEX, sub_attributes=(Attribute("familyName"),)),
                Attribute("nickName", mutability=Mutability.READ_ONLY),
                Attribute("roles", Type.COMPLEX, multi_valued=True),
                Attribute("friends", Type.COMPLEX, multi_valued=True,
                          sub_attributes=(Attribute("value", mutability=Mutability.IMMUTABLE),)),
                Attribute("emails", Type.COMPLEX, multi_valued=True, sub_attributes=(Attribute("value"),)),
            ),
        ),
    )  # fmt: skip
    source = {
        "userName": "zoe", "title": "Engineer", "nickName": "Z", "name": ZOE["name"], "emails": [*ZOE["emails"], "bare@x"],
        "friends": [{"value": "3"}], "roles": [{"value": "admin"}], "shoeSize": 38, "phoneNumbers": [{"value": "1"}],
    }  # fmt: skip
    found = made(Rules({"userName": "phoneNumbers"}), source, poor)
    assert found.resource["name"] == {"familyName": "Müller-Ørsted"}
    assert [one["value"] for one in found.resource["emails"]] == ["z@home.example", "z@work.example", "bare@x"]
    assert found.resource["roles"] == [{"value": "admin"}]
    assert {one.path: one.why for one in found.left_out} == {
        "name.givenName": "there is no such attribute there",
        "title": "it is of another type there",
        "emails.type": "there is no such attribute there",
        "emails.primary": "there is no such attribute there",
        "shoeSize": "there is no such attribute there",
        "friends": "it names resources of the other tenant",
    }


# ---------------------------------------------------------------- rules and defaults


def test_a_rule_takes_another_attribute_the_primary_one_first_and_an_empty_one_leaves_it_out():
    found = made(Rules({"userName": "emails.value", "nickName": "title", "title": "", "displayName": "department"}))
    assert found.resource["userName"] == "z@work.example"
    assert (found.resource["nickName"], found.resource["displayName"]) == ("Engineer", "R&D")
    assert "title" not in found.resource


def test_a_text_is_made_of_several_attributes_folded_as_it_says():
    login = "{name.givenName|first|lower}{name.familyName|umlauts|plain|lower}@x.example"
    found = made(Rules({"userName": login, "nickName": "{name.familyName|plain|upper}", "displayName": "{emails}"}))
    assert found.resource["userName"] == "zmueller-orsted@x.example"
    assert found.resource["nickName"] == "MULLER-ORSTED"
    assert found.resource["displayName"] == "z@work.example"


def test_a_text_that_lacks_a_part_is_not_made_and_says_what_is_missing():
    found = made(
        Rules({"displayName": "{externalId}.{name.familyName}", "userName": "externalId", "nickName": "externalId"})
    )
    assert {"displayName", "userName", "nickName"}.isdisjoint(found.resource)
    assert why(found, "displayName") == why(found, "userName") == "the source has nothing at externalId"
    assert "nickName" not in {one.path for one in found.left_out}  # as nothing was wanted of it


def test_a_letter_that_cannot_stand_in_a_login_leaves_nothing_to_be_made_of():
    found = made(Rules({"userName": "{name.familyName|plain}"}), {**ZOE, "name": {"familyName": "王"}})
    assert why(found, "userName") == "nothing of name.familyName can stand there"


def test_an_element_that_a_rule_describes_is_made_and_values_of_a_list_are_made_elements():
    rules = Rules({'phoneNumbers[type eq "work"].value': "title", "photos.value": "emails.value", "ims": "emails"})
    found = made(rules)
    assert found.resource["phoneNumbers"] == [{"type": "work", "value": "Engineer"}]
    assert [one["value"] for one in found.resource["photos"]] == ["z@work.example", "z@home.example"]
    assert len(found.resource["ims"]) == 2


def test_a_default_counts_only_where_nothing_else_gives_a_value():
    defaults = {
        "title": "Staff",
        "userType": "Employee",
        "active": False,
        "displayName": "{name.givenName}",
        "locale": "{x}",
    }
    found = made(Rules({"timezone": "externalId"}, {**defaults, "timezone": "Europe/Oslo"}))
    assert (found.resource["title"], found.resource["userType"], found.resource["active"]) == (
        "Engineer",
        "Employee",
        True,
    )
    assert (found.resource["displayName"], found.resource["timezone"]) == ("Zoë Ann", "Europe/Oslo")
    assert [one.path for one in found.left_out] == ["password", "locale"]


def test_a_default_of_another_type_than_its_attribute_is_an_error():
    with pytest.raises(PatchError):
        made(Rules({}, {"active": "perhaps"}), {"userName": "zoe"})


def test_somebody_who_is_there_keeps_what_is_only_made_up_for_newcomers():
    rules = Rules({"userName": "{title}", "nickName": "title", "title": ""}, {"active": True})
    assert rules.of_those_there == Rules({"nickName": "title", "title": ""})


def test_a_value_of_an_extension_is_put_under_its_urn():
    found = placed({"schemas": [USER.schema.id]}, "department", ["R&D"], USER)
    assert found == {"schemas": [USER.schema.id, ENTERPRISE_USER], ENTERPRISE_USER: {"department": "R&D"}}


def test_the_first_of_several_in_an_extension_is_the_primary_one():
    many = Attribute(
        "badges", Type.COMPLEX, multi_valued=True, sub_attributes=(Attribute("value"), Attribute("primary"))
    )
    kind = replace(USER, extensions=(Schema("urn:x:y", attributes=(many,)),))
    source = {"userName": "zoe", "urn:x:y": {"badges": [{"value": "1"}, {"value": "2", "primary": True}]}}
    assert mapped(source, kind, Rules({"nickName": "urn:x:y:badges.value"}), kind).resource["nickName"] == "2"


# ---------------------------------------------------------------- rules that cannot be meant


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        (Rules({"user Name": "title"}), "map user Name: "),
        (Rules({"userName": "emails["}), "map userName: "),
        (Rules({"userName": "{name.givenName"}), "map userName: a { or } stands alone; write {name.givenName}"),
        (Rules({"userName": "{title|shout}"}), "map userName: there is no form shout; use lower, upper, first"),
        (Rules({"userName": "{na me}"}), "map userName: "),
        (Rules({}, {"name..x": 1}), "defaults name..x: "),
        (Rules({}, {"title": "}"}), "defaults title: a { or } stands alone"),
    ],
)
def test_a_rule_that_cannot_be_read_is_named(rules, told):
    with pytest.raises(ValueError, match=r"^(map|defaults) ") as error:
        check_rules(rules)
    assert str(error.value).startswith(told)


def test_rules_that_can_be_read_are_taken_and_those_about_no_attribute_of_the_tenant_are_found():
    rules = Rules(
        {"usrName": "{title}", "name.givenName": "", "department": "title"}, {"active": True, "name.nick": "x"}
    )
    check_rules(rules)
    assert unknown_paths(rules, USER) == ["usrName", "name.nick"]


def test_a_value_that_no_schema_allows_and_one_of_which_nothing_is_known_there_stay_behind():
    assert why(made(source={"userName": "zoe", "name": "Zoë"}), "name") == "it is of another type there"
    found = made(source={"userName": "zoe", "name": {"nick": "Z"}})
    assert "name" not in found.resource
    assert why(found, "name.nick") == "there is no such attribute there"
