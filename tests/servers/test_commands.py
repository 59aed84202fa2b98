"""The main job on the command line, on servers that we did not write. Each command is a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fakes.consoles import write_config
from real_servers import RealServer

ALICE = "alice.whitfield@acme.example"
SERVERS = pytest.mark.parametrize("fixture", ["scim2_server", "scim2_server_cursor", "scimmy"])


@dataclass
class Commands:
    """Runs `scimtui` with a config and a home of its own."""

    folder: Path
    config: Path

    def run(self, *arguments: str, status: int = 0) -> str:
        environment = os.environ | {
            "SCIMTUI_CONFIG": str(self.config),
            "SCIMTUI_HOME": str(self.folder / "home"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        done = subprocess.run(
            [sys.executable, "-m", "scimtui", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        self.errors = done.stderr
        return done.stdout

    def read(self, *arguments: str, status: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--format", "json", status=status))


@pytest.fixture
def server(request, fixture) -> RealServer:
    return request.getfixturevalue(fixture)


@pytest.fixture
def commands(server, tmp_path) -> Commands:
    return Commands(tmp_path, write_config(tmp_path, {"acme": server}))


@SERVERS
def test_a_sync_fetches_everything_and_a_list_filters_it(commands, server):
    reports = commands.read("sync", "acme")
    assert {report["type"]: report["fetched"] for report in reports} == {"User": 60, "Group": 8}
    assert all(report["complete"] for report in reports)
    listed = commands.run("list", "acme", "--format", "jsonl").splitlines()
    assert {json.loads(line)["id"] for line in listed} == server.ids()
    query = 'emails[type eq "work" and value sw "alice"]'
    found = commands.run("list", "acme", "User", "--filter", query, "--format", "jsonl").splitlines()
    assert [json.loads(line)["userName"] for line in found] == [ALICE]


@SERVERS
def test_a_deactivation_is_refused_without_consent_then_sent_then_already_so(commands, server):
    commands.run("deactivate", ALICE, "--tenant", "acme", status=5)
    (planned,) = commands.read("deactivate", ALICE, "--tenant", "acme", "--dry-run")
    assert planned["method"] == "PATCH"
    assert planned["body"]["Operations"] == [{"op": "replace", "path": "active", "value": False}]
    assert server.user(ALICE)["active"] is True
    (receipt,) = commands.read("deactivate", ALICE, "--tenant", "acme", "--yes")
    assert receipt["outcome"] == "applied"
    assert server.user(ALICE)["active"] is False
    (again,) = commands.read("deactivate", ALICE, "--tenant", "acme", "--yes")
    assert again["outcome"] == "already"
    (back,) = commands.read("activate", ALICE, "--tenant", "acme", "--yes")
    assert back["outcome"] == "applied"
    assert server.user(ALICE)["active"] is True
    commands.run("journal", "verify")


@SERVERS
def test_an_edit_changes_what_was_named_and_nothing_else(commands, server):
    before = server.user(ALICE)
    (receipt,) = commands.read(
        *("edit", "acme", "User", ALICE, "--yes"),
        *("--set", "title=President", "--set", 'emails[type eq "work"].value=alice@new.example'),
        *("--set", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department=Board"),
    )
    assert receipt["outcome"] == "applied"
    after = server.user(ALICE)
    enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    assert after[enterprise] == {**before[enterprise], "department": "Board"}
    assert after["emails"][0]["value"] == "alice@new.example"
    touched = {"title", "emails", enterprise, "meta"}
    assert {k: v for k, v in after.items() if k not in touched} == {k: v for k, v in before.items() if k not in touched}


@SERVERS
def test_a_person_is_created_joins_a_group_leaves_it_and_is_deleted(commands, server):
    (created,) = commands.read(
        "create", "acme", "User", "--set", "userName=new.person", "--set", "displayName=New Person", "--yes"
    )
    assert created["outcome"] == "applied"
    person = server.user("new.person")
    assert person["id"] == created["id"]
    legal = server.group("Legal")
    commands.run("member", "add", "acme", "Legal", "new.person", "--yes")
    members = {member["value"] for member in server.group("Legal")["members"]}
    assert members == {member["value"] for member in legal["members"]} | {person["id"]}
    commands.run("member", "remove", "acme", "Legal", "new.person", "--yes")
    members = {member["value"] for member in server.group("Legal")["members"]}
    assert members == {member["value"] for member in legal["members"]}
    commands.run("delete", "acme", "User", "new.person", "--yes")
    assert server.user("new.person") is None


def test_a_diff_names_who_is_missing_and_what_differs(scim2_server, scimmy, tmp_path):
    config = write_config(tmp_path, {"left": scim2_server, "right": scimmy})
    both = Commands(tmp_path, config)
    schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"]
    scim2_server.ask("/Users", {"schemas": schemas, "userName": "only.left"})
    scimmy.ask("/Users", {"schemas": schemas, "userName": "only.right", "emails": []})
    identity = scim2_server.user(ALICE)["id"]
    operation = {"op": "replace", "path": "title", "value": "President"}
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
    scim2_server.ask(f"/Users/{identity}", body, "PATCH")
    found = both.read("diff", "left", "right", status=1)
    assert [entry["key"] for entry in found["only_left"]] == ["only.left"]
    assert [entry["key"] for entry in found["only_right"]] == ["only.right"]
    (alice,) = [one for one in found["different"] if one["key"] == ALICE]
    assert {"path": "title", "left": "President", "right": "Chief Executive Officer"} in alice["changes"]
    assert found["same"] + len(found["different"]) == 60
    assert found["complete"] == {"left": True, "right": True}


@pytest.mark.parametrize(
    ("change", "arguments", "status", "said"),
    [
        (("/v2", "/nowhere"), ["sync", "acme"], 3, "base_url"),
        (("http://127.0.0.1", "https://127.0.0.1"), ["sync", "acme"], 4, "TLS"),
        (("token-of-the-tests", "wrong"), ["sync", "acme"], 4, "token"),
        (("base_url", "base_ulr"), ["sync", "acme"], 2, "base_url"),
        (("", ""), ["sync", "amce"], 2, "acme"),
        (("", ""), ["list", "acme", "--filter", 'userName bo "x"'], 2, "character 10"),
        (("", ""), ["show", "acme", "User", "nobody"], 2, "nobody"),
        (("", ""), ["edit", "acme", "User", ALICE, "--set", "id=7", "--yes"], 2, "id"),
    ],
)
def test_bad_input_gets_one_clear_line_and_its_own_status(scim2_server, tmp_path, change, arguments, status, said):
    config = write_config(tmp_path, {"acme": scim2_server})
    config.write_text(config.read_text().replace(*change) if change[0] else config.read_text())
    commands = Commands(tmp_path, config)
    commands.run(*arguments, status=status)
    assert commands.errors.count("scimtui: ") == 1
    assert said in commands.errors
