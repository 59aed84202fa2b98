from __future__ import annotations

import json

import pytest
from at_terminal import CTRL_C, at_terminal

SHAPE = ["tenant", "type", "id", "key", "outcome", "status", "scim_type", "detail", "journal"]


def test_a_dry_run_shows_the_request_and_sends_nothing(served, acme):
    user = acme.user("user00002")
    ended = served.run("edit", "acme", "User", "user00002", "--set", "title=Boss", "--dry-run", "--format", "json")
    assert ended.status == 0
    assert ended.json == [
        {
            "tenant": "acme",
            "type": "User",
            "id": user["id"],
            "title": "Edit user00002",
            "method": "PATCH",
            "path": f"/Users/{user['id']}",
            "body": {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "add", "path": "title", "value": "Boss"}],
            },
            "edits": [{"path": "title", "before": None, "after": "Boss"}],
        }
    ]
    assert acme.writes() == []
    assert (
        'title: set to "Boss"'
        in served.run("edit", "acme", "User", "user00002", "--set", "title=Boss", "--dry-run").out
    )


def test_without_a_terminal_and_without_yes_nothing_is_sent(served, acme):
    for command in (
        ["deactivate", "user00001", "--tenant", "acme"],
        ["edit", "acme", "User", "user00001", "--set", "title=x"],
        ["create", "acme", "User", "--set", "userName=new"],
        ["delete", "acme", "User", "user00001"],
        ["member", "remove", "acme", "Engineers", "user00001"],
    ):
        ended = served.run(*command)
        assert (ended.status, ended.out) == (5, "")
        assert "--yes" in ended.err
    assert acme.writes() == []


def test_an_edit_is_done_and_says_so(served, acme):
    ended = served.run("edit", "acme", "User", "user00002", "--set", "title=Boss", "--yes", "--format", "json")
    assert ended.status == 0
    (record,) = ended.json
    assert list(record) == SHAPE
    assert (record["outcome"], record["key"], record["tenant"]) == ("applied", "user00002", "acme")
    assert acme.user("user00002")["title"] == "Boss"
    again = served.run("edit", "acme", "User", "user00002", "--set", "title=Boss", "--yes", "--format", "json")
    assert (again.status, again.json[0]["outcome"]) == (0, "already")


def test_values_are_json_and_text_attributes_stay_text(served, acme):
    served.run(
        "edit", "acme", "User", "user00002", "--yes", "--set", "title=007", "--set", "active=False",
        "--set", 'emails[type eq "work"].value=a=b@example.com', "--add", 'emails={"type":"home","value":"h@example.com"}',
        "--remove", "name.givenName",
    )  # fmt: skip
    user = acme.user("user00002")
    assert (user["title"], user["active"], user["name"]) == ("007", False, {"familyName": "Lee"})
    assert [(one["type"], one["value"]) for one in user["emails"]] == [
        ("work", "a=b@example.com"),
        ("home", "h@example.com"),
    ]


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("titel=Boss", "did you mean title"),
        ("name.first=Ann", "no attribute name.first"),
        ("title", "no assignment"),
        ("id=7", "id"),
        ("password=hunter2", "does not belong into an argument"),
        ('emails[type eq "other"].value=x', "--add"),
        ("ti tle=x", "^"),
    ],
)
def test_an_assignment_that_cannot_be_is_wrong_usage(served, acme, assignment, said):
    ended = served.run("edit", "acme", "User", "user00002", "--set", assignment, "--yes")
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err.replace("Did", "did")
    assert "hunter2" not in ended.err
    assert acme.writes() == []


def test_create_from_options_and_from_a_file(served, acme, tmp_path):
    ended = served.run("create", "acme", "User", "--set", "userName=new", "--set", "name.givenName=Ann", "--yes")
    assert ended.status == 0
    assert acme.user("new")["name"] == {"givenName": "Ann"}
    path = tmp_path / "people.jsonl"
    path.write_text('{"userName": "one", "password": "hunter2"}\n{"userName": "two"}\n')
    shown = served.run("create", "acme", "User", "--from", str(path), "--dry-run")
    assert "hunter2" not in shown.out + shown.err
    assert served.run("create", "acme", "User", "--from", str(path), "--yes").status == 0
    assert acme.user("two")
    refused = served.run("create", "acme", "User", "--set", "userName=one", "--yes", "--format", "json")
    assert (refused.status, refused.json[0]["outcome"], refused.json[0]["scim_type"]) == (3, "refused", "uniqueness")
    assert served.run("create", "acme", "User", "--set", "title=x", "--yes").status == 2
    written = b"".join(file.read_bytes() for file in served.home.rglob("*") if file.is_file())
    assert b"hunter2" not in written


def test_deactivate_and_activate(served, acme):
    assert served.run("deactivate", "user00001", "user00002", "--tenant", "acme", "--yes").status == 0
    assert [acme.user(name)["active"] for name in ("user00001", "user00002")] == [False, False]
    ended = served.run("activate", "user00001", "--tenant", "acme", "--yes")
    assert acme.user("user00001")["active"] is True
    assert "access" not in ended.out.casefold()


