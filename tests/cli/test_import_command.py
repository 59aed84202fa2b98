"""`import`: create or update by key, in one tenant or several, into groups; a file with a mistake sends nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes.in_memory_provider import ENTERPRISE, FakeProvider

RULES = """
[tenants.stage.joiner]
map = { userName = "{name.givenName|plain|lower}.{name.familyName|plain|lower}@stage.example", nickName = "title", title = "" }
defaults = { active = true, userType = "Employee" }
groups = ["Staff"]
"""


@pytest.fixture
def joiners(tmp_path) -> Path:
    path = tmp_path / "joiners.csv"
    path.write_text(
        "userName;name.givenName;name.familyName;emails.work;title;department;manager;active;groups\r\n"
        "zoe;Zoë;Møller;zoe@example.com;Engineer;R&D;user00001;yes;Engineers\r\n"
        "bo;Bo;Ek;bo@example.com;Chef;;;;\r\n",
        encoding="utf-8-sig",
    )
    return path


def members(provider: FakeProvider, group: str) -> set[str]:
    by_id = {raw["id"]: raw["userName"] for raw in provider.users()}
    found = next(raw for raw in provider.resources["Groups"].values() if raw["displayName"] == group)
    return {by_id[member["value"]] for member in found["members"]}


def people(bench, *arguments: str, status: int = 0):
    ended = bench.run("import", "acme", "User", *arguments)
    assert ended.status == status, ended.err
    return ended


def test_joiners_come_into_two_tenants_each_by_its_own_rules_and_into_groups_and_a_second_run_does_nothing(
    both, acme, stage, joiners
):
    stage.add_group("Staff")
    stage.add_group("Engineers")
    with both.config.open("a") as file:
        file.write(RULES)
    command = [str(joiners), "--also", "stage", "--yes", "--format", "json"]
    ended = people(both, *command)
    assert [(one["tenant"], one["type"], one["key"], one["outcome"]) for one in ended.json] == [
        ("acme", "User", "zoe", "applied"),
        ("acme", "User", "bo", "applied"),
        ("stage", "User", "zoe.moller@stage.example", "applied"),
        ("stage", "User", "bo.ek@stage.example", "applied"),
        ("acme", "Group", "Engineers", "applied"),
        ("stage", "Group", "Staff", "applied"),
        ("stage", "Group", "Engineers", "applied"),
    ]
    assert "stage: 2 of 2 Users there, 3 of 3 memberships" in ended.err
    zoe, there = acme.user("zoe"), stage.user("zoe.moller@stage.example")
    assert zoe["active"] is True
    assert zoe["emails"] == [{"type": "work", "value": "zoe@example.com"}]
    assert zoe[ENTERPRISE] == {"department": "R&D", "manager": {"value": acme.user("user00001")["id"]}}
    assert there[ENTERPRISE]["manager"]["value"] == stage.user("user00001")["id"]
    assert (there["nickName"], there["userType"], "title" in there) == ("Engineer", "Employee", False)
    assert members(acme, "Engineers") == {"user00001", "zoe"}
    assert members(stage, "Staff") == {"zoe.moller@stage.example", "bo.ek@stage.example"}
    sent = [len(one.writes()) for one in (acme, stage)]
    assert set(people(both, *command).outcomes) == {"already"}
    assert [len(one.writes()) for one in (acme, stage)] == sent


def test_who_exists_gets_what_the_file_states_and_keeps_all_else(served, acme, tmp_path):
    user = acme.user("user00001")
    user |= {"roles": [{"value": "admin", "type": "app", "primary": True}, {"value": "old"}], "nickName": "Ann"}
    file = tmp_path / "changes.csv"
    file.write_text("userName,title,nickName,roles,emails.work\nUSER00001,Boss,,Admin|auditor,\n")
    people(served, str(file), "--yes")
    (write,) = acme.writes()
    assert write.method == "PATCH"
    now = acme.user("user00001")
    assert (now["title"], now["nickName"], now["emails"]) == ("Boss", "Ann", user["emails"])
    assert [(one["value"], one.get("type")) for one in now["roles"]] == [("admin", "app"), ("auditor", None)]


def test_only_creating_and_only_updating_leave_the_others_alone_and_say_so(served, acme, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("userName,title\nuser00001,Boss\nnewcomer,Cook\n")
    ended = people(served, str(file), "--update-only", "--yes", "--format", "json", status=1)
    assert [one["key"] for one in ended.json] == ["user00001"]
    assert "1 to change, 1 not there" in ended.err
    people(served, str(file), "--create-only", "--yes")
    assert (acme.user("newcomer")["title"], len(acme.writes())) == ("Cook", 2)
    assert people(served, str(file), "--create-only", "--update-only", status=2).out == ""


def test_json_lines_hold_resources_and_what_a_provider_sets_is_not_sent(served, acme, tmp_path):
    exported = tmp_path / "out.jsonl"
    assert served.run("export", "acme", "User", "--filter", 'userName eq "user00002"', "-o", str(exported)).status == 0
    raw = json.loads(exported.read_text())
    raw["title"] = "Boss"
    twin = {"userName": "twin", "name": {"givenName": "Two"}, "password": "hunter2"}
    exported.write_text(f"{json.dumps(raw)}\n\n{json.dumps(twin)}\n")
    ended = people(served, str(exported), "--yes", "--format", "jsonl")
    assert (acme.user("user00002")["title"], acme.user("twin")["name"]) == ("Boss", {"givenName": "Two"})
    assert "a password is never copied" in ended.err
    assert "hunter2" not in str([seen.body for seen in acme.writes()])


def test_everybody_in_the_file_comes_into_a_group_and_those_who_lack_one_of_the_rules_are_named(bench, acme, tmp_path):
    acme.add_group("Staff", [acme.user("user00005")["id"]])
    file = tmp_path / "people.csv"
    file.write_text("userName,title\nuser00001,Boss\nuser00002,Boss\n")
    with acme.serve() as base_url:
        bench.add("acme", base_url, 'joiner = { groups = ["Staff"] }')
        ended = people(bench, str(file), "--yes")
        assert members(acme, "Staff") == {"user00005"}
        assert "--group Staff adds them" in ended.err
        people(bench, str(file), "--yes", "--group", "Staff")
    assert members(acme, "Staff") == {"user00001", "user00002", "user00005"}


def test_who_was_refused_comes_into_no_group_and_the_others_do(served, acme, tmp_path):
    acme.add_group("Staff")
    served.run("sync", "acme")
    file = tmp_path / "people.csv"
    file.write_text("userName,groups\nann,Staff\n" + "".join(f"new{number},Staff\n" for number in range(21)))
    acme.add_user("ann")  # since the last sync, and they are too many to be asked for one by one
    ended = people(served, str(file), "--yes", "--format", "json", status=1)
    assert ended.outcomes[:2] == ["refused", "skipped"]
    assert members(acme, "Staff") == set()
    assert "0 of 22 memberships" in ended.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("usrName,title\nann,Boss\n", "usrName (did you mean userName?)"),
        ("userName,First name\nann,Ann\n", "First name"),
        ("userName,id,meta.created\nann,1,2\n", "meta.created"),
        ("userName,USERNAME\nann,ann\n", "are both"),
        ("userName,active\nann,perhaps\n", "line 2: active: perhaps is not true or false"),
        ("userName,title\n,Boss\n", "line 2: there is no userName"),
        ("userName,title\nann,Boss\nANN,Cook\n", "line 3: userName ANN stands in line 2 already"),
        ("userName,title\nann,Boss\n,\nbea,Cook\n", "line 3: the line is blank"),
        ("userName,Password\nann,x\n", "a password is never taken from a file"),
        ("userName,groups\nann,Nobodies\n", "line 2: there is no group Nobodies"),
        ("displayName\nTwin\n", "2 have displayName Twin there"),
        ("id,title\nnobody,Boss\n", "there is no User nobody"),
    ],
)
def test_a_file_with_a_mistake_sends_nothing_and_names_it(served, acme, tmp_path, text, told):
    acme.add_user("one", displayName="Twin")
    acme.add_user("two", displayName="Twin")
    file = tmp_path / "bad.csv"
    file.write_text(text)
    key = [] if text.startswith(("userName", "usrName")) else ["--key", text.partition("\n")[0].partition(",")[0]]
    ended = people(served, str(file), "--yes", *key, status=2)
    assert told in ended.err
    assert (ended.out, acme.writes()) == ("", [])


def test_a_line_of_json_that_is_none_is_named(served, acme, tmp_path):
    file = tmp_path / "bad.jsonl"
    file.write_text('{"userName": "ann"}\n{"userName": \n')
    assert "line 2: " in people(served, str(file), "--yes", status=2).err
    assert acme.writes() == []


def test_columns_are_renamed_or_left_out_when_that_is_asked_for(served, acme, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("Login,Vorname,Kostenstelle\nann,Ann,7\n")
    renamed = ["--map", "login=userName", "--map", "Vorname=name.givenName"]
    assert "Kostenstelle" in people(served, str(file), *renamed, "--yes", status=2).err
    assert "no column Nachname" in people(served, str(file), "--map", "Nachname=title", status=2).err
    ended = people(served, str(file), *renamed, "--ignore-columns", "--yes")
    assert "Left out: Kostenstelle." in ended.err
    assert acme.user("ann")["name"] == {"givenName": "Ann"}


def test_a_dry_run_shows_the_requests_and_who_would_come_into_which_group(served, acme, joiners):
    ended = people(served, str(joiners), "--dry-run", "--format", "json")
    assert [one["method"] for one in ended.json] == ["POST", "POST"]
    assert "acme: into Engineers: zoe" in ended.err
    assert acme.writes() == []


def test_one_tenant_that_is_down_does_not_keep_joiners_from_the_other(both, acme, stage, joiners):
    both.run("sync")
    stage.habits.html_everywhere = True
    ended = people(both, str(joiners), "--also", "stage", "--yes", status=1)
    assert acme.user("zoe")["title"] == "Engineer"
    assert "stage: nothing can be planned there" in ended.err


def test_a_tenant_that_is_down_and_was_never_synced_does_not_keep_joiners_from_the_other(served, acme, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("userName,title\nzoe,Cook\n")
    served.add("stage", "http://127.0.0.1:9/scim")
    ended = served.run("import", "stage", "User", str(file), "--also", "acme", "--yes")
    assert (ended.status, acme.user("zoe")["title"]) == (1, "Cook")
    assert "stage: nothing can be planned there" in ended.err


def test_what_a_tenant_that_is_down_was_to_get_waits_for_it(served, acme, stage, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("userName,title\nzoe,Cook\n")
    with stage.serve() as base_url:
        served.add("stage", base_url)
        served.run("sync")
    ended = people(served, str(file), "--also", "stage", "--yes", status=1)
    assert "acme: 1 of 1 User there" in ended.err
    assert "stage: 0 of 1 User there; not there: zoe" in ended.err
    assert "scimtui retry" in ended.err
    assert acme.user("zoe")["title"] == "Cook"


def test_rules_that_name_no_attribute_of_the_tenant_are_told_with_the_nearest(bench, acme, joiners):
    with acme.serve() as base_url:
        bench.add("acme", base_url, 'joiner = { map = { nikName = "title" } }')
        ended = people(bench, str(joiners), "--yes", status=2)
    assert "tenants.acme.joiner.map: its User has no attribute nikName" in ended.err
    assert "nickName" in ended.err
    assert acme.writes() == []


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("gruops = []", "joiner.gruops: is no key of this table\nDid you mean groups?"),
        ('map = { title = "{name.givenName" }', "joiner.map: title: a { or } stands alone"),
        ('map = { title = "{userName|loud}" }', "there is no form loud\nUse lower, upper"),
        ('defaults = { "emails[" = 1 }', "joiner.defaults: emails["),
    ],
)
def test_a_rule_that_cannot_be_read_is_one_line_of_the_config(bench, table, told):
    bench.config.write_text(f'[tenants.acme]\nbase_url = "https://acme.example.com"\n[tenants.acme.joiner]\n{table}\n')
    assert told in bench.run("list", "acme").err


def test_nobody_is_created_again_whom_half_a_copy_does_not_show(bench, acme, tmp_path):
    acme.habits.duplicates, acme.habits.total_too_high = None, 3
    file = tmp_path / "people.csv"
    file.write_text("userName,externalId\n" + "".join(f"new{number},N{number}\n" for number in range(25)))
    command = [str(file), "--key", "externalId", "--yes"]
    with acme.serve() as base_url:
        bench.add("acme", base_url)
        bench.run("sync", "acme")
        for number in range(1, 25):
            acme.add_user(f"new{number}", externalId=f"N{number}")
        acme.habits.filter_refused = True
        assert (
            "whether externalId N0 is there is not known: the copy is not complete"
            in people(bench, *command, status=2).err
        )
        acme.habits.filter_refused = False
        people(bench, *command)
        assert [one.body["userName"] for one in acme.writes()] == ["new0"]


def test_a_search_that_breaks_off_creates_nobody_unless_that_is_asked_for(served, acme, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("userName,externalId\nzoe,E1\n")
    acme.habits.filter_attributes, acme.habits.filter_unknown = frozenset({"userName"}), "breaks"
    command = [str(file), "--key", "externalId", "--yes"]
    assert "--create-unseen" in people(served, *command, status=2).err
    assert acme.writes() == []
    people(served, *command, "--create-unseen")
    assert acme.user("zoe")["externalId"] == "E1"
