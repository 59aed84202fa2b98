from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with, sync_all, sync_steps

from scimtui.errors import CacheError, NotScim, Refused, Unauthorized
from scimtui.ops.discover import discover
from scimtui.ops.session import close_session, open_session
from scimtui.ops.sync import SyncReport, sync
from scimtui.scim.schema import core_resource_type
from scimtui.store.columns import Projection

USER = core_resource_type("User")


def people(count: int, habits: Habits | None = None) -> FakeProvider:
    provider = FakeProvider(habits or Habits())
    provider.add_users(count)
    return provider


def names(session, type_name: str = "User") -> list[str]:
    return [raw["userName"] for raw in session.cache.resources(type_name).documents()]


async def test_everything_arrives_as_it_was_sent_and_is_counted(tmp_path):
    provider = people(237)
    async with session_with(provider, tmp_path) as session:
        before = datetime.now(UTC)
        steps = await sync_steps(session)
        assert list(session.cache.resources("User").documents()) == provider.users()
        state = session.cache.resources("User").state
        assert (state.complete, state.why, state.claimed_total, state.count) == (True, None, 237, 237)
        assert before <= state.synced_at <= datetime.now(UTC)
    assert [(step.fetched, step.claimed_total, step.requests) for step in steps] == [
        (100, 237, 1),
        (200, 237, 2),
        (237, 237, 3),
        (237, 237, 3),
    ]
    assert [step.report is None for step in steps] == [True, True, True, False]
    report = steps[-1].report
    assert report == SyncReport("acme", "User", 237, 3, report.seconds, complete=True, why=None, new=237)


async def test_a_second_sync_counts_what_changed(tmp_path):
    provider = people(20)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        provider.add_user("somebody-new")
        provider.user("user00003")["title"] = "Boss"
        del provider.resources["Users"][provider.user("user00007")["id"]]
        report = await sync_all(session)
        assert (report.new, report.changed, report.vanished, report.fetched) == (1, 1, 1, 20)
        assert "user00007" not in names(session)


async def test_cursors_are_followed(tmp_path):
    provider = people(250, Habits(cursor_only=True))
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        report = await sync_all(session)
    assert (report.complete, report.fetched) == (True, 250)
    assert sum("cursor=" in seen.path for seen in provider.seen) == 3


async def test_groups_are_their_own_type(tmp_path):
    provider = people(3)
    provider.add_group("Staff", ["1"])
    async with session_with(provider, tmp_path) as session:
        await sync_all(session, "Group")
        assert session.cache.type_names() == ["Group"]
        assert [raw["displayName"] for raw in session.cache.resources("Group").documents()] == ["Staff"]


@pytest.mark.rule("R26")
async def test_a_total_that_lies_makes_the_copy_incomplete(tmp_path):
    async with session_with(people(50, Habits(total_too_high=3)), tmp_path) as session:
        report = await sync_all(session)
        state = session.cache.resources("User").state
    assert (report.complete, report.why) == (False, "only 50 of 53 arrived")
    assert (state.complete, state.why, state.claimed_total, state.count) == (False, report.why, 53, 50)


async def test_a_total_of_one_page_hides_nobody(tmp_path):
    async with session_with(people(250, Habits(total_is_page_limit=True)), tmp_path) as session:
        report = await sync_all(session)
    assert (report.complete, report.fetched) == (True, 250)


async def test_a_list_that_breaks_in_the_middle_leaves_the_complete_copy(tmp_path):
    provider = people(237)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        complete = session.cache.resources("User").state
        provider.user("user00003")["title"] = "Boss"
        provider.habits = Habits(fails_on_request=5)
        report = await sync_all(session)
        assert not report.complete
        assert "HTTP 500" in report.why
        assert report.why.endswith("the earlier complete copy stays")
        assert (report.new, report.changed, report.vanished) == (0, 0, 0)
        users = session.cache.resources("User")
        assert users.state == complete
        assert len(users) == 237
        assert not any("title" in raw for raw in users.documents())


async def test_a_first_list_that_breaks_is_kept_and_called_incomplete(tmp_path):
    async with session_with(people(250, Habits(fails_on_request=3)), tmp_path) as session:
        report = await sync_all(session)
        state = session.cache.resources("User").state
    assert (report.complete, report.fetched) == (False, 200)
    assert (state.complete, state.count) == (False, 200)
    assert "HTTP 500" in state.why


