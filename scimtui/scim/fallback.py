"""What else a provider may understand that refused a PATCH as it was spelled (RFC 7644 section 3.5.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scimtui.errors import PatchError, UsageError
from scimtui.scim.change import Change, replan
from scimtui.scim.dialect import Dialect, MemberRemoval
from scimtui.scim.resource import lookup

if TYPE_CHECKING:
    from scimtui.scim.message import ScimRequest
    from scimtui.scim.provider import Provider

NOT_READ = frozenset({"noTarget", "invalidPath", "invalidSyntax", "invalidFilter", "invalidValue"})
"""Keywords of a refusal that another spelling may pass by."""
NOT_THERE = frozenset({405, 501})
"""What a provider answers to a method that it does not have."""

WAYS = {
    "value_filters": "the whole list is replaced, and no element is named by a filter",
    "sub_paths": "the whole attribute is replaced, and no part of it is named",
    "member_removal": "members leave as a list of values, and not by a filter",
    "pathless": "the values stand in one object without path",
    "capital_ops": "op has a capital letter",
    "can_patch": "the whole resource is replaced by PUT",
}
"""What each way is, by the field of the dialect, in the order in which they are tried."""


@dataclass(frozen=True, slots=True)
class Way:
    """The same wish in another spelling."""

    field: str
    """Of the dialect."""
    value: Any
    change: Change
    """Planned in that spelling, unsent."""

    @property
    def words(self) -> str:
        """What is different about it, as a clause."""
        return WAYS[self.field]


def other_ways(
    change: Change,
    status: int | None,
    scim_type: str | None,
    provider: Provider,
    dialect: Dialect,
    tried: Collection[str] = (),
) -> tuple[Way, ...]:
    """Return how else a refused change can be spelled, the likeliest first; () where nothing else would be sent.

    `change` is the one that was refused, planned against the fresh copy; `tried` are fields that did not help.
    """
    if not change.requests or change.requests[0].method != "PATCH" or change.before is None:
        return ()
    if status in NOT_THERE:
        fields: Mapping[str, Any] = {"can_patch": False}
    elif scim_type in NOT_READ and (status or 0) < 500:
        fields = _spellings(change, dialect)
        if scim_type == "invalidValue":  # most are about the value itself, such as a password that is too short
            own = ("value_filters", "sub_paths", "member_removal")
            fields = {name: fields[name] for name in own if name in fields}
    else:
        return ()
    found = (_way(change, name, fields[name], provider, dialect) for name in _ordered(fields, scim_type))
    return tuple(way for way in found if way is not None and way.field not in tried)


def _ordered(fields: Mapping[str, Any], scim_type: str | None) -> list[str]:
    """Return the fields in the order of `WAYS`; a path that is not known is best left out altogether."""
    names = [name for name in WAYS if name in fields]
    if scim_type == "invalidPath" and "pathless" in names:
        names.sort(key=lambda name: name != "pathless")
    return names


def _spellings(change: Change, dialect: Dialect) -> dict[str, Any]:
    """Return what could be spelled otherwise in these requests."""
    found: dict[str, Any] = {}
    for one in _operations(change.requests):
        op, path = str(lookup(one, "op")), str(lookup(one, "path") or "")
        is_members = path.casefold().partition("[")[0] == "members"
        if "[" in path and not is_members and dialect.value_filters:
            found["value_filters"] = False
        if "[" not in path and "." in path.rpartition(":")[2] and dialect.sub_paths:
            found["sub_paths"] = False
        if is_members and op.casefold() == "remove":
            by_filter = dialect.member_removal is MemberRemoval.FILTER
            found["member_removal"] = MemberRemoval.VALUE_ARRAY if by_filter else MemberRemoval.FILTER
        if path and op.casefold() != "remove" and not dialect.pathless:
            found["pathless"] = True
        if op == op.lower() and not dialect.capital_ops:
            found["capital_ops"] = True
    return found


def _operations(requests: Collection[ScimRequest]) -> Iterator[Mapping[str, Any]]:
    for request in requests:
        yield from lookup(request.body, "Operations") or ()


def _way(change: Change, name: str, value: Any, provider: Provider, dialect: Dialect) -> Way | None:
    """Plan the wish in another spelling; None where that is impossible, or the same request."""
    try:
        planned = replan(replace(change, spelling=((name, value),)), change.before or {}, provider, dialect)
    except (UsageError, PatchError):
        return None
    return None if planned.requests == change.requests or not planned.requests else Way(name, value, planned)
