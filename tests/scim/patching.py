"""PATCH operations, short to write, and what comes of them."""

from __future__ import annotations

import copy

from scimtui.scim.patch import apply_operations
from scimtui.scim.schema import USER, Attribute, core_resource_type

USER_TYPE = core_resource_type("User")
GROUP_TYPE = core_resource_type("Group")
TAGS = Attribute("tags", multi_valued=True)
CODES = Attribute("codes", multi_valued=True, case_exact=True)
WORK = {"value": "w@example.org", "type": "work", "primary": True}
HOME = {"value": "h@example.org", "type": "home"}
BABS = {
    "schemas": [USER],
    "id": "42",
    "userName": "bjensen",
    "nickName": "Babs",
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "emails": [WORK, HOME],
}


def patched(*operations, resource=BABS, resource_type=USER_TYPE):
    kept = copy.deepcopy((resource, operations))
    result = apply_operations(resource, operations, resource_type)
    assert (resource, operations) == kept
    return result


def add(path, value):
    return {"op": "add", "path": path, "value": value}


def replace(path, value):
    return {"op": "replace", "path": path, "value": value}


def remove(path, **more):
    return {"op": "remove", "path": path, **more}
