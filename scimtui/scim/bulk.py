"""Many writes in few requests (RFC 7644 section 3.7), step by step, so that a run can stop and go on at any point.

    operations = bulk_operations({"ann": ScimRequest("POST", "/Users", …), "crew": ScimRequest("POST", "/Groups", …)})
    outcomes = {}
    while bulk := next_bulk(operations, outcomes, limits):
        outcomes |= read_bulk(await send(bulk.request), bulk)

One operation speaks of another's new resource as the RFC does, by `bulkId:` and its name: `bulkId:ann` as a value in a
body, or in the place of the id in a path. Ids that are known already are filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import orjson

from scimtui.errors import Refused, UsageError
from scimtui.scim.exchange import last_segment
from scimtui.scim.message import ScimRequest, ScimResponse, as_integer, decode, has_urn, not_scim
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.refusal import ERROR_URN, refusal, refused
from scimtui.scim.resource import lookup, resource_id

BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
REFERENCE = "bulkId:"


@dataclass(frozen=True, slots=True)
class BulkOperations:
    """Writes by bulkId, in the order in which they are wanted."""

    requests: Mapping[str, ScimRequest]
    needs: Mapping[str, frozenset[str]]
    """The bulkIds that each refers to, its own left out."""


@dataclass(frozen=True, slots=True)
class BulkLimits:
    """What a provider takes at once (RFC 7643 section 5). None: not said, so everything is tried at once."""

    operations: int | None = None
    payload: int | None = None
    """Bytes of the body."""
    follows_references: bool = True
    """False: the provider does not know a bulkId, so what refers to a new resource waits until its id is known."""


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """One request with some of the operations."""

    operations: Mapping[str, Mapping[str, Any]]
    """By bulkId, as they are sent, in their order."""
    fail_on_errors: int | None = None

    @property
    def request(self) -> ScimRequest:
        """The request as it is sent."""
        stop = {} if self.fail_on_errors is None else {"failOnErrors": self.fail_on_errors}
        body = {"schemas": [BULK_REQUEST], **stop, "Operations": list(self.operations.values())}
        return ScimRequest("POST", "/Bulk", body)


class Done(StrEnum):
    """What became of one operation."""

    ACCEPTED = "accepted"
    """2xx. Only reading the resource proves that it is done."""
    REFUSED = "refused"
    NOT_EXECUTED = "not executed"
    """The answer does not speak of it: the provider stopped before."""
    UNKNOWN = "unknown"
    """The answer gives it no status that can be read, or speaks of something that cannot be told to be this or not."""


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What the provider says of one operation."""

    done: Done
    status: int | None = None
    id: str = ""
    """Of the resource, from the answer's body or Location; "" where neither says it."""
    location: str = ""
    version: str | None = None
    refusal: Refused | None = None
    """Why it was refused, with the provider's own words."""


@of_any_depth
def bulk_operations(requests: Mapping[str, ScimRequest]) -> BulkOperations:
    """Return writes with what they refer to among each other.

    Raises:
        UsageError: one refers to a bulkId that there is not, or its body cannot be written as JSON.
    """
    return BulkOperations(requests, {name: _needs(name, requests) for name in requests})


def next_bulk(
    operations: BulkOperations,
    outcomes: Mapping[str, BulkOutcome],
    limits: BulkLimits,
    *,
    fail_on_errors: int | None = None,
) -> BulkRequest | None:
    """Return the next request, as full as the limits allow; None where nothing is left that could be sent.

    What refers to another operation comes after it, else the order is kept. What refers to an operation that was not
    accepted, or whose id the provider does not say, is never sent and stays without an outcome. To send again what was
    not executed, take its outcome out.

    Raises:
        UsageError: an operation alone, or those that refer to each other, are more than the provider takes.
    """
    chosen: dict[str, Mapping[str, Any]] = {}
    size = len(orjson.dumps(BulkRequest({}, fail_on_errors).request.body))
    for group in _groups(operations, outcomes, limits):
        parts = {name: _operation(name, operations.requests[name], outcomes) for name in group}
        more = sum(len(orjson.dumps(part)) + len(",") for part in parts.values())
        is_over = _is_over(len(chosen) + len(group), size + more - len(","), limits)
        if is_over and not chosen:
            raise _too_much(group, size + more, limits)
        if is_over:
            break
        chosen |= parts
        size += more
    return BulkRequest(chosen, fail_on_errors) if chosen else None


