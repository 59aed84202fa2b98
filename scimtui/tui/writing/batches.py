"""Many changes of one tenant from one preview."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from scimtui.errors import CacheError
from scimtui.ops import guard
from scimtui.ops.every_tenant import TenantSteps
from scimtui.ops.kept_plans import LEFT_OVER, ON_ITS_WAY, Keeper, alone, is_kept, keep, keeper_of, settle
from scimtui.ops.plan_file import Step, new_batch, numbered
from scimtui.present.batch_words import failure_lines, report_line, result_line, stop_line
from scimtui.present.cells import safe
from scimtui.present.wording import count_of, error_line, tenant_name
from scimtui.scim.kind import Kind
from scimtui.tui.dialogs.shown_dialog import shown
from scimtui.tui.dialogs.typed_dialog import is_typed
from scimtui.tui.writing.batch_run import sent

if TYPE_CHECKING:
    from scimtui.ops.batch import BatchReport
    from scimtui.ops.guard import Consent
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.tui.view import Answer, Shell


async def send_many(shell: Shell, session: Session, changes: Sequence[Change]) -> None:
    """Preview changes of one tenant, have their number typed, and carry them out."""
    await carry_out(shell, session, numbered(changes))


async def carry_out(shell: Shell, session: Session, steps: Sequence[Step]) -> None:
    """Preview the steps of a plan in one tenant, and after a yes carry them out to their end, or as far as they go.

    Raises:
        GuardStopped: a rule stops one of them; nothing was sent.
        CacheError: the plan cannot be kept; nothing was sent.
    """
    answer = await _preview(shell, session, [step.change for step in steps])
    if not answer.yes:
        shell.say("Nothing was sent", "info")
        return
    number = await asyncio.to_thread(guard.number_to_type, [step.change for step in steps], session)
    if not await _is_meant(shell, session, steps, number):
        shell.say("Nothing was sent", "info")
        return
    consent = replace(shell.consent(session.tenant, answer.reason, len(steps)), expected=number or len(steps))
    steps = [replace(step, change=replace(step.change, reason=consent.reason)) for step in steps]
    await asyncio.to_thread(guard.check, [step.change for step in steps], session, consent)
    if len(steps) == 1:
        (report,) = await sent(shell, [TenantSteps(session, list(steps), consent)], "")
        _say_one(shell, report)
        return
    unkept = [session.tenant.name] if session.tenant.cache == "off" else []
    keeper = keeper_of(session.home, new_batch(), unkept)
    with alone(session.home, keeper.batch):
        await asyncio.to_thread(keep, keeper, steps, ON_ITS_WAY)
        await _to_the_end(shell, session, steps, consent, keeper)


async def _preview(shell: Shell, session: Session, changes: list[Change]) -> Answer:
    needs_reason = guard.needs_reason(session)
    if len(changes) == 1:
        return await shell.preview(changes[0], needs_reason=needs_reason)
    return await shell.preview_many(changes, needs_reason=needs_reason)


async def _is_meant(shell: Shell, session: Session, steps: Sequence[Step], number: int | None) -> bool:
    """Have typed what the preview did not ask for: the name of the only one that is deleted, or how many are touched."""
    tenant, first = session.tenant, steps[0].change
    title = tenant_name(tenant)
    if len(steps) == 1 and first.kind is Kind.DELETE:
        return await is_typed(shell, title, f"{safe(first.title)}. It is deleted.", safe(first.key))
    if number is None or number == len(steps):
        return True
    limits = f"the limit is {tenant.limits.count:,} or {tenant.limits.share:.0%}"
    return await is_typed(shell, title, f"This touches {count_of(number, 'object')}; {limits}.", str(number))


async def _to_the_end(shell: Shell, session: Session, steps: Sequence[Step], consent: Consent, keeper: Keeper) -> None:
    """Send, show what became of it, and go on with the rest as often as the person wants."""
    from scimtui.tui.writing.batch_results import ResultsDialog, results_of

    while True:
        (report,) = await sent(shell, [TenantSteps(session, list(steps), consent)], keeper.batch)
        left = await asyncio.to_thread(_settle, keeper, report)
        is_good = not report.rest and all(result.is_good for result in report.results)
        shell.say(f"{safe(session.tenant.name)}: {report_line(report)}{left}", "done" if is_good else "warning")
        if is_good:
            return
        results = await asyncio.to_thread(results_of, session.tenant, report, keeper)
        if not await shown(shell, ResultsDialog(results)):
            return
        steps = report.rest
        consent = replace(consent, unlocked=shell.is_unlocked(session.tenant))


def _settle(keeper: Keeper, report: BatchReport) -> str:
    """Keep what is left, and return what is to be said of it. Blocks for the disk."""
    try:
        settle(keeper, report.rest, LEFT_OVER, lambda: failure_lines([report]))
    except CacheError as error:
        return f". The rest could not be kept: {error_line(error)}"
    if not report.rest:
        is_undo = any(result.step.undoes for result in report.results)
        return "" if is_undo or not report.results else ". z takes them back"
    return f". The rest is in {safe(str(keeper.path))}" if is_kept(keeper) else ""


def _say_one(shell: Shell, report: BatchReport) -> None:
    """Say what became of one change alone."""
    for result in report.results:
        shell.say(result_line(result), "done" if result.is_good else "error" if result.error else "warning")
    if not report.results and report.stopped is not None:
        shell.say(stop_line(report.stopped, len(report.untried)), "warning")
