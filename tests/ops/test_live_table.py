"""A list is loaded page by page as it is looked at; what the provider cannot do is done here, and said."""

from __future__ import annotations

import asyncio

import pytest
from fakes.live_lists import USER, lists, loaded, names, people, to_the_end
from fakes.sessions import session_with

from scimtui.errors import NotScim, Refused, Unreachable
from scimtui.ops import browse, live_table
from scimtui.ops.discover import discover
from scimtui.ops.exporting import state_of
from scimtui.ops.live_table import Wish, live_session, next_page, start_list

# ------------------------------------------------------------ pages


async def test_only_the_pages_that_are_wanted_are_asked_for(tmp_path):
    provider = people(3000)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        live = await loaded(session, pages=3)
        assert [query["startIndex"] for query in lists(provider)] == ["1", "101", "201"]
        assert (live.loaded, live.walk.claimed_total, live.is_over) == (300, 3000, False)
        assert names(session) == [raw["userName"] for raw in provider.users()[:300]]
        state = state_of(session, "User")
        assert (state.complete, state.why, state.count) == (False, "browsed live: 300 are loaded", 300)
        live = await to_the_end(session, live)
        assert (live.loaded, live.why, state_of(session, "User").complete) == (3000, None, True)


async def test_a_list_leaves_the_cache_alone_and_what_is_read_alone_goes_into_it(tmp_path):
    provider = people(250)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        await loaded(session, pages=2)
        assert len(tenant.cache.resources("User")) == 0
        one = provider.users()[7]
        one["title"] = "Boss"
        found = await browse.fetch(session, USER, one["id"])
        assert found.raw["title"] == "Boss"
        assert [raw["id"] for raw in tenant.cache.resources("User").documents()] == [one["id"]]
        assert browse.resource(session, "User", one["id"]).raw["title"] == "Boss"
        assert session.wire is tenant.wire


async def test_a_list_that_is_begun_anew_replaces_the_one_before(tmp_path):
    provider = people(5)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        await loaded(session)
        last = provider.users()[4]
        del provider.resources["Users"][last["id"]]
        await loaded(session)
        assert len(names(session)) == 4
        assert browse.resource(session, "User", last["id"]) is not None


@pytest.mark.parametrize("total", [True, False])
async def test_cursors_are_followed_one_page_at_a_time(tmp_path, total):
    provider = people(250, cursor_only=True, cursor_total=total)
    async with session_with(provider, tmp_path) as tenant:
        await discover(tenant)
        session = live_session(tenant, USER)
        live = await loaded(session, pages=2)
        assert [query.get("cursor") for query in lists(provider)[-2:]] == ["", "c+/=100"]
        assert live.walk.claimed_total == (250 if total else None)
        live = await to_the_end(session, live)
        assert (live.loaded, live.why) == (250, None)


async def test_an_expired_cursor_begins_anew_and_nobody_comes_twice(tmp_path):
    provider = people(350, cursor_only=True, cursor_expires_at=200)
    async with session_with(provider, tmp_path) as tenant:
        await discover(tenant)
        session = live_session(tenant, USER)
        live = await to_the_end(session, start_list(session, USER, Wish()))
        assert (live.loaded, live.why, len(set(names(session)))) == (350, None, 350)


async def test_a_page_that_fails_is_asked_for_again_where_the_list_broke_off(tmp_path):
    provider = people(300)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        live = await loaded(session, pages=1)
        provider.habits.fails_on_request = 1
        with pytest.raises(Refused, match="HTTP 500"):
            await next_page(session, live)
        assert len(names(session)) == 100
        provider.habits.fails_on_request = None
        live = await next_page(session, live)
        assert (live.loaded, lists(provider)[-1]["startIndex"]) == (200, "101")
        assert (await to_the_end(session, live)).why is None


async def test_a_cancelled_page_can_be_asked_for_again(tmp_path):
    provider = people(300)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        live = await loaded(session, pages=1)
        for _ in range(20):
            cut = asyncio.ensure_future(next_page(session, live))
            await asyncio.sleep(0.001)
            cut.cancel()
            await asyncio.wait([cut])
        live = await to_the_end(session, live)
        assert (live.loaded, len(names(session)), live.why) == (300, 300, None)


async def test_a_busy_provider_is_waited_for(tmp_path):
    provider = people(300, throttles="seconds")
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        live = await to_the_end(session, start_list(session, USER, Wish()))
        assert (live.loaded, live.why) == (300, None)
        assert provider.too_early == []


async def test_no_more_of_a_list_is_held_than_memory_bears(tmp_path, monkeypatch):
    monkeypatch.setattr(live_table, "LOADED_AT_MOST", 250)
    for habits in ({}, {"sends_all": True}):
        provider = people(400, **habits)
        async with session_with(provider, tmp_path / str(len(habits))) as tenant:
            session = live_session(tenant, USER)
            live = await to_the_end(session, start_list(session, USER, Wish()))
            assert (live.loaded, len(names(session)), live.is_full) == (250, 250, True) or live.loaded == 300
            assert "which is the most: narrow the filter" in live.why
            assert state_of(session, "User").complete is False


async def test_a_list_that_does_not_add_up_says_so_at_its_end(tmp_path):
    provider = people(150, total_too_high=10)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        live = await to_the_end(session, start_list(session, USER, Wish()))
        assert live.why.startswith("only 150 of 160 arrived")


async def test_a_provider_that_is_no_provider_or_not_there_is_an_error(tmp_path):
    async with session_with(people(1, html_everywhere=True), tmp_path) as tenant:
        session = live_session(tenant, USER)
        with pytest.raises(NotScim):
            await loaded(session)
    with pytest.raises(Unreachable):
        await loaded(session)
