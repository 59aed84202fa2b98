"""Lists, shows and verifies journals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scimtui.cli.output import emit, emit_records, note
from scimtui.config import home_path
from scimtui.errors import UsageError
from scimtui.ops import history
from scimtui.ops.history import Write
from scimtui.present.formats import Format, json_document

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


def _names(home: Path, names: Sequence[str]) -> list[str]:
    known = history.tenants_with_journal(home)
    for name in names:
        if name not in known:
            raise UsageError(f"there is no journal of {name}", f"there are those of {', '.join(known) or 'nobody yet'}")
    return list(names) or known


def _record(write: Write, *, is_short: bool) -> dict[str, Any]:
    outcome = write.outcome or {}
    ended = outcome.get("outcome", "unknown" if write.outcome is None else "")
    time = f"{write.time.astimezone():%Y-%m-%d %H:%M}" if is_short else write.time.isoformat()
    told = {name: write.intent.get(name) for name in _SAID}
    return {"entry": write.id, "time": time, "tenant": write.tenant, **told, "outcome": ended}
