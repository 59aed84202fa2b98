"""Rules 1 to 7: what holds before anything is sent."""

from __future__ import annotations

import asyncio
import json

import pytest
from fakes.consoles import console
from fakes.in_memory_provider import TOKEN, FakeProvider, Habits

WRITES = {
    "create": ["create", "acme", "User", "--set", "userName=new", "--set", "name.givenName=Nia"],
    "edit": ["edit", "acme", "User", "ann", "--set", "title=Boss", "--set", "name.familyName=Ko", "--remove", "emails"],
    "deactivate": ["deactivate", "bob", "cleo", "--tenant", "acme"],
    "activate": ["activate", "gil", "--tenant", "acme"],
    "add members": ["member", "add", "acme", "Staff", "dan", "eve"],
    "remove members": ["member", "remove", "acme", "Staff", "bob", "ann"],
    "edit a group": ["edit", "acme", "Group", "Staff", "--set", "displayName=Crew"],
    "delete": ["delete", "acme", "User", "hana"],
}
ASKED = pytest.mark.parametrize("command", WRITES.values(), ids=WRITES)


# ------------------------------------------------------------ 1 everything is a plan


@ASKED
def test_rule_01_what_a_dry_run_shows_is_to_the_letter_what_is_sent_and_it_sends_nothing(served, acme, command):
    acme.user("gil")["active"] = False
    planned = served.run(*command, "--dry-run", "--format", "json")
    assert (planned.status, acme.writes()) == (0, [])
    assert all(record["edits"] or record["method"] in {"POST", "DELETE"} for record in planned.json)
    done = served.write(*command)
    assert set(done.outcomes) == {"applied"}
    assert [(one["method"], acme.base + one["path"], one["body"]) for one in planned.json] == [
        (seen.method, seen.path, seen.body) for seen in acme.writes()
    ]


@pytest.mark.parametrize("command", [WRITES[name] for name in ("edit", "remove members", "delete")])
def test_rule_01_a_no_at_the_question_leaves_the_provider_and_the_journal_as_they_were(served, acme, command):
    acme.user("gil")["active"] = False
    before = json.dumps(acme.resources)
    prompt = b"to delete it:" if command[0] == "delete" else b"[y/N]"
    said = served.at_terminal([(prompt, b"n\n")], *command)
    assert said.status == 130
    assert "Nothing was sent" in said.out
    assert (acme.writes(), json.dumps(acme.resources)) == ([], before)
    assert served.journal() == []


# ------------------------------------------------------------ 2 the target is in the question


async def test_rule_02_the_tenant_of_a_write_is_that_of_its_row_though_another_tenant_was_looked_at_last(desk):
    ours, theirs = FakeProvider(), FakeProvider()
    for provider in (ours, theirs):
        provider.add_user("ann", displayName="Ann Lee")
    with ours.serve() as here, theirs.serve() as there:
        desk.add("acme", here, TOKEN, 'label = "Acme Inc"')
        desk.add("bolt", there, TOKEN, 'label = "Bolt Ltd"')
        async with console(desk.config, desk.home) as run:
            await run.until("complete")
            await run.press("t", "G", "enter")
            await run.until(lambda: "Bolt Ltd" in run.text.splitlines()[0])
            await run.until(lambda: "synced" in run.text.splitlines()[0])
            await run.press("1")
            await run.until(lambda: "ann" in run.text and "complete" in run.text)
            await run.press("d")
            await run.until("Deactivate Ann Lee (ann) in Bolt Ltd?")
            await run.press("n")
            while "Acme Inc" not in run.text.splitlines()[0]:
                await run.press("left_square_bracket")
                await run.pilot.pause()
            await run.press("d")
            await run.until("Deactivate Ann Lee (ann) in Acme Inc?")
            await run.press("y")
            await run.until("done and verified")
    assert (ours.user("ann")["active"], theirs.user("ann")["active"]) == (False, True)
    assert theirs.writes() == []


def test_rule_02_the_question_names_tenant_people_and_their_number(served):
    said = served.at_terminal([(b"[y/N]", b"n\n")], "deactivate", "ann", "bob", "--tenant", "acme").out
    for words in ("acme: Deactivate ann", "acme: Deactivate bob", "Send 2 changes to acme?"):
        assert words in said


