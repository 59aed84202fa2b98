"""Finds who leaves in each tenant, plans the recipe, and hands all of it to the one road of writes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from scimtui.cli import asking, failures
from scimtui.cli.activating import with_number
from scimtui.cli.opening import filled, opened, run
from scimtui.cli.output import note
from scimtui.cli.progress import Progress
from scimtui.cli.roles import need_role
from scimtui.cli.selecting import Whom, left_out_note, names_of, select, show_match
from scimtui.cli.sending import CANCELLED
from scimtui.cli.writing import Asked, Planned, carry_out
from scimtui.config.recipe import VERBS, verb_of
from scimtui.errors import EndpointError, Refused, SecretError, UsageError
from scimtui.ops import guard
from scimtui.ops.batch import Stop, Trouble
from scimtui.ops.leavers import Raw
from scimtui.ops.people_list import people_type
from scimtui.ops.recipe import PlannedStep, plan_recipe, steps_of, still_active
from scimtui.ops.session import Session
from scimtui.present.cells import safe
from scimtui.present.recipe_words import planned_words, problem_lines, still_active_line
from scimtui.scim.kind import Kind

_GROUPS = frozenset({"remove_from_groups", "add_to_group"})
"""Steps that look into the cached groups."""


@dataclass(frozen=True, slots=True)
class _Leaving:
    """How people leave one tenant."""

    session: Session
    steps: list[PlannedStep]


def offboard(whom: Whom, asked: Asked, skip: Sequence[str]) -> int:
    """Take people out of their tenants and return the exit status. Run again, it finds all of it done.

    What a step could not do counts as an object that failed, and a tenant that does not answer does not stop the others.

    Raises:
        UsageError: a step to skip is none; or see `select`.
    """
    _check_skipped(skip)

    async def work() -> int:
        async with opened(names_of(whom)) as sessions:
            for session in sessions if whom.tenants and not whom.match_only else ():
                need_role(Kind.DEACTIVATE, session, asked)
            selection = await select(sessions, whom, active=None, dry_run=asked.dry_run)
            if whom.match_only:
                return show_match(selection, asked.form)
            left_out_note(selection)
            wish = _with_reason(sessions, asked)
            leaving, statuses = [], list(selection.statuses)
            for session, people in selection.people:
                try:
                    leaving.append(await _leaving(session, [raw for _, raw in people], wish, skip))
                except (EndpointError, Refused, SecretError) as error:
                    if len(sessions) == 1:
                        raise
                    statuses.append(failures.tell(error))
            statuses += [1 for one in leaving if any(step.problems for step in one.steps)]
            return await _carried_out(leaving, wish, statuses)

    return run(work())


async def _leaving(session: Session, people: list[Raw], asked: Asked, skip: Sequence[str]) -> _Leaving:
    if not people:
        return _Leaving(session, [])
    is_about_groups = any(verb_of(step) in _GROUPS and verb_of(step) not in skip for step in steps_of(session))
    if is_about_groups or session.tenant.admin_groups:
        await filled(session, "Group", say_age=False)
    with Progress(f"{session.tenant.name} reading who leaves") as line:
        kind = people_type(session)
        steps = await plan_recipe(session, kind, people, reason=asked.reason, skip=skip, tell=line.show)
    for step in steps:
        if not any(change.requests for change in step.changes):
            note(f"{safe(session.tenant.name)}: {planned_words(step, len(people))}")
    for problem in problem_lines(steps):
        note(f"! {safe(session.tenant.name)}: {problem}")
    return _Leaving(session, steps)


async def _carried_out(leaving: Sequence[_Leaving], asked: Asked, statuses: Sequence[int]) -> int:
    """Send what was planned, and say last, and loudest, who is still active."""
    planned = [Planned(one.session, change) for one in leaving for step in one.steps for change in step.changes]
    wish = replace(await with_number(planned, asked), answers=_goes_on)
    status = await carry_out(planned, wish, statuses)
    if not asked.dry_run and status != CANCELLED:
        for one in leaving:
            if awake := await asyncio.to_thread(still_active, one.session, one.steps):
                note(f"! {still_active_line(one.session.tenant.name, awake)}")
    return status


async def _goes_on(stop: Stop, left: int) -> bool:
    """Go on where a provider refused one step: the others take access away too. Who stays active stops it."""
    del left
    is_refused = stop.trouble in {Trouble.REFUSED, Trouble.FAILED} and stop.result is not None
    return is_refused and stop.result is not None and stop.result.step.change.kind is not Kind.DEACTIVATE


def _with_reason(sessions: Sequence[Session], asked: Asked) -> Asked:
    """Ask for the reason before anything is planned: a step may write it down."""
    is_needed = any(guard.needs_reason(session) for session in sessions)
    if not is_needed or asked.reason.strip() or asked.yes or asked.dry_run or not asking.can_ask():
        return asked
    return replace(asked, reason=asking.typed("Reason, for the journal:"))


def _check_skipped(skip: Sequence[str]) -> None:
    for word in skip:
        if word not in VERBS:
            near = get_close_matches(word, VERBS, n=1)
            raise UsageError(f"{word} is no step", f"did you mean {near[0]}?" if near else f"steps: {', '.join(VERBS)}")
