"""`apply` and `undo`, and batches that a limit, a side effect, Ctrl-C or a kill stopped: nothing is lost, nothing done twice."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from at_terminal import at_terminal
from fakes.stuck_provider import Stuck, stuck_at

from scimtui.cli.undoing import moment_of
from scimtui.errors import UsageError

ROOT = Path(__file__).parents[2]
PEOPLE = [f"user{number:05d}" for number in range(1, 10)]


def plans(bench) -> list[Path]:
    return sorted((bench.home / "plans").glob("*.json"))


def deactivate(bench, *keys: str, options: tuple[str, ...] = ()):
    return bench.run("deactivate", *keys, "--tenant", "acme", "--yes", *options)


# ---------------------------------------------------------------- stopped by a rule or by what nobody expected


def test_above_the_limit_the_plan_is_kept_and_named_with_the_way_to_go_on(bench, acme):
    with acme.serve() as base_url:
        bench.add("acme", base_url, "limits = { count = 2 }\nreason_required = true")
        stopped = deactivate(bench, *PEOPLE[:3], options=("--reason", "left"))
        assert (stopped.status, stopped.out, acme.writes()) == (5, "", [])
        (path,) = plans(bench)
        go_on = re.search(r"scimtui (apply .+ --expect 3)", stopped.err)
        assert go_on is not None
        assert path.stat().st_mode & 0o777 == 0o600
        assert bench.run("apply", str(path), "--yes").status == 5
        ended = bench.run(*go_on[1].split(), "--yes", "--format", "json")
    assert (ended.status, [record["outcome"] for record in ended.json]) == (0, ["applied"] * 3)
    assert plans(bench) == []
    (write, *_) = bench.run("journal", "list", "--format", "json").json
    assert write["reason"] == "left"


def test_a_side_effect_stops_it_and_the_rest_and_who_failed_are_kept(served, acme):
    acme.habits.patch_ignored = True
    stopped = deactivate(served, *PEOPLE[:4], options=("--format", "json"))
    assert stopped.status == 1
    assert [record["outcome"] for record in stopped.json] == ["ignored", "skipped", "skipped", "skipped"]
    assert len(acme.writes()) == 1
    (path,) = plans(served)
    failures = path.with_name(f"{path.stem}.failures.csv")
    rows = list(csv.DictReader(failures.read_text(encoding="utf-8").splitlines()))
    assert [row["key"] for row in rows] == PEOPLE[:4]
    acme.habits.patch_ignored = False
    again = served.run("deactivate", "--from", str(failures), "--column", "id", "--tenant", "acme", "--yes")
    assert again.status == 0
    assert [acme.user(name)["active"] for name in PEOPLE[:4]] == [False] * 4
    assert served.run("apply", str(path), "--yes").status == 0
    assert plans(served) == []
    assert not failures.exists()
    assert len(acme.writes()) == 5


def test_at_a_terminal_the_person_may_go_on_all_the_same(served, acme):
    served.run("sync")
    acme.habits.patch_pending = True
    answers = [(b"Send 3 changes to acme? [y/N]", b"y\n"), (b"Go on with the other 2 changes all the same?", b"y\n")]
    status, screen = at_terminal(answers, "deactivate", *PEOPLE[:3], "--tenant", "acme")
    assert status == 6
    assert len(acme.writes()) == 3
    assert "not done yet" in screen


def test_a_plan_for_several_tenants_is_carried_out_in_each(both, acme, stage, tmp_path):
    both.run("sync")
    acme.habits.patch_ignored = stage.habits.patch_ignored = True
    stopped = both.run("deactivate", "user00001", "user00003", "--all-tenants", "--yes", "--format", "json")
    assert [record["outcome"] for record in stopped.json] == ["ignored", "skipped"] * 2
    (path,) = plans(both)
    plan = json.loads(path.read_text())
    assert [(one["number"], one["tenant"]) for one in plan["changes"]] == [
        (1, "acme"),
        (2, "acme"),
        (3, "stage"),
        (4, "stage"),
    ]
    acme.habits.patch_ignored = stage.habits.patch_ignored = False
    theirs = tmp_path / "reviewed.json"
    theirs.write_bytes(path.read_bytes())
    assert both.run("apply", str(theirs), "--dry-run", "--format", "json").status == 0
    assert len(acme.writes()) == 1
    assert both.run("apply", str(theirs), "--yes").status == 0
    again = both.run("apply", str(theirs), "--yes", "--format", "json")
    assert {record["detail"] for record in again.json} == {"done before"}
    assert [one.user("user00003")["active"] for one in (acme, stage)] == [False, False]
    assert [len(one.writes()) for one in (acme, stage)] == [3, 3]


def test_a_plan_that_was_broken_by_hand_sends_nothing(served, acme, tmp_path):
    acme.habits.patch_ignored = True
    deactivate(served, *PEOPLE[:3])
    (path,) = plans(served)
    broken = tmp_path / "broken.json"
    broken.write_text(path.read_text().replace('"kind": "deactivate"', '"kind": "delete"', 1))
    ended = served.run("apply", str(broken), "--yes")
    assert (ended.status, ended.out) == (2, "")
    assert "change 1 (user00001)" in ended.err
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text(path.read_text().replace('"tenant": "acme"', '"tenant": "emca"', 1))
    assert "there is no tenant emca" in served.run("apply", str(elsewhere), "--yes").err
    assert len(acme.writes()) == 1


def test_without_a_file_apply_lists_what_is_left(served, acme):
    assert "No plan is left" in served.run("apply").err
    acme.habits.patch_ignored = True
    deactivate(served, *PEOPLE[:3])
    (record,) = served.run("apply", "--format", "json").json
    assert (record["changes"], record["tenants"]) == (3, "acme")


# ---------------------------------------------------------------- killed


def started(bench, stuck: Stuck, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a command in a process of its own and wait until the provider holds one of its writes."""
    process = subprocess.Popen(
        [sys.executable, "-m", "scimtui", *arguments], cwd=ROOT, env=os.environ, stderr=subprocess.PIPE
    )
    if not stuck.reached.wait(20):
        process.kill()
        pytest.fail(process.communicate()[1].decode())
    return process


