"""A sync behind the table: it shows how far it is, it can be stopped, and it never takes what was there."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from pathlib import Path

from fakes.consoles import Console, console_on
from fakes.in_memory_provider import TOKEN, FakeProvider, Habits
from fakes.sessions import tenant_at

from scimtui.config import Config
from scimtui.tui.app import ScimtuiApp


@dataclass
class Held(FakeProvider):
    """Answers no page behind the third before it may."""

    go_on: threading.Event = field(default_factory=threading.Event)

    def answer(self, method, target, headers, body):
        if "startIndex=61" in target:
            self.go_on.wait(120)
        return super().answer(method, target, headers, body)


def config_for(base_url: str, folder: Path) -> Config:
    tenant = tenant_at(base_url, token_command=["echo", TOKEN])
    return Config(folder / "config.toml", {"acme": tenant})


async def test_ctrl_c_stops_a_sync_and_the_earlier_copy_stays(tmp_path):
    provider = Held(Habits(max_page=20))
    provider.add_users(100)
    provider.go_on.set()
    with provider.serve() as base_url:
        app = ScimtuiApp(config_for(base_url, tmp_path), tmp_path)
        async with app.run_test(size=(120, 30)) as pilot:
            run = Console(app, pilot)
            await run.until("Users 100")
            await run.until("complete")
            provider.go_on.clear()
            await run.press("r")
            await run.until("loading 60 of 100")
            await run.press("ctrl+c")
            await run.until("Sync stopped")
            assert "Users 100" in run.text
            assert "complete" in run.text
            provider.go_on.set()
            await run.press("r")
            await run.until("acme User: 100 in")


async def test_quitting_does_not_wait_for_a_provider_that_does_not_answer(tmp_path):
    provider = Held(Habits(max_page=20))
    provider.add_users(100)
    with provider.serve() as base_url:
        app = ScimtuiApp(config_for(base_url, tmp_path), tmp_path)
        async with asyncio.timeout(60), app.run_test(size=(120, 30)) as pilot:
            run = Console(app, pilot)
            await run.until("loading 60 of 100")
            await run.press("q")
        provider.go_on.set()
    assert not app.is_running


async def test_a_second_console_on_the_same_cache_reads_it_and_says_so(tmp_path):
    provider = FakeProvider()
    provider.add_users(30)
    with provider.serve() as base_url:
        config = config_for(base_url, tmp_path)
        first = ScimtuiApp(config, tmp_path)
        async with first.run_test(size=(160, 30)) as pilot:
            await Console(first, pilot).until("complete")
            second = ScimtuiApp(config, tmp_path)
            async with second.run_test(size=(160, 30)) as other:
                run = Console(second, other)
                await run.until("Users 30")
                assert "cache in use by another scimtui" in run.text
                await run.until("Nothing can be kept in")


async def test_what_a_sync_waits_for_is_shown_and_can_be_stopped(tmp_path):
    provider = FakeProvider(Habits(max_page=20))
    provider.add_users(100)
    async with console_on(provider, tmp_path) as run:
        await run.until("Users 100")
        await run.until("complete")
        provider.habits.busy_for, provider.habits.retry_after = 99, "60"
        await run.press("r")
        await run.until("the provider asks for it (HTTP 429)")
        await run.until("^C stops it")
        await run.press("ctrl+c")
        await run.until("Sync stopped")
        assert "Users 100" in run.text


async def test_where_a_fifth_has_vanished_the_console_asks_before_it_believes_it(tmp_path):
    provider = FakeProvider()
    provider.add_users(100)
    async with console_on(provider, tmp_path) as run:
        await run.until("Users 100")
        await run.until("complete")
        provider.resources["Users"] = dict(list(provider.resources["Users"].items())[:60])
        await run.press("r")
        await run.until("40 of 100 Users are not there any more. Forget them here?")
        await run.press("escape")
        await run.until("the earlier copy stays")
        assert "Users 100" in run.text
        await run.press("r")
        await run.until("Forget them here?")
        await run.press("y")
        await run.until("Users 60")
