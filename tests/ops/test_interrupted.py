"""Writes that nobody knows the end of: found in the journal, looked up at the provider, never sent again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with, sync_all

from scimtui.errors import Unreachable, UsageError
from scimtui.ops import history
from scimtui.ops.apply import Consent, Outcome, apply
from scimtui.ops.interrupted import interrupted, look_up
from scimtui.ops.journalled import change_of
from scimtui.ops.session import Session
from scimtui.ops.undo import plan_undo
from scimtui.scim.change import Change, plan_active, plan_create, plan_delete, plan_edit, plan_members
from scimtui.scim.masks import MASK, masked_body, masked_edits, masked_resource
from scimtui.scim.schema import core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")


def intend(session: Session, change: Change) -> str:
    """Put down what `apply` would, and go no further, as after a crash."""
    kind = change.resource_type
    return session.journal.intend(
        {
            "change": change.kind.value,
            "type": kind.name,
            "id": change.id,
            "key": change.key,
            "title": change.title,
            "requests": [
                {"method": one.method, "path": one.path, "body": masked_body(one, kind)} for one in change.requests
            ],
            "edits": masked_edits(change.edits, kind),
            "before": masked_resource(change.before, kind),
        }
    )


def writes(provider: FakeProvider) -> list[str]:
    return [seen.method for seen in provider.seen if seen.method not in {"GET", "HEAD"}]


async def looked_up(session: Session, home: Path, entry: str) -> tuple[Outcome, dict[str, Any]]:
    receipt = await look_up(session, history.find_write(home, entry))
    return receipt.outcome, dict(history.find_write(home, entry).outcome or {})


def changes(session: Session, provider: FakeProvider) -> dict[str, tuple[Change, dict[str, Any] | None]]:
    """One change of each kind, with what the provider has of it where it was done; None: it is gone."""
    how = session.provider, session.dialect
    ann, bob = dict(provider.add_user("ann")), dict(provider.add_user("bob"))
    staff = dict(provider.add_group("staff", [ann["id"]]))
    edited = {**ann, "title": "Boss", "emails": [{"value": "a@b.c", "type": "home"}]}
    both = {**staff, "members": [{"value": ann["id"]}, {"value": bob["id"]}]}
    return {
        "edit": (plan_edit("acme", ann, edited, USER, *how), edited),
        "deactivate": (plan_active("acme", ann, False, USER, *how), {**ann, "active": False}),
        "members": (plan_members("acme", staff, [{"value": bob["id"]}], [], GROUP, *how), both),
        "delete": (plan_delete("acme", bob, USER, *how), None),
    }


@pytest.mark.parametrize("name", ["edit", "deactivate", "members", "delete"])
async def test_what_was_done_is_found_to_be_done_and_what_was_not_is_not(tmp_path, name):
    provider = FakeProvider()
    async with session_with(provider, tmp_path) as session:
        change, done = changes(session, provider)[name]
        place = provider.resources[change.resource_type.endpoint.strip("/")]
        entry = intend(session, change)
        assert [write.id for write in interrupted(tmp_path, "acme")] == [entry]
        outcome, _ = await looked_up(session, tmp_path, entry)
        assert outcome is Outcome.SKIPPED
        again = intend(session, change)
        if done is None:
            del place[change.id]
        else:
            place[change.id] = done
        outcome, put_down = await looked_up(session, tmp_path, again)
        assert outcome is Outcome.APPLIED
        assert put_down["looked_up"]
        assert interrupted(tmp_path, "acme") == []
    assert writes(provider) == []


async def test_a_new_resource_whose_id_never_came_is_found_by_its_name(tmp_path):
    provider = FakeProvider()
    async with session_with(provider, tmp_path) as session:
        change = plan_create("acme", {"userName": "carl"}, USER, session.provider, session.dialect)
        entry = intend(session, change)
        assert (await looked_up(session, tmp_path, entry))[0] is Outcome.SKIPPED
        again = intend(session, change)
        carl = provider.add_user("carl")
        carl["meta"]["created"] = provider.now().isoformat()
        outcome, put_down = await looked_up(session, tmp_path, again)
        assert (outcome, put_down["id"]) == (Outcome.APPLIED, carl["id"])


async def test_who_was_there_long_before_is_not_taken_for_the_one_that_was_to_be_created(tmp_path):
    provider = FakeProvider()
    carl = provider.add_user("carl")
    carl["meta"]["created"] = "2019-01-01T00:00:00Z"
    async with session_with(provider, tmp_path) as session:
        entry = intend(session, plan_create("acme", {"userName": "carl"}, USER, session.provider, session.dialect))
        outcome, put_down = await looked_up(session, tmp_path, entry)
    assert outcome is Outcome.SKIPPED
    assert "it was there before" in put_down["detail"]


async def test_who_may_have_been_there_before_is_neither_told_as_created_nor_deleted_by_undo(tmp_path):
    provider = FakeProvider()
    async with session_with(provider, tmp_path) as session:
        entry = intend(session, plan_create("acme", {"userName": "carl"}, USER, session.provider, session.dialect))
        provider.add_user("carl")["meta"].pop("created", None)
        for _ in range(2):  # a second look finds out no more than the first
            outcome, put_down = await looked_up(session, tmp_path, entry)
            assert (outcome, put_down["id"]) == (Outcome.UNKNOWN, "")
        plan = await plan_undo(session, [history.find_write(tmp_path, entry)])
    assert "nobody can tell" in put_down["detail"]
    assert [plan.steps, [one.entry for one in plan.left_out]] == [[], [entry]]


@pytest.mark.parametrize(
    "habits",
    [{"announced": {"filter": {"supported": False}}, "filter_refused": True}, {"filter_refused": True}],
    ids=["says so", "refuses each"],
)
async def test_nobody_found_where_nobody_can_be_searched_is_no_answer_until_the_next_sync(tmp_path, habits):
    provider = FakeProvider(Habits(**habits))
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        gone, there = (
            intend(session, plan_create("acme", {"userName": name}, USER, session.provider, session.dialect))
            for name in ("zoe", "bo")
        )
        provider.add_user("bo")["meta"]["created"] = provider.now().isoformat()
        found = [(await looked_up(session, tmp_path, entry)) for entry in (gone, there)]
        assert [outcome for outcome, _ in found] == [Outcome.UNKNOWN, Outcome.UNKNOWN]
        assert "sync acme" in found[0][1]["detail"]
        await sync_all(session)
        found = [(await looked_up(session, tmp_path, entry)) for entry in (gone, there)]
        assert [outcome for outcome, _ in found] == [Outcome.SKIPPED, Outcome.APPLIED]


async def test_a_new_resource_is_found_under_the_name_that_the_provider_made_of_its_own(tmp_path):
    provider = FakeProvider()
    async with session_with(provider, tmp_path) as session:
        for sent, stored in (("zoe", "zoe@example.com"), ("bo@example.com", "bo")):
            entry = intend(session, plan_create("acme", {"userName": sent}, USER, session.provider, session.dialect))
            provider.add_user(stored)["meta"]["created"] = provider.now().isoformat()
            outcome, put_down = await looked_up(session, tmp_path, entry)
            assert (outcome, put_down["after"]["userName"]) == (Outcome.ALTERED, stored)


async def test_two_that_may_be_the_new_one_are_never_picked_from(tmp_path):
    provider = FakeProvider(Habits(duplicates=None))
    async with session_with(provider, tmp_path) as session:
        entry = intend(session, plan_create("acme", {"userName": "zoe"}, USER, session.provider, session.dialect))
        for _ in range(2):
            provider.add_user("zoe")["meta"]["created"] = provider.now().isoformat()
        with pytest.raises(UsageError, match="2 resources may be User zoe"):
            await look_up(session, history.find_write(tmp_path, entry))


async def test_a_provider_that_does_not_answer_leaves_the_journal_as_it_is(tmp_path):
    provider = FakeProvider()
    async with session_with(provider, tmp_path) as session:
        change, _ = changes(session, provider)["edit"]
        entry = intend(session, change)
        provider.habits = Habits(breaks_on=frozenset({"GET"}))
        with pytest.raises(Unreachable):
            await look_up(session, history.find_write(tmp_path, entry))
    assert history.find_write(tmp_path, entry).outcome is None


async def test_a_write_whose_end_is_known_is_not_looked_up(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        change = plan_active("acme", ann, False, USER, session.provider, session.dialect)
        receipt = await apply(change, session, Consent())
        with pytest.raises(UsageError):
            await look_up(session, history.find_write(tmp_path, receipt.journal))


async def test_a_write_of_the_journal_is_a_change_again_without_what_nobody_may_read(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        wanted = {**ann, "title": "Boss", "password": "Pearl-7"}
        change = plan_edit("acme", ann, wanted, USER, session.provider, session.dialect)
        entry = (await apply(change, session, Consent(reason="why"))).journal
        again = change_of(history.find_write(tmp_path, entry), session)
    assert (again.kind, again.id, again.key, again.title, again.reason) == (
        change.kind,
        ann["id"],
        "ann",
        change.title,
        "why",
    )
    assert again.before is not None
    assert again.after is not None
    assert (again.before.get("title"), again.after["title"]) == (None, "Boss")
    assert {edit.path: edit.after for edit in again.edits} == {"title": "Boss", "password": MASK}
    assert MASK not in str((again.before, again.after))
    assert again.requests == ()


async def test_an_entry_that_does_not_say_enough_is_refused_with_its_name(tmp_path):
    provider = FakeProvider()
    async with session_with(provider, tmp_path) as session:
        for intent in ({"change": "dance"}, {"change": "edit", "type": "Robot"}, {"change": "edit", "type": "User"}):
            entry = session.journal.intend(intent)
            with pytest.raises(UsageError, match=entry):
                change_of(history.find_write(tmp_path, entry), session)
