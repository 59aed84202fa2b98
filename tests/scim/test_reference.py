"""Which resource a value names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from generated.resources import THOROUGH
from generated.schemas import any_json
from hypothesis import given

from scimtui.scim.provider import BUILT_IN, read_provider
from scimtui.scim.reference import Reference, reference
from scimtui.scim.schema import ENTERPRISE_USER, Attribute, Type, core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")
MEMBERS, GROUPS = GROUP.attribute("members"), USER.attribute("groups")
MANAGER = USER.attribute("manager", ENTERPRISE_USER)
TEAM = Attribute("team", Type.REFERENCE, reference_types=("Group",))
PAGE = Attribute("page", Type.REFERENCE, reference_types=("external",))
ANY = Attribute("any", Type.REFERENCE)


@pytest.mark.parametrize(
    ("value", "attribute", "identity", "types"),
    [
        ({"value": "7", "$ref": "https://x.example/v2/Users/7"}, MANAGER, "7", ("User",)),
        ({"value": 7}, MANAGER, "7", ("User",)),
        ({"$ref": "../Users/a%20b/"}, MANAGER, "a b", ("User",)),
        ({"value": "7"}, MEMBERS, "7", ("User", "Group")),
        ({"value": "7", "type": "group"}, MEMBERS, "7", ("Group", "User")),
        ({"value": "7", "type": "Robot"}, MEMBERS, "7", ("User", "Group")),
        ({"value": "7", "$ref": "https://x.example/v2/Robots/7"}, MEMBERS, "7", ("User", "Group")),
        ({"value": "7", "$ref": "Groups/7"}, MEMBERS, "7", ("Group",)),
        ({"value": "7", "type": "direct"}, GROUPS, "7", ("Group",)),
        ({"value": "7"}, replace(GROUPS, sub_attributes=()), None, None),
        ({"value": "7"}, replace(MEMBERS, sub_attributes=()), "7", ("User", "Group")),
        ({"value": "7", "$ref": "/v2/Users/7"}, Attribute("boss", Type.COMPLEX), "7", ("User",)),
        ({"value": "7", "$ref": "/v2/Robots/7"}, Attribute("boss", Type.COMPLEX), None, None),
        ({"value": "a@x"}, USER.attribute("emails"), None, None),
        ({"value": ""}, MANAGER, None, None),
        ({"value": ["7"]}, MANAGER, None, None),
        ({"value": "7", "$ref": "http://[broken"}, MANAGER, "7", ("User",)),
        ({"value": "7", "$ref": 5}, MANAGER, "7", ("User",)),
        ("g1", TEAM, "g1", ("Group",)),
        ("https://x.example/v2/Groups/g1", TEAM, "g1", ("Group",)),
        ("https://x.example/v2/Users/7", TEAM, None, None),
        ("https://x.example/v2/Groups/", TEAM, None, None),
        ("", TEAM, None, None),
        (5, TEAM, None, None),
        ("https://x.example/v2/Users/7", PAGE, None, None),
        ("7", ANY, None, None),
        ("7", USER.attribute("title"), None, None),
    ],
)
def test_a_value_names_a_resource_of_a_type_that_the_provider_has(value, attribute, identity, types):
    found = reference(value, attribute, BUILT_IN)
    assert found == (None if identity is None else Reference(identity, types))


def test_a_provider_without_groups_has_none_to_name():
    people = read_provider({"ResourceTypes": [{"name": "Person", "endpoint": "/People", "schema": USER.schema.id}]})
    assert reference({"value": "7", "type": "direct"}, GROUPS, people) is None
    assert reference({"value": "7", "$ref": "/v2/People/7"}, MANAGER, people) == Reference("7", ("Person",))


@given(value=any_json)
@THOROUGH
def test_any_json_names_something_or_nothing(value):
    for attribute in (MEMBERS, GROUPS, MANAGER, TEAM, ANY):
        found = reference(value, attribute, BUILT_IN)
        assert found is None or (found.id and found.types)
