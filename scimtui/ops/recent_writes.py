"""The last writes of a tenant, read from the end of its journal: those since a moment, those of a batch, the last one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scimtui.ops.history import Write, joined, journal_of
from scimtui.ops.plan_file import begun

if TYPE_CHECKING:
    from scimtui.store.journal import JournalEntry

_CLOCKS = timedelta(days=1)
"""A clock may have been set back by this much while a batch ran."""
_NOTHING: Mapping[str, Any] = {}


def newest_first(home: Path, tenant: str, since: datetime | None = None) -> Iterator[Write]:
    """Yield the writes of a tenant that were intended at or after a moment, the newest first. Blocks for the disk.

    Raises:
        CacheError: the journal cannot be read.
    """
    journal = journal_of(home, tenant)
    outcomes: dict[int, JournalEntry] = {}
    for _, line in journal.lines_back():
        entry = journal.entry_of(line)
        if entry is None:
            continue
        if entry.kind == "outcome" and entry.of is not None:
            outcomes.setdefault(entry.of, entry)
        elif since is not None and entry.time < since:
            return
        elif entry.kind == "intent":
            yield joined(tenant, entry, outcomes.pop(entry.n, None))


def of_batch(home: Path, tenant: str, batch: str) -> list[Write]:
    """Return the writes of a batch, the newest first. Blocks for the disk.

    Raises:
        CacheError: the journal cannot be read.
    """
    moment = begun(batch)
    since = min(moment, datetime.now(UTC)) - _CLOCKS if moment is not None else None  # an id may be typed by hand
    return [write for write in newest_first(home, tenant, since) if write.intent.get("batch") == batch]


def outcome_word(write: Write) -> str:
    """Return the word of the last outcome, "" where none was put down."""
    word = (write.outcome or _NOTHING).get("outcome")
    return word if isinstance(word, str) else ""
