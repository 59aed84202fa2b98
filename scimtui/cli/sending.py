"""Sends a batch of changes, tenant by tenant, says what became of each, and keeps what is left to do."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from scimtui.cli import asking, failures
from scimtui.cli.output import emit, emit_records, note
from scimtui.cli.progress import Progress
from scimtui.cli.respelling import apply_or_ask
from scimtui.errors import CacheError
from scimtui.ops.apply import apply
from scimtui.ops.batch import BatchProgress, BatchReport, Result, Stop, Trouble, run_batch
from scimtui.ops.guard import Consent
from scimtui.ops.kept_plans import Keeper, alone, is_kept, keep, settle
from scimtui.ops.plan_file import Step
from scimtui.ops.receipts import Outcome
from scimtui.ops.session import Session
from scimtui.present.batch_words import (
    failure_lines,
    next_step,
    report_line,
    result_line,
    result_record,
    stop_line,
    untried_record,
)
from scimtui.present.cells import safe
from scimtui.present.formats import Format
from scimtui.present.wording import count_of
from scimtui.scim.kind import Kind

CANCELLED = 130
EXIT = {
    Outcome.APPLIED: 0,
    Outcome.ALREADY: 0,
    Outcome.REFUSED: 3,
    Outcome.PENDING: 6,
    Outcome.UNKNOWN: 6,
}
"""Exit status of an outcome; 1 for all others."""


@dataclass(frozen=True, slots=True)
class TenantSteps:
    """What a batch does in one tenant."""

    session: Session
    steps: list[Step]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch and where its plan is kept."""

    tenants: list[TenantSteps]
    keeper: Keeper
    goes_on: bool = False
    """It was read from a plan, and may have run before."""

    @property
    def steps(self) -> list[Step]:
        """The steps in all tenants."""
        return [step for one in self.tenants for step in one.steps]

    @property
    def is_kept(self) -> bool:
        """Whether there is a plan to go on with: one change alone is simply asked for again."""
        return self.goes_on or len(self.steps) > 1


@dataclass(frozen=True, slots=True)
class Wish:
    """How the person wants it."""

    consent: Consent
    form: Format
    may_ask: bool


async def send_all(batch: Batch, wish: Wish, failed: Sequence[int]) -> int:
    """Send a batch, say what became of it, and return the exit status.

    Raises:
        CacheError: the plan cannot be kept; nothing was sent.
        UsageError: another process carries it out.
    """
    if not batch.is_kept:
        return await _send_all(batch, wish, failed)
    with alone(batch.tenants[0].session.home, batch.keeper.batch):
        keep_plan(batch, "on its way", wish.consent.reason)
        return await _send_all(batch, wish, failed)


async def _send_all(batch: Batch, wish: Wish, failed: Sequence[int]) -> int:
    reports: list[BatchReport] = []
    try:
        for one in batch.tenants:
            is_over = any(report.stopped and report.stopped.trouble is Trouble.ASKED for report in reports)
            reports.append(
                BatchReport(batch.keeper.batch, (), tuple(one.steps), None)
                if is_over
                else await _send_tenant(one, batch, wish)
            )
    finally:  # also after a second Ctrl-C: what was done is said
        if wish.form is not Format.TABLE:
            emit_records([record for report in reports for record in _records(report)], wish.form)
    if batch.is_kept:
        _tell_sums(batch, reports)
        _settle(batch, reports, wish.consent.reason)
    if any(step.change.kind is Kind.DEACTIVATE for step in batch.steps):
        note("Open sessions and API keys are outside SCIM: this did not look at them.")
    if any(report.stopped and report.stopped.trouble is Trouble.ASKED for report in reports):
        return CANCELLED
    return status_of([*failed, *(status for report in reports for status in _statuses(report))])


def keep_plan(batch: Batch, why: str, reason: str) -> None:
    """Keep what is to be done.

    Raises:
        CacheError: it cannot be written.
    """
    for warning in keep(batch.keeper, _with_reason(batch.steps, reason), why):
        note(f"! {safe(warning)}")


def consent_for(consent: Consent, count: int, of: int) -> Consent:
    """Return what was agreed to for `count` changes of one tenant; a number given for all tenants together counts too."""
    return replace(consent, expected=count) if consent.expected == of else consent


