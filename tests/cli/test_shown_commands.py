"""The commands of a dry run, run."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess

import pytest


def shown(served, *command: str) -> list[str]:
    """Return the commands that the dry run of a command shows."""
    told = served.run(*command, "--dry-run").out
    return [line.strip().removeprefix("$ ") for line in told.splitlines() if line.strip().startswith("$ ")]


@pytest.mark.parametrize(
    "command",
    [
        ["edit", "acme", "User", "user00002", "--set", "title=007", "--set", "active=false", "--remove", "name.givenName"],
        ["edit", "acme", "User", "user00002", "--add", 'emails={"type":"home","value":"h@example.com"}'],
        ["create", "acme", "User", "--set", "userName=o'brien", "--set", 'name.familyName="[1]"'],
        ["deactivate", "user00002", "--tenant", "acme"],
        ["delete", "acme", "User", "user00002"],
        ["member", "add", "acme", "Engineers", "user00002"],
        ["member", "remove", "acme", "Engineers", "user00001"],
    ],
)  # fmt: skip
def test_the_command_that_a_dry_run_shows_has_the_same_dry_run(served, acme, command):
    ours = next(line for line in shown(served, *command) if line.startswith("scimtui "))
    first = served.run(*command, "--dry-run", "--format", "json").json
    again = served.run(*shlex.split(ours)[1:], "--dry-run", "--format", "json").json
    assert again == first
    assert again[0]["method"]
    assert acme.writes() == []


@pytest.mark.skipif(shutil.which("curl") is None or shutil.which("bash") is None, reason="there is no curl here")
def test_the_command_for_curl_sends_what_was_shown(served, acme):
    command = ["edit", "acme", "User", "user00002", "--set", "title=it's \x1b[31m Ågot"]
    curl = next(line for line in shown(served, *command) if line.startswith("curl "))
    assert "fake-token" not in curl
    subprocess.run(["bash", "-c", curl], check=True, capture_output=True, env=os.environ | {"no_proxy": "*"})
    assert acme.user("user00002")["title"] == "it's \x1b[31m Ågot"
    assert [seen.method for seen in acme.writes()] == ["PATCH"]
