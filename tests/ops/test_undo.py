"""Taking writes back: from what was there before, never over what others changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with

from scimtui.errors import UsageError
from scimtui.ops.apply import apply
from scimtui.ops.batch import BatchReport, run_batch
from scimtui.ops.guard import Consent
from scimtui.ops.plan_file import new_batch, numbered
from scimtui.ops.session import Session
from scimtui.ops.undo import UndoPlan, batch_writes, last_of_this_run, named_writes, plan_undo, writes_since
from scimtui.scim.change import Change, plan_active, plan_create, plan_delete, plan_edit, plan_members
from scimtui.scim.schema import core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")


def edit(session: Session, raw: Mapping[str, Any], **values: Any) -> Change:
    return plan_edit("acme", dict(raw), {**raw, **values}, USER, session.provider, session.dialect)


async def done(session: Session, change: Change) -> str:
    """Carry a change out and return its id in the journal."""
    return (await apply(change, session, Consent())).journal


async def plan_for(session: Session, entries: Sequence[str]) -> UndoPlan:
    return await plan_undo(session, named_writes(session.home, entries))


async def taken_back(session: Session, *entries: str) -> BatchReport:
    plan = await plan_for(session, entries)
    assert plan.left_out == []
    return await run_batch(plan.steps, session, Consent(expected=len(plan.steps)))


def shown(provider: FakeProvider, name: str) -> dict[str, Any]:
    return {key: value for key, value in provider.user(name).items() if key != "meta"}


async def test_an_edit_is_taken_back_and_its_undo_too(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann", title="Engineer"))
    before = shown(provider, "ann")
    async with session_with(provider, tmp_path) as session:
        entry = await done(session, edit(session, ann, title="Boss", nickName="A"))
        undo = (await taken_back(session, entry)).results[0].receipt
        assert shown(provider, "ann") == before
        await taken_back(session, undo.journal)
        intents = [one.payload for one in session.journal.entries() if one.kind == "intent"]
    assert (provider.user("ann")["title"], provider.user("ann")["nickName"]) == ("Boss", "A")
    assert [one.get("undoes") for one in intents] == [None, entry, undo.journal]


async def test_each_kind_of_write_is_taken_back(tmp_path):
    provider = FakeProvider()
    ann, bob = dict(provider.add_user("ann")), dict(provider.add_user("bob"))
    team = dict(provider.add_group("Team", [ann["id"]]))
    async with session_with(provider, tmp_path) as session:
        about = (session.provider, session.dialect)
        entries = [
            await done(session, plan_active("acme", ann, False, USER, *about)),
            await done(session, plan_create("acme", {"userName": "eve"}, USER, *about)),
            await done(session, plan_delete("acme", bob, USER, *about)),
            await done(session, plan_members("acme", team, [{"value": "9"}], [ann["id"]], GROUP, *about)),
        ]
        plan = await plan_for(session, entries)
        await run_batch(plan.steps, session, Consent(expected=4))
    assert {raw["userName"]: raw["active"] for raw in provider.users()} == {"ann": True, "bob": True}
    (group,) = provider.resources["Groups"].values()
    assert [member["value"] for member in group["members"]] == [ann["id"]]
    assert any("new id" in warning for step in plan.steps for warning in step.change.warnings)


async def test_what_others_changed_since_stays_and_is_named_with_both_values(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann", title="Engineer"))
    async with session_with(provider, tmp_path) as session:
        entry = await done(session, edit(session, ann, title="Boss"))
        provider.user("ann")["title"] = "Queen"
        plan = await plan_for(session, [entry])
    assert plan.steps == []
    (left,) = plan.left_out
    assert [(one.path, one.before, one.after) for one in left.in_the_way] == [("title", "Boss", "Queen")]
    assert provider.user("ann")["title"] == "Queen"


async def test_a_write_that_was_made_anew_since_is_not_taken_back_by_undoing_the_old_one(tmp_path):
    provider = FakeProvider()
    provider.add_user("ann")
    async with session_with(provider, tmp_path) as session:
        how = USER, session.provider, session.dialect
        leave, _, fired = [
            await done(session, plan_active("acme", dict(provider.user("ann")), active, *how))
            for active in (False, True, False)
        ]
        plan = await plan_for(session, [leave])
        assert ([one.why for one in plan.left_out], plan.steps) == (
            [f"the same was written again since, by {fired}"],
            [],
        )
        await taken_back(session, fired)
        assert provider.user("ann")["active"] is True
        edited = await done(session, edit(session, provider.user("ann"), title="Boss"))
        assert [step.undoes for step in (await plan_for(session, [edited])).steps] == [edited]


async def test_an_id_that_is_somebody_elses_by_now_is_left_alone(tmp_path):
    provider = FakeProvider()
    ann = provider.add_user("ann", displayName="Ann Lee")
    async with session_with(provider, tmp_path) as session:
        entry = await done(session, plan_active("acme", dict(ann), False, USER, session.provider, session.dialect))
        held = provider.resources["Users"][ann["id"]]
        held |= {"userName": "carl", "displayName": "Carl Moe", "emails": [{"value": "carl@example.com"}]}
        plan = await plan_for(session, [entry])
    assert ([one.why for one in plan.left_out], plan.steps) == (["the id belongs to somebody else by now"], [])


async def test_what_others_changed_elsewhere_in_the_resource_survives(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann", title="Engineer"))
    async with session_with(provider, tmp_path) as session:
        entry = await done(session, edit(session, ann, title="Boss"))
        provider.user("ann")["nickName"] = "Annie"
        await taken_back(session, entry)
    assert (provider.user("ann")["title"], provider.user("ann")["nickName"]) == ("Engineer", "Annie")


async def test_several_writes_to_one_resource_are_taken_back_from_the_last_to_the_first(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann", title="Engineer"))
    async with session_with(provider, tmp_path) as session:
        titles = ("Boss", "Queen", "Goddess")
        entries = [await done(session, edit(session, provider.user("ann"), title=title)) for title in titles]
        report = await taken_back(session, *entries)
    assert [result.step.undoes for result in report.results] == entries[::-1]
    assert provider.user("ann")["title"] == ann["title"]


@pytest.mark.parametrize("again", [False, True])
async def test_what_was_taken_back_already_says_by_what(tmp_path, again):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        entry = await done(session, edit(session, ann, title="Boss"))
        undo = (await taken_back(session, entry)).results[0].receipt.journal
        if again:
            await taken_back(session, undo)
        plan = await plan_for(session, [entry])
    if again:
        assert len(plan.steps) == 1
    else:
        assert undo in plan.left_out[0].why


@pytest.mark.parametrize("habits", [{"patch_ignored": True}, {"patch_refused": "invalidPath"}])
async def test_what_changed_nothing_has_nothing_to_take_back(tmp_path, habits):
    provider = FakeProvider(Habits(**habits))
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        entry = await done(session, edit(session, ann, title="Boss"))
        plan = await plan_for(session, [entry])
    assert plan.steps == []
    assert "nothing was changed by it" in plan.left_out[0].why


async def test_who_is_gone_and_who_is_as_before_are_left_out_and_only_one_of_them_is_wrong(tmp_path):
    provider = FakeProvider()
    ann, bob = dict(provider.add_user("ann")), dict(provider.add_user("bob"))
    async with session_with(provider, tmp_path) as session:
        entries = [await done(session, edit(session, raw, title="Boss")) for raw in (ann, bob)]
        del provider.resources["Users"][ann["id"]]
        del provider.user("bob")["title"]
        plan = await plan_for(session, entries)
    assert {one.entry: one.is_done for one in plan.left_out} == {entries[0]: False, entries[1]: True}


async def test_an_edit_before_a_deletion_waits_until_the_person_is_there_again(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann", title="Engineer"))
    async with session_with(provider, tmp_path) as session:
        first = await done(session, edit(session, ann, title="Boss"))
        now = dict(provider.user("ann"))
        second = await done(session, plan_delete("acme", now, USER, session.provider, session.dialect))
        plan = await plan_for(session, [first, second])
    assert [step.undoes for step in plan.steps] == [second]
    assert "created anew first" in plan.left_out[0].why


# ---------------------------------------------------------------- which


async def test_a_whole_batch_and_all_since_a_moment(tmp_path: Path):
    provider = FakeProvider()
    provider.add_users(3)
    async with session_with(provider, tmp_path) as session:
        alone = await done(session, edit(session, provider.user("user00001"), title="Boss"))
        before = datetime.now(UTC)
        batch = new_batch()
        about = (USER, session.provider, session.dialect)
        steps = numbered(plan_active("acme", dict(raw), False, *about) for raw in provider.users())
        report = await run_batch(steps, session, Consent(), batch=batch)
        ids = {result.receipt.journal for result in report.results}
        assert {write.id for write in batch_writes(tmp_path, ["acme"], batch)} == ids
        assert {write.id for write in writes_since(tmp_path, ["acme"], before)} == ids
        assert {write.id for write in writes_since(tmp_path, ["acme"], before - timedelta(minutes=5))} == {*ids, alone}
        assert {write.id for write in last_of_this_run(tmp_path, "acme")} == ids
        undo = await taken_back(session, *ids)
        assert writes_since(tmp_path, ["acme"], before) == []
        assert [write.id for write in last_of_this_run(tmp_path, "acme")] == [alone]
        person = provider.user("user00002")["id"]
        assert last_of_this_run(tmp_path, "acme", "User", person) == []
    assert all(raw["active"] is True for raw in provider.users())
    assert len(undo.results) == 3
    with pytest.raises(UsageError, match="no batch"):
        batch_writes(tmp_path, ["acme"], "20200101-000000-abcdef")


async def test_an_undo_of_what_was_written_before_the_moment_is_itself_taken_back(tmp_path):
    provider = FakeProvider()
    ann = dict(provider.add_user("ann"))
    async with session_with(provider, tmp_path) as session:
        entry = await done(session, edit(session, ann, title="Boss"))
        moment = datetime.now(UTC)
        await taken_back(session, entry)
        found = writes_since(tmp_path, ["acme"], moment)
        await taken_back(session, *(write.id for write in found))
    assert provider.user("ann")["title"] == "Boss"


@pytest.mark.parametrize("habits", [Habits(), Habits(members_never=True)])
async def test_a_member_is_taken_out_again_only_where_it_was_seen_that_they_were_not_in_before(tmp_path, habits):
    provider = FakeProvider(habits)
    ann, bob = provider.add_user("ann"), provider.add_user("bob")
    group = provider.add_group("Staff", [ann["id"]])
    async with session_with(provider, tmp_path) as session:
        shown = {key: value for key, value in group.items() if key != "members" or not habits.members_never}
        coming = [{"value": ann["id"]}, {"value": bob["id"]}]
        change = plan_members("acme", shown, coming, [], GROUP, session.provider, session.dialect)
        plan = await plan_for(session, [await done(session, change)])
    if not habits.members_never:
        assert [step.change.edits[0].before["value"] for step in plan.steps] == [bob["id"]]
    else:
        assert (plan.steps, len(plan.left_out)) == ([], 1)
        assert "may have been in it before; scimtui member remove" in plan.left_out[0].why


@pytest.mark.parametrize(("role", "may"), [("admin", True), ("helpdesk", False), ("view", False)])
async def test_the_help_desk_takes_back_its_own_writes_alone(tmp_path, monkeypatch, role, may):
    provider = FakeProvider()
    ann = provider.add_user("ann")
    async with session_with(provider, tmp_path) as session:
        entry = await done(session, plan_active("acme", ann, False, USER, session.provider, session.dialect))
        session.tenant = replace(session.tenant, role=role)
        assert len((await plan_for(session, [entry])).steps) == (role != "view")
        for name in ("LOGNAME", "USER"):
            monkeypatch.setenv(name, "somebody-else")
        plan = await plan_for(session, [entry])
    assert (len(plan.steps), [one.is_refused for one in plan.left_out]) == ((1, []) if may else (0, [True]))
