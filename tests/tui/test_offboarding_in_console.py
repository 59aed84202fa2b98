"""Offboarding in the console: a checklist, one preview, receipts step by step."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fakes.consoles import Console, console_on
from fakes.in_memory_provider import FakeProvider

SMALL = (80, 24)
STEPS = ["deactivate", {"remove_from_groups": "all"}, {"add_to_group": "Blocked"}, {"set": {"title": "Left {date}"}}]


@pytest.fixture
def provider() -> FakeProvider:
    made = FakeProvider()
    ann = made.add_user("ann", displayName="Ann Lee", title="Engineer")["id"]
    bob = made.add_user("bob", displayName="Bob Ray")["id"]
    for name in ("Engineers", "VPN"):
        made.add_group(name, [ann, bob])
    made.add_group("Blocked", [])
    return made


@asynccontextmanager
async def at_people(provider: FakeProvider, folder: Path, **values: Any) -> AsyncIterator[Console]:
    async with console_on(provider, folder, SMALL, recipe={"steps": STEPS}, **values) as run:
        await run.until("acme Group: 3 in")
        await run.until("ann")
        yield run


async def test_each_step_can_be_left_out_and_the_receipts_say_what_was_verified(provider, tmp_path):
    async with at_people(provider, tmp_path) as run:
        await run.press("o")
        await run.until("[x] Remove from 2 groups: Engineers, VPN")
        await run.until("4 of 4 steps ticked: 5 changes, nothing sent yet")
        await run.press("down", "down", "space")
        await run.until("3 of 4 steps ticked: 4 changes, nothing sent yet")
        await run.press("enter")
        await run.until("Type 4 to send")
        assert provider.writes() == []
        await run.press("4", "enter")
        await run.until("Offboard Ann Lee (ann): 4 of 4 changes done and verified")
        await run.until("✓ Remove Ann Lee from VPN: done and verified at")
        await run.press("escape")
        await run.until("4 of 4 changes done", gone=True)
        assert (provider.user("ann")["active"], provider.user("ann")["title"][:5]) == (False, "Left ")
        await run.press("o")
        await run.until("Deactivate: already inactive")
        await run.until("[x] Add to Blocked")
        await run.press("down", "down", "space", "enter")
        await run.until("Nothing is ticked; Space ticks")
    assert {len(group["members"]) for group in provider.resources["Groups"].values()} == {0, 1}


async def test_who_stays_active_is_said_in_the_loudest_place(provider, tmp_path):
    provider.habits.patch_ignored = True
    async with at_people(provider, tmp_path) as run:
        await run.press("asterisk", "o")
        await run.until("Deactivate 2 people")
        await run.press("enter")
        await run.until("Type 7 to send")
        await run.press("7", "enter")
        await run.until("Go on with the other 6 changes all the same?")
        await run.press("n")
        await run.until("g go on with the other 7")
        await run.press("escape")
        await run.until("STILL ACTIVE in acme: ann, bob")
