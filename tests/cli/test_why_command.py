"""`why`: the checklist, its exit statuses, and fixes that can be pasted as they stand."""

from __future__ import annotations

import shlex


def test_what_is_wrong_ends_with_1_and_the_fix_that_is_printed_mends_it(both, acme, stage):
    acme.user("user00003")["active"] = False
    ended = both.run("why", "user00003", "--tenant", "acme")
    assert ended.status == 1
    line = next(line for line in ended.out.splitlines() if line.startswith("✗"))
    fix = line.partition("→ ")[2]
    assert both.run(*shlex.split(fix)[1:], "--yes").status == 0
    again = both.run("why", "user00003", "--tenant", "acme")
    assert (again.status, "✗" in again.out) == (0, False)
    assert "Nothing found wrong" in again.err


def test_somebody_who_is_missing_is_created_by_the_fix_that_is_printed(both, stage):
    both.run("sync")
    ended = both.run("why", "user00011@example.com", "--tenant", "stage")
    assert (ended.status, "acme (active)" in ended.out) == (1, True)
    show, create = ended.out.partition("→ ")[2].strip().split(" | ")
    shown = both.run(*shlex.split(show)[1:])
    assert both.run(*shlex.split(create)[1:], "--yes", stdin=shown.out).status == 0
    assert stage.user("user00011")["active"] is True


def test_programs_get_a_list_of_checks(both):
    ended = both.run("why", "user00002", "--tenant", "stage", "--format", "json")
    assert ended.status == 0
    assert all(list(one) == ["check", "result", "detail", "fix"] for one in ended.json)
    assert {one["result"] for one in ended.json} == {"yes", "unknown"}


def test_without_an_answer_the_cache_is_shown_and_4_is_returned(both, acme):
    both.run("sync")
    acme.habits.token_ends_after = 0
    ended = both.run("why", "user00002", "--tenant", "acme")
    assert ended.status == 4
    assert "✗ token" in ended.out
    assert "this is its cache" in ended.err


def test_hostile_names_act_neither_on_the_terminal_nor_in_the_command(served, acme):
    acme.user("evil\x1b[2J")["active"] = False
    ended = served.run("why", acme.user("evil\x1b[2J")["id"], "--tenant", "acme")
    assert "\x1b" not in ended.out + ended.err
    assert r"scimtui activate $'evil\x1b[2J' --tenant acme" in ended.out


def test_a_name_that_looks_like_an_option_is_none_in_the_command(served, acme):
    acme.add_user("--from=leavers.csv", active=False)
    ended = served.run("why", acme.user("--from=leavers.csv")["id"], "--tenant", "acme")
    assert "scimtui activate --tenant acme -- --from=leavers.csv" in ended.out
    fix = next(line for line in ended.out.splitlines() if "activate" in line).partition("→ ")[2]
    command = shlex.split(fix)
    place = command.index("--")
    assert served.run(*command[1:place], "--yes", *command[place:]).status == 0
    assert acme.user("--from=leavers.csv")["active"] is True
