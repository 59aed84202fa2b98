"""Rules 14 to 19: what can be taken back and proved, secrets, strangers, files."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import sys

import pytest
from fakes.consoles import console
from fakes.in_memory_provider import TOKEN, FakeProvider, Habits
from fakes.raw_server import http, raw_server
from safety.desk import answered_by

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a terminal would act upon: controls, escapes and the overrides of direction."""
HOSTILE = "\x1b]0;owned\x07\x1b[31m[bold]@[/] \u202egpj.exe\x9b2J\r\nforged: line"


# ------------------------------------------------------------ 14 undo


def test_rule_14_a_batch_is_taken_back_but_for_who_was_changed_since_and_the_undo_stands_in_the_journal(served, acme):
    served.run("deactivate", "ann", "bob", "--tenant", "acme", "--yes")
    served.run("edit", "acme", "User", "cleo", "--set", "title=Boss", "--yes", "--reason", "promoted")
    entries = [write["entry"] for write in served.journal()]
    acme.user("cleo")["title"] = "Queen"
    ended = served.run("undo", *entries, "--yes", "--reason", "a mistake")
    assert [acme.user(name)["active"] for name in ("ann", "bob")] == [True, True]
    assert acme.user("cleo")["title"] == "Queen"
    assert "cleo" in ended.err
    assert ended.status == 1
    undone = [write for write in served.journal() if write["entry"] not in entries]
    assert {(write["reason"], write["outcome"]) for write in undone} == {("a mistake", "applied")}
    assert len(undone) == 2


def test_rule_14_a_deleted_member_list_comes_back_as_it_was(served, acme):
    staff = next(raw for raw in acme.resources["Groups"].values() if raw["displayName"] == "Staff")
    before = {member["value"] for member in staff["members"]}
    served.run("member", "remove", "acme", "Staff", "ann", "bob", "--yes")
    acme.resources["Groups"][staff["id"]]["members"].append({"value": acme.user("hana")["id"]})
    (write,) = served.journal()
    assert served.run("undo", write["entry"], "--yes").status == 0
    now = {member["value"] for member in acme.resources["Groups"][staff["id"]]["members"]}
    assert now == before | {acme.user("hana")["id"]}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("production = true", "locked"),
        ('role = "view"', "view"),
        ("""protected = ['userName eq "ann"']""", "protected"),
        ("limits = { count = 1 }", "limit"),
    ],
)
def test_rule_14_what_is_taken_back_obeys_the_same_rules_as_any_other_write(served, acme, rule, said):
    for name in ("ann", "bob"):
        acme.user(name)["active"] = False
    served.run("activate", "ann", "bob", "--tenant", "acme", "--yes")
    entries = [write["entry"] for write in served.journal()]
    served.config.write_text(f"{served.config.read_text()}{rule}\n")
    before = len(acme.writes())
    ended = served.run("undo", *entries, "--yes")
    assert (ended.status, ended.out, len(acme.writes())) == (5, "", before)
    assert said in ended.err


# ------------------------------------------------------------ 15 the journal proves itself


@pytest.mark.parametrize("how", ["changed", "removed", "swapped", "forged", "time", "cut off", "emptied"])
def test_rule_15_whatever_is_done_to_a_line_of_the_journal_is_found_and_evidence_says_so(served, how):
    for name in ("ann", "bob"):
        served.run("edit", "acme", "User", name, "--set", "title=Boss", "--yes")
    assert served.run("journal", "verify").status == 0
    path = served.home / "journal" / "acme.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    made = {
        "changed": [lines[0].replace("Boss", "Toss"), *lines[1:]],
        "removed": [lines[0], *lines[2:]],
        "swapped": [lines[1], lines[0], *lines[2:]],
        "forged": [*lines, lines[-1]],
        "time": [*lines[:2], lines[2].replace('"time":"20', '"time":"19', 1), lines[3]],
        "cut off": lines[:2],
        "emptied": [],
    }[how]
    path.write_text("".join(made))
    assert path.read_text() != "".join(lines)
    assert served.run("journal", "verify").status == 1
    report = served.work / "evidence.html"
    assert served.run("evidence", "-o", str(report)).status == 1
    assert "changed" in report.read_text()[:20_000]


