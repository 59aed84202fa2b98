"""The examples that the RFCs print: resources of RFC 7643 section 8, patches of RFC 7644 section 3.5.2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from generated.resources import writable

from scimtui.errors import PatchError, Refused
from scimtui.scim.bulk import BulkLimits, Done, bulk_operations, next_bulk, read_bulk
from scimtui.scim.coerce import normalised
from scimtui.scim.deviations import deviations
from scimtui.scim.diff import edits, patch_operations
from scimtui.scim.exchange import Query, read_page, read_written, search_request
from scimtui.scim.message import ScimRequest, ScimResponse
from scimtui.scim.patch import apply_operations
from scimtui.scim.places import places
from scimtui.scim.provider import read_provider
from scimtui.scim.refusal import raise_for_status
from scimtui.scim.schema import core_resource_type

FOLDER = Path(__file__).parent.parent / "rfc"
PATCHES = json.loads((FOLDER / "patches.json").read_text(encoding="utf-8"))
RESOURCES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
MESSAGES = json.loads((FOLDER / "messages.json").read_text(encoding="utf-8"))
NAMES = ["user_minimal", "user_full", "user_enterprise", "group"]


def type_of(resource):
    return core_resource_type("Group" if "displayName" in resource and "userName" not in resource else "User")


def messages(kind: str):
    """The examples whose first schema ends with `kind`, each with where it stands."""
    return [
        pytest.param(one["json"], id=f"{one['rfc']} {one['section']} {place}")
        for place, one in enumerate(MESSAGES)
        if one["json"]["schemas"][0].endswith(kind)
    ]


def answer(body, status=200):
    return ScimResponse(status, {}, json.dumps(body).encode())


RESOURCE_EXAMPLES = [
    *messages(":User"),
    *messages(":Group"),
    *(pytest.param(RESOURCES[name], id=name) for name in NAMES),
]


@pytest.mark.parametrize("resource", RESOURCE_EXAMPLES)
def test_a_resource_is_read_as_it_stands_and_departs_from_nothing(resource):
    kind = type_of(resource)
    unassigned = {name for name, value in resource.items() if value == []}
    assert normalised(resource, kind) == {n: value for n, value in resource.items() if n not in unassigned}
    assert deviations(resource, kind) == ()
    assert read_written(answer(resource, 201)).id == resource.get("id", "")


@pytest.mark.parametrize("resource", RESOURCE_EXAMPLES)
def test_a_resource_can_be_made_of_nothing_and_taken_back_to_it(resource):
    kind = type_of(resource)
    least = {name: resource[name] for name in ("userName", "displayName") if name in resource}
    made = apply_operations(least, patch_operations(least, resource, kind), kind)
    assert writable(made, kind) == writable(resource, kind)
    again = apply_operations(made, patch_operations(made, least, kind), kind)
    again.pop("password", None)  # what is never shown is never taken for gone
    assert writable(again, kind) == writable(least, kind)


@pytest.mark.parametrize("body", messages(":ListResponse"))
def test_a_list_is_read_whole(body):
    page = read_page(answer(body))
    assert list(page.resources) == body["Resources"]
    told = (page.total_results, page.items_per_page, page.start_index, page.next_cursor)
    assert told == tuple(body.get(name) for name in ("totalResults", "itemsPerPage", "startIndex", "nextCursor"))


@pytest.mark.parametrize("body", messages(":Error"))
def test_an_error_is_read_whole(body):
    with pytest.raises(Refused) as caught:
        raise_for_status(answer(body, int(body["status"])), "do this")
    found = caught.value
    assert (str(found.status), found.scim_type, found.detail) == (body["status"], body.get("scimType"), body["detail"])


@pytest.mark.rule("P15")
@pytest.mark.rule("C8")
@pytest.mark.parametrize("body", messages(":SearchRequest"))
def test_a_search_is_asked_as_the_rfc_asks_it(body):
    query = Query(
        start_index=body.get("startIndex"),
        cursor=body.get("cursor"),
        count=body["count"],
        filter=body["filter"],
        attributes=tuple(body["attributes"]),
    )
    request = search_request(core_resource_type("User"), query)
    assert (request.method, request.path, request.body) == ("POST", "/Users/.search", body)


@pytest.mark.parametrize("body", messages(":BulkRequest"))
def test_a_bulk_request_is_written_as_the_rfc_writes_it(body):
    operations = {one["bulkId"]: ScimRequest(one["method"], one["path"], one["data"]) for one in body["Operations"]}
    bulk = next_bulk(bulk_operations(operations), {}, BulkLimits())
    assert bulk is not None
    assert bulk.request.body == body


@pytest.mark.parametrize("body", messages(":BulkResponse"))
def test_a_bulk_answer_is_read_whole(body):
    requests = {
        one.get("bulkId", str(place)): ScimRequest(
            one["method"],
            one["location"].partition("/v2")[2].rpartition("/" if one["method"] == "POST" else "?")[0]
            or one["location"].partition("/v2")[2],
        )
        for place, one in enumerate(body["Operations"])
    }
    bulk = next_bulk(bulk_operations(requests), {}, BulkLimits())
    assert bulk is not None
    for one, found in zip(body["Operations"], read_bulk(answer(body), bulk).values(), strict=True):
        assert (found.done, found.location, found.version) == (Done.ACCEPTED, one["location"], one.get("version"))


@pytest.mark.rule("P17")
def test_discovery_is_read_whole():
    documents = {
        one["section"]: one["json"] for one in MESSAGES if one["section"] in {"8.5", "4"} and one["rfc"] != 9865
    }
    provider = read_provider({"ServiceProviderConfig": documents["8.5"], "ResourceTypes": documents["4"]})
    features = (provider.patch, provider.bulk, provider.filter, provider.sort, provider.etag, provider.change_password)
    assert features == (True,) * 6
    assert (provider.bulk_max_operations, provider.bulk_max_payload, provider.max_results) == (1000, 1048576, 200)
    assert [(kind.name, kind.endpoint, len(kind.extensions)) for kind in provider.resource_types] == [
        ("User", "/Users", 1),
        ("Group", "/Groups", 0),
    ]
    assert len(provider.resource_types[0].attributes) == len(core_resource_type("User").attributes)


@pytest.mark.rule("C5")
def test_what_a_provider_says_of_its_paging_is_read_whole():
    config = next(one["json"] for one in MESSAGES if (one["rfc"], one["section"]) == (9865, "4"))
    paging = read_provider({"ServiceProviderConfig": config}).pagination
    assert (paging.cursor, paging.index, paging.default_method) == (True, True, "cursor")
    assert (paging.default_page_size, paging.max_page_size, paging.cursor_timeout) == (100, 250, 3600)
    assert read_provider({"ServiceProviderConfig": {}}).pagination.max_page_size is None


@pytest.mark.parametrize("example", PATCHES, ids=lambda example: f"{example['section']} {example['what']}")
def test_a_patch_does_what_the_rfc_says(example):
    resource_type = core_resource_type(example["resourceType"])
    if "scimType" in example:
        with pytest.raises(PatchError) as caught:
            apply_operations(example["before"], example["operations"], resource_type)
        assert caught.value.scim_type == example["scimType"]
    else:
        assert apply_operations(example["before"], example["operations"], resource_type) == example["after"]


@pytest.mark.parametrize("name", NAMES)
def test_the_schemas_know_all_of_an_example(name):
    resource = RESOURCES[name]
    resource_type = type_of(resource)
    assert normalised(resource, resource_type) == resource
    assert [place.path for place in places(resource_type, resource) if place.attribute is None] == []


@pytest.mark.parametrize("after", ["user_full", "user_enterprise"])
@pytest.mark.parametrize("before", ["user_minimal", "user_full", "user_enterprise"])
def test_one_example_can_be_patched_into_another(before, after):
    old, new = RESOURCES[before], RESOURCES[after]
    resource_type = type_of(new)
    result = apply_operations(old, patch_operations(old, new, resource_type), resource_type)
    assert writable(result, resource_type) == writable(new, resource_type)
    assert edits(result, new, resource_type) == ()
