"""Panes are as wide as the admin makes them, with keys or with the mouse."""

from __future__ import annotations

from fakes.consoles import Console
from fakes.in_memory_provider import TOKEN, FakeProvider
from fakes.sessions import tenant_at
from textual import events

from scimtui.config import Config
from scimtui.tui.app import ScimtuiApp
from scimtui.tui.resource.detail_pane import DetailPane
from scimtui.tui.shell.sidebar import Sidebar
from scimtui.tui.table.virtual_table import VirtualTable


def mouse(kind, x, y):
    return kind(None, x, y, 0, 0, 1, shift=False, meta=False, ctrl=False, screen_x=x, screen_y=y)


async def drag(run, start, end, y=10):
    for event in (mouse(events.MouseDown, start, y), mouse(events.MouseMove, end, y), mouse(events.MouseUp, end, y)):
        run.app.post_message(event)
        await run.pilot.pause()


async def test_both_side_panes_follow_the_mouse_and_the_keys(tmp_path):
    provider = FakeProvider()
    provider.add_users(30)
    with provider.serve() as base_url:
        tenant = tenant_at(base_url, token_command=["echo", TOKEN])
        app = ScimtuiApp(Config(tmp_path / "config.toml", {"acme": tenant}), tmp_path)
        async with app.run_test(size=(160, 30)) as pilot:
            run = Console(app, pilot)
            await run.until("complete")
            sidebar, details = app.screen.query_one(Sidebar), app.screen.query_one(DetailPane)
            edge = sidebar.region.right - 1
            await drag(run, edge, edge + 8)
            await run.until(lambda: sidebar.region.right - 1 == edge + 8)
            left = details.region.x
            await drag(run, left, left - 6)
            await run.until(lambda: details.region.x == left - 6)
            await drag(run, 5, 15)
            assert sidebar.region.right - 1 == edge + 8
            for pane, focus in ((sidebar, sidebar), (details, app.screen.query_one(VirtualTable))):
                focus.focus()
                width = pane.outer_size.width
                await run.press("ctrl+right")
                await run.until(lambda pane=pane, width=width: pane.outer_size.width == width + 4)
