"""What is known after a refusal: who is there already, how else it can be spelled, and what nobody can verify."""

from __future__ import annotations

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with, sync_all

from scimtui.ops.apply import Outcome, apply
from scimtui.ops.guard import Consent
from scimtui.present.changes import outcome_line
from scimtui.scim.change import plan_create, plan_edit, plan_members
from scimtui.scim.schema import core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")


def new(session, **values):
    return plan_create("acme", values, USER, session.provider, session.dialect)


def edited(session, before, **values):
    return plan_edit("acme", before, {**before, **values}, USER, session.provider, session.dialect)


@pytest.mark.rule("R44")
@pytest.mark.parametrize("is_synced", [True, False])
@pytest.mark.parametrize("habits", [Habits(), Habits(duplicates=400), Habits(filter_ignored=True)])
async def test_who_has_the_name_already_is_found_in_the_cache_or_at_the_provider(tmp_path, habits, is_synced):
    provider = FakeProvider(habits)
    provider.add_users(5)
    ann = provider.add_user("ann", active=False)
    async with session_with(provider, tmp_path) as session:
        if is_synced:
            await sync_all(session)
        receipt = await apply(new(session, userName="Ann"), session, Consent())
    assert receipt.outcome is Outcome.REFUSED
    (found,) = receipt.existing
    assert (found.resource.id, found.path, found.active) == (ann["id"], "userName", False)
    assert f"ann (id {ann['id']}, inactive) has this userName" in outcome_line(receipt)


async def test_nobody_is_named_where_nobody_can_be_found(tmp_path):
    provider = FakeProvider(Habits(filter_refused=True))
    provider.add_user("ann")
    async with session_with(provider, tmp_path) as session:
        receipt = await apply(new(session, userName="ann"), session, Consent())
    assert receipt.outcome is Outcome.REFUSED
    assert receipt.existing == ()


async def test_another_spelling_is_named_not_sent_and_once_done_remembered(tmp_path):
    provider = FakeProvider(Habits(patch_unread=frozenset({"value-filter"})))
    ann = dict(provider.add_user("ann"))
    ann["emails"] = [*ann["emails"], {"value": "h@example.com", "type": "home"}]
    provider._store("Users", ann["id"], ann)
    async with session_with(provider, tmp_path) as session:
        mails = [{**ann["emails"][0], "value": "new@example.com"}, ann["emails"][1]]
        receipt = await apply(edited(session, ann, emails=mails), session, Consent())
        assert receipt.outcome is Outcome.REFUSED
        assert len(provider.writes()) == 1
        assert session.dialect.value_filters
        way = receipt.ways[0]
        assert "profile = { value_filters = false }" in outcome_line(receipt)
        done = await apply(way.change, session, Consent())
        assert done.outcome is Outcome.APPLIED
        assert session.dialect.value_filters is False
    async with session_with(provider, tmp_path) as session:
        assert session.dialect.value_filters is False


async def test_a_spelling_that_does_not_help_is_not_remembered(tmp_path):
    provider = FakeProvider(Habits(patch_refused="invalidPath"))
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        receipt = await apply(edited(session, ann, title="Boss"), session, Consent())
        again = await apply(receipt.ways[0].change, session, Consent())
        assert again.outcome is Outcome.REFUSED
        assert session.lessons == {}


async def test_where_patch_is_not_there_put_is_the_other_way_but_never_for_a_group(tmp_path):
    provider = FakeProvider(Habits(patch_supported=False, announced={"patch": {"supported": True}}))
    ann = dict(provider.add_user("ann"))
    group = dict(provider.add_group("Staff", [ann["id"]]))
    async with session_with(provider, tmp_path) as session:
        change = plan_members("acme", group, [], [ann["id"]], GROUP, session.provider, session.dialect)
        refused = await apply(change, session, Consent())
        assert (refused.status, refused.ways) == (501, ())
    async with session_with(provider, tmp_path / "other") as session:
        receipt = await apply(edited(session, ann, title="Boss"), session, Consent())
        assert [way.change.requests[0].method for way in receipt.ways] == ["PUT"]
        done = await apply(receipt.ways[0].change, session, Consent())
    assert done.outcome is Outcome.APPLIED
    assert provider.user("ann")["title"] == "Boss"


@pytest.mark.parametrize(
    ("habits", "outcome"),
    [
        (Habits(), Outcome.APPLIED),
        (Habits(patch_answers=202), Outcome.PENDING),
        (Habits(patch_refused="invalidValue"), Outcome.REFUSED),
        (Habits(patch_refused="invalidValue", bad_request=500), Outcome.UNKNOWN),
        (Habits(breaks_on=frozenset({"PATCH"})), Outcome.UNKNOWN),
    ],
)
async def test_a_password_is_what_the_answer_says_since_no_look_can_tell(tmp_path, habits, outcome):
    provider = FakeProvider(habits)
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        receipt = await apply(edited(session, ann, password="hunter2"), session, Consent())
    assert receipt.outcome is outcome
    line = outcome_line(receipt)
    assert "hunter2" not in line
    assert "verified at" not in line


async def test_a_password_beside_other_values_is_not_said_to_be_verified_with_them(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        receipt = await apply(edited(session, ann, password="hunter2", title="Boss"), session, Consent())
    assert receipt.outcome is Outcome.APPLIED
    assert "password was accepted and can be read by nobody" in outcome_line(receipt)


async def test_what_others_changed_and_this_left_alone_is_named(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann", nickName="A"))
    async with session_with(provider, tmp_path) as session:
        change = edited(session, ann, title="Boss")
        provider._store("Users", ann["id"], {**ann, "nickName": "B", "locale": "nb-NO"})
        receipt = await apply(change, session, Consent())
    assert receipt.kept == ("nickName",)


@pytest.mark.parametrize(
    ("status", "outcome"), [(500, Outcome.UNKNOWN), (503, Outcome.UNKNOWN), (501, Outcome.REFUSED)]
)
async def test_a_creation_that_fails_at_the_provider_may_have_happened(tmp_path, status, outcome):
    class Failing(FakeProvider):
        """Creates, and then answers that it failed."""

        def answer(self, method, target, headers, body):
            answer = super().answer(method, target, headers, body)
            return self.json(status, {"detail": "oops"}) if method == "POST" else answer

    provider = Failing()
    async with session_with(provider, tmp_path) as session:
        receipt = await apply(new(session, userName="zoe"), session, Consent())
        assert (receipt.outcome, receipt.status, receipt.detail) == (outcome, status, "oops")
