"""A live list in a tab beside the cached table, and tabs that are live again at the next start."""

from __future__ import annotations

import pytest
from fakes.consoles import console_on
from fakes.searching_provider import searching

from scimtui.ops.remember import open_remembered
from scimtui.tui.filter.filter_bar import FilterBar
from scimtui.tui.rows.live_view import LiveView


def shown(run) -> list[str]:
    table = run.app.screen.view.table
    return [table._rows[index][2] for index in table.view]


async def test_the_filter_of_a_cached_table_is_asked_live_in_a_tab_of_its_own(tmp_path):
    provider = searching(305)
    async with console_on(provider, tmp_path) as run:
        await run.until("Users 305")
        await run.until("complete")
        provider.add_user("user00399")
        await run.press("slash")
        await run.type('userName sw "user003"')
        await run.until("asks the provider")
        await run.press("ctrl+l")
        await run.until("LIVE │ Users 7 loaded")
        assert "acme Users   ▌acme Users · live" in run.text
        live = run.app.screen.view
        assert isinstance(live, LiveView)
        assert len(live._tenant_session.cache.resources("User")) == 305
        await run.press("left_square_bracket")
        await run.until("6 matches")
        await run.press("slash", *["backspace"] * 20, "escape", "ctrl+l")
        await run.until("LIVE │ Users 100 loaded of 306")
        assert run.app.screen.view is live
        await run.press("escape")
        assert len(run.app.screen.tabs) == 2
        await run.press("q")
        await run.until("Users 305 │ complete")


async def test_what_is_written_in_a_live_tab_is_in_the_cached_table_too(tmp_path):
    provider = searching(30)
    async with console_on(provider, tmp_path) as run:
        await run.until("Users 30 │ complete")
        await run.press("ctrl+l")
        await run.until("LIVE │ Users 30 loaded")
        await run.press("d")
        await run.until("Deactivate Ann1 Lee")
        await run.press("y")
        await run.until("done and verified")
        await run.press("left_square_bracket")
        await run.until("Users 30 │ complete")
        await run.until("○ inactive")
        await run.press("down", "d")
        await run.until("Deactivate Ann2 Lee")
        await run.press("y")
        await run.until("user00002: done and verified")
        await run.press("right_square_bracket")
        await run.until(lambda: run.text.count("○ inactive") == 2)


@pytest.mark.parametrize(("cache", "view", "kept"), [("on", "live", 'userName eq "user00003"'), ("off", "table", "")])
async def test_a_tab_that_is_remembered_opens_live_again_and_names_nobody_who_may_not_be_cached(
    tmp_path, cache, view, kept
):
    provider = searching(30)
    async with console_on(provider, tmp_path, cache=cache) as run:
        await run.until("Users 30")
        await run.press("ctrl+l")
        await run.until("LIVE │ Users 30 loaded")
        await run.press("slash")
        await run.type('userName eq "user00003"')
        await run.press("enter")
        await run.until("Users 1 loaded")
        spec = run.app.screen.tabs[run.app.screen.current].kept()
        assert spec == {"view": view, "tenant": "acme", "type": "User", "filter": kept}
    open_remembered(tmp_path).put("tabs", [spec])
    async with console_on(provider, tmp_path, cache=cache) as run:
        await run.until(f"LIVE │ Users {1 if kept else 30} loaded")
        assert run.app.screen.view.query_one(FilterBar).text == kept


async def test_full_sync_of_a_live_tab_fills_the_cache_beside_it(tmp_path):
    provider = searching(30)
    async with console_on(provider, tmp_path) as run:
        await run.until("Users 30 │ complete")
        await run.press("ctrl+l")
        await run.until("LIVE │ Users 30 loaded")
        provider.add_user("newcomer")
        await run.press("R")
        live = run.app.screen.view
        await run.until(lambda: len(live._tenant_session.cache.resources("User")) == 31)
        assert len(shown(run)) == 30
