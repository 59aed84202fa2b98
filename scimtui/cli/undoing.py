"""Finds the writes that are to be taken back, says which cannot be, and hands the rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scimtui.cli import failures
from scimtui.cli.opening import opened, run, settings
from scimtui.cli.output import note
from scimtui.cli.writing import Asked, Planned, carry_out
from scimtui.errors import EndpointError, GuardStopped, SecretError, UsageError
from scimtui.ops.history import Write, tenants_with_journal
from scimtui.ops.session import Session
from scimtui.ops.undo import LeftOut, batch_writes, named_writes, plan_undo, writes_since
from scimtui.present.batch_words import left_out_lines

_HINT = "give 14:05, 2026-11-24 or 2026-11-24T14:05"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which writes: named, of a batch, or since a moment."""

    entries: Sequence[str]
    batch: str | None
    since: str | None
    tenants: Sequence[str]
    """Only in these; []: in all."""


def undo(wanted: Wanted, asked: Asked) -> int:
    """Take writes back and return the exit status."""
    if sum((bool(wanted.entries), wanted.batch is not None, wanted.since is not None)) != 1:
        raise UsageError("it is not clear what to take back", "give entries of the journal, --batch ID or --since WHEN")
    writes = _writes(wanted)
    if not writes:
        note("Nothing was written since then that is not taken back already.")
        return 0
    names = list(dict.fromkeys(write.tenant for write in writes))
    if gone := [name for name in names if name not in settings()[0].tenants]:
        raise UsageError(f"{', '.join(gone)} is not in the config any more", "add the tenant, or name --tenant")

    async def work() -> int:
        async with opened(names) as sessions:
            planned: list[Planned] = []
            statuses: list[int] = []
            for session in sessions:
                try:
                    planned += await _plan(session, writes, len(planned) + 1, statuses)
                except (EndpointError, SecretError) as error:
                    if len(sessions) == 1:
                        raise
                    statuses.append(failures.tell(error))
            if not planned:
                note("There is nothing to take back.")
                return _status([status for status in statuses if status])
            return await carry_out(planned, asked, [status for status in statuses if status])

    return run(work())


async def _plan(session: Session, writes: Sequence[Write], start: int, statuses: list[int]) -> list[Planned]:
    mine = [write for write in writes if write.tenant == session.tenant.name]
    plan = await plan_undo(session, mine, start)
    statuses += [_say(one) for one in plan.left_out]
    return [Planned(session, step.change, step.number, step.undoes) for step in plan.steps]


def _say(one: LeftOut) -> int:
    for line in left_out_lines(one):
        note(line)
    return 0 if one.is_done else GuardStopped.exit_status if one.is_refused else 1


def _status(failed: Sequence[int]) -> int:
    """Return the exit status where nothing is left to send."""
    return 0 if not failed else failed[0] if len(set(failed)) == 1 else 1


def _writes(wanted: Wanted) -> list[Write]:
    home = settings()[1]
    names = [name for name in tenants_with_journal(home) if not wanted.tenants or name in wanted.tenants]
    if wanted.entries:
        found = named_writes(home, wanted.entries)
        if outside := [write.id for write in found if wanted.tenants and write.tenant not in wanted.tenants]:
            raise UsageError(
                f"{', '.join(outside)} was not written to {', '.join(wanted.tenants)}", "leave out --tenant"
            )
        return found
    if wanted.batch is not None:
        return batch_writes(home, names, wanted.batch)
    return writes_since(home, names, moment_of(wanted.since or ""))


def moment_of(text: str, now: datetime | None = None) -> datetime:
    """Return the moment that a person means: a time of day is the last one that was, a day its beginning.

    Raises:
        UsageError: it is none, or lies ahead.
    """
    present = now.astimezone() if now is not None else datetime.now().astimezone()
    try:
        clock = datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007 - a time of day, in the zone of the machine
    except ValueError:
        try:
            moment = datetime.fromisoformat(text.strip()).astimezone()
        except ValueError as error:
            raise UsageError(f"{text} is no time", _HINT) from error
    else:
        moment = datetime.combine(present.date(), clock).astimezone()
        moment = moment - timedelta(days=1) if moment > present else moment
    if moment > present:
        raise UsageError(f"{text} lies ahead", _HINT)
    return moment
