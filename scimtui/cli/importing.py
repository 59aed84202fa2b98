"""Imports a file into one or several tenants: all of it is checked, then people are made, then they come into their groups."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import Any

from scimtui.cli import asking, failures
from scimtui.cli.one_document import one_document
from scimtui.cli.opening import filled, opened, run
from scimtui.cli.output import note
from scimtui.cli.roles import need_role
from scimtui.cli.sending import CANCELLED, status_of
from scimtui.cli.writing import Asked, Planned, carry_out
from scimtui.errors import EndpointError, Refused, SecretError, UsageError
from scimtui.ops import guard
from scimtui.ops.arrivals import absent, inactive, lacking, memberships, places
from scimtui.ops.import_file import Columns, ImportFile, of_table, read_file
from scimtui.ops.importing import ImportPlan, Wish, plan_file
from scimtui.ops.table_file import table_of
from scimtui.present.cells import safe
from scimtui.present.joining_words import (
    arrival_line,
    group_lines,
    import_line,
    left_out_lines,
    named,
    problem_line,
)
from scimtui.present.wording import count_of
from scimtui.scim.kind import Kind
from scimtui.scim.schema import ResourceType

LISTED = 100
"""So many problems of a file are listed."""
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Import:
    """What is to be imported, and how."""

    file: str
    columns: Columns
    wish: Wish


def import_into(names: Sequence[str], type_name: str, wanted: Import, asked: Asked) -> int:
    """Create and update what a file holds in these tenants, and return the exit status."""

    async def work() -> int:
        async with opened(names) as sessions:
            for session in sessions:
                need_role(Kind.CREATE, session, asked)
            plans: list[ImportPlan] = []
            statuses: list[int] = []
            file: ImportFile | None = None
            for session in sessions:
                try:
                    kind = await filled(session, type_name, say_age=False)
                    file = file or await _checked_file(wanted, kind)
                    plans.append(await plan_file(session, file, kind, wanted.wish))
                except (EndpointError, Refused, SecretError) as error:
                    if len(sessions) == 1:
                        raise
                    note(f"{safe(session.tenant.name)}: nothing can be planned there, so nothing is sent:")
                    statuses.append(failures.tell(error))
            _check([line for plan in plans for line in _problem_lines(plan, wanted.file)], wanted.file)
            return await _carry_out(plans, asked, [*statuses, *_tell_plans(plans, wanted.wish)])

    return run(work())


async def _checked_file(wanted: Import, resource_type: ResourceType) -> ImportFile:
    file = await asyncio.to_thread(_read, wanted, resource_type)
    for line in file.notes:
        note(safe(line))
    _check([problem_line(one, wanted.file) for one in file.problems], wanted.file)
    return file


def _read(wanted: Import, resource_type: ResourceType) -> ImportFile:
    if wanted.file == STDIN:
        return of_table(table_of(sys.stdin.read(), "standard input"), resource_type, wanted.columns)
    return read_file(Path(wanted.file), resource_type, wanted.columns)


def _problem_lines(plan: ImportPlan, source: str) -> Iterator[str]:
    name = safe(plan.session.tenant.name)
    yield from (f"{name}: {problem_line(one, source)}" for one in plan.problems)


def _check(problems: Sequence[str], source: str) -> None:
    """Return if nothing is wrong with the file; else say all of it.

    Raises:
        UsageError: something is, so none of it is taken.
    """
    for line in problems[:LISTED]:
        note(line)
    if len(problems) > LISTED:
        note(f"and {len(problems) - LISTED:,} more")
    if problems:
        noun = count_of(len(problems), "problem")
        raise UsageError(f"{source} has {noun}", "nothing was sent; correct the file and try again")


def _tell_plans(plans: Sequence[ImportPlan], wish: Wish) -> list[int]:
    """Say what would be done, and return a status for each one that nothing can be done about."""
    statuses = []
    for plan in plans:
        name = safe(plan.session.tenant.name)
        note(import_line(plan))
        for line in (*left_out_lines(plan), *group_lines(plan, places(plan))):
            note(line)
        if off := inactive(plan):
            note(f"{name}: {named(one.key for one in off)} exists and is off; a column active turns people on")
        for group, keys in lacking(plan).items():
            option = f"--group {quote(safe(group))}"
            note(f"{name}: {named(keys)} was there before and is not in {safe(group)}; {option} adds them")
        statuses += [1 for one in plan.entries if one.there is None and one.change is None] if wish.update else []
    return statuses


# ---------------------------------------------------------------- first the people, then their groups


async def _carry_out(plans: Sequence[ImportPlan], asked: Asked, failed: Sequence[int]) -> int:
    """Send the creations and updates, then what brings people into groups: their ids are known only then."""
    planned = [Planned(plan.session, one.change) for plan in plans for one in plan.entries if one.change is not None]
    if asked.dry_run:
        planned += [Planned(plan.session, change) for plan in plans for change in await _memberships(plan)]
        return await carry_out(planned, asked, failed)
    asked = _with_reason(plans, asked)
    with one_document(asked.form):
        status = await carry_out(planned, asked, failed) if planned else status_of(list(failed))
        if status == CANCELLED:
            return status
        into = [Planned(plan.session, change) for plan in plans for change in await _memberships(plan)]
        if into:  # what was agreed to above
            status = status_of([status, await carry_out(into, replace(asked, yes=True))])
    for plan in plans:
        missing, into_groups = await asyncio.to_thread(lambda plan=plan: (absent(plan), places(plan)))  # type: ignore[misc]
        note(arrival_line(plan, missing, into_groups))
    return status


async def _memberships(plan: ImportPlan) -> list[Any]:
    return await asyncio.to_thread(memberships, plan)


def _with_reason(plans: Sequence[ImportPlan], asked: Asked) -> Asked:
    """Ask for the reason once, for both parts."""
    is_needed = any(guard.needs_reason(plan.session) for plan in plans)
    if not is_needed or asked.reason.strip() or asked.yes or not asking.can_ask():
        return asked
    return replace(asked, reason=asking.typed("Reason, for the journal:"))
