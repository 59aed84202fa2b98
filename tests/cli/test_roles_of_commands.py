"""What each role may do by command: refused with 5 before anything is read or asked, planned all the same."""

from __future__ import annotations

import pytest

COMMANDS = {
    "deactivate": ["deactivate", "user00002", "--tenant", "acme"],
    "activate": ["activate", "user00002", "--tenant", "acme"],
    "add to its group": ["member", "add", "acme", "Engineers", "user00002"],
    "create": ["create", "acme", "User", "--set", "userName=new"],
    "edit": ["edit", "acme", "User", "user00002", "--set", "title=Boss"],
    "delete": ["delete", "acme", "User", "user00002"],
}
HELPDESK = {"deactivate", "activate", "add to its group"}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("role", ["admin", "helpdesk", "view"])
def test_a_role_that_does_not_do_it_is_told_before_the_provider_is_asked_for_anything(bench, acme, role, name):
    may = role == "admin" or (role == "helpdesk" and name in HELPDESK)
    with acme.serve() as base_url:
        bench.add("acme", base_url, f'role = "{role}"\nhelpdesk_groups = ["Engineers"]')
        if may:
            assert bench.run(*COMMANDS[name], "--yes").status == 0
            return
        ended = bench.run(*COMMANDS[name], "--yes")
        assert (ended.status, acme.seen) == (5, [])
        assert f"nothing is written to acme: the role in acme is {role}" in ended.err
        assert bench.run(*COMMANDS[name], "--dry-run").status == 0
    assert acme.writes() == []


def test_what_somebody_else_wrote_is_not_taken_back_by_the_help_desk(bench, acme, monkeypatch):
    with acme.serve() as base_url:
        bench.add("acme", base_url, 'role = "helpdesk"')
        assert bench.run("deactivate", "user00002", "--tenant", "acme", "--yes").status == 0
        monkeypatch.setenv("LOGNAME", "somebody-else")
        ended = bench.run("undo", "acme-1", "--yes")
    assert (ended.status, acme.user("user00002")["active"]) == (5, False)
    assert "takes back its own writes alone" in ended.err
