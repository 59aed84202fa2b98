"""The console on real servers, driven with keys, and its screen as text."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fakes.in_memory_provider import TOKEN, FakeProvider
from fakes.sessions import tenant_at
from textual.pilot import Pilot

from scimtui.config import Config, load_config
from scimtui.tui.app import ScimtuiApp

PATIENCE = 30.0


def write_config(folder: Path, servers: Mapping[str, Any], more: str = "") -> Path:
    """Write a config that names these servers; their tokens come from a command."""
    path = folder / "config.toml"
    tables = []
    for name, server in servers.items():
        tables.append(
            f'[tenants.{name}]\nbase_url = "{server.base_url}"\ntoken_command = ["echo", "{server.token}"]\n{more}\n'
        )
    path.write_text("\n".join(tables))
    return path


class Console:
    """A running console."""

    def __init__(self, app: ScimtuiApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def text(self) -> str:
        """What is on the screen now."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        for letter in text:
            await self.pilot.press(NAMES.get(letter, letter))

    async def until(self, seen: str | Callable[[], bool], *, gone: bool = False) -> None:
        """Wait until something can be read on the screen, or holds."""
        holds = (lambda: (seen in self.text) is not gone) if isinstance(seen, str) else seen
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, f"waited for {seen!r} in vain on\n{self.text}"
            await self.pilot.pause()
            await asyncio.sleep(0.02)


NAMES = {" ": "space", "@": "@", ".": ".", '"': '"', "-": "-"}


@asynccontextmanager
async def console(config: Path, home: Path, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Console]:
    """Run the console as `scimtui` does."""
    app = ScimtuiApp(load_config(config), home)
    async with app.run_test(size=size) as pilot:
        yield Console(app, pilot)


@asynccontextmanager
async def console_on(
    provider: FakeProvider, folder: Path, size: tuple[int, int] = (120, 40), **values: Any
) -> AsyncIterator[Console]:
    """Run the console on a fake provider as tenant acme; `values` are keys of its config."""
    with provider.serve() as base_url:
        tenant = tenant_at(base_url, token_command=["echo", TOKEN], **values)
        app = ScimtuiApp(Config(folder / "config.toml", {"acme": tenant}), folder)
        async with app.run_test(size=size) as pilot:
            yield Console(app, pilot)
