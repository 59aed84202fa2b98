"""The one road of the commands to `ops.apply`: show, guard, ask, send, say what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scimtui.cli import asking, failures
from scimtui.cli.output import emit, emit_records, note
from scimtui.errors import (
    CacheError,
    EndpointError,
    GuardStopped,
    OutcomeUnknown,
    Refused,
    ScimtuiError,
    SecretError,
)
from scimtui.ops import guard
from scimtui.ops.apply import Outcome, Receipt, apply
from scimtui.ops.guard import Consent
from scimtui.ops.session import Session
from scimtui.present.cells import safe
from scimtui.present.changes import change_lines, outcome_line
from scimtui.present.formats import Format, json_document
from scimtui.present.wording import DEACTIVATION, DELETION, count_of
from scimtui.scim.change import Change
from scimtui.scim.kind import Kind
from scimtui.scim.masks import masked_body, masked_edits

CANCELLED = 130

SHOWN = 20
"""So many changes are listed before a question."""

EXIT = {
    Outcome.APPLIED: 0,
    Outcome.ALREADY: 0,
    Outcome.REFUSED: 3,
    Outcome.PENDING: 6,
    Outcome.UNKNOWN: 6,
}
"""Exit status of an outcome; 1 for all others."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that every write has."""

    dry_run: bool = False
    yes: bool = False
    reason: str = ""
    unlock: bool = False
    expect: int | None = None
    form: Format = Format.TABLE


@dataclass(frozen=True, slots=True)
class Planned:
    """A change and the open tenant that it is for."""

    session: Session
    change: Change


async def carry_out(planned: Sequence[Planned], asked: Asked, failed: Sequence[int] = ()) -> int:
    """Show the changes, ask, send them one after the other, and return the exit status.

    `failed` holds the statuses of what could not even be planned: it counts as objects that failed.

    Raises:
        GuardStopped: a rule stops one of them, or nobody can be asked; none was sent.
    """
    if asked.dry_run:
        _dry_run(planned, asked)
        return _status(list(failed)) if failed and not planned else 1 if failed else 0
    asked = _with_reason(planned, asked)
    for session, changes in _by_tenant(planned):
        _guard(session, changes, asked)
    if not _is_agreed(planned, asked):
        note("Nothing was sent.")
        return CANCELLED
    return await _send_all(planned, asked, failed)


# ---------------------------------------------------------------- before anything is sent


def _dry_run(planned: Sequence[Planned], asked: Asked) -> None:
    emit_records(
        [record for one in planned for record in _requests(one.change)],
        asked.form,
        lambda: [line for one in planned for line in _plan_lines(one, with_body=True)],
    )
    for session, changes in _by_tenant(planned):
        try:
            _guard(session, changes, asked)
        except ScimtuiError as error:
            note(f"It would be stopped: {safe(error.message)}. {safe(error.hint)}".rstrip())


def _requests(change: Change) -> Iterator[dict[str, Any]]:
    """Yield a record for each request, secrets masked; the edits stand with the first one."""
    shown = masked_edits(change.edits, change.resource_type)
    about = {"tenant": change.tenant, "type": change.resource_type.name, "id": change.id, "title": change.title}
    for request in change.requests:
        body = masked_body(request, change.resource_type)
        yield {**about, "method": request.method, "path": request.path, "body": body, "edits": shown}
        shown = []
    if not change.requests:
        yield {**about, "method": None, "path": None, "body": None, "edits": shown}


def _plan_lines(one: Planned, *, with_body: bool) -> Iterator[str]:
    change, tenant = one.change, one.session.tenant
    title, *edits = change_lines(change)
    where = f"{'PROD ' if tenant.production else ''}{safe(tenant.label or tenant.name)}"
    yield f"{where}: {title}"
    yield from edits
    for warning in change.warnings:
        yield f"  ! {safe(warning)}"
    if not change.requests:
        yield "  It is so already, as far as the cache tells."
    for request in change.requests if with_body else ():
        yield f"  {request.method} {safe(request.path)}"
        if request.body is not None:
            yield from (f"  {line}" for line in json_document(masked_body(request, change.resource_type)).splitlines())


def _by_tenant(planned: Sequence[Planned]) -> list[tuple[Session, list[Change]]]:
    groups: dict[str, tuple[Session, list[Change]]] = {}
    for one in planned:
        groups.setdefault(one.session.tenant.name, (one.session, []))[1].append(one.change)
    return list(groups.values())


def _with_reason(planned: Sequence[Planned], asked: Asked) -> Asked:
    """Ask for the reason where one is needed and somebody is there."""
    is_needed = any(guard.needs_reason(one.session) for one in planned)
    if not is_needed or asked.reason.strip() or asked.yes or not asking.can_ask():
        return asked
    return replace(asked, reason=asking.typed("Reason, for the journal:"))


