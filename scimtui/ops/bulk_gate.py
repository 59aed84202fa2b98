"""Where the changes of a batch wait for each other, to leave in one POST /Bulk (RFC 7644 section 3.7).

Each goes its own road in ops.apply: guard, fresh read, intent, read-back. Here they only share the request, and each gets
the answer that it would have got alone. A round begins when all of the round before it was read back.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from scimtui.errors import NotScim, OutcomeUnknown, Refused, ScimtuiError, UsageError
from scimtui.ops import browse
from scimtui.ops.receipts import Outcome, Receipt
from scimtui.ops.session import Session, connect, learn
from scimtui.ops.verify import judge
from scimtui.scim.bulk import BulkLimits, BulkOutcome, BulkRequest, Done, bulk_operations, next_bulk, read_bulk, smaller
from scimtui.scim.masks import secret_paths
from scimtui.scim.message import ScimRequest, ScimResponse
from scimtui.scim.refusal import ERROR_URN

if TYPE_CHECKING:
    from scimtui.scim.change import Change

FIRST_BULK = 5
"""So many go together until some that did were seen to be right."""
MOST = 50
"""However many more the provider takes: all that are in flight are carried to their end when a batch stops."""
LONGEST_WAIT = 10.0
"""Seconds that a change waits for the others, since what was read of it grows old meanwhile."""
_NOT_OF_BULK = frozenset({401, 408, 425, 429, 502, 503, 504, 520, 522, 524})
"""What is answered whatever is asked for; it says nothing of bulk requests, and some of it not how this one ended."""
_NOT_THERE = frozenset({404, 405, 501})
"""What is answered where nobody does bulk requests, so that nothing can have been done."""
_TOO_LARGE = 413


@dataclass(slots=True, eq=False)
class Place:
    """One change of a round, on its way to the gate, waiting there, or past it."""

    gate: BulkGate
    is_coming: bool = True
    went: bool = False
    """Whether its answer is part of the answer to a bulk request."""

    def leave(self) -> None:
        """Let nobody wait for this one any more."""
        if self.is_coming:
            self.is_coming = False
            self.gate.one_less()


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    change: Change
    request: ScimRequest
    place: Place
    answer: asyncio.Future[ScimResponse | None]
    """None: it is to be sent alone."""

    def told(self, response: ScimResponse) -> None:
        self.place.went = True
        if not self.answer.done():
            self.answer.set_result(response)

    def failed(self, error: Exception) -> None:
        self.place.went = True
        if not self.answer.done():
            self.answer.set_exception(error)

    def alone(self) -> None:
        if not self.answer.done():
            self.answer.set_result(None)


@dataclass(slots=True)
class BulkGate:
    """The gate of one batch in one tenant."""

    session: Session
    longest_wait: float = LONGEST_WAIT
    _is_shut: bool = False
    """Everything goes alone from now on."""
    _is_proven: bool = False
    _fewer: int = MOST
    """More than these were too large for the provider."""
    _coming: int = 0
    _waiting: list[_Waiting] = field(default_factory=list)
    _timer: asyncio.TimerHandle | None = None
    _on_their_way: set[asyncio.Task[None]] = field(default_factory=set)

    def width(self, change: Change) -> int:
        """Return how many may go together with a change now, 0 where it goes alone."""
        return self._most if self._most and _fits(change) else 0

    @property
    def _most(self) -> int:
        dialect, provider = self.session.dialect, self.session.provider
        is_there = dialect.bulk if dialect.bulk is not None else provider.bulk is True
        most = min(provider.bulk_max_operations or MOST, MOST, self._fewer)
        if self._is_shut or not is_there or most < 2:
            return 0
        return most if self._is_proven else min(most, FIRST_BULK)

    def place(self) -> Place:
        """Return a place for a change that is begun; the others wait until it comes to the gate or has ended."""
        self._coming += 1
        return Place(self)

    def one_less(self) -> None:
        """Hear that one more is at the gate, or will not come."""
        self._coming -= 1
        if not self._coming:
            self._go()

    async def hear(self, receipt: Receipt) -> None:
        """Hear what the read-back of a change that went together with others has shown."""
        if receipt.outcome is Outcome.APPLIED:
            self._is_proven = True
        elif receipt.outcome is not Outcome.REFUSED:
            self._is_shut = True
        if receipt.outcome is Outcome.IGNORED:
            evidence = f"POST /Bulk said HTTP {receipt.status} of {receipt.change.title}, and nothing changed"
            await asyncio.to_thread(learn, self.session, "bulk", False, evidence)

    async def together(self, change: Change, request: ScimRequest, place: Place) -> ScimResponse | None:
        """Wait for the others and go with them; None where the change is to go alone.

        Raises:
            OutcomeUnknown, Unreachable and what else `Endpoint.send` raises: what became of the request for all of them.
        """
        loop = asyncio.get_running_loop()
        one = _Waiting(change, request, place, loop.create_future())
        self._waiting.append(one)
        if self._timer is None:
            self._timer = loop.call_later(self.longest_wait, self._go)
        place.leave()
        return await one.answer

    def _go(self) -> None:
        """Let go whoever waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting = self._waiting, []
        if waiting:
            task = asyncio.create_task(self._carried(waiting))
            self._on_their_way.add(task)
            task.add_done_callback(self._on_their_way.discard)

    async def _carried(self, waiting: list[_Waiting]) -> None:
        try:
            await self._carry(waiting)
        finally:  # whatever happened here, nobody waits for ever
            for one in waiting:
                if not one.answer.done():
                    one.answer.cancel()

    async def _carry(self, waiting: list[_Waiting]) -> None:
        """Send all in as few requests as the limits allow."""
        name = secrets.token_hex(4)  # no value of a body speaks of it
        left = {f"{name}-{number}": one for number, one in enumerate(waiting, 1) if not one.answer.done()}
        while len(left) > 1 and self._most:
            bulk = self._next(left)
            sent = [left[one] for one in bulk.operations] if bulk else []
            if bulk is None or len(sent) == 1:
                left.pop(next(iter(left))).alone()
                continue
            try:
                response = await (await connect(self.session)).send(bulk.request)
            except (ScimtuiError, OSError) as error:
                self._is_shut = True
                for one in sent:
                    one.failed(error)
            else:
                fewer = smaller(BulkLimits(), bulk) if response.status == _TOO_LARGE else None
                if fewer is not None:
                    self._fewer = fewer.operations or 1
                    continue
                await self._share(response, bulk, sent)
            left = {one: place for one, place in left.items() if one not in bulk.operations}
        for one in left.values():
            one.alone()

    def _next(self, left: Mapping[str, _Waiting]) -> BulkRequest | None:
        """Return the next request, None where the first of them is too large for any."""
        limits = BulkLimits(self._most, self.session.provider.bulk_max_payload)
        try:
            return next_bulk(bulk_operations({name: one.request for name, one in left.items()}), {}, limits)
        except UsageError:
            return None

    async def _share(self, response: ScimResponse, bulk: BulkRequest, sent: list[_Waiting]) -> None:
        """Give each its part of an answer."""
        if 200 <= response.status < 300:
            try:
                outcomes = read_bulk(response, bulk)
            except (NotScim, Refused) as error:
                outcomes = dict.fromkeys(bulk.operations, BulkOutcome(Done.UNKNOWN))
                self._is_shut = True
                await asyncio.to_thread(learn, self.session, "bulk", False, f"POST /Bulk: {error.message}")
            self._is_shut |= any(outcome.done in {Done.UNKNOWN, Done.NOT_EXECUTED} for outcome in outcomes.values())
            for name, one in zip(bulk.operations, sent, strict=True):
                _tell(one, outcomes[name])
            return
        self._is_shut = True
        if response.status in _NOT_OF_BULK or response.status < 400:
            for one in sent:
                one.told(response)
            return
        if response.status < 500 or response.status in _NOT_THERE:
            evidence = f"POST /Bulk was answered with HTTP {response.status}"
            await asyncio.to_thread(learn, self.session, "bulk", False, evidence)
        await asyncio.gather(*(self._alone_after(response.status, one) for one in sent))

    async def _alone_after(self, status: int, one: _Waiting) -> None:
        """Send alone what was refused together, unless a part was done all the same: who refuses may have begun."""
        if status in _NOT_THERE:
            one.alone()
            return
        try:
            found = await browse.read(self.session, one.change.resource_type, one.change.id)
        except (ScimtuiError, OSError) as error:
            one.failed(_unknown(f"POST /Bulk was answered with HTTP {status}, and it cannot be read: {error}"))
            return
        if (await asyncio.to_thread(judge, one.change, found)).is_unchanged:
            one.alone()
        else:
            one.failed(_unknown(f"POST /Bulk was answered with HTTP {status}, and it is not as it was before"))


