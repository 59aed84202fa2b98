"""What a tenant did not answer for waits in a plan, survives the program, and is carried out by `retry`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from at_terminal import CTRL_C, at_terminal
from fakes.in_memory_provider import FakeProvider
from fakes.stuck_provider import stuck_at

ROOT = Path(__file__).parents[2]
LEAVERS = ("user00001", "user00003")


@pytest.fixture
def half_down(both, acme, stage):
    """Two people were to be turned off in both tenants, while `stage` answered nothing."""
    both.run("sync")
    stage.habits.html_everywhere = True
    ended = both.run("deactivate", *LEAVERS, "--all-tenants", "--yes", "--reason", "left")
    assert ended.status == 1
    assert "2 changes wait for stage; scimtui retry tries again." in ended.err
    return both


def off(provider: FakeProvider) -> list[bool]:
    return [provider.user(name)["active"] is False for name in LEAVERS]


def test_what_a_tenant_did_not_answer_for_is_listed_with_why_and_carried_out_later(half_down, acme, stage):
    assert (off(acme), off(stage)) == ([True, True], [False, False])
    listed = half_down.run("retry", "--list", "--format", "json").json
    assert [(one["tenant"], one["key"]) for one in listed] == [("stage", name) for name in LEAVERS]
    assert all(one["why"] and one["since"] for one in listed)
    again = half_down.run("retry", "--yes")
    assert again.status == 4
    assert len(half_down.run("retry", "--list", "--format", "json").json) == 2
    stage.habits.html_everywhere = False
    dry = half_down.run("retry", "--dry-run", "--format", "json")
    assert [one["title"] for one in dry.json] == [f"Deactivate {name}" for name in LEAVERS]
    assert off(stage) == [False, False]
    assert half_down.run("retry", "--tenant", "acme", "--yes").err == "Nothing waits for acme.\n"
    ended = half_down.run("retry", "--yes", "--format", "json")
    assert (ended.status, ended.outcomes) == (0, ["applied"] * 2)
    assert (off(stage), len(acme.writes())) == ([True, True], 2)
    assert list((half_down.home / "plans").glob("*.json")) == []
    assert {one["reason"] for one in half_down.run("journal", "list", "--format", "json").json} == {"left"}


def test_a_token_that_ends_in_the_middle_leaves_the_rest_waiting(bench, acme):
    with acme.serve() as base_url:
        bench.add("acme", base_url, "limits = { share = 1.0 }")
        bench.run("sync")
        acme.habits.token_ends_after = len(acme.seen) + 6  # a read, a write and a read back, twice
        keys = [f"user{number:05d}" for number in range(1, 6)]
        ended = bench.run("deactivate", *keys, "--tenant", "acme", "--yes", "--format", "json")
        assert ended.outcomes == ["applied", "applied", "skipped", "skipped", "skipped"]
        waiting = bench.run("retry", "--list", "--format", "json").json
        assert [one["key"] for one in waiting] == keys[2:]
        acme.habits.token_ends_after = None
        assert bench.run("retry", "--yes").status == 0
    assert len(acme.writes()) == 5


def test_what_a_person_must_decide_stays_in_the_plan_and_is_not_tried_again(both, acme, stage):
    both.run("sync")
    acme.habits.patch_refused, stage.habits.html_everywhere = "invalidPath", True
    both.run("deactivate", *LEAVERS, "--all-tenants", "--yes")
    stage.habits.html_everywhere = False
    assert both.run("retry", "--yes").status == 0
    assert off(stage) == [True, True]
    assert len(acme.writes()) == 1
    (plan,) = (both.home / "plans").glob("*.json")
    assert [(one["tenant"], one["left"]) for one in json.loads(plan.read_text())["changes"]] == [
        ("acme", "decide"),
        ("acme", "stopped"),
    ]
    assert both.run("retry", "--yes").err == "Nothing waits: every tenant answered.\n"
    acme.habits.patch_refused = None
    assert both.run("apply", str(plan), "--yes").status == 0


@pytest.mark.parametrize("does_it", [True, False])
def test_after_a_kill_both_tenants_are_brought_to_the_end_and_nobody_is_written_twice(bench, acme, stage, does_it):
    with stuck_at(acme, 2, does_it=does_it) as one, stuck_at(stage, 2, does_it=does_it) as other:
        bench.add("acme", one.base_url)
        bench.add("stage", other.base_url)
        bench.run("sync")
        keys = [f"user{number:05d}" for number in range(3, 6)]
        command = [sys.executable, "-m", "scimtui", "deactivate", *keys, "--all-tenants", "--yes"]
        with subprocess.Popen(command, cwd=ROOT, env=os.environ) as process:
            assert one.reached.wait(30)
            assert other.reached.wait(30)
            process.send_signal(signal.SIGKILL)
        ended = bench.run("retry", "--yes", "--format", "json")
    assert (ended.status, len(ended.outcomes)) == (0, 6)
    for provider, stuck in ((acme, one), (stage, other)):
        assert [provider.user(name)["active"] for name in keys] == [False] * 3
        assert [stuck.writes[f"{provider.base}/Users/{provider.user(name)['id']}"] for name in keys] == [1] * 3


def test_ctrl_c_at_a_question_answers_it_with_no_and_ends_the_other_tenants(both, acme, stage):
    both.run("sync")
    acme.habits.patch_pending = stage.habits.patch_pending = True
    answers = [(b"to acme, stage? [y/N]", b"y\n"), (b"all the same?", CTRL_C)]
    status, screen = at_terminal(answers, "deactivate", *LEAVERS, "--all-tenants")
    assert status == 130
    assert screen.count("all the same?") == 1
    assert [len(provider.writes()) for provider in (acme, stage)] == [1, 1]
    assert "4 changes left. To go on" in screen


def test_the_plans_of_one_retry_count_together_and_each_keeps_its_own_reason(bench, acme):
    keys = [f"user{number:05d}" for number in range(1, 5)]
    with acme.serve() as base_url:
        bench.add("acme", base_url, "limits = { count = 3, share = 1.0 }\nreason_required = true")
        bench.run("sync")
        acme.habits.html_everywhere = True
        for pair in (keys[:2], keys[2:]):
            assert bench.run("deactivate", *pair, "--tenant", "acme", "--yes", "--reason", pair[0]).status == 4
        acme.habits.html_everywhere = False
        stopped = bench.run("retry", "--yes")
        assert (stopped.status, "--expect 4" in stopped.err, acme.writes()) == (5, True, [])
        ended = bench.run("retry", "--yes", "--expect", "4")
        assert ended.status == 0
        reasons = [one["reason"] for one in bench.run("journal", "list", "--format", "json").json]
    assert (sorted(reasons), len(acme.writes())) == ([keys[0]] * 2 + [keys[2]] * 2, 4)
