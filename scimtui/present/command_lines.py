"""A change as a command of ours and its requests for curl: pasted into a shell they do just that, whatever names hold."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scimtui.errors import ScimtuiError
from scimtui.ops.tenants import token_variable
from scimtui.present.cells import has_hidden
from scimtui.scim.diff import edits
from scimtui.scim.kind import Kind
from scimtui.scim.masks import holds_secret, masked_body
from scimtui.scim.patch import apply_operations
from scimtui.scim.path import parse_path
from scimtui.scim.schema import Type

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.scim.change import Change
    from scimtui.scim.diff import Edit
    from scimtui.scim.message import ScimRequest
    from scimtui.scim.schema import ResourceType

MOST_KEYS = 20
"""A command that names more members is no command any more."""
MOST_EDITS = 200
"""Of a larger change no command is made: nobody would paste it, and making it takes time."""
_NUMBERS = frozenset({Type.BOOLEAN, Type.INTEGER, Type.DECIMAL})
_ESCAPED = re.compile(r"[^ -~]|[\\']")


def quoted(text: str) -> str:
    """Return a word for bash, zsh or ksh. What would act in a terminal while it is pasted is written as an escape."""
    if not has_hidden(text):
        return shlex.quote(text)
    return f"$'{_ESCAPED.sub(_escape, text)}'"


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if match[0] in "\\'":
        return f"\\{match[0]}"
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# ---------------------------------------------------------------- our own


def cli_line(change: Change, tenant: Tenant) -> str | None:
    """Return the command that plans the same change; None where there is none, such as for a password."""
    words = _words(change) if len(change.edits) <= MOST_EDITS else None
    if words is None or change.spelling or holds_secret(change):
        return None
    verb, places, options = words
    if tenant.production or tenant.reason_required:
        options += ["--unlock"] if tenant.production else []
        options += ["--reason", change.reason or "REASON"]
    behind = any(place.startswith("-") for place in places)
    order = [*options, "--", *places] if behind else [*places, *options]
    return " ".join(["scimtui", *verb, *(quoted(word) for word in order)])


def _words(change: Change) -> tuple[list[str], list[str], list[str]] | None:
    """Return verb, positional words and options."""
    tenant, kind = change.tenant, change.resource_type.name
    match change.kind:
        case Kind.DELETE:
            return ["delete"], [tenant, kind, change.id], []
        case Kind.ACTIVATE | Kind.DEACTIVATE if kind == "User":
            return [change.kind.value], [change.id], ["--tenant", tenant]
        case Kind.ADD_MEMBERS | Kind.REMOVE_MEMBERS:
            keys = [_member(edit) for edit in change.edits]
            is_one_way = len({edit.after is None for edit in change.edits}) == 1
            if not is_one_way or len(keys) > MOST_KEYS:
                return None
            verb = "add" if change.kind is Kind.ADD_MEMBERS else "remove"
            return ["member", verb], [tenant, change.id, *keys], []
        case _:
            assigned = _assignments(change)
            place = [tenant, kind] if change.kind is Kind.CREATE else [tenant, kind, change.id]
            return None if assigned is None else (["create" if change.kind is Kind.CREATE else "edit"], place, assigned)


def _member(edit: Edit) -> str:
    value = edit.before if edit.after is None else edit.after
    return str(value.get("value")) if isinstance(value, Mapping) else str(value)


def _assignments(change: Change) -> list[str] | None:
    """Return --set, --add and --remove; None where they lead to something else than the change."""
    before, after = change.before or {}, change.after or {}
    steps = sorted((_step(edit) for edit in change.edits), key=lambda step: ("replace", "add", "remove").index(step[0]))
    operations = [
        {"op": op, "path": path} if op == "remove" else {"op": op, "path": path, "value": value}
        for op, path, value in steps
    ]
    try:
        result = apply_operations(before, operations, change.resource_type)
    except ScimtuiError:
        return None
    if not all(_can_be_assigned(path, value, change.resource_type) for _, path, value in steps):
        return None
    if not steps or edits(result, after, change.resource_type):
        return None
    return [word for step in steps for word in _option(step)]


def _can_be_assigned(text: str, value: Any, resource_type: ResourceType) -> bool:
    """Whether the command takes a path, which the schema must know, and leaves the value as it is: it makes 7 a text."""
    path = parse_path(text, resource_type)
    attribute = resource_type.attribute(path.attribute, path.urn)
    if attribute is not None and path.sub is not None:
        attribute = attribute.sub(path.sub)
    if attribute is None:
        return False
    return not isinstance(value, bool | int | float) or attribute.type in _NUMBERS


def _step(edit: Edit) -> tuple[str, str, Any]:
    if edit.after is None:
        return "remove", edit.path, None
    if edit.before is None and edit.path.endswith("]"):
        return "add", edit.path.partition("[")[0], edit.after
    return "replace", edit.path, edit.after


def _option(step: tuple[str, str, Any]) -> tuple[str, str]:
    op, path, value = step
    if op == "remove":
        return "--remove", path
    return f"--{'set' if op == 'replace' else 'add'}", f"{path}={_value(value)}"


def _value(value: Any) -> str:
    """Return a value as an assignment takes it: JSON, or a text that cannot be taken for any."""
    if isinstance(value, str):
        try:
            json.loads(value)
        except ValueError:
            return value
    return json.dumps(value, ensure_ascii=False)


# ---------------------------------------------------------------- curl


def curl_commands(change: Change, tenant: Tenant, if_match: str | None = None) -> Iterator[str]:
    """Yield each request for curl. A variable has the token; nothing where a body holds what nobody may read."""
    kind = change.resource_type
    if len(change.edits) > MOST_EDITS or any(masked_body(one, kind) != one.body for one in change.requests):
        return
    for request in change.requests:
        yield " ".join(_curl(request, tenant, if_match))


def _curl(request: ScimRequest, tenant: Tenant, if_match: str | None) -> Sequence[str]:
    address = f"{tenant.base_url.rstrip('/')}/{request.path.lstrip('/')}"
    words = ["curl", "-sS", "-X", request.method, quoted(address), *_signature(tenant)]
    words += ["-H", quoted("Accept: application/scim+json, application/json;q=0.9")]
    if if_match is not None and request.method != "POST":
        words += ["-H", quoted(f"If-Match: {if_match}")]
    if request.body is not None:
        words += ["-H", quoted("Content-Type: application/scim+json"), "--data", quoted(json.dumps(request.body))]
    return words


def _signature(tenant: Tenant) -> list[str]:
    variable = f"${token_variable(tenant.name)}"
    match tenant.auth:
        case "none":
            return []
        case "basic":
            return ["-u", f'{quoted(f"{tenant.username}:")}"{variable}"']
        case "header":
            return ["-H", f'{quoted(f"{tenant.header}: ")}"{variable}"']
        case _:
            return ["-H", f'"Authorization: Bearer {variable}"']
