"""The road of every write: guard, fresh read, journal, send, read back. What was seen decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with, sync_all

from scimtui.errors import GuardStopped, Refused, Unreachable, VersionConflict
from scimtui.ops.apply import Outcome, Receipt, apply
from scimtui.ops.discover import discover
from scimtui.ops.guard import Consent
from scimtui.ops.session import Session
from scimtui.scim.change import Change, plan_active, plan_create, plan_delete, plan_edit, plan_members
from scimtui.scim.schema import core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")


def writes(provider: FakeProvider) -> list[str]:
    return [seen.method for seen in provider.seen if seen.method not in {"GET", "HEAD"}]


def edited(session: Session, before: dict[str, Any], **values: Any) -> Change:
    return plan_edit("acme", before, {**before, **values}, USER, session.provider, session.dialect)


def switched(session: Session, before: dict[str, Any], *, active: bool = False) -> Change:
    return plan_active("acme", before, active, USER, session.provider, session.dialect)


async def after_title(provider: FakeProvider, home: Path) -> tuple[Receipt, dict[str, Any]]:
    """Change ann's title and return the receipt and what the provider has then."""
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, home) as session:
        receipt = await apply(edited(session, ann, title="Boss"), session, Consent())
    return receipt, provider.resources["Users"][ann["id"]]


