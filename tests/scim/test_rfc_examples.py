"""The examples that the RFCs print: resources of RFC 7643 section 8, patches of RFC 7644 section 3.5.2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from generated.resources import writable

from scimtui.errors import PatchError
from scimtui.scim.coerce import normalised
from scimtui.scim.diff import edits, patch_operations
from scimtui.scim.patch import apply_operations
from scimtui.scim.places import places
from scimtui.scim.schema import core_resource_type

FOLDER = Path(__file__).parent.parent / "rfc"
PATCHES = json.loads((FOLDER / "patches.json").read_text(encoding="utf-8"))
RESOURCES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
NAMES = ["user_minimal", "user_full", "user_enterprise", "group"]


def type_of(resource):
    return core_resource_type(resource["meta"]["resourceType"])


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
