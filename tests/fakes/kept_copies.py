"""Tenants that do not answer, with a cache and earlier copies as syncs of so many days ago would have left them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fakes.sessions import tenant_at

from scimtui.ops.session import open_session
from scimtui.ops.snapshots import folder_of
from scimtui.store.cache import SyncState
from scimtui.store.snapshots import take

ADDRESS = "http://127.0.0.1:9"
Raws = Sequence[dict[str, Any]]


def config_of(path: Path, *names: str) -> Path:
    """Write a config of these tenants."""
    path.write_text("\n".join(f'[tenants.{name}]\nbase_url = "{ADDRESS}"\nauth = "none"' for name in names))
    return path


def keep_days(
    home: Path, days: Mapping[int, Raws], name: str = "acme", type_name: str = "User", *, complete: bool = True
) -> None:
    """Fill a cache by a sync on each of these days, said as days ago, and keep a copy of it; 0 is now, without a copy.

    `complete` is about the last day.
    """
    session = open_session(tenant_at(ADDRESS, name=name, auth="none"), home)
    cache = session.cache.resources(type_name)
    for ago, resources in days.items():
        when, is_whole = datetime.now(UTC) - timedelta(days=ago), complete or ago != min(days)
        gone = {raw["id"] for raw in cache.documents()} - {raw["id"] for raw in resources}
        state = SyncState(when, is_whole, None if is_whole else "the connection broke", len(resources), len(resources))
        cache.merge(resources, gone, state)
        if ago:
            take(cache, folder_of(session), session.tenant.snapshots)
    session.cache.close()
