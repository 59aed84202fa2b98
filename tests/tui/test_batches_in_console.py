"""Many changes in the console: one preview, a line that moves, a stop with Ctrl+C, what became of each, and `z`."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fakes.consoles import Console, console_on
from fakes.in_memory_provider import FakeProvider

SMALL = (80, 24)


@asynccontextmanager
async def opened(provider: FakeProvider, folder: Path) -> AsyncIterator[Console]:
    """Open the table of the provider's people, as many as there are, all marked."""
    count = len(provider.users())
    async with console_on(provider, folder, SMALL) as run:
        await run.press("r")
        await run.until("user00001")
        await run.until(f"Users {count}")
        await run.press("asterisk")
        yield run


async def agree(run: Console, number: int) -> None:
    """Type the number that the preview asks for."""
    await run.until(f"Type {number} to send")
    await run.press(*str(number), "enter")


def people(count: int) -> FakeProvider:
    provider = FakeProvider()
    provider.add_users(count)
    return provider


def active(provider: FakeProvider) -> list[bool]:
    return [raw["active"] for raw in provider.users()]


async def test_marked_people_are_turned_off_and_z_takes_all_of_it_back(tmp_path):
    provider = people(8)
    async with opened(provider, tmp_path) as run:
        await run.press("d")
        await agree(run, 8)
        await run.until("8 changes: 8 done. z takes them back")
        assert active(provider) == [False] * 8
        assert list((tmp_path / "plans").glob("*.json")) == []
        await run.press("z")
        await run.until(": Deactivate user00008")
        await agree(run, 8)
        await run.until("8 changes: 8 done")
        assert active(provider) == [True] * 8
        await run.press("z")
        await run.until("Nothing of this session is left to take back")
    assert len(provider.writes()) == 16


async def test_z_in_a_resource_takes_back_the_last_write_to_it_alone(tmp_path):
    provider = people(2)
    async with opened(provider, tmp_path) as run:
        await run.press("d")
        await agree(run, 2)
        await run.until("2 changes: 2 done")
        await run.press("enter")
        await run.until("userName")
        await run.press("z")
        await run.until("PATCH")
        assert "Undo acme-" in run.text
        await run.press("y")
        await run.until("done and verified")
    assert sorted(active(provider)) == [False, True]


async def test_what_nobody_expected_is_asked_about_and_a_no_shows_who_is_left_and_where(tmp_path):
    provider = people(3)
    provider.habits.patch_ignored = True
    async with opened(provider, tmp_path) as run:
        await run.press("d")
        await agree(run, 3)
        await run.until("Go on with the other 2 changes all the same?")
        await run.press("n")
        await run.until("1 ignored, 2 not tried")
        assert "≠ Deactivate user00001" in run.text
        assert "→ look at it in the provider itself" in run.text
        assert "○ Deactivate user00003: not tried" in run.text
        assert "scimtui apply" in run.text
        (plan,) = (tmp_path / "plans").glob("*.json")
        provider.habits.patch_ignored = False
        await run.press("g")
        await run.until("3 changes: 3 done")
    assert active(provider) == [False] * 3
    assert not plan.exists()
    assert len(provider.writes()) == 4


async def test_ctrl_c_stops_after_what_is_in_flight(tmp_path):
    provider = people(4)
    arrived, release = threading.Event(), threading.Event()

    def hold() -> None:
        arrived.set()
        release.wait(20)

    provider.before_write = hold
    async with opened(provider, tmp_path) as run:
        await run.press("d")
        await agree(run, 4)
        await run.until(arrived.is_set)
        await run.press("ctrl+c")
        release.set()
        await run.until("1 done, 3 not tried")
        assert "Stopped as you asked" in run.text
        await run.press("escape")
        await run.until("The rest is in")
    assert sorted(active(provider)) == [False, True, True, True]
    assert len(provider.writes()) == 1


async def test_undo_names_what_stands_in_the_way_and_offers_the_others(tmp_path):
    provider = people(3)
    async with opened(provider, tmp_path) as run:
        await run.press("d")
        await agree(run, 3)
        await run.until("3 changes: 3 done")
        del provider.resources["Users"][provider.user("user00002")["id"]]
        await run.press("z")
        await run.until("1 write cannot be taken back, 2 can")
        assert "user00002 is not there any more" in run.text
        await run.press("g")
        await agree(run, 2)
        await run.until("2 changes: 2 done")
    assert active(provider) == [True, True]
