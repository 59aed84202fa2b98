"""The people that a command is about, found in its tenants and shown before anything is planned for them.

A command that changes people calls `select(sessions, whom, active=…)` with its open tenants, plans for `people` of each
of them, and passes `statuses` on to `cli.writing.carry_out`: what could not be found counts as objects that failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from scimtui.cli import failures
from scimtui.cli.keys import Wanted
from scimtui.cli.opening import filled, tenant_names
from scimtui.cli.output import emit_records, note
from scimtui.cli.progress import Progress
from scimtui.errors import EndpointError, GuardStopped, Refused, ScimtuiError, SecretError, UsageError
from scimtui.ops.people_list import DOABLE, Entry, MatchReport, Raw, Verdict, match, whole
from scimtui.ops.session import Session
from scimtui.present.cells import safe
from scimtui.present.formats import Format
from scimtui.present.list_words import (
    entry_line,
    entry_words,
    match_records,
    problems,
    share_lines,
    sum_line,
    unknown_lines,
    worst_first,
)
from scimtui.present.wording import count_of

SHOWN = 20
"""So many lines that need a person are listed."""
_UNMATCHED = (Verdict.MISSING, Verdict.AMBIGUOUS, Verdict.DUPLICATE)


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a command is about and where, as its options say it."""

    wanted: Wanted
    tenants: Sequence[str] = ()
    """() for all."""
    skip_unmatched: bool = False
    match_only: bool = False
    results: Path | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """The people that were found."""

    report: MatchReport
    people: list[tuple[Session, list[tuple[Entry, Raw]]]]
    """For each tenant that answered: the lines that mean somebody there, and their whole accounts."""
    statuses: list[int] = field(default_factory=list)
    """Exit statuses of what could not be found or reached."""


def names_of(whom: Whom) -> list[str]:
    """Return the names of the tenants that a command is about."""
    return list(whom.tenants) or tenant_names()


async def select(sessions: Sequence[Session], whom: Whom, *, active: bool | None, dry_run: bool = False) -> Selection:
    """Find the people and say on stderr who was found, who was not, and how many that is of each tenant.

    In several tenants one where somebody is missing is no failure, and one that does not answer does not stop the others.
    A dry run is told what would stop it.

    Raises:
        UsageError: somebody was found nowhere, or is ambiguous, or is named twice, and may not be left out.
        GuardStopped: somebody is protected, and may not be left out.
        EndpointError, Refused, SecretError: the only tenant does not answer.
    """
    reached, errors = await _reached(sessions)
    statuses = [failures.tell(error) for error in errors.values()]
    report = await _matched(reached, whom, active)
    report = replace(report, doubts={**report.doubts, **{name: error.message for name, error in errors.items()}})
    if len(sessions) == 1 and report.errors and not report.of(*DOABLE):
        raise next(iter(report.errors.values()))
    statuses += [failures.tell(error) for error in report.errors.values()]
    _tell(report, whom)
    if not whom.match_only:
        try:
            _stop(report, whom, is_sure=not statuses)
        except ScimtuiError as error:
            if not dry_run:
                raise
            note(f"It would be stopped: {safe(error.message)}. {safe(error.hint)}".rstrip())
    statuses += [1] * len(problems(report))
    statuses += [1 for name in report.doubts if name not in report.errors and name not in errors]
    wanted = () if whom.match_only else reached
    people = [(one, await asyncio.to_thread(lambda one=one: list(whole(one, report)))) for one in wanted]  # type: ignore[misc]
    return Selection(report, people, statuses)


async def _reached(sessions: Sequence[Session]) -> tuple[list[Session], dict[str, ScimtuiError]]:
    """Return the tenants whose people are known, and why the others' are not."""
    reached: list[Session] = []
    errors: dict[str, ScimtuiError] = {}
    for session in sessions:
        try:
            await filled(session, "User", say_age=False)
        except (EndpointError, Refused, SecretError) as error:
            if len(sessions) == 1:
                raise
            errors[session.tenant.name] = error
        else:
            reached.append(session)
    return reached, errors


async def _matched(sessions: Sequence[Session], whom: Whom, active: bool | None) -> MatchReport:  # noqa: FBT001, what is wanted
    with Progress("looking for people") as line:
        return await match(
            sessions,
            whom.wanted.lines,
            kinds=whom.wanted.kinds,
            active=active,
            tell=lambda _, done, of: line.show(done, of),
        )


def _tell(report: MatchReport, whom: Whom) -> None:
    """Say how the file was read, and what each line came to that a person must look at."""
    table = whom.wanted.table
    for words in table.notes if table is not None else ():
        note(safe(words))
    wrong = problems(report)
    is_told_by_the_error = table is None and not whom.skip_unmatched and not report.doubts
    if whom.match_only or is_told_by_the_error:
        return
    if table is not None:
        note(f"{safe(table.source)}: {sum_line(report)}")
    for entry in wrong[:SHOWN]:
        note(f"  {entry_line(entry, report)}")
    if len(wrong) > SHOWN:
        note(f"  and {len(wrong) - SHOWN:,} more; --match shows all of them")
    if table is not None:
        for line in share_lines(report):
            note(f"  {line}")
    elif not wrong:
        answered = {one: why for one, why in report.doubts.items() if one in report.sizes and one not in report.errors}
        for line in unknown_lines(replace(report, doubts=answered)):
            note(line)


def _stop(report: MatchReport, whom: Whom, *, is_sure: bool) -> None:
    """Return if what was found may be carried out.

    Who was not found in tenants that did not all answer may be there: that stops nobody else.
    """
    if whom.skip_unmatched:
        return
    hint = "nothing was sent; mend it, or leave them out with --skip-unmatched"
    for verdict in _UNMATCHED:
        found = report.of(verdict)
        if not found or (verdict is Verdict.MISSING and (report.doubts or not is_sure)):
            continue
        named = _listed(entry.line.key for entry in found)
        words = {
            Verdict.MISSING: f"found nowhere: {named}",
            Verdict.AMBIGUOUS: f"more than one person is {named}: {entry_words(found[0], report)}",
            Verdict.DUPLICATE: f"named twice: {named}, {entry_words(found[0], report)}",
        }
        is_between = verdict is Verdict.AMBIGUOUS and len({hit.tenant for hit in found[0].hits}) > 1
        raise UsageError(words[verdict], f"{hint}, or ask each tenant alone with --tenant" if is_between else hint)
    protected = report.of(Verdict.OWN, Verdict.PROTECTED)
    if protected:
        hint = "take them out of the list, or leave them out with --skip-unmatched"
        raise GuardStopped(f"{protected[0].line.key}: {entry_words(protected[0], report)}", hint)


def _listed(keys: Iterable[str]) -> str:
    named = list(keys)
    return ", ".join(named[:5]) + (f" and {len(named) - 5:,} more" if len(named) > 5 else "")


def show_match(selection: Selection, form: Format) -> int:
    """Print whom each line means, and return the exit status: 1 where a line means nobody who can be changed."""
    report = selection.report
    emit_records(
        list(match_records(report)), form, lambda: [entry_line(entry, report) for entry in worst_first(report)]
    )
    note(f"{sum_line(report)}. Nothing was changed.")
    for line in share_lines(report):
        note(f"  {line}")
    return 1 if selection.statuses else 0


def left_out_note(selection: Selection) -> None:
    """Say how many lines are left out of what is done."""
    wrong = problems(selection.report)
    if wrong:
        note(f"{count_of(len(wrong), 'line')} left out.")
