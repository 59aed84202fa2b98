"""One person in another tenant: who they would be, who is there already, and groups once their id is known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from fakes.in_memory_provider import ENTERPRISE, FakeProvider
from fakes.sessions import session_with, sync_all

from scimtui.ops.apply import Outcome, apply
from scimtui.ops.guard import Consent
from scimtui.ops.joining import (
    Joiner,
    Source,
    Standing,
    arrived,
    insiders,
    is_done,
    is_in,
    plan_joiner,
    plan_memberships,
)
from scimtui.ops.session import Session
from scimtui.present.joining_words import standing_words
from scimtui.scim.kind import Kind
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")


@pytest.fixture
def acme() -> FakeProvider:
    made = FakeProvider()
    ada = made.add_user("ada")["id"]
    made.add_user("zoe", externalId="E7", title="Engineer", **{ENTERPRISE: {"manager": {"value": ada}}})
    return made


@pytest.fixture
def bolt() -> FakeProvider:
    """Who is Ada here has another id."""
    made = FakeProvider()
    made.add_users(3)
    made.add_user("ada")
    made.add_group("Staff", [made.user("user00001")["id"]])
    return made


@asynccontextmanager
async def two(
    acme: FakeProvider, bolt: FakeProvider, home: Path, **values: Any
) -> AsyncIterator[tuple[Session, Session]]:
    """Open both with what their caches hold; `values` are keys of the second one's config."""
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(session_with(acme, home))
        second = await stack.enter_async_context(session_with(bolt, home, name="bolt", **values))
        for session in (first, second):
            await sync_all(session, "User")
            await sync_all(session, "Group")
        yield first, second


async def zoe_in(first: Session, second: Session, acme: FakeProvider, *groups: str) -> Joiner:
    return await plan_joiner(second, Source(USER, acme.user("zoe"), first), groups)


async def test_somebody_new_is_created_by_the_rules_under_the_manager_of_that_tenant_and_then_comes_into_groups(
    acme, bolt, tmp_path
):
    rules = {"map": {"nickName": "title", "title": ""}, "defaults": {"userType": "Employee"}, "groups": ["Staff"]}
    async with two(acme, bolt, tmp_path, joiner=rules) as (first, second):
        found = await zoe_in(first, second, acme)
        assert (found.standing, found.key, arrived(found), is_done(found)) == (Standing.NEW, "zoe", None, False)
        assert found.change is not None
        assert bolt.writes() == []
        receipt = await apply(found.change, second, Consent())
        assert receipt.outcome is Outcome.APPLIED
        account = arrived(found)
        assert account is not None
        assert is_done(found)
        (change,) = plan_memberships(second, [(account, found.groups)])
        assert (await apply(change, second, Consent())).outcome is Outcome.APPLIED
        assert is_in(account, found.groups[0], insiders(second, found.groups[0])) is True
        assert plan_memberships(second, [(account, found.groups)]) == []
    there = bolt.user("zoe")
    assert there[ENTERPRISE]["manager"]["value"] == bolt.user("ada")["id"]
    assert (there["nickName"], there["userType"], there["externalId"], "title" in there) == (
        "Engineer",
        "Employee",
        "E7",
        False,
    )


async def test_who_is_there_is_not_created_again_and_who_is_off_is_activated_instead(acme, bolt, tmp_path):
    bolt.add_user("zoe")
    async with two(acme, bolt, tmp_path) as (first, second):
        found = await zoe_in(first, second, acme)
        assert (found.standing, found.change) == (Standing.THERE, None)
        assert is_done(found)
        bolt.user("zoe")["active"] = False
        found = await zoe_in(first, second, acme)
        assert found.standing is Standing.INACTIVE
        assert found.change is not None
        assert (found.change.kind, is_done(found)) == (Kind.ACTIVATE, False)


async def test_somebody_who_came_after_the_last_sync_is_found_at_the_provider(acme, bolt, tmp_path):
    async with two(acme, bolt, tmp_path) as (first, second):
        bolt.add_user("zoe")
        assert (await zoe_in(first, second, acme)).standing is Standing.THERE


