"""A list of people over several tenants: whom each line means, and what nobody may pick for the person."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from fakes.caches import COMPLETE, fill
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import good_token, session_with, sync_all, tenant_at

from scimtui.errors import GuardStopped, Unauthorized
from scimtui.ops.people_list import Line, Verdict, match, whole
from scimtui.ops.person_keys import By, kinds_of
from scimtui.ops.session import close_session, open_session
from scimtui.present.list_words import entry_words, share_lines, sum_line

ANN = {"id": "7", "userName": "ann@acme.example", "externalId": "E1", "displayName": "Ann Lee", "active": True}
BOB = {"id": "8", "userName": "bob", "externalId": "7", "displayName": "Bob  Ray", "active": False,
       "emails": [{"value": "bob@acme.example"}, {"value": "desk@acme.example"}]}  # fmt: skip
CID = {"id": "9", "userName": "cid", "name": {"givenName": "Bob", "familyName": "Ray"}, "active": True,
       "emails": ["desk@acme.example", {"value": "ann@acme.example"}]}  # fmt: skip
ROOT = {"id": "10", "userName": "root\x1b[2J", "userType": "Service"}
SELF = {"id": "11", "userName": "Sync-Bot"}


@pytest.fixture
async def acme(tmp_path):
    tenant = tenant_at("https://nowhere.invalid", username="sync-bot", protected=['userType eq "Service"'])
    session = open_session(tenant, tmp_path)
    with session.cache.resources("User").replacement() as replacement:
        replacement.add([ANN, BOB, CID, ROOT, SELF])
        replacement.commit(COMPLETE)
    yield session
    await close_session(session)


def lines(*keys: str) -> list[Line]:
    return [Line(number, key) for number, key in enumerate(keys, 1)]


@pytest.mark.parametrize(
    ("key", "verdict", "ids"),
    [
        ("ANN@acme.example", Verdict.FOUND, ["7"]),  # another one's address too, but a userName is whose it is
        ("e1", Verdict.FOUND, ["7"]),
        ("bob@ACME.example", Verdict.ALREADY, ["8"]),
        ("ann  lee", Verdict.FOUND, ["7"]),
        ("7", Verdict.AMBIGUOUS, ["7", "8"]),
        ("desk@acme.example", Verdict.AMBIGUOUS, ["8", "9"]),
        ("Bob Ray", Verdict.AMBIGUOUS, ["8", "9"]),
        ("ROOT\x1b[2j", Verdict.PROTECTED, ["10"]),
        ("sync-bot", Verdict.OWN, ["11"]),
        ("", Verdict.BLANK, []),
    ],
)
async def test_a_line_means_whom_it_names_and_nobody_is_picked(acme, key, verdict, ids):
    report = await match([acme], lines(key), active=False)
    (entry,) = report.entries
    assert entry.verdict is verdict
    assert sorted(one.id for hit in entry.hits for one in hit.candidates) == sorted(ids)
    assert "\x1b" not in entry_words(entry, report)


async def test_the_title_of_the_column_says_what_a_number_is(acme):
    (by_id,) = (await match([acme], lines("7"), kinds=kinds_of("ID"))).entries
    (by_external,) = (await match([acme], lines("7"), kinds=kinds_of("Employee-ID"))).entries
    assert [one.hits[0].candidates[0].id for one in (by_id, by_external)] == ["7", "8"]
    assert by_external.hits[0].candidates[0].by is By.EXTERNAL_ID


async def test_two_lines_that_mean_one_person_are_told_and_the_person_comes_once(acme):
    report = await match([acme], lines("ann@acme.example", "bob", "E1", "BOB"), active=False)
    assert [(one.verdict, one.twin) for one in report.entries][2:] == [(Verdict.DUPLICATE, 1), (Verdict.DUPLICATE, 2)]
    assert [raw["id"] for _, raw in whole(acme, report)] == ["7", "8"]
    assert sum_line(report) == "4 lines: 1 found, 1 already inactive, 2 duplicate"
    assert share_lines(report) == ["acme: 2 of 5 people (40 %), 1 already inactive"]


async def test_a_protecting_filter_that_cannot_be_read_lets_nobody_through(tmp_path):
    session = open_session(tenant_at("https://nowhere.invalid", protected=["userName eq"]), tmp_path)
    fill(session.cache.resources("User"), [1])
    try:
        with pytest.raises(GuardStopped, match="cannot be read"):
            await match([session], lines("user1"))
    finally:
        await close_session(session)


# ---------------------------------------------------------------- asked from the provider


@asynccontextmanager
async def two_tenants(tmp_path, acme: FakeProvider, beta: FakeProvider):
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(session_with(acme, tmp_path / "a"))
        url = stack.enter_context(beta.serve())
        second = open_session(tenant_at(url, "beta"), tmp_path / "b", ask=good_token)
        stack.push_async_callback(close_session, second)
        for session in (first, second):
            await sync_all(session)
        yield first, second


def people(count: int, **habits: object) -> FakeProvider:
    provider = FakeProvider(habits=Habits(**habits))
    provider.add_users(count)
    return provider


async def test_who_came_after_the_last_sync_is_found_and_only_in_the_tenants_that_have_them(tmp_path):
    acme, beta = people(3), people(2)
    async with two_tenants(tmp_path, acme, beta) as sessions:
        new = beta.add_user("zoe", externalId="E77")
        report = await match(sessions, lines("user00003", "E77", "nobody", new["id"]))
        assert [one.verdict for one in report.entries] == [
            Verdict.FOUND, Verdict.FOUND, Verdict.MISSING, Verdict.DUPLICATE,
        ]  # fmt: skip
        assert [hit.tenant for hit in report.entries[1].hits] == ["beta"]
        assert [raw["userName"] for _, raw in whole(sessions[1], report)] == ["zoe"]
        assert not report.doubts


async def test_a_provider_that_looks_at_no_filter_is_asked_once_and_nobody_it_sends_is_taken(tmp_path):
    acme = people(300, filter_ignored=True)
    async with session_with(acme, tmp_path) as session:
        await sync_all(session)
        asked = len(acme.seen)
        report = await match([session], lines(*(f"nobody{number}" for number in range(50))))
        assert len(report.of(Verdict.MISSING)) == 50
        assert len(acme.seen) - asked < 10


async def test_a_token_that_dies_in_the_middle_leaves_it_open_who_is_there(tmp_path):
    acme = people(3)
    async with session_with(acme, tmp_path) as session:
        await sync_all(session)
        acme.habits.token_ends_after = len(acme.seen) + 10
        report = await match([session], lines("user00001", *(f"nobody{number}" for number in range(20))))
        assert isinstance(report.errors["acme"], Unauthorized)
        assert report.entries[0].verdict is Verdict.FOUND
        assert "not certain" in entry_words(report.entries[5], report)


async def test_more_than_a_provider_is_asked_for_is_known_from_the_copy_alone(acme):
    report = await match([acme], lines(*(f"nobody{number}" for number in range(500)), "bob"))
    assert report.entries[-1].verdict is Verdict.FOUND
    assert (report.errors, report.doubts) == ({}, {})


# ---------------------------------------------------------------- half a copy


@asynccontextmanager
async def half_read(tmp_path, provider: FakeProvider):
    """Open a tenant whose copy holds who is there now, and is not complete."""
    provider.habits.total_too_high = 5
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        yield session


async def test_whoever_is_found_in_half_a_copy_is_asked_for_too_since_others_may_have_the_key(tmp_path):
    acme = people(1)
    acme.add_user("ann1", displayName="Ann Lee", emails=[{"value": "desk@acme.example"}])
    async with half_read(tmp_path, acme) as session:
        acme.add_user("ann2", name={"givenName": "Ann", "familyName": "Lee"})
        acme.add_user("bob", emails=[{"value": "desk@acme.example"}])
        asked = len(acme.seen)
        report = await match([session], lines("Ann Lee", "desk@acme.example", "user00001"))
        assert [one.verdict for one in report.entries] == [Verdict.AMBIGUOUS, Verdict.AMBIGUOUS, Verdict.FOUND]
        assert not any("user00001" in seen.query.get("filter", "") for seen in acme.seen[asked:])
        assert not report.doubts


async def test_a_key_is_asked_for_by_all_that_is_as_strong_so_that_nobody_is_picked(tmp_path):
    acme = people(1)
    async with half_read(tmp_path, acme) as session:
        acme.add_user("1234")
        acme.add_user("yve", externalId="1234")
        (entry,) = (await match([session], lines("1234"))).entries
        assert entry.verdict is Verdict.AMBIGUOUS


async def test_one_key_that_is_refused_leaves_the_others_to_be_found_and_only_itself_in_doubt(tmp_path):
    acme = people(1, refused_in_filters="'")
    async with half_read(tmp_path, acme) as session:
        acme.add_user("zoe")
        report = await match([session], lines("o'neil", "zoe", "nobody"))
        assert [one.verdict for one in report.entries] == [Verdict.MISSING, Verdict.FOUND, Verdict.MISSING]
        assert "it refuses the filter for o'neil" in report.doubts["acme"]
        assert [report.unknown_in(one) for one in report.entries] == [["acme"], [], []]


@pytest.mark.parametrize("status_of_nobody", [200, 404])
async def test_a_filter_that_is_refused_is_no_answer_and_the_others_still_count(tmp_path, status_of_nobody):
    named = frozenset({"userName", "externalId"})
    acme = people(1, filter_attributes=named, no_match_is_404=status_of_nobody == 404)
    async with half_read(tmp_path, acme) as session:
        acme.add_user("al7", emails=[{"value": "ann@acme.example"}])
        acme.add_user("zoe")
        report = await match([session], lines("ann@acme.example", "bob@acme.example", "nobody", "zoe"))
        assert [one.verdict for one in report.entries][2:] == [Verdict.MISSING, Verdict.FOUND]
        assert report.doubts == {"acme": "its copy is not complete, and it answers no filter by emails.value"}
        assert [report.unknown_in(one) for one in report.entries] == [["acme"], ["acme"], [], []]


async def test_more_keys_than_a_provider_is_asked_for_do_not_keep_the_missing_ones_from_being_asked_for(tmp_path):
    acme = people(1)
    for number in range(250):
        acme.add_user(f"old{number}", externalId=f"E{number}")
    async with half_read(tmp_path, acme) as session:
        acme.add_user("zoe", externalId="E777")
        report = await match([session], lines("E777", *(f"E{number}" for number in range(250))))
        assert len(report.of(Verdict.FOUND)) == 251
        assert "250 more keys are too many" in report.doubts["acme"]


# ---------------------------------------------------------------- two people of one key


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"displayName": "Carl Ek"}, Verdict.AMBIGUOUS),
        ({}, Verdict.AMBIGUOUS),
        ({"displayName": "Ann Lee"}, Verdict.FOUND),
        ({"emails": [{"value": "ann@example.com"}]}, Verdict.FOUND),
    ],
)
async def test_an_id_here_that_is_an_external_id_there_is_one_person_only_where_more_says_so(tmp_path, values, verdict):
    acme, beta = FakeProvider(habits=Habits(ids="integer")), FakeProvider(habits=Habits(ids="integer"))
    acme.add_user("ann", externalId="2", displayName="Ann Lee")
    beta.add_user("boss")
    beta.add_user("carl", **values)
    async with two_tenants(tmp_path, acme, beta) as sessions:
        report = await match(sessions, lines("2"))
    (entry,) = report.entries
    assert (entry.verdict, len(entry.hits)) == (verdict, 2)
    if verdict is Verdict.AMBIGUOUS:
        assert entry_words(entry, report) == "ann (1) by externalId in acme; carl (2) by id in beta"
        assert not report.doable("beta")


# ---------------------------------------------------------------- many


async def test_a_hundred_thousand_lines_are_matched_with_one_look_at_each_person(tmp_path):
    session = open_session(tenant_at("https://nowhere.invalid"), tmp_path)
    count = 100_000
    fill(session.cache.resources("User"), range(count))
    try:
        report = await match([session], lines(*(f"USER{number}" for number in range(count))))
    finally:
        await close_session(session)
    assert len(report.of(Verdict.FOUND)) == count
    assert report.entries[-1].hits[0].candidates[0].id == f"id-{count - 1}"
