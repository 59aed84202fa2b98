"""Earlier copies of a tenant: kept after each complete synchronisation, and found again by a moment."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scimtui.errors import CacheError
from scimtui.store.snapshots import Snapshot, snapshots, take

if TYPE_CHECKING:
    from scimtui.ops.session import Session

__all__ = ["Snapshot", "folder_of", "keep_snapshot", "kept_snapshots", "snapshot_before"]


def folder_of(session: Session) -> Path:
    """Return where the copies of a tenant are."""
    return session.home / "snapshots" / session.tenant.name


async def keep_snapshot(session: Session, type_name: str, *, vanished: int | None = None) -> None:
    """Keep a copy of what the cache holds. Where that fails the synchronisation stands, and the tenant's notices say it.

    `vanished`: see `store.snapshots.take`.
    """

    def work() -> None:
        try:
            cache = session.cache.resources(type_name)
            take(cache, folder_of(session), session.tenant.snapshots, vanished=vanished)
        except CacheError as error:
            session.cache.notices.append(f"no snapshot of the {type_name}s was kept: {error.message}")

    await asyncio.to_thread(work)


def kept_snapshots(session: Session, type_name: str) -> list[Snapshot]:
    """Return the copies of a type, the oldest first; none where none could be read. Blocks for the disk.

    Raises:
        CacheError: the cache that they stand beside cannot be opened.
    """
    cache = session.cache.resources(type_name)
    return snapshots(cache, folder_of(session)) if getattr(cache, "db", None) is not None else []


def snapshot_before(session: Session, type_name: str, moment: datetime) -> Snapshot | None:
    """Return the last copy that is not younger than a moment, None where there is none. Blocks for the disk.

    Raises:
        CacheError: see `kept_snapshots`.
    """
    known = [one for one in kept_snapshots(session, type_name) if one.taken_at <= moment]
    return known[-1] if known else None
