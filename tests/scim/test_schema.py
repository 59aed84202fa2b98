from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st
from scim2_models import EnterpriseUser, Group, User

from scimtui.scim.core_schemas import CORE_SCHEMAS
from scimtui.scim.provider import read_provider
from scimtui.scim.resource import Resource, is_empty, lookup, natural_key, resource_id
from scimtui.scim.schema import (
    CORE,
    ENTERPRISE_USER,
    Mutability,
    ResourceType,
    Returned,
    Schema,
    Type,
    Uniqueness,
    core_resource_type,
    read_resource_type,
    read_schema,
)

USER = core_resource_type("User")


# ------------------------------------------------------------ the schemas of RFC 7643


@pytest.mark.rule("S20")
def test_the_built_in_user_is_that_of_the_rfc():
    user_name = USER.attribute("USERNAME")
    assert (user_name.required, user_name.case_exact, user_name.uniqueness) == (True, False, Uniqueness.SERVER)
    password = USER.attribute("password")
    assert (password.mutability, password.returned) == (Mutability.WRITE_ONLY, Returned.NEVER)
    groups = USER.attribute("groups")
    assert (groups.multi_valued, groups.is_writable) == (True, False)
    emails = USER.attribute("emails")
    assert (emails.type, emails.sub("Primary").type) == (Type.COMPLEX, Type.BOOLEAN)
    assert set(emails.sub("type").canonical_values) == {"work", "home", "other"}
    manager = USER.attribute("manager", ENTERPRISE_USER.upper())
    assert manager.sub("displayName").mutability is Mutability.READ_ONLY


@pytest.mark.rule("S11")
def test_common_attributes_are_part_of_every_type():
    for resource_type in (USER, core_resource_type("Group"), ResourceType("Thing", "/Things", Schema("urn:x"))):
        assert resource_type.attribute("id").mutability is Mutability.READ_ONLY
        assert resource_type.attribute("externalId").case_exact is True
        assert resource_type.attribute("meta").sub("lastModified").type is Type.DATE_TIME
    names = [attribute.name for attribute in USER.attributes]
    assert len(names) == len({name.casefold() for name in names})


@pytest.mark.rule("S17")
def test_members_of_a_group_cannot_be_changed_in_place():
    members = core_resource_type("Group").attribute("members")
    assert members.sub("value").mutability is Mutability.IMMUTABLE


@pytest.mark.rule("S10")
def test_attributes_know_the_urn_under_which_they_stand():
    placed = {attribute.name: urn for urn, attribute in USER.placed_attributes()}
    assert placed["userName"] is None
    assert placed["department"] == ENTERPRISE_USER


def test_there_is_no_other_built_in_type():
    with pytest.raises(KeyError):
        core_resource_type("Badge")


# ------------------------------------------------------------ what providers publish


@pytest.mark.rule("S2")
def test_what_a_schema_does_not_say_has_the_defaults_of_the_rfc():
    (attribute,) = read_schema({"id": "urn:x", "attributes": [{"name": "colour"}]}).attributes
    assert attribute.type is Type.STRING
    assert (attribute.multi_valued, attribute.required, attribute.case_exact) == (False, False, False)
    assert (attribute.mutability, attribute.returned, attribute.uniqueness) == (
        Mutability.READ_WRITE,
        Returned.DEFAULT,
        Uniqueness.NONE,
    )


def test_a_schema_is_read_in_any_letter_case():
    document = {
        "ID": "urn:x",
        "Attributes": [
            {"NAME": "tags", "TYPE": "Complex", "MultiValued": True, "MUTABILITY": "readonly",
             "subattributes": [{"name": "value", "type": "DateTime", "returned": "NEVER"}]}
        ],
    }  # fmt: skip
    tags = read_schema(document).attribute("Tags")
    assert (tags.type, tags.multi_valued, tags.mutability) == (Type.COMPLEX, True, Mutability.READ_ONLY)
    assert (tags.sub("VALUE").type, tags.sub("value").returned) == (Type.DATE_TIME, Returned.NEVER)


@pytest.mark.rule("S6")
def test_sub_attributes_make_an_attribute_complex_and_nest_once():
    deep = {"name": "a", "subAttributes": [{"name": "b", "subAttributes": [{"name": "c"}]}]}
    (attribute,) = read_schema({"id": "urn:x", "attributes": [deep]}).attributes
    assert attribute.type is Type.COMPLEX
    assert attribute.sub("b").sub_attributes == ()


