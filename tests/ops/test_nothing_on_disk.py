"""Of a tenant that may not be cached, nobody is ever on the disk: not while it is looked at, and not after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.consoles import console_on
from fakes.in_memory_provider import TOKEN
from fakes.searching_provider import SearchingProvider, searching
from fakes.sessions import session_with, sync_all, tenant_at

from scimtui.ops import browse
from scimtui.ops.discover import discover
from scimtui.ops.session import close_session, open_session

CANARY = "zenobia.quartermaine"

CONSOLE = """
import asyncio, sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from fakes.consoles import Console
from fakes.sessions import tenant_at
from scimtui.config import Config
from scimtui.tui.app import ScimtuiApp

async def main():
    tenant = tenant_at({base_url!r}, token_command=["echo", {token!r}], cache="off")
    home = Path({home!r})
    app = ScimtuiApp(Config(home / "config.toml", {{"acme": tenant}}), home)
    async with app.run_test(size=(160, 40)) as pilot:
        run = Console(app, pilot)
        await run.until("zenobia")
        await run.press("slash")
        await run.type({canary!r})
        await run.press("enter")
        await run.until("1 match")
        await run.press("enter")
        await run.until("never shown")
        await run.press("y")
        await run.until('"userName"')
        print("looked", flush=True)
        time.sleep(60)

asyncio.run(main())
"""


def people() -> SearchingProvider:
    provider = searching(20)
    provider.add_user(CANARY, displayName=f"{CANARY} the canary")
    return provider


def traces(*folders: Path) -> list[Path]:
    """Return the files that hold the canary."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if CANARY.encode() in path.name.encode() + path.read_bytes()]


@pytest.fixture
def places(tmp_path, monkeypatch):
    """The home of the program and the folder for temporary files."""
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    home.mkdir()
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    return home, temporary


async def test_a_sync_of_a_tenant_that_is_not_cached_is_in_memory(places):
    home, temporary = places
    async with session_with(people(), home, cache="off") as session:
        await discover(session)
        report = await sync_all(session)
        assert (report.fetched, report.complete) == (21, True)
        assert (await sync_all(session)).changed == 0
        one = next(iter(session.cache.resources("User").documents()))
        await browse.fetch(session, session.provider.resource_type("User"), one["id"])
        assert traces(home, temporary) == []
    assert [path for folder in places for path in folder.rglob("*")] == []


async def test_the_console_leaves_nobody_behind(places):
    home, temporary = places
    async with console_on(people(), home, size=(160, 40), cache="off") as run:
        await run.until("zenobia")
        await run.press("slash")
        await run.type(CANARY)
        await run.press("enter")
        await run.until("1 match")
        await run.press("enter")
        await run.until("never shown")
        assert traces(home, temporary) == []
        await run.press("H")
        await run.until("from here")
    assert traces(home, temporary) == []
    assert (home / "ui.json").exists()


def test_a_console_that_is_killed_leaves_nobody_behind(places):
    home, temporary = places
    with people().serve() as base_url:
        code = CONSOLE.format(
            tests=str(Path(__file__).parents[1]), base_url=base_url, token=TOKEN, home=str(home), canary=CANARY
        )
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as console:
            try:
                assert console.stdout is not None
                assert console.stdout.readline() == "looked\n"
            finally:
                os.kill(console.pid, signal.SIGKILL)
    assert traces(home, temporary) == []


async def test_what_was_cached_before_the_cache_was_off_is_told_of(tmp_path):
    async with session_with(people(), tmp_path) as session:
        await sync_all(session)
    off = open_session(tenant_at("https://x.example.com", cache="off"), tmp_path)
    assert off.cache.notices == [
        f"{tmp_path / 'cache' / 'acme'} holds what was cached before the cache was off. Delete it if it may not be there."
    ]
    assert len(off.cache.resources("User")) == 0
    await close_session(off)
