"""Tries again what waits for tenants that did not answer, or lists it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from scimtui.cli import failures
from scimtui.cli.applying import reason_of
from scimtui.cli.opening import opened, resource_type_of, run, settings
from scimtui.cli.output import emit_records, note, width
from scimtui.cli.sending import status_of
from scimtui.cli.writing import Asked, Part, carry_out_all, planned_step
from scimtui.config import home_path
from scimtui.errors import ScimtuiError, UsageError
from scimtui.ops.plan_file import steps_of
from scimtui.ops.session import Session
from scimtui.ops.waiting import Waiting, chosen, waiting
from scimtui.present.batch_words import waiting_line, why_waiting
from scimtui.present.cells import cell, safe
from scimtui.present.formats import Format, table_lines

SHOWN = ("tenant", "since", "title", "why")
"""What of it a person is shown; a program gets all."""


def list_waiting(tenants: Sequence[str], form: Format) -> int:
    """Print what waits, a change each, and return the exit status."""
    found = _wanted(tenants)
    records = [_record(one, number) for one in found for number in range(len(one.changes))]
    rows = ([cell(record[name]) for name in SHOWN] for record in records)
    emit_records(records, form, lambda: table_lines(SHOWN, rows, width()) if records else ())
    if not found:
        note(_nothing(tenants))
    elif form is Format.TABLE:
        note(f"{waiting_line(change.tenant for one in found for change in one.changes)}. scimtui retry tries again.")
    return 0


def _record(one: Waiting, number: int) -> dict[str, Any]:
    change = one.changes[number]
    since = one.since.astimezone().strftime("%Y-%m-%d %H:%M") if one.since else ""
    about = {"tenant": change.tenant, "type": change.type, "id": change.id, "key": change.key, "title": change.title}
    return {**about, "since": since, "why": why_waiting(change, is_cut_off=one.is_cut_off), "plan": str(one.path)}


def retry(tenants: Sequence[str], asked: Asked) -> int:
    """Carry out what waits and return the exit status."""
    found = _wanted(tenants)
    if not found:
        note(_nothing(tenants))
        return 0
    known = settings()[0].tenants
    statuses = [_tell_gone(one, known) for one in found if _gone(one, known)]
    found = [one for one in found if not _gone(one, known)]

    async def work() -> int:
        async with opened([name for one in found for name in one.plan.tenants]) as sessions:
            by_name = {session.tenant.name: session for session in sessions}
            parts = []
            for one in found:
                try:
                    parts.append(await _part(one, by_name, tenants))
                except ScimtuiError as error:  # the others need not wait for it
                    statuses.append(failures.tell(error))
            if not parts:
                return status_of(statuses)
            reasons = {reason_of(one.plan) for one in found}
            reason = asked.reason or (reasons.pop() if len(reasons) == 1 else "")
            return await carry_out_all(parts, replace(asked, reason=reason), statuses)

    return run(work()) if found else status_of(statuses)


async def _part(one: Waiting, sessions: Mapping[str, Session], tenants: Sequence[str]) -> Part:
    """Return what is tried of a plan; the rest of it stays where it is.

    Raises:
        UsageError: the plan contradicts itself, or means nothing in its tenant.
        EndpointError, Refused: a provider whose types were never read does not answer.
    """
    for tenant, type_name in dict.fromkeys((change.tenant, change.type) for change in one.plan.changes):
        await resource_type_of(sessions[tenant], type_name)
    tried, beside = chosen(one, steps_of(one.path, one.plan, sessions), tenants)
    planned = [planned_step(step, sessions[step.change.tenant]) for step in tried]
    return Part(planned, one.plan.batch, one.path, tuple(beside))


def _wanted(tenants: Sequence[str]) -> list[Waiting]:
    """Return the plans in which something waits for one of the tenants, or for any.

    Raises:
        UsageError: the config has no such tenant.
    """
    for name in tenants:
        settings()[0].tenant(name)
    found = waiting(home_path())
    if not tenants:
        return found
    mine = [replace(one, changes=tuple(c for c in one.changes if c.tenant in tenants)) for one in found]
    return [one for one in mine if one.changes]


def _nothing(tenants: Sequence[str]) -> str:
    return f"Nothing waits for {', '.join(tenants)}." if tenants else "Nothing waits: every tenant answered."


def _gone(one: Waiting, known: Mapping[str, object]) -> list[str]:
    return [name for name in one.plan.tenants if name not in known]


def _tell_gone(one: Waiting, known: Mapping[str, object]) -> int:
    message = f"{one.path} is about {', '.join(_gone(one, known))}, which is not in the config any more"
    return failures.tell(UsageError(safe(message), "add the tenant; or delete the file, which forgets the plan"))
