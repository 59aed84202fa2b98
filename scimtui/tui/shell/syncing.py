"""Syncs that run behind the tabs: which, how far, and how each ended."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from scimtui.ops.session import Session

if TYPE_CHECKING:
    from scimtui.ops.sync import SyncProgress, SyncReport

Asks = Callable[[Session, str, int, int], Awaitable[bool]]
"""Asks a person whether so many of a type have really vanished: missing, of how many."""

REPAINT_SECONDS = 0.25
"""A moving figure is painted four times a second: enough to see that it moves, cheap over SSH."""


class SyncJobs:
    """What is being synced now."""

    def __init__(self, moved: Callable[[], None], ended: Callable[[Session, SyncReport], None]) -> None:
        self._moved = moved
        self._ended = ended
        self._progress: dict[tuple[str, str], SyncProgress | None] = {}
        self._sessions: dict[str, Session] = {}
        self._painted = 0.0

    def text(self, tenant: str, type_name: str) -> str:
        """Return how far the sync of a type is, "" when none runs."""
        if (tenant, type_name) not in self._progress:
            return ""
        progress, waiting = self._progress[tenant, type_name], self._sessions[tenant].waiting
        if waiting:
            return f"loading {progress.fetched:,}, {waiting}" if progress else waiting
        if progress is None:
            return "connecting"
        if not progress.claimed_total:
            return f"loading {progress.fetched:,}"
        share = min(progress.fetched / progress.claimed_total, 1.0)
        filled = round(share * 10)
        return f"loading {progress.fetched:,} of {progress.claimed_total:,} {'━' * filled}{'─' * (10 - filled)} {share:.0%}"

    def is_running(self, tenant: str) -> bool:
        """Whether anything of a tenant is being synced."""
        return any(name == tenant for name, _ in self._progress)

    async def run(self, session: Session, type_names: list[str], *, full: bool, believe: Asks) -> None:
        """Discover where that was never done, or for a full sync, then sync the types, or all when none is named."""
        from scimtui.ops.discover import discover  # the first screen does not pay for it

        tenant = session.tenant.name
        self._sessions[tenant] = session
        for name in type_names or [known.name for known in session.provider.resource_types]:
            self._progress[tenant, name] = None
        self._moved()
        try:
            if full or not session.provider.documents:
                await discover(session)
            for name in type_names or [known.name for known in session.provider.resource_types]:
                await self._sync_type(session, name, full=full, believe=believe)
        finally:
            for name in [name for held, name in self._progress if held == tenant]:
                self._progress.pop((tenant, name))
            self._moved()

    async def _sync_type(self, session: Session, name: str, *, full: bool, believe: Asks) -> None:
        from scimtui.ops.sync import sync

        resource_type = session.provider.resource_type(name)
        if resource_type is None:
            return
        key = (session.tenant.name, name)
        self._progress[key] = None
        async with aclosing(sync(session, resource_type, full=full, believe=partial(believe, session, name))) as steps:
            async for progress in steps:
                self._progress[key] = progress
                if progress.report is not None:
                    self._progress.pop(key)
                    self._ended(session, progress.report)
                elif time.monotonic() - self._painted > REPAINT_SECONDS:
                    self._painted = time.monotonic()
                    self._moved()