# ------------------------------------------------------------ 3 roles and locks


@ASKED
def test_rule_03_who_may_only_view_is_told_so_and_nothing_leaves(desk, acme, command):
    acme.user("gil")["active"] = False
    with acme.serve() as base_url:
        desk.add("acme", base_url, TOKEN, 'role = "view"')
        ended = desk.run(*command, "--yes")
    assert (ended.status, ended.out, acme.writes()) == (5, "", [])
    assert "the role in acme is view" in ended.err


@pytest.mark.parametrize(("name", "status"), [("deactivate", 0), ("activate", 0), ("add members", 0), ("create", 5), ("edit", 5), ("edit a group", 5), ("delete", 5)])  # fmt: skip
def test_rule_03_the_help_desk_turns_accounts_and_its_own_groups_and_nothing_else(desk, acme, name, status):
    acme.user("gil")["active"] = False
    with acme.serve() as base_url:
        desk.add("acme", base_url, TOKEN, 'role = "helpdesk"\nhelpdesk_groups = ["Staff"]')
        assert desk.run(*WRITES[name], "--yes").status == status
        assert bool(acme.writes()) is (status == 0)
        other = desk.run("member", "add", "acme", "Admins", "bob", "--yes")
    assert (other.status, len(acme.resources["Groups"])) == (5, 2)
    assert "may not change Admins" in other.err


async def test_rule_03_the_keys_of_a_locked_tenant_say_why_and_a_reason_is_asked_for_once_it_is_open(desk, acme):
    with acme.serve() as base_url:
        desk.add("acme", base_url, TOKEN, "production = true")
        async with console(desk.config, desk.home) as run:
            await run.until("complete")
            for key in ("d", "e", "n"):
                await run.press(key)
                await run.until("locked")
                await run.press("escape")
                await run.until("PROD")
            assert acme.writes() == []
            await run.press("exclamation_mark", "y")
            await run.until("UNLOCKED")
            await run.press("d")
            await run.until("in PROD acme")
            await run.press("enter", "y")
            assert acme.writes() == []
            await run.press("escape")
            await run.press("exclamation_mark")
            await run.until("read-only again")
            await run.press("d")
            await run.until("production tenant and locked")
    assert acme.writes() == []


# ------------------------------------------------------------ 4 blast radius


def test_rule_04_above_the_count_nothing_is_sent_until_the_number_itself_is_given(desk, acme):
    with acme.serve() as base_url:
        desk.add("acme", base_url, TOKEN, "limits = { count = 3, share = 1.0 }")
        command = ["deactivate", "ann", "bob", "cleo", "dan", "--tenant", "acme", "--yes"]
        for options in ([], ["--expect", "3"], ["--expect", "5"]):
            ended = desk.run(*command, *options)
            assert (ended.status, ended.out, acme.writes()) == (5, "", [])
            assert "4" in ended.err
        assert desk.run(*command, "--expect", "4").status == 0


def test_rule_04_six_of_eight_are_too_many_by_their_share_and_five_are_not(desk, acme):
    with acme.serve() as base_url:
        desk.add("acme", base_url, TOKEN, "limits = { count = 50, share = 0.2 }")
        people = ["ann", "bob", "cleo", "dan", "eve", "finn"]
        assert desk.run("deactivate", *people, "--tenant", "acme", "--yes").status == 5
        assert acme.writes() == []
        assert desk.run("deactivate", *people[:5], "--tenant", "acme", "--yes").status == 0


@pytest.mark.parametrize(
    "command",
    [
        ["member", "remove", "acme", "All", *[f"user{number:05d}" for number in range(1, 8)]],
        ["edit", "acme", "Group", "All", "--remove", "members"],
        ["edit", "acme", "Group", "All", "--set", "members=[]"],
    ],
    ids=["member remove", "edit --remove", "edit --set"],
)
def test_rule_04_a_group_is_not_emptied_by_the_way_whatever_command_does_it(desk, acme, command):
    acme.add_users(7)
    group = acme.add_group("All", [acme.user(f"user{number:05d}")["id"] for number in range(1, 8)])
    with acme.serve() as base_url:
        desk.add("acme", base_url, TOKEN, "limits = { count = 50, share = 0.2 }")
        ended = desk.run(*command, "--yes")
        assert (ended.status, acme.writes()) == (5, [])
        assert "7 of 7" in ended.err
        assert desk.run(*command, "--yes", "--expect", "7").status == 0
    assert not acme.resources["Groups"][group["id"]].get("members")


