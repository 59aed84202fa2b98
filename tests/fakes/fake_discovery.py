"""What the fake provider says of itself."""

from __future__ import annotations

from typing import Any

from fakes.fake_lists import LIST
from fakes.fake_rules import Refusal
from fakes.habits import Habits
from fakes.odd_forms import ENTERPRISE

from scimtui.scim.core_schemas import CORE_SCHEMAS

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
UNKNOWN = "urn:example:params:scim:schemas:Entitlement"
BY_NAME = {"Users": USER, "Groups": GROUP}


def document(steps: list[str], habits: Habits) -> Any:
    """Return the document at a path, None for one that is answered with nothing."""
    name = steps[0]
    if habits.plural_config and name.startswith("ServiceProviderConfig"):
        name = "ServiceProviderConfig" if name.endswith("s") else "nothing"
    if name not in habits.discovery or (habits.schemas_by_name and steps == ["Schemas"]):
        return _missing(habits)
    if name == "Schemas" and len(steps) == 2 and steps[1] in BY_NAME:
        return _schema(BY_NAME[steps[1]], habits)
    if len(steps) > 1:
        raise Refusal(404, None, "no such document")
    if name == "ServiceProviderConfig":
        return _config(habits)
    documents = (
        _types(habits) if name == "ResourceTypes" else [_schema(urn, habits) for urn in (USER, GROUP, ENTERPRISE)]
    )
    if habits.bare_lists:
        return documents
    return {"schemas": [LIST], "totalResults": len(documents), "Resources": documents}


def _missing(habits: Habits) -> None:
    if habits.missing_document == "HTML":
        raise Refusal(500, None, "no such document", is_html=True)
    if habits.missing_document != "empty":
        raise Refusal(int(habits.missing_document), None, "no such document")


def _config(habits: Habits) -> dict[str, Any]:
    config: dict[str, Any] = {
        "patch": {"supported": habits.patch_supported and "PATCH" not in habits.methods_missing},
        "etag": {"supported": habits.etag},
        "filter": {"supported": not habits.filter_refused, "maxResults": habits.max_page},
        "bulk": {"supported": False},
        "sort": {"supported": False},
        "changePassword": {"supported": True},
        "authenticationSchemes": [],
    }
    if habits.cursor or habits.cursor_only:
        config["pagination"] = {"cursor": True, "index": not habits.cursor_only}
    return {name: value for name, value in {**config, **habits.announced}.items() if value is not None}


def _types(habits: Habits) -> list[dict[str, Any]]:
    user: dict[str, Any] = {"name": "User", "endpoint": "/Users", "schema": USER}
    user["schemaExtensions"] = [{"schema": ENTERPRISE, "required": False}]
    types = [user] if habits.no_groups else [user, {"name": "Group", "endpoint": "/Groups", "schema": GROUP}]
    if habits.more_types:
        types.append({"name": "Entitlement", "endpoint": "/Entitlements", "schema": UNKNOWN})
    forms = {"path": str, "name": lambda path: path.lstrip("/"), "lower": str.lower}
    return [{**one, "endpoint": forms[habits.endpoint_form](one["endpoint"])} for one in types]


def _schema(urn: str, habits: Habits) -> dict[str, Any]:
    attributes = [
        {**one, "returned": "request"} if one["name"] in habits.on_request else one
        for one in CORE_SCHEMAS[urn]["attributes"]
        if one["name"] not in habits.unknown_attributes
    ]
    if habits.schema_types_capital:
        kinds = [str(one.get("type", "string")) for one in attributes]
        attributes = [{**one, "type": kind[0].upper() + kind[1:]} for one, kind in zip(attributes, kinds, strict=True)]
    return {**CORE_SCHEMAS[urn], "id": urn, "attributes": attributes}
