"""A tenant that is browsed live: the same table and keys, and no more asked for than is looked at."""

from __future__ import annotations

import threading
from dataclasses import replace

from fakes.consoles import console_on
from fakes.fake_rules import Refusal
from fakes.in_memory_provider import FakeProvider
from fakes.live_lists import people
from fakes.searching_provider import searching

from scimtui.ops.arrangements import ChosenColumn
from scimtui.tui.filter.filter_bar import FilterBar
from scimtui.tui.table.virtual_table import VirtualTable


def pages(provider: FakeProvider) -> list[str]:
    """The startIndex of each page of users that was asked for."""
    return [s.query.get("startIndex", "") for s in provider.seen if s.path.partition("?")[0].endswith("/Users")]


def table(run) -> VirtualTable:
    return run.app.screen.view.table


def shown(run) -> list[str]:
    return [table(run)._rows[index][2] for index in table(run).view]


async def test_rows_load_as_they_are_scrolled_to_and_no_further(tmp_path):
    provider = people(3000)
    async with console_on(provider, tmp_path, cache="off") as run:
        await run.until("LIVE │ Users 100 loaded of 3,000 claimed")
        assert "acme Users · live" in run.text
        await run.press(*["pagedown"] * 2)
        await run.until("Users 200 loaded")
        await run.press("G")
        await run.until("Users 300 loaded")
        assert table(run).cursor_row == 199
        await run.until(lambda: table(run).max_scroll_y > 200)
        table(run).scroll_to(y=290, animate=False)
        await run.until("Users 400 loaded")
        await run.pilot.pause(0.2)
        assert pages(provider) == ["1", "101", "201", "301"]
        assert "3,000" in run.text.split("Group")[0].rpartition("User")[2]


async def test_a_list_that_was_read_to_its_end_says_so(tmp_path):
    async with console_on(people(30), tmp_path, cache="off") as run:
        await run.until("LIVE │ Users 30 loaded │ all")
        await run.press("slash")
        await run.type('userName eq "user00003"')
        await run.press("enter")
        await run.until("LIVE │ Users 1 loaded │ all that match")
        assert "1 match" in run.text


async def test_words_and_filters_are_asked_of_the_provider_after_a_pause_or_with_enter(tmp_path):
    provider = searching(305)
    async with console_on(provider, tmp_path, cache="off") as run:
        await run.until("100 loaded of 305")
        await run.press("slash")
        await run.type("user003")
        await run.until("6 matches")
        assert len([seen for seen in provider.seen if "filter" in seen.query]) < len("user003")
        await run.press("escape")
        await run.until("100 loaded of 305")
        await run.press("slash")
        await run.type('userName sw "user0029"')
        await run.press("enter")
        await run.until("10 matches")
        assert provider.seen[-1].query["filter"] == 'userName sw "user0029"'
        assert shown(run)[0] == "user00290"


async def test_the_newest_filter_wins_and_the_one_before_is_given_up(tmp_path):
    provider = searching(305)
    held, released = threading.Event(), threading.Event()

    def hold_the_first() -> None:
        if "user001" in provider.seen[-1].query.get("filter", ""):
            held.set()
            released.wait(20)

    async with console_on(provider, tmp_path, cache="off") as run:
        await run.until("100 loaded of 305")
        provider.on_list = hold_the_first
        await run.press("slash")
        await run.type("user001")
        await run.press("enter")
        await run.until(held.is_set)
        await run.until("asking acme…")
        await run.press("slash", "backspace")
        await run.type("3")
        await run.press("enter")
        await run.until("6 matches")
        released.set()
        await run.pilot.pause(0.2)
        assert (len(shown(run)), shown(run)[0]) == (6, "user00300")


async def test_a_filter_that_cannot_be_read_is_underlined_and_not_sent(tmp_path):
    provider = people(5)
    async with console_on(provider, tmp_path, cache="off") as run:
        await run.until("Users 5 loaded")
        await run.press("slash")
        await run.type("active gt true")
        await run.press("enter")
        await run.until(lambda: run.app.screen.query_one("#found").has_class("-wrong"))
        assert [seen for seen in provider.seen if "filter" in seen.query] == []
        assert len(shown(run)) == 5


