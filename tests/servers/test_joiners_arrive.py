"""Joiners in two tenants of a server that we did not write: created by rules, in their groups, and there by its own word."""

from __future__ import annotations

from fakes.commands import run_command
from fakes.consoles import write_config

MAP = 'map = { userName = "{name.givenName|plain|lower}.{name.familyName|plain|lower}@other.example", nickName = "title" }'


def test_a_file_of_joiners_arrives_in_two_tenants_and_their_groups_and_again_changes_nothing(
    scim2_server, other_scim2_server, tmp_path, monkeypatch, capsys
):
    config = write_config(tmp_path, {"acme": scim2_server, "other": other_scim2_server})
    group = scim2_server.ask("/Groups?count=1")["Resources"][0]["displayName"]
    with config.open("a") as file:
        file.write(f'[tenants.other.joiner]\n{MAP}\ngroups = ["{group}"]\ndefaults = {{ userType = "Employee" }}\n')
    monkeypatch.setenv("SCIMTUI_CONFIG", str(config))
    monkeypatch.setenv("SCIMTUI_HOME", str(tmp_path / "home"))
    joiners = tmp_path / "joiners.csv"
    rows = [f"zoe{n}@acme.example,Zoë,Møller{n},zoe{n}@acme.example,Cook,true,{group}" for n in range(8)]
    titles = "userName,name.givenName,name.familyName,emails.work,title,active,groups"
    joiners.write_text("\n".join([titles, *rows]), encoding="utf-8")
    command = ["import", "acme", "User", str(joiners), "--also", "other", "--yes", "--format", "json"]
    ended = run_command(command, capsys, monkeypatch)
    assert (ended.status, set(ended.outcomes), len(ended.json)) == (0, {"applied"}, 18), ended.err
    for server, name in ((scim2_server, "zoe3@acme.example"), (other_scim2_server, "zoe.moller3@other.example")):
        there = server.user(name)
        assert (there["active"], there["emails"][0]["value"]) == (True, "zoe3@acme.example")
        assert there["id"] in {one["value"] for one in server.group(group)["members"]}
    assert other_scim2_server.user("zoe.moller3@other.example")["userType"] == "Employee"
    again = run_command(command, capsys, monkeypatch)
    assert (again.status, set(again.outcomes), len(again.json)) == (0, {"already"}, 16)
