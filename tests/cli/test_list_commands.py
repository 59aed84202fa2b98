"""People from a file: whom it means is said first, one wrong line stops it, and what is left can be fed in again."""

from __future__ import annotations

import csv

import pytest
from at_terminal import at_terminal

EXCEL = "Name;E-Mail;userName\r\nMüller;m@acme.example;user00001\r\nLee;l@acme.example;user00002\r\n"


@pytest.fixture
def leavers(tmp_path):
    """Write a file and return its path."""

    def write(text: str, encoding: str = "utf-8") -> str:
        path = tmp_path / "leavers.csv"
        path.write_bytes(text.encode(encoding))
        return str(path)

    return write


def rows_of(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_what_excel_saves_is_carried_out_and_a_second_time_nothing_is_sent(served, acme, leavers, tmp_path):
    results = tmp_path / "done.csv"
    command = ["deactivate", "--from", leavers(EXCEL, "cp1252"), "--column", "username", "--tenant", "acme", "--yes"]
    first = served.run(*command, "--results", str(results))
    assert first.status == 0
    assert "Windows-1252" in first.err
    assert "2 lines: 2 found" in first.err
    assert "acme: 2 of 12 people (17 %)" in first.err
    (row, _) = rows_of(results)
    assert [row[name] for name in ("line", "key", "tenant", "outcome", "status")] == [
        "2",
        "user00001",
        "acme",
        "done",
        "204",
    ]
    assert row["verified_at"].startswith("20")
    writes = len(acme.writes())
    again = served.run(*command, "--results", str(results))
    assert (again.status, len(acme.writes())) == (0, writes)
    assert "2 already inactive" in again.err
    assert {row["outcome"] for row in rows_of(results)} == {"already so"}
    assert not (tmp_path / "done.failures.csv").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("userName\nuser00001\nnobody\n", "found nowhere: nobody"),
        ("userName\nuser00001\nTwin\n", "more than one person is Twin"),
        (None, "named twice"),
    ],
)
def test_a_line_that_means_nobody_or_too_many_stops_all_unless_it_may_be_left_out(served, acme, leavers, text, said):
    acme.add_user("one", externalId="twin")
    acme.add_user("two", externalId="twin")
    path = leavers(text or f"login\nuser00001\n{acme.user('user00001')['id']}\n")
    command = ["deactivate", "--from", path, "--tenant", "acme", "--yes"]
    stopped = served.run(*command)
    assert (stopped.status, stopped.out, acme.writes()) == (2, "", [])
    assert said in stopped.err
    assert "line 3" in stopped.err
    told = served.run(*command, "--dry-run")
    assert (told.status, acme.writes()) == (1, [])
    assert "would be stopped" in told.err
    assert served.run(*command, "--skip-unmatched").status == 1
    assert acme.user("user00001")["active"] is False
    assert len(acme.writes()) == 1


def test_whom_a_list_means_can_be_asked_alone(both, acme, stage, leavers):
    both.run("sync")
    path = leavers("user00001\nuser00011\nnobody\n")
    ended = both.run("deactivate", "--from", path, "--all-tenants", "--match", "--format", "json")
    assert ended.status == 1
    assert [(one["line"], one["key"], one["verdict"], one["tenant"]) for one in ended.json] == [
        (1, "user00001", "found", "acme"),
        (1, "user00001", "found", "stage"),
        (2, "user00011", "found", "acme"),
        (3, "nobody", "not found", ""),
    ]
    assert acme.writes() == stage.writes() == []
    shown = both.run("deactivate", "--from", path, "--all-tenants", "--match")
    assert shown.out.splitlines()[0] == "✗ line 3  nobody: not found"


def test_protected_accounts_and_our_own_stop_it_with_the_rule(bench, acme, leavers):
    acme.add_user("svc-backup", userType="Service")
    with acme.serve() as base_url:
        bench.add("acme", base_url, """protected = ['userType eq "Service"']""")
        command = ["deactivate", "--from", leavers("login\nuser00001\nSVC-backup\n"), "--tenant", "acme", "--yes"]
        stopped = bench.run(*command)
        assert (stopped.status, acme.writes()) == (5, [])
        assert 'svc-backup is protected by userType eq "Service"' in stopped.err
        assert bench.run(*command, "--skip-unmatched").status == 1
    assert acme.user("svc-backup").get("active") is not False
    assert acme.user("user00001")["active"] is False


