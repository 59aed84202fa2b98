"""`scimtui plan` makes a reviewable file of what makes one tenant like another, and `scimtui apply` carries it out."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from fakes.in_memory_provider import FakeProvider

from scimtui.scim.schema import ENTERPRISE_USER


def managed_by(person: dict[str, Any]) -> dict[str, Any]:
    return {ENTERPRISE_USER: {"manager": {"value": person["id"]}}}


def members(provider: FakeProvider, name: str) -> set[str]:
    """Return the userNames of who is in a group."""
    (group,) = (raw for raw in provider.resources["Groups"].values() if raw["displayName"] == name)
    names = {raw["id"]: raw["userName"] for raw in provider.users()}
    return {names[member["value"]] for member in group.get("members", [])}


@pytest.fixture
def apart(both, acme, stage):
    """`acme` has three people and a group more than `stage`, one of them the manager of others; some people differ."""
    boss, new = (acme.user(f"user{number:05d}") for number in (10, 11))
    new.update(managed_by(boss))
    acme.user("user00003")["active"] = False
    stage.user("user00004").update(active=False, title="Old")
    acme.user("user00005").update(managed_by(boss))
    acme.add_group("Staff", [acme.user("user00001")["id"], new["id"]])
    stage.add_group("Staff", [stage.user("user00001")["id"], stage.user("user00002")["id"]])
    both.run("sync")
    return both


def plan(bench: Any, path: Any, *more: str) -> list[dict[str, Any]]:
    made = bench.run("plan", "acme", "stage", "-o", str(path), *more)
    assert made.status == 1, made.err
    return json.loads(path.read_text())["changes"]


def test_a_plan_is_written_reviewed_and_applied_and_then_nothing_differs(apart, acme, stage, tmp_path):
    path = tmp_path / "plan.json"
    kinds = [(one["kind"], one["key"]) for one in plan(apart, path)]
    assert kinds[1:8] == [
        ("create", "user00010"),
        ("create", "user00011"),
        ("edit", "user00002"),
        ("deactivate", "user00003"),
        ("edit", "user00004"),
        ("create", "Engineers"),
        ("remove-members", "Staff"),
    ]
    assert [key for _, key in kinds[8:]] == ["user00011", "user00005", "Staff", "Engineers"]
    assert 'manager.value: set to "user00010 (new)"' in apart.run("plan", "acme", "stage").out
    assert apart.run("apply", str(path), "--dry-run").status == 0
    assert apart.run("apply", str(path)).status == 5
    assert stage.writes() == []
    done = apart.run("apply", str(path), "--yes", "--format", "json")
    assert (done.status, done.outcomes) == (0, ["applied"] * 12), done.err
    assert (members(stage, "Staff"), members(stage, "Engineers")) == ({"user00001", "user00011"}, {"user00001"})
    boss = stage.user("user00010")["id"]
    assert [stage.user(name)[ENTERPRISE_USER]["manager"]["value"] for name in ("user00005", "user00011")] == [boss] * 2
    for name in ("User", "Group"):
        assert apart.run("diff", "acme", "stage", "--type", name, "--sync").status == 0
    again = apart.run("plan", "acme", "stage", "--format", "json")
    assert (again.status, again.json["changes"]) == (0, [])
    repeated = apart.run("apply", str(path), "--yes", "--format", "json")
    assert (repeated.status, set(repeated.outcomes) <= {"applied", "already"}) == (0, True), repeated.err
    assert len(stage.writes()) == 12


def test_whoever_reviews_it_sends_a_part_and_the_rest_waits_for_those_who_are_not_there_yet(
    apart, stage, tmp_path, acme
):
    path = tmp_path / "plan.json"
    numbers = {(one["kind"], one["key"]): str(one["number"]) for one in plan(apart, path)}
    wrong = apart.run("apply", str(path), "--only", "99", "--yes")
    assert (wrong.status, "no change 99" in wrong.err) == (2, True)
    some = apart.run("apply", str(path), "--skip", numbers["create", "user00011"], "--yes")
    assert some.status == 1
    assert "not there yet: user00011" in some.err
    assert (members(stage, "Staff"), members(stage, "Engineers")) == ({"user00001"}, {"user00001"})
    assert apart.run("apply", str(path), "--yes").status == 0
    assert members(stage, "Staff") == {"user00001", "user00011"}


def test_a_creation_that_is_refused_leaves_a_plan_of_the_rest(apart, stage, tmp_path):
    path = tmp_path / "plan.json"
    plan(apart, path, "--type", "User", "--ignore", "title")
    stage.habits.post_wants = frozenset({"nickName"})
    refused = apart.run("apply", str(path), "--yes", "--format", "json")
    assert refused.status == 1
    assert "not there yet: user00010" in refused.err
    stage.habits.post_wants = frozenset()
    assert apart.run("apply", str(path), "--yes").status == 0
    assert apart.run("plan", "acme", "stage", "--type", "User", "--ignore", "title", "--sync").status == 0


def test_what_others_changed_meanwhile_stops_that_one_change_alone(apart, stage, tmp_path):
    path = tmp_path / "plan.json"
    plan(apart, path, "--type", "User", "user00002", "user00004")
    stage.user("user00002")["title"] = "Chief"
    done = apart.run("apply", str(path), "--yes", "--format", "json")
    assert (done.status, done.outcomes) == (1, ["skipped", "applied"])
    assert (stage.user("user00002")["title"], stage.user("user00004")["active"]) == ("Chief", True)


def test_whom_only_the_right_side_has_is_left_alone_turned_off_or_deleted_as_asked(apart, acme, stage, tmp_path):
    own = stage.add_user("own")
    next(iter(stage.resources["Groups"].values()))["members"].append({"value": own["id"]})
    apart.run("sync")
    path = tmp_path / "plan.json"
    assert "own" not in {one["key"] for one in plan(apart, path)}
    left = apart.run("plan", "acme", "stage")
    assert "1 User only in stage: nothing is done with them" in left.err
    off = {one["key"]: one["kind"] for one in plan(apart, path, "--deactivate-extra")}
    assert off["own"] == "deactivate"
    gone = plan(apart, path, "--delete-extra")
    assert (gone[-1]["key"], gone[-1]["kind"]) == ("own", "delete")
    assert apart.run("apply", str(path), "--yes").status == 0
    assert "own" not in {raw["userName"] for raw in stage.users()}
    assert apart.run("plan", "acme", "stage", "--sync").status == 0


def test_an_incomplete_side_says_nothing_of_who_is_missing(both, acme, stage, tmp_path):
    stage.habits.total_too_high = 5
    both.run("sync")
    assert {one["kind"] for one in plan(both, tmp_path / "plan.json", "--type", "User")} == {"edit"}
    told = both.run("plan", "acme", "stage", "--type", "User", "--format", "json")
    assert [(one["count"], one["side"]) for one in told.json["withheld"]] == [(3, "stage")]


def test_whom_an_incomplete_side_may_have_is_not_turned_off_elsewhere(both, acme, stage):
    acme.habits.total_too_high = 5
    stage.add_user("own")
    both.run("sync")
    for option in ("--delete-extra", "--deactivate-extra"):
        refused = both.run("plan", "acme", "stage", option)
        assert (refused.status, "acme is not complete" in refused.err) == (5, True)


def test_members_that_are_not_shown_are_not_taken_for_none(apart, acme, stage, tmp_path):
    acme.habits.members_empty = True
    apart.run("sync", "acme", "--full")
    changes = plan(apart, tmp_path / "plan.json", "--type", "Group")
    assert {one["kind"] for one in changes} == {"create"}


def test_a_key_that_means_nobody_or_several_ends_it_for_all(apart, stage, tmp_path):
    assert "nobody is on neither side" in apart.run("plan", "acme", "stage", "user00002", "nobody").err
    stage.add_user("USER00002")
    apart.run("sync")
    several = apart.run("plan", "acme", "stage", "user00002")
    assert (several.status, "user00002 means several Users" in several.err) == (2, True)
    left_alone = apart.run("plan", "acme", "stage", "--format", "json").json
    assert ("user00002", "several have that key") in {(one["key"], one["why"]) for one in left_alone["stays"]}


def test_a_protected_account_is_left_out_and_said(apart, stage, tmp_path):
    config = apart.config.read_text()
    apart.config.write_text(
        config.replace("[tenants.stage]", "[tenants.stage]\nprotected = ['userName eq \"user00003\"']")
    )
    changes = plan(apart, tmp_path / "plan.json")
    assert "user00003" not in {one["key"] for one in changes}
    assert "protected" in apart.run("plan", "acme", "stage").err


def test_the_left_side_may_be_a_file_which_tells_of_its_columns_alone(apart, stage, tmp_path):
    people, path = tmp_path / "people.csv", tmp_path / "plan.json"
    people.write_text("userName,title\nuser00001,Cook\nnew@x,Chef\n")
    assert apart.run("plan", str(people), "stage", "-o", str(path)).status == 1
    changes = {one["key"]: one for one in json.loads(path.read_text())["changes"]}
    assert {key: one["kind"] for key, one in changes.items()} == {"user00001": "edit", "new@x": "create"}
    assert [edit["path"] for edit in changes["user00001"]["edits"]] == ["title"]
    assert apart.run("apply", str(path), "--yes").status == 0
    assert apart.run("plan", str(people), "stage", "--sync").status == 0
    assert apart.run("plan", "acme", str(people)).status == 2


def test_the_left_side_may_be_an_earlier_copy_of_the_tenant_itself(apart, stage, tmp_path):
    before = datetime.now(UTC).isoformat()
    stage.user("user00001")["title"] = "Mistake"
    stage.resources["Users"].pop(stage.user("user00006")["id"])
    apart.run("sync", "stage")
    path = tmp_path / "plan.json"
    assert apart.run("plan", f"stage@{before}", "stage", "-o", str(path)).status == 1
    assert apart.run("apply", str(path), "--yes").status == 0
    assert (stage.user("user00001").get("title"), stage.user("user00006")["active"]) == (None, True)
    assert apart.run("plan", f"stage@{before}", "stage", "--sync").status == 0


def test_the_number_above_the_limit_is_that_of_all_parts_together(apart, stage, tmp_path):
    apart.config.write_text(
        apart.config.read_text().replace("[tenants.stage]", "[tenants.stage]\nlimits = { count = 0 }")
    )
    path = tmp_path / "plan.json"
    plan(apart, path)
    stopped = apart.run("apply", str(path), "--yes")
    assert (stopped.status, "--expect 2" in stopped.err, stage.writes()) == (
        5,
        True,
        [],
    )  # one turned off, one taken out
    assert apart.run("apply", str(path), "--yes", "--expect", "2").status == 0
    assert members(stage, "Staff") == {"user00001", "user00011"}
