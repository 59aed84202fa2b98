"""`presence` and `reconcile`: what programs get, exit statuses, and the plan that is carried out afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.raw_server import closed_port


def test_presence_counts_patterns_for_people_and_gives_programs_every_person(both, acme, stage):
    acme.add_user("only-here")
    stage.user("user00003")["active"] = False
    shown = both.run("presence")
    assert shown.status == 0
    assert "missing in stage" in shown.out
    assert "● active" in shown.err
    found = {one["key"]: one["tenants"] for one in both.run("presence", "--format", "json").json}
    assert found["only-here"] == {"acme": "active", "stage": "missing"}
    assert found["user00003"] == {"acme": "active", "stage": "inactive"}
    assert [one["key"] for one in both.run("presence", "only", "--format", "json").json] == ["only-here"]
    table = both.run("presence", "--format", "csv", "--pattern", "1").out.splitlines()
    assert table[0] == "key,acme,stage"
    assert all(line.endswith(",active,active") for line in table[1:])
    assert both.run("presence", "--pattern", "99").status == 2


def test_a_tenant_that_is_down_is_unknown_and_ends_with_1(both):
    both.add("down", f"http://127.0.0.1:{closed_port()}/scim/v2")
    ended = both.run("presence", "--format", "json")
    assert ended.status == 1
    assert {one["tenants"]["down"] for one in ended.json} == {"unknown"}


@pytest.fixture
def hr(acme, tmp_path: Path) -> Path:
    """A list of HR: everybody of acme but one who is unknown, one who left, and one who has no account yet."""
    names = [raw["userName"] for raw in acme.users()]
    rows = [f"{name};{'Terminated' if name == names[1] else 'Active'}" for name in names[1:]]
    path = tmp_path / "hr.csv"
    path.write_text("\r\n".join(["Login;Employee Status", *rows, "new.joiner;Active"]), encoding="utf-8-sig")
    return path


def test_reconcile_finds_and_the_plan_that_it_writes_turns_accounts_off_until_nothing_is_found(
    served, acme, hr, tmp_path
):
    names = [raw["userName"] for raw in acme.users()]
    plan = tmp_path / "plan.json"
    command = ("reconcile", "--source", str(hr), "--target", "acme")
    ended = served.run(*command, "--format", "json", "--plan", str(plan))
    assert ended.status == 1
    assert {
        "source": "hr.csv",
        "target": "acme",
        "complete": {"source": True, "target": True},
    }.items() <= ended.json.items()
    assert [(one["kind"], one["key"]) for one in ended.json["findings"]] == [
        ("orphan", names[0]),
        ("leaver", names[1]),
        ("missing", "new.joiner"),
    ]
    assert all(list(one) == ["kind", "key", "id", "detail", "last_seen"] for one in ended.json["findings"])
    assert "column Employee Status" in ended.err
    assert not acme.writes()
    assert served.run("apply", str(plan), "--yes", "--expect", "2").status == 0
    assert [acme.user(name)["active"] for name in names[:3]] == [False, False, True]
    assert {one.method for one in acme.writes()} == {"PATCH"}
    again = served.run(*command, "--sync", "--allow", 'userName eq "x"', "--format", "csv")
    assert [line.partition(",")[0] for line in again.out.splitlines()] == ["kind", "missing"]
    allowed = tmp_path / "allowed.txt"
    allowed.write_text("new.joiner\n")
    assert served.run(*command, "--allow", str(allowed)).status == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--source", "nope.csv"), "there is no file nope.csv"),
        (("--source", "acme"), "its own source"),
        (("--dormant-after", "soon"), "soon is no time"),
        (("--last-login", "title"), "nothing says how long ago"),
        (("--column", "colour=Red"), "nothing that a column can be"),
        (("--status", "gone=maybe"), "active or inactive"),
        (("--plan", "nowhere/plan.json"), "cannot be written"),
    ],
)
def test_what_is_wrong_with_the_wish_is_said_before_anything_is_read(options, said, served, hr):
    wish = options if "--source" in options else ("--source", str(hr), *options)
    ended = served.run("reconcile", *wish, "--target", "acme")
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err


def test_both_are_written_as_a_page_that_nothing_acts_in_and_as_files_for_programs(served, acme, hr, tmp_path):
    acme.add_user("<script>alert(1)</script>")
    for command in (("presence",), ("reconcile", "--source", str(hr), "--target", "acme")):
        page, table = tmp_path / f"{command[0]}.html", tmp_path / f"{command[0]}.csv"
        written = served.run(*command, "--sync", "-o", str(page))
        assert (written.out, page.stat().st_mode & 0o077) == ("", 0)
        assert "&lt;script&gt;alert(1)" in page.read_text()
        assert "<script>alert" not in page.read_text()
        served.run(*command, "-o", str(table))
        assert "<script>alert(1)</script>" in table.read_text()
        assert served.run(*command, "-o", str(tmp_path / "report.pdf")).status == 2


def test_hostile_texts_of_a_file_and_of_a_provider_do_not_act(served, acme, tmp_path):
    acme.add_user("evil\x1b[2J")
    path = tmp_path / "hr.csv"
    path.write_text(f"userName,status\n{acme.users()[0]['userName']},\x1b[31mgone\nx\x07y,active\n")
    ended = served.run("reconcile", "--source", str(path), "--target", "acme")
    assert ended.status == 1
    assert "\x1b" not in ended.out + ended.err
    assert "\x07" not in ended.out + ended.err
