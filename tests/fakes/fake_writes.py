"""What the fake provider makes of POST, PUT, PATCH and DELETE."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from fakes.fake_rules import Refusal, apply_operation, attributes_in, coming, leaving
from fakes.habits import Habits
from fakes.odd_forms import ENTERPRISE, unread

from scimtui.scim.core_schemas import CORE_SCHEMAS

if TYPE_CHECKING:
    from fakes.in_memory_provider import Answer, FakeProvider

KNOWN = {ENTERPRISE, "externalId"} | {
    one["name"] for urn, schema in CORE_SCHEMAS.items() if urn != ENTERPRISE for one in schema["attributes"]
}


def create(provider: FakeProvider, endpoint: str, document: dict[str, Any]) -> Answer:
    habits = provider.habits
    _check_attributes(endpoint, document, habits)
    if habits.post_wants - set(document):
        raise Refusal(400, "invalidValue", f"{', '.join(sorted(habits.post_wants))} are required")
    key = "userName" if endpoint == "Users" else "displayName"
    raw = _kept({name: value for name, value in document.items() if name != "password"}, {}, endpoint, habits)
    names = [str(one.get(key)).casefold() for one in provider.resources[endpoint].values()]
    if habits.duplicates is not None and str(raw.get(key)).casefold() in names:
        raise Refusal(habits.duplicates, "uniqueness", f"{key} is taken")
    stored = provider._store(endpoint, provider.new_id(str(raw.get(key))), raw)
    if not habits.undated:
        stored["meta"]["created"] = provider.now().isoformat().replace("+00:00", "Z")
    place = f"{habits.elsewhere}/{stored['id']}" if habits.elsewhere else stored["meta"].get("location")
    headers = {"location": place.encode().decode("latin-1")} if place else {}
    if habits.post_without_body:
        return provider.empty(201, headers)
    if habits.post_without_id:
        return provider.json(201, {name: value for name, value in stored.items() if name != "id"}, headers)
    return provider.resource(201, stored, headers)


def put(provider: FakeProvider, endpoint: str, identifier: str, document: dict[str, Any]) -> Answer:
    habits, held = provider.habits, provider.resources[endpoint]
    _check_attributes(endpoint, document, habits)
    if not habits.put_ignored:
        _replace(provider, endpoint, identifier, _kept(document, held[identifier], endpoint, habits))
    return _told(provider, endpoint, identifier, 200)


def patch(provider: FakeProvider, endpoint: str, identifier: str, document: dict[str, Any]) -> Answer:
    habits, held = provider.habits, provider.resources[endpoint]
    _check_patch(endpoint, document, habits)
    if habits.patch_pending:
        return provider.empty(202, {"set-txn": "1"})
    if not habits.patch_ignored:
        changed = json.loads(json.dumps(held[identifier]))
        for operation in _with_ids(provider, document["Operations"]):
            apply_operation(changed, operation, habits)
        if habits.patch_lower_cases and isinstance(changed.get("title"), str):
            changed["title"] = changed["title"].lower()
        changed.pop("password", None)
        _replace(provider, endpoint, identifier, _kept(changed, held[identifier], endpoint, habits))
    if habits.patch_answers == 204:
        return provider.empty(204)
    if habits.patch_body == "resource":
        return _told(provider, endpoint, identifier, habits.patch_answers)
    return provider.json(200, {}) if habits.patch_body == "object" else provider.empty(200)


def delete(provider: FakeProvider, endpoint: str, identifier: str) -> Answer:
    habits, held = provider.habits, provider.resources[endpoint]
    gone = held[identifier]
    if habits.delete_deactivates:
        provider._store(endpoint, identifier, {**gone, "active": False})
    elif not habits.delete_ignored:
        del held[identifier]
        provider.deleted.add(identifier)
    return provider.empty(204) if habits.delete_answers == 204 else provider.resource(habits.delete_answers, gone)


def _told(provider: FakeProvider, endpoint: str, identifier: str, status: int) -> Answer:
    """Answer with the resource after a write, unless the write took it away."""
    raw = provider.resources[endpoint].get(identifier)
    return provider.empty(204) if raw is None else provider.resource(status, raw)


def _check_attributes(endpoint: str, document: dict[str, Any], habits: Habits) -> None:
    written = attributes_in(document)
    if habits.strict and written - KNOWN:
        raise Refusal(400, "invalidSyntax", f"unknown: {', '.join(sorted(written - KNOWN))}")
    if habits.takes_refuses and endpoint == "Users" and habits.takes is not None and written - habits.takes:
        raise Refusal(400, None, "1 validation error for User\n  Extra inputs are not permitted [type=extra_forbidden]")


def _check_patch(endpoint: str, document: dict[str, Any], habits: Habits) -> None:
    operations = document["Operations"]
    if not habits.patch_supported:
        raise Refusal(501, None, "no PATCH")
    if habits.patch_refused:
        raise Refusal(400, habits.patch_refused, "I do not like it")
    if any(unread(operation, habits) for operation in operations):
        raise Refusal(400, "invalidSyntax", "I do not read that")
    if habits.operations_limit is not None and len(operations) > habits.operations_limit:
        raise Refusal(400, "invalidValue", "too many operations")
    for number, limit in ((coming(document), habits.members_limit), (leaving(document), habits.removals_limit)):
        if limit is not None and number > limit:
            raise Refusal(habits.limit_status, "invalidValue", "something is wrong with a value")
    _check_attributes(endpoint, document, habits)


def _with_ids(provider: FakeProvider, operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the operations with ids for the userNames that a provider shows as the values of members."""
    if provider.habits.member_form != "name":
        return operations
    text = json.dumps(operations)
    for identifier, raw in provider.resources["Users"].items():
        name = raw["userName"]
        text = text.replace(f'value eq \\"{name}\\"', f'value eq \\"{identifier}\\"')
    return json.loads(text)


def _kept(raw: dict[str, Any], earlier: dict[str, Any], endpoint: str, habits: Habits) -> dict[str, Any]:
    """Return what is stored of what was written."""
    if endpoint != "Users":
        return raw
    if habits.takes is not None:
        always = {"schemas", "userName"} | habits.takes
        raw = {**earlier, **{name: value for name, value in raw.items() if name in always}}
    if habits.user_names != "kept" and "userName" in raw:
        lower = str(raw["userName"]).lower()
        raw = {**raw, "userName": lower if habits.user_names == "lower" else f"{lower.split('@')[0]}@example.com"}
    if habits.splits_names and isinstance(raw.get("name"), dict):
        given, family = (str(raw["name"].get(one, "")) for one in ("givenName", "familyName"))
        raw = {**raw, "name": {"givenName": f"{given} {family}".strip()}}
    return raw


def _replace(provider: FakeProvider, endpoint: str, identifier: str, raw: dict[str, Any]) -> None:
    was_active = provider.resources[endpoint][identifier].get("active") is not False
    is_turned_off = was_active and raw.get("active") is False
    if is_turned_off and provider.habits.deactivation == "deleted":
        del provider.resources[endpoint][identifier]
        provider.deleted.add(identifier)
        return
    if is_turned_off and provider.habits.deactivation == "obscured":
        raw = {**raw, "userName": f"hidden_{identifier}", "emails": [{"value": f"{identifier}@example.invalid"}]}
    provider._store(endpoint, identifier, raw)