def smaller(limits: BulkLimits, sent: BulkRequest) -> BulkLimits | None:
    """Return limits for half of what was sent, after it was refused with 413; None where it was one operation alone."""
    count = len(sent.operations)
    return replace(limits, operations=count // 2) if count > 1 else None


def read_bulk(response: ScimResponse, sent: BulkRequest) -> dict[str, BulkOutcome]:
    """Return an outcome for every operation that was sent, from an answer with 2xx.

    An entry is matched by its bulkId; without one by the address that it names, and at last by its place among those
    of its method, since providers may answer in another order. What is not answered was not executed, unless there is an
    entry that matches nothing.

    Raises:
        NotScim: the answer is no bulk response. What was sent may have been done: look before sending it again.
        Refused: an error object came under a status of success.
    """
    value = decode(response)
    if isinstance(value, Mapping) and has_urn(value, ERROR_URN):
        raise refusal(response, "send many changes at once")
    entries = value if isinstance(value, list) else lookup(value, "Operations")
    if not isinstance(entries, list):
        raise not_scim(response, "does not say what became of the changes")
    matched, is_rest = _matched([entry for entry in entries if isinstance(entry, Mapping)], sent.operations)
    missing = BulkOutcome(Done.UNKNOWN if is_rest else Done.NOT_EXECUTED)
    return {name: _outcome(matched[name]) if name in matched else missing for name in sent.operations}


# ---------------------------------------------------------------- what is sent


def _groups(
    operations: BulkOperations, outcomes: Mapping[str, BulkOutcome], limits: BulkLimits
) -> Iterator[tuple[str, ...]]:
    """Yield what has to be sent together, in an order in which everything comes after what it refers to."""
    needs = operations.needs
    ready = {name for name, outcome in outcomes.items() if outcome.done is Done.ACCEPTED and outcome.id}
    waiting = _reachable([name for name in operations.requests if name not in outcomes], needs, ready)
    while waiting:
        now = [name for name in waiting if needs[name] <= ready]
        yield from ((name,) for name in now)
        if not limits.follows_references:
            return
        if not now:  # they refer to each other
            yield tuple(waiting)
            return
        ready.update(now)
        waiting = [name for name in waiting if name not in ready]


def _reachable(waiting: list[str], needs: Mapping[str, frozenset[str]], ready: set[str]) -> list[str]:
    """Return what refers, over however many steps, only to what is ready or still to be sent."""
    while True:
        known = ready.union(waiting)
        kept = [name for name in waiting if needs[name] <= known]
        if len(kept) == len(waiting):
            return kept
        waiting = kept


def _needs(name: str, requests: Mapping[str, ScimRequest]) -> frozenset[str]:
    request = requests[name]
    try:
        orjson.dumps(request.body)
    except TypeError as error:
        message = f"{request.method} {request.path} has a body that is no JSON: {error}"
        raise UsageError(message, "nothing was sent: correct the change") from error
    in_path = [part for part in request.path.split("/") if part.startswith(REFERENCE)]
    found = {text.removeprefix(REFERENCE) for text in (*in_path, *_strings(request.body))}
    unknown = found - requests.keys()
    if unknown:
        message = f"{request.method} {request.path} refers to {REFERENCE}{min(unknown)}, which is not among the changes"
        raise UsageError(message, "nothing was sent: add the change, or leave out what refers to it")
    return frozenset(found - {name})


def _strings(value: Any) -> Iterator[str]:
    """Yield the references in a body."""
    if isinstance(value, str):
        if value.startswith(REFERENCE):
            yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _operation(name: str, request: ScimRequest, outcomes: Mapping[str, BulkOutcome]) -> dict[str, Any]:
    path = "/".join(
        quote(found, safe="") if (found := _resolved(part, outcomes)) != part else part
        for part in request.path.split("/")
    )
    version = lookup(request.headers, "If-Match")
    return {
        "method": request.method,
        "path": path,
        "bulkId": name,
        **({} if version is None else {"version": version}),
        **({} if request.body is None else {"data": _resolved(request.body, outcomes)}),
    }


def _resolved(value: Any, outcomes: Mapping[str, BulkOutcome]) -> Any:
    """Return JSON with the ids that are known in the place of references."""
    if isinstance(value, str):
        outcome = outcomes.get(value.removeprefix(REFERENCE)) if value.startswith(REFERENCE) else None
        return outcome.id if outcome else value
    if isinstance(value, Mapping):
        return {key: _resolved(inner, outcomes) for key, inner in value.items()}
    return [_resolved(inner, outcomes) for inner in value] if isinstance(value, list) else value


def _is_over(count: int, size: int, limits: BulkLimits) -> bool:
    return count > (limits.operations or count) or size > (limits.payload or size)


def _too_much(group: Sequence[str], size: int, limits: BulkLimits) -> UsageError:
    what = f"the change {group[0]}" if len(group) == 1 else f"{len(group)} changes that refer to each other"
    most = [f"{limits.operations:,} changes"] if limits.operations else []
    most += [f"{limits.payload:,} bytes"] if limits.payload else []
    message = f"{what} would be a request of {size:,} bytes, and the provider takes {' and '.join(most)} at once"
    return UsageError(message, "send it as a request of its own")


# ---------------------------------------------------------------- what came back


_Entry = Mapping[str, Any]


def _matched(entries: Sequence[_Entry], asked: Mapping[str, _Entry]) -> tuple[dict[str, _Entry], bool]:
    """Return the entry of each operation that has one, and whether an entry is left that belongs to none."""
    found: dict[str, _Entry] = {}
    others: list[_Entry] = []
    for entry in entries:
        name = lookup(entry, "bulkId")
        if isinstance(name, str) and name in asked and name not in found:
            found[name] = entry
        else:
            others.append(entry)
    for is_match in (_is_at, _is_of_method):
        rest: list[_Entry] = []
        for entry in others:
            target = next((name for name, one in asked.items() if name not in found and is_match(entry, one)), None)
            if target is None:
                rest.append(entry)
            else:
                found[target] = entry
        others = rest
    return found, bool(others)


def _is_at(entry: _Entry, asked: _Entry) -> bool:
    """Whether an entry without a name is about the address that was asked for."""
    location = lookup(entry, "location")
    return (
        not lookup(entry, "bulkId")
        and isinstance(location, str)
        and asked["method"] != "POST"
        and last_segment(location) == last_segment(asked["path"])
        and str(lookup(entry, "method") or asked["method"]).upper() == asked["method"]
    )


def _is_of_method(entry: _Entry, asked: _Entry) -> bool:
    """Whether an entry with neither name nor a known address may be about what was asked for."""
    has_address = bool(lookup(entry, "location")) and asked["method"] != "POST"
    method = str(lookup(entry, "method") or asked["method"]).upper()
    return not lookup(entry, "bulkId") and not has_address and bool(method == asked["method"])


def _outcome(entry: Mapping[str, Any]) -> BulkOutcome:
    answer, location, version = (lookup(entry, name) for name in ("response", "location", "version"))
    status = _status(entry)
    address = location if isinstance(location, str) else ""
    identity = resource_id(answer) if isinstance(answer, Mapping) and not has_urn(answer, ERROR_URN) else ""
    done, why = Done.UNKNOWN, None
    if status is not None and 200 <= status < 300:
        done = Done.ACCEPTED
    elif status is not None and 400 <= status < 600:
        told = answer if isinstance(answer, Mapping | list) else lookup(entry, "status")
        done, why = Done.REFUSED, refused(told, status, "do this")
    return BulkOutcome(
        done=done,
        status=status,
        id=identity or last_segment(address),
        location=address,
        version=version if isinstance(version, str) and version else None,
        refusal=why,
    )


def _status(entry: Mapping[str, Any]) -> int | None:
    """Return the status: text as in the RFC's examples, a number, or an object with a code as in its prose."""
    status = lookup(entry, "status")
    return as_integer(lookup(status, "code") if isinstance(status, Mapping) else status)
