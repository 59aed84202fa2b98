"""Somebody leaves, on servers that we did not write, and the server's own word on each step."""

from __future__ import annotations

from typing import Any

import pytest
from real_servers import ENTERPRISE, RealServer
from safety.desk import Desk

GROUPS = '"deactivate", { remove_from_groups = "all", keep_groups = ["Legal"] }, { add_to_group = "Legal" }'
REPORTS = '{ hand_over_reports = "manager" }'
ATTRIBUTES = '{ clear = ["roles"] }, { set = { title = "Left {date}" } }'


@pytest.fixture
def desk(tmp_path, capsys, monkeypatch) -> Desk:
    return Desk(tmp_path, capsys, monkeypatch)


def people(server: RealServer) -> dict[str, dict[str, Any]]:
    found = [server.ask(f"/Users/{identity}") for identity in server.ids()]
    return {one["id"]: one for one in found}


def managers(server: RealServer) -> dict[str, str]:
    told = {
        identity: one.get(ENTERPRISE, {}).get("manager", {}).get("value") for identity, one in people(server).items()
    }
    return {identity: manager for identity, manager in told.items() if manager}


def groups_of(server: RealServer, identity: str) -> set[str]:
    found = [server.ask(f"/Groups/{one}") for one in server.ids("/Groups")]
    return {one["displayName"] for one in found if identity in {member["value"] for member in one.get("members") or ()}}


def left_twice(desk: Desk, server: RealServer, steps: str, user_name: str) -> None:
    """Offboard somebody, and see that a second time finds nothing to do."""
    desk.add("acme", server.base_url, server.token, f"recipe = {{ steps = [{steps}] }}")
    first = desk.write("offboard", user_name, "--tenant", "acme")
    assert (first.status, set(first.outcomes)) == (0, {"applied"}), first.err
    again = desk.write("offboard", user_name, "--tenant", "acme")
    assert (again.status, again.outcomes) == (0, ["already"]), again.err


def test_a_manager_leaves_with_every_step_of_the_recipe(scim2_server, desk):
    server = scim2_server
    bosses = managers(server)
    here = people(server)
    leaver = next(boss for boss in bosses.values() if boss in bosses and here[boss]["active"])
    reports = {one for one, boss in bosses.items() if boss == leaver}
    left_twice(desk, server, f"{GROUPS}, {REPORTS}, {ATTRIBUTES}", server.ask(f"/Users/{leaver}")["userName"])
    now = managers(server)
    assert {now[one] for one in reports} == {bosses[leaver]}
    assert {one: now[one] for one in now.keys() - reports} == {one: bosses[one] for one in bosses.keys() - reports}
    person = server.ask(f"/Users/{leaver}")
    assert (person["active"], person["title"][:5], groups_of(server, leaver)) == (False, "Left ", {"Legal"})


def test_somebody_leaves_scimmy_where_people_show_their_groups(scimmy, desk):
    server = scimmy
    person = next(one for one in people(server).values() if one.get("groups") and one.get("roles") and one["active"])
    left_twice(desk, server, f"{GROUPS}, {ATTRIBUTES}", person["userName"])
    now = server.ask(f"/Users/{person['id']}")
    assert (now["active"], now["title"][:5], now.get("roles") or []) == (False, "Left ", [])
    assert groups_of(server, person["id"]) == {"Legal"}


def test_the_reports_of_a_leaver_go_on_at_scimmy_which_reads_no_path_to_a_part(scimmy, desk):
    server = scimmy
    bosses, here = managers(server), people(server)
    leaver = next(boss for boss in bosses.values() if boss in bosses and here[boss]["active"])
    profile = "[tenants.acme.profile]\nsub_paths = false"
    desk.add("acme", server.base_url, server.token, f"recipe = {{ steps = [{REPORTS}] }}\n{profile}")
    said = desk.write("offboard", here[leaver]["userName"], "--tenant", "acme")
    assert (said.status, set(said.outcomes)) == (0, {"applied"}), said.err
    now = managers(server)
    assert {now[one] for one, boss in bosses.items() if boss == leaver} == {bosses[leaver]}


def test_somebody_leaves_django_with_the_groups_that_it_has(django_scim2_server, desk):
    server = django_scim2_server
    members = [server.ask(f"/Users/{one['value']}") for one in server.group("Sales")["members"]]
    person = next(one for one in members if one["active"] and "Legal" not in groups_of(server, one["id"]))
    left_twice(desk, server, GROUPS, person["userName"])
    assert server.ask(f"/Users/{person['id']}")["active"] is False
    assert groups_of(server, person["id"]) == {"Legal"}
