"""Plans as files: what a person reviews is what would be sent, and a slip of the hand is found before that."""

from __future__ import annotations

import fcntl
import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.in_memory_provider import FakeProvider
from fakes.sessions import session_with

from scimtui.errors import UsageError
from scimtui.ops.kept_plans import alone, is_kept, is_running, keep, keeper_of, kept_plans, settle
from scimtui.ops.plan_file import Step, new_batch, numbered, read_plan, steps_of, write_plan
from scimtui.scim.change import Change, plan_active, plan_create, plan_delete, plan_edit, plan_members
from scimtui.scim.dialect import RFC
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.schema import core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")
ANN = {"schemas": [USER.schema.id], "id": "7", "userName": "ann", "active": True, "emails": [{"value": "a@b.c"}]}
TEAM = {"schemas": [GROUP.schema.id], "id": "g", "displayName": "Team", "members": [{"value": "7"}, {"value": "8"}]}
ABOUT = (BUILT_IN, RFC)


def changes() -> list[Change]:
    renamed = {**ANN, "displayName": "Ann \u202egnp", "emails": [{"value": "a@b.c", "type": "work"}]}
    return [
        plan_active("acme", ANN, False, USER, *ABOUT),
        plan_edit("acme", ANN, renamed, USER, *ABOUT),
        plan_create("acme", {"userName": "bob", "name": {"givenName": "Bob"}}, USER, *ABOUT),
        plan_delete("acme", ANN, USER, *ABOUT),
        plan_members("acme", TEAM, [{"value": "9"}], ["8"], GROUP, *ABOUT),
    ]


async def read(path: Path, home: Path) -> list[Step]:
    async with session_with(FakeProvider(), home) as session:
        return steps_of(path, read_plan(path), {"acme": session})


async def test_every_kind_of_change_comes_back_as_it_was(tmp_path):
    path = tmp_path / "plan.json"
    steps = [Step(one.number, one.change, "acme-3" if one.number == 2 else "") for one in numbered(changes())]
    assert write_plan(path, steps, "batch", "why") == []
    found = await read(path, tmp_path)
    assert [step.undoes for step in found] == ["", "acme-3", "", "", ""]
    for was, now in zip(steps, found, strict=True):
        assert (now.number, now.change.kind, now.change.title) == (was.number, was.change.kind, was.change.title)
        assert now.change.edits == was.change.edits
        assert [(one.method, one.path, one.body) for one in now.change.requests] == [
            (one.method, one.path, one.body) for one in was.change.requests
        ]


async def test_a_plan_that_takes_people_out_of_a_group_by_name_can_be_read_again(tmp_path):
    path = tmp_path / "plan.json"
    plain = plan_members("acme", TEAM, [{"value": "9"}], ["8"], GROUP, *ABOUT)
    leaver = replace(plain.edits[0], before={"value": "8", "type": "User", "display": "Bob (bob)"})
    write_plan(path, numbered([replace(plain, edits=(leaver, *plain.edits[1:]))]), "batch", "why")
    (step,) = await read(path, tmp_path)
    assert [one.body for one in step.change.requests] == [one.body for one in plain.requests]
    path.write_text(path.read_text().replace('"before": {"value": "8", "type"', '"before": {"value": "7", "type"'))
    with pytest.raises(UsageError, match='"edits" are not what differs'):
        await read(path, tmp_path)


def test_the_file_is_its_owners_and_nothing_in_it_acts_on_a_terminal(tmp_path):
    path = tmp_path / "plans" / "plan.json"
    write_plan(path, numbered(changes()), "batch", "why")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert "\\u202e" in text
    assert text.replace("\n", "").isprintable()
    assert json.loads(text)["changes"][1]["after"]["displayName"] == "Ann \u202egnp"


def test_a_change_that_holds_a_password_is_left_out_and_says_so(tmp_path):
    path = tmp_path / "plan.json"
    secret = plan_create("acme", {"userName": "eve", "password": "hunter2"}, USER, *ABOUT)
    reset = plan_edit("acme", ANN, {**ANN, "password": "hunter2"}, USER, *ABOUT)
    warnings = write_plan(path, numbered([secret, reset, changes()[0]]), "batch", "why")
    assert [warning.split(" holds")[0] for warning in warnings] == ["Create User eve", "Edit ann"]
    assert [change.number for change in read_plan(path).changes] == [3]
    assert "hunter2" not in path.read_text()


