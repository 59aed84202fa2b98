"""Sends batches of changes, says what became of each, and keeps what is left to do."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from scimtui.cli import failures
from scimtui.cli.output import emit, emit_records, note
from scimtui.cli.progress import Progress
from scimtui.cli.questions import Questions
from scimtui.cli.respelling import asking_send
from scimtui.errors import CacheError
from scimtui.ops.apply import apply
from scimtui.ops.batch import Asks, BatchProgress, BatchReport, Result, Stop, Trouble
from scimtui.ops.batch_control import BatchControl
from scimtui.ops.every_tenant import Tell, TenantSteps, run_tenants
from scimtui.ops.kept_plans import LEFT_OVER, ON_ITS_WAY, Keeper, alone, is_kept, keep, settle
from scimtui.ops.plan_file import Step
from scimtui.ops.receipts import Outcome
from scimtui.ops.waiting import WAITING
from scimtui.present.batch_words import (
    failure_lines,
    next_step,
    report_line,
    result_line,
    result_record,
    stop_line,
    untried_record,
    waiting_line,
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

    reason: str
    form: Format
    may_ask: bool
    answers: Asks | None = None
    """Answers for the person what a batch asks where it stops and nobody can be asked; None: it stops."""


@dataclass
class _Told:
    """What is said while batches run, and what they came to."""

    wish: Wish
    control: BatchControl
    questions: Questions
    records: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


async def send_all(batches: Sequence[Batch], wish: Wish, failed: Sequence[int]) -> int:
    """Send batches, one after the other and each in all its tenants at once, say what became of them, and return the exit status.

    Raises:
        CacheError: a plan cannot be kept; nothing of that batch was sent.
        UsageError: another process carries one out.
    """
    control = BatchControl()
    told = _Told(wish, control, Questions(control))
    try:
        for batch in batches:
            with alone(batch.tenants[0].session.home, batch.keeper.batch) if batch.is_kept else nullcontext():
                if batch.is_kept:
                    keep_plan(batch, ON_ITS_WAY, wish.reason)
                await _send(batch, told)
    finally:  # also after a second Ctrl-C: what was done is said
        if wish.form is not Format.TABLE:
            emit_records(told.records, wish.form)
    if any(step.change.kind is Kind.DEACTIVATE for batch in batches for step in batch.steps):
        note("Open sessions and API keys are outside SCIM: this did not look at them.")
    return CANCELLED if control.is_stopped else status_of([*failed, *told.statuses])


async def _send(batch: Batch, told: _Told) -> None:
    """Send one batch. What is left of it is kept, also where it was stopped before it began."""
    wish, done = told.wish, dict[str, list[Result]]()
    reports: list[BatchReport] = []
    parts = batch.tenants
    try:
        with _progress(parts, wish) as line:
            reports = await run_tenants(
                parts,
                batch=batch.keeper.batch if batch.is_kept else "",
                control=told.control,
                send=asking_send(told.questions) if wish.may_ask else apply,
                tell=_teller(told, done, batch, line),
                asks=_asker(told.questions) if wish.may_ask else wish.answers,
            )
    finally:
        if reports:
            told.records += [record for report in reports for record in _records(report)]
        else:
            told.records += [result_record(result) for results in done.values() for result in results]
    told.statuses += [status for report in reports for status in _statuses(report)]
    if batch.is_kept:
        _tell_sums(batch, reports)
        _settle(batch, reports, wish.reason)


@contextmanager
def _progress(parts: Sequence[TenantSteps], wish: Wish) -> Iterator[Progress | None]:
    """Give one moving line for all tenants, None where the receipts themselves show how far it is."""
    is_watched = sum(len(one.steps) for one in parts) > 1 and not (wish.form is Format.TABLE and sys.stdout.isatty())
    if not is_watched:
        yield None
        return
    with Progress(parts[0].session.tenant.name if len(parts) == 1 else f"{len(parts)} tenants") as line:
        yield line


def _teller(told: _Told, done: dict[str, list[Result]], batch: Batch, line: Progress | None) -> Tell:
    of, is_alone = len(batch.steps), len(batch.tenants) == 1

    def tell(name: str, progress: BatchProgress) -> None:
        result = progress.last
        if result is not None:
            done.setdefault(name, []).append(result)
            told.questions.after(lambda: _tell(result, name, told.wish.form, is_alone=is_alone))
        if line is not None and not told.questions.is_asking:
            line.show(sum(map(len, done.values())), of)

    return tell


def keep_plan(batch: Batch, why: str, reason: str) -> None:
    """Keep what is to be done.

    Raises:
        CacheError: it cannot be written.
    """
    for warning in keep(batch.keeper, _with_reason(batch.steps, reason), why):
        note(f"! {safe(warning)}")


def status_of(statuses: Sequence[int]) -> int:
    """Return the exit status of all objects together: that of each where they agree, else 1."""
    return statuses[0] if len(set(statuses)) == 1 else 1 if statuses else 0


def _asker(questions: Questions) -> Asks:
    async def ask(stop: Stop, left: int) -> bool:
        if stop.result is None:
            return False
        name = safe(stop.result.step.change.tenant)
        line = f"{name}: {result_line(stop.result)}. {next_step(stop.result)}".rstrip(". ")
        return await questions.is_yes([line], f"Go on with the other {count_of(left, 'change')} all the same?")

    return ask


def _tell(result: Result, name: str, form: Format, *, is_alone: bool) -> None:
    """Say what became of one object: on stdout for people; why it was not tried always on stderr."""
    if result.error is not None and is_alone:
        failures.tell(result.error)
    elif result.error is not None:
        note(f"{safe(name)}: {result_line(result)}")
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
        warnings = settle(batch.keeper, rest, LEFT_OVER, lambda: failure_lines(reports))
    except CacheError as error:
        failures.tell(error)
        return
    for warning in warnings:
        note(f"! {safe(warning)}")
    if rest and is_kept(batch.keeper):
        note(f"{count_of(len(rest), 'change')} left. To go on: scimtui apply {safe(str(batch.keeper.path))}")
        waiting = [step.change.tenant for step in rest if step.left in WAITING]
        if waiting and not batch.keeper.is_theirs:
            note(f"{waiting_line(waiting)}; scimtui retry tries again.")
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