def test_what_failed_keeps_its_columns_and_is_fed_in_again(both, acme, stage, leavers, tmp_path):
    both.run("sync")
    stage.habits.patch_ignored = True
    results = tmp_path / "done.csv"
    command = ["deactivate", "--from", leavers(EXCEL), "--column", "userName", "--all-tenants", "--yes"]
    assert both.run(*command, "--results", str(results)).status == 1
    assert [(row["key"], row["tenant"], row["outcome"]) for row in rows_of(results)] == [
        ("user00001", "acme", "done"), ("user00001", "stage", "ignored"),
        ("user00002", "acme", "done"), ("user00002", "stage", "not done"),
    ]  # fmt: skip
    left = tmp_path / "done.failures.csv"
    assert left.read_text(encoding="utf-8") == EXCEL.replace("\r", "")
    stage.habits.patch_ignored = False
    again = tmp_path / "again.csv"
    ended = both.run(
        "deactivate", "--from", str(left), "--column", "userName", "--all-tenants", "--yes", "--results", str(again)
    )
    assert ended.status == 0
    assert [row["outcome"] for row in rows_of(again)] == ["already so", "done", "already so", "done"]
    assert [one.user("user00002")["active"] for one in (acme, stage)] == [False, False]
    assert both.run(*command, "--results", str(tmp_path / "leavers.csv")).status == 2


def test_a_tenant_that_is_down_is_no_reason_to_call_somebody_unknown(both, stage, leavers, monkeypatch, tmp_path):
    both.run("sync")
    monkeypatch.setenv("SCIMTUI_TOKEN_ACME", "wrong")
    results = tmp_path / "done.csv"
    ended = both.run(
        *["deactivate", "--from", leavers("user00001\nnew.person\n"), "--all-tenants", "--yes"],
        "--results",
        str(results),
    )
    assert ended.status == 1
    assert "not found, but acme is not certain" in ended.err
    assert stage.user("user00001")["active"] is False
    assert [(row["line"], row["tenant"], row["outcome"]) for row in rows_of(results)] == [
        ("1", "acme", "not done"), ("1", "stage", "done"), ("2", "acme", "not known"),
    ]  # fmt: skip
    assert (tmp_path / "done.failures.csv").read_text() == "key\nuser00001\nnew.person\n"


def test_the_only_tenant_that_does_not_answer_for_somebody_ends_it_with_its_own_error(served, acme, monkeypatch):
    served.run("sync")
    monkeypatch.setenv("SCIMTUI_TOKEN_ACME", "wrong")
    ended = served.run("deactivate", "new.person", "--tenant", "acme", "--yes")
    assert (ended.status, acme.writes()) == (4, [])


def test_a_list_comes_from_a_pipe(served, acme):
    ended = served.run("activate", "--from", "-", "--tenant", "acme", "--yes", stdin="userName\nuser00001\nuser00002\n")
    assert ended.status == 0
    assert "standard input: 2 lines" in ended.err


def test_at_a_terminal_the_number_above_the_limit_is_typed(bench, acme, leavers):
    with acme.serve() as base_url:
        bench.add("acme", base_url, "limits = { count = 2 }")
        bench.run("sync")
        command = ["deactivate", "--from", leavers("user00001\nuser00002\nuser00003\n"), "--tenant", "acme"]
        status, screen = at_terminal([(b"Type 3 to go on:", b"2\n")], *command)
        assert (status, acme.writes()) == (5, [])
        answers = [(b"Type 3 to go on:", b"3\n"), (b"Send 3 changes to acme? [y/N]", b"y\n")]
        status, screen = at_terminal(answers, *command)
    assert status == 0
    assert "3 of 12 people (25 %)" in screen
    assert len(acme.writes()) == 3


def test_after_a_no_there_are_no_results(served, acme, leavers, tmp_path):
    results = tmp_path / "done.csv"
    command = ["deactivate", "--from", leavers(EXCEL), "--column", "username", "--tenant", "acme"]
    served.run("sync")
    status, _ = at_terminal([(b"[y/N]", b"n\n")], *command, "--results", str(results))
    assert (status, acme.writes(), results.exists()) == (130, [], False)
