"""The sessions of the running console, and which production tenants are unlocked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scimtui.config import Config, Tenant, load_config
from scimtui.errors import UsageError
from scimtui.ops.session import Session, close_session, open_session

if TYPE_CHECKING:
    from scimtui.ops.apply import Receipt
    from scimtui.ops.guard import Consent
    from scimtui.scim.change import Change

PATIENCE = 10.0
"""Seconds that quitting waits for a write that was sent; after that the journal shows it as open."""
AskToken = Callable[[str], Awaitable[str]]
"""Asks a person for the token of the tenant with that name."""


class Sessions:
    """Opens a tenant when it is first needed: from its cache, without the network and without its token."""

    def __init__(self, config: Config, home: Path, ask_token: AskToken) -> None:
        self.config = config
        self.home = home
        self.on_wait: Callable[[str, str | None], None] = lambda _name, _words: None
        """Hears what the requests to a tenant wait for, and None when they go on."""
        self._ask_token = ask_token
        self._open: dict[str, Session] = {}
        self._unlocked_until: dict[str, float] = {}
        self._held: dict[str, str] = {}
        self._writes: set[asyncio.Task[Receipt]] = set()

    def get(self, name: str) -> Session:
        """Return the session of a tenant.

        Raises:
            UsageError: the config has no such tenant.
        """
        if name not in self._open:
            tenant = self.config.tenants.get(name)
            if tenant is None:
                raise UsageError(f"there is no tenant {name} in the config")
            self._open[name] = open_session(
                tenant, self.home, ask=lambda: self._ask(name), on_wait=lambda words: self.on_wait(name, words)
            )
        return self._open[name]

    def opened(self, name: str) -> Session | None:
        """Return the session of a tenant if it is open already."""
        return self._open.get(name)

    def hold_secret(self, name: str, secret: str) -> None:
        """Hold a secret that no keyring keeps until the end of the program, so that it is typed once."""
        if secret:
            self._held[name] = secret

    async def _ask(self, name: str) -> str:
        return self._held.get(name) or await self._ask_token(name)

    def reload(self) -> None:
        """Read the config again, after a tenant was added to it. Open sessions stay as they are.

        Raises:
            ConfigError: the file is wrong.
        """
        self.config = load_config(self.config.path)

    async def write(self, change: Change, session: Session, consent: Consent) -> Receipt:
        """Apply a change. It is carried to its end, journal included, even where the tab that asked for it is closed."""
        from scimtui.ops.apply import apply  # the first screen does not pay for it

        task = asyncio.create_task(apply(change, session, consent))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Wait for writes that are on their way, then close connections and caches."""
        if self._writes:
            await asyncio.wait(self._writes, timeout=PATIENCE)
        for session in self._open.values():
            await close_session(session)
        self._open.clear()

    def colour(self, tenant: Tenant) -> int:
        """Return the tenant's place in the config, which is its colour."""
        return list(self.config.tenants).index(tenant.name) if tenant.name in self.config.tenants else 0

    def is_unlocked(self, tenant: Tenant) -> bool:
        """Whether writes to the tenant are unlocked; only production tenants are ever locked."""
        return not tenant.production or self._unlocked_until.get(tenant.name, 0.0) > time.monotonic()

    def unlock(self, tenant: Tenant) -> None:
        """Unlock a production tenant for its `relock_minutes`."""
        self._unlocked_until[tenant.name] = time.monotonic() + tenant.relock_minutes * 60

    def lock(self, tenant: Tenant) -> None:
        """Lock it again."""
        self._unlocked_until.pop(tenant.name, None)

    def read_only_word(self, tenant: Tenant) -> str:
        """Return what the top line says about writing to the tenant, "" where nothing stands in the way."""
        if tenant.role == "view":
            return "view only"
        role = "help desk" if tenant.role == "helpdesk" else ""
        lock = ("UNLOCKED" if self.is_unlocked(tenant) else "read-only") if tenant.production else ""
        return ", ".join(word for word in (role, lock) if word)

    def consent(self, tenant: Tenant, reason: str, of: int) -> Consent:
        """Return what a person agreed to who confirmed `of` changes."""
        from scimtui.ops.guard import Consent

        return Consent(unlocked=self.is_unlocked(tenant), reason=reason, expected=of if of > 1 else None)
