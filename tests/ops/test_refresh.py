"""A second sync that reads only what changed: where dates are proved to work, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with, sync_all

from scimtui.ops.refresh import newest_of
from scimtui.ops.sync import SyncReport


class Clock:
    """The provider's clock: two days of people, a minute apart."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC) - timedelta(days=2)

    def __call__(self) -> datetime:
        self.moment += timedelta(minutes=1)
        return self.moment


def provider_with(users: int, **habits: object) -> FakeProvider:
    provider = FakeProvider(Habits(**{"dates": True, "max_page": 100, **habits}), now=Clock())
    provider.add_users(users)
    return provider


def change(provider: FakeProvider, user_name: str, **values: object) -> None:
    raw = provider.user(user_name)
    provider.now = lambda: datetime.now(UTC)
    provider._store("Users", raw["id"], {**raw, **values})


def counts(report: SyncReport) -> tuple[int, int, int]:
    return report.new, report.changed, report.vanished


async def test_only_what_changed_is_read_again(tmp_path: Path) -> None:
    provider = provider_with(500)
    async with session_with(provider, tmp_path) as session:
        assert (await sync_all(session)).requests == 8  # five pages, the end looked for, and two that prove the dates
        assert session.dialect.filters_by_date
        change(provider, "user00007", title="Chief")
        provider.add_user("new")
        before = len(provider.seen)
        report = await sync_all(session)
        assert (counts(report), report.fetched, report.complete) == ((1, 1, 0), 2, True)
        assert len(provider.seen) - before == report.requests == 2
        users = session.cache.resources("User")
        assert len(users) == 501
        assert users.get(provider.user("user00007")["id"])["title"] == "Chief"
        again = await sync_all(session)  # a minute of overlap brings the same two once more
        assert (counts(again), again.complete) == ((0, 0, 0), True)


async def test_one_who_was_deleted_is_noticed_though_no_date_tells_of_it(tmp_path: Path) -> None:
    provider = provider_with(300)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        gone = provider.user("user00099")
        del provider.resources["Users"][gone["id"]]
        change(provider, "user00007", title="Chief")
        report = await sync_all(session)
        assert (counts(report), report.complete) == ((0, 1, 1), True)
        assert session.cache.resources("User").get(gone["id"]) is None


@pytest.mark.parametrize(
    ("habit", "learned"), [("ignored", False), ("empty", False), ("refused", False), ("honoured", True)]
)
async def test_a_date_filter_is_checked_and_not_believed(tmp_path: Path, habit: str, learned: bool) -> None:  # noqa: FBT001
    provider = provider_with(120, date_filter=habit)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        assert session.dialect.filters_by_date is learned
        change(provider, "user00007", title="Chief")
        assert counts(await sync_all(session)) == (0, 1, 0)


async def test_a_filter_that_stops_working_is_found_out_and_nobody_is_missed(tmp_path: Path) -> None:
    provider = provider_with(120)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        provider.habits.date_filter = "ignored"
        change(provider, "user00007", title="Chief")
        assert counts(await sync_all(session)) == (0, 1, 0)
        assert session.dialect.filters_by_date is False
    assert not any("lastModified" in seen.path for seen in provider.seen[-2:])


async def test_people_who_changed_while_the_list_was_read_are_read_again(tmp_path: Path) -> None:
    """The newest date seen is no mark: someone on the first page may have changed before it and after their page."""
    provider = provider_with(300)
    async with session_with(provider, tmp_path) as session:
        early = provider.user("user00001")

        def overtake() -> None:
            if "startIndex=101" not in provider.seen[-1].path:
                return
            provider.on_list = None
            change(provider, "user00001", title="Changed between two pages")
            change(provider, "user00250", title="Changed later")

        provider.on_list = overtake
        await sync_all(session)
        await sync_all(session)
        assert session.cache.resources("User").get(early["id"])["title"] == "Changed between two pages"


async def test_groups_are_always_read_whole(tmp_path: Path) -> None:
    """Many providers change the members of a group and leave its date as it was."""
    provider = FakeProvider(Habits(dates=True), now=Clock())
    for number in range(30):
        provider.add_group(f"group{number}")
    async with session_with(provider, tmp_path) as session:
        await sync_all(session, "Group")
        await sync_all(session, "Group")
    assert not any("lastModified" in seen.path for seen in provider.seen)


async def test_after_a_day_everybody_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = provider_with(120)
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        monkeypatch.setattr("scimtui.ops.refresh.FULL_EVERY", timedelta())
        assert (await sync_all(session)).fetched == 120


async def test_people_without_a_date_make_every_sync_a_full_one(tmp_path: Path) -> None:
    provider = provider_with(60)
    del provider.user("user00003")["meta"]["lastModified"]
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        assert session.dialect.filters_by_date is None
        assert (await sync_all(session)).fetched == 60


@pytest.mark.parametrize(
    ("texts", "newest"),
    [
        (["2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", "2026-02-01T00:00:00Z"], "2026-03-01T00:00:00+00:00"),
        (["2026-01-01T12:00:00Z", "2026-01-01T12:30:00+02:00"], "2026-01-01T12:00:00+00:00"),
        (["2026-01-01T00:00:00.5Z", "2026-01-01T00:00:00Z"], "2026-01-01T00:00:00.500000+00:00"),
        (["2026-01-01T00:00:00Z", None], None),
        (["2026-01-01T00:00:00Z", "yesterday"], None),
        (["nonsenseZ", "nonsense!Z"[1:]], None),
        ([], None),
    ],
)
def test_the_newest_of_many_dates_is_found_however_they_are_written(
    texts: list[str | None], newest: str | None
) -> None:
    found = newest_of(texts)
    assert (found.isoformat() if found else None) == newest
