"""What two providers say of themselves: what differs, and whether people fit through."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scimtui.scim.dialect import RFC, Dialect, MemberRemoval
from scimtui.scim.provider import BUILT_IN, CONFIG, SCHEMAS, TYPES, Provider, read_provider
from scimtui.scim.schema import ENTERPRISE_USER, Attribute, ResourceType, Type
from scimtui.scim.schema_diff import Area, Bearing, schema_differences

USER = "urn:example:User"
TIGHTER, LOOSER, OTHER = Bearing.TIGHTER, Bearing.LOOSER, Bearing.OTHER


def provider(attribute: dict[str, Any] | None = None, **config: Any) -> Provider:
    """A provider with one resource type, with one attribute beside those that all have."""
    attributes = [{"name": "userName"}, *([{"name": "x", **attribute}] if attribute is not None else [])]
    return read_provider(
        {
            CONFIG: config,
            SCHEMAS: [{"id": USER, "attributes": attributes}],
            TYPES: [{"name": "User", "endpoint": "/Users", "schema": USER}],
        }
    )


def told(left: Provider, right: Provider, *dialects: Dialect) -> list[tuple[Any, ...]]:
    found = schema_differences(left, right, dialects or (RFC, RFC))  # type: ignore[arg-type]
    return [(one.area, one.place, one.what, one.left, one.right, one.bearing) for one in found]


@pytest.mark.parametrize(
    ("what", "free", "tight"),
    [
        ("required", False, True),
        ("caseExact", True, False),
        ("multiValued", True, False),
        ("type", "string", "integer"),
        ("mutability", "readWrite", "readOnly"),
        ("mutability", "immutable", "readOnly"),
        ("mutability", "readWrite", "writeOnly"),
        ("returned", "default", "never"),
        ("returned", "always", "request"),
        ("uniqueness", "none", "server"),
        ("uniqueness", "server", "global"),
        ("canonicalValues", [], ["work"]),
        ("canonicalValues", ["work", "home"], ["work"]),
        ("referenceTypes", ["User", "Group"], ["User"]),
    ],
)
def test_a_characteristic_is_tighter_one_way_and_looser_the_other(what, free, tight):
    left, right = provider({what: free}), provider({what: tight})
    assert told(left, right) == [(Area.ATTRIBUTE, "User x", what, free, tight, TIGHTER)]
    assert told(right, left) == [(Area.ATTRIBUTE, "User x", what, tight, free, LOOSER)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"description": "a"}, {"description": "b"}),
        ({"type": "boolean", "caseExact": True}, {"type": "boolean"}),
        ({"canonicalValues": ["Work", "home"]}, {"canonicalValues": ["home", "work"]}),
        ({"type": "String"}, {"type": "string"}),
    ],
)
def test_what_says_the_same_of_an_attribute_is_no_difference(one, other):
    assert told(provider(one), provider(other)) == []


def test_neither_tighter_nor_looser_is_said_where_it_is_neither():
    assert told(provider({"mutability": "immutable"}), provider({"mutability": "writeOnly"}))[0][-1] is OTHER
    assert told(provider({"returned": "always"}), provider({"returned": "default"}))[0][-1] is OTHER
    assert told(provider({"canonicalValues": ["a", "b"]}), provider({"canonicalValues": ["b", "c"]}))[0][-1] is TIGHTER


def test_what_only_one_side_knows_is_one_difference_whatever_is_in_it():
    known = {"type": "complex", "subAttributes": [{"name": "a"}, {"name": "b", "required": True}]}
    some = {"type": "complex", "subAttributes": [{"name": "a"}]}
    assert told(provider(known), provider()) == [(Area.ATTRIBUTE, "User x", "declared", True, None, TIGHTER)]
    assert told(provider(), provider(known)) == [(Area.ATTRIBUTE, "User x", "declared", None, True, LOOSER)]
    assert told(provider(), provider({"required": True}))[0][-1] is TIGHTER
    assert told(provider(known), provider(some)) == [(Area.ATTRIBUTE, "User x.b", "declared", True, None, TIGHTER)]
    assert told(provider(some), provider(known)) == [(Area.ATTRIBUTE, "User x.b", "declared", None, True, TIGHTER)]
    assert told(provider(some), provider({})) == [(Area.ATTRIBUTE, "User x", "type", "complex", "string", TIGHTER)]


def test_what_a_provider_makes_up_itself_nobody_brings_along():
    own = provider({"mutability": "readOnly"})
    assert told(own, provider()) == [(Area.ATTRIBUTE, "User x", "declared", True, None, OTHER)]
    assert told(provider(), own) == [(Area.ATTRIBUTE, "User x", "declared", None, True, OTHER)]
    shown = {"type": "complex", "subAttributes": [{"name": "value"}, {"name": "$ref"}, {"name": "display"}]}
    bare = {"type": "complex", "subAttributes": [{"name": "value"}]}
    assert [one[-1] for one in told(provider(shown), provider(bare))] == [OTHER, OTHER]


def test_resource_types_and_extensions_are_compared_by_name():
    user, group = BUILT_IN.resource_types
    plain = replace(user, extensions=())
    place = f"User {ENTERPRISE_USER}"

    def of(*kinds: ResourceType) -> Provider:
        return replace(BUILT_IN, resource_types=kinds)

    needing = replace(user, required_extensions=frozenset({ENTERPRISE_USER.upper()}))
    assert told(of(user, group), of(user)) == [(Area.TYPE, "Group", "declared", True, None, TIGHTER)]
    assert told(of(user), of(user, group)) == [(Area.TYPE, "Group", "declared", None, True, LOOSER)]
    assert told(of(user), of(plain)) == [(Area.EXTENSION, place, "declared", True, None, TIGHTER)]
    assert told(of(plain), of(user)) == [(Area.EXTENSION, place, "declared", None, True, LOOSER)]
    assert told(of(plain), of(needing))[0][-1] is TIGHTER
    assert told(of(user), of(needing)) == [(Area.EXTENSION, place, "required", False, True, TIGHTER)]
    assert told(of(needing), of(user)) == [(Area.EXTENSION, place, "required", True, False, LOOSER)]
    assert told(of(user), of(replace(user, name="USER", endpoint="users/"))) == []
    elsewhere = replace(user, endpoint="/People", schema=replace(user.schema, id="urn:own"))
    assert [one[2:] for one in told(of(user), of(elsewhere))] == [
        ("endpoint", "/Users", "/People", OTHER),
        ("schema", user.schema.id, "urn:own", OTHER),
    ]
    (extension,) = user.extensions
    number = Attribute("employeeNumber", Type.INTEGER)
    changed = replace(extension, attributes=(*(a for a in extension.attributes if a.name != number.name), number))
    (found,) = told(of(user), of(replace(user, extensions=(changed,))))
    assert found == (Area.ATTRIBUTE, f"{place}:employeeNumber", "type", "string", "integer", TIGHTER)


def test_features_are_less_or_more_and_what_is_not_said_is_neither():
    left = provider(
        patch={"supported": True}, filter={"supported": True, "maxResults": 200}, authenticationSchemes=[{"type": "b"}]
    )
    right = provider(
        patch={"supported": False},
        filter={"supported": True, "maxResults": 500},
        sort={"supported": True},
        authenticationSchemes=[{"name": "Z"}, {"type": "b"}, {"type": 7}],
        pagination={"maxPageSize": 10, "cursor": True},
    )
    assert told(left, right) == [
        (Area.FEATURE, "patch.supported", "value", True, False, TIGHTER),
        (Area.FEATURE, "sort.supported", "value", None, True, OTHER),
        (Area.FEATURE, "filter.maxResults", "value", 200, 500, LOOSER),
        (Area.FEATURE, "pagination.cursor", "value", None, True, OTHER),
        (Area.FEATURE, "pagination.maxPageSize", "value", None, 10, OTHER),
        (Area.FEATURE, "authenticationSchemes", "value", ["b"], ["Z", "b"], OTHER),
    ]


def test_habits_that_were_learned_are_compared_and_our_own_choices_are_not():
    left = Dialect("a", page_size=5, can_patch=True, filter_attributes=("userName",))
    right = Dialect("b", concurrency=9, can_patch=False, member_removal=MemberRemoval.VALUE_ARRAY, shows_members=False)
    assert told(BUILT_IN, BUILT_IN, left, right) == [
        (Area.HABIT, "filter_attributes", "value", ["userName"], [], OTHER),
        (Area.HABIT, "can_patch", "value", True, False, TIGHTER),
        (Area.HABIT, "member_removal", "value", "filter", "value-array", OTHER),
        (Area.HABIT, "shows_members", "value", None, False, OTHER),
    ]
