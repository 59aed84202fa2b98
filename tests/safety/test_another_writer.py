"""Rule 9: somebody else writes between our look and our write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fakes.in_memory_provider import FakeProvider
from safety.desk import Desk, Ended

TITLE = ("edit", "acme", "User", "ann", "--set", "title=Boss")
VERSIONS = pytest.mark.parametrize("versions", [True, False], ids=["with ETags", "without"])


def while_asked(desk: Desk, acme: FakeProvider, other: Callable[[], Any], *command: str) -> Ended:
    """Run a command at a terminal; somebody else does `other` while the question stands there, then it is agreed to."""

    def meanwhile() -> bytes:
        other()
        return b"y\n"

    prompt = b"to delete it:" if command[0] == "delete" else b"[y/N]"
    desk.run("sync")
    return desk.at_terminal([(prompt, meanwhile)], *command)


def changed(acme: FakeProvider, name: str, **values: Any) -> Callable[[], Any]:
    person = acme.user(name)
    return lambda: acme._store("Users", person["id"], {**person, **values})


@VERSIONS
def test_rule_09_a_touched_attribute_that_someone_else_changed_stops_the_write(served, acme, versions):
    acme.habits.etag = versions
    said = while_asked(served, acme, changed(acme, "ann", title="Queen"), *TITLE)
    assert said.status == 1
    assert (acme.user("ann")["title"], acme.writes()) == ("Queen", [])
    for words in ("title", "Queen"):
        assert words in said.out
    assert served.journal() == []


@VERSIONS
def test_rule_09_what_someone_else_changed_and_we_do_not_touch_is_kept(served, acme, versions):
    acme.habits.etag = versions
    said = while_asked(served, acme, changed(acme, "ann", nickName="Annie", active=False), *TITLE)
    assert said.status == 0
    ann = acme.user("ann")
    assert (ann["title"], ann["nickName"], ann["active"]) == ("Boss", "Annie", False)


def test_rule_09_who_joined_or_left_a_group_meanwhile_stays_in_or_out(served, acme):
    staff = next(raw for raw in acme.resources["Groups"].values() if raw["displayName"] == "Staff")
    ids = {name: acme.user(name)["id"] for name in ("ann", "bob", "cleo", "dan", "eve")}

    def other() -> None:
        now = acme.resources["Groups"][staff["id"]]
        members = [one for one in now["members"] if one["value"] != ids["bob"]] + [{"value": ids["dan"]}]
        acme._store("Groups", staff["id"], {**now, "members": members})

    said = while_asked(served, acme, other, "member", "add", "acme", "Staff", "eve")
    assert said.status == 0
    members = {one["value"] for one in acme.resources["Groups"][staff["id"]]["members"]}
    assert members == {ids[name] for name in ("ann", "cleo", "dan", "eve")}


def test_rule_09_who_did_the_same_before_us_leaves_nothing_to_send(served, acme):
    said = while_asked(served, acme, changed(acme, "ann", active=False), "deactivate", "ann", "--tenant", "acme")
    assert (said.status, acme.writes()) == (0, [])
    assert "already" in said.out


@pytest.mark.parametrize(
    "command", [TITLE, ("deactivate", "ann", "--tenant", "acme"), ("delete", "acme", "User", "ann")]
)
def test_rule_09_who_is_gone_meanwhile_is_not_written_to(served, acme, command):
    gone = acme.user("ann")["id"]

    def reply() -> bytes:
        del acme.resources["Users"][gone]
        return b"ann\n" if command[0] == "delete" else b"y\n"

    served.run("sync")
    prompt = b"to delete it:" if command[0] == "delete" else b"[y/N]"
    said = served.at_terminal([(prompt, reply)], *command)
    assert acme.writes() == []
    assert "Traceback" not in said.out
    assert (said.status == 0) is (command[0] == "delete")


def test_rule_09_in_the_moment_between_our_read_and_our_patch_the_version_decides(served, acme):
    def faster() -> None:
        acme.before_write = None
        changed(acme, "ann", title="Queen")()

    served.run("sync")
    acme.before_write = faster
    ended = served.run(*TITLE, "--yes")
    assert ended.status == 1
    assert acme.user("ann")["title"] == "Queen"
    assert "someone else" in ended.err


def test_rule_09_a_provider_that_refuses_its_own_version_is_written_to_without_it_and_remembered(served, acme):
    acme.habits.if_match = "never true"
    assert served.write(*TITLE).outcomes == ["applied"]
    assert acme.user("ann")["title"] == "Boss"
    first = [seen.headers.get("if-match") for seen in acme.writes()]
    assert first[-1] is None
    served.write("edit", "acme", "User", "bob", "--set", "title=Boss")
    assert [seen.headers.get("if-match") for seen in acme.writes()][len(first) :] == [None]
