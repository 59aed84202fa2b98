"""A write of the journal as a Change again, good enough to judge what became of it and to plan what takes it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scimtui.errors import PatchError, PathError, UsageError
from scimtui.ops.receipts import Outcome
from scimtui.scim.change import Change
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.diff import Edit
from scimtui.scim.kind import Kind
from scimtui.scim.masks import MASK
from scimtui.scim.patch import apply_operations
from scimtui.scim.resource import lookup

if TYPE_CHECKING:
    from scimtui.ops.history import Write
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

_NOTHING: Mapping[str, Any] = {}


def change_of(write: Write, session: Session) -> Change:
    """Return the change that a write of the session's tenant was, without its requests: it can be judged, not sent again.

    `after` is what was seen there afterwards; where nobody can tell how the write ended, what was wanted. The journal
    keeps no passwords, nor anything else that may only be written: such a value is missing in `before` and `after`, and
    in the edits a mask stands for it.

    Raises:
        UsageError: the tenant has no such resource type any more, or the entry does not say enough.
    """
    intent, outcome = write.intent, write.outcome or _NOTHING
    try:
        kind = Kind(intent.get("change", ""))
    except ValueError as error:
        raise _unreadable(write, "what it did") from error
    resource_type = session.provider.resource_type(str(intent.get("type", "")))
    if resource_type is None:
        message = f"{write.id} was about a {intent.get('type')}, and {write.tenant} has no such resource type any more"
        raise UsageError(message, f"scimtui journal show {write.id} shows what was written")
    before, edits = _without_masks(intent.get("before")), tuple(_edits(write))
    if before is None and kind is not Kind.CREATE:
        raise _unreadable(write, "what was there before")
    return Change(
        kind=kind,
        tenant=write.tenant,
        resource_type=resource_type,
        id=_text(intent.get("id")) or _text(outcome.get("id")),
        key=_text(intent.get("key")),
        title=_text(intent.get("title")) or write.id,
        before=before,
        after=_after(write, kind, before, edits, resource_type),
        edits=edits,
        requests=(),
        reason=_text(intent.get("reason")),
    )


def _after(
    write: Write, kind: Kind, before: Mapping[str, Any] | None, edits: Sequence[Edit], resource_type: ResourceType
) -> Mapping[str, Any] | None:
    if kind is Kind.DELETE:
        return None
    outcome = write.outcome or _NOTHING
    seen = _without_masks(outcome.get("after"))
    if seen is not None and outcome.get("outcome") not in {Outcome.UNKNOWN.value, Outcome.PENDING.value}:
        return seen
    known = before or {}
    if kind in {Kind.ACTIVATE, Kind.DEACTIVATE}:
        spelled = next((name for name in known if name.casefold() == "active"), "active")
        return {**known, spelled: kind is Kind.ACTIVATE}
    if kind in {Kind.ADD_MEMBERS, Kind.REMOVE_MEMBERS}:
        return {**known, "members": _members(known, edits)}
    return _requested(write, known, resource_type)


def _requested(write: Write, before: Mapping[str, Any], resource_type: ResourceType) -> Mapping[str, Any]:
    """Return what the requests of a write ask for: POST and PUT say all of it, PATCH what is to become different."""
    found: Mapping[str, Any] = before
    for request in _objects(write.intent.get("requests")):
        body = _without_masks(request.get("body"))
        if body is None:
            raise _unreadable(write, "what was sent")
        if request.get("method") != "PATCH":
            found = {**{name: value for name, value in before.items() if name.casefold() in {"id", "meta"}}, **body}
            continue
        operations = _objects(lookup(body, "Operations"))
        try:
            found = apply_operations(found, (one for one in operations if not _is_hidden(one)), resource_type)
        except (PatchError, PathError) as error:
            raise _unreadable(write, "what it was to become") from error
    return found


def _is_hidden(operation: Mapping[str, Any]) -> bool:
    """Whether an operation wrote what the journal does not keep: taking its mask away has left no value."""
    return (
        lookup(operation, "op") is not None
        and "value" not in {name.casefold() for name in operation}
        and (str(lookup(operation, "op")).casefold() != "remove")
    )


def _members(before: Mapping[str, Any], edits: Sequence[Edit]) -> list[Any]:
    there = {str(element_value(member)): member for member in as_list(lookup(before, "members"))}
    for edit in edits:
        if edit.after is None:
            there.pop(str(element_value(edit.before)), None)
        else:
            there[str(element_value(edit.after))] = edit.after
    return list(there.values())


def _edits(write: Write) -> Iterator[Edit]:
    for one in _objects(write.intent.get("edits")):
        if isinstance(one.get("path"), str):
            yield Edit(one["path"], one.get("before"), one.get("after"))


def _without_masks(value: Any) -> dict[str, Any] | None:
    """Return an object without the values that are masked in it, at any depth; None where it is none."""
    if not isinstance(value, Mapping):
        return None
    return {name: _inner(inner) for name, inner in value.items() if inner != MASK}


def _inner(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _without_masks(value)
    return [_inner(item) for item in value if item != MASK] if isinstance(value, list) else value


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    return (one for one in as_list(value) if isinstance(one, Mapping))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _unreadable(write: Write, missing: str) -> UsageError:
    return UsageError(f"{write.id} does not say {missing}", f"scimtui journal show {write.id} shows what it says")
