"""A person's whole life on servers that we did not write: receipts, and the server's own word after each step."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from fakes.consoles import console, write_config
from other_servers import RealServer
from safety.desk import Desk

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
NEW = "nia.ortega@acme.example"
SWEEP = bool(os.environ.get("SCIMTUI_SWEEP"))
ALICE = "alice.whitfield@acme.example"


@pytest.fixture
def desk(tmp_path, capsys, monkeypatch) -> Desk:
    return Desk(tmp_path, capsys, monkeypatch)


def seated(desk: Desk, server: RealServer) -> Desk:
    desk.add("acme", server.base_url, server.token)
    return desk


def outcome(desk: Desk, *command: str) -> str:
    ended = desk.write(*command)
    assert ended.out, ended.err
    (word,) = ended.outcomes
    return word


def members(server: RealServer, name: str) -> set[str]:
    return {one["value"] for one in server.group(name).get("members") or ()}


# ------------------------------------------------------------ where everything works


@pytest.mark.parametrize("fixture", ["scim2_server", "scim2_server_cursor", "scimmy", "scim2_flask"])
def test_someone_comes_is_changed_joins_leaves_and_goes(request, fixture, desk):
    server: RealServer = request.getfixturevalue(fixture)
    seated(desk, server)
    others = server.ids()
    assert (
        outcome(desk, "create", "acme", "User", "--set", f"userName={NEW}", "--set", "name.givenName=Nia") == "applied"
    )
    person = server.user(NEW)
    assert server.ids() == others | {person["id"]}
    edit = ("--set", "title=Engineer", "--set", f"{ENTERPRISE}:department=Lab", "--set", "name.familyName=Ortega")
    assert outcome(desk, "edit", "acme", "User", NEW, *edit) == "applied"
    person = server.user(NEW)
    assert (person["title"], person[ENTERPRISE]["department"]) == ("Engineer", "Lab")
    assert {k: v for k, v in person["name"].items() if v} == {"givenName": "Nia", "familyName": "Ortega"}
    before = members(server, "Legal")
    assert outcome(desk, "member", "add", "acme", "Legal", NEW) == "applied"
    assert members(server, "Legal") == before | {person["id"]}
    assert outcome(desk, "member", "add", "acme", "Legal", NEW) == "already"
    assert outcome(desk, "deactivate", NEW, "--tenant", "acme") == "applied"
    assert server.user(NEW)["active"] is False
    assert outcome(desk, "activate", NEW, "--tenant", "acme") == "applied"
    assert server.user(NEW)["active"] is True
    assert outcome(desk, "member", "remove", "acme", "Legal", NEW) == "applied"
    assert members(server, "Legal") == before
    assert outcome(desk, "delete", "acme", "User", NEW) == "applied"
    assert server.user(NEW) is None
    assert server.ids() == others
    _told(desk, ["applied"] * 7)


def _told(desk: Desk, outcomes: list[str]) -> None:
    """Check what the journal says of all writes, and that nobody touched it."""
    assert [write["outcome"] for write in desk.journal()] == outcomes
    assert desk.run("journal", "verify").status == 0


@pytest.mark.parametrize("fixture", ["scim2_server", *(["scim2_flask_without_patch", "scimmy"] if SWEEP else [])])
async def test_with_keys_alone_someone_comes_is_changed_turned_off_and_on_and_goes(request, fixture, tmp_path):
    server: RealServer = request.getfixturevalue(fixture)
    config, home = write_config(tmp_path, {"acme": server}), tmp_path / "home"
    others = server.ids()
    async with console(config, home) as run:
        await run.until("complete")
        await run.press("n")
        await run.until("userName")
        form = run.app.screen.view.form
        await _write(run, form, "userName", "nia")
        await _write(run, form, "title", "Engineer")
        await run.press("ctrl+s")
        await run.until("POST /Users")
        assert server.user("nia") is None
        await run.press("y")
        await run.until("done and verified")
        assert server.user("nia")["title"] == "Engineer"
        await run.press("e")
        await run.until(lambda: run.app.screen.view.mode == "form")
        await _write(run, run.app.screen.view.form, "nickName", "Ni")
        await run.press("ctrl+s")
        await run.until("nickName: set to")
        assert "nickName" not in {k for k, v in server.user("nia").items() if v}
        await run.press("y")
        await run.until("Edit nia: done and verified")
        assert server.user("nia")["nickName"] == "Ni"
        if fixture != "scim2_flask_without_patch":
            await _joins(run, server, "Legal", server.user("nia")["id"])
        await _agreed(run, "d", "Deactivate nia", "Deactivate nia: done and verified")
        assert server.user("nia")["active"] is False
        await _agreed(run, "d", "Activate nia", "Activate nia: done and verified")
        assert server.user("nia")["active"] is True
        await run.press("X")
        await run.until("Delete User")
        await run.type("nia")
        await run.press("enter")
        await run.until("Delete User nia: done and verified")
    assert server.user("nia") is None
    assert server.ids() == others


async def _joins(run, server: RealServer, group: str, identity: str) -> None:
    """Tick a group in the list of the open person's groups."""
    before = members(server, group)
    await run.press("m")
    await run.until("groups of nia")
    await run.press("slash")
    await run.type(group)
    await run.press("enter", "space")
    await run.until("into 1 group")
    await run.press("enter")
    await run.until("PATCH /Groups/")
    assert members(server, group) == before
    await run.press("y")
    await run.until(lambda: members(server, group) == before | {identity})
    await run.until("verified")


