"""One person in every tenant: what the caches have, what the providers say, and what is never taken for an answer."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from fakes.in_memory_provider import ENTERPRISE, FakeProvider, Habits
from fakes.raw_server import closed_port
from fakes.sessions import good_token, sync_all, tenant_at

from scimtui.ops import people_search
from scimtui.ops.browse import resource
from scimtui.ops.everywhere import asked_place, cached_place, person_of, places, with_namesakes
from scimtui.ops.session import close_session, open_session
from scimtui.present.columns import default_columns, projection
from scimtui.scim.resource import resource_id


@asynccontextmanager
async def sessions_with(home, **providers):
    """Serve each provider as the tenant of its name; None is a tenant that is down."""
    async with AsyncExitStack() as stack:
        sessions = {}
        for name, provider in providers.items():
            down = f"http://127.0.0.1:{closed_port()}/scim/v2"
            base_url = stack.enter_context(provider.serve()) if provider is not None else down
            sessions[name] = open_session(tenant_at(base_url, name), home, ask=good_token)
            stack.push_async_callback(close_session, sessions[name])
        yield sessions


def provider_with(*user_names, habits=None, **values):
    provider = FakeProvider(habits or Habits())
    for name in user_names:
        provider.add_user(name, **values)
    return provider


def person_in(session, raw):
    return person_of(session, session.provider.resource_type("User"), raw)


def told(place):
    return [(one.raw["userName"], one.is_sure) for one in place.accounts]


def pages_read(provider):
    return sum(one.path.partition("?")[0].endswith("/Users") for one in provider.seen)


async def test_the_cache_answers_at_once_and_the_provider_afterwards(tmp_path):
    acme, stage = provider_with("ann"), provider_with("Ann", "bo")
    stage.add_group("Staff", [stage.user("Ann")["id"]])
    async with sessions_with(tmp_path, acme=acme, stage=stage) as sessions:
        for session in sessions.values():
            await sync_all(session)
        await sync_all(sessions["stage"], "Group")
        stage.user("Ann")["active"] = False
        person = person_in(sessions["acme"], acme.user("ann"))
        before = cached_place(sessions["stage"], person)
        after = await asked_place(sessions["stage"], person, before)
        assert [
            (one.raw["active"], one.seen_at is None, one.groups) for one in (*before.accounts, *after.accounts)
        ] == [
            (True, True, ("Staff",)),
            (False, False, ("Staff",)),
        ]
        assert after.asked_at is not None
        assert resource(sessions["stage"], "User", stage.user("Ann")["id"]).raw["active"] is False


async def test_the_own_account_is_sure_and_a_second_one_beside_it_is_not(tmp_path):
    acme = provider_with("ann", "old")
    acme.user("old")["emails"] = acme.user("ann")["emails"]
    async with sessions_with(tmp_path, acme=acme) as sessions:
        await sync_all(sessions["acme"])
        person = person_in(sessions["acme"], acme.user("ann"))
        place = cached_place(sessions["acme"], person)
        assert told(place) == [("ann", True), ("old", False)]
        assert told(await asked_place(sessions["acme"], person, place)) == [("ann", True), ("old", False)]


async def test_a_tenant_that_is_down_says_so_and_shows_its_cache(tmp_path):
    acme, stage = provider_with("ann"), provider_with("ann")
    async with sessions_with(tmp_path, acme=acme, stage=stage) as sessions:
        await sync_all(sessions["stage"])
        person = person_in(sessions["acme"], acme.user("ann"))
    async with sessions_with(tmp_path, acme=acme, stage=None) as sessions:
        seen = [place async for place in places([*sessions.values()], person)]
    last = {place.tenant: place for place in seen}
    assert len(seen) == 4
    assert (told(last["stage"]), last["stage"].asked_at) == ([("ann", True)], None)
    assert last["stage"].trouble
    assert last["stage"].synced_at is not None
    assert told(last["acme"]) == [("ann", True)]


async def test_who_came_after_the_sync_is_found_by_the_provider_and_kept(tmp_path):
    acme, stage = provider_with("ann"), provider_with("bo")
    async with sessions_with(tmp_path, acme=acme, stage=stage) as sessions:
        await sync_all(sessions["stage"])
        stage.add_user("a.lee", emails=[{"value": "ann@example.com"}])
        person = person_in(sessions["acme"], acme.user("ann"))
        before = cached_place(sessions["stage"], person)
        assert (told(before), before.is_known) == ([], True)
        after = await asked_place(sessions["stage"], person, before)
        assert told(after) == [("a.lee", True)]
        assert resource(sessions["stage"], "User", after.accounts[0].id) is not None


async def test_an_account_that_was_made_anew_is_found_under_its_new_id(tmp_path):
    acme, stage = provider_with("ann"), provider_with("ann")
    async with sessions_with(tmp_path, acme=acme, stage=stage) as sessions:
        await sync_all(sessions["stage"])
        person = person_in(sessions["acme"], acme.user("ann"))
        before = cached_place(sessions["stage"], person)
        stage.resources["Users"].clear()
        assert told(gone := await asked_place(sessions["stage"], person, before)) == []
        assert gone.is_known
        new = stage._store("Users", "another-id", {"userName": "ann"})
        after = await asked_place(sessions["stage"], person, before)
        assert [one.id for one in after.accounts] == [new["id"]]


@pytest.mark.rule("R27")
async def test_a_provider_that_ignores_filters_is_not_read_from_end_to_end(tmp_path):
    acme = provider_with("ann")
    deaf = FakeProvider(Habits(filter_ignored=True))
    deaf.add_users(1000)
    async with sessions_with(tmp_path, acme=acme, deaf=deaf) as sessions:
        person = person_in(sessions["acme"], acme.user("ann"))
        never = await asked_place(sessions["deaf"], person, cached_place(sessions["deaf"], person))
        assert (never.trouble, never.is_known, never.asked_at) == ("it ignores filters", False, None)
        assert 0 < pages_read(deaf) < 4  # of ten, and of five questions
        await sync_all(sessions["deaf"])
        synced = await asked_place(sessions["deaf"], person, cached_place(sessions["deaf"], person))
        assert (synced.trouble, synced.is_known, synced.asked_at) == ("", True, None)


async def test_a_provider_that_refuses_filters_leaves_it_open_who_is_there(tmp_path):
    acme, strict = provider_with("ann"), provider_with("bo", habits=Habits(filter_refused=True))
    async with sessions_with(tmp_path, acme=acme, strict=strict) as sessions:
        person = person_in(sessions["acme"], acme.user("ann"))
        place = await asked_place(sessions["strict"], person, cached_place(sessions["strict"], person))
        assert (told(place), place.trouble, place.is_known) == ([], "it refuses every filter", False)


async def test_a_question_that_was_refused_leaves_it_open_who_is_there(tmp_path):
    acme = provider_with("ann", displayName="Ann Lee")
    picky = Habits(filter_attributes=frozenset({"userName", "externalId"}))
    stage = provider_with("al7", habits=picky, emails=[{"value": "ann@example.com"}])
    async with sessions_with(tmp_path, acme=acme, stage=stage) as sessions:
        person = person_in(sessions["acme"], acme.user("ann"))
        place = await asked_place(sessions["stage"], person, cached_place(sessions["stage"], person))
        assert (told(place), place.is_known, place.unasked) == ([], False, "it answers no filter by emails.value")
        stage.user("al7")["userName"] = "ann"
        there = await asked_place(sessions["stage"], person, cached_place(sessions["stage"], person))
        assert (told(there), there.is_known) == ([("ann", True)], False)  # an address says less than a userName
        picky.filter_attributes, stage.user("ann")["userName"] = frozenset({"emails.value"}), "al9"
        there = await asked_place(sessions["stage"], person, cached_place(sessions["stage"], person))
        assert told(there) == [("al9", False)]  # somebody else may be called ann
        await sync_all(sessions["stage"])
        synced = await asked_place(sessions["stage"], person, cached_place(sessions["stage"], person))
        assert (told(synced), synced.is_known, synced.unasked) == ([("al9", True)], True, "")


async def test_who_is_told_by_an_address_in_half_a_copy_is_not_sure_where_no_filter_is_answered(tmp_path):
    acme, stage = provider_with("ann"), provider_with("al7", habits=Habits(filter_refused=True, total_too_high=5))
    stage.user("al7")["emails"] = acme.user("ann")["emails"]
    async with sessions_with(tmp_path, acme=acme, stage=stage) as sessions:
        await sync_all(sessions["stage"])
        person = person_in(sessions["acme"], acme.user("ann"))
        place = await asked_place(sessions["stage"], person, cached_place(sessions["stage"], person))
        assert (told(place), place.is_known, place.unasked) == ([("al7", False)], False, "it refuses every filter")


async def test_a_person_is_asked_for_by_each_of_their_addresses(tmp_path):
    both = [{"value": "ann@corp.example"}, {"value": "ann@old.example"}]
    acme, stage = provider_with("ann", emails=both), provider_with("al1", "al2")
    for raw, address in zip(stage.users(), both, strict=True):
        raw["emails"] = [address]
    async with sessions_with(tmp_path, acme=acme, stage=stage) as sessions:
        person = person_in(sessions["acme"], acme.user("ann"))
        place = await asked_place(sessions["stage"], person, cached_place(sessions["stage"], person))
        assert told(place) == [("al1", False), ("al2", False)]


@pytest.mark.rule("R51")
async def test_several_accounts_of_one_address_are_all_shown_and_none_is_taken(tmp_path):
    acme, stage = provider_with("ann"), provider_with("one", "two")
    for raw in stage.users():
        raw["emails"] = [{"value": "ANN@example.com"}]
    async with sessions_with(tmp_path, acme=acme, stage=stage) as sessions:
        person = person_in(sessions["acme"], acme.user("ann"))
        place = await asked_place(sessions["stage"], person, cached_place(sessions["stage"], person))
        assert told(place) == [("one", False), ("two", False)]


async def test_a_second_account_of_theirs_is_found_where_the_cache_does_not_hold_everybody(tmp_path):
    acme, stage = provider_with("ann"), provider_with("ann", "ann-old")
    stage.user("ann-old").update(emails=stage.user("ann")["emails"], active=False)
    async with sessions_with(tmp_path, acme=acme, stage=stage) as sessions:
        person = person_in(sessions["acme"], acme.user("ann"))
        place = await asked_place(sessions["stage"], person, cached_place(sessions["stage"], person))
        assert told(place) == [("ann", True), ("ann-old", False)]
        again = await asked_place(sessions["stage"], person, cached_place(sessions["stage"], person))
        assert told(again) == [("ann", True), ("ann-old", False)]


async def test_an_office_address_that_two_have_at_home_makes_nobody_sure_elsewhere(tmp_path):
    office = [{"value": "office@example.com"}]
    acme, stage = provider_with("ann", "bo", emails=office), provider_with("cy", emails=office)
    async with sessions_with(tmp_path, acme=acme, stage=stage) as sessions:
        for session in sessions.values():
            await sync_all(session)
        person = with_namesakes(sessions["acme"], person_in(sessions["acme"], acme.user("ann")))
        assert told(cached_place(sessions["stage"], person)) == [("cy", False)]


async def test_managers_are_named_and_groups_that_were_never_read_are_not_none(tmp_path):
    acme = provider_with("boss", displayName="Bo Ss")
    acme.add_user("ann", **{ENTERPRISE: {"manager": {"value": acme.user("boss")["id"]}}})
    acme.add_user("cy", groups=[{"value": "g1", "display": "Staff"}], **{ENTERPRISE: {"manager": {"value": "gone"}}})
    async with sessions_with(tmp_path, acme=acme) as sessions:
        await sync_all(sessions["acme"])
        found = [cached_place(sessions["acme"], person_in(sessions["acme"], raw)).accounts[0] for raw in acme.users()]
        assert [(one.manager, one.groups) for one in found] == [("", None), ("Bo Ss", None), ("gone", ("Staff",))]


async def test_a_search_over_all_caches_shows_persons_with_their_accounts_of_another_name(tmp_path):
    acme, stage = provider_with("zoë", "ann", externalId=None), provider_with("bo")
    acme.user("zoë")["externalId"] = "E7"
    stage.add_user("e7", displayName="Other", externalId="E7")
    async with sessions_with(tmp_path, acme=acme, stage=stage) as sessions:
        tenants = []
        for session in sessions.values():
            await sync_all(session)
            kind = session.provider.resource_type("User")
            tenants.append(people_search.everybody(session, projection(default_columns(kind), kind)))
        found = people_search.named(tenants, "zoe", 10)
        assert [[one.account.tenant for one in person] for person in found.people] == [["acme"]]
        whole = people_search.completed(tenants, found)
        assert [[(one.account.raw["userName"], one.is_sure) for one in person] for person in whole.people] == [
            [("zoë", True), ("e7", True)]
        ]
        few = people_search.named(tenants, "example.com", 1)
        assert (len(few.people), few.matching, few.is_all) == (2, 4, False)
        assert people_search.named(tenants, "zoe", 10, lambda: False) == people_search.NOBODY
        assert resource_id(whole.people[0][0].account.raw) == acme.user("zoë")["id"]
