"""Prints why somebody cannot log in."""

from __future__ import annotations

from contextlib import suppress

from scimtui.cli.opening import opened, resource_type_of, run, tenant_names
from scimtui.cli.output import emit, emit_records, note, width
from scimtui.errors import EndpointError, Refused, SecretError
from scimtui.ops.login_facts import Check, Result
from scimtui.ops.session import Session
from scimtui.ops.why import Why, find_person, why
from scimtui.present.formats import Format
from scimtui.present.why_words import finding_lines, finding_record, who_line

NO_ANSWER = 4


def explain(key: str, name: str, form: Format) -> int:
    """Print the checklist and return the exit status: 0 nothing found wrong, 1 something wrong, 4 no answer."""
    names = [name, *(one for one in tenant_names() if one != name)]

    async def work() -> tuple[Why, list[Session]]:
        async with opened(names) as sessions:
            first, others = sessions[0], sessions[1:]
            with suppress(EndpointError, Refused, SecretError):  # the checklist says that it does not answer
                await resource_type_of(first, "User")
            person = await find_person(first, others, key)
            return await why(first, others, person), sessions

    found, sessions = run(work())
    _print(found, sessions, form)
    return NO_ANSWER if found.trouble and found.asked_at is None else 1 if found.is_wrong else 0


def _print(found: Why, sessions: list[Session], form: Format) -> None:
    tenants = {session.tenant.name: session.tenant for session in sessions}
    note(who_line(found))
    if form is not Format.TABLE:
        emit_records([finding_record(one, found, tenants) for one in found.findings], form)
        return
    for one in found.findings:
        emit(finding_lines(one, found, tenants, width()))
    wrong = [one.check for one in found.findings if one.result is Result.NO]
    if not wrong and found.asked_at is not None:
        unknown = sum(one.result is Result.UNKNOWN for one in found.findings if one.check is not Check.PASSWORD)
        note("Nothing found wrong" + (f"; {unknown} not known." if unknown else "."))
