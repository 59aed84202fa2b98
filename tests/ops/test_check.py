"""A check finds out what a provider does, by questions whose answers are known."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with

from scimtui.errors import GuardStopped, Refused, Unauthorized
from scimtui.ops.check import check
from scimtui.ops.check_writes import check_writes, why_not_write
from scimtui.ops.session import Session
from scimtui.scim.dialect import Deletion, Filters
from scimtui.scim.probe import Probe, Verdict

YES, NO, PARTLY, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.PARTLY, Verdict.UNKNOWN


def provider_with(habits: Habits, users: int = 40) -> FakeProvider:
    provider = FakeProvider(habits)
    provider.add_users(users)
    provider.add_group("Staff", [provider.users()[0]["id"]] if users else [])
    return provider


async def probes_of(session: Session) -> dict[str, Probe]:
    async with aclosing(check(session)) as steps:
        return {probe.name: probe async for probe in steps}


@pytest.mark.parametrize(
    ("habits", "name", "result", "evidence"),
    [
        (Habits(), "list", YES, "40 came, with a total of 40"),
        (Habits(), "paging by index", YES, "brings the third and the fourth"),
        (Habits(stuck_first_page=True), "paging by index", NO, "the list begins anew"),
        (Habits(max_page=20), "large page", PARTLY, "count=1000 brings 20"),
        (Habits(count_refused_above=100), "large page", NO, "is refused (HTTP 400"),
        (Habits(), "past the end", YES, "startIndex=41 brings 0"),
        (Habits(first_page_past_end=True), "past the end", NO, "startIndex=41 brings 10"),
        (Habits(cursor=True), "paging by cursor", YES, "goes on where the first one ended"),
        (Habits(), "paging by cursor", NO, "no nextCursor"),
        (Habits(), "filter eq", YES, "1 of 1 came, all match"),
        (Habits(filter_ignored=True), "filter eq", NO, "the filter is ignored"),
        (Habits(filter_refused=True), "filter eq", NO, "HTTP 400 invalidFilter"),
        (Habits(), "filter or", NO, "0 of 0 came, though one is known to match"),
        (Habits(), "discovery Schemas", YES, "/Schemas answers"),
        (Habits(discovery=frozenset()), "discovery Schemas", NO, "no answer that can be used"),
        (Habits(discovery_without_token=True), "discovery without a token", YES, "HTTP 200"),
        (Habits(), "discovery without a token", NO, "HTTP 401"),
        (Habits(), "read one", YES, "brings it"),
        (Habits(etag=False), "ETag", NO, "no ETag"),
        (Habits(), "errors", YES, "HTTP 404 with a SCIM error"),
        (Habits(html_errors=True), "errors", PARTLY, "HTTP 404 without a SCIM error"),
        (Habits(), "members in lists", YES, "1 of 1 have members"),
        (Habits(members_listed=False), "members in lists", NO, "only when it is read alone"),
    ],
)
async def test_each_habit_is_found_out(
    tmp_path: Path, habits: Habits, name: str, result: Verdict, evidence: str
) -> None:
    async with session_with(provider_with(habits), tmp_path) as session:
        probe = (await probes_of(session))[name]
    assert (probe.result, evidence in probe.evidence) == (result, True), probe.evidence
    assert probe.rfc


async def test_a_check_only_reads(tmp_path: Path) -> None:
    provider = provider_with(Habits())
    async with session_with(provider, tmp_path) as session:
        await probes_of(session)
    assert {seen.method for seen in provider.seen} == {"GET", "POST"}
    assert all(seen.path.endswith("/.search") for seen in provider.writes())


@pytest.mark.parametrize(
    ("habits", "filters"),
    [
        (Habits(filter_ignored=True), Filters.NONE),
        (Habits(filter_refused=True), Filters.NONE),
        (Habits(), Filters.EQUALITY),  # the fake knows eq and nothing else
    ],
)
async def test_what_was_found_out_decides_which_filters_are_sent(
    tmp_path: Path, habits: Habits, filters: Filters
) -> None:
    async with session_with(provider_with(habits), tmp_path) as session:
        await probes_of(session)
        assert session.dialect.filters is filters


async def test_a_small_page_and_absent_members_are_learned(tmp_path: Path) -> None:
    async with session_with(provider_with(Habits(max_page=20, members_listed=False)), tmp_path) as session:
        await probes_of(session)
        assert (session.dialect.page_size, session.dialect.lists_members) == (20, False)


async def test_a_tenant_with_nobody_in_it_can_be_checked(tmp_path: Path) -> None:
    async with session_with(provider_with(Habits(), users=0), tmp_path) as session:
        probes = await probes_of(session)
    assert (probes["filter eq"].result, probes["list"].result) == (UNKNOWN, YES)


async def test_where_nobody_may_look_the_check_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fakes.in_memory_provider.TOKEN", "another")
    async with session_with(provider_with(Habits()), tmp_path) as session:
        with pytest.raises((Unauthorized, Refused)):
            await probes_of(session)


# ------------------------------------------------------------ --write


async def write_probes(session: Session) -> dict[str, Probe]:
    await probes_of(session)
    async with aclosing(check_writes(session)) as steps:
        return {probe.name: probe async for probe in steps}


async def test_every_form_of_a_write_is_tried_on_one_made_up_user_who_is_gone_afterwards(tmp_path: Path) -> None:
    provider = provider_with(Habits())
    before = {raw["id"] for raw in provider.users()}
    async with session_with(provider, tmp_path) as session:
        probes = await write_probes(session)
        assert len(list(session.journal.entries())) >= len(probes)
        assert (session.dialect.can_patch, session.dialect.deletion) == (True, Deletion.DELETES)
    assert {name for name, probe in probes.items() if probe.result is not YES} == set()
    assert {raw["id"] for raw in provider.users()} == before
    touched = {seen.path.rpartition("/")[2] for seen in provider.writes() if seen.method in {"PATCH", "PUT", "DELETE"}}
    assert len(touched) == 1
    assert not touched & before


@pytest.mark.parametrize(
    ("habits", "name", "result"),
    [
        (Habits(patch_ignored=True), "PATCH replace with a path", NO),
        (Habits(patch_supported=False), "PATCH replace with a path", NO),
        (Habits(patch_refused="invalidPath"), "PATCH with a value filter", NO),
        (Habits(delete_deactivates=True), "delete", PARTLY),
        (Habits(delete_ignored=True), "delete", NO),
    ],
)
async def test_a_form_that_does_nothing_is_found_out_by_looking(
    tmp_path: Path, habits: Habits, name: str, result: Verdict
) -> None:
    async with session_with(provider_with(habits), tmp_path) as session:
        probes = await write_probes(session)
        assert probes[name].result is result, probes[name].evidence
        if "PATCH" in name:
            assert session.dialect.can_patch is False
            assert session.dialect.can_put


async def test_in_production_nothing_is_written_for_a_check(tmp_path: Path) -> None:
    provider = provider_with(Habits())
    async with session_with(provider, tmp_path, production=True) as session:
        assert why_not_write(session) == "it is production"
        with pytest.raises(GuardStopped, match="production"):
            await write_probes(session)
    async with session_with(provider, tmp_path, role="view") as session:
        with pytest.raises(GuardStopped):
            await write_probes(session)
    assert all(seen.path.endswith("/.search") for seen in provider.writes())
