"""Carry out one Change. The only code that writes to a provider.

Guard, fresh read, journal, send, read back, journal, cache. What was seen decides, not the status.
"""

from __future__ import annotations

import asyncio
import platform
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scimtui.errors import (
    EndpointError,
    NotScim,
    OutcomeUnknown,
    Refused,
    ScimtuiError,
    Unauthorized,
    UsageError,
    VersionConflict,
)
from scimtui.ops import browse, bulk_gate, guard
from scimtui.ops.chunks import may_go_on
from scimtui.ops.guard import Consent
from scimtui.ops.learning import learn_from
from scimtui.ops.member_proof import proof_by_people
from scimtui.ops.protected_members import check_who_leaves
from scimtui.ops.receipts import Outcome, Receipt
from scimtui.ops.session import Session, learn
from scimtui.ops.verify import Verdict, judge
from scimtui.ops.whoami import whoami
from scimtui.scim.change import Change, replan
from scimtui.scim.diff import edits
from scimtui.scim.exchange import read_written
from scimtui.scim.kind import Kind
from scimtui.scim.masks import masked_body, masked_edits, masked_resource, without_secrets
from scimtui.scim.promotion import stand_ins
from scimtui.scim.refusal import GONE, raise_for_status
from scimtui.scim.resource import Resource

if TYPE_CHECKING:
    from scimtui.scim.message import ScimRequest, ScimResponse

__all__ = ["RUN", "Consent", "Outcome", "Receipt", "apply"]

