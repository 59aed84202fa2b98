"""How the fake provider spells its answers when a habit makes it odd, and which requests it does not read."""

from __future__ import annotations

import json
from typing import Any

from fakes.habits import Habits

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def shown(raw: Any, habits: Habits) -> Any:
    """Return a resource as it is answered."""
    if not isinstance(raw, dict) or "id" not in raw:
        return raw
    raw = dict(raw)
    if habits.members_never:
        raw.pop("members", None)
    if habits.explicit_nulls:
        raw = {"nickName": None, "phoneNumbers": [], "profileUrl": "", **raw}
    if habits.active_as_text and "active" in raw:
        raw["active"] = str(raw["active"])
    if habits.bare_emails and "emails" in raw:
        raw["emails"] = [mail["value"] for mail in raw["emails"]]
    if habits.one_email and raw.get("emails"):
        raw["emails"] = raw["emails"][0]
    if habits.lower_case_attributes:
        raw = {name.lower(): value for name, value in raw.items()}
    if habits.no_meta:
        raw.pop("meta", None)
    elif habits.elsewhere and "meta" in raw:
        raw["meta"] = {**raw["meta"], "location": f"{habits.elsewhere}/{raw['id']}"}
    return raw


def error_body(habits: Habits, status: int, scim_type: str | None, detail: str) -> bytes:
    """Return the body of an error in the form that is this provider's."""
    scim = {"schemas": [ERROR], "status": str(status), "detail": detail} | (
        {"scimType": scim_type} if scim_type else {}
    )
    forms: dict[str, Any] = {
        "scim": scim,
        "integer": {**scim, "status": status},
        "detail": {"detail": detail},
        "list": {"detail": [{"msg": detail, "loc": ["body"]}]},
        "problem": {"title": "No", "status": status, "detail": detail},
        "old": {"Errors": [{"description": detail, "code": str(status)}]},
        "message": {"message": detail},
    }
    if habits.html_errors:
        return b"<html><h1>Server Error</h1></html>"
    if habits.error_form in {"empty", "plain"}:
        return b"" if habits.error_form == "empty" else b"no such thing"
    return json.dumps(forms[habits.error_form]).encode()


def unread(operation: dict[str, Any], habits: Habits) -> bool:
    """Whether this provider does not read that form of a PATCH operation."""
    path, op = operation.get("path"), operation["op"]
    is_members = isinstance(path, str) and path.lower().startswith("members")
    forms = {
        "path": path is not None and not is_members,
        "pathless": path is None,
        "value-filter": isinstance(path, str) and "[" in path and not is_members,
        "remove": op.lower() == "remove",
        "lower-case": op == op.lower(),
        "member-filter": is_members and "[" in str(path),
        "member-array": is_members and op.lower() == "remove" and isinstance(operation.get("value"), list),
    }
    return any(forms[form] for form in habits.patch_unread)
