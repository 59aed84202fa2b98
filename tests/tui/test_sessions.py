"""Writes outlive the tab that asked for them."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from fakes.in_memory_provider import FakeProvider
from fakes.sessions import good_token, tenant_at

from scimtui.config import Config
from scimtui.ops.guard import Consent
from scimtui.scim.change import plan_active
from scimtui.scim.schema import core_resource_type
from scimtui.tui.shell.sessions import Sessions


async def test_a_write_is_carried_to_its_end_although_who_asked_is_gone_and_the_program_quits(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    arrived, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        provider.before_write = None
        arrived.set()
        assert go_on.wait(10)

    provider.before_write = hold
    with provider.serve() as base_url:
        config = Config(Path("config.toml"), {"acme": tenant_at(base_url)})
        sessions = Sessions(config, tmp_path, lambda _: good_token())
        session = sessions.get("acme")
        user = core_resource_type("User")
        change = plan_active("acme", ann, False, user, session.provider, session.dialect)
        asked = asyncio.create_task(sessions.write(change, session, Consent()))
        assert await asyncio.to_thread(arrived.wait, 10)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        quitting = asyncio.create_task(sessions.close())
        await asyncio.sleep(0.05)
        assert not quitting.done()
        go_on.set()
        await quitting
    assert session.journal.open_intents() == []
    assert provider.user("ann")["active"] is False