def test_many_end_in_one_record_each_and_a_mixture_is_status_1(served, acme):
    served.run("sync")
    del acme.resources["Users"][acme.user("user00002")["id"]]
    ended = served.run("deactivate", "user00001", "user00002", "--tenant", "acme", "--yes", "--format", "json")
    assert ended.status == 1
    assert ended.json[0]["outcome"] == "applied"
    assert len(ended.json) == 2


def test_a_provider_that_ignores_the_change_is_status_1(served, acme):
    acme.habits.patch_ignored = True
    ended = served.run("deactivate", "user00001", "--tenant", "acme", "--yes", "--format", "json")
    assert (ended.status, ended.json[0]["outcome"]) == (1, "ignored")


def test_an_answer_that_never_comes_is_status_6(served, acme):
    acme.habits.breaks_on = frozenset({"POST"})
    ended = served.run("create", "acme", "User", "--set", "userName=new", "--yes", "--format", "json")
    assert (ended.status, ended.json[0]["outcome"]) == (6, "unknown")


def test_in_all_tenants_one_that_fails_does_not_stop_the_others(both, acme, stage, monkeypatch):
    assert both.run("deactivate", "user00011", "--all-tenants", "--yes").status == 0  # stage has nobody of that name
    assert acme.user("user00011")["active"] is False
    both.run("sync")
    monkeypatch.setenv("SCIMTUI_TOKEN_ACME", "wrong")
    ended = both.run("deactivate", "user00001", "--all-tenants", "--yes", "--format", "json")
    assert ended.status == 1
    assert {record["tenant"]: record["outcome"] for record in ended.json} == {"acme": "skipped", "stage": "applied"}
    assert stage.user("user00001")["active"] is False


def test_nobody_found_anywhere(both, acme):
    ended = both.run("deactivate", "nobody", "--all-tenants", "--yes")
    assert ended.status == 2
    assert "found nowhere: nobody" in ended.err
    named = both.run("deactivate", "user00001", "nobody", "--tenant", "acme", "--yes")
    assert named.status == 2
    assert acme.writes() == []


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("login\nuser00001\n ,\n", None, "empty"),
        ("login\nuser00001\nuser*\n", None, "wildcard"),
        ("login\nuser00001\nUSER00001\n", None, "twice"),
        ("mail;login\na;user00001\n", None, "--column"),
        ("mail;login\na;user00001\n", "name", "--column"),
        ("", None, "is empty"),
        ("login\n", None, "nobody"),
    ],
)
def test_one_wrong_line_stops_the_whole_file(served, acme, tmp_path, text, column, said):
    path = tmp_path / "leavers.csv"
    path.write_text(text)
    options = ["--column", column] if column else []
    ended = served.run("deactivate", "--tenant", "acme", "--from", str(path), *options, "--yes")
    assert ended.status == 2
    assert said in ended.err.casefold()
    assert acme.seen == []


def test_keys_come_from_a_column_of_a_file(served, acme, tmp_path):
    path = tmp_path / "leavers.csv"
    path.write_text("\ufeffMail;Login\na@b;user00001\n\nc@d;user00002\n")
    assert served.run("deactivate", "--tenant", "acme", "--from", str(path), "--column", "login", "--yes").status == 0
    assert len(acme.writes()) == 2


def test_a_production_tenant_wants_unlock_and_reason(bench, acme):
    with acme.serve() as base_url:
        bench.add("acme", base_url, "production = true")
        command = ["deactivate", "user00001", "--tenant", "acme", "--yes"]
        locked = bench.run(*command)
        assert (locked.status, locked.out) == (5, "")
        assert "--unlock" in locked.err
        assert bench.run(*command, "--unlock").status == 5
        assert acme.writes() == []
        dry = bench.run(*command, "--dry-run")
        assert dry.status == 0
        assert "would be stopped" in dry.err
        assert bench.run(*command, "--unlock", "--reason", "left on Friday").status == 0
    (write,) = bench.run("journal", "list", "--format", "json").json
    assert (write["reason"], write["outcome"]) == ("left on Friday", "applied")


def test_above_the_limit_the_number_must_be_given(bench, acme):
    with acme.serve() as base_url:
        bench.add("acme", base_url, "limits = { count = 2 }")
        command = ["deactivate", "user00001", "user00002", "user00003", "--tenant", "acme", "--yes"]
        assert bench.run(*command).status == 5
        assert bench.run(*command, "--expect", "2").status == 5
        assert acme.writes() == []
        assert bench.run(*command, "--expect", "3").status == 0


def test_it_must_be_clear_where(both):
    assert both.run("deactivate", "user00001", "--yes").status == 2
    assert both.run("deactivate", "user00001", "--tenant", "acme", "--all-tenants", "--yes").status == 2