async def test_an_edit_is_sent_once_read_back_and_put_into_cache_and_journal(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        receipt = await apply(edited(session, ann, title="Boss"), session, Consent(reason="promoted"))
        assert receipt.outcome is Outcome.APPLIED
        assert session.cache.resources("User").get(ann["id"])["title"] == "Boss"
        intent, outcome = session.journal.entries()
    assert writes(provider) == ["PATCH"]
    assert intent.payload["reason"] == "promoted"
    assert intent.payload["before"]["userName"] == "ann"
    assert "title" not in intent.payload["before"]
    assert outcome.payload["after"]["title"] == "Boss"
    assert receipt.journal == intent.id


async def test_what_is_so_already_is_not_sent(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        change = switched(session, ann)
        provider.resources["Users"][ann["id"]]["active"] = False
        receipt = await apply(change, session, Consent())
    assert receipt.outcome is Outcome.ALREADY
    assert writes(provider) == []


async def test_what_others_changed_meanwhile_survives_an_edit_of_something_else(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        change = edited(session, ann, title="Boss")
        provider.resources["Users"][ann["id"]]["nickName"] = "Annie"
        receipt = await apply(change, session, Consent())
    now = provider.resources["Users"][ann["id"]]
    assert receipt.outcome is Outcome.APPLIED
    assert (now["title"], now["nickName"]) == ("Boss", "Annie")


async def test_two_admins_at_one_value_are_a_conflict_and_nothing_is_sent(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        change = edited(session, ann, title="Boss")
        provider.resources["Users"][ann["id"]]["title"] = "Chief"
        with pytest.raises(VersionConflict) as caught:
            await apply(change, session, Consent())
    assert caught.value.paths == ("title",)
    assert writes(provider) == []


async def test_an_admin_who_is_faster_than_our_patch_is_not_overwritten(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        await discover(session)

        def faster() -> None:
            provider.before_write = None
            provider._store("Users", ann["id"], {**ann, "title": "Chief"})

        provider.before_write = faster
        with pytest.raises(VersionConflict):
            await apply(edited(session, ann, title="Boss"), session, Consent())
    assert provider.resources["Users"][ann["id"]]["title"] == "Chief"


@pytest.mark.parametrize(
    ("habits", "outcome"),
    [
        (Habits(patch_ignored=True), Outcome.IGNORED),
        (Habits(patch_lower_cases=True), Outcome.ALTERED),
        (Habits(patch_pending=True), Outcome.PENDING),
        (Habits(patch_refused="mutability"), Outcome.REFUSED),
        (Habits(patch_answers=200), Outcome.APPLIED),
        (Habits(patch_answers=202), Outcome.APPLIED),
        (Habits(breaks_on=frozenset({"PATCH"})), Outcome.APPLIED),
        (Habits(breaks_on=frozenset({"PATCH"}), patch_ignored=True), Outcome.UNKNOWN),
    ],
)
@pytest.mark.rule("R43")
async def test_the_receipt_says_what_was_seen_not_what_was_answered(tmp_path, habits, outcome):
    receipt, _ = await after_title(FakeProvider(habits), tmp_path)
    assert receipt.outcome is outcome
    assert receipt.journal


async def test_a_provider_that_hides_the_inactive_is_not_said_to_have_done_something_else_than_seen(tmp_path):
    provider = FakeProvider(Habits(hides_inactive=True))
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        receipt = await apply(switched(session, ann), session, Consent())
        assert session.cache.resources("User").get(ann["id"]) is None
    assert receipt.outcome is Outcome.ALTERED
    assert "does not show it" in receipt.detail


@pytest.mark.rule("P2")
async def test_a_new_person_is_read_back_under_the_id_the_provider_gave(tmp_path):
    for habits in (Habits(), Habits(post_without_body=True)):
        provider = FakeProvider(habits)
        async with session_with(provider, tmp_path / str(habits.post_without_body)) as session:
            wanted = {"userName": "new", "displayName": "New"}
            change = plan_create("acme", wanted, USER, session.provider, session.dialect)
            receipt = await apply(change, session, Consent())
        assert receipt.outcome is Outcome.APPLIED
        assert receipt.resource is not None
        assert receipt.resource.id in provider.resources["Users"]


async def test_a_creation_whose_answer_never_came_is_unknown_and_not_sent_again(tmp_path):
    provider = FakeProvider(Habits(breaks_on=frozenset({"POST"})))
    async with session_with(provider, tmp_path) as session:
        change = plan_create("acme", {"userName": "new"}, USER, session.provider, session.dialect)
        receipt = await apply(change, session, Consent())
    assert receipt.outcome is Outcome.UNKNOWN
    assert writes(provider) == ["POST"]


@pytest.mark.parametrize(
    ("habits", "outcome"),
    [
        (Habits(), Outcome.APPLIED),
        (Habits(delete_ignored=True), Outcome.IGNORED),
        (Habits(delete_deactivates=True), Outcome.ALTERED),
    ],
)
@pytest.mark.rule("M10")
async def test_a_deletion_is_done_when_the_resource_is_gone(tmp_path, habits, outcome):
    provider = FakeProvider(habits)
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        change = plan_delete("acme", ann, USER, session.provider, session.dialect)
        receipt = await apply(change, session, Consent())
        assert receipt.outcome is outcome
        if outcome is Outcome.APPLIED:
            again = await apply(change, session, Consent())
            assert again.outcome is Outcome.ALREADY


async def test_members_join_and_leave_without_touching_the_others(tmp_path):
    provider = FakeProvider()
    people = [dict(provider.add_user(name)) for name in ("ann", "bob", "eve")]
    group = dict(provider.add_group("Staff", [people[0]["id"], people[1]["id"]]))
    async with session_with(provider, tmp_path) as session:
        add = [{"value": people[2]["id"]}]
        change = plan_members("acme", group, add, [people[0]["id"]], GROUP, session.provider, session.dialect)
        receipt = await apply(change, session, Consent())
    assert receipt.outcome is Outcome.APPLIED
    members = {member["value"] for member in provider.resources["Groups"][group["id"]]["members"]}
    assert members == {people[1]["id"], people[2]["id"]}
    assert writes(provider) == ["PATCH", "PATCH"]


async def test_without_patch_a_put_carries_everything_that_was_read(tmp_path):
    provider = FakeProvider(Habits(patch_supported=False))
    ann = dict(provider.add_user("ann", nickName="Annie", **{"urn:acme:1.0:Badge": {"number": 7}}))
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        change = edited(session, ann, title="Boss")
        assert change.warnings
        receipt = await apply(change, session, Consent())
    now = provider.resources["Users"][ann["id"]]
    assert receipt.outcome is Outcome.APPLIED
    assert writes(provider) == ["PUT"]
    assert (now["title"], now["nickName"], now["urn:acme:1.0:Badge"]) == ("Boss", "Annie", {"number": 7})


async def test_someone_who_is_gone_is_refused_before_anything_is_sent(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        del provider.resources["Users"][ann["id"]]
        with pytest.raises(Refused):
            await apply(switched(session, ann), session, Consent())
        assert list(session.journal.entries()) == []


async def test_an_unreachable_provider_is_said_before_anything_is_written_down(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        change = switched(session, ann)
    with pytest.raises(Unreachable):  # it is not served any more
        await apply(change, session, Consent())
    assert list(session.journal.entries()) == []


async def test_a_locked_production_tenant_is_not_even_read(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path, production=True) as session:
        with pytest.raises(GuardStopped):
            await apply(switched(session, ann), session, Consent(reason="left"))
        with pytest.raises(GuardStopped):
            await apply(switched(session, ann), session, Consent(unlocked=True))
        assert provider.seen == []
        receipt = await apply(switched(session, ann), session, Consent(unlocked=True, reason="left"))
    assert receipt.outcome is Outcome.APPLIED
