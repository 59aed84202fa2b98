"""What is wished of a live list, a filter, words or an order, is asked of the provider where it can, and else done here."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.fake_rules import Refusal
from fakes.live_lists import BY_NAME, BY_NAME_DOWN, MADE, USER, lists, loaded, names, people, to_the_end
from fakes.searching_provider import searching
from fakes.sessions import session_with, sync_all

from scimtui.errors import FilterError, Refused
from scimtui.ops import browse, live_table, search
from scimtui.ops.arrangements import SortKey
from scimtui.ops.discover import discover
from scimtui.ops.live_table import Wish, live_session, start_list, with_wish

# ------------------------------------------------------------ filters


async def test_a_filter_is_evaluated_by_the_provider(tmp_path):
    provider = searching(305)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        live = await loaded(session, Wish('userName sw "user003"'))
        assert lists(provider) == [{"startIndex": "1", "count": "100", "filter": 'userName sw "user003"'}]
        assert (live.loaded, live.why_filtered, live.is_over) == (6, None, True)


async def test_words_are_sent_as_a_filter(tmp_path):
    provider = searching(300)
    provider.add_user("lee", displayName="Grâce Kelly")
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        live = await loaded(session, Wish("kelly lee"))
        assert (names(session), live.why_filtered) == (["lee"], None)
        one = '(userName co "{0}" or displayName co "{0}" or emails.value co "{0}")'
        assert lists(provider)[0]["filter"] == f"{one.format('kelly')} and {one.format('lee')}"


async def test_where_equality_is_all_words_are_a_whole_name(tmp_path):
    provider = people(300)
    async with session_with(provider, tmp_path, profile={"filters": "equality"}) as tenant:
        session = live_session(tenant, USER)
        await loaded(session, Wish("user00012"))
        assert lists(provider)[0]["filter"] == 'userName eq "user00012"'
        assert names(session) == ["user00012"]


@pytest.mark.parametrize("text", ["user0002", 'userName sw "user0002"'])
async def test_what_a_provider_does_not_filter_by_is_filtered_here(tmp_path, text):
    provider = people(150)
    async with session_with(provider, tmp_path, profile={"filters": "none"}) as tenant:
        session = live_session(tenant, USER)
        live = await loaded(session, Wish(text))
        assert "filter" not in lists(provider)[0]
        assert (live.loaded, live.why_filtered) == (100, "the provider does not filter by this")


@pytest.mark.parametrize("text", ["user0002", 'userName sw "user0002"'])
async def test_a_provider_that_ignores_filters_is_noticed(tmp_path, text):
    provider = people(150, filter_ignored=True)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        live = await loaded(session, Wish(text))
        assert (live.is_filter_ignored, live.why_filtered) == (True, "the provider sent others as well")
        later = start_list(session, USER, Wish(text), ignores_filters=True)
        assert (later.walk.filter, later.why_filtered) == (None, "the provider ignores filters")


@pytest.mark.parametrize(
    "habits",
    [
        {"filter_refused": True},
        {"filter_attributes": frozenset({"userName"})},
        {"filter_attributes": frozenset({"userName"}), "filter_unknown": "breaks"},
    ],
)
async def test_a_filter_that_is_refused_is_evaluated_here(tmp_path, habits):
    provider = people(150, **habits)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        live = await loaded(session, Wish('name.givenName eq "Ann7"'))
        assert live.why_filtered.startswith("the provider refused the filter (HTTP ")
        assert (live.loaded, live.is_filter_ignored) == (100, False)
        rows = browse.rows(session, "User", MADE).rows
        hits = search.matching(session, USER, 'name.givenName eq "Ann7"', rows)
        assert [rows[index][2] for index in hits] == ["user00007"]


async def test_a_page_size_that_is_refused_is_not_taken_for_a_refused_filter(tmp_path):
    provider = searching(150, count_refused_above=60)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        live = await loaded(session, Wish('userName sw "user"'))
        assert (live.loaded, live.why_filtered, lists(provider)[-1]["count"]) == (50, None, "50")


async def test_what_a_list_does_not_show_is_not_held_against_the_filter(tmp_path):
    provider = people(5)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        for text in ('password eq "x"', 'groups.display eq "Staff"'):
            assert start_list(session, USER, Wish(text)).agrees is None
        assert start_list(session, USER, Wish("title pr")).agrees is not None


async def test_a_list_that_is_too_long_to_be_listed_says_so(tmp_path):
    provider = searching(150, too_many_above=100)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        with pytest.raises(Refused, match="tooMany"):
            await loaded(session, Wish("user"))
        assert (await loaded(session, Wish("user0001"))).loaded == 10


async def test_a_filter_that_is_none_is_refused_before_anything_is_asked(tmp_path):
    provider = people(1)
    async with session_with(provider, tmp_path) as tenant:
        for text in ("userName eq", "active gt true"):
            with pytest.raises(FilterError):
                start_list(live_session(tenant, USER), USER, Wish(text))
        assert provider.seen == []


async def test_a_filter_that_does_not_belong_into_an_address_goes_into_a_body(tmp_path):
    provider = searching(150, filter_sensitive=True)
    async with session_with(provider, tmp_path) as tenant:
        await discover(tenant)
        session = live_session(tenant, USER)
        live = await loaded(session, Wish('userName sw "user"', sort=BY_NAME), pages=2)
        assert (live.loaded, live.why_filtered, provider.seen[-1].method) == (150, None, "POST")
        assert provider.seen[-1].body["sortBy"] == "userName"


# ------------------------------------------------------------ order


async def test_the_provider_sorts_where_it_says_that_it_can(tmp_path):
    provider = searching(150)
    async with session_with(provider, tmp_path) as tenant:
        await discover(tenant)
        session = live_session(tenant, USER)
        live = await loaded(session, Wish(sort=(SortKey("name.familyName", descending=True),)), pages=2)
        asked = [(query["sortBy"], query["sortOrder"]) for query in lists(provider)]
        assert asked == [("name.familyName", "descending")] * 2
        assert live.is_sorted_here is False
        live = await loaded(session, Wish(sort=BY_NAME_DOWN), pages=2)
        assert names(session) == [f"user{number:05d}" for number in range(150, 0, -1)]


async def test_elsewhere_the_loaded_rows_are_sorted_here(tmp_path):
    provider = people(150)
    async with session_with(provider, tmp_path) as tenant:
        await discover(tenant)
        session = live_session(tenant, USER)
        live = await loaded(session, Wish(sort=BY_NAME))
        assert ("sortBy" in lists(provider)[-1], live.is_sorted_here) == (False, True)
        assert (await to_the_end(session, live)).is_sorted_here is False


async def test_an_order_that_is_refused_is_made_here(tmp_path):
    provider = searching(150, strict_query=True)
    async with session_with(provider, tmp_path) as tenant:
        await discover(tenant)
        session = live_session(tenant, USER)
        live = await loaded(session, Wish("user", sort=BY_NAME))
        assert (live.loaded, live.sort_by, live.is_sorted_here, live.why_filtered) == (100, None, True, None)


async def test_an_order_by_several_attributes_is_made_here(tmp_path):
    provider = searching(150)
    async with session_with(provider, tmp_path) as tenant:
        await discover(tenant)
        session = live_session(tenant, USER)
        live = await loaded(session, Wish(sort=(SortKey("title"), SortKey("userName"))))
        assert ("sortBy" in lists(provider)[-1], live.is_sorted_here) == (False, True)


async def test_only_who_is_active_is_asked_for(tmp_path):
    provider = searching(150)
    for number in (3, 4, 20):
        provider.user(f"user{number:05d}")["active"] = False
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        for text, count in (("", 3), ("user0000", 2), ('userName sw "user0002"', 1)):
            live = await loaded(session, Wish(text, active=False))
            assert lists(provider)[-1]["filter"].endswith("active eq false")
            assert (live.loaded, live.why_filtered) == (count, None)
    async with session_with(people(5), tmp_path, profile={"filters": "none"}) as tenant:
        session = live_session(tenant, USER)
        assert (await loaded(session, Wish(active=True))).why_filtered == "the provider does not filter by this"
    async with session_with(people(5, filter_ignored=True), tmp_path) as tenant:
        session = live_session(tenant, USER)
        assert (await loaded(session, Wish(active=False))).is_filter_ignored


async def test_an_order_by_chosen_elements_is_never_asked_for(tmp_path):
    provider = searching(1)
    async with session_with(provider, tmp_path) as tenant:
        await discover(tenant)
        wish = Wish(sort=(SortKey('emails[type eq "work"].value'),))
        assert start_list(live_session(tenant, USER), USER, wish).sort_by is None


# ------------------------------------------------------------ another wish


async def test_what_is_loaded_serves_every_wish_for_the_same_list(tmp_path):
    provider = people(150)
    async with session_with(provider, tmp_path, profile={"filters": "none"}) as tenant:
        session = live_session(tenant, USER)
        live = await loaded(session)
        other = start_list(session, USER, Wish("ann", sort=BY_NAME))
        same = with_wish(live, other)
        assert (same.loaded, same.wish, same.why_filtered) == (100, other.wish, other.why_filtered)
        assert with_wish(other, other) is None
        assert with_wish(live, replace(other, sort_by="userName")) is None
        by_name = replace(live, sort_by="userName", wish=Wish(sort=BY_NAME))
        turned = replace(by_name, wish=Wish(sort=BY_NAME_DOWN))
        assert with_wish(by_name, turned) is None


async def test_a_tenant_is_discovered_once_and_its_types_are_those_of_the_list(tmp_path):
    provider = people(1, unknown_attributes=frozenset({"active"}))
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        assert await live_table.get_to_know(session, tenant) is True
        assert session.provider.resource_type("User").attribute("active") is None
        asked = len(provider.seen)
        assert await live_table.get_to_know(session, tenant) is False
        assert await live_table.get_to_know(live_session(tenant, USER), tenant) is False
        assert len(provider.seen) == asked


async def test_a_row_takes_over_what_another_tab_wrote(tmp_path):
    provider = people(3)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        await loaded(session)
        await sync_all(tenant)
        one = provider.users()[1]
        tenant.cache.resources("User").put({**one, "title": "Boss"})
        live_table.reread(session, "User", one["id"])
        live_table.reread(tenant, "User", one["id"])
        assert browse.resource(session, "User", one["id"]).raw["title"] == "Boss"


async def test_somebody_who_breaks_off_the_first_page_keeps_the_list_before(tmp_path):
    provider = people(3)
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        await loaded(session)

        def fail() -> None:
            raise Refusal(403, None, "not now")

        provider.on_list = fail
        with pytest.raises(Refused):
            await loaded(session)
        assert len(names(session)) == 3


async def test_a_look_at_the_end_that_is_refused_ends_the_list(tmp_path):
    provider = people(100)

    def refuse_the_second() -> None:
        if len(lists(provider)) > 1:
            raise Refusal(400, "invalidValue", "nothing there")

    provider.on_list = refuse_the_second
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        live = await to_the_end(session, start_list(session, USER, Wish()))
        assert (live.loaded, live.why, len(lists(provider))) == (100, None, 2)


async def test_a_filter_that_is_refused_as_if_it_were_the_page_is_evaluated_here(tmp_path):
    provider = people(30)

    def refuse_filters() -> None:
        if "filter" in provider.seen[-1].query:
            raise Refusal(400, "invalidValue", "no")

    provider.on_list = refuse_filters
    async with session_with(provider, tmp_path) as tenant:
        session = live_session(tenant, USER)
        live = await loaded(session, Wish('userName sw "user"'))
        assert (live.loaded, live.why_filtered) == (30, "the provider refused the filter (HTTP 400)")


async def test_a_page_of_a_thousand_is_read_like_any_other(tmp_path):
    provider = people(1500)
    async with session_with(provider, tmp_path, page_size=1000) as tenant:
        session = live_session(tenant, USER)
        live = await loaded(session)
        assert (live.loaded, len(names(session))) == (1000, 1000)
