"""The journals as people read them: each write with how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from scimtui.errors import UsageError
from scimtui.store.journal import Journal


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
    """None: nobody knows how it ended; a crash or a lost connection came between."""


def tenants_with_journal(home: Path) -> list[str]:
    """Return the names of the tenants that were ever written to, removed ones included."""
    return sorted(path.stem for path in (home / "journal").glob("*.jsonl"))


def writes(home: Path, tenant: str) -> list[Write]:
    """Return the writes of a tenant, the oldest first. Blocks for the disk.

    Raises:
        CacheError: the journal cannot be read.
    """
    found: dict[int, Write] = {}
    for entry in _journal(home, tenant).entries():
        if entry.kind == "intent":
            found[entry.n] = Write(entry.id, tenant, entry.time, entry.payload)
        elif entry.of in found:
            known = found[entry.of]
            found[entry.of] = Write(known.id, tenant, known.time, known.intent, entry.payload)
    return list(found.values())


def find_write(home: Path, identity: str) -> Write:
    """Return one write by the id that receipts and `journal list` show.

    Raises:
        UsageError: there is none.
        CacheError: the journal cannot be read.
    """
    tenant = identity.rpartition("-")[0]
    if tenant in tenants_with_journal(home):
        for write in writes(home, tenant):
            if write.id == identity:
                return write
    raise UsageError(f"the journal has no entry {identity}", "scimtui journal list names them")


def verify(home: Path, tenant: str) -> list[str]:
    """Return what is wrong with a tenant's journal, a sentence each; [] proves that it was not changed.

    Raises:
        CacheError: the disk fails.
    """
    return _journal(home, tenant).verify()


def _journal(home: Path, tenant: str) -> Journal:
    return Journal(home / "journal" / f"{tenant}.jsonl")
