"""Writes that nobody knows the end of: a crash or a lost connection came between. They are looked up, never sent again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scimtui.errors import Refused, UsageError
from scimtui.ops import browse
from scimtui.ops.journal_list import interrupted
from scimtui.ops.journalled import change_of
from scimtui.ops.lost_creation import trace_of
from scimtui.ops.receipts import Outcome, Receipt
from scimtui.ops.verify import judge
from scimtui.scim.kind import Kind
from scimtui.scim.masks import masked_edits, masked_resource
from scimtui.scim.refusal import GONE

if TYPE_CHECKING:
    from scimtui.ops.history import Write
    from scimtui.ops.session import Session
    from scimtui.ops.verify import Verdict
    from scimtui.scim.change import Change
    from scimtui.scim.resource import Resource

__all__ = ["can_be_looked_up", "interrupted", "look_up"]

_OPEN = frozenset({"", Outcome.UNKNOWN.value, Outcome.PENDING.value})
"""Outcomes, or none, that a look may turn into another one."""


def can_be_looked_up(outcome: str) -> bool:
    """Whether a look at the provider may tell more than is known."""
    return outcome in _OPEN


async def look_up(session: Session, write: Write) -> Receipt:
    """Read the resource, judge what became of the write, and put that down as its outcome. Nothing is written there.

    Raises:
        UsageError: its outcome is known; the entry does not say enough; or several resources have the name that was to
            be created.
        Refused, EndpointError: the provider does not show the resource; the journal stays as it is.
        CacheError: the outcome could not be put down.
    """
    known = str((write.outcome or {}).get("outcome", ""))
    if not can_be_looked_up(known):
        raise UsageError(f"how {write.id} ended is known: {known}", f"scimtui journal show {write.id} shows it")
    change = await asyncio.to_thread(change_of, write, session)
    is_pending = known == Outcome.PENDING.value
    if change.kind is Kind.CREATE and not change.id:
        receipt = await _of_creation(change, session, write, is_pending=is_pending)
    else:
        receipt = _receipt(write, change, await _present(change, session), is_pending=is_pending)
    await asyncio.to_thread(_keep, session, receipt)
    await asyncio.to_thread(session.journal.record, write.id, _record(receipt))
    return receipt


async def _of_creation(change: Change, session: Session, write: Write, *, is_pending: bool) -> Receipt:
    trace = await trace_of(change, session, write.time)
    receipt = _receipt(write, change, trace.resource, is_pending=is_pending)
    return receipt if trace.resource is not None else replace(receipt, outcome=trace.outcome, detail=trace.why)


async def _present(change: Change, session: Session) -> Resource | None:
    try:
        return await browse.read(session, change.resource_type, change.id)
    except Refused as error:
        if error.status not in GONE:
            raise
        return None


def _receipt(write: Write, change: Change, found: Resource | None, *, is_pending: bool) -> Receipt:
    receipt = Receipt(
        change, Outcome.UNKNOWN, journal=write.id, resource=found, verified_at=datetime.now(UTC).replace(microsecond=0)
    )
    return _judged(receipt, judge(change, found), is_pending=is_pending)


def _judged(receipt: Receipt, verdict: Verdict, *, is_pending: bool) -> Receipt:
    if verdict.is_done:
        return replace(receipt, outcome=Outcome.APPLIED)
    seen = replace(receipt, differences=verdict.differences, detail=verdict.why)
    if verdict.is_unknowable:
        return seen
    if not verdict.is_unchanged:
        return replace(seen, outcome=Outcome.ALTERED)
    if is_pending:
        return replace(seen, outcome=Outcome.PENDING, detail="it is still as it was before")
    return replace(seen, outcome=Outcome.SKIPPED, detail="it did not happen: all is as it was before", differences=())


def _keep(session: Session, receipt: Receipt) -> None:
    if receipt.resource is not None:
        browse.keep(session, receipt.resource)
    elif receipt.change.id:
        browse.forget(session, receipt.change.resource_type.name, receipt.change.id)


def _record(receipt: Receipt) -> dict[str, Any]:
    kind = receipt.change.resource_type
    verified = receipt.verified_at.isoformat() if receipt.verified_at else None
    return {
        "outcome": receipt.outcome.value,
        "status": None,
        "scim_type": None,
        "detail": receipt.detail,
        "id": receipt.resource.id if receipt.resource else receipt.change.id,
        "differences": masked_edits(receipt.differences, kind),
        "after": masked_resource(receipt.resource.raw if receipt.resource else None, kind),
        "verified": verified,
        "looked_up": verified,
    }
