"""`scimtui offboard`: the recipe of each tenant, from the command line."""

from __future__ import annotations

import pytest
from fakes.fake_rules import Refusal

RECIPE = (
    'recipe = { steps = ["deactivate", { remove_from_groups = "all" }, { add_to_group = "Blocked" },'
    ' { set = { title = "Left {date}" } }] }'
)


@pytest.fixture
def desk(bench, acme, stage):
    """Two tenants: acme with a recipe, stage without one."""
    acme.add_group("Blocked", [])
    with acme.serve() as base_url, stage.serve() as other:
        bench.add("acme", base_url, RECIPE)
        bench.add("stage", other)
        yield bench


def test_a_dry_run_shows_every_step_and_sends_nothing(desk, acme):
    ended = desk.run("offboard", "user00001", "--tenant", "acme", "--dry-run", "--format", "json")
    assert [record["title"] for record in ended.json] == [
        "Deactivate user00001", "Remove Ann1 Lee from Engineers", "Add Ann1 Lee to Blocked", "Set title of user00001",
    ]  # fmt: skip
    assert (ended.status, acme.writes()) == (0, [])


def test_everything_is_done_everywhere_and_a_second_time_it_is_so_already(desk, acme, stage):
    ended = desk.run("offboard", "user00001", "--all-tenants", "--yes", "--format", "json")
    assert (ended.status, ended.outcomes) == (0, ["applied"] * 5)
    assert [one.user("user00001")["active"] for one in (acme, stage)] == [False, False]
    writes = len(acme.writes())
    again = desk.run("offboard", "user00001", "--all-tenants", "--yes", "--format", "json")
    assert (again.status, again.outcomes) == (0, ["already"] * 2)
    assert len(acme.writes()) == writes
    for words in (
        "acme: Deactivate: already inactive",
        "in no group to leave",
        "already in it",
        "Set title: already so",
    ):
        assert words in again.err


def test_a_step_that_cannot_be_done_is_said_and_is_no_success(desk, acme):
    blocked = next(group for group in acme.resources["Groups"].values() if group["displayName"] == "Blocked")
    del acme.resources["Groups"][blocked["id"]]
    ended = desk.run("offboard", "user00001", "--tenant", "acme", "--yes")
    assert ended.status == 1
    assert "! acme: there is no group Blocked in acme" in ended.err
    assert acme.user("user00001")["active"] is False
    skipped = desk.run("offboard", "user00001", "--tenant", "acme", "--yes", "--skip", "add_to_group")
    assert (skipped.status, "Blocked" in skipped.err) == (0, False)


def test_who_could_not_be_turned_off_is_said_last_and_loudest(desk, acme):
    acme.habits.patch_ignored = True
    ended = desk.run("offboard", "user00001", "--tenant", "acme", "--yes")
    assert ended.status == 1
    assert ended.err.splitlines()[-1] == "! STILL ACTIVE in acme: user00001"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["user00001"], "ive --tenant NAME"),
        (["user00001", "--tenant", "acme", "--skip", "deactivat"], "id you mean deactivate?"),
        (["nobody", "--tenant", "acme"], "found nowhere: nobody"),
    ],
)
def test_what_is_not_clear_is_wrong_usage(desk, acme, arguments, said):
    ended = desk.run("offboard", *arguments, "--yes")
    assert (ended.status, ended.out, acme.writes()) == (2, "", [])
    assert said in ended.err


def test_a_step_that_the_provider_refuses_does_not_hold_the_others_back(desk, acme):
    calls = iter(range(9))

    def third_is_refused():
        if next(calls) == 2:
            raise Refusal(400, "invalidValue", "not into this group")

    acme.before_write = third_is_refused
    ended = desk.run("offboard", "user00001", "--tenant", "acme", "--yes", "--format", "json")
    assert (ended.status, ended.outcomes) == (1, ["applied", "applied", "refused", "applied"])
    assert acme.user("user00001")["title"].startswith("Left ")