NOT_DONE = frozenset({501, 505})
"""Failures that say that nothing was done. After any other from 500 on nobody knows: some come after the deed."""
RUN = secrets.token_hex(4)
"""Tells what this process wrote from what others did, in the journal."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """What came back for the requests of a change."""

    response: ScimResponse | None = None
    refusal: Refused | None = None
    broken: ScimtuiError | None = None
    """Why no usable answer came."""
    stopped: str = ""
    """Where somebody stopped it between two requests."""


async def apply(change: Change, session: Session, consent: Consent) -> Receipt:
    """Send a change and look whether it happened.

    Raises, and then nothing was sent:
        GuardStopped: a rule of ours.
        UsageError: it names somebody of its plan who is not there yet.
        VersionConflict: someone changed the same values meanwhile.
        Refused: the resource cannot be read; 404 where it is gone.
        EndpointError: no usable answer to the read, or to the first write.
        CacheError: the intent could not be put down in the journal.
    """
    if stand_ins(change):
        raise UsageError(f"{change.title}: who is named in it is not there yet", "scimtui apply goes on with its plan")
    await asyncio.to_thread(guard.check_again, [change], session, consent)
    planned = await _against_fresh(change, session)
    if planned is None:
        return Receipt(change, Outcome.ALREADY, detail="it is gone already", verified_at=datetime.now(UTC))
    await asyncio.to_thread(guard.check_again, [planned], session, consent)
    await check_who_leaves(planned, session)
    if not planned.requests:
        found = Resource(planned.resource_type.name, planned.before or {})
        await asyncio.to_thread(browse.keep, session, found)
        return Receipt(planned, Outcome.ALREADY, resource=found, verified_at=datetime.now(UTC))
    entry = await asyncio.to_thread(session.journal.intend, _intent(planned, consent))
    try:
        sent = await _send(planned, session)
    except (ScimtuiError, OSError) as error:
        outcome = {"outcome": Outcome.SKIPPED.value, "detail": f"not sent: {error}"}
        await asyncio.to_thread(session.journal.record, entry, outcome)
        raise
    kept = await asyncio.to_thread(_kept, change, planned)
    seen = await _look(planned, session, sent)
    detail = without_secrets(seen.detail, planned.after, planned.resource_type)
    receipt = replace(seen, journal=entry, kept=kept, detail=detail)
    await asyncio.to_thread(session.journal.record, entry, _record(receipt))
    await asyncio.to_thread(_update_cache, session, receipt)
    await asyncio.to_thread(learn_from, session, receipt)
    return await _with_next_steps(receipt, session)


async def _with_next_steps(receipt: Receipt, session: Session) -> Receipt:
    """Add what can be done about a refusal: who is there already, and how else the wish can be spelled."""
    if receipt.outcome is not Outcome.REFUSED:
        return receipt
    from scimtui.ops.existing import existing, is_taken  # most writes are not refused
    from scimtui.scim.fallback import other_ways

    change = receipt.change
    if is_taken(receipt):
        return replace(receipt, existing=await existing(change.after or {}, change.resource_type, session))
    ways = await asyncio.to_thread(
        other_ways, change, receipt.status, receipt.scim_type, session.provider, session.dialect
    )
    return replace(receipt, ways=ways)


async def _against_fresh(change: Change, session: Session) -> Change | None:
    """Plan the change against what the provider has now; None where a deletion finds nothing."""
    if change.kind is Kind.CREATE:
        return change
    try:
        fresh = await browse.read(session, change.resource_type, change.id)
    except Refused as error:
        if error.status in GONE:  # or it would stay in the table until the next sync
            await asyncio.to_thread(browse.forget, session, change.resource_type.name, change.id)
            if change.kind is Kind.DELETE:
                return None
        raise
    if fresh.id != change.id:
        message = (
            f"{change.title}: asked for {change.id}, the provider answered with {fresh.id or 'a resource without id'}"
        )
        raise NotScim(message, status=200, hint="nothing was sent; ask the provider's support")
    return await asyncio.to_thread(replan, change, fresh.raw, session.provider, session.dialect)


def _kept(change: Change, planned: Change) -> tuple[str, ...]:
    """Return the paths of what others changed between the look at a form and the fresh read, and this does not touch.

    A value that was not there before is none: a copy from a list may lack it.
    """
    if change.kind is not Kind.EDIT or change.before is None or planned.before is None:
        return ()
    ours = {edit.path for edit in planned.edits}
    others = edits(change.before, planned.before, change.resource_type)
    return tuple(edit.path for edit in others if edit.path not in ours and edit.before is not None)


async def _send(change: Change, session: Session) -> _Sent:
    """Send all requests, stopping at the first that fails. Raises only where nothing can have been changed."""
    version = Resource(change.resource_type.name, change.before or {}).version if change.before else None
    response: ScimResponse | None = None
    for number, request in enumerate(change.requests):
        if not may_go_on(number, len(change.requests)):
            return _Sent(response, stopped=f"stopped after {number:,} of {len(change.requests):,} requests")
        sent = _conditional(request, version, session)
        try:
            response = await bulk_gate.send(sent, change, session)
            raise_for_status(response, _doing(change))
        except OutcomeUnknown as error:
            return _Sent(broken=error)
        except Refused as error:
            if number == 0 and error.status == 412:
                if "If-Match" in sent.headers and await _still_has(version, change, session):
                    return await _send(change, session)
                raise VersionConflict(
                    f"{change.title}: someone else changed it at this moment",
                    hint="nothing was sent; look at it again",
                ) from error
            return _Sent(response, refusal=error)
        except (Unauthorized, EndpointError) as error:
            if number == 0 and not isinstance(error, NotScim):
                raise
            return _Sent(response, broken=error)
        version = read_written(response).version
    return _Sent(response)


def _conditional(request: ScimRequest, version: str | None, session: Session) -> ScimRequest:
    """Add If-Match where the provider has versions (RFC 7644 section 3.14)."""
    wanted = session.dialect.if_match if session.dialect.if_match is not None else session.provider.etag is True
    if not wanted or version is None or request.method == "POST":
        return request
    return replace(request, headers={**request.headers, "If-Match": version})


async def _still_has(version: str | None, change: Change, session: Session) -> bool:
    """Whether the provider refused the very version that it shows, as some do with weak ones: then none is sent again."""
    fresh = await browse.read(session, change.resource_type, change.id)
    if fresh.version != version:
        return False
    evidence = "If-Match was answered with HTTP 412 though it named the version that is there"
    await asyncio.to_thread(learn, session, "if_match", False, evidence)
    return session.dialect.if_match is False


async def _look(change: Change, session: Session, sent: _Sent) -> Receipt:
    """Read back and say what became of the change."""
    status = sent.refusal.status if sent.refusal else sent.response.status if sent.response else None
    receipt = Receipt(change, Outcome.UNKNOWN, status, detail=str(sent.broken or sent.stopped))
    if sent.refusal is not None:
        receipt = replace(
            receipt, outcome=Outcome.REFUSED, scim_type=sent.refusal.scim_type, detail=sent.refusal.detail
        )
        is_sure = status in GONE or not bulk_gate.went_together()  # a part may be taken for another one
        if len(change.requests) == 1 and sent.refusal.status < 500 and is_sure:
            return receipt
    identity = change.id or (read_written(sent.response).id if sent.response else "")
    if not identity:
        if status is not None and status >= 500 and status not in NOT_DONE:
            receipt = replace(receipt, outcome=Outcome.UNKNOWN)
        told = receipt.detail or "the provider did not say which id it gave, so it could not be looked at"
        return replace(receipt, detail=told)
    try:
        found: Resource | None = await browse.read(session, change.resource_type, identity)
    except Refused as error:
        if error.status not in GONE:
            return replace(receipt, detail=receipt.detail or f"it cannot be read back: {error.message}")
        found = None
    except ScimtuiError as error:
        return replace(receipt, detail=receipt.detail or f"it cannot be read back: {error.message}")
    if found is not None and change.id and found.id != change.id:
        return replace(receipt, detail=receipt.detail or f"read back, the provider answered with {found.id}")
    verdict = await asyncio.to_thread(judge, change, found)
    if verdict.is_unknowable and change.kind in guard.MEMBERSHIP:
        verdict = await proof_by_people(change, session) or verdict
    return _judged(replace(receipt, resource=found, verified_at=datetime.now(UTC)), verdict, sent)


def _judged(receipt: Receipt, verdict: Verdict, sent: _Sent) -> Receipt:
    """Join what was seen with what was answered."""
    if verdict.is_done and verdict.unseen and (sent.refusal or sent.broken or sent.stopped):
        return replace(receipt, outcome=Outcome.UNKNOWN, unseen=verdict.unseen)
    if verdict.is_done:
        return replace(receipt, outcome=Outcome.APPLIED, unseen=verdict.unseen)
    seen = replace(receipt, differences=verdict.differences, detail=receipt.detail or verdict.why)
    if verdict.unseen:  # nothing but a password: the answer alone can say that it arrived
        return replace(seen, outcome=_answered(sent), unseen=verdict.unseen)
    if verdict.is_unknowable or sent.broken is not None:
        return replace(seen, outcome=Outcome.UNKNOWN)
    if not verdict.is_unchanged:
        return replace(seen, outcome=Outcome.ALTERED)
    if sent.refusal is not None:
        return replace(seen, outcome=Outcome.REFUSED, differences=())
    return replace(seen, outcome=Outcome.PENDING if receipt.status == 202 else Outcome.IGNORED)


def _answered(sent: _Sent) -> Outcome:
    """Return what the answer says by itself."""
    if sent.broken is not None:
        return Outcome.UNKNOWN
    if sent.refusal is not None:
        return Outcome.REFUSED if sent.refusal.status < 500 else Outcome.UNKNOWN
    return Outcome.PENDING if sent.response is not None and sent.response.status == 202 else Outcome.APPLIED


def _update_cache(session: Session, receipt: Receipt) -> None:
    if receipt.resource is not None:
        browse.keep(session, receipt.resource)
    elif receipt.verified_at is not None and receipt.change.id:
        browse.forget(session, receipt.change.resource_type.name, receipt.change.id)


def _doing(change: Change) -> str:
    return change.title[:1].lower() + change.title[1:]


def _intent(change: Change, consent: Consent) -> dict[str, Any]:
    kind = change.resource_type
    return {
        "change": change.kind.value,
        "type": kind.name,
        "id": change.id,
        "key": change.key,
        "title": change.title,
        "reason": consent.reason or change.reason,
        "operator": whoami(),
        "host": platform.node(),
        "run": RUN,
        **({"batch": consent.batch, "number": consent.number} if consent.batch else {}),
        **({"undoes": consent.undoes} if consent.undoes else {}),
        **({"via": "bulk"} if bulk_gate.is_awaited(change) else {}),
        "requests": [
            {"method": request.method, "path": request.path, "body": masked_body(request, kind)}
            for request in change.requests
        ],
        "edits": masked_edits(change.edits, kind),
        "before": masked_resource(change.before, kind),
    }


def _record(receipt: Receipt) -> dict[str, Any]:
    kind = receipt.change.resource_type
    after: Mapping[str, Any] | None = receipt.resource.raw if receipt.resource else None
    return {
        "outcome": receipt.outcome.value,
        "status": receipt.status,
        "scim_type": receipt.scim_type,
        "detail": receipt.detail,
        "id": receipt.resource.id if receipt.resource else receipt.change.id,
        "differences": masked_edits(receipt.differences, kind),
        "after": masked_resource(after, kind),
        **({"unseen": list(receipt.unseen)} if receipt.unseen else {}),
        **({"via": "bulk"} if bulk_gate.went_together() else {}),
        "verified": receipt.verified_at.isoformat() if receipt.verified_at else None,
    }