async def test_two_who_may_be_meant_are_for_a_person_to_decide(acme, bolt, tmp_path):
    for name in ("zoe.one", "zoe.two"):
        bolt.add_user(name, emails=[{"value": "zoe@example.com"}])
    async with two(acme, bolt, tmp_path) as (first, second):
        found = await zoe_in(first, second, acme)
    assert found.standing is Standing.UNSURE
    assert len(found.accounts) == 2


async def test_a_manager_without_an_account_there_is_left_out_and_said(acme, bolt, tmp_path):
    del bolt.resources["Users"][bolt.user("ada")["id"]]
    async with two(acme, bolt, tmp_path) as (first, second):
        found = await zoe_in(first, second, acme)
    assert found.change is not None
    assert "manager is left out: ada has no account there that is surely theirs" in found.change.warnings
    assert ENTERPRISE not in found.wanted.resource


@pytest.mark.parametrize(
    ("rules", "groups", "told"),
    [
        ({"groups": ["Staf"]}, (), "bolt has no group Staf"),
        ({}, ("Nowhere",), "bolt has no group Nowhere"),
        ({"map": {"nikName": "title"}}, (), "tenants.bolt.joiner.map: its User has no attribute nikName; did you mean nickName?"),
        ({"defaults": {"active": "perhaps"}, "map": {"active": ""}}, (), "tenants.bolt.joiner: active is of type boolean"),
        ({"map": {"userName": "{nickName}"}}, (), "a new User needs userName"),
    ],
)  # fmt: skip
async def test_what_cannot_be_planned_says_why_and_has_nothing_to_send(acme, bolt, tmp_path, rules, groups, told):
    async with two(acme, bolt, tmp_path, joiner=rules) as (first, second):
        found = await zoe_in(first, second, acme, *groups)
    assert (found.standing, found.change) == (Standing.UNKNOWN, None)
    assert told in found.why


async def test_a_tenant_that_is_down_is_not_written_off_where_its_copy_is_complete(acme, bolt, tmp_path):
    async with two(acme, bolt, tmp_path) as (first, second):
        bolt.habits.html_everywhere = True
        found = await zoe_in(first, second, acme)
    assert found.standing is Standing.NEW
    assert found.change is not None
    assert "not JSON" in found.why


async def test_who_is_typed_in_a_form_of_this_tenant_is_created_as_typed_with_its_password(acme, bolt, tmp_path):
    rules = {"map": {"userName": "{title}"}, "defaults": {"userType": "Employee"}}
    async with two(acme, bolt, tmp_path, joiner=rules) as (first, second):
        typed = {"userName": "new", "password": "Secret-1", "title": "Cook"}
        here = await plan_joiner(second, Source(USER, typed, second))
        there = await plan_joiner(first, Source(USER, typed, second))
    assert (here.wanted.resource["userName"], here.wanted.resource["password"]) == ("new", "Secret-1")
    assert here.wanted.resource["userType"] == "Employee"
    assert "password" not in there.wanted.resource


async def test_an_inactive_account_of_somebody_else_is_not_turned_on_for_who_has_the_name_now(acme, bolt, tmp_path):
    bolt.add_user("zoe", displayName="John Kent", active=False)
    acme.user("zoe")["displayName"] = "Zoe Kent"
    async with two(acme, bolt, tmp_path) as (first, second):
        found = await zoe_in(first, second, acme)
    assert found.standing is Standing.UNSURE
    assert found.change is not None
    assert found.change.kind is Kind.CREATE


async def test_where_the_decisive_question_was_refused_nobody_is_called_new_and_a_person_may_decide(
    acme, bolt, tmp_path
):
    bolt.habits.filter_attributes = frozenset({"userName", "externalId"})
    bolt.add_user("z7", emails=[{"value": "zoe@example.com"}])
    async with session_with(acme, tmp_path) as first, session_with(bolt, tmp_path, name="bolt") as second:
        found = await zoe_in(first, second, acme)  # never synced
    assert (found.standing, found.accounts) == (Standing.UNSURE, ())
    assert standing_words(found) == "perhaps there: it answers no filter by emails.value: look first"
    assert found.change is not None