async def test_rule_04_in_the_console_many_are_agreed_to_by_their_number_and_not_by_y(desk, acme):
    with acme.serve() as base_url:
        desk.add("acme", base_url, TOKEN, "limits = { count = 3, share = 1.0 }")
        async with console(desk.config, desk.home, size=(80, 24)) as run:
            await run.until("complete")
            await run.press("asterisk", "d")
            await run.until("type 8 and Enter to send")
            await run.press("y", "enter", "backspace", "7", "enter")
            await run.pilot.pause()
            assert acme.writes() == []
            await run.press("backspace", "8", "enter")
            await run.until(lambda: not any(raw["active"] for raw in acme.users()))
    assert len(acme.writes()) == 8


def test_rule_04_a_plan_that_was_stopped_is_kept_and_carried_out_under_the_rules_of_its_own_day(desk, acme):
    with acme.serve() as base_url:
        desk.add("acme", base_url, TOKEN, "limits = { count = 1 }")
        assert desk.run("deactivate", "ann", "bob", "--tenant", "acme", "--yes").status == 5
        (plan,) = (desk.home / "plans").glob("*.json")
        tenant = desk.config.read_text()
        for rule in ("production = true", 'role = "view"', """protected = ['userName eq "bob"']"""):
            desk.config.write_text(f"{tenant}{rule}\n")
            assert desk.run("apply", str(plan), "--yes", "--expect", "2").status == 5
        assert acme.writes() == []
        desk.config.write_text(tenant)
        assert desk.run("apply", str(plan), "--yes", "--expect", "2").status == 0
    assert [acme.user(name)["active"] for name in ("ann", "bob")] == [False, False]


def test_rule_04_two_who_answer_to_one_key_are_both_shown_and_none_is_picked(served, acme):
    for name in ("ann", "bob"):
        acme.user(name)["externalId"] = "E-7"
    ended = served.run("deactivate", "E-7", "--tenant", "acme", "--yes")
    assert (ended.status, acme.writes()) == (2, [])
    assert all(acme.user(name)["id"] in ended.err or name in ended.err for name in ("ann", "bob"))


@pytest.mark.parametrize("line", ["", "a*", "ANN", " ann"], ids=["blank", "wildcard", "letter case", "spaces"])
def test_rule_04_one_bad_line_of_a_file_stops_all_of_it(served, acme, line):
    path = served.work / "leavers.csv"
    path.write_text(f"login,why\nann,left\nbob,left\n{line},left\n")
    ended = served.run("deactivate", "--tenant", "acme", "--from", str(path), "--column", "login", "--yes")
    assert (ended.status, acme.writes()) == (2, [])


# ------------------------------------------------------------ 5 protected accounts


@pytest.mark.parametrize(
    "command",
    [
        ["deactivate", "bob", "ann", "--tenant", "acme"],
        ["delete", "acme", "User", "ann"],
        ["edit", "acme", "User", "ann", "--set", "title=x"],
        ["member", "remove", "acme", "Staff", "ann"],
        ["edit", "acme", "Group", "Staff", "--remove", "members"],
    ],
)
def test_rule_05_a_protected_account_is_left_alone_and_so_are_all_that_were_asked_for_with_it(desk, acme, command):
    with acme.serve() as base_url:
        desk.add("acme", base_url, TOKEN, """protected = ['userName eq "ann"']""")
        desk.run("sync")
        ended = desk.run(*command, "--yes")
    assert (ended.status, acme.writes()) == (5, [])
    assert 'ann is protected by userName eq "ann"' in ended.err