def _guard(session: Session, changes: Sequence[Change], asked: Asked) -> None:
    tenant = session.tenant
    try:
        guard.check(changes, session, _consent(asked))
    except GuardStopped as error:
        if tenant.production and not asked.unlock and not error.hint:
            raise GuardStopped(error.message, "add --unlock and --reason TEXT") from error
        raise


def _consent(asked: Asked) -> Consent:
    return Consent(unlocked=asked.unlock, reason=asked.reason, expected=asked.expect)


def _is_agreed(planned: Sequence[Planned], asked: Asked) -> bool:
    """Whether the person agrees to what they are shown, or has done so before by --yes.

    Raises:
        GuardStopped: there is nobody to ask.
    """
    if asked.yes or not planned:
        return True
    asking.need_terminal("nothing was sent")
    for one in planned[:SHOWN]:
        for line in _plan_lines(one, with_body=False):
            note(line)
    if len(planned) > SHOWN:
        note(f"and {len(planned) - SHOWN:,} more")
    for meaning in dict.fromkeys(filter(None, map(_meaning, planned))):
        note(f"{meaning}.")
    if any(one.change.kind is Kind.DELETE for one in planned):
        key = planned[0].change.key
        return asking.typed(f"Type {safe(key)} to delete it:") == key
    tenants = ", ".join(session.tenant.name for session, _ in _by_tenant(planned))
    return asking.is_yes(f"Send {count_of(len(planned), 'change')} to {tenants}?")


def _meaning(one: Planned) -> str:
    """Return what the change does at this provider, "" where that is plain."""
    dialect, name = one.session.dialect, one.session.tenant.name
    if one.change.kind is Kind.DEACTIVATE:
        return f"{name}: {DEACTIVATION[dialect.deactivation]}"
    return f"{name}: {DELETION[dialect.deletion]}" if one.change.kind is Kind.DELETE else ""


# ---------------------------------------------------------------- sending


async def _send_all(planned: Sequence[Planned], asked: Asked, failed: Sequence[int]) -> int:
    records: list[dict[str, Any]] = []
    statuses = list(failed)
    lost: dict[str, ScimtuiError] = {}  # tenants that gave no answer: the next one is not tried
    try:
        for one in planned:
            name = one.session.tenant.name
            if name in lost:
                statuses.append(lost[name].exit_status)
                records.append(_unsent(one.change, lost[name]))
                continue
            try:
                receipt = await apply(replace(one.change, reason=asked.reason), one.session, _consent(asked))
            except CacheError:  # the journal cannot be written, so nothing more may be sent
                raise
            except ScimtuiError as error:
                if isinstance(error, EndpointError | SecretError):
                    lost[name] = error
                statuses.append(failures.tell(error))
                records.append(_unsent(one.change, error))
                continue
            statuses.append(EXIT.get(receipt.outcome, 1))
            records.append(_record(receipt))
            if asked.form is Format.TABLE:
                emit([_receipt_line(one, receipt)])
    finally:  # also after Ctrl-C: what was done is said
        if asked.form is not Format.TABLE:
            emit_records(records, asked.form)
    if any(one.change.kind is Kind.DEACTIVATE for one in planned):
        note("Open sessions and API keys are outside SCIM: this did not look at them.")
    return _status(statuses)


def _receipt_line(one: Planned, receipt: Receipt) -> str:
    entry = f" (journal {receipt.journal})" if receipt.journal else ""
    return f"{one.session.tenant.name}: {outcome_line(receipt)}{entry}"


def _record(receipt: Receipt) -> dict[str, Any]:
    change = receipt.change
    return {
        "tenant": change.tenant,
        "type": change.resource_type.name,
        "id": receipt.resource.id if receipt.resource else change.id,
        "key": change.key,
        "outcome": receipt.outcome.value,
        "status": receipt.status,
        "scim_type": receipt.scim_type,
        "detail": receipt.detail,
        "journal": receipt.journal,
    }


def _unsent(change: Change, error: ScimtuiError) -> dict[str, Any]:
    """Return the record of a change that ended in an error."""
    outcome = Outcome.SKIPPED
    if isinstance(error, Refused):
        outcome = Outcome.REFUSED
    elif isinstance(error, OutcomeUnknown):
        outcome = Outcome.UNKNOWN
    return {
        "tenant": change.tenant,
        "type": change.resource_type.name,
        "id": change.id,
        "key": change.key,
        "outcome": outcome.value,
        "status": getattr(error, "status", None),
        "scim_type": getattr(error, "scim_type", None),
        "detail": getattr(error, "detail", "") or error.message,
        "journal": "",
    }


def _status(statuses: Sequence[int]) -> int:
    """Return the exit status of all objects together: that of each where they agree, else 1."""
    return statuses[0] if len(set(statuses)) == 1 else 1 if statuses else 0
