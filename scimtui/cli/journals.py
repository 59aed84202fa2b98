"""Lists, shows and verifies journals, and looks up what became of interrupted writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scimtui.cli.opening import opened, run
from scimtui.cli.output import emit, emit_records, note
from scimtui.config import home_path
from scimtui.errors import ScimtuiError, UsageError
from scimtui.ops import history
from scimtui.ops.history import Write
from scimtui.ops.interrupted import interrupted, look_up
from scimtui.ops.journal_list import Listed
from scimtui.ops.receipts import Outcome
from scimtui.present.cells import safe
from scimtui.present.formats import Format, json_document
from scimtui.present.journal_words import ending
from scimtui.present.wording import count_of, error_line

_SAID = ("title", "reason", "operator", "host")


def list_writes(names: Sequence[str], limit: int | None, form: Format) -> None:
    """Print the writes of some tenants, or of all, in the order of time."""
    home = home_path()
    found = [write for name in _names(home, names) for write in history.writes(home, name)]
    found.sort(key=lambda write: write.time)
    found = found[-limit:] if limit else found
    emit_records([_record(write, is_short=form is Format.TABLE) for write in found], form)
    if not found:
        note("nothing was written yet")
    if count := sum(1 for write in found if write.outcome is None):
        note(f"{count_of(count, 'write')} without an outcome: scimtui journal look-up says what became of them")


def show(entry: str) -> None:
    """Print one write with everything that was put down."""
    write = history.find_write(home_path(), entry)
    told = {"entry": write.id, "tenant": write.tenant, "time": write.time.isoformat()}
    emit([json_document({**told, "intent": dict(write.intent), "outcome": write.outcome and dict(write.outcome)})])


def verify(names: Sequence[str]) -> int:
    """Print what is wrong with the journals and return the exit status."""
    home = home_path()
    status = 0
    for name in _names(home, names):
        problems = history.verify(home, name)
        emit([f"{name}: {problem}" for problem in problems] or [f"{name}: every line is as it was written"])
        status = 1 if problems else status
    return status


def look_up_all(names: Sequence[str], form: Format) -> int:
    """Look up what became of every interrupted write, print it, and return the exit status."""
    home = home_path()
    waiting = [(name, found) for name in _names(home, names) if (found := interrupted(home, name))]
    if not waiting:
        note("no write was interrupted")
        return 0
    records, statuses = run(_looked_up(home, waiting))
    emit_records(records, form, lambda: (_line(record) for record in records))
    return statuses[0] if len(set(statuses)) == 1 else 1


async def _looked_up(
    home: Path, waiting: Sequence[tuple[str, Sequence[Listed]]]
) -> tuple[list[dict[str, Any]], list[int]]:
    records, statuses = [], []
    async with opened([name for name, _ in waiting]) as sessions:
        for session, (_, found) in zip(sessions, waiting, strict=True):
            for listed in reversed(found):
                told = {"entry": listed.id, "tenant": listed.tenant, "title": listed.title}
                try:
                    receipt = await look_up(session, history.find_write(home, listed.id))
                except ScimtuiError as error:  # about this one: the others are looked at all the same
                    records.append({**told, "outcome": "unknown", "detail": error_line(error)})
                    statuses.append(error.exit_status)
                else:
                    is_open = receipt.outcome in {Outcome.UNKNOWN, Outcome.PENDING}
                    records.append({**told, "outcome": receipt.outcome.value, "detail": receipt.detail})
                    statuses.append(6 if is_open else 0)
    return records, statuses


def _line(record: Mapping[str, Any]) -> str:
    how = ending(record["outcome"])
    return f"{how} {safe(record['entry'])}  {safe(record['title'])}{': ' if record['detail'] else ''}{safe(record['detail'])}"


def _names(home: Path, names: Sequence[str]) -> list[str]:
    known = history.tenants_with_journal(home)
    for name in names:
        if name not in known:
            raise UsageError(f"there is no journal of {name}", f"there are those of {', '.join(known) or 'nobody yet'}")
    return list(names) or known


def _record(write: Write, *, is_short: bool) -> dict[str, Any]:
    outcome = write.outcome or {}
    word = str(outcome.get("outcome", ""))
    ended = str(ending(word)) if is_short else word or Outcome.UNKNOWN.value
    time = f"{write.time.astimezone():%Y-%m-%d %H:%M}" if is_short else write.time.isoformat()
    told = {name: write.intent.get(name) for name in _SAID}
    shown = {"entry": write.id, "time": time, "tenant": write.tenant, **told, "outcome": ended}
    return shown if is_short else {**shown, "interrupted": not word}
