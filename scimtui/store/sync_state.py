"""How much of a tenant the cache holds, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class SyncState:
    """The last synchronisation that reached the cache."""

    synced_at: datetime
    """Aware, UTC."""
    complete: bool
    """Whether all resources arrived. Nothing may be called missing, vanished or an orphan where this is False."""
    why: str | None
    """What kept it from being complete, in words."""
    claimed_total: int | None
    """The provider's totalResults, None where it sent none."""
    count: int
    """Resources that arrived."""
    mark: str | None = None
    """Everything that the provider last changed before this moment is in the cache; RFC 3339, None: not known."""
    full_at: str | None = None
    """When all resources were last read, and not only the changed ones; ISO 8601."""


@dataclass(frozen=True, slots=True)
class SyncCounts:
    """What a synchronisation changed in the cache."""

    new: int
    changed: int
    vanished: int


def state_document(state: SyncState) -> dict[str, Any]:
    """Return the state as JSON."""
    return {**asdict(state), "synced_at": state.synced_at.astimezone(UTC).isoformat()}


def read_state(document: Mapping[str, Any] | None) -> SyncState | None:
    """Return the state that state_document wrote, None where there is none or an unreadable one."""
    if document is None:
        return None
    try:
        return SyncState(**{**document, "synced_at": datetime.fromisoformat(document["synced_at"])})
    except (KeyError, TypeError, ValueError):
        return None
