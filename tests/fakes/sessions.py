"""A session with a fake provider: a real home folder, real loopback sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

from fakes.in_memory_provider import TOKEN, FakeProvider

from scimtui.config import Tenant, read_tenant
from scimtui.ops.session import Session, close_session, open_session
from scimtui.ops.sync import SyncProgress, SyncReport, sync


def tenant_at(base_url: str, name: str = "acme", **values: Any) -> Tenant:
    return read_tenant(name, {"base_url": base_url, **values})


async def good_token() -> str:
    return TOKEN


@asynccontextmanager
async def session_with(provider: FakeProvider, home: Path, **values: Any) -> AsyncIterator[Session]:
    """Serve the provider and open it as tenant acme; `values` are keys of its config."""
    with provider.serve() as base_url:
        session = open_session(tenant_at(base_url, **values), home, ask=good_token)
        try:
            yield session
        finally:
            await close_session(session)


async def sync_all(session: Session, type_name: str = "User") -> SyncReport:
    """Sync a type to the end and return the report."""
    return (await sync_steps(session, type_name))[-1].report  # type: ignore[return-value]


async def sync_steps(session: Session, type_name: str = "User") -> list[SyncProgress]:
    resource_type = session.provider.resource_type(type_name)
    assert resource_type is not None
    async with aclosing(sync(session, resource_type)) as steps:
        return [step async for step in steps]
