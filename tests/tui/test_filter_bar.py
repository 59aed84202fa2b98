"""The filter bar with keys: completion, mistakes, history, lists that are pasted."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from fakes.consoles import console_on
from fakes.in_memory_provider import FakeProvider
from textual import events
from textual.app import App

from scimtui.scim.schema import core_resource_type
from scimtui.tui.dialogs.suggestion_list import SuggestionList
from scimtui.tui.filter.filter_bar import FilterBar, FilterInput, list_in

NARROW = (80, 24)


@pytest.fixture
def provider():
    provider = FakeProvider()
    for number in range(4):
        provider.add_user(f"user{number}", displayName=f"Ann {number}", active=number != 2)
    return provider


@asynccontextmanager
async def bar_of(provider, folder, size=NARROW):
    async with console_on(provider, folder, size) as run:
        await run.until("complete")
        await run.until("user3")
        await run.press("slash")
        await run.until(lambda: isinstance(run.app.focused, FilterInput))
        yield run


def value(run):
    return run.app.screen.query_one(FilterInput).value


def is_open(run):
    return run.app.screen.query_one(SuggestionList).is_open


async def test_a_filter_is_written_with_tab_alone_after_two_letters(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        await run.type("ac")
        await run.until("Whether the account")
        await run.press("tab", "tab", "down", "right")
        await run.until("1 match")
        assert value(run) == "active eq false"
        assert not is_open(run)
        await run.until("user0", gone=True)


async def test_the_list_lies_over_the_table_and_moves_no_row(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        before = run.text.splitlines()
        await run.type("ac")
        await run.until("Tab takes")
        during = run.text.splitlines()
        assert len(during) == len(before)
        assert [line for line in during if "user3" in line] == [line for line in before if "user3" in line]
        assert during.index(next(line for line in during if "user3" in line)) == before.index(
            next(line for line in before if "user3" in line)
        )


async def test_words_open_no_list_and_enter_and_down_go_to_the_table(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        await run.type("user3")
        await run.until("1 match")
        assert not is_open(run)
        await run.press("down")
        await run.until(lambda: not isinstance(run.app.focused, FilterInput))


async def test_enter_with_an_open_list_leaves_the_text_as_it_was_typed(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        await run.type("us")
        await run.until("Tab takes")
        await run.press("enter")
        await run.until(lambda: not isinstance(run.app.focused, FilterInput))
        assert value(run) == "us"
        await run.until("Tab takes", gone=True)


async def test_enter_takes_what_the_arrows_chose(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        await run.type("us")
        await run.until("Tab takes")
        await run.press("up", "enter")
        await run.until(lambda: value(run) == "userType ")


async def test_escape_closes_the_list_first_and_clears_then(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        await run.type("us")
        await run.until("Tab takes")
        await run.press("escape")
        await run.until("Tab takes", gone=True)
        assert value(run) == "us"
        await run.press("escape")
        await run.until(lambda: value(run) == "")


async def test_the_list_closes_when_the_cursor_leaves_its_word_or_the_field(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        await run.type("us")
        await run.until("Tab takes")
        await run.press("left")
        assert not is_open(run)
        await run.press("end", "e")
        await run.until("Tab takes")
        run.app.screen.view.table.focus()
        await run.until("Tab takes", gone=True)


async def test_a_click_takes_what_is_under_the_pointer(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        await run.type("us")
        await run.until("Tab takes")
        await run.pilot.click(SuggestionList, offset=(3, 1))
        await run.until(lambda: value(run) == "userType ")
        assert isinstance(run.app.focused, FilterInput)


async def test_a_long_list_scrolls_and_says_where_one_is(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        await run.type("active pr and ")
        await run.until("1 of ")
        await run.press("up")
        await run.until("the opposite")
        await run.press("pagedown", "down")
        await run.until("8 of ")
        await run.press("tab")
        await run.until(lambda: value(run) == "active pr and title ")


# ---------------------------------------------------------------- mistakes


def underlined(run):
    field = run.app.screen.query_one(FilterInput)
    segments = field.render_line(0)
    return "".join(segment.text for segment in segments if segment.style and segment.style.underline)


async def test_a_mistake_is_underlined_and_said_with_its_place(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        await run.type("active eq x and title pr")
        await run.until('11: Write it in double quotes: "x"')
        assert underlined(run) == "x"
        assert run.app.screen.query_one("#found").has_class("-wrong")
        await run.press(*["left"] * 14, "backspace")
        await run.type("1")
        await run.press("backspace")
        await run.type("true")
        await run.until("match")
        assert underlined(run) == ""


async def test_what_is_not_finished_is_awaited_and_not_called_wrong(provider, tmp_path):
    async with bar_of(provider, tmp_path, (140, 30)) as run:
        await run.type("title eq ")
        await run.until("… a value in double quotes")
        assert not run.app.screen.query_one("#found").has_class("-wrong")
        await run.type('"a')
        await run.until('… a closing "')
        await run.type('" a')
        await run.until("… and, or, or the end of the filter")
        assert not run.app.screen.query_one("#found").has_class("-wrong")


async def test_an_order_of_what_has_none_is_underlined_whole(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        await run.type("title pr or active gt true")
        await run.until("13: Compare it with eq or ne")
        assert underlined(run) == "active gt true"


async def test_what_is_hidden_in_a_pasted_filter_is_shown_and_kept(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        run.app.focused.post_message(events.Paste('title eq "\x1b]0;x\u202e"'))
        await run.until('title eq "␛]0;x\ufffd"')
        assert value(run) == 'title eq "\x1b]0;x\u202e"'
        assert "\x1b" not in run.text


# ---------------------------------------------------------------- history


async def test_up_in_an_empty_bar_walks_earlier_filters_and_down_comes_back(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        for text in ("active eq true", "ann 1"):
            await run.type(text)
            await run.until("match")
            await run.press("enter", "slash", "escape", "slash")
        await run.press("up")
        await run.until(lambda: value(run) == "ann 1")
        await run.press("up", "up")
        await run.until(lambda: value(run) == "active eq true")
        await run.until("3 matches")
        await run.press("down", "down")
        await run.until(lambda: value(run) == "")
        await run.type("x")
        await run.press("ctrl+up")
        await run.until(lambda: value(run) == "ann 1")


async def test_earlier_filters_are_there_at_the_next_start_and_wrong_ones_are_not(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        await run.type("active eq true")
        await run.until("3 matches")
        await run.press("enter", "slash", "escape", "slash")
        await run.type("active eq x")
        await run.until("double quotes")
        await run.press("escape")
        await run.until((tmp_path / "filters.json").exists)
    async with bar_of(provider, tmp_path) as run:
        await run.until(lambda: bool(run.app.screen.query_one(FilterBar)._earlier))
        await run.press("up")
        await run.until(lambda: value(run) == "active eq true")


# ---------------------------------------------------------------- pasting


@pytest.mark.parametrize(
    ("pasted", "lines"),
    [
        ("ann@x.org\r\nben@x.org\r\n", ["ann@x.org", "ben@x.org"]),
        ("ann; ben ;cy", ["ann", "ben", "cy"]),
        ("ann\tben\tcy", ["ann", "ben", "cy"]),
        ("Smith, Ann", []),
        ("ann\n", []),
        ("\n", []),
        ('title eq "a, b, c"', []),
        ("active eq true\nand title pr", []),
    ],
)
def test_a_list_is_told_from_words_and_filters(pasted, lines):
    assert list_in(pasted) == lines


class Around(App[None]):
    """Nothing but a bar, and an ear for its lists."""

    def __init__(self):
        super().__init__()
        self.heard = []

    def compose(self):
        yield FilterBar("", core_resource_type("User"))

    def on_filter_bar_list_pasted(self, event):
        self.heard.append(event.lines)


async def test_a_pasted_list_is_handed_on_and_the_field_stays_as_it_was():
    app = Around()
    async with app.run_test() as pilot:
        app.query_one(FilterBar).focus_field()
        await pilot.press("a", "n")
        app.query_one(FilterInput).post_message(events.Paste("ann\nben\n"))
        await pilot.pause()
        assert app.query_one(FilterInput).value == "an"
    assert app.heard == [["ann", "ben"]]


async def test_a_bar_that_knows_words_alone_takes_a_list_for_words():
    class Words(Around):
        def compose(self):
            yield FilterBar("")

    app = Words()
    async with app.run_test() as pilot:
        app.query_one(FilterBar).focus_field()
        await pilot.press("a", "c")
        app.query_one(FilterInput).post_message(events.Paste("\nann\nben\n"))
        await pilot.pause()
        assert app.query_one(FilterBar).text == "acann ben"
        assert not app.query_one(SuggestionList).is_open
    assert app.heard == []


async def test_a_filter_of_several_lines_is_pasted_whole(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        run.app.focused.post_message(events.Paste("\nactive eq true\n  and userName pr\n"))
        await run.until("3 matches")
        assert value(run) == "active eq true and userName pr"


async def test_what_was_copied_in_the_console_is_pasted_by_the_same_rules(provider, tmp_path):
    async with bar_of(provider, tmp_path) as run:
        run.app.copy_to_clipboard("active eq false\n")
        await run.press("ctrl+v")
        await run.until("1 match")
        assert value(run) == "active eq false"