async def _agreed(run, key: str, question: str, ended: str) -> None:
    await run.press(key)
    await run.until(question)
    await run.press("y")
    await run.until(ended)


async def _write(run, form, attribute: str, text: str) -> None:
    """Go to a field of a form and put a text into it."""
    await run.press("ctrl+home")
    for _ in range(80):
        place = form.current.place if form.current is not None else None
        if place is not None and place.attribute == attribute:
            break
        await run.press("down")
    await run.press("ctrl+u")
    await run.type(text)


# ------------------------------------------------------------ where it does not


def test_without_patch_a_put_keeps_all_else_and_the_members_of_a_group_are_left_to_the_provider(
    scim2_flask_without_patch, desk
):
    server = scim2_flask_without_patch
    seated(desk, server)
    before, legal = server.user(ALICE), members(server, "Legal")
    assert "PUT /Users/" in desk.run("edit", "acme", "User", ALICE, "--set", "title=Boss", "--dry-run").out
    assert outcome(desk, "create", "acme", "User", "--set", f"userName={NEW}") == "applied"
    assert outcome(desk, "edit", "acme", "User", ALICE, "--set", "title=Boss") == "applied"
    assert {**server.user(ALICE), "meta": 0} == {**before, "title": "Boss", "meta": 0}
    for command in ("add", NEW), ("remove", min(legal)):
        ended = desk.run("member", command[0], "acme", "Legal", command[1], "--yes")
        assert (ended.status, ended.out) == (2, "")
        assert "members are never written by PUT" in ended.err
    assert members(server, "Legal") == legal
    assert outcome(desk, "deactivate", ALICE, "--tenant", "acme") == "applied"
    assert outcome(desk, "activate", ALICE, "--tenant", "acme") == "applied"
    assert {**server.user(ALICE), "meta": 0} == {**before, "title": "Boss", "meta": 0}
    assert outcome(desk, "delete", "acme", "User", NEW) == "applied"
    _told(desk, ["applied"] * 5)


def test_a_provider_that_is_read_only_refuses_each_write_and_is_said_to(scim2_flask_read_only, desk):
    server = scim2_flask_read_only
    seated(desk, server)
    before = json.dumps(_all(server), sort_keys=True)
    for command in (
        ["create", "acme", "User", "--set", f"userName={NEW}"],
        ["edit", "acme", "User", ALICE, "--set", "title=Boss"],
        ["member", "remove", "acme", "Legal", _anyone(server, "Legal")],
        ["deactivate", ALICE, "--tenant", "acme"],
        ["delete", "acme", "User", ALICE],
    ):
        ended = desk.write(*command)
        assert (ended.status, ended.outcomes) == (3, ["refused"])
        assert ended.json[0]["status"] == 403
    assert json.dumps(_all(server), sort_keys=True) == before


def _all(server: RealServer) -> list[Any]:
    return [server.ask(f"/{name}?count=50")["Resources"] for name in ("Users", "Groups")]


def _anyone(server: RealServer, group: str) -> str:
    return min(members(server, group))


def test_a_change_of_which_nothing_stays_is_ignored_and_a_delete_that_only_deactivates_is_something_else(
    django_scim2_server, desk
):
    server = django_scim2_server
    seated(desk, server)
    before = server.user(ALICE)
    work = f'emails[value eq "{ALICE}"]'
    assert outcome(desk, "edit", "acme", "User", ALICE, "--set", f"{work}.primary=false") == "ignored"
    assert server.user(ALICE)["emails"] == before["emails"]
    added = desk.write("edit", "acme", "User", ALICE, "--add", 'emails={"value":"second@acme.example"}')
    assert (added.status, added.outcomes) == (1, ["altered"])
    assert [one["value"] for one in server.user(ALICE)["emails"]] == ["second@acme.example"]
    assert outcome(desk, "edit", "acme", "User", ALICE, "--set", "name.givenName=Alicia") == "applied"
    assert server.user(ALICE)["name"]["givenName"] == "Alicia"
    ended = desk.write("delete", "acme", "User", ALICE)
    assert (ended.status, ended.outcomes) == (1, ["altered"])
    assert server.ask(f"/Users/{before['id']}")["active"] is False
    assert outcome(desk, "activate", ALICE, "--tenant", "acme") == "applied"
    assert server.user(ALICE)["active"] is True
    _told(desk, ["ignored", "altered", "applied", "altered", "applied"])
