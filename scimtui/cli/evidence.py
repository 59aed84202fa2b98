"""Writes evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from scimtui.cli.output import note
from scimtui.config import home_path
from scimtui.errors import UsageError
from scimtui.ops.evidence import Evidence, collect
from scimtui.ops.exporting import write_export
from scimtui.present.evidence import evidence_csv, json_lines
from scimtui.present.evidence_page import page_lines
from scimtui.present.journal_words import verified_line
from scimtui.present.wording import count_of

_ENDINGS: Mapping[str, Callable[[Evidence], Iterable[str]]] = {
    ".html": page_lines,
    ".csv": evidence_csv,
    ".json": json_lines,
}
_DAYS = re.compile(r"(\d{1,5})d")


def write_evidence(path: Path, *, since: str | None, until: str | None, user: str, tenants: Sequence[str]) -> int:
    """Write the evidence into `path`, whole or not at all, and return the exit status."""
    lines = _ENDINGS.get(path.suffix.casefold())
    if lines is None:
        raise UsageError(f"the ending of {path.name} names no format", "use .html, .csv or .json")
    now = datetime.now(UTC)
    begin, end = _moment("--since", since, now), _moment("--until", until, now, is_end=True)
    found = collect(home_path(), tenants, since=begin, until=end, user=user)
    write_export(path, lines(found))
    for chain in found.chains:
        note(verified_line(chain.tenant, list(chain.problems), chain.lines))
    note(f"{count_of(len(found.writes), 'write')} in {path}")
    return 1 if any(chain.problems for chain in found.chains) else 0


def _moment(option: str, text: str | None, now: datetime, *, is_end: bool = False) -> datetime | None:
    """Return what `2026-11-01`, `2026-11-01T08:00` or `30d` mean; a day as an end counts whole. The zone is the machine's."""
    if text is None:
        return None
    if days := _DAYS.fullmatch(text.strip()):
        return now - timedelta(days=int(days[1]))
    try:
        if len(text.strip()) == len("2026-11-01"):
            day = date.fromisoformat(text.strip()) + timedelta(days=1 if is_end else 0)
            return datetime.combine(day, time()).astimezone()
        return datetime.fromisoformat(text.strip()).astimezone()
    except (ValueError, OverflowError) as error:
        raise UsageError(f"{option} {text}: this is no date", "write 2026-11-01, or 30d for 30 days ago") from error
