"""Users for a cache, and a sync that brings them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from scimtui.store.cache import ResourceCache, SyncCounts, SyncState

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
COMPLETE = SyncState(NOW, complete=True, why=None, claimed_total=3, count=3)


def user(number: int, **values: Any) -> dict[str, Any]:
    return {"id": f"id-{number}", "userName": f"user{number}", **values}


def fill(users: ResourceCache, numbers: Iterable[int], state: SyncState = COMPLETE) -> SyncCounts:
    """Replace all users by those of the numbers."""
    with users.replacement() as replacement:
        replacement.add([user(number) for number in numbers])
        return replacement.commit(state)


def ids(users: ResourceCache) -> list[str]:
    return [raw["id"] for raw in users.documents()]
