"""Takes back what was written: the last write of this session to what is open, or writes chosen in the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from scimtui.errors import EndpointError, SecretError
from scimtui.ops import guard
from scimtui.ops.undo import LeftOut, UndoPlan, last_of_this_run, named_writes, plan_undo
from scimtui.present.batch_words import left_out_lines, left_out_words
from scimtui.present.cells import safe
from scimtui.present.wording import count_of, tenant_name
from scimtui.tui.dialogs.shown_dialog import shown
from scimtui.tui.writing import batches
from scimtui.tui.writing.batch_results import ResultsDialog, Shown

if TYPE_CHECKING:
    from textual.worker import Worker

    from scimtui.ops.history import Write
    from scimtui.ops.session import Session
    from scimtui.tui.shell.shell_screen import ShellScreen
    from scimtui.tui.view import Shell, View


def undo_last(shell: ShellScreen) -> Worker[None] | None:
    """Take back the last write of this session to the open resource, or to the tenant of the open table."""
    view = shell.view
    if view is None:
        return None
    return view.run_worker(_undo_last(shell, view), group="write", exit_on_error=False)


async def _undo_last(shell: ShellScreen, view: View) -> None:
    session = view.session
    spec = view.spec() or {}
    type_name, identity = spec.get("type", ""), spec.get("id", "")
    found = await asyncio.to_thread(last_of_this_run, session.home, session.tenant.name, type_name, identity)
    if not found:
        what = "this resource" if identity else safe(session.tenant.label or session.tenant.name)
        shell.say(f"Nothing of this session is left to take back in {what}; J shows all", "info")
        return
    await _take_back_all(shell, found)


async def undo(shell: Shell, entries: Sequence[str]) -> None:
    """Take back the writes of these journal ids, those of several tenants from one preview.

    Raises:
        UsageError: there is no such write, or its tenant is not in the config any more.
        EndpointError, SecretError: the provider cannot be asked; nothing was sent to it.
        GuardStopped: a rule stops one of them; nothing was sent.
        CacheError: the journal cannot be read.
    """
    home = cast("ShellScreen", shell).sessions.home
    writes = await asyncio.to_thread(named_writes, home, entries)
    await _take_back_all(shell, writes)


async def _take_back_all(shell: Shell, writes: Sequence[Write]) -> None:
    names = list(dict.fromkeys(write.tenant for write in writes))
    if len(names) > 1:
        await _take_back_everywhere(shell, {name: [one for one in writes if one.tenant == name] for name in names})
    elif names:
        await _take_back(shell, shell.session(names[0]), writes)


async def _take_back_everywhere(shell: Shell, writes: Mapping[str, Sequence[Write]]) -> None:
    """Plan the way back in each tenant at the same time; one that does not answer is said, and the others go on."""
    from scimtui.tui.writing.everywhere import carry_out_everywhere

    sessions = [shell.session(name) for name in writes]
    shell.say(f"{len(sessions)} tenants: reading what is there now", "busy")
    plans = await asyncio.gather(*(_planned(one, writes[one.tenant.name]) for one in sessions))
    shell.say("")
    left_out = [one for plan in plans for one in plan.left_out]
    count = sum(len(plan.steps) for plan in plans)
    if not count:
        await _show(shell, sessions[0], left_out, "Nothing can be taken back", "")
        return
    if any(not one.is_done for one in left_out):
        summary = f"{count_of(len(left_out), 'write')} cannot be taken back, {count:,} can"
        if not await _show(shell, sessions[0], left_out, summary, f"g preview the other {count:,}"):
            shell.say("Nothing was sent", "info")
            return
    parts, start = [], 1
    for session, plan in zip(sessions, plans, strict=True):
        steps = [replace(step, number=number) for number, step in enumerate(plan.steps, start)]
        start += len(steps)
        parts.append((session, steps))
    await carry_out_everywhere(shell, parts, f"Undo {count_of(count, 'write')}")


async def _planned(session: Session, writes: Sequence[Write]) -> UndoPlan:
    try:
        return await plan_undo(session, writes)
    except (EndpointError, SecretError) as error:
        return UndoPlan(left_out=[LeftOut(one.id, _title_of(one), error.message) for one in writes])


def _title_of(write: Write) -> str:
    return str(write.intent.get("title") or write.id)


async def _take_back(shell: Shell, session: Session, writes: Sequence[Write]) -> None:
    shell.say(f"{safe(session.tenant.name)}: reading what is there now", "busy")
    plan = await plan_undo(session, writes)
    shell.say("")
    if not plan.steps:
        await _say_nothing_left(shell, session, plan)
        return
    for step in plan.steps:
        if stopped := guard.why_not(step.change.kind, session, unlocked=shell.is_unlocked(session.tenant)):
            shell.say(f"{safe(step.change.title)}: {safe(stopped)}", "warning")
            return
    if any(not one.is_done for one in plan.left_out) and not await _agrees(shell, session, plan):
        shell.say("Nothing was sent", "info")
        return
    steps = [replace(step, number=number) for number, step in enumerate(plan.steps, 1)]
    await batches.carry_out(shell, session, steps)


async def _say_nothing_left(shell: Shell, session: Session, plan: UndoPlan) -> None:
    if len(plan.left_out) == 1 and not plan.left_out[0].in_the_way:
        one = plan.left_out[0]
        said = f"{safe(one.entry)} {safe(one.title)}: {left_out_words(one)}"
        shell.say(said, "info" if one.is_done else "warning")
    else:
        await _show(shell, session, plan.left_out, "Nothing can be taken back", "")


async def _agrees(shell: Shell, session: Session, plan: UndoPlan) -> bool:
    summary = f"{count_of(len(plan.left_out), 'write')} cannot be taken back, {len(plan.steps):,} can"
    return await _show(shell, session, plan.left_out, summary, f"g preview the other {len(plan.steps):,}")


async def _show(shell: Shell, session: Session, left_out: Sequence[LeftOut], summary: str, go_on: str) -> bool:
    tenant = session.tenant
    title = f"{tenant_name(tenant)}: undo" if len({one.entry.rpartition("-")[0] for one in left_out}) == 1 else "Undo"
    texts = [f" {line}" for one in left_out for line in left_out_lines(one)]
    results = Shown(title, tenant.production, summary, texts, "", go_on)
    return await shown(shell, ResultsDialog(results))
