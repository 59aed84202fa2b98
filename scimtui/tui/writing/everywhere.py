"""One batch in several tenants: one preview of all, one yes, all at once, and a receipt for each tenant."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from scimtui.errors import CacheError
from scimtui.ops.every_tenant import TenantSteps
from scimtui.ops.kept_plans import LEFT_OVER, ON_ITS_WAY, Keeper, alone, is_kept, keep, keeper_of, settle
from scimtui.ops.plan_file import Left, Step, new_batch
from scimtui.present.batch_words import failure_lines
from scimtui.present.cells import safe
from scimtui.present.tenant_receipts import left_line, left_ways, tenant_lines
from scimtui.present.wording import error_line, tenant_name
from scimtui.scim.kind import Kind
from scimtui.tui.dialogs.shown_dialog import shown
from scimtui.tui.writing import batches
from scimtui.tui.writing.batch_results import ResultsDialog, Shown
from scimtui.tui.writing.batch_run import sent
from scimtui.tui.writing.everywhere_dialog import Agreed, EverywhereDialog, TenantPart, looked_at

if TYPE_CHECKING:
    from scimtui.ops.batch import BatchReport
    from scimtui.ops.guard import Consent
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.tui.shell.shell_screen import ShellScreen
    from scimtui.tui.view import Shell

Parts = Sequence[tuple["Session", Sequence[Step]]]


async def send_everywhere(shell: Shell, parts: Sequence[tuple[Session, Sequence[Change]]], title: str) -> None:
    """Preview changes of several tenants in one dialog, and after one yes carry them out in all of them at once.

    `title` says what is done to whom, such as "Deactivate Ann Lee"; it may be hostile text. Only from a worker.

    Raises:
        GuardStopped: a rule stops one of them; nothing was sent.
        CacheError: the plan cannot be kept; nothing was sent.
    """
    numbered: list[tuple[Session, list[Step]]] = []
    start = 1
    for session, changes in parts:
        steps = [Step(number, change) for number, change in enumerate(changes, start)]
        start += len(steps)
        numbered.append((session, steps))
    await carry_out_everywhere(shell, numbered, title)


async def carry_out_everywhere(shell: Shell, parts: Parts, title: str, keeper: Keeper | None = None) -> bool:
    """Do the same with the steps of a plan; `keeper` is where that plan is kept already. False: nothing was sent.

    Raises:
        GuardStopped, CacheError: see `send_everywhere`.
        UsageError: another process carries the plan out.
    """
    wanted = [(session, list(steps)) for session, steps in parts if steps]
    if len(wanted) == 1 and keeper is None:
        await batches.carry_out(shell, *wanted[0])
        return True
    agreed = await _agreed(shell, wanted, title) if wanted else None
    if agreed is None:
        shell.say("Nothing was sent", "info")
        return False
    home = wanted[0][0].home
    unkept = [session.tenant.name for session, _ in wanted if session.tenant.cache == "off"]
    held = keeper or keeper_of(home, new_batch(), unkept)
    tenants = [_consenting(shell, part, agreed.reason) for part in agreed.parts]
    left_out = {part.name for part in agreed.left_out}
    if keeper is not None:  # who is left out of what was kept stays in it
        others = [step for session, steps in wanted if session.tenant.name in left_out for step in steps]
        held = replace(held, beside=(*held.beside, *map(_left_out, others)))
    with alone(home, held.batch):
        await asyncio.to_thread(keep, held, [step for one in tenants for step in one.steps], ON_ITS_WAY)
        await _to_the_end(shell, tenants, held, title)
    return True


async def _agreed(shell: Shell, wanted: Parts, title: str) -> Agreed | None:
    parts = [await asyncio.to_thread(looked_at, session, list(steps)) for session, steps in wanted]
    sessions = cast("ShellScreen", shell).sessions
    dialog = EverywhereDialog(safe(title), parts, sessions.is_unlocked, sessions.unlock)
    agreed = await shown(shell, dialog)
    shell.header_changed()
    return agreed


def _left_out(step: Step) -> Step:
    """Return a step that somebody left out by hand: it is not tried again by itself, also not after a kill."""
    return step if step.left else replace(step, left=Left.STOPPED, why="left out by hand")


def _consenting(shell: Shell, part: TenantPart, reason: str) -> TenantSteps:
    """Return what is done in a tenant, with what was agreed to for it."""
    consent = shell.consent(part.session.tenant, reason, len(part.steps))
    steps = [replace(step, change=replace(step.change, reason=reason or step.change.reason)) for step in part.steps]
    return TenantSteps(part.session, steps, replace(consent, expected=part.number or len(steps)))


async def _to_the_end(shell: Shell, tenants: list[TenantSteps], keeper: Keeper, title: str) -> None:
    """Send, show what became of it in each tenant, and go on with the rest as often as the person wants."""
    while True:
        reports = await sent(shell, tenants, keeper.batch)
        rest = [step for report in reports for step in report.rest]
        said, kept = await asyncio.to_thread(_settle, keeper, reports)
        is_good = not rest and all(result.is_good for report in reports for result in report.results)
        shell.say(said, "done" if is_good else "warning")
        results = _results(tenants, reports, safe(title), kept)
        if not await shown(shell, ResultsDialog(results)):
            return
        tenants = [
            replace(one, steps=list(report.rest), consent=_still(shell, one))
            for one, report in zip(tenants, reports, strict=True)
            if report.rest
        ]


def _still(shell: Shell, one: TenantSteps) -> Consent:
    """Return what was agreed to before, as far as the tenant is unlocked still."""
    return replace(one.consent, unlocked=shell.is_unlocked(one.session.tenant))


def _settle(keeper: Keeper, reports: Sequence[BatchReport]) -> tuple[str, str]:
    """Keep what is left, and return what is to be said of all, and where the rest is. Blocks for the disk."""
    rest = [step for report in reports for step in report.rest]
    done = sum(result.is_good for report in reports for result in report.results)
    told = f"{len(reports)} tenants: {done:,} of {sum(map(_count, reports)):,} done"
    try:
        warnings = settle(keeper, rest, LEFT_OVER, lambda: failure_lines(reports))
    except CacheError as error:
        kept = f"The rest could not be kept: {error_line(error)}"
        return f"{told}. {kept}", kept
    if not rest:
        is_undo = any(result.step.undoes for report in reports for result in report.results)
        return told if is_undo else f"{told}. z takes it back", ""
    ways = [] if not is_kept(keeper) else left_ways(rest, str(keeper.path))
    kept = ". ".join([left_line(rest), *ways, *map(safe, warnings)])
    return f"{told} · {kept}", kept


def _count(report: BatchReport) -> int:
    return len(report.results) + len(report.untried)


def _results(tenants: Sequence[TenantSteps], reports: Sequence[BatchReport], title: str, kept: str) -> Shown:
    """Return a receipt for each tenant as a dialog shows it."""
    names = [tenant_name(one.session.tenant) for one in tenants]
    width = max(map(len, names))
    rest = [step for report in reports for step in report.rest]
    texts = [
        line for name, report in zip(names, reports, strict=True) for line in tenant_lines(name, report, min(width, 24))
    ]
    notices = [f"{kept}."] if kept else []
    good = (result.step.change.kind for report in reports for result in report.results if result.is_good)
    if Kind.DEACTIVATE in good:
        notices.append("Open sessions and API keys are outside SCIM: this did not look at them.")
    is_production = any(one.session.tenant.production for one in tenants)
    go_on = f"g try the other {len(rest):,} again" if rest else ""
    return Shown(
        title, is_production, f"A receipt from each of {len(tenants)} tenants", texts, " ".join(notices), go_on
    )
