"""Carries out a plan whose last changes name those whom its first ones create: their ids are known only then."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from scimtui.cli import asking
from scimtui.cli.one_document import one_document
from scimtui.cli.output import note
from scimtui.cli.sending import CANCELLED, status_of
from scimtui.cli.writing import Asked, Part, Planned, carry_out_all, planned_step
from scimtui.errors import GuardStopped, UsageError
from scimtui.ops import guard
from scimtui.ops.created import needs_order, parted, ready
from scimtui.ops.plan_file import Step, read_plan, steps_of
from scimtui.ops.session import Session
from scimtui.present.cells import safe

Sessions = Mapping[str, Session]
Source = tuple[str, Path]
"""Id of the batch, and the file that the plan was read from."""


async def carry_out_in_order(
    tried: Sequence[Step], beside: Sequence[Step], sessions: Sessions, asked: Asked, source: Source
) -> int:
    """Carry out the parts of a promotion one after the other and return the exit status; steps `beside` stay in the plan.

    Raises:
        GuardStopped: see `writing.carry_out`.
    """
    parts = parted(tried)
    if asked.dry_run or (len(parts) < 2 and not needs_order(tried)):
        return await carry_out_all([_part(tried, beside, sessions, source)], asked)
    asked = _with_reason(sessions, asked)
    is_above = _check_number(tried, sessions, asked, source[1])
    statuses: list[int] = []
    with one_document(asked.form):
        for place, steps in enumerate(parts):
            later = [step for part in parts[place + 1 :] for step in part]
            left = await asyncio.to_thread(_left_over, [*steps, *later], sessions, source[1]) if place else beside
            expect = _number(steps, sessions) if is_above else asked.expect
            agreed = replace(asked, expect=expect, yes=asked.yes or bool(statuses))
            statuses += await _carry_out(steps, [*left, *later], sessions, agreed, source)
            if CANCELLED in statuses:
                return CANCELLED
    return status_of(statuses)


async def _carry_out(
    steps: Sequence[Step], beside: Sequence[Step], sessions: Sessions, asked: Asked, source: Source
) -> list[int]:
    """Carry out what can be sent of one part; the others of it stay in the plan, and count as failed."""
    whole: list[Step] = []
    parts: list[Planned] = []
    waiting: list[Step] = []
    for name, session in sessions.items():
        found = await ready([step for step in steps if step.change.tenant == name], session)
        whole, waiting = [*whole, *found.whole], [*waiting, *found.waiting]
        parts += [Planned(session, change) for change in found.parts]
        for step in found.waiting:
            note(f"{safe(name)}: {safe(step.change.title)}: {safe(step.why)}")
    sent = [_part(whole, [*beside, *waiting], sessions, source)] if whole else []
    sent += [Part(parts)] if parts else []
    return [*([await carry_out_all(sent, asked)] if sent else []), *([1] if waiting else [])]


def _number(steps: Sequence[Step], sessions: Sessions) -> int | None:
    """Return the number of objects above a limit, None where none is passed. Blocks for the cache."""
    by_name = {name: [step.change for step in steps if step.change.tenant == name] for name in sessions}
    return sum(guard.number_to_type(changes, sessions[name]) or 0 for name, changes in by_name.items()) or None


def _check_number(steps: Sequence[Step], sessions: Sessions, asked: Asked, path: Path) -> bool:
    """Return whether the plan is above a limit, which was agreed to by its number.

    Raises:
        GuardStopped: it was not.
    """
    number = _number(steps, sessions)
    if number is not None and asked.expect not in {number, len(steps)}:
        hint = f"look through the plan, then: scimtui apply {path} --expect {number}"
        raise GuardStopped(f"the plan turns off, deletes or takes out {number:,} objects, above the limit", hint)
    return number is not None


def _part(steps: Sequence[Step], beside: Sequence[Step], sessions: Sessions, source: Source) -> Part:
    return Part([planned_step(step, sessions[step.change.tenant]) for step in steps], *source, tuple(beside))


def _left_over(steps: Sequence[Step], sessions: Sessions, path: Path) -> list[Step]:
    """Return what is left in the plan besides these steps. Blocks for the disk."""
    numbers = {step.number for step in steps}
    try:
        found = steps_of(path, read_plan(path), sessions)
    except UsageError:  # nothing of it is left
        return []
    return [step for step in found if step.number not in numbers]


def _with_reason(sessions: Sessions, asked: Asked) -> Asked:
    """Ask for the reason once, for all parts."""
    is_needed = any(guard.needs_reason(session) for session in sessions.values())
    if not is_needed or asked.reason.strip() or asked.yes or not asking.can_ask():
        return asked
    return replace(asked, reason=asking.typed("Reason, for the journal:"))
