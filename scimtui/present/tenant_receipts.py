"""One receipt a tenant for a batch over several of them: what was seen there, and what waits. All safe to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scimtui.errors import EndpointError, SecretError, Unauthorized, Unreachable
from scimtui.ops.receipts import Outcome
from scimtui.ops.side_effects import Trouble
from scimtui.ops.waiting import WAITING
from scimtui.present.batch_words import (
    counts_line,
    next_step,
    progress_line,
    report_line,
    result_ending,
    result_line,
    stop_line,
    waiting_line,
    worst_first,
)
from scimtui.present.cells import safe
from scimtui.present.changes import outcome_line
from scimtui.present.moments import at_time
from scimtui.present.wording import count_of
from scimtui.scim.kind import Kind

if TYPE_CHECKING:
    from scimtui.errors import ScimtuiError
    from scimtui.ops.batch import BatchProgress, BatchReport, Result
    from scimtui.ops.plan_file import Step

WAITS = "…"
UNTRIED = "○"
NEXT = "     → "
_ALREADY = {Kind.DEACTIVATE: "already off", Kind.ACTIVATE: "already on", Kind.DELETE: "already gone"}


def every_progress_line(latest: Mapping[str, BatchProgress], tenants: int, of: int) -> str:
    """Return how far a batch of `of` changes is in all its tenants: `3 tenants: 12 of 40 · 11 done, 1 refused`."""
    if tenants == 1:
        ((name, progress),) = latest.items()
        return progress_line(name, progress)
    outcomes: Counter[Outcome] = Counter()
    for progress in latest.values():
        outcomes.update(progress.outcomes)
    counts = counts_line(outcomes)
    done = sum(progress.done for progress in latest.values())
    return f"{tenants} tenants: {done:,} of {of:,}{f' · {counts}' if counts else ''}"


def tenant_lines(name: str, report: BatchReport, width: int) -> list[str]:
    """Return the receipt of one tenant, a line with its mark, and under it what did not go well and what to do.

    `name` is safe and padded to `width`, so that the receipts of all tenants stand in one column.
    """
    shown = name.ljust(width)
    if len(report.results) == 1 and not report.untried:
        result = report.results[0]
        lines = [f" {_mark(result)} {shown}  {receipt_words(result)}"]
        return [*lines, *_advice(result)]
    good = [result for result in report.results if result.is_good]
    bad = [result for result in worst_first(report.results) if not result.is_good]
    waits = is_waiting(report)
    mark = WAITS if waits else "✓" if not report.rest and not bad else result_ending(bad[0]).mark if bad else UNTRIED
    lines = [f" {mark} {shown}  {report_line(report)}{_seen(good)}"]
    for result in bad:
        lines += [f"   {_mark(result)} {result_line(result)}", *_advice(result)]
    if report.stopped is not None and report.untried and not waits:
        lines.append(f"   {UNTRIED} {stop_line(report.stopped, len(report.untried))}")
    return lines


def receipt_words(result: Result) -> str:
    """Return what became of the only change of a tenant: never more than was seen."""
    receipt, kind = result.receipt, result.step.change.kind
    if result.earlier:
        return (
            f"done before ({safe(result.earlier)})" if result.outcome is Outcome.APPLIED else "sent before, not again"
        )
    if isinstance(result.error, EndpointError | SecretError):
        return f"{_unanswered(result.error)}, waits ({safe(result.error.message)})"
    if receipt is None:
        return safe(result.error.message) if result.error else result.outcome.value
    match receipt.outcome:
        case Outcome.APPLIED if result.trouble is None:
            return f"done and verified{at_time(receipt.verified_at)}"
        case Outcome.ALREADY:
            return f"{_ALREADY.get(kind, 'already so')}{at_time(receipt.verified_at)}"
        case Outcome.IGNORED:
            return f"ignored by the server: it answered {receipt.status or 'with success'} and changed nothing"
        case Outcome.REFUSED:
            return outcome_line(receipt).removeprefix(f"{safe(receipt.change.title)}: ")
        case Outcome.UNKNOWN:
            return (
                f"unknown ({safe(receipt.detail) or 'no answer came'}); it is looked up before anything is sent again"
            )
    return result_line(result).removeprefix(f"{safe(result.step.change.title)}: ")


def _unanswered(error: ScimtuiError) -> str:
    if isinstance(error, Unreachable):
        return "unreachable"
    return "no valid token" if isinstance(error, Unauthorized | SecretError) else "no usable answer"


def is_waiting(report: BatchReport) -> bool:
    """Whether the tenant gave no answer, so that what is left can simply be tried again."""
    return report.stopped is not None and report.stopped.trouble is Trouble.NO_ANSWER


def left_line(rest: Sequence[Step]) -> str:
    """Return what is left of a batch, and whom it waits for; "" where nothing is."""
    waits = [step.change.tenant for step in rest if step.left in WAITING]
    others = len(rest) - len(waits)
    parts = [waiting_line(waits) if waits else "", f"{count_of(others, 'change')} left to look at" if others else ""]
    return ", ".join(part for part in parts if part)


def left_ways(rest: Sequence[Step], path: str) -> list[str]:
    """Return how to go on with what is left, a sentence each without its full stop."""
    is_waiting_too = any(step.left in WAITING for step in rest)
    is_left_too = any(step.left not in WAITING for step in rest)
    waits = ["Q, or scimtui retry, tries again what waits"] if is_waiting_too else []
    return [*waits, *([f"The rest: scimtui apply {safe(path)}"] if is_left_too else [])]


def _mark(result: Result) -> str:
    return WAITS if isinstance(result.error, EndpointError | SecretError) else result_ending(result).mark


def _advice(result: Result) -> list[str]:
    is_told = result.is_good or isinstance(result.error, EndpointError | SecretError)  # that it waits says it
    advice = "" if is_told else next_step(result)
    return [f"{NEXT}{advice}"] if advice else []


def _seen(good: Sequence[Result]) -> str:
    moments = [one.receipt.verified_at for one in good if one.receipt and one.receipt.verified_at]
    return f", verified{at_time(max(moments))}" if moments else ""
