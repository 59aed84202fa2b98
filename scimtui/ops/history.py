"""The journals as people read them: each write with how it ended, one alone or a list of any length."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from scimtui.errors import UsageError
from scimtui.ops.receipts import Outcome
from scimtui.store.journal import Journal, JournalEntry


@dataclass(frozen=True, slots=True)
class Write:
    """One write: what was intended, and what became of it."""

    id: str
    """Such as acme-12."""
    tenant: str
    time: datetime
    """When it was intended; aware, UTC."""
    intent: Mapping[str, Any] = field(repr=False)
    outcome: Mapping[str, Any] | None = field(default=None, repr=False)
    """The last one. None: nobody knows how it ended; a crash or a lost connection came between."""
    hash: str = ""
    """Of the line that the intent is in the chain."""
    ended: datetime | None = None
    """When the outcome was put down; aware, UTC."""
    outcome_hash: str = ""
    outcome_id: str = ""


def tenants_with_journal(home: Path) -> list[str]:
    """Return the names of the tenants that were ever written to, removed ones included."""
    folder = home / "journal"
    names = {path.stem for path in folder.glob("*.jsonl")}
    return sorted(names | {path.name.removesuffix(".jsonl.head") for path in folder.glob("*.jsonl.head")})


def writes(home: Path, tenant: str) -> list[Write]:
    """Return the writes of a tenant, the oldest first. Blocks for the disk.

    Raises:
        CacheError: the journal cannot be read.
    """
    found: dict[int, Write] = {}
    for entry in journal_of(home, tenant).entries():
        if entry.kind == "intent":
            found[entry.n] = joined(tenant, entry, None)
        elif entry.of in found:
            found[entry.of] = _ended(found[entry.of], entry)
    return list(found.values())


def find_write(home: Path, identity: str) -> Write:
    """Return one write by the id that receipts and `journal list` show. Blocks for the disk; new ones are found at once.

    Raises:
        UsageError: there is none.
        CacheError: the journal cannot be read.
    """
    tenant = identity.rpartition("-")[0]
    known = newest_first(home, tenant) if tenant in tenants_with_journal(home) else ()
    for write in known:
        if write.id == identity:
            return write
    raise UsageError(f"the journal has no entry {identity}", "scimtui journal list names them")


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


def joined(tenant: str, intent: JournalEntry, outcome: JournalEntry | None) -> Write:
    """Return an intent with its outcome."""
    write = Write(intent.id, tenant, intent.time, intent.payload, hash=intent.hash)
    return _ended(write, outcome) if outcome is not None else write


def _ended(write: Write, outcome: JournalEntry) -> Write:
    return replace(write, outcome=outcome.payload, ended=outcome.time, outcome_hash=outcome.hash, outcome_id=outcome.id)


def outcome_word(write: Write) -> str:
    """Return the word of the last outcome, "" where none was put down."""
    word = (write.outcome or {}).get("outcome")
    return word if isinstance(word, str) else ""


def undone_by(writes: Sequence[Write]) -> dict[str, str]:
    """Return which writes are taken back, each with the write that did it; an undo that was undone does not count."""
    undone: dict[str, str] = {}
    for write in sorted(writes, key=lambda one: one.time, reverse=True):
        taken_back = write.intent.get("undoes")
        if isinstance(taken_back, str) and write.id not in undone and outcome_word(write) == Outcome.APPLIED.value:
            undone.setdefault(taken_back, write.id)
    return undone


def verify(home: Path, tenant: str) -> list[str]:
    """Return what is wrong with a tenant's journal, a sentence each; [] proves that it was not changed.

    Raises:
        CacheError: the disk fails.
    """
    return journal_of(home, tenant).verify()


def checked(home: Path, tenant: str) -> tuple[list[str], int]:
    """Return what `verify` does, and how many lines the journal has.

    Raises:
        CacheError: the disk fails.
    """
    journal = journal_of(home, tenant)
    return journal.verify(), sum(1 for _ in journal.lines_from(0))


def journal_of(home: Path, tenant: str) -> Journal:
    """Return the journal of a tenant, which need not be in the config any more."""
    return Journal(home / "journal" / f"{tenant}.jsonl")