def test_members_come_and_go_by_name(served, acme):
    assert served.run("member", "add", "acme", "Engineers", "user00002", "user00003", "--yes").status == 0
    assert served.run("member", "remove", "acme", "engineers", "user00001", "--yes").status == 0
    ended = served.run("member", "list", "acme", "Engineers", "--format", "json")
    assert [member["key"] for member in ended.json] == ["user00002", "user00003"]
    assert list(ended.json[0]) == ["value", "type", "key", "display"]
    assert served.run("member", "add", "acme", "Engineers", "nobody", "--yes").status == 2


def test_delete(served, acme):
    assert served.run("delete", "acme", "User", "user00001", "--yes").status == 0
    assert "user00001" not in served.run("list", "acme").out
    assert len(acme.users()) == 11


def test_the_journal_lists_shows_and_proves(served):
    assert served.run("journal", "list").status == 0
    receipt = served.run("edit", "acme", "User", "user00002", "--set", "title=Boss", "--yes", "--format", "json").json[
        0
    ]
    (write,) = served.run("journal", "list", "--format", "json").json
    assert (write["entry"], write["outcome"]) == (receipt["journal"], "applied")
    assert served.run("journal", "show", receipt["journal"]).json["tenant"] == "acme"
    assert served.run("journal", "show", "acme-99").status == 2
    assert served.run("journal", "verify").status == 0
    path = served.home / "journal" / "acme.jsonl"
    path.write_text(path.read_text().replace("Boss", "Toss"))
    assert served.run("journal", "verify", "acme").status == 1


def test_only_y_agrees_and_the_question_names_person_and_tenant(served, acme):
    served.run("sync")
    command = ["deactivate", "user00001", "--tenant", "acme"]
    status, screen = at_terminal([(b"[y/N]", b"\n")], *command)
    assert (status, acme.writes()) == (130, [])
    assert "acme: Deactivate user00001" in screen
    status, _ = at_terminal([(b"[y/N]", b"y\n")], *command)
    assert (status, acme.user("user00001")["active"]) == (0, False)


def test_a_deletion_is_agreed_to_by_typing_its_name(served, acme):
    served.run("sync")
    status, _ = at_terminal([(b"to delete it:", b"y\n")], "delete", "acme", "User", "user00001")
    assert (status, acme.writes()) == (130, [])
    status, _ = at_terminal([(b"to delete it:", b"user00001\n")], "delete", "acme", "User", "user00001")
    assert (status, len(acme.users())) == (0, 11)


def test_ctrl_c_at_the_question_cancels(served, acme):
    served.run("sync")
    status, screen = at_terminal([(b"[y/N]", CTRL_C)], "deactivate", "user00001", "--tenant", "acme")
    assert (status, acme.writes()) == (130, [])
    assert "cancelled" in screen
    assert "Traceback" not in screen


def test_a_dry_run_of_lines_is_one_request_a_line(served):
    ended = served.run("deactivate", "user00001", "user00002", "--tenant", "acme", "--dry-run", "--format", "jsonl")
    assert [json.loads(line)["title"] for line in ended.out.splitlines()] == [
        "Deactivate user00001",
        "Deactivate user00002",
    ]


@pytest.mark.parametrize(("steps", "number"), [(["deactivate"], 6), (["offboard"], 12)])
def test_a_number_for_several_tenants_is_that_of_all_they_lose_together(bench, acme, stage, steps, number):
    limits = "limits = { count = 2, share = 1.0 }\n"
    recipe = 'recipe = { steps = ["deactivate", { remove_from_groups = "all" }] }'
    for one in (acme, stage):
        one.add_group("Leavers", [raw["id"] for raw in one.users()[:3]])
    keys = [raw["userName"] for raw in acme.users()[:3]]
    with acme.serve() as base_url, stage.serve() as other:
        bench.add("acme", base_url, limits + recipe)
        bench.add("stage", other, limits + recipe)
        command = [*steps, *keys, "--all-tenants", "--yes"]
        stopped = bench.run(*command)
        assert (stopped.status, f"--expect {number}." in stopped.err) == (5, True)
        for wrong in (3, number // 2, number - 1):
            assert bench.run(*command, "--expect", str(wrong)).status == 5
        assert (acme.writes(), stage.writes()) == ([], [])
        assert bench.run(*command, "--expect", str(number)).status == 0


def test_the_groups_are_read_where_a_deactivation_could_leave_no_admin(bench, acme):
    ann, bob = acme.users()[:2]
    acme.add_group("Admins", [ann["id"]])
    with acme.serve() as base_url:
        bench.add("acme", base_url, 'admin_groups = ["Admins"]')
        stopped = bench.run("deactivate", ann["userName"], "--tenant", "acme", "--yes")
        assert (stopped.status, "Admins keeps its last member" in stopped.err, acme.writes()) == (5, True, [])
        assert bench.run("deactivate", bob["userName"], "--tenant", "acme", "--yes").status == 0