async def test_a_larger_part_takes_the_place_of_a_smaller_one_and_never_the_other_way(tmp_path):
    provider = people(350, Habits(fails_on_request=2))
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        assert session.cache.resources("User").state.count == 100
        provider.seen.clear()
        session.cache.resources("User").drop_part()
        provider.habits = Habits(fails_on_request=4)
        await sync_all(session)
        assert session.cache.resources("User").state.count == 300
        provider.seen.clear()
        session.cache.resources("User").drop_part()
        provider.habits = Habits(fails_on_request=2)
        report = await sync_all(session)
        assert report.why.endswith("the earlier larger copy stays")
        assert len(session.cache.resources("User")) == 300


@pytest.mark.parametrize(
    ("habits", "error"),
    [
        (Habits(html_everywhere=True), NotScim),
        (Habits(fails_on_request=1), Refused),
        (Habits(busy_for=99, retry_after="9999"), Refused),
        (Habits(discovery_without_token=True), None),
    ],
)
async def test_a_first_page_that_fails_is_an_error_and_leaves_the_copy(tmp_path, habits, error):
    provider = people(5)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        provider.habits, provider.seen = habits, []
        if error is not None:
            with pytest.raises(error):
                await sync_all(session)
        assert len(names(session)) == 5
        provider.habits = Habits()
        assert (await sync_all(session)).complete


async def test_a_wrong_token_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIMTUI_TOKEN_ACME", "wrong")
    async with session_with(people(5), tmp_path) as session:
        with pytest.raises(Unauthorized):
            await sync_all(session)
        assert session.cache.resources("User").state is None


async def test_closing_a_sync_leaves_the_old_copy_and_the_next_one_runs(tmp_path):
    provider = people(250)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        provider.resources["Users"].clear()
        provider.add_users(150, start=1000)
        async with aclosing(sync(session, USER)) as steps:
            assert (await anext(steps)).fetched == 100
        assert len(names(session)) == 250
        assert session.cache.resources("User").state.count == 250
        assert not list(session.cache.folder.glob("*.new"))
        assert (await sync_all(session)).fetched == 150


@pytest.mark.parametrize("turns", [1, 2, 3, 5, 8, 13, 30])
async def test_cancelling_a_sync_at_any_moment_leaves_a_whole_copy_and_the_next_one_runs(tmp_path, turns):
    provider = people(120)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        running = asyncio.create_task(sync_all(session))
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        assert len(names(session)) == 120
        assert (await sync_all(session)).complete


async def test_two_syncs_of_one_type_at_once_are_refused(tmp_path):
    async with session_with(people(250), tmp_path) as session, aclosing(sync(session, USER)) as steps:
        await anext(steps)
        with pytest.raises(CacheError, match="being replaced already"):
            await sync_all(session)


async def test_a_second_process_cannot_sync_and_says_why(tmp_path):
    provider = people(5)
    async with session_with(provider, tmp_path) as first:
        second = open_session(first.tenant, tmp_path)
        with pytest.raises(CacheError, match="another scimtui"):
            await sync_all(second)
        await close_session(second)
    assert provider.seen == []


async def test_resources_without_id_and_entries_that_are_none_are_counted_not_lost_silently(tmp_path):
    async with session_with(people(20, Habits(entries_not_objects=2, entries_without_id=1)), tmp_path) as session:
        report = await sync_all(session)
    assert not report.complete
    assert "without an id" in report.why
    assert report.fetched == 20


@pytest.mark.parametrize("ids", ["integer", "awkward"])
async def test_ids_of_any_form_are_kept(tmp_path, ids):
    async with session_with(people(15, Habits(ids=ids)), tmp_path) as session:
        assert (await sync_all(session)).fetched == 15
        assert len(set(names(session))) == 15


async def test_an_edit_made_during_a_sync_is_not_undone_by_it(tmp_path):
    provider = people(250)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        ann = provider.user("user00001")
        async with aclosing(sync(session, USER)) as steps:
            await anext(steps)
            session.cache.resources("User").put({**ann, "active": False})
            async for _ in steps:
                pass
        assert session.cache.resources("User").get(ann["id"])["active"] is False


async def test_rows_are_there_for_the_next_start_without_the_provider(tmp_path):
    projection = Projection("v1", lambda raw: (str(raw["id"]), str(raw["userName"])))
    async with session_with(people(30), tmp_path) as session:
        await sync_all(session)
        expected, tenant = session.cache.resources("User").rows(projection), session.tenant
    later = open_session(tenant, tmp_path)
    assert later.cache.resources("User").rows(projection) == expected
    await close_session(later)
