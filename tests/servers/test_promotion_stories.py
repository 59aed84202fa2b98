"""A tenant of one server is made like a tenant of another, by a plan that was written down: then nothing differs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes.commands import run_command
from fakes.consoles import write_config
from real_servers import ENTERPRISE, RealServer

NO_LIMITS = "limits = { count = 500, share = 1.0 }"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SCIMTUI_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("SCIMTUI_HOME", str(tmp_path / "home"))
    return lambda *arguments: run_command(arguments, capsys, monkeypatch)


def drift(server: RealServer, people: int) -> None:
    """Take people out, change others, and move members: some people are gone whom others have as manager."""
    users = server.ask("/Users?count=200")["Resources"]
    groups = server.ask("/Groups?count=200")["Resources"]
    bosses = {user.get(ENTERPRISE, {}).get("manager", {}).get("value") for user in users} - {None}
    gone = [*sorted(bosses)[:2], *[user["id"] for user in users if user["id"] not in bosses][:people]]
    for group in groups[:2]:
        server.ask(f"/Groups/{group['id']}", method="DELETE")
    for identity in gone:
        server.ask(f"/Users/{identity}", method="DELETE")
    for number, user in enumerate([user for user in users if user["id"] not in gone][:6]):
        operations = [
            {"op": "replace", "path": "active", "value": bool(number % 2)},
            {"op": "replace", "path": "title", "value": f"Drifted {number}"},
        ]
        schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
        server.ask(f"/Users/{user['id']}", {"schemas": schemas, "Operations": operations}, "PATCH")


def promoted(run: Any, tmp_path: Path) -> list[dict[str, Any]]:
    """Plan, apply and plan again; return what the first plan held."""
    path = tmp_path / "plan.json"
    made = run("plan", "left", "right", "-o", str(path), "--delete-extra")
    assert made.status == 1, made.err
    done = run("apply", str(path), "--yes", "--format", "json")
    assert (done.status, set(done.outcomes)) == (0, {"applied"}), [
        one for one in done.json if one["outcome"] != "applied"
    ][:2]
    again = run("plan", "left", "right", "--sync", "--format", "json")
    assert (again.status, again.json["changes"]) == (0, []), again.out
    for name in ("User", "Group"):
        ended = run("diff", "left", "right", "--type", name)
        assert ended.status == 0, ended.out
    return json.loads(path.read_text())["changes"]


def test_two_tenants_of_one_server_are_alike_after_a_plan_people_managers_groups_and_members(
    run: Any, scim2_server: RealServer, other_scim2_server: RealServer, tmp_path: Path
) -> None:
    drift(other_scim2_server, 4)
    write_config(tmp_path, {"left": scim2_server, "right": other_scim2_server}, NO_LIMITS)
    kinds = {change["kind"] for change in promoted(run, tmp_path)}
    assert {"create", "edit", "add-members"} <= kinds
    boss = next(user for user in other_scim2_server.ask("/Users?count=200")["Resources"] if ENTERPRISE in user)
    assert other_scim2_server.ask(f"/Users/{boss[ENTERPRISE]['manager']['value']}") is not None


def test_a_tenant_of_another_server_becomes_like_this_one_in_the_spelling_that_it_reads(
    run: Any, scim2_server: RealServer, scimmy: RealServer, tmp_path: Path
) -> None:
    drift(scimmy, 10)
    write_config(tmp_path, {"left": scim2_server, "right": scimmy}, f"{NO_LIMITS}\nprofile = {{ sub_paths = false }}")
    promoted(run, tmp_path)