def test_rule_05_who_became_protected_since_the_last_sync_is_protected_all_the_same(desk, acme):
    with acme.serve() as base_url:
        desk.add("acme", base_url, TOKEN, """protected = ['title eq "Emergency"']""")
        desk.run("sync")
        acme.user("bob")["title"] = "Emergency"
        ended = desk.run("deactivate", "bob", "--tenant", "acme", "--yes")
    assert (ended.status, acme.writes()) == (5, [])
    assert "protected" in ended.err


@pytest.mark.parametrize(
    "command",
    [
        ["member", "remove", "acme", "Admins", "ann"],
        ["edit", "acme", "Group", "Admins", "--remove", "members"],
        ["delete", "acme", "Group", "Admins"],
    ],
)
def test_rule_05_an_admin_group_keeps_its_last_member_and_itself(desk, acme, command):
    with acme.serve() as base_url:
        desk.add("acme", base_url, TOKEN, 'admin_groups = ["Admins"]')
        ended = desk.run(*command, "--yes")
    assert (ended.status, acme.writes()) == (5, [])
    assert "admin group" in ended.err


# ------------------------------------------------------------ 6 no verdict from half a list


@pytest.mark.parametrize("habits", [{"total_too_high": 3}, {"stuck_first_page": True}])
def test_rule_06_half_a_list_is_called_so_with_its_reason_wherever_it_is_shown_or_compared(served, habits):
    half = FakeProvider(Habits(max_page=4, **habits))
    half.add_users(10)
    with half.serve() as base_url:
        served.add("half", base_url, TOKEN)
        (report,) = [one for one in served.run("sync", "half", "--format", "json").json if one["type"] == "User"]
        assert report["complete"] is False
        for command in (["list", "half"], ["diff", "acme", "half"], ["diff", "half", "acme", "--format", "csv"]):
            assert f"incomplete: {report['why']}" in served.run(*command).err
        assert served.run("diff", "acme", "half", "--format", "json").json["complete"] == {"left": True, "right": False}
        served.config.write_text(f'[tenants.half]\nbase_url = "{base_url}"\n')
        assert "INCOMPLETE │ Users" in asyncio.run(_top_line(served))


async def _top_line(desk) -> str:
    async with console(desk.config, desk.home) as run:
        await run.until("user00001@example.com")
        return run.text.splitlines()[0]


def test_rule_06_a_sync_that_broke_off_forgets_nobody(served, acme):
    served.run("sync")
    acme.habits.max_page, acme.habits.total_too_high = 4, 3
    kept = {raw["userName"] for raw in acme.users()}
    del acme.resources["Users"][acme.user("ann")["id"]]
    (report,) = [one for one in served.run("sync", "--full", "--format", "json").json if one["type"] == "User"]
    assert (report["complete"], report["vanished"]) == (False, 0)
    listed = served.run("list", "acme", "--format", "jsonl")
    assert {json.loads(line)["userName"] for line in listed.out.splitlines()} == kept


# ------------------------------------------------------------ 7 deactivate, not delete


@pytest.mark.parametrize(
    ("profile", "command", "words"),
    [
        ("", ["deactivate", "ann", "--tenant", "acme"], "is not known; it may not be undone"),
        ('{ deactivation = "destroys" }', ["deactivate", "ann", "--tenant", "acme"], "deleted for good"),
        ('{ deletion = "deactivates" }', ["delete", "acme", "User", "ann"], "only deactivates"),
    ],
)
def test_rule_07_the_question_says_what_it_means_at_this_provider_and_unknown_where_nobody_knows(
    desk, acme, profile, command, words
):
    with acme.serve() as base_url:
        desk.add("acme", base_url, TOKEN, f"profile = {profile}" if profile else "")
        prompt = b"to delete it:" if command[0] == "delete" else b"[y/N]"
        said = desk.at_terminal([(prompt, b"n\n")], *command)
    assert words in " ".join(said.out.split())
    assert acme.writes() == []


@pytest.mark.parametrize("typed", [b"yes\n", b"an\n"])
def test_rule_07_only_the_name_itself_deletes(served, acme, typed):
    said = served.at_terminal([(b"to delete it:", typed)], "delete", "acme", "User", "ann")
    assert (said.status, acme.writes()) == (130, [])
