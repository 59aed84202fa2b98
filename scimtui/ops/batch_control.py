"""How a person holds a batch on its way, lets it go on, or stops it."""

from __future__ import annotations

import asyncio


class BatchControl:
    """Lets a person hold a batch, let it go on, or stop it; what is in flight is always carried to its end."""

    def __init__(self) -> None:
        self._stopped = asyncio.Event()
        self._may_go_on = asyncio.Event()
        self._may_go_on.set()

    @property
    def is_stopped(self) -> bool:
        """Whether nothing new is begun any more."""
        return self._stopped.is_set()

    @property
    def is_paused(self) -> bool:
        """Whether nothing new is begun for now."""
        return not self._may_go_on.is_set()

    def pause(self) -> None:
        """Begin nothing new for now."""
        self._may_go_on.clear()

    def resume(self) -> None:
        """Go on."""
        self._may_go_on.set()

    def stop(self) -> None:
        """Begin nothing new any more."""
        self._stopped.set()
        self._may_go_on.set()

    async def may_go_on(self) -> None:
        """Wait while it is paused."""
        await self._may_go_on.wait()

    async def until_stopped(self) -> None:
        """Wait until somebody stops it."""
        await self._stopped.wait()
