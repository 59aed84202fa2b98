"""Rules 8 to 13: what holds while a change is sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.in_memory_provider import ENTERPRISE, TOKEN
from safety.conftest import PEOPLE
from safety.desk import answered_by


def operations(acme) -> list[dict[str, Any]]:
    return [operation for seen in acme.writes() for operation in seen.body["Operations"]]


# ------------------------------------------------------------ 8 minimal PATCH


def test_rule_08_what_was_named_is_sent_each_once_with_its_path_and_nothing_else(served, acme):
    ann = acme.user("ann")
    ann.update(nickName=None, phoneNumbers=[], name={"givenName": "Ann", "familyName": "Lee"})
    ann["emails"].append({"value": "ann@home.example", "type": "home"})
    before = json.loads(json.dumps(ann))
    ended = served.write(
        *("edit", "acme", "User", "ann", "--set", "name.familyName=Ko", "--set", "active=false"),
        *("--set", 'emails[type eq "home"].value=a@home.example', "--set", "title=Clerk"),
        *("--set", f"{ENTERPRISE}:department=Sales"),
    )
    assert ended.outcomes == ["applied"]
    sent = {one["path"]: (one["op"], one["value"]) for one in operations(acme)}
    (of_mail,) = [path for path in sent if path.startswith("emails[")]
    assert of_mail.endswith("].value")
    assert sent == {
        "name.familyName": ("replace", "Ko"),
        "active": ("replace", False),
        of_mail: ("replace", "a@home.example"),
        f"{ENTERPRISE}:department": ("add", "Sales"),
    }
    after = acme.user("ann")
    changed = {"name", "active", "emails", ENTERPRISE, "meta", "schemas"}
    assert {k: v for k, v in after.items() if k not in changed} == {k: v for k, v in before.items() if k not in changed}
    assert after["emails"][0] == before["emails"][0]


def test_rule_08_members_come_and_go_one_by_one_and_never_as_a_list(served, acme):
    served.write("member", "add", "acme", "Staff", "dan", "eve")
    served.write("member", "remove", "acme", "Staff", "ann", "bob")
    gone = [acme.user(name)["id"] for name in ("ann", "bob")]
    assert {seen.method for seen in acme.writes()} == {"PATCH"}
    assert {one["op"] for one in operations(acme)} == {"add", "remove"}
    assert sorted(one["path"] for one in operations(acme) if one["op"] == "remove") == sorted(
        f'members[value eq "{one}"]' for one in gone
    )
    left = {member["value"] for raw in acme.resources["Groups"].values() for member in raw["members"][:3]}
    assert {acme.user(name)["id"] for name in ("cleo", "dan", "eve")} <= left


def test_rule_08_a_group_whose_members_did_not_all_come_is_never_put(served, acme):
    everyone = acme.add_group("All", [raw["id"] for raw in acme.users()])
    acme.habits.patch_supported, acme.habits.members_shown = False, 2
    for command in (["member", "add", "acme", "All", "ann"], ["edit", "acme", "Group", "All", "--set", "externalId=7"]):
        served.write(*command)
    assert len(acme.resources["Groups"][everyone["id"]]["members"]) == len(PEOPLE)


def test_rule_08_a_put_carries_all_that_is_there_now_and_says_before_what_it_could_lose(served, acme):
    acme.habits.patch_supported = False
    served.run("sync")
    acme.user("ann").update({"urn:acme:1.0:Badge": {"number": 7}, "nickName": "Annie"})
    planned = served.run("edit", "acme", "User", "ann", "--set", "title=Boss", "--dry-run")
    assert "PUT /Users/" in planned.out
    assert "! " in planned.out
    assert served.write("edit", "acme", "User", "ann", "--set", "title=Boss").outcomes == ["applied"]
    now = acme.user("ann")
    assert (now["title"], now["nickName"], now["urn:acme:1.0:Badge"]) == ("Boss", "Annie", {"number": 7})


# ------------------------------------------------------------ 9 fresh read, three ways: see test_another_writer.py


# ------------------------------------------------------------ 10 journal before sending


def test_rule_10_while_a_write_is_on_its_way_its_intent_is_on_the_disk_already(served, acme):
    found: list[dict[str, Any]] = []

    def look() -> None:
        lines = (served.home / "journal" / "acme.jsonl").read_text().splitlines()
        found.extend(json.loads(line) for line in lines)

    acme.before_write = look
    served.run("edit", "acme", "User", "ann", "--set", "title=Boss", "--yes", "--reason", "promoted")
    (intent,) = found
    assert (intent["kind"], intent["reason"], intent["before"]["title"]) == ("intent", "promoted", "Clerk")
    assert intent["operator"]
    assert "host" in intent
    assert [one["path"] for one in intent["edits"]] == ["title"]


@pytest.mark.parametrize(
    "command",
    [
        ["edit", "acme", "User", "ann", "--set", "title=Boss"],
        ["create", "acme", "User", "--set", "userName=new"],
        ["delete", "acme", "User", "ann"],
    ],
)
def test_rule_10_what_cannot_be_put_down_is_not_sent(served, acme, command):
    served.run("sync")
    (served.home / "journal" / "acme.jsonl").mkdir(parents=True)
    ended = served.run(*command, "--yes")
    assert ended.status != 0
    assert acme.writes() == []
    assert "journal" in ended.err


# ------------------------------------------------------------ 11 read back


@pytest.mark.parametrize(
    ("habits", "outcome", "status"),
    [
        ({}, "applied", 0),
        ({"patch_ignored": True}, "ignored", 1),
        ({"patch_ignored": True, "patch_answers": 200}, "ignored", 1),
        ({"patch_lower_cases": True}, "altered", 1),
        ({"patch_pending": True}, "pending", 6),
        ({"patch_refused": "mutability"}, "refused", 3),
    ],
)
def test_rule_11_the_receipt_says_what_a_second_look_shows_and_not_what_was_answered(
    served, acme, habits, outcome, status
):
    for name, value in habits.items():
        setattr(acme.habits, name, value)
    ended = served.write("edit", "acme", "User", "ann", "--set", "title=Boss")
    assert (ended.outcomes, ended.status) == ([outcome], status)
    assert acme.seen[-1].method == "GET" or outcome == "refused"
    assert [write["outcome"] for write in served.journal()] == [outcome]


def test_rule_11_a_deactivation_says_what_was_verified_and_what_nobody_looked_at(served, acme):
    ended = served.run("deactivate", "ann", "--tenant", "acme", "--yes")
    assert "done and verified" in ended.out
    assert "sessions and API keys are outside SCIM" in ended.err
    assert "access" not in (ended.out + ended.err).casefold()


# ------------------------------------------------------------ 12 retry only what is safe


@pytest.mark.parametrize(
    ("method", "command"),
    [
        ("POST", ["create", "acme", "User", "--set", "userName=new"]),
        ("PATCH", ["member", "add", "acme", "Staff", "eve"]),
        ("PATCH", ["edit", "acme", "User", "ann", "--add", 'emails={"type":"other","value":"a@o.example"}']),
    ],
)
def test_rule_12_a_write_whose_answer_never_came_is_looked_at_and_never_sent_again(served, acme, method, command):
    acme.habits.breaks_on = frozenset({method})
    served.write(*command)
    assert [seen.method for seen in acme.writes()] == [method]


def test_rule_12_who_was_told_to_wait_waits_and_then_sends_once_more(served, acme):
    asked: list[str] = []

    def busy() -> None:
        asked.append("")
        acme.habits.busy_for = 1 if len(asked) == 1 else 0

    served.run("sync")
    acme.on_list, acme.habits.retry_after = busy, "0"
    assert served.write("edit", "acme", "User", "ann", "--set", "title=Boss").outcomes == ["applied"]
    assert len(operations(acme)) == 1


# ------------------------------------------------------------ 13 first one, then five, then the rest


def test_rule_13_the_first_surprise_ends_it_and_the_rest_goes_on_later_with_nobody_written_twice(served, acme):
    def ignore_from_the_fourth() -> None:
        acme.habits.patch_ignored = len(acme.writes()) == 4

    acme.before_write = ignore_from_the_fourth
    stopped = served.write("deactivate", *PEOPLE, "--tenant", "acme", "--expect", str(len(PEOPLE)))
    assert stopped.outcomes == ["applied"] * 3 + ["ignored"] + ["skipped"] * 4
    assert [record["key"] for record in stopped.json] == list(PEOPLE)
    assert len(acme.writes()) == 4
    (plan,) = (served.home / "plans").glob("*.json")
    assert str(plan) in stopped.err
    acme.before_write = None
    acme.habits.patch_ignored = False
    assert served.run("apply", str(plan), "--yes", "--expect", "5").status == 0
    assert not any(acme.user(name)["active"] for name in PEOPLE)
    assert len(acme.writes()) == len(PEOPLE) + 1


def test_rule_13_in_the_end_there_is_a_line_for_each_and_a_file_of_those_who_failed(desk, acme):
    refused = acme.user("cleo")["id"]

    def never_cleo(method: str, target: str, body: bytes):
        is_it = method == "PATCH" and target.endswith(refused)
        return (400, {}, json.dumps({"status": "400", "scimType": "mutability"}).encode()) if is_it else None

    with answered_by(acme, never_cleo) as base_url:
        desk.add("acme", base_url, TOKEN)
        ended = desk.run("deactivate", "ann", "cleo", "dan", "--tenant", "acme", "--yes")
    lines = ended.out.splitlines()
    assert [any(name in line for line in lines) for name in ("ann", "cleo")] == [True, True]
    assert "mutability" in ended.out + ended.err
    (failures,) = (desk.home / "plans").glob("*.failures.csv")
    assert ",cleo," in failures.read_text()
    assert ",ann," not in failures.read_text()