async def test_what_a_provider_does_not_filter_by_is_found_in_what_is_loaded(tmp_path):
    provider = people(1500)
    async with console_on(provider, tmp_path, cache="off", profile={"filters": "none"}, size=(160, 30)) as run:
        await run.until("100 loaded of 1,500")
        await run.press("slash")
        await run.type("user0001")
        await run.press("enter")
        await run.until("filtered here: the provider does not filter by this")
        await run.until("10 matches in the 1,100 loaded")
        assert len(pages(provider)) == 1 + 10
        await run.press("ctrl+l")
        await run.until("10 matches in the 1,500 loaded")
        await run.press("slash", "escape", "slash")
        await run.type('userName eq "nobody"')
        await run.press("enter")
        await run.until("Nothing matches this filter")
        assert pages(provider).count("1") == 1


async def test_nobody_among_those_loaded_is_not_called_nobody(tmp_path):
    async with console_on(people(2500), tmp_path, cache="off", profile={"filters": "none"}) as run:
        await run.until("100 loaded of 2,500")
        await run.press("slash")
        await run.type("user02400")
        await run.press("enter")
        await run.until("loaded matches")
        assert "None of the 1," in run.text
        while "1 match in the 2,5" not in run.text:
            await run.press("ctrl+l")
            await run.pilot.pause()
        assert shown(run) == ["user02400"]


async def test_a_provider_that_ignores_filters_is_found_out_once(tmp_path):
    provider = people(120, filter_ignored=True)
    async with console_on(provider, tmp_path, cache="off", size=(160, 30)) as run:
        await run.until("100 loaded of 120")
        await run.press("slash")
        await run.type("user0011")
        await run.press("enter")
        await run.until("filtered here: the provider sent others as well")
        await run.until("10 matches in the 120 loaded")
        await run.press("slash", "backspace", "0")
        await run.press("enter")
        await run.until("filtered here: the provider ignores filters")
        assert "filter" not in provider.seen[-1].query


async def test_the_provider_sorts_the_whole_list(tmp_path):
    provider = searching(300)
    async with console_on(provider, tmp_path, cache="off") as run:
        await run.until("100 loaded of 300")
        await run.press("S")
        await run.until(lambda: shown(run)[:1] == ["user00300"])
        assert provider.seen[-1].query["sortBy"] == "userName"
        assert "sorted within" not in run.text
        await run.press("s")
        await run.until(lambda: provider.seen[-1].query.get("sortBy") == "displayName")
        await run.pilot.click(VirtualTable, offset=(5, 0))
        await run.until(lambda: shown(run)[:1] == ["user00001"])
        await run.press(*"s" * len(run.app.screen.view.columns))
        await run.until(lambda: "sortBy" not in provider.seen[-1].query)


async def test_activity_and_columns_are_chosen_as_in_any_table(tmp_path):
    provider = searching(150)
    provider.user("user00007")["active"] = False
    async with console_on(provider, tmp_path, cache="off") as run:
        await run.until("100 loaded of 150")
        await run.press("i", "i")
        await run.until("○ inactive only")
        await run.until("Users 1 loaded │ all that match")
        assert provider.seen[-1].query["filter"] == "active eq false"
        provider.user("user00007")["active"] = True
        await run.press("r")
        await run.until("Only inactive Users were asked for, and there are none")
        await run.press("i")
        await run.until("100 loaded of 150")
        asked = len(provider.seen)
        view = run.app.screen.view
        view.rearrange(replace(view.arrangement, columns=(ChosenColumn("name.givenName"), ChosenColumn("userName"))))
        await run.until("givenName")
        await run.until("Ann1  ")
        assert len(provider.seen) == asked


async def test_where_it_does_not_sort_the_loaded_rows_are_sorted_and_that_is_said(tmp_path):
    provider = people(300)
    async with console_on(provider, tmp_path, cache="off") as run:
        await run.until("100 loaded of 300")
        await run.press("S")
        await run.until("sorted within the 100 loaded")
        assert shown(run)[0] == "user00100"
        assert pages(provider) == ["1"]
        await run.press("G")
        await run.until("sorted within the 200 loaded")
        assert shown(run)[0] == "user00200"


