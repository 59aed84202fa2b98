"""A filter built from choices, with keys alone."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from fakes.consoles import console_on
from fakes.in_memory_provider import FakeProvider

from scimtui.scim.filter import parse_filter
from scimtui.scim.filter_rows import conditions_of
from scimtui.tui.filter.filter_bar import FilterBar, FilterInput
from scimtui.tui.rows.condition_row import PartField
from scimtui.tui.rows.filter_builder import MOST_ROWS, FilterBuilder, beginning_of


@pytest.fixture
def provider():
    provider = FakeProvider()
    for number in range(4):
        provider.add_user(f"user{number}", displayName=f"Ann {number}", active=number != 2)
    return provider


@asynccontextmanager
async def builder_of(provider, folder, text=""):
    async with console_on(provider, folder, (80, 24)) as run:
        await run.until("complete")
        await run.until("user3")
        if text:
            await run.press("slash")
            await run.type(text)
            await run.until("match")
        await run.press("ctrl+b")
        await run.until("Enter next")
        yield run


def in_bar(run):
    return run.app.screen.query_one(FilterBar).text


async def test_choices_make_a_filter_that_stands_in_the_bar_and_is_asked(provider, tmp_path):
    async with builder_of(provider, tmp_path) as run:
        await run.until("choose an attribute")
        await run.type("act")
        await run.press("enter", "enter")
        await run.until("type a value")
        await run.press("down", "enter")
        await run.until("1 match")
        assert in_bar(run) == "active eq false"
        assert isinstance(run.app.focused, FilterInput)


async def test_the_text_and_its_matches_are_shown_while_it_is_built(provider, tmp_path):
    async with builder_of(provider, tmp_path) as run:
        await run.type("userN")
        await run.press("enter")
        await run.type("starts")
        await run.press("enter")
        await run.type("user")
        await run.until('userName sw "user"')
        await run.until("4 matches of 4 in the cache")
        await run.type("3")
        await run.until("1 match of 4 in the cache")


async def test_not_set_is_a_choice_and_rows_are_added_and_removed(provider, tmp_path):
    async with builder_of(provider, tmp_path) as run:
        await run.type("title")
        await run.press("enter")
        await run.type("is not set")
        await run.press("tab")
        await run.until("not (title pr)")
        await run.press("ctrl+n")
        await run.until(lambda: isinstance(run.app.focused, PartField))
        await run.type("act")
        await run.press("enter", "enter")
        await run.type("t")
        await run.press("shift+tab", "tab")
        await run.until("Condition 2: the value must be true or false")
        await run.press("enter")
        await run.until("3 matches")
        assert in_bar(run) == "not (title pr) and active eq true"
        await run.press("ctrl+b")
        await run.until("Enter next")
        await run.press("ctrl+d", "ctrl+s")
        await run.until("4 matches")
        assert in_bar(run) == "not (title pr)"


async def test_any_of_these_joins_by_or(provider, tmp_path):
    async with builder_of(provider, tmp_path, 'userName eq "user1" and active eq false') as run:
        await run.press("shift+tab", "shift+tab", "shift+tab", "shift+tab", "shift+tab", "shift+tab", "space")
        await run.until("2 matches of 4")
        await run.press("enter")
        await run.until(lambda: not isinstance(run.app.screen, FilterBuilder))
        assert in_bar(run) == 'userName eq "user1" or active eq false'


async def test_escape_leaves_the_bar_as_it_was(provider, tmp_path):
    async with builder_of(provider, tmp_path, "ann") as run:
        await run.until("The bar holds words")
        await run.press("escape")
        await run.until("Enter next", gone=True)
        assert in_bar(run) == "ann"


async def test_ctrl_s_goes_to_what_is_missing_and_the_last_row_empties_the_bar(provider, tmp_path):
    async with builder_of(provider, tmp_path, "active eq true") as run:
        await run.press("backspace", "ctrl+s")
        await run.until("type a value")
        assert isinstance(run.app.screen, FilterBuilder)
        await run.press("ctrl+d")
        await run.until(lambda: not isinstance(run.app.screen, FilterBuilder))
        assert in_bar(run) == ""


async def test_a_date_is_typed_as_a_day(provider, tmp_path):
    async with builder_of(provider, tmp_path) as run:
        await run.type("meta.created")
        await run.press("enter", "enter")
        await run.type("yesterday")
        await run.until("the value must be a date such as 2026-01-31")
        await run.press("ctrl+u")
        await run.type("2026-01-31")
        await run.until('meta.created ge "2026-01-31T00:00:00Z"')


async def test_no_more_rows_than_fit(provider, tmp_path):
    async with builder_of(provider, tmp_path) as run:
        await run.press(*["ctrl+n"] * (MOST_ROWS + 2))
        await run.until(lambda: len(run.app.screen.query("ConditionRow")) == MOST_ROWS)
        await run.until(
            lambda: "Enter next" in run.text or "Enter takes" in run.text
        )  # as suggestions are open, or not


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("", ""),
        ("ann", "words"),
        ("active eq", "not finished"),
        ('emails[type eq "work"]', "no plain list"),
        (" or ".join(["title pr"] * (MOST_ROWS + 1)), "no plain list"),
        ("active eq true", ""),
    ],
)
def test_what_stands_in_the_bar_is_taken_apart_or_it_is_said_why_not(text, notice):
    beginning = beginning_of(text)
    assert notice in beginning.notice
    assert bool(notice) == bool(beginning.notice)
    if text and not notice:
        assert (beginning.join, beginning.conditions) == conditions_of(parse_filter(text))
