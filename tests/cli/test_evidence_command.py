"""Evidence for an auditor, and the journal commands around it."""

from __future__ import annotations

import csv
import html
import json
import re
import stat
from typing import Any

import pytest

from scimtui.store.journal import Journal


def put_down(home: Any, outcome: str = "applied", tenant: str = "acme", **more: Any) -> str:
    journal = Journal(home / "journal" / f"{tenant}.jsonl")
    sent = {"method": "PATCH", "path": "/Users/7", "body": {"password": "••••••••"}}
    edits = [{"path": "title", "before": None, "after": "<b>Boss</b>"}]
    intent = {"change": "edit", "type": "User", "key": "ann", "id": "7", "title": "Edit ann", "operator": "oncall"}
    entry = journal.intend({**intent, "requests": [sent], "edits": edits, "before": {"id": "7"}, **more})
    if outcome:
        said = {"status": 400, "detail": "<script>alert(1)</script>"} if outcome == "refused" else {"status": 204}
        journal.record(
            entry, {"outcome": outcome, "id": more.get("id", "7"), **said, "verified": "2026-11-25T01:00:00+00:00"}
        )
    return entry


def visible(page: str) -> str:
    """What a person reads of a page."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page.split("</head>")[1]))


def test_the_page_is_whole_by_itself_and_says_who_what_when_and_why(bench, tmp_path):
    put_down(bench.home, reason="TICKET-1", host="desk")
    put_down(bench.home, "refused", title="Edit <i>bob</i>")
    put_down(bench.home, "")
    ended = bench.run("evidence", "-o", str(tmp_path / "all.html"))
    page = (tmp_path / "all.html").read_text()
    assert ended.status == 0
    assert stat.S_IMODE((tmp_path / "all.html").stat().st_mode) == 0o600
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'")
    assert not re.search(r"<script|<img|<link|<b>Boss|<i>bob|src=|url\(", page)
    read = visible(page)
    for said in ("TICKET-1", "oncall on desk", "<b>Boss</b>", "Edit <i>bob</i>", "PATCH /Users/7", "HTTP 204"):
        assert said in read
    assert "“<script>alert(1)</script>”" in read
    assert "✓ Verified" in read
    assert "? interrupted" in read


def test_a_journal_that_was_changed_is_told_at_the_top_and_by_the_exit_status(bench, tmp_path):
    put_down(bench.home)
    path = bench.home / "journal" / "acme.jsonl"
    path.write_text(path.read_text().replace("oncall", "nobody"))
    for ending in ("html", "json", "csv"):
        ended = bench.run("evidence", "-o", str(tmp_path / f"e.{ending}"))
        assert ended.status == 1
        assert "line 1: its text was changed" in ended.err
        assert "line 1: its text was changed" in (tmp_path / f"e.{ending}").read_text()
    read = visible((tmp_path / "e.html").read_text())
    assert read.index("was changed after it was written") < read.index("Edit ann")
    (told,) = json.loads((tmp_path / "e.json").read_text())["journals"]
    assert (told["verified"], told["lines"]) == (False, 2)


def test_json_has_every_write_with_its_proof_and_csv_runs_no_formula(bench, tmp_path):
    put_down(bench.home, key="=1+1", reason="@SUM(A1)")
    bench.run("evidence", "-o", str(tmp_path / "e.json"))
    found = json.loads((tmp_path / "e.json").read_text())
    (write,) = found["writes"]
    assert found["counts"] == {"applied": 1}
    assert (write["entry"], write["key"], write["outcome"], write["status"]) == ("acme-1", "=1+1", "applied", 204)
    assert write["edits"] == [{"path": "title", "before": None, "after": "<b>Boss</b>"}]
    assert write["requests"][0]["path"] == "/Users/7"
    assert write["hash"] in (bench.home / "journal" / "acme.jsonl").read_text()
    bench.run("evidence", "-o", str(tmp_path / "e.csv"))
    (row,) = csv.DictReader((tmp_path / "e.csv").read_text().splitlines())
    assert (row["key"], row["reason"], row["journal"]) == ("'=1+1", "'@SUM(A1)", "verified")


def test_evidence_is_of_one_person_a_period_and_some_tenants(bench, tmp_path):
    put_down(bench.home)
    put_down(bench.home, key="ann.new")
    member = [{"path": 'members[value eq "7"]', "before": None, "after": {"value": "7"}}]
    put_down(bench.home, key="staff", id="9", edits=member)
    put_down(bench.home, key="bob", id="8")
    put_down(bench.home, tenant="other", key="zoe", id="7")

    def keys(*options: str) -> list[str]:
        assert bench.run("evidence", *options, "-o", str(tmp_path / "e.json")).status == 0
        return [write["key"] for write in json.loads((tmp_path / "e.json").read_text())["writes"]]

    assert keys() == ["ann", "ann.new", "staff", "bob", "zoe"]
    assert keys("--tenant", "other") == ["zoe"]
    assert keys("--user", "ANN", "--tenant", "acme") == ["ann", "ann.new", "staff"]
    assert keys("--since", "1d", "--user", "bob") == ["bob"]
    assert keys("--until", "2020-01-01") == []
    assert keys("--since", "2020-01-01T10:00") == keys()


@pytest.mark.parametrize(
    "options", [["-o", "e.pdf"], ["-o", "e.csv", "--since", "yesterday"], ["-o", "e.csv", "--tenant", "nobody"]]
)
def test_evidence_that_cannot_be_made_leaves_no_file(bench, tmp_path, monkeypatch, options):
    monkeypatch.chdir(tmp_path)
    put_down(bench.home)
    assert bench.run("evidence", *options).status == 2
    assert not list(tmp_path.glob("e.*"))


def test_interrupted_writes_are_listed_and_looked_up_together(served, acme):
    user = next(iter(acme.resources["Users"].values()))
    edits = [{"path": "title", "before": None, "after": "Boss"}]
    body = {"Operations": [{"op": "add", "path": "title", "value": "Boss"}]}
    more = {"id": user["id"], "key": user["userName"], "before": dict(user), "edits": edits}
    put_down(served.home, "", requests=[{"method": "PATCH", "path": "/Users/x", "body": body}], **more)
    listed = served.run("journal", "list")
    assert "? interrupted" in listed.out
    assert "scimtui journal look-up" in listed.err
    (write,) = served.run("journal", "list", "--format", "json").json
    assert (write["outcome"], write["interrupted"]) == ("unknown", True)
    user["title"] = "Boss"
    ended = served.run("journal", "look-up", "--format", "json")
    assert ended.status == 0
    assert ended.json[0]["outcome"] == "applied"
    assert "no write was interrupted" in served.run("journal", "look-up").err
    assert [seen.method for seen in acme.seen if seen.method == "PATCH"] == []
