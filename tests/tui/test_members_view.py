"""The members of a group in the console: staged, previewed once, sent, and read back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fakes.consoles import Console, console_on
from fakes.in_memory_provider import FakeProvider, Habits


def group_named(provider: FakeProvider, name: str) -> dict[str, Any]:
    return next(raw for raw in provider.resources["Groups"].values() if raw["displayName"] == name)


def member_names(provider: FakeProvider, name: str) -> list[str]:
    by_id = {raw["id"]: raw["userName"] for raw in provider.users()}
    return sorted(by_id.get(one["value"], one["value"]) for one in group_named(provider, name)["members"])


@pytest.fixture
def provider() -> FakeProvider:
    made = FakeProvider()
    made.add_users(8)
    made.add_user("zoe", displayName="Zoë Ångström")
    people = [raw["id"] for raw in made.users()]
    inner = made.add_group("Inner", people[:2])["id"]
    made.add_group("Outer", [*people[2:6], inner])
    return made


@asynccontextmanager
async def members_of(provider: FakeProvider, folder: Path, name: str, **values: Any) -> AsyncIterator[Console]:
    """Open the console at the members of a group."""
    async with console_on(provider, folder, (120, 40), **values) as run:
        await run.until("acme Group: ")
        await run.press("2")
        await run.until(name)
        await run.press("slash")
        await run.type(name)
        await run.press("enter")
        await run.until("1 match")
        await run.press("m")
        await run.until(f"members {name}")
        yield run


async def test_people_are_added_by_some_letters_and_one_preview(provider, tmp_path):
    async with members_of(provider, tmp_path, "Outer") as run:
        await run.until("5 members")
        await run.press("plus")
        await run.until("of 11")
        await run.type("zoe")
        await run.until("1 match of 11")
        await run.press("enter")
        await run.until("5 members → 6 after: + 1, nothing sent yet")
        await run.until("+ Zoë Ångström")
        assert provider.writes() == []
        await run.press("ctrl+s")
        await run.until("Add Zoë Ångström to Outer")
        await run.press("y")
        await run.until("5 members before, 6 now")
    assert "zoe" in member_names(provider, "Outer")
    assert len(provider.writes()) == 1


async def test_several_are_ticked_and_those_who_are_in_already_are_not_taken(provider, tmp_path):
    async with members_of(provider, tmp_path, "Inner") as run:
        await run.press("plus")
        await run.until("✓ member")
        await run.type("user0000")
        await run.press("down", "asterisk")
        await run.until("8 ticked")
        await run.press("enter")
        await run.until("2 members → 8 after: + 6")


async def test_a_pasted_list_is_looked_up_and_ticked(provider, tmp_path):
    async with members_of(provider, tmp_path, "Inner") as run:
        await run.press("plus")
        await run.until("of 11")
        await run.press("ctrl+l")
        await run.until("One a line")
        await run.type("zoe")
        await run.press("enter")
        await run.type("nobody")
        await run.press("enter")
        await run.type("user00004@example.com")
        await run.press("ctrl+s")
        await run.until("3 lines: 2 found, 1 not found")
        await run.press("enter")
        await run.until("2 ticked")
        await run.press("enter")
        await run.until("2 members → 4 after: + 2")


async def test_marked_members_are_removed_and_what_is_staged_can_be_taken_back(provider, tmp_path):
    async with members_of(provider, tmp_path, "Outer") as run:
        await run.press("G", "space", "k", "k", "V", "minus")
        await run.until("5 members → 2 after: − 3")
        await run.press("u")
        await run.until("3 members staged no more")
        await run.until("→", gone=True)
        await run.press("G", "minus")
        await run.until("5 members → 4 after: − 1")
        await run.press("ctrl+s")
        await run.until("Remove ")
        await run.press("y")
        await run.until("5 members before, 4 now")
    assert len(member_names(provider, "Outer")) == 4


async def test_what_is_staged_is_not_lost_by_a_key(provider, tmp_path):
    async with members_of(provider, tmp_path, "Outer") as run:
        await run.press("G", "minus")
        await run.until("− 1")
        await run.press("q")
        await run.until("without sending what was changed?")
        await run.press("n")
        await run.press("r")
        await run.until("as the provider has it")
        await run.until("5 members → 4 after: − 1")


async def test_a_group_among_the_members_stands_first_and_opens_its_own_members(provider, tmp_path):
    async with members_of(provider, tmp_path, "Outer") as run:
        await run.until("▸ Group")
        await run.press("enter")
        await run.until("members Inner")
        await run.until("2 members")
        await run.press("enter")
        await run.until("User user00001")


async def test_members_are_found_by_letters_and_leave_while_they_are_looked_for(provider, tmp_path):
    async with members_of(provider, tmp_path, "Outer") as run:
        await run.press("slash")
        await run.type("user00003")
        await run.until("1 of 5")
        await run.press("enter", "minus")
        await run.until("5 members → 4 after: − 1")
        await run.press("escape")
        await run.until("user00004")


async def test_a_provider_that_shows_no_members_is_said_to_and_members_still_come_and_go(tmp_path):
    provider = FakeProvider(Habits(members_never=True))
    provider.add_users(3)
    provider.add_group("Hidden", [provider.user("user00001")["id"]])
    async with members_of(provider, tmp_path, "Hidden", profile={"shows_members": False}) as run:
        await run.until("This provider shows no members")
        await run.press("minus")
        await run.until("remove from Hidden")
        await run.type("user00001")
        await run.press("enter")
        await run.until("members are not shown here: − 1")
        await run.press("plus")
        await run.type("user00002")
        await run.until("1 match")
        await run.press("enter")
        await run.until("members are not shown here: + 1 − 1")
        await run.press("ctrl+s", "y")
        await run.until("the provider may not show members")
    assert member_names(provider, "Hidden") == ["user00002"]


async def test_many_who_leave_are_sent_only_after_their_number_was_typed(provider, tmp_path):
    async with members_of(provider, tmp_path, "Outer", limits={"count": 2}) as run:
        await run.press("asterisk", "minus")
        await run.until("→ 0 after: − 5")
        await run.press("ctrl+s", "y")
        await run.until("Type 5 to send")
        await run.press("4", "enter", "escape")
        await run.until("Nothing was sent")
        assert provider.writes() == []
        await run.press("ctrl+s", "y")
        await run.until("Type 5 to send")
        await run.press("5", "enter")
        await run.until("5 members before, 0 now")


async def test_what_another_admin_did_meanwhile_is_staged_no_more(provider, tmp_path):
    async with members_of(provider, tmp_path, "Outer") as run:
        await run.press("plus")
        await run.type("zoe")
        await run.until("1 match")
        await run.press("enter")
        await run.until("6 after: + 1")
        group_named(provider, "Outer")["members"].append({"value": provider.user("zoe")["id"]})
        await run.press("r")
        await run.until("6 members")
        await run.until("after", gone=True)


async def test_a_provider_that_cannot_patch_shows_members_and_says_why_they_stay(provider, tmp_path):
    async with members_of(provider, tmp_path, "Outer", profile={"can_patch": False}) as run:
        await run.until("5 members")
        await run.press("plus")
        await run.until("cannot PATCH, and members are never written by PUT")


async def test_names_of_strangers_act_neither_in_the_members_nor_in_the_search(tmp_path):
    provider = FakeProvider()
    evil = provider.add_user("evil", displayName="\x1b[31m[@click=app.quit]x[/]\u202e")
    provider.add_user("second", displayName="[/nope]")
    provider.add_group("Strange [/b]", [evil["id"]])
    async with members_of(provider, tmp_path, "Strange") as run:
        await run.until("␛[31m[@click=app.quit]x[/]‹202e›")
        await run.press("plus")
        await run.until("[/nope]")
        await run.until("add to Strange [/b]")


async def test_requests_of_a_large_change_stop_after_the_one_in_flight(tmp_path):
    provider = FakeProvider()
    provider.add_users(12)
    provider.add_group("Large")
    async with members_of(provider, tmp_path, "Large", profile={"members_per_request": 2}) as run:
        await run.press("plus")
        await run.type("user")
        await run.until("12 matches")
        await run.press("down", "asterisk", "enter")
        await run.until("12 after")
        provider.habits.slow = 0.3
        await run.press("ctrl+s", "y")
        await run.until("request 2 of 6; ^C stops")
        await run.press("ctrl+c")
        await run.until("are in; 0 members before")
        count = len(member_names(provider, "Large"))
        assert 0 < count < 12
        await run.until(f"{count} of 12 are in")
        await run.until(f"+ {12 - count}, nothing sent yet")
