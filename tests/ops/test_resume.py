"""A sync that goes on from where it was, doubts a great loss, and asks for pages side by side where that is proved."""

from __future__ import annotations

import time
from contextlib import aclosing
from dataclasses import dataclass

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with, sync_all

from scimtui.ops.browse import fetch
from scimtui.ops.sync import sync

# ------------------------------------------------------------ going on from where it broke off


def asked(provider: FakeProvider) -> list[str]:
    """Return the startIndex of each page that was asked for."""
    return [seen.query["startIndex"] for seen in provider.seen if seen.query.get("count") not in {None, "1"}]


async def test_a_sync_that_broke_goes_on_from_where_it_was(tmp_path):
    provider = FakeProvider(Habits(max_page=20, fails_on_request=4))
    provider.add_users(200)
    async with session_with(provider, tmp_path) as session:
        broken = await sync_all(session)
        assert (broken.complete, broken.fetched) == (False, 60)
        provider.seen.clear()
        provider.habits.fails_on_request = None
        report = await sync_all(session)
        assert (report.complete, report.fetched) == (True, 200)
        assert asked(provider)[0] == "61"
        provider.seen.clear()
        assert (await sync_all(session)).complete
        assert asked(provider)[0] == "1"


async def test_a_cancelled_sync_goes_on_after_a_restart_and_full_begins_anew(tmp_path):
    provider = FakeProvider(Habits(max_page=20))
    provider.add_users(200)
    for full, first in ((False, "61"), (True, "1")):
        async with session_with(provider, tmp_path) as session:
            kind = session.provider.resource_type("User")
            async with aclosing(sync(session, kind, full=True)) as steps:
                async for step in steps:
                    if step.fetched >= 60:
                        break
        provider.seen.clear()
        async with session_with(provider, tmp_path) as session:
            kind = session.provider.resource_type("User")
            async with aclosing(sync(session, kind, full=full)) as steps:
                report = [step async for step in steps][-1].report
            assert (report.complete, report.fetched) == (True, 200)
            assert asked(provider)[0] == first
            assert len(session.cache.resources("User")) == 200
            assert session.cache.resources("User").part() is None


async def test_an_edit_made_between_two_parts_of_a_sync_is_kept(tmp_path):
    provider = FakeProvider(Habits(max_page=20))
    provider.add_users(100)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        kind = session.provider.resource_type("User")
        async with aclosing(sync(session, kind, full=True)) as steps:
            async for step in steps:
                if step.fetched >= 40:
                    break
        early = provider.user("user00001")
        provider._store("Users", early["id"], {**early, "title": "Chief"})
        await fetch(session, kind, early["id"])
        await sync_all(session)
        assert session.cache.resources("User").get(early["id"])["title"] == "Chief"


async def test_a_list_that_shrank_while_a_sync_was_away_is_not_called_complete(tmp_path):
    provider = FakeProvider(Habits(max_page=20, fails_on_request=4))
    provider.add_users(200)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        provider.habits.fails_on_request = None
        for raw in provider.users()[:5]:
            del provider.resources["Users"][raw["id"]]
        report = await sync_all(session)
        assert not report.complete
        assert "became shorter" in report.why


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"generation": 1}', b'{"generation": 1, "began": "x", "walk": 5}']
)
async def test_a_part_that_cannot_be_read_is_fetched_again(tmp_path, damage):
    provider = FakeProvider(Habits(max_page=20, fails_on_request=4))
    provider.add_users(100)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        (beside,) = session.cache.folder.glob("*.part.json")
        beside.write_bytes(damage)
        provider.habits.fails_on_request = None
        report = await sync_all(session)
        assert (report.complete, report.fetched) == (True, 100)


# ------------------------------------------------------------ many who vanish at once


async def test_a_fifth_does_not_vanish_without_a_question(tmp_path):
    """Snowflake once listed one made-up user and nobody else: a directory that shrinks like that is asked about first."""
    provider = FakeProvider()
    provider.add_users(100)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        kept = dict(list(provider.resources["Users"].items())[:60])
        provider.resources["Users"] = kept
        doubted = await sync_all(session)
        assert (doubted.complete, doubted.vanished) == (False, 0)
        assert doubted.why == "only 60 of the 100 who were here came; the earlier copy stays until that is confirmed"
        assert len(session.cache.resources("User")) == 100
        questions = []

        async def believe(missing, present):
            questions.append((missing, present))
            return True

        async with aclosing(sync(session, session.provider.resource_type("User"), believe=believe)) as steps:
            report = [step async for step in steps][-1].report
        assert questions == [(40, 100)]
        assert (report.complete, report.vanished) == (True, 40)
        assert len(session.cache.resources("User")) == 60


async def test_a_few_may_vanish_without_a_question(tmp_path):
    provider = FakeProvider()
    provider.add_users(100)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        provider.resources["Users"] = dict(list(provider.resources["Users"].items())[:85])
        assert (await sync_all(session)).vanished == 15


# ------------------------------------------------------------ pages side by side


async def test_pages_are_asked_for_side_by_side_only_after_an_honest_list(tmp_path):
    flying, most = 0, 0

    @dataclass
    class Slow(FakeProvider):
        def answer(self, method, target, headers, body):
            nonlocal flying, most
            flying += 1
            most = max(most, flying)
            time.sleep(0.02)
            flying -= 1
            return super().answer(method, target, headers, body)

    provider = Slow(Habits(max_page=20))
    provider.add_users(300)
    async with session_with(provider, tmp_path, concurrency=4) as session:
        assert (await sync_all(session)).fetched == 300
        assert most == 1
        assert session.dialect.parallel_pages
        report = await sync_all(session)
        assert (report.complete, report.fetched, most) == (True, 300, 4)
        provider.habits.duplicate_on_next_page = True
        assert len(session.cache.resources("User")) == 300
        await sync_all(session)
        assert session.dialect.parallel_pages is False
        assert len(session.cache.resources("User")) == 300
