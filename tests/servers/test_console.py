"""The main job in the console, with keys alone, on servers that we did not write."""

from __future__ import annotations

import json
import re

import pytest
from fakes.consoles import console, write_config
from real_servers import RealServer
from textual import events

ALICE = "alice.whitfield@acme.example"
SERVERS = pytest.mark.parametrize("fixture", ["scim2_server", "scim2_server_cursor", "scimmy"])


@pytest.fixture
def server(request, fixture) -> RealServer:
    return request.getfixturevalue(fixture)


async def find(run, text: str) -> None:
    await run.until("complete")
    await run.press("slash")
    await run.type(text)
    await run.until("1 match")
    await run.press("enter")


@SERVERS
async def test_people_are_synced_filtered_and_shown_with_all_attributes(server, tmp_path):
    config = write_config(tmp_path, {"acme": server})
    async with console(config, tmp_path / "home") as run:
        await run.until("Users 60")
        await run.until("complete")
        await run.press("slash")
        await run.type('title eq "Chief Executive Officer"')
        await run.until("1 match")
        assert ALICE in run.text
        await run.press("enter", "enter")
        await run.until("Chief Executive")
        await run.press("G")
        await run.until("employeeNumber")
        assert "costCenter" in run.text
        await run.press("y")
        await run.until('"userName"')
        assert f'"{ALICE}"' in run.text


@SERVERS
async def test_an_edit_in_the_form_is_previewed_sent_and_verified(server, tmp_path):
    config = write_config(tmp_path, {"acme": server})
    before = server.user(ALICE)
    async with console(config, tmp_path / "home") as run:
        await find(run, "alice.whitfield")
        await run.press("e")
        await run.until("middleName")
        while not re.search(r"▸\s+middleName", run.text):
            await run.press("down")
        await run.type("Ada")
        await run.press("ctrl+s")
        await run.until("PATCH /Users/")
        assert 'name.middleName: set to "Ada"' in run.text
        assert "middleName" not in server.user(ALICE)["name"]
        await run.press("y")
        await run.until("done and verified")
    after = server.user(ALICE)
    assert after.pop("name") == {**before.pop("name"), "middleName": "Ada"}
    assert {**after, "meta": None} == {**before, "meta": None}


@SERVERS
async def test_d_and_y_turn_an_account_off_and_on_again(server, tmp_path):
    config = write_config(tmp_path, {"acme": server})
    async with console(config, tmp_path / "home") as run:
        await find(run, "alice.whitfield")
        await run.press("d")
        await run.until("Deactivate Alice Whitfield")
        await run.press("d", "enter")
        assert server.user(ALICE)["active"] is True
        await run.press("y")
        await run.until("done and verified")
        assert server.user(ALICE)["active"] is False
        await run.until("inactive")
        await run.press("d")
        await run.until("Activate Alice Whitfield")
        await run.press("y")
        await run.until("Activate alice.whitfield@acme.example: done and verified")
    assert server.user(ALICE)["active"] is True


async def test_two_tenants_are_compared_side_by_side(scim2_server, other_scim2_server, tmp_path):
    config = write_config(tmp_path, {"left": scim2_server, "right": other_scim2_server})
    ours, theirs = scim2_server, other_scim2_server
    ours.ask("/Users", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "only.here"})
    changed = theirs.user(ALICE)
    theirs.ask(
        f"/Users/{changed['id']}",
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "title", "value": "President"}],
        },
        "PATCH",
    )
    async with console(config, tmp_path / "home") as run:
        await run.until("Users 61")
        await run.until("complete")
        await run.until(lambda: run.text.count("Group ") == 2)
        await run.press("t", "G", "k", "enter")
        await run.until("right Users ×")
        await run.until("complete")
        await run.press("left_square_bracket", "D")
        await run.press("enter")
        await run.until("only left")
        await run.press("full_stop", "slash")
        await run.type("only.here")
        await run.until("◀  only.here")
        await run.press("escape", "comma", "slash")
        await run.type("President")
        await run.until("Chief Executive")
        await run.press("enter", "enter")
        await run.until("≠ title")


