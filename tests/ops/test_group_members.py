"""Groups are there at once, their members as soon as they can be, and unknown is never taken for none."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with, sync_all

from scimtui.ops.session import Session
from scimtui.ops.sync import sync
from scimtui.scim.absence import Absence, absence
from scimtui.scim.schema import ResourceType


def provider_with(habits: Habits, groups: int = 30) -> FakeProvider:
    provider = FakeProvider(habits)
    provider.add_users(groups + 2)
    people = [raw["id"] for raw in provider.users()]
    for number in range(groups):
        provider.add_group(f"group{number:02d}", people[number : number + 3])
    return provider


def group_type(session: Session) -> ResourceType:
    found = session.provider.resource_type("Group")
    assert found is not None
    return found


def members(session: Session) -> dict[str, int | None]:
    held = session.cache.resources("Group").documents()
    return {raw["displayName"]: len(raw["members"]) if "members" in raw else None for raw in held}


def excluding(provider: FakeProvider) -> list[bool]:
    """Return of each list of groups whether it was asked for without members."""
    lists = [seen for seen in provider.seen if seen.path.startswith("/scim/v2/Groups?")]
    return ["excludedAttributes" in seen.query for seen in lists]


async def test_the_first_time_groups_are_there_before_their_members(tmp_path: Path) -> None:
    provider = provider_with(Habits(max_page=10))
    async with session_with(provider, tmp_path) as session:
        cache = session.cache.resources("Group")
        seen_without = False
        async with aclosing(sync(session, group_type(session))) as steps:
            async for step in steps:
                report = step.report
                if len(cache) == 30 and set(members(session).values()) == {None}:
                    assert cache.state is not None
                    assert cache.state.why == "the members are not read yet"
                    seen_without = True
        assert seen_without
        assert report is not None
        assert (report.complete, set(members(session).values())) == (True, {3})
        provider.seen.clear()
        await sync_all(session, "Group")
        assert not any(excluding(provider))


@pytest.mark.parametrize("habit", ["ignored", "refused"])
async def test_a_provider_that_cannot_leave_members_out_is_read_with_them(tmp_path: Path, habit: str) -> None:
    provider = provider_with(Habits(max_page=10, excluded=habit))
    async with session_with(provider, tmp_path) as session:
        report = await sync_all(session, "Group")
        assert (report.complete, report.fetched, set(members(session).values())) == (True, 30, {3})
        assert excluding(provider).count(True) == 1


async def test_members_that_a_list_leaves_out_are_read_group_by_group(tmp_path: Path) -> None:
    provider = provider_with(Habits(max_page=10, members_listed=False))
    async with session_with(provider, tmp_path) as session:
        report = await sync_all(session, "Group")
        assert (report.complete, set(members(session).values())) == (True, {3})
        assert session.dialect.lists_members is False
        provider.seen.clear()
        again = await sync_all(session, "Group")
        assert (again.complete, set(members(session).values())) == (True, {3})
        assert sum("/Groups/" in seen.path for seen in provider.seen) == 30
        assert len(excluding(provider)) <= 4  # three pages, and the look for the end


async def test_a_list_that_breaks_under_its_members_is_read_without_them(tmp_path: Path) -> None:
    provider = provider_with(Habits(max_page=10, members_break_lists=True))
    async with session_with(provider, tmp_path) as session:
        report = await sync_all(session, "Group")
        assert (report.complete, report.fetched, set(members(session).values())) == (True, 30, {3})


async def test_a_group_that_cannot_be_read_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    habits = Habits(max_page=10, members_listed=False, unreadable=frozenset({"group07"}))
    async with session_with(provider_with(habits), tmp_path) as session:
        report = await sync_all(session, "Group")
        assert not report.complete
        assert report.why == "the members of 1 of 30 could not be read"
        assert members(session)["group07"] is None
        assert members(session)["group08"] == 3


async def test_where_members_are_never_shown_they_are_unknown_and_nobody_is_asked_in_vain(tmp_path: Path) -> None:
    provider = provider_with(Habits(max_page=10, members_never=True))
    async with session_with(provider, tmp_path, profile={"lists_members": False}) as session:
        report = await sync_all(session, "Group")
        assert (report.complete, set(members(session).values())) == (True, {None})
        assert session.dialect.shows_members is False
        assert absence("members", group_type(session)) is Absence.NOT_RETURNED
        assert sum("/Groups/" in seen.path for seen in provider.seen) == 10  # one page of them was enough to know
    async with session_with(provider, tmp_path, profile={"lists_members": False}) as session:
        assert absence("members", group_type(session)) is Absence.NOT_RETURNED
