"""Groups of one person and of several, and one person made like a colleague, in the console."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fakes.consoles import Console, console_on
from fakes.in_memory_provider import FakeProvider


def members(provider: FakeProvider, name: str) -> set[str]:
    by_id = {raw["id"]: raw["userName"] for raw in provider.users()}
    group = next(raw for raw in provider.resources["Groups"].values() if raw["displayName"] == name)
    return {by_id.get(one["value"], one["value"]) for one in group["members"]}


@pytest.fixture
def provider() -> FakeProvider:
    """Ann is in Engineers, and through it in Staff; Bob is in Sales and Engineers, and has a title."""
    made = FakeProvider()
    ann = made.add_user("ann", displayName="Ann Lee")["id"]
    bob = made.add_user("bob", displayName="Bob Ray", title="Seller")["id"]
    made.add_user("carl", displayName="Carl Poe")
    engineers = made.add_group("Engineers", [ann, bob])["id"]
    made.add_group("Staff", [engineers])
    made.add_group("Sales", [bob])
    made.add_group("Library", [])
    return made


@asynccontextmanager
async def people(provider: FakeProvider, folder: Path, *keys: str, **values: Any) -> AsyncIterator[Console]:
    """Open the console at the people, the cursor on Ann, and press keys."""
    async with console_on(provider, folder, (120, 40), **values) as run:
        await run.until("acme Group: 4 in")
        await run.until("ann")
        await run.press(*keys)
        yield run


async def test_the_groups_of_a_person_are_ticked_and_each_is_a_change(provider, tmp_path):
    async with people(provider, tmp_path, "m") as run:
        await run.until("groups of Ann Lee")
        await run.until("through Engineers")
        await run.press("space", "slash")
        await run.type("library")
        await run.press("enter", "space")
        await run.until("into 1 group, out of 1 group: 2 changes, nothing sent yet")
        await run.press("enter")
        await run.until("Remove Ann Lee from Engineers")
        await run.until("Add Ann Lee to Library")
        assert provider.writes() == []
        await run.press("2", "enter")
        await run.until("2 changes: 2 ")
    assert (members(provider, "Engineers"), members(provider, "Library")) == ({"bob"}, {"ann"})


async def test_a_group_that_one_is_in_through_another_cannot_be_left_and_says_why(provider, tmp_path):
    async with people(provider, tmp_path, "m") as run:
        await run.until("groups of Ann Lee")
        await run.press("j", "space")
        await run.until("Staff: in it through Engineers. Who leaves Engineers leaves it too")
        await run.press("enter")
        await run.until("Nothing is ticked yet")
        await run.press("escape")
        await run.until("groups of Ann Lee", gone=True)
    assert provider.writes() == []


async def test_those_marked_come_into_a_group_together_without_those_who_are_in(provider, tmp_path):
    async with people(provider, tmp_path, "asterisk", "m") as run:
        await run.until("groups of 3 people")
        await run.until("2 of 3 in")
        await run.press("space")
        await run.until("3 people into 1 group: 1 change")
        await run.press("enter")
        await run.until("Add Carl Poe to Engineers")
        await run.press("y")
        await run.until("2 members before, 3 now")
    assert members(provider, "Engineers") == {"ann", "bob", "carl"}


async def test_a_second_space_takes_those_who_are_in_out_and_a_third_nothing(provider, tmp_path):
    async with people(provider, tmp_path, "asterisk", "m") as run:
        await run.until("groups of 3 people")
        await run.press("space", "k", "space")
        await run.until("3 people out of 1 group: 1 change")
        await run.press("k", "space")
        await run.until("Nothing is ticked yet")
        await run.press("space", "escape")
        await run.until("Esc again forgets what is ticked")
        await run.press("escape")
        await run.until("groups of 3 people", gone=True)
    assert provider.writes() == []


async def test_a_person_is_made_like_a_colleague_by_what_stays_ticked(provider, tmp_path):
    async with people(provider, tmp_path, "M") as run:
        await run.until("make Ann Lee like…")
        await run.type("bob")
        await run.until("1 match")
        await run.press("enter")
        await run.until("make Ann Lee like Bob Ray")
        await run.until("title: – → Seller")
        await run.until("into 1 group: 1 change")
        await run.press("space")
        await run.until("1 attribute")
        await run.press("enter")
        await run.until("2 changes")
        await run.press("2", "enter")
        await run.until("2 changes: 2 ")
    assert members(provider, "Sales") == {"ann", "bob"}
    assert provider.user("ann")["title"] == "Seller"


async def test_what_only_the_person_is_in_is_left_alone_unless_it_is_ticked(provider, tmp_path):
    async with people(provider, tmp_path, "j", "M") as run:
        await run.until("make Bob Ray like…")
        await run.type("carl")
        await run.until("1 match")
        await run.press("enter")
        await run.until("only Bob Ray is in it")
        await run.until("Nothing is ticked yet")
        await run.press("space", "enter")
        await run.until("Remove Bob Ray from")
        await run.press("y")
        await run.until("done and verified")
    assert len([name for name in ("Engineers", "Sales") if "bob" in members(provider, name)]) == 1


async def test_a_locked_tenant_says_so_before_anything_is_ticked(provider, tmp_path):
    async with people(provider, tmp_path, "m", production=True) as run:
        await run.until("production tenant and locked")
    assert provider.writes() == []


async def test_the_members_of_several_groups_are_not_mixed(provider, tmp_path):
    async with people(provider, tmp_path, "2") as run:
        await run.until("Library")
        await run.press("asterisk", "m")
        await run.until("one group at a time")


async def test_groups_are_ticked_from_the_page_of_a_person_too(provider, tmp_path):
    async with people(provider, tmp_path, "enter") as run:
        await run.until("as the provider has it")
        await run.press("m")
        await run.until("groups of Ann Lee")
        await run.press("escape", "M")
        await run.until("make Ann Lee like…")