def test_the_first_of_two_attributes_of_one_name_counts():
    schema = read_schema({"id": "urn:x", "attributes": [{"name": "a", "type": "integer"}, {"name": "A"}]})
    assert [attribute.type for attribute in schema.attributes] == [Type.INTEGER]


def test_an_extension_is_resolved_by_its_urn_in_any_letter_case():
    badge = read_schema({"id": "urn:x:Badge", "attributes": [{"name": "colour"}]})
    document = {
        "name": "User",
        "endpoint": "/Users",
        "schema": USER.schema.id.lower(),
        "schemaExtensions": [{"schema": "URN:X:BADGE", "required": True}, {"schema": "urn:x:unknown"}, {}, "odd"],
    }
    resource_type = read_resource_type(document, {"urn:x:badge": badge})
    assert resource_type.schema is USER.schema
    assert resource_type.extensions == (badge, Schema("urn:x:unknown"))
    assert resource_type.required_extensions == {"URN:X:BADGE"}
    assert resource_type.attribute("Colour", "urn:X:badge").name == "colour"


def test_a_type_without_an_endpoint_gets_the_usual_one():
    assert read_resource_type({"name": "Device", "schema": "urn:x"}, {}).endpoint == "/Devices"


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "name",
                    "attributes",
                    "subAttributes",
                    "type",
                    "schema",
                    "schemaExtensions",
                    "Resources",
                    "endpoint",
                    "canonicalValues",
                    "multiValued",
                    "supported",
                    "patch",
                    "filter",
                    "maxResults",
                    "",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(junk, junk, junk)
def test_discovery_documents_of_any_shape_are_read(config, types, schemas):
    before = copy.deepcopy([config, types, schemas])
    provider = read_provider({"ServiceProviderConfig": config, "ResourceTypes": types, "Schemas": schemas})
    assert provider.resource_types
    for resource_type in provider.resource_types:
        assert resource_type.name
        assert resource_type.endpoint
        list(resource_type.placed_attributes())
    assert [config, types, schemas] == before


@pytest.mark.parametrize("urn", [urn for urn in CORE_SCHEMAS if urn.startswith("urn:")])
def test_a_provider_that_publishes_the_rfcs_schemas_has_the_built_in_ones(urn):
    assert read_schema({"id": urn, **CORE_SCHEMAS[urn]}) == CORE[urn.casefold()]


# ------------------------------------------------------------ resources as they are


@pytest.mark.rule("S1")
def test_keys_are_looked_up_in_any_letter_case_the_exact_one_first():
    assert lookup({"USERNAME": 1, "userName": 2}, "userName") == 2
    assert lookup({"USERNAME": 1}, "userName") == 1
    assert lookup({}, "userName") is None
    for odd in (None, 5, "userName", ["userName"]):
        assert lookup(odd, "userName") is None


@pytest.mark.parametrize(("raw", "identity"), [({"id": "x"}, "x"), ({"ID": 7}, "7"), ({}, ""), ({"id": None}, "")])
def test_an_id_is_text(raw, identity):
    assert resource_id(raw) == identity
    assert Resource("User", raw).id == identity


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ({"id": "1", "userName": "ann", "displayName": "Ann"}, "ann"),
        ({"id": "1", "userName": " ", "displayName": "Staff"}, "Staff"),
        ({"id": "1", "name": {"givenName": "A"}}, "1"),
        ({"id": 5}, "5"),
        ({}, ""),
    ],
)
def test_the_natural_key_is_what_an_admin_says(raw, key):
    assert natural_key(raw) == key


def test_the_version_is_the_etag_or_nothing():
    assert Resource("User", {"meta": {"version": 'W/"1"'}}).version == 'W/"1"'
    for raw in ({}, {"meta": None}, {"meta": {"version": 5}}, {"meta": {"version": ""}}):
        assert Resource("User", raw).version is None


def test_absent_null_and_empty_lists_are_unassigned_and_empty_text_is_not():
    assert [value for value in (None, [], {}, "", 0, False, [None]) if is_empty(value)] == [None, [], {}]


@pytest.mark.rule("S2", "S20")
@pytest.mark.parametrize("model", [User, Group, EnterpriseUser], ids=lambda model: model.__name__)
def test_the_built_in_schemas_are_those_of_scim2_models_but_for_the_descriptions(model):
    theirs = read_schema(model.to_schema().model_dump())
    ours = CORE[theirs.id.casefold()]

    def shape(attributes):
        return {
            one.name: (replace(one, description="", sub_attributes=()), shape(one.sub_attributes)) for one in attributes
        }

    assert shape(ours.attributes) == shape(theirs.attributes)
    assert all(attribute.description for attribute in ours.attributes)