def test_rule_15_a_journal_that_was_taken_away_as_a_whole_is_missed(served):
    served.run("edit", "acme", "User", "ann", "--set", "title=Boss", "--yes")
    (served.home / "journal" / "acme.jsonl").unlink()
    assert served.run("journal", "verify").status == 1


@pytest.mark.parametrize("ending", ["csv", "json", "html"])
def test_rule_15_evidence_names_who_what_when_and_why_and_only_its_owner_may_read_it(served, ending):
    served.run("edit", "acme", "User", "ann", "--set", "title=Boss", "--yes", "--reason", "promoted in May")
    path = served.work / f"evidence.{ending}"
    assert served.run("evidence", "-o", str(path), "--user", "ann").status == 0
    told = path.read_text()
    for word in ("ann", "promoted in May", "Boss", "acme-"):
        assert word in told
    assert path.stat().st_mode & 0o077 == 0


# ------------------------------------------------------------ 16 secrets; more of them in test_canaries.py


def test_rule_16_where_nothing_can_keep_a_token_that_is_said_before_it_is_asked_for_and_it_is_kept_nowhere(served):
    ended = served.run("tenant", "add", "two", "--base-url", "http://127.0.0.1:9/", "--token-stdin", stdin=TOKEN)
    assert ended.status != 0
    assert "keyring" in ended.err
    assert not [name for name, held in served.files().items() if TOKEN.encode() in held]


# ------------------------------------------------------------ 17 a token stays at home


@pytest.mark.parametrize("habits", [{}, {"redirects": True}])
def test_rule_17_nothing_is_ever_sent_to_where_a_provider_points(desk, habits):
    with raw_server(lambda _: http(200, b"{}")) as elsewhere:
        acme = FakeProvider(Habits(elsewhere=elsewhere.base_url, post_without_body=True, **habits))
        acme.add_user("ann")
        with acme.serve() as base_url:
            desk.add("acme", base_url, TOKEN)
            desk.run("sync")
            desk.write("create", "acme", "User", "--set", "userName=new")
            desk.write("edit", "acme", "User", "ann", "--set", "title=Boss")
        assert elsewhere.seen == []


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_rule_17_a_write_that_is_redirected_is_not_sent_on(desk, acme, method):
    command = {
        "POST": ["create", "acme", "User", "--set", "userName=new"],
        "PATCH": ["edit", "acme", "User", "ann", "--set", "title=Boss"],
        "DELETE": ["delete", "acme", "User", "ann"],
    }[method]
    with raw_server(lambda _: http(200, b"{}")) as elsewhere:

        def away(asked: str, target: str, body: bytes):
            return (307, {"location": f"{elsewhere.base_url}/Users"}, b"") if asked == method else None

        with answered_by(acme, away) as base_url:
            desk.add("acme", base_url, TOKEN)
            assert desk.run(*command, "--yes").status not in {0, 1}
        assert elsewhere.seen == []


@pytest.mark.parametrize("url", ["http://scim.example.com/v2", "http://10.0.0.7/v2", "ftp://scim.example.com/v2"])
def test_rule_17_without_https_nothing_is_sent_to_another_machine(desk, url):
    desk.add("acme", url, TOKEN)
    ended = desk.run("sync", "acme")
    assert ended.status == 2
    assert "https" in ended.err


# ------------------------------------------------------------ 18 strangers


def test_rule_18_hostile_words_in_values_refusals_and_titles_never_act(desk, acme):
    acme.user("ann")["displayName"] = HOSTILE
    hated = acme.add_user(f"eve{HOSTILE}", title=HOSTILE)
    refusal = json.dumps({"status": "400", "scimType": HOSTILE, "detail": HOSTILE}).encode()

    def rude(method: str, target: str, body: bytes):
        return (400, {"x-word": "x"}, refusal) if method in {"PATCH", "DELETE"} else None

    with answered_by(acme, rude) as base_url:
        desk.add("acme", base_url, TOKEN)
        said = [
            desk.run("sync"),
            desk.run("list", "acme"),
            desk.run("edit", "acme", "User", hated["id"], "--set", "title=x", "--dry-run"),
            desk.run("edit", "acme", "User", hated["id"], "--set", "title=x", "--yes"),
            desk.run("delete", "acme", "User", "ann", "--yes"),
            desk.run("journal", "list"),
        ]
        at_terminal = desk.at_terminal([(b"[y/N]", b"y\n")], "deactivate", hated["id"], "--tenant", "acme")
        shown = asyncio.run(_refused_on_the_screen(desk))
    everything = "".join(ended.out + ended.err for ended in said) + at_terminal.out.replace("\r\n", "\n") + shown
    ours = ("\x1b[?25h", "\r\x1b[K")  # the cursor is shown, and a moving line makes room
    for one in ours:
        everything = everything.replace(one, "")
    assert ACTS.search(everything) is None
    assert "\nforged" not in everything


