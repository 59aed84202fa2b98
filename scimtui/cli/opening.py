"""Opens tenants for one command and closes them however it ends; syncs what was never synced."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from math import inf
from pathlib import Path
from typing import TypeVar

from scimtui.cli import asking
from scimtui.cli.output import note
from scimtui.cli.progress import Progress
from scimtui.config import Config, Tenant, config_path, home_path, load_config
from scimtui.errors import UsageError
from scimtui.ops.browse import SyncState
from scimtui.ops.discover import discover
from scimtui.ops.reaching import AskSecret
from scimtui.ops.session import Session, close_session, open_session
from scimtui.ops.sync import Believe, SyncReport, sync
from scimtui.present.cells import safe
from scimtui.present.wording import age, sync_line, token_end
from scimtui.scim.schema import ResourceType

Result = TypeVar("Result")
SAID_AGAIN = 10.0
"""Seconds until it is said again that a tenant is waited for."""


def settings() -> tuple[Config, Path]:
    """Return the config and the home folder.

    Raises:
        ConfigError: the config is wrong.
    """
    return load_config(config_path()), home_path()


def run(work: Coroutine[object, object, Result]) -> Result:
    """Run a command that talks to tenants. Ctrl-C cancels it, and what was open is closed."""
    try:
        return asyncio.run(_cancellable(work))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _cancellable(work: Coroutine[object, object, Result]) -> Result:
    """Let Ctrl-C cancel the work from inside the loop.

    The handler of `asyncio.run` cancels between any two instructions; where that hits the moment in which a thread hands
    over its result, asyncio prints a traceback.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    try:
        loop.add_signal_handler(signal.SIGINT, task.cancel)
    except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not in the main thread
        return await work
    try:
        return await work
    finally:
        loop.remove_signal_handler(signal.SIGINT)


@asynccontextmanager
async def opened(names: Sequence[str]) -> AsyncIterator[list[Session]]:
    """Give the sessions of the tenants with these names, in their order.

    Raises:
        UsageError: the config has no such tenant.
        ConfigError: the config is wrong.
        CacheError: a cache cannot be read.
    """
    config, home = settings()
    tenants = [config.tenant(name) for name in dict.fromkeys(names)]
    for tenant in tenants:
        if ends := token_end(tenant):
            note(f"{tenant.name}: {ends} ({tenant.token_expires}); scimtui tenant token {tenant.name} replaces it")
    async with AsyncExitStack() as stack:
        sessions = []
        for tenant in tenants:
            session = open_session(tenant, home, ask=_asker(tenant), on_wait=_waits(tenant))
            stack.push_async_callback(close_session, session)
            sessions.append(session)
        try:
            yield sessions
        finally:
            for session in sessions:
                for notice in session.cache.notices:
                    note(safe(notice))


@asynccontextmanager
async def opened_one(name: str) -> AsyncIterator[Session]:
    """Give the session of one tenant; see `opened`."""
    async with opened([name]) as sessions:
        yield sessions[0]


def tenant_names() -> list[str]:
    """Return the names of all tenants.

    Raises:
        UsageError: there are none.
        ConfigError: the config is wrong.
    """
    names = list(settings()[0].tenants)
    if not names:
        raise UsageError("the config has no tenant yet", "add one: scimtui tenant add NAME --base-url URL")
    return names


async def resource_type_of(session: Session, name: str) -> ResourceType:
    """Return the type of that name, after asking the provider for its types where that was never done.

    Raises:
        UsageError: the tenant has no such type.
        EndpointError, Refused: it had to be asked and did not answer.
    """
    if not session.provider.documents and session.cache.resources(name).state is None:
        await discover(session)
    found = session.provider.resource_type(name)
    if found is None:
        known = ", ".join(safe(one.name) for one in session.provider.resource_types)
        raise UsageError(f"{session.tenant.name} has no resource type {name}", f"it has {known}")
    return found


async def filled(session: Session, type_name: str, *, sync_now: bool = False, say_age: bool = True) -> ResourceType:
    """Return the type once the cache holds it: synced if it never was, or if asked to. Says its age on stderr.

    Raises:
        UsageError: the tenant has no such type.
        EndpointError, Refused: the provider had to be asked and did not answer.
        CacheError: the cache cannot be read or written.
    """
    resource_type = await resource_type_of(session, type_name)
    if sync_now or session.cache.resources(resource_type.name).state is None:
        report = await synced(session, resource_type)
        if not report.complete:
            note(sync_line(report))
    if say_age:
        tell_age(session, resource_type)
    return resource_type


async def synced(
    session: Session, resource_type: ResourceType, *, full: bool = False, accept_drop: bool = False
) -> SyncReport:
    """Sync a type with a moving line on stderr; see `ops.sync.sync`."""
    report: SyncReport | None = None
    with Progress(f"{session.tenant.name} {safe(resource_type.name)}") as line:
        async with aclosing(
            sync(session, resource_type, full=full, believe=_believer(session, resource_type, accept_drop))
        ) as steps:
            async for progress in steps:
                line.show(progress.fetched, progress.claimed_total)
                report = progress.report or report
    assert report is not None
    return report


def _believer(session: Session, resource_type: ResourceType, accept_drop: bool) -> Believe:  # noqa: FBT001, an option
    """Return who decides whether so many have really vanished: the option, else a person, else nobody."""
    what = f"{session.tenant.name} {safe(resource_type.name)}"

    async def believe(missing: int, present: int) -> bool:
        note(f"{what}: {missing:,} of {present:,} are not there any more.")
        if accept_drop:
            return True
        if not asking.can_ask():
            note("--accept-drop believes it")
            return False
        return await asyncio.to_thread(asking.is_yes, "Has that many really vanished? Then the cache forgets them.")

    return believe


def state_of(session: Session, resource_type: ResourceType) -> SyncState | None:
    """Return how much the cache holds of a type, and since when."""
    return session.cache.resources(resource_type.name).state


def tell_age(session: Session, resource_type: ResourceType) -> None:
    """Say on stderr how old the cache is, and whether it is complete."""
    state = state_of(session, resource_type)
    line = f"{session.tenant.name} {safe(resource_type.name)}: synced {age(state.synced_at if state else None)}"
    if state is not None and not state.complete:
        line += f", incomplete: {safe(state.why or 'no reason known')}"
    note(line)


def _waits(tenant: Tenant) -> Callable[[str | None], None]:
    """Return who says on the terminal what requests wait for: minutes may pass, and nobody should think it hangs."""
    told_at = -inf

    def say(words: str | None) -> None:
        nonlocal told_at
        if words and sys.stderr.isatty() and time.monotonic() - told_at >= SAID_AGAIN:
            told_at = time.monotonic()
            note(f"{tenant.name}: {words}; Ctrl+C stops it")

    return say


def _asker(tenant: Tenant) -> AskSecret | None:
    """Return who is asked for a missing token, None where nobody is there: the error says what was tried."""

    async def ask() -> str:
        what = "Password" if tenant.auth == "basic" else "Token"
        return asking.hidden(f"{what} for {tenant.name} (not shown, not kept):")

    return ask if asking.can_ask() else None