@pytest.mark.parametrize("does_it", [True, False])
@pytest.mark.parametrize("number", [1, 4, 8])
def test_a_kill_between_intent_and_answer_loses_nothing_and_does_nothing_twice(bench, acme, number, does_it):
    with stuck_at(acme, number, does_it=does_it) as stuck:
        bench.add("acme", stuck.base_url, "limits = { share = 1.0 }")
        bench.run("sync")
        process = started(bench, stuck, "deactivate", *PEOPLE, "--tenant", "acme", "--yes")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        (path,) = plans(bench)
        ended = bench.run("apply", str(path), "--yes", "--format", "json")
    assert ended.status == 0
    assert [acme.user(name)["active"] for name in PEOPLE] == [False] * 9
    assert [stuck.writes[f"{acme.base}/Users/{acme.user(name)['id']}"] for name in PEOPLE] == [1] * 9
    assert plans(bench) == []
    assert not [
        write for write in bench.run("journal", "list", "--format", "json").json if write["outcome"] == "unknown"
    ]


@pytest.mark.parametrize("does_it", [True, False])
def test_a_kill_while_somebody_is_created_creates_nobody_twice(bench, acme, tmp_path, does_it):
    acme.habits.duplicates = None  # the provider would take a second one of the same name
    people = tmp_path / "people.jsonl"
    people.write_text("\n".join(json.dumps({"userName": f"new{number}"}) for number in range(3)))
    with stuck_at(acme, 2, does_it=does_it) as stuck:
        bench.add("acme", stuck.base_url, "limits = { share = 1.0 }")
        bench.run("sync")
        process = started(bench, stuck, "create", "acme", "User", "--from", str(people), "--yes")
        process.send_signal(signal.SIGKILL)
        process.communicate()
        (path,) = plans(bench)
        assert bench.run("apply", str(path), "--yes").status == 0
    names = [raw["userName"] for raw in acme.users() if raw["userName"].startswith("new")]
    assert sorted(names) == ["new0", "new1", "new2"]


