"""A tenant that is open: what is known of it, where its cache and journal are, and how to reach it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scimtui.errors import CacheError, ConfigError
from scimtui.ops.cache_keys import open_cache
from scimtui.ops.reaching import AskSecret, find_secret_for, make_endpoint
from scimtui.scim.dialect import RFC, Dialect, Lesson, with_lessons
from scimtui.scim.profiles import NAMES, Profile, named_profile, profile_of_address
from scimtui.scim.provider import BUILT_IN, Provider, hiding, read_provider
from scimtui.store.cache import DIALECT, DISCOVERY, TenantCache

if TYPE_CHECKING:
    import httpx

    from scimtui.client.endpoint import Endpoint
    from scimtui.client.wire_log import WireLog
    from scimtui.config import Tenant
    from scimtui.store.journal import Journal

NO_LESSONS: Mapping[str, Lesson] = {}


@dataclass
class Session:
    """One open tenant. Passed by hand: a row, a form and a Change each belong to one."""

    tenant: Tenant
    provider: Provider
    """What the provider said of itself at the last discovery, or `BUILT_IN` before the first."""
    dialect: Dialect
    """What holds now: profile, lessons and config together."""
    lessons: dict[str, Lesson]
    """What was learned of the dialect, by the name of its field."""
    cache: TenantCache
    home: Path
    make_endpoint: Callable[[], Endpoint] = field(repr=False)
    _endpoint: Endpoint | None = field(default=None, repr=False)
    _making: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @cached_property
    def journal(self) -> Journal:
        """What is written to this tenant, put down before it is sent."""
        from scimtui.store.journal import Journal  # nothing is written on the first screen

        return Journal(self.home / "journal" / f"{self.tenant.name}.jsonl")

    @property
    def endpoint(self) -> Endpoint:
        """The way to the provider. Made when it is first needed: the first screen does not pay for HTTP."""
        with self._making:  # several tasks connect at once, each in a thread, and must get the same one
            if self._endpoint is None:
                self._endpoint = self.make_endpoint()
            return self._endpoint

    @property
    def waiting(self) -> str | None:
        """What the requests wait for besides an answer, in words; None while they do not."""
        return self._endpoint.waiting if self._endpoint else None

    @property
    def wire(self) -> WireLog:
        """The last exchanges; an empty log before the first request."""
        from scimtui.client.wire_log import WireLog

        return self._endpoint.wire if self._endpoint else WireLog()

    async def close(self) -> None:
        """Close the connections, if there are any."""
        if self._endpoint is not None:
            await self._endpoint.aclose()


def open_session(
    tenant: Tenant,
    home: Path,
    *,
    ask: AskSecret | None = None,
    secret: str | None = None,
    on_wait: Callable[[str | None], None] | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Session:
    """Open a tenant from its cache. No network: the secret is looked for when the first request needs it.

    The keyring is asked only where the cache is encrypted, or was; that blocks.

    `ask` is asked where no other source has the secret; `secret` is used in place of any source.
    `on_wait` hears what the requests wait for besides an answer, and None when they go on. `transport` stands in for the
    network.

    Raises:
        CacheError: a file of the tenant cannot be read at all, or its cache is to be encrypted and there is no keyring.
        ConfigError: the tenant's profile is not known.
    """
    dialect_of(tenant)
    cache = _open_cache(tenant, home / "cache" / tenant.name)
    documents = cache.kept(DISCOVERY)
    lessons = read_lessons(cache.kept(DIALECT))
    dialect = dialect_of(tenant, lessons)

    async def secret_of() -> str:
        return await find_secret_for(tenant, ask) if secret is None else secret

    def endpoint() -> Endpoint:
        return make_endpoint(tenant, dialect, secret_of, on_wait, transport)

    return Session(
        tenant=tenant,
        provider=as_shown(read_provider(documents) if documents else BUILT_IN, dialect),
        dialect=dialect,
        lessons=lessons,
        cache=cache,
        home=home,
        make_endpoint=endpoint,
    )


def _open_cache(tenant: Tenant, folder: Path) -> TenantCache:
    """Open the tenant's cache; one that is off is in memory, so that nothing of it is on the disk even after a crash."""
    if tenant.cache != "off":
        return open_cache(tenant, folder)
    from scimtui.store.memory_cache import MemoryCache  # most tenants are cached

    cache = MemoryCache()
    if folder.exists():
        cache.notices.append(
            f"{folder} holds what was cached before the cache was off. Delete it if it may not be there."
        )
    return cache


async def close_session(session: Session) -> None:
    """Close connections and files. Everything that was acknowledged is on disk already."""
    await session.close()
    await asyncio.to_thread(session.cache.close)


async def connect(session: Session) -> Endpoint:
    """Return the session's endpoint. HTTP is imported in a thread, so that a screen goes on answering meanwhile.

    Raises:
        ConfigError: the tenant's address or certificate cannot be used.
    """
    return await asyncio.to_thread(lambda: session.endpoint)


def profile_of(tenant: Tenant) -> Profile | None:
    """Return the built-in profile that holds for a tenant: the one its config names, else the one of its address."""
    if isinstance(tenant.profile, str) and tenant.profile != "auto":
        return named_profile(tenant.profile)
    return profile_of_address(tenant.base_url)


def dialect_of(tenant: Tenant, lessons: Mapping[str, Lesson] = NO_LESSONS) -> Dialect:
    """Return how a tenant is spoken to: its profile, then what was learned, then what the config says.

    Who asks for profile = "rfc" gets the RFC, whatever was learned.

    Raises:
        ConfigError: there is no profile of that name.
    """
    named, sizes = tenant.profile, _sizes(tenant)
    if isinstance(named, str) and named not in {"auto", *NAMES}:
        raise ConfigError(f"tenant {tenant.name}: there is no profile {named}", 'use profile = "auto"')
    profile = profile_of(tenant)
    if named == RFC.name:
        return replace(RFC, **sizes)
    learned = with_lessons(profile.dialect if profile else RFC, lessons)
    return replace(learned, **{**({} if isinstance(named, str) else named), **sizes})


def _sizes(tenant: Tenant) -> dict[str, Any]:
    named = {"page_size": tenant.page_size, "concurrency": tenant.concurrency}
    return {name: value for name, value in named.items() if value is not None}


def as_shown(provider: Provider, dialect: Dialect) -> Provider:
    """Return the provider with what its dialect knows to be in no answer."""
    return hiding(provider, "members") if dialect.shows_members is False else provider


def learn(session: Session, field: str, value: Any, evidence: str) -> None:
    """Take in what the provider showed of its dialect, and keep it as far as the disk allows. Blocks for the disk.

    What the config says of the same field goes on holding.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    session.lessons[field] = Lesson(value, evidence, now)
    session.dialect = dialect_of(session.tenant, session.lessons)
    session.provider = as_shown(session.provider, session.dialect)
    if not session.cache.read_only:
        with suppress(CacheError):
            session.cache.keep(DIALECT, {name: asdict(lesson) for name, lesson in session.lessons.items()})


def read_lessons(document: Mapping[str, Any] | None) -> dict[str, Lesson]:
    """Return the lessons that `learn` kept; what is no lesson is left out."""
    entries = document.items() if isinstance(document, Mapping) else ()
    return {
        name: Lesson(entry.get("value"), str(entry.get("evidence", "")), str(entry.get("learned", "")))
        for name, entry in entries
        if isinstance(entry, Mapping)
    }
