"""How the fake provider spells its answers when a habit makes it odd, and which requests it does not read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fakes.habits import Habits

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
STRANGE = "urn:example:params:scim:schemas:extension:badges:2.0:User"
SQL = "SQLSTATE[23505]: duplicate key value violates unique constraint \"users_pkey\" (SQL: insert into `users` values ('x'))"

Resources = Mapping[str, Mapping[str, Mapping[str, Any]]]


# ------------------------------------------------------------ resources


def shown(raw: Any, habits: Habits, resources: Resources) -> Any:
    """Return a resource as it is answered; `resources` are all there are."""
    if not isinstance(raw, dict) or "id" not in raw:
        return raw
    found = _with_odd_values(dict(raw), habits)
    if "members" in raw:
        _put_members(found, habits, resources)
    if habits.groups_of_users and "userName" in raw:
        found["groups"] = [
            {"value": one["id"], "display": one["displayName"], "type": "direct"}
            for one in resources.get("Groups", {}).values()
            if any(str(member["value"]) == str(raw["id"]) for member in one.get("members", ()))
        ]
    if habits.lower_case_attributes:
        found = {name.lower(): value for name, value in found.items()}
    return _with_odd_meta(found, habits)


def _with_odd_values(raw: dict[str, Any], habits: Habits) -> dict[str, Any]:
    if habits.explicit_nulls:
        raw = {"nickName": None, "phoneNumbers": [], "profileUrl": "", **raw}
    if "active" in raw and habits.active_form != "boolean":
        active = raw.pop("active")
        if habits.active_form != "absent":
            raw["active"] = str(active) if habits.active_form == "text" else int(active)
    if raw.get("emails"):
        raw["emails"] = _odd_emails(raw["emails"], habits)
    if habits.flat_name and isinstance(raw.get("name"), dict):
        raw |= {f"name.{sub}": value for sub, value in raw.pop("name").items()}
    if "userName" in raw and habits.manager_as_text:
        raw[ENTERPRISE] = {**raw.get(ENTERPRISE, {}), "manager": "26118915"}
        raw["schemas"] = [*dict.fromkeys([*raw.get("schemas", ()), ENTERPRISE])]
    if habits.strange_schema:
        raw |= {STRANGE: {"number": 7, "doors": [{"floor": 1}]}, "schemas": [*raw.get("schemas", ()), STRANGE]}
    if habits.control_characters:
        raw["nickName"] = "\x1b[2J[bold]Ann[/bold]\u202e\x07"
    if habits.no_schemas:
        raw.pop("schemas", None)
    return raw


def _odd_emails(emails: list[dict[str, Any]], habits: Habits) -> Any:
    emails = [*emails, {"value": "", "type": "home"}] if habits.empty_email else emails
    if habits.two_primaries:
        emails = [{**emails[0], "primary": True}, {"value": "two@example.com", "type": "other", "primary": True}]
    if habits.bare_emails:
        return [mail["value"] for mail in emails]
    return emails[0] if habits.one_email else emails


def _put_members(group: dict[str, Any], habits: Habits, resources: Resources) -> None:
    members = [_member(one, habits, resources) for one in group.pop("members")]
    if habits.strangers:
        members += [{"value": "nobody"}, {"value": "a-group", "type": "Group", "display": "Nested"}]
    if not habits.members_never:
        group["members"] = [] if habits.members_empty else members[: habits.members_shown]


def _member(member: dict[str, Any], habits: Habits, resources: Resources) -> dict[str, Any]:
    name = resources.get("Users", {}).get(str(member["value"]), {}).get("userName", member["value"])
    if habits.member_form == "name":
        return {"value": name}
    if habits.member_form == "full":
        reference = f"http://fake/scim/v2/Users/{quote(str(member['value']), safe='')}"
        return {"display": name, "type": "User", "$ref": reference, **member}
    return member


def _with_odd_meta(raw: dict[str, Any], habits: Habits) -> dict[str, Any]:
    meta = dict(raw.pop("meta", {}))
    if habits.no_meta:
        return raw
    if habits.elsewhere:
        meta["location"] = f"{habits.elsewhere}/{raw['id']}"
    if habits.etag_place in {"header", "unlike"}:
        version = meta.pop("version", None)
        meta |= (
            {"version": version.replace(chr(34), chr(34) + "inner-", 1)}
            if version and habits.etag_place == "unlike"
            else {}
        )
    if "lastModified" in meta:
        meta["lastModified"] = meta["lastModified"].removesuffix("Z") + habits.date_zone
    return {**raw, "meta": meta}


def location_of(base: str, endpoint: str, identifier: str, name: str, habits: Habits) -> str:
    """Return where a resource says that it is, "" where it does not."""
    quoted = quote(identifier, safe="")
    return {
        "absolute": f"http://fake{base}/{endpoint}/{quoted}",
        "relative": f"{endpoint}/{quoted}",
        "unencoded": f"http://fake{base}/{endpoint}/{identifier}",
        "by name": f"http://fake{base}/{endpoint}/{quote(name, safe='')}",
        "another path": f"http://fake/api/internal/{endpoint.lower()}/{quoted}",
        "absent": "",
    }[habits.location]


# ------------------------------------------------------------ messages


def spelled(document: dict[str, Any], habits: Habits) -> dict[str, Any]:
    """Return a list as it is answered."""
    if habits.numbers_as_text:
        document = {name: str(value) if isinstance(value, int) else value for name, value in document.items()}
    if habits.lower_case_keys:
        document = {name.lower(): value for name, value in document.items()}
    return document


def error_body(habits: Habits, status: int, scim_type: str | None, detail: str) -> bytes:
    """Return the body of an error in the form that is this provider's."""
    told = {"schemas": [ERROR], "detail": detail} | ({"scimType": scim_type} if scim_type else {})
    scim = {**told, "status": str(status)}
    forms: dict[str, Any] = {
        "scim": scim,
        "integer": {**scim, "status": status},
        "no status": told,
        "detail": {"detail": detail},
        "array": {**scim, "detail": [detail, "and more"]},
        "list": {"detail": [{"msg": detail, "loc": ["body"]}]},
        "SQL": {**scim, "detail": SQL},
        "problem": {"title": "No", "status": status, "detail": detail},
        "old": {"Errors": [{"description": detail, "code": str(status)}]},
        "message": {"message": detail},
    }
    if habits.html_errors or (habits.html_not_found and status == habits.not_found):
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
        "URN": isinstance(path, str) and path.startswith("urn:"),
        "text": isinstance(operation.get("value"), str),
        "remove": op.lower() == "remove",
        "lower-case": op == op.lower(),
        "member-filter": is_members and "[" in str(path),
        "member-array": is_members and op.lower() == "remove" and isinstance(operation.get("value"), list),
    }
    return any(forms[form] for form in habits.patch_unread)
