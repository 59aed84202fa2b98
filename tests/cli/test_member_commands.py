"""Members by the list: from files and pipes, keys that mean nobody, large groups, and one person like another."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest
from cli.at_terminal import CTRL_C, at_terminal
from fakes.in_memory_provider import TOKEN, FakeProvider


def names(acme: FakeProvider, group: str) -> set[str]:
    """Return the userNames of a group's members, as the provider has them."""
    by_id = {raw["id"]: raw["userName"] for raw in acme.users()}
    found = next(raw for raw in acme.resources["Groups"].values() if raw["displayName"] == group)
    return {by_id.get(member["value"], member["value"]) for member in found["members"]}


@pytest.fixture
def leavers(tmp_path) -> Path:
    path = tmp_path / "leavers.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(
            [["name", "email"], ["Ann2", "user00002@example.com"], ["", "user00003@example.com"]]
        )
    return path


def test_a_column_of_a_file_and_keys_of_the_command_come_together(served, acme, leavers):
    command = ["member", "add", "acme", "Engineers", "user00004", "--from", str(leavers), "--column", "email", "--yes"]
    assert served.run(*command).status == 0
    assert names(acme, "Engineers") == {"user00001", "user00002", "user00003", "user00004"}
    assert len(acme.writes()) == 1


@pytest.mark.parametrize("arguments", [["-"], ["--from", "-"]])
def test_keys_come_through_a_pipe_one_a_line(served, acme, arguments):
    ended = served.run(
        "member", "add", "acme", "Engineers", *arguments, "--yes", stdin="userName\nuser00002\n\nuser00003\n"
    )
    assert ended.status == 0
    assert names(acme, "Engineers") == {"user00001", "user00002", "user00003"}


def test_keys_that_mean_nobody_or_several_are_all_told_and_nothing_is_sent(served, acme):
    acme.add_user("other", displayName="Twin")
    acme.add_user("another", displayName="Twin")
    ended = served.run("member", "add", "acme", "Engineers", "user00002", "nobody", "Twin", "noone", "--yes")
    assert ended.status == 2
    assert "there is nobody nobody" in ended.err
    assert "there is nobody noone" in ended.err
    assert "Twin means 2: other (" in ended.err
    assert "of 4 keys, 2 mean nobody and 1 mean several" in ended.err.casefold()
    assert acme.writes() == []


def test_those_who_are_known_come_in_without_the_others_where_that_was_asked_for(served, acme):
    ended = served.run("member", "add", "acme", "Engineers", "user00002", "nobody", "--skip-missing", "--yes")
    assert ended.status == 1
    assert "there is nobody nobody" in ended.err
    assert names(acme, "Engineers") == {"user00001", "user00002"}


def test_somebody_who_came_after_the_last_sync_is_found_at_the_provider(served, acme):
    served.run("sync", "acme")
    acme.add_user("newcomer")
    assert served.run("member", "add", "acme", "Engineers", "newcomer", "--yes").status == 0
    assert "newcomer" in names(acme, "Engineers")


def test_a_member_whom_nobody_knows_any_more_is_removed_by_its_id(served, acme):
    group = next(iter(acme.resources["Groups"].values()))
    group["members"].append({"value": "gone"})
    assert served.run("member", "remove", "acme", "Engineers", "gone", "--yes").status == 0
    assert names(acme, "Engineers") == {"user00001"}


def test_more_removals_than_the_limit_need_the_number(served, acme):
    acme.add_users(60, start=100)
    group = next(iter(acme.resources["Groups"].values()))
    group["members"] = [{"value": raw["id"]} for raw in acme.users()]
    keys = "\n".join(f"user{number:05d}" for number in range(100, 160))
    command = ["member", "remove", "acme", "Engineers", "-", "--yes"]
    stopped = served.run(*command, stdin=keys)
    assert (stopped.status, acme.writes()) == (5, [])
    assert "60" in stopped.err
    assert served.run(*command, "--expect", "60", stdin=keys).status == 0
    assert len(names(acme, "Engineers")) == 12


def test_the_list_says_how_many_there_are_and_when_that_cannot_be_known(served, acme):
    assert "Engineers: 1 member\n" in served.run("member", "list", "acme", "Engineers").err
    acme.habits.members_never = True
    served.run("sync", "acme", "--full")
    ended = served.run("member", "list", "acme", "Engineers", "--live", "--format", "json")
    assert (ended.status, ended.json) == (0, [])


def test_a_person_gets_the_groups_of_another_and_keeps_their_own(served, acme):
    first, second = acme.user("user00001")["id"], acme.user("user00002")["id"]
    acme.add_group("Sales", [first])
    acme.add_group("Own", [second])
    assert served.run("member", "copy", "acme", "user00001", "user00002", "--yes").status == 0
    assert [("user00002" in names(acme, group)) for group in ("Engineers", "Sales", "Own")] == [True, True, True]


def test_exactly_like_another_leaves_what_only_they_had(served, acme):
    acme.add_group("Own", [acme.user("user00002")["id"]])
    dry = served.run("member", "copy", "acme", "user00001", "user00002", "--exact", "--dry-run", "--format", "json")
    assert [record["title"].split(" ")[0] for record in dry.json] == ["Add", "Remove"]
    assert served.run("member", "copy", "acme", "user00001", "user00002", "--exact", "--yes").status == 0
    assert names(acme, "Own") == set()
    again = served.run("member", "copy", "acme", "user00001", "user00002", "--exact", "--yes")
    assert (again.status, "is in every group" in again.err) == (0, True)


def test_nobody_is_made_like_themselves(served, acme):
    assert served.run("member", "copy", "acme", "user00001", "USER00001", "--yes").status == 2
    assert acme.writes() == []


def test_ctrl_c_between_two_chunks_sends_no_more_and_says_how_many_are_in(tmp_path, bench):
    provider = FakeProvider()
    provider.add_users(40)
    provider.add_group("Large")
    with provider.serve() as base_url:
        bench.add("acme", base_url, "profile = { members_per_request = 2 }")
        bench.run("sync", "acme")
        provider.before_write = lambda: time.sleep(0.3)
        people = tmp_path / "people.csv"
        people.write_text("userName\n" + "\n".join(raw["userName"] for raw in provider.users()))
        status, _ = at_terminal(
            [(b"[y/N]", b"y\n"), (b"2 of 20", CTRL_C)],
            *["member", "add", "acme", "Large", "--from", str(people)],
            SCIMTUI_CONFIG=str(bench.config), SCIMTUI_HOME=str(bench.home), SCIMTUI_TOKEN_ACME=TOKEN,
        )  # fmt: skip
    count = len(names(provider, "Large"))
    assert status == 130
    assert 2 <= count < 40
    assert count == 2 * len(provider.writes())
