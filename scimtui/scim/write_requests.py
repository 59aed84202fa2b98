"""PATCH operations and PUT bodies as requests (RFC 7644 sections 3.5.1 and 3.5.2), as small as they can be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from scimtui.errors import UsageError
from scimtui.scim.coerce import as_list, normalised
from scimtui.scim.dialect import Dialect, MemberRemoval
from scimtui.scim.exchange import resource_path
from scimtui.scim.message import ScimRequest
from scimtui.scim.resource import is_empty, lookup, resource_id
from scimtui.scim.schema import Attribute, Mutability, ResourceType, Returned

_Item = TypeVar("_Item")

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def patches(
    before: Mapping[str, Any], operations: Sequence[Mapping[str, Any]], resource_type: ResourceType, dialect: Dialect
) -> Iterator[ScimRequest]:
    """Yield the requests: members apart from everything else, in portions, and removals before additions."""
    other: list[Mapping[str, Any]] = []
    leaving: list[Mapping[str, Any]] = []
    additions: list[Any] = []
    for one in operations:
        if not _is_about_members(one):
            other.append(one)
        elif str(one["op"]).casefold() == "remove":
            leaving.append(one)
        else:
            additions += as_list(_value_of(one))
    coming = max(1, dialect.members_per_request)
    for portion in _portions(other, dialect.operations_per_request or len(other)):
        yield patch(before, portion, resource_type)
    for portion in _portions(leaving, dialect.removals_per_request or coming):
        yield patch(before, portion, resource_type)
    for portion in _portions(additions, coming):
        yield patch(before, [operation("add", "members", portion, dialect)], resource_type)


def _portions(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    for start in range(0, len(items), max(1, size)):
        yield items[start : start + max(1, size)]


def patch(
    before: Mapping[str, Any], operations: Sequence[Mapping[str, Any]], resource_type: ResourceType
) -> ScimRequest:
    """Return one PATCH request (RFC 7644 section 3.5.2)."""
    body = {"schemas": [PATCH_OP], "Operations": [dict(one) for one in operations]}
    return ScimRequest("PATCH", resource_path(resource_type, resource_id(before)), body)


def operation(op: str, path: str, value: Any, dialect: Dialect) -> dict[str, Any]:
    """Return one PATCH operation in the provider's dialect."""
    name = op.capitalize() if dialect.capital_ops else op
    if dialect.pathless and op != "remove":
        return {"op": name, "value": {path: value}}
    return {"op": name, "path": path, "value": value}


def _is_about_members(one: Mapping[str, Any]) -> bool:
    path, value = str(one.get("path", "")).casefold(), one.get("value")
    if not path and isinstance(value, Mapping):
        return {name.casefold() for name in value} == {"members"}
    return path == "members" or path.startswith("members[")


def _value_of(one: Mapping[str, Any]) -> Any:
    value = one.get("value")
    return value if one.get("path") else lookup(value, "members")


def removals(identities: Sequence[str], dialect: Dialect) -> list[dict[str, Any]]:
    """Return the operations that take members out of a group, in the form that the provider reads."""
    if dialect.member_removal is MemberRemoval.VALUE_ARRAY:
        return [operation("remove", "members", [{"value": one}], dialect) for one in identities]
    name = "Remove" if dialect.capital_ops else "remove"
    return [{"op": name, "path": f"members[value eq {json.dumps(one, ensure_ascii=False)}]"} for one in identities]


def put(
    before: Mapping[str, Any], after: Mapping[str, Any], resource_type: ResourceType
) -> tuple[tuple[ScimRequest, ...], tuple[str, ...]]:
    """Return the PUT that makes `before` into `after`, and what the admin must know of it, in words.

    Raises:
        UsageError: the resource has members. Those that were not read would be dropped.
    """
    if resource_type.attribute("members") is not None:
        message = f"this provider cannot PATCH a {resource_type.name}, and a PUT could drop members that were not read"
        raise UsageError(message, "change it at the provider itself")
    hidden = [
        a.name for a in resource_type.attributes if a.is_writable and a.returned in {Returned.NEVER, Returned.REQUEST}
    ]
    unseen = ["everything that the provider keeps but does not show"]
    unseen += [f"{name}, which the provider never shows" for name in hidden if is_empty(lookup(after, name))]
    warnings = tuple(f"may be lost: {what}" for what in unseen)
    shown = {
        a.name
        for a in resource_type.attributes
        if a.returned is Returned.NEVER or a.mutability is Mutability.WRITE_ONLY
    }
    sent = {
        name: value
        for name, value in writable(after, resource_type).items()
        if name not in shown or value != lookup(before, name)  # a mask or hash that it shows is no password to set
    }
    request = ScimRequest("PUT", resource_path(resource_type, resource_id(before)), sent)
    return (request,), warnings


def writable(raw: Mapping[str, Any], resource_type: ResourceType) -> dict[str, Any]:
    """Return what a client sends of a whole resource: `schemas` first, nothing read-only, nothing empty."""
    found = normalised(raw, resource_type)
    body: dict[str, Any] = {"schemas": []}
    for name, value in found.items():
        extension = resource_type.extension(name)
        attribute = resource_type.attribute(name)
        if extension is not None and isinstance(value, dict):
            sent: Any = _without_read_only(value, extension.attributes)
        elif (attribute is not None and not attribute.is_writable) or name == "schemas":
            continue
        else:
            sent = _without_read_only({name: value}, [attribute] if attribute else []).get(name)
        if not is_empty(sent):
            body[name] = sent
    body["schemas"] = _schemas(found, body, resource_type)
    return body


def _schemas(raw: Mapping[str, Any], body: Mapping[str, Any], resource_type: ResourceType) -> list[str]:
    told = [urn for urn in as_list(lookup(raw, "schemas")) if isinstance(urn, str)]
    used = [schema.id for schema in resource_type.extensions if schema.id in body]
    by_folded = {urn.casefold(): urn for urn in reversed([resource_type.schema.id, *told, *used])}
    return list(reversed(by_folded.values()))


def _without_read_only(value: Mapping[str, Any], attributes: Sequence[Attribute]) -> dict[str, Any]:
    known = {attribute.name.casefold(): attribute for attribute in attributes}
    kept: dict[str, Any] = {}
    for name, inner in value.items():
        attribute = known.get(name.casefold())
        if attribute is None:
            kept[name] = inner
        elif attribute.mutability is not Mutability.READ_ONLY:
            sent = _of_attribute(inner, attribute)
            if not is_empty(sent):
                kept[name] = sent
    return kept


def _of_attribute(value: Any, attribute: Attribute) -> Any:
    if isinstance(value, list):
        return [_of_attribute(element, attribute) for element in value]
    return _without_read_only(value, attribute.sub_attributes) if isinstance(value, Mapping) else value