def test_ctrl_c_ends_after_what_is_in_flight_and_names_the_rest(bench, acme):
    with stuck_at(acme, 3, does_it=True) as stuck:
        bench.add("acme", stuck.base_url, "limits = { share = 1.0 }")
        bench.run("sync")
        process = started(bench, stuck, "deactivate", *PEOPLE, "--tenant", "acme", "--yes")
        process.send_signal(signal.SIGINT)
        stuck.release.set()
        _, said = process.communicate(timeout=60)
        (path,) = plans(bench)
        assert process.returncode == 130
        assert f"scimtui apply {path}" in said.decode()
        assert bench.run("apply", str(path), "--yes").status == 0
    assert [stuck.writes[f"{acme.base}/Users/{acme.user(name)['id']}"] for name in PEOPLE] == [1] * 9


# ---------------------------------------------------------------- undo


def test_undo_takes_a_write_back_and_says_when_it_was_already(served, acme):
    receipt = served.run("edit", "acme", "User", "user00002", "--set", "title=Boss", "--yes", "--format", "json").json[
        0
    ]
    dry = served.run("undo", receipt["journal"], "--dry-run", "--format", "json")
    assert dry.json[0]["title"] == f"Undo {receipt['journal']}: Edit user00002"
    ended = served.run("undo", receipt["journal"], "--yes", "--format", "json")
    assert (ended.status, ended.json[0]["outcome"]) == (0, "applied")
    assert "title" not in acme.user("user00002")
    again = served.run("undo", receipt["journal"], "--yes")
    assert again.status == 1
    assert f"taken back already, by {ended.json[0]['journal']}" in again.err
    assert served.run("undo", ended.json[0]["journal"], "--yes").status == 0
    assert acme.user("user00002")["title"] == "Boss"


def test_undo_of_a_batch_leaves_out_whom_others_changed(served, acme):
    batch = json.loads(_batch_of(served, acme))
    acme.user("user00002")["active"] = True
    ended = served.run("undo", "--batch", batch, "--yes")
    assert ended.status == 0  # who is as before already is no failure
    acme.user("user00001")["active"] = True
    assert [acme.user(name)["active"] for name in PEOPLE[:3]] == [True] * 3


def _batch_of(served, acme) -> str:
    served.run("deactivate", *PEOPLE[:3], "--tenant", "acme", "--yes")
    intent = json.loads((served.home / "journal" / "acme.jsonl").read_text().splitlines()[0])
    return json.dumps(intent["batch"])


def test_undo_names_the_value_that_stands_in_the_way(served, acme):
    receipt = served.run("edit", "acme", "User", "user00002", "--set", "title=Boss", "--yes", "--format", "json").json[
        0
    ]
    acme.user("user00002")["title"] = "Queen\x1b[2J"
    ended = served.run("undo", receipt["journal"], "--yes")
    assert (ended.status, ended.out) == (1, "")
    assert 'title: it left "Boss", there is "Queen␛[2J"' in ended.err
    assert len(acme.writes()) == 1


def test_undo_since_takes_back_all_tenants_or_one(both, acme, stage):
    both.run("deactivate", "user00001", "--all-tenants", "--yes")
    assert both.run("undo", "--since", "2020-01-01", "--tenant", "acme", "--yes").status == 0
    assert [one.user("user00001")["active"] for one in (acme, stage)] == [True, False]
    assert both.run("undo", "--since", "2020-01-01", "--yes").status == 0
    assert stage.user("user00001")["active"] is True
    assert "Nothing was written since" in both.run("undo", "--since", "2020-01-01", "--yes").err


def test_it_must_be_clear_what_to_undo(served):
    assert served.run("undo", "--yes").status == 2
    assert served.run("undo", "acme-1", "--batch", "x", "--yes").status == 2
    assert served.run("undo", "acme-99", "--yes").status == 2
    assert served.run("undo", "--batch", "x", "--yes").status == 2
    assert served.run("undo", "--since", "yesterday", "--yes").status == 2


def test_a_time_of_day_is_the_last_one_that_was():
    noon = datetime(2026, 11, 25, 12, 0).astimezone()
    assert moment_of("11:30", noon) == datetime(2026, 11, 25, 11, 30).astimezone()
    assert moment_of("14:05", noon) == datetime(2026, 11, 24, 14, 5).astimezone()
    assert moment_of("2026-11-24", noon) == datetime(2026, 11, 24).astimezone()
    with pytest.raises(UsageError, match="ahead"):
        moment_of("2026-11-26", noon)