async def _refused_on_the_screen(desk) -> str:
    async with console(desk.config, desk.home) as run:
        await run.until("complete")
        await run.press("d")
        await run.until("Deactivate")
        await run.press("y")
        await run.until("refuse")
        return run.text


def test_rule_18_no_cell_of_an_export_or_of_the_evidence_is_a_formula(served, acme):
    acme.user("ann")["displayName"] = '=HYPERLINK("http://x","y")'
    served.run("edit", "acme", "User", "ann", "--set", "title=Boss", "--yes", "--reason", "=cmd|' /C calc'!A0")
    people, proof = served.work / "people.csv", served.work / "proof.csv"
    assert served.run("export", "acme", "User", "-o", str(people)).status == 0
    assert served.run("evidence", "-o", str(proof)).status == 0
    cells = [
        cell for path in (people, proof) for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"))) for cell in row
    ]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert any("HYPERLINK" in cell for cell in cells)


def test_rule_18_no_word_of_a_stranger_or_of_a_reason_is_markup_in_the_page_for_the_auditor(served, acme):
    acme.user("ann")["title"] = "<script>alert(1)</script>"
    served.run("edit", "acme", "User", "ann", "--set", "title=x", "--yes", "--reason", '"><img src=x onerror=alert(1)>')
    page = served.work / "proof.html"
    assert served.run("evidence", "-o", str(page)).status == 0
    told = page.read_text()
    assert "alert(1)" in told
    assert "<script>alert" not in told
    assert "<img" not in told


def test_rule_18_one_bad_resource_loses_nobody_else(served, acme):
    acme.habits.entries_not_objects = 2
    (report,) = [one for one in served.run("sync", "--format", "json").json if one["type"] == "User"]
    listed = served.run("list", "acme", "--format", "jsonl").out.splitlines()
    assert {json.loads(line)["userName"] for line in listed} >= {"ann", "hana"}
    assert report["complete"] is False


def test_rule_18_an_answer_without_end_or_without_bottom_is_refused_and_harms_nobody(desk, acme):
    deep = b'{"Resources":' + b"[" * 200_000

    def endless(method: str, target: str, body: bytes):
        return (200, {}, deep) if "/Users?" in target else None

    with answered_by(acme, endless) as base_url:
        desk.add("acme", base_url, TOKEN)
        ended = desk.run("sync", "acme", "--type", "User")
    assert ended.status in {1, 4}
    assert "Traceback" not in ended.err


# ------------------------------------------------------------ 19 files


@POSIX
def test_rule_19_all_files_belong_to_their_owner_alone_and_no_half_of_one_is_left(served, acme):
    served.run("sync")
    served.run("edit", "acme", "User", "ann", "--set", "title=Boss", "--yes")
    acme.habits.patch_ignored = True
    served.run("deactivate", "ann", "bob", "--tenant", "acme", "--yes")
    served.run("evidence", "-o", "proof.html")
    served.run("export", "acme", "User", "-o", "people.csv")
    made = [*served.home.rglob("*"), *served.work.rglob("*"), served.home]
    assert len(made) > 8
    wide = {str(path.relative_to(served.folder)): oct(path.stat().st_mode & 0o777) for path in made}
    expected = {str(path.relative_to(served.folder)): "0o700" if path.is_dir() else "0o600" for path in made}
    assert wide == expected
    assert not [path for path in made if path.suffix in {".tmp", ".part", ".new"}]
