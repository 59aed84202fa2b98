"""Turns people on or off: finds them, plans, asks for the number where it is large, and writes down what became of each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from scimtui.cli import asking
from scimtui.cli.agreeing import above_limit, number_to_type
from scimtui.cli.list_files import ListFiles, list_files
from scimtui.cli.opening import opened, run
from scimtui.cli.output import note
from scimtui.cli.roles import need_role
from scimtui.cli.selecting import Selection, Whom, left_out_note, names_of, select, show_match
from scimtui.cli.writing import Asked, Planned, by_tenant, carry_out
from scimtui.ops.people_list import people_type
from scimtui.scim.change import plan_active
from scimtui.scim.kind import Kind


def set_active(whom: Whom, asked: Asked, *, active: bool) -> int:
    """Turn people on or off and return the exit status. Run again, it finds all of them done and sends nothing."""
    files = list_files(whom)

    async def work() -> int:
        async with opened(names_of(whom)) as sessions:
            for session in sessions if whom.tenants and not whom.match_only else ():
                need_role(Kind.ACTIVATE if active else Kind.DEACTIVATE, session, asked)
            selection = await select(sessions, whom, active=active, dry_run=asked.dry_run)
            if whom.match_only:
                return show_match(selection, asked.form)
            left_out_note(selection)
            planned = await asyncio.to_thread(_planned, selection, active)
            agreed = await with_number(planned, asked)
            return await _carried_out(planned, agreed, selection, files)

    return run(work())


def _planned(selection: Selection, active: bool) -> list[Planned]:  # noqa: FBT001, the value that is written
    found = []
    for session, people in selection.people:
        about = (people_type(session), session.provider, session.dialect)
        found += [Planned(session, plan_active(session.tenant.name, raw, active, *about)) for _, raw in people]
    return found


async def _carried_out(planned: Sequence[Planned], asked: Asked, selection: Selection, files: ListFiles | None) -> int:
    if files is None or asked.dry_run:
        return await carry_out(planned, asked, selection.statuses)
    status = await carry_out(planned, asked, selection.statuses, files.plan(planned))
    entries = [entry for _, people in selection.people for entry, _ in people]
    await asyncio.to_thread(files.write, selection.report, list(zip(entries, planned, strict=True)), status)
    return status


async def with_number(planned: Sequence[Planned], asked: Asked) -> Asked:
    """Return what was agreed to, after asking for the number where a limit is passed and somebody is there to type it.

    Another number than the right one agrees to nothing: the guard stops it.
    """
    if asked.expect is not None or asked.dry_run or asked.yes or not asking.can_ask():
        return asked
    groups = by_tenant(planned)
    number = await asyncio.to_thread(number_to_type, groups)
    if number is None:
        return asked
    note(f"That is above the limit of {', '.join(above_limit(groups))}.")
    typed = asking.typed(f"Type {number} to go on:")
    return replace(asked, expect=number) if typed == str(number) else asked
