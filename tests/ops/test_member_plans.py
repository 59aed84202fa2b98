"""People into groups and out of them, one person like another, and whom a key means."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fakes.in_memory_provider import ENTERPRISE, FakeProvider, Habits
from fakes.sessions import session_with, sync_all

from scimtui.errors import UsageError
from scimtui.ops.apply import Outcome, apply
from scimtui.ops.browse import fetch
from scimtui.ops.chunks import Chunks, watching
from scimtui.ops.guard import Consent
from scimtui.ops.member_plans import (
    GroupWish,
    Known,
    attributes_alike,
    groups_alike,
    key_index,
    member_types,
    plan_alike,
    plan_group,
    plan_groups,
    why_not,
)
from scimtui.ops.memberships import Member, Standing, member_named, members_of, standings
from scimtui.ops.session import Session
from scimtui.scim.schema import core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")


@pytest.fixture
def provider() -> FakeProvider:
    """Nine people; Ann is in Engineers, which is in Staff, which is in Everybody; Bob is in Sales and Engineers."""
    made = FakeProvider()
    made.add_users(7)
    ann = made.add_user("ann", displayName="Ann Lee", title="Engineer")["id"]
    bob = made.add_user("bob", displayName="Bob Ray", title="Seller", **{ENTERPRISE: {"department": "Sales"}})["id"]
    engineers = made.add_group("Engineers", [ann, bob])["id"]
    staff = made.add_group("Staff", [engineers])["id"]
    made.add_group("Everybody", [staff])
    made.add_group("Sales", [bob])
    made.add_group("Empty", [])
    return made


@asynccontextmanager
async def synced(provider: FakeProvider, home: Path, **values: object) -> AsyncIterator[Session]:
    async with session_with(provider, home, **values) as session:
        await sync_all(session, "User")
        await sync_all(session, "Group")
        yield session


def by_name(found: list[Standing]) -> dict[str, Standing]:
    return {one.name: one for one in found}


def as_member(session: Session, provider: FakeProvider, name: str) -> Member:
    raw = session.cache.resources("User").get(provider.user(name)["id"])
    assert raw is not None
    return member_named("User", raw)


# ---------------------------------------------------------------- who is where


async def test_who_is_in_a_group_through_another_is_told_from_who_is_in_it_themselves(provider, tmp_path):
    ann, bob = provider.user("ann"), provider.user("bob")
    async with synced(provider, tmp_path) as session:
        found = by_name(standings(session, {one["id"]: one for one in (ann, bob)}))
    assert found["Engineers"].direct == {ann["id"], bob["id"]}
    assert found["Staff"].direct == frozenset()
    assert found["Staff"].nested == {ann["id"]: ("Engineers",), bob["id"]: ("Engineers",)}
    assert found["Everybody"].nested[ann["id"]] == ("Engineers",)
    assert (found["Empty"].direct, found["Empty"].nested, found["Empty"].size) == (frozenset(), {}, 0)


async def test_groups_that_contain_each_other_are_read_to_an_end(provider, tmp_path):
    staff = next(raw for raw in provider.resources["Groups"].values() if raw["displayName"] == "Staff")
    everybody = next(raw for raw in provider.resources["Groups"].values() if raw["displayName"] == "Everybody")
    staff["members"].append({"value": everybody["id"]})
    ann = provider.user("ann")
    async with synced(provider, tmp_path) as session:
        found = by_name(standings(session, {ann["id"]: ann}))
    assert set(found["Staff"].nested) == set(found["Everybody"].nested) == {ann["id"]}


async def test_what_a_person_says_of_their_groups_counts_where_groups_show_no_members(tmp_path):
    provider = FakeProvider(Habits(members_never=True))
    ann = provider.add_user("ann")
    group = provider.add_group("Engineers", [])
    ann["groups"] = [{"value": group["id"], "type": "direct"}]
    async with synced(provider, tmp_path) as session:
        found = by_name(standings(session, {ann["id"]: ann}))
    assert (found["Engineers"].direct, found["Engineers"].size) == ({ann["id"]}, None)


async def test_members_have_the_names_of_the_cache_and_those_it_lacks_their_own(provider, tmp_path):
    group = provider.add_group("Mixed", [provider.user("ann")["id"], "gone"])
    group["members"].append({"value": "far", "display": "Far Away"})
    async with synced(provider, tmp_path) as session:
        found = members_of(session, GROUP, (await fetch(session, GROUP, group["id"])).raw)
    assert [(one.name, one.key, one.is_cached) for one in found] == [
        ("Ann Lee", "ann", True),
        ("gone", "", False),
        ("Far Away", "", False),
    ]


# ---------------------------------------------------------------- plans


async def test_several_groups_are_a_change_each_and_what_is_so_already_is_none(provider, tmp_path):
    async with synced(provider, tmp_path) as session:
        ann = as_member(session, provider, "ann")
        ids = {one.name: one.id for one in standings(session, {})}
        wishes = [
            GroupWish("Group", ids["Sales"], add=(ann,)),
            GroupWish("Group", ids["Engineers"], add=(ann,)),
            GroupWish("Group", ids["Empty"], add=(ann,)),
        ]
        changes = plan_groups(session, wishes)
    assert [change.title for change in changes] == ["Add Ann Lee to Sales", "Add Ann Lee to Empty"]
    assert [change.requests[0].body["Operations"][0]["value"] for change in changes] == [
        [{"value": ann.id, "type": "User"}]
    ] * 2


async def test_who_leaves_is_named_in_the_edits_though_the_group_says_the_id_alone(provider, tmp_path):
    async with synced(provider, tmp_path) as session:
        ann = as_member(session, provider, "ann")
        group = next(raw for raw in session.cache.resources("Group").documents() if raw["displayName"] == "Engineers")
        change = plan_group(session, GROUP, group, [], [ann])
        assert change.edits[0].before["display"] == "Ann Lee (ann)"
        receipt = await apply(change, session, Consent())
    assert receipt.outcome is Outcome.APPLIED
    assert [one["value"] for one in receipt.resource.raw["members"]] == [provider.user("bob")["id"]]


async def test_a_provider_without_patch_gets_no_members_and_says_so_before_anything_is_planned(provider, tmp_path):
    provider.habits.announced = {"patch": {"supported": False}}
    async with synced(provider, tmp_path, profile={"can_patch": False}) as session:
        assert "cannot PATCH" in (why_not(session, unlocked=True) or "")
    async with synced(provider, tmp_path, profile={"can_patch": True}) as session:
        assert why_not(session, unlocked=True) is None


# ---------------------------------------------------------------- large groups


async def test_a_change_that_is_stopped_sends_no_further_chunk_and_says_how_many_are_in(tmp_path):
    provider = FakeProvider()
    provider.add_users(50)
    group = provider.add_group("Large", [])
    chunks = Chunks()
    told: list[tuple[int, int]] = []

    def tell(done: int, of: int) -> None:
        told.append((done, of))
        chunks.stop = done == 1

    chunks.tell = tell
    async with synced(provider, tmp_path, profile={"members_per_request": 10}) as session:
        people = [member_named("User", raw) for raw in session.cache.resources("User").documents()]
        with watching(chunks):
            receipt = await apply(plan_group(session, GROUP, group, people, []), session, Consent())
        cached = session.cache.resources("Group").get(group["id"])
    assert told == [(0, 5), (1, 5)]
    assert len(provider.writes()) == 2
    assert (receipt.outcome, receipt.detail) == (Outcome.ALTERED, "stopped after 2 of 5 requests")
    assert len(receipt.differences) == 30
    assert len(cached["members"]) == 20


async def test_a_write_that_nobody_watches_is_carried_to_its_end(tmp_path):
    provider = FakeProvider()
    provider.add_users(30)
    group = provider.add_group("Large", [])
    with watching(Chunks(stop=True)):
        pass
    async with synced(provider, tmp_path, profile={"members_per_request": 10}) as session:
        people = [member_named("User", raw) for raw in session.cache.resources("User").documents()]
        receipt = await apply(plan_group(session, GROUP, group, people, []), session, Consent())
    assert (receipt.outcome, len(provider.writes())) == (Outcome.APPLIED, 3)


# ---------------------------------------------------------------- alike


async def test_a_colleague_differs_by_the_groups_that_one_of_both_is_in_themselves(provider, tmp_path):
    ann, bob = provider.user("ann"), provider.user("bob")
    async with synced(provider, tmp_path) as session:
        found = standings(session, {one["id"]: one for one in (ann, bob)})
    theirs, own, both = groups_alike(found, ann["id"], bob["id"])
    assert ([one.name for one in theirs], own, [one.name for one in both]) == (["Sales"], [], ["Engineers"])


async def test_the_work_of_a_colleague_can_be_taken_over_and_nothing_else_changes(provider, tmp_path):
    ann, bob = dict(provider.user("ann")), dict(provider.user("bob"))
    found = attributes_alike(USER, ann, bob)
    assert [one.path.rpartition(":")[2] for one in found] == ["title", "department"]
    async with session_with(provider, tmp_path) as session:
        change = plan_alike(session, USER, ann, found)
        receipt = await apply(change, session, Consent())
    assert receipt.outcome is Outcome.APPLIED
    now = provider.user("ann")
    assert (now["title"], now[ENTERPRISE]["department"], now["displayName"]) == ("Seller", "Sales", "Ann Lee")


# ---------------------------------------------------------------- keys


async def test_a_key_is_an_id_before_a_user_name_and_that_before_anything_else(provider, tmp_path):
    provider.add_user("carl", displayName="Carl", emails=[{"value": "ann"}])
    async with synced(provider, tmp_path) as session:
        index = key_index(session, member_types(session))
    ann = provider.user("ann")["id"]
    assert [one.id for one in index.find("ANN").members] == [ann]
    assert [one.id for one in index.find(ann).members] == [ann]
    assert [one.name for one in index.find("bob@example.com").members] == ["Bob Ray"]
    assert [one.type for one in index.find("engineers").members] == ["Group"]
    assert index.find("nobody").known is Known.MISSING


async def test_a_key_of_several_is_never_picked_from(provider, tmp_path):
    provider.add_user("ann2", displayName="Ann Lee")
    async with synced(provider, tmp_path) as session:
        found = key_index(session, member_types(session)).find("Ann Lee")
    assert (found.known, {one.key for one in found.members}) == (Known.AMBIGUOUS, {"ann", "ann2"})


async def test_a_group_that_is_gone_from_the_cache_is_an_error_and_not_left_out(provider, tmp_path):
    async with synced(provider, tmp_path) as session:
        with pytest.raises(UsageError, match="not in the cache"):
            plan_groups(session, [GroupWish("Group", "gone", add=(as_member(session, provider, "ann"),))])
