from __future__ import annotations

import pytest

from scimtui.scim.absence import Absence, absence
from scimtui.scim.core_schemas import CORE_SCHEMAS
from scimtui.scim.provider import BUILT_IN, hiding, read_provider

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
BADGE = {"id": "urn:x:Badge", "name": "Badge", "attributes": [{"name": "colour"}]}
BADGE_TYPE = {"name": "Badge", "endpoint": "Badges", "schema": "urn:x:badge"}


def test_a_provider_that_says_nothing_has_the_users_and_groups_of_the_rfc():
    assert [known.name for known in BUILT_IN.resource_types] == ["User", "Group"]
    assert BUILT_IN.patch is None
    assert BUILT_IN.max_results is None
    assert len(BUILT_IN.notes) == 3


@pytest.mark.parametrize("wrap", [lambda items: items, lambda items: {"totalResults": 9, "resources": items}])
def test_types_and_schemas_are_read_from_lists_of_any_form(wrap):
    provider = read_provider({"ResourceTypes": wrap([BADGE_TYPE]), "Schemas": wrap([BADGE])})
    badge = provider.resource_type("badge")
    assert badge is not None
    assert badge.endpoint == "Badges"
    assert [attribute.name for attribute in badge.schema.attributes] == ["colour"]
    assert provider.resource_type("/badges") is badge
    assert provider.resource_type("User") is None


@pytest.mark.rule("S19")
def test_one_resource_type_alone_is_read_without_a_list():
    provider = read_provider({"ResourceTypes": BADGE_TYPE, "Schemas": BADGE})
    assert [known.name for known in provider.resource_types] == ["Badge"]


def test_an_empty_list_falls_back_and_says_so():
    provider = read_provider({"ResourceTypes": {"totalResults": 0}, "Schemas": [], "ServiceProviderConfig": {}})
    assert [known.name for known in provider.resource_types] == ["User", "Group"]
    assert any("ResourceTypes" in note for note in provider.notes)


def test_published_schemas_stand_before_the_built_in_ones():
    own = {"id": USER.upper(), "name": "User", "attributes": [{"name": "userName"}, {"name": "shoeSize"}]}
    user = read_provider({"Schemas": [own]}).resource_type("User")
    assert user is not None
    assert user.attribute("shoeSize") is not None
    assert user.attribute("nickName") is None


def test_an_extension_without_a_schema_is_kept_and_noted():
    entry = {"name": "User", "endpoint": "/Users", "schema": USER, "schemaExtensions": [{"schema": "urn:x:Odd"}]}
    provider = read_provider({"ResourceTypes": [entry], "Schemas": [{"id": USER, **CORE_SCHEMAS[USER]}]})
    assert [schema.id for schema in provider.resource_types[0].extensions] == ["urn:x:Odd"]
    assert any("urn:x:Odd" in note for note in provider.notes)


def test_features_are_yes_no_or_unknown_never_guessed():
    config = {
        "patch": {"supported": "true"},
        "bulk": {"supported": False, "maxOperations": "100", "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": 200},
        "etag": {"supported": "maybe"},
        "pagination": {"cursor": True, "index": False, "maxPageSize": 50},
    }
    provider = read_provider({"ServiceProviderConfig": config})
    assert (provider.patch, provider.bulk, provider.etag, provider.sort) == (True, False, None, None)
    assert (provider.bulk_max_operations, provider.bulk_max_payload, provider.max_results) == (100, None, 200)
    assert (provider.pagination.cursor, provider.pagination.index) == (True, False)
    assert provider.pagination.max_page_size == 50


@pytest.mark.rule("R15")
def test_a_resource_type_that_comes_twice_counts_once_and_one_without_a_name_not():
    types = [{"name": "User", "endpoint": "/A"}, {"name": "USER", "endpoint": "/B"}, {"endpoint": "/C"}]
    assert [kind.endpoint for kind in read_provider({"ResourceTypes": types}).resource_types] == ["/A"]


@pytest.mark.parametrize(
    ("said", "read"),
    [(True, True), (False, False), (" True", True), ("FALSE", False), ("yes", None), (1, None), (None, None)],
)
def test_a_feature_may_be_said_in_text_or_without_its_object(said, read):
    assert read_provider({"ServiceProviderConfig": {"patch": {"supported": said}}}).patch is read
    assert read_provider({"ServiceProviderConfig": {"bulk": said}}).bulk is (said if isinstance(said, bool) else None)


def test_limits_are_positive_or_not_known():
    config = {
        "filter": {"maxResults": 1},
        "bulk": {"maxOperations": 0, "maxPayloadSize": "2"},
        "pagination": {"cursorTimeout": -1},
    }
    found = read_provider({"ServiceProviderConfig": config})
    assert (found.max_results, found.bulk_max_operations, found.bulk_max_payload) == (1, None, 2)
    paging = read_provider(
        {"ServiceProviderConfig": {"pagination": {"defaultPaginationMethod": " Cursor "}}}
    ).pagination
    assert (paging.default_method, paging.cursor_timeout) == ("cursor", None)
    odd = read_provider({"ServiceProviderConfig": {"pagination": {"defaultPaginationMethod": "page"}}}).pagination
    assert odd.default_method is None


def test_what_stands_in_for_what_is_missing_is_said():
    assert read_provider({}).notes == (
        "no ServiceProviderConfig: which features there are is not known",
        "no Schemas: the schemas of RFC 7643 are used",
        "no ResourceTypes: User and Group of RFC 7643 are used",
    )
    types = [
        {"name": "User", "schema": "urn:ietf:params:scim:schemas:core:2.0:User"},
        {"name": "Toy", "schema": "urn:toy"},
    ]
    schemas = [{"id": "urn:other", "attributes": [{"name": "x"}]}]
    found = read_provider({"ServiceProviderConfig": {"patch": True}, "ResourceTypes": types, "Schemas": schemas})
    assert found.notes == (
        "Schemas does not list urn:ietf:params:scim:schemas:core:2.0:User of User: the one of RFC 7643 is used",
        "Schemas does not list urn:toy of Toy: its attributes are not known",
    )
    assert found.documents["ResourceTypes"] == types


def test_a_type_is_found_by_name_or_by_the_end_of_its_address():
    found = read_provider({"ResourceTypes": [{"name": "Person", "endpoint": "/v2/Users/", "schema": "urn:x"}]})
    for name in ("person", "/PERSON", "users", "/Users/"):
        assert found.resource_type(name) is found.resource_types[0]
    assert found.resource_type("v2") is None


def test_an_attribute_that_is_in_no_answer_is_not_taken_for_empty():
    hidden = hiding(BUILT_IN, "MEMBERS").resource_type("Group")
    assert absence("members", hidden) is Absence.NOT_RETURNED
    assert absence("displayName", hidden) is Absence.EMPTY
    assert absence("members", BUILT_IN.resource_type("Group")) is Absence.EMPTY