def set_at(plan: dict[str, Any], place: list[Any], value: Any) -> None:
    for name in place[:-1]:
        plan = plan[name]
    plan[place[-1]] = value


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (["format"], "terraform", "it is no plan"),
        (["version"], 9, "version 9"),
        (["changes", 0, "kind"], "deactivat", "the 1st change, kind: invalid enum value 'deactivat'"),
        (["changes", 1, "edits", 0, "path"], 7, "the 2nd change, edits[0].path: expected `str`"),
        (["changes", 0, "tennant"], "acme", "the 1st change: object contains unknown field `tennant`"),
        (["changes", 1, "number"], 1, "change 1: its number must be its own"),
        (["changes", 0, "id"], "8", 'change 1 (ann): "id" is 8, and "before" is about another'),
        (["changes", 0, "key"], "bob", 'change 1 (bob): "key" is bob, and the resource is ann'),
        (["changes", 0, "type"], "Robot", "acme has no resource type Robot"),
        (["changes", 0, "kind"], "activate", '"edits" are not what differs'),
        (["changes", 0, "before", "active"], False, '"edits" are not what differs'),
        (["changes", 1, "after", "title"], "Boss", '"edits" are not what differs'),
        (["changes", 0, "after", "title"], "Boss", '"after" is not what "before" becomes'),
        (["changes", 2, "before"], {"id": "7"}, '"before" is null for a creation'),
        (["changes", 3, "after"], {"id": "7"}, '"after" is null for a deletion'),
        (["changes", 2, "after"], {"title": "x"}, "a new User needs userName"),
    ],
)
async def test_a_slip_of_the_hand_is_named_with_its_place(tmp_path, place, value, said):
    path = tmp_path / "plan.json"
    write_plan(path, numbered(changes()), "batch", "why")
    plan = json.loads(path.read_text())
    set_at(plan, place, value)
    path.write_text(json.dumps(plan))
    with pytest.raises(UsageError) as error:
        await read(path, tmp_path)
    assert said in error.value.message
    assert str(path) in error.value.message


async def test_an_edit_that_was_made_to_turn_somebody_off_is_not_read_as_an_edit(tmp_path):
    path = tmp_path / "plan.json"
    write_plan(path, numbered(changes()[:1]), "batch", "why")
    path.write_text(path.read_text().replace('"kind": "deactivate"', '"kind": "edit"'))
    with pytest.raises(UsageError, match="what it does is deactivate"):
        await read(path, tmp_path)


@pytest.mark.parametrize(
    ("text", "said"), [('{\n "a":\n x}', "line 3: not JSON"), ("[]", "it is no plan"), ("", "JSON")]
)
def test_a_file_that_is_no_plan_says_so(tmp_path, text, said):
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_plan(path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_plan(tmp_path / "nowhere.json")


# ---------------------------------------------------------------- kept


def test_a_plan_is_kept_until_all_of_it_is_done(tmp_path):
    steps = numbered(changes())
    keeper = keeper_of(tmp_path, new_batch())
    keep(keeper, steps, "on its way")
    settle(keeper, steps[3:], "left over", lambda: ["id,key", "7,ann"])
    ((path, plan),) = kept_plans(tmp_path)
    assert (path, [change.number for change in plan.changes], plan.why) == (keeper.path, [4, 5], "left over")
    assert keeper.failures.read_text() == "id,key\n7,ann\n"
    settle(keeper, [], "", list)
    assert not is_kept(keeper)
    assert list(tmp_path.rglob("*.*")) == []


def test_of_a_tenant_that_may_not_be_cached_no_plan_is_kept(tmp_path):
    keeper = keeper_of(tmp_path, new_batch(), ["acme"])
    (warning,) = keep(keeper, numbered(changes()), "on its way")
    assert "cache is off" in warning
    settle(keeper, numbered(changes()), "left over", lambda: ["ann"])
    assert list(tmp_path.rglob("*.*")) == []


def test_a_plan_of_the_person_is_never_changed_by_us(tmp_path):
    theirs = tmp_path / "monday.json"
    write_plan(theirs, numbered(changes()), "batch", "why")
    before = theirs.read_bytes()
    keeper = keeper_of(tmp_path / "home", "batch", plan=theirs)
    keep(keeper, numbered(changes()), "on its way")
    settle(keeper, [], "", list)
    assert theirs.read_bytes() == before
    assert kept_plans(tmp_path / "home") == []


def test_who_waited_for_the_lock_of_a_batch_has_it_alone(tmp_path):
    with alone(tmp_path, "b"):
        (path,) = (tmp_path / "plans").iterdir()
        waiting = path.open("r+")
    with waiting:
        fcntl.flock(waiting, fcntl.LOCK_EX | fcntl.LOCK_NB)  # as another process that opened it before the end
        assert is_running(tmp_path, "b")
        with pytest.raises(UsageError, match="another scimtui"), alone(tmp_path, "b"):
            raise AssertionError
    assert not is_running(tmp_path, "b")
