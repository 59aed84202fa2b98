"""Prints the probes of a check as they come."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import asdict

from scimtui.cli.opening import opened_one, run
from scimtui.cli.output import emit, emit_records, note
from scimtui.errors import GuardStopped
from scimtui.ops.check import Probe, check
from scimtui.ops.check_writes import check_writes, why_not_write
from scimtui.ops.session import Session
from scimtui.present.formats import Format, json_document
from scimtui.present.probes import dialect_document, lesson_lines, probe_line


def check_tenant(name: str, *, write: bool, form: Format) -> int:
    """Check a tenant and print what was found. Returns the exit status."""
    run(_check(name, write=write, form=form))
    return 0


async def _check(name: str, *, write: bool, form: Format) -> None:
    async with opened_one(name) as session:
        if write and (reason := why_not_write(session)):
            raise GuardStopped(f"nothing is written to {name} for a check: {reason}", "leave --write out")
        probes = await _probes(session, write=write, form=form)
        if form is Format.TABLE:
            emit(lesson_lines(session.dialect, session.lessons))
        elif form is Format.JSON:
            dialect = dialect_document(session.dialect)
            emit([json_document({"tenant": name, "dialect": dialect, "probes": [asdict(one) for one in probes]})])
        else:
            emit_records([asdict(one) for one in probes], form)


async def _probes(session: Session, *, write: bool, form: Format) -> list[Probe]:
    found = []
    async with aclosing(check(session)) as steps:
        async for probe in steps:
            found.append(probe)
            if form is Format.TABLE:
                emit([probe_line(probe)])
    if write:
        note("One made-up user is created, changed and deleted again.")
        async with aclosing(check_writes(session)) as steps:
            async for probe in steps:
                found.append(probe)
                if form is Format.TABLE:
                    emit([probe_line(probe)])
    return found