async def test_a_page_that_fails_leaves_the_rows_and_r_goes_on(tmp_path):
    provider = people(300)
    async with console_on(provider, tmp_path, cache="off") as run:
        await run.until("100 loaded of 300")
        provider.habits.fails_on_request = 1
        await run.press("G")
        await run.until("STOPPED, r goes on")
        assert "HTTP 500" in run.text
        assert (len(shown(run)), table(run).cursor_row) == (100, 99)
        provider.habits.fails_on_request = None
        await run.press("k", "k", "r")
        await run.until("200 loaded of 300")
        assert pages(provider)[-1] == "101"
        await run.press("g", "r")
        await run.until("100 loaded of 300")


async def test_a_first_page_that_fails_is_calm_and_can_be_tried_again(tmp_path):
    provider = people(30)

    def refuse() -> None:
        raise Refusal(403, None, "not for you")

    provider.on_list = refuse
    async with console_on(provider, tmp_path, cache="off", size=(80, 24)) as run:
        await run.until("r tries again")
        assert "not for you" in run.text
        assert "Users" in run.text.splitlines()[0]
        provider.on_list = None
        await run.press("r")
        await run.until("Users 30 loaded │ all")


async def test_a_provider_that_asks_to_wait_is_waited_for_in_sight(tmp_path):
    provider = people(300)
    async with console_on(provider, tmp_path, cache="off") as run:
        await run.until("100 loaded of 300")
        provider.habits.busy_for, provider.habits.retry_after = 1, "1"
        await run.press("G")
        await run.until("HTTP 429")
        await run.until("200 loaded of 300")


async def test_ctrl_c_stops_what_is_asked_for_and_ctrl_l_goes_on(tmp_path):
    provider = people(300)
    held = threading.Event()
    async with console_on(provider, tmp_path, cache="off") as run:
        await run.until("100 loaded of 300")
        provider.on_list = lambda: held.wait(20)
        await run.press("G")
        await run.until("│ loading")
        await run.press("ctrl+c")
        await run.until("Stopped. What is loaded is still here")
        held.set()
        await run.press("ctrl+l")
        await run.until("200 loaded of 300")
        await run.press("ctrl+c")
        await run.until("Nothing is running")


async def test_nobody_there_and_nobody_asked_for_are_two_things(tmp_path):
    provider = people(0)
    held = threading.Event()
    provider.on_list = lambda: held.wait(20)
    async with console_on(provider, tmp_path, cache="off") as run:
        await run.until("Asking acme…")
        await run.press("ctrl+c")
        await run.until("No User of acme is loaded")
        held.set()
        await run.press("R")
        await run.until("acme has no Users")
        assert "LIVE │ Users 0 loaded │ all" in run.text


async def test_details_edit_and_deactivate_work_on_what_was_loaded(tmp_path):
    provider = people(30)
    async with console_on(provider, tmp_path, cache="off", size=(160, 40)) as run:
        await run.until("Users 30 loaded")
        await run.until("Ann1 Lee  ● active")
        await run.press("down", "d")
        await run.until("Deactivate Ann2 Lee (user00002)")
        await run.press("y")
        await run.until("done and verified")
        await run.until(lambda: "○ inactive" in run.text)
        assert provider.user("user00002")["active"] is False
        await run.press("space", "space", "d")
        await run.until("2 changes")
        await run.press("escape")
        assert len(pages(provider)) <= 2


async def test_what_was_typed_while_the_tenant_was_discovered_stays(tmp_path):
    provider = people(30, unknown_attributes=frozenset({"title"}), slow=0.05)
    async with console_on(provider, tmp_path, cache="off") as run:
        await run.press("slash")
        await run.type('userName eq "user00003"')
        await run.until("Users 1 loaded │ all that match")
        assert run.app.screen.view.query_one(FilterBar).field.has_focus
        assert "title" not in [column.path for column in run.app.screen.view.columns]