async def test_what_a_provider_sends_is_shown_as_it_is_and_never_acts(scim2_server, tmp_path):
    name = "[bold red]Eve[/] \x1b[31mred\x1b[0m \u202eevil"
    schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"]
    scim2_server.ask("/Users", {"schemas": schemas, "userName": "eve", "displayName": name})
    config = write_config(tmp_path, {"acme": scim2_server})
    async with console(config, tmp_path / "home") as run:
        await run.until("Users 61")
        await find(run, 'userName eq "eve"')
        assert "[bold red]Eve" in run.text
        assert "\x1b" not in run.text
        assert "\u202e" not in run.text
        await run.press("enter")
        await run.until("not set")
        await run.press("y")
        await run.until('"displayName"')
        assert "\x1b" not in run.text
        assert "[bold red]Eve[/]" in run.text


async def test_a_production_tenant_says_why_it_changes_nothing(scim2_server, tmp_path):
    config = write_config(tmp_path, {"acme": scim2_server}, "production = true")
    async with console(config, tmp_path / "home") as run:
        await find(run, "alice.whitfield")
        assert "PROD" in run.text
        await run.press("d")
        await run.until("production tenant and locked")
        await run.press("exclamation_mark")
        await run.until("Unlock PROD")
        await run.press("y")
        await run.until("UNLOCKED")
        await run.press("d")
        await run.until("in PROD acme")
        await run.type("left the company")
        await run.press("enter", "y")
        await run.until("done and verified")
    assert scim2_server.user(ALICE)["active"] is False
    journal = (tmp_path / "home" / "journal" / "acme.jsonl").read_text()
    assert json.loads(journal.splitlines()[0])["reason"] == "left the company"


async def test_the_next_start_shows_the_cache_without_a_network(scim2_server, tmp_path):
    home = tmp_path / "home"
    async with console(write_config(tmp_path, {"acme": scim2_server}), home) as run:
        await run.until("complete")
    gone = RealServer("http://127.0.0.1:9/v2", scim2_server.token)
    async with console(write_config(tmp_path, {"acme": gone}), home) as run:
        await run.until("Users 60")
        await run.until("@acme.example")
        assert "synced just now" in run.text
        await run.press("r")
        await run.until("Nothing listens at 127.0.0.1:9")
        assert "Users 60" in run.text


async def test_the_first_start_adds_a_tenant_and_shows_its_people(scim2_server, tmp_path):
    config = tmp_path / "config.toml"
    async with console(config, tmp_path / "home", size=(80, 24)) as run:
        await run.until("Add a tenant")
        await run.until("No keyring can keep the token")
        await run.type("acme")
        await run.press("tab")
        await run.type(scim2_server.base_url)
        await run.press("tab", "tab")
        await run.type("wrong")
        await run.press("ctrl+s")
        await run.until("does not accept the token")
        assert not config.exists()
        await run.press("ctrl+u")
        await run.type(scim2_server.token)
        assert scim2_server.token not in run.text
        await run.press("ctrl+s")
        await run.until("Users 60")
    assert "[tenants.acme]" in config.read_text()
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert scim2_server.token.encode() not in written


async def test_a_terminal_that_is_too_small_says_so_and_recovers(scim2_server, tmp_path):
    config = write_config(tmp_path, {"acme": scim2_server})
    async with console(config, tmp_path / "home", size=(60, 15)) as run:
        await run.until("60 columns and 15 lines")
        await run.pilot.resize_terminal(80, 24)
        await run.until("Users 60")


async def test_what_was_typed_into_a_form_is_not_lost_by_accident(scim2_server, tmp_path):
    config = write_config(tmp_path, {"acme": scim2_server})
    async with console(config, tmp_path / "home") as run:
        await find(run, "alice.whitfield")
        await run.press("e")
        await run.until("middleName")
        while not re.search(r"▸\s+middleName", run.text):
            await run.press("down")
        await run.type("Ada")
        await run.press("escape")
        await run.until("without sending")
        await run.press("n")
        await run.until("1 changed")
        assert "Ada" in run.text


async def test_keys_that_arrive_all_at_once_are_taken_in_their_order(scim2_server, tmp_path):
    config = write_config(tmp_path, {"acme": scim2_server})
    async with console(config, tmp_path / "home") as run:
        await run.until("complete")
        for key in ("slash", *"alice.whitfield", "enter", "d"):
            run.app.post_message(events.Key(key, key if len(key) == 1 else "/" if key == "slash" else None))
        await run.until("Deactivate Alice Whitfield")
        assert "/ alice.whitfield" in run.text
        assert scim2_server.user(ALICE)["active"] is True
        run.app.post_message(events.Key("n", "n"))
        await run.until("Nothing was sent")