_place: ContextVar[Place | None] = ContextVar("place", default=None)


@contextmanager
def taking(place: Place | None) -> Iterator[None]:
    """Carry out the change of a place in this block; None: it goes alone."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)
        if place is not None:
            place.leave()


def is_awaited(change: Change) -> bool:
    """Whether a change, as it is planned now, is to go together with others."""
    place = _place.get()
    return place is not None and place.is_coming and place.gate.width(change) > 0


def went_together() -> bool:
    """Whether the answer to the change of this block was part of the answer to a bulk request."""
    place = _place.get()
    return place is not None and place.went


async def hear(receipt: Receipt) -> None:
    """Hear what a read-back has shown. Where it is not what was wanted, nothing of the batch goes together any more."""
    place = _place.get()
    if place is not None and place.went:
        await place.gate.hear(receipt)


async def send(request: ScimRequest, change: Change, session: Session) -> ScimResponse:
    """Send one request of a change, together with those of others where it has a place among them.

    Raises:
        What `Endpoint.send` raises; OutcomeUnknown also where the answer to a bulk request does not speak of this part.
    """
    place = _place.get()
    if place is not None and is_awaited(change):
        answer = await place.gate.together(change, request, place)
        if answer is not None:
            return answer
    if place is not None:
        place.leave()
        place.went = False
    return await (await connect(session)).send(request)


def _fits(change: Change) -> bool:
    """Whether a change is one PATCH that means the same as a part of a bulk request, and tells no secret."""
    if len(change.requests) != 1 or change.requests[0].method != "PATCH":
        return False
    request = change.requests[0]
    if "://" in request.path or "%" in request.path or secret_paths(change.edits, change.resource_type):
        return False
    try:
        bulk_operations({"": request})
    except UsageError:  # one of its values looks like a reference to another part
        return False
    return True


def _tell(one: _Waiting, outcome: BulkOutcome) -> None:
    """Give one its part as the answer that it would have got alone."""
    status, refusal = outcome.status, outcome.refusal
    if status == 429:  # it was not done, and alone it waits as long as it is told to
        one.alone()
    elif status is not None and outcome.done is Done.ACCEPTED:
        one.told(ScimResponse(status, {"etag": outcome.version} if outcome.version else {}, b""))
    elif status is not None and refusal is not None:
        words = {"scimType": refusal.scim_type, "detail": refusal.detail or None}
        body: dict[str, Any] = {name: value for name, value in words.items() if value is not None}
        one.told(ScimResponse(status, {}, orjson.dumps({"schemas": [ERROR_URN], "status": str(status), **body})))
    else:
        one.failed(_unknown("the answer to POST /Bulk does not say what became of it"))


def _unknown(why: str) -> OutcomeUnknown:
    return OutcomeUnknown(why, "look whether it happened before you do it again")