def status_of(statuses: Sequence[int]) -> int:
    """Return the exit status of all objects together: that of each where they agree, else 1."""
    return statuses[0] if len(set(statuses)) == 1 else 1 if statuses else 0


async def _send_tenant(one: TenantSteps, batch: Batch, wish: Wish) -> BatchReport:
    name = one.session.tenant.name
    is_watched = len(one.steps) > 1 and not (wish.form is Format.TABLE and sys.stdout.isatty())
    with Progress(name) if is_watched else nullcontext() as line:

        def tell(progress: BatchProgress) -> None:
            if progress.last is not None:
                _tell(progress.last, name, wish.form)
            if line is not None:
                line.show(progress.done, progress.of)

        return await run_batch(
            one.steps,
            one.session,
            consent_for(wish.consent, len(one.steps), len(batch.steps)),
            batch=batch.keeper.batch if batch.is_kept else "",
            send=apply_or_ask if wish.may_ask else apply,
            tell=tell,
            asks=_asker(name) if wish.may_ask else None,
        )


def _asker(name: str) -> Callable[[Stop, int], Awaitable[bool]]:
    async def ask(stop: Stop, left: int) -> bool:
        if stop.result is not None:
            note(f"{safe(name)}: {result_line(stop.result)}. {next_step(stop.result)}".rstrip(". "))
        return asking.is_yes(f"Go on with the other {count_of(left, 'change')} all the same?")

    return ask


def _tell(result: Result, name: str, form: Format) -> None:
    """Say what became of one object: on stdout for people; why it was not tried always on stderr."""
    if result.error is not None:
        failures.tell(result.error)
    elif form is Format.TABLE:
        entry = f" (journal {result.receipt.journal})" if result.receipt and result.receipt.journal else ""
        emit([f"{safe(name)}: {result_line(result)}{'' if result.earlier else entry}"])


def _tell_sums(batch: Batch, reports: Sequence[BatchReport]) -> None:
    for one, report in zip(batch.tenants, reports, strict=True):
        note(f"{safe(one.session.tenant.name)}: {report_line(report)}")
        if report.stopped is not None and report.untried:
            note(f"{safe(one.session.tenant.name)}: {stop_line(report.stopped, len(report.untried))}")


def _settle(batch: Batch, reports: Sequence[BatchReport], reason: str) -> None:
    """Keep what is left, and say how to go on."""
    rest = _with_reason([step for report in reports for step in report.rest], reason)
    try:
        warnings = settle(batch.keeper, rest, "left over", lambda: failure_lines(reports))
    except CacheError as error:
        failures.tell(error)
        return
    for warning in warnings:
        note(f"! {safe(warning)}")
    if rest and is_kept(batch.keeper):
        note(f"{count_of(len(rest), 'change')} left. To go on: scimtui apply {safe(str(batch.keeper.path))}")
        if not batch.keeper.is_theirs:
            note(f"Who they are, for --from … --column id: {safe(str(batch.keeper.failures))}")


def _with_reason(steps: Sequence[Step], reason: str) -> list[Step]:
    if not reason.strip():
        return list(steps)
    return [replace(step, change=replace(step.change, reason=reason)) for step in steps]


def _records(report: BatchReport) -> list[dict[str, Any]]:
    tried = [result_record(result) for result in report.results]
    return [*tried, *(untried_record(step.change, _why_untried(report)) for step in report.untried)]


def _why_untried(report: BatchReport) -> str:
    stop = report.stopped
    if stop is None or stop.result is None:
        return "stopped by hand before it"
    if stop.result.error is not None:
        return stop.result.error.message
    return f"not tried: {stop.result.step.change.key} came out as {stop.trouble}"


def _statuses(report: BatchReport) -> list[int]:
    """Return the exit status of each object; one that was not tried shares that of the answer that never came."""
    tried = [
        result.error.exit_status if result.error else max(EXIT.get(result.outcome, 1), int(not result.is_good))
        for result in report.results
    ]
    cause = report.stopped.result.error if report.stopped and report.stopped.result else None
    is_lost = report.stopped is not None and report.stopped.trouble is Trouble.NO_ANSWER
    return [*tried, *([cause.exit_status if cause and is_lost else 1] * len(report.untried))]
