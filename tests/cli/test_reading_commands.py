from __future__ import annotations

import csv
import io
import json
import stat

import pytest
from at_terminal import CTRL_C, at_terminal
from fakes.in_memory_provider import TOKEN, FakeProvider, Habits


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_a_list_is_synced_first_and_read_from_the_cache_afterwards(served, acme):
    first = served.run("list", "acme", "--format", "jsonl")
    assert lines(first.out) == acme.users()
    assert first.err == "acme User: synced just now\n"
    sent = len(acme.seen)
    assert served.run("list", "acme", "--format", "jsonl").out == first.out
    assert len(acme.seen) == sent
    acme.add_user("late")
    assert "late" not in served.run("list", "acme").out
    assert "late" in served.run("list", "acme", "--sync").out


def test_json_and_jsonl_hold_the_same(served, acme):
    assert served.run("list", "acme", "--format", "json").json == acme.users()
    assert served.run("list", "acme", "Group", "--format", "json").json == list(acme.resources["Groups"].values())


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_nothing_of_a_hostile_name_acts_in_the_terminal(served, form):
    for command in (["list", "acme"], ["show", "acme", "User", "evil\x1b[2J"], ["find", "evil"]):
        ended = served.run(*command, "--format", form)
        assert ended.status == 0
        assert "evil" in ended.out
        assert not {"\x1b", "\u202e"} & set(ended.out + ended.err)


def test_a_csv_cell_that_a_spreadsheet_would_run_is_defused(served):
    ended = served.run("list", "acme", "--format", "csv", "--columns", "displayName,title,active")
    rows = list(csv.reader(io.StringIO(ended.out)))
    assert rows[0] == ["displayName", "title", "active"]
    assert rows[-1] == ["'=cmd|calc ‹202e›[red]x[/]", "'+49 30", "true"]


def test_filter_sort_and_limit(served):
    ended = served.run(
        "list", "acme", "--filter", 'userName sw "user"', "--sort", "userName", "--descending", "--limit", "2",
        "--columns", "userName", "--format", "csv",
    )  # fmt: skip
    assert ended.out.split() == ["userName", "user00011", "user00010"]


def test_a_broken_filter_shows_its_place_and_asks_nobody(served, acme):
    ended = served.run("list", "acme", "--filter", "userName eq bjensen")
    assert (ended.status, ended.out) == (2, "")
    message, text, caret, *_ = ended.err.splitlines()
    assert message.startswith("scimtui: ")
    assert text[caret.index("^") :] == "bjensen"
    assert acme.seen == []


def test_live_passes_the_filter_on_and_leaves_the_cache_alone(served, acme):
    served.run("sync")
    acme.add_user("late")
    ended = served.run("list", "acme", "--live", "--filter", 'userName eq "late"', "--format", "jsonl")
    assert [one["userName"] for one in lines(ended.out)] == ["late"]
    assert acme.seen[-1].query["filter"] == 'userName eq "late"'
    assert "late" not in served.run("list", "acme").out


def test_live_filters_here_what_the_provider_cannot(served, acme):
    acme.habits.filter_refused = True
    ended = served.run("list", "acme", "--live", "--filter", 'userName ew "7"', "--format", "jsonl")
    assert [one["userName"] for one in lines(ended.out)] == ["user00007"]


@pytest.mark.rule("R27")
def test_live_says_that_a_provider_ignores_filters(served, acme):
    acme.habits.filter_ignored = True
    ended = served.run("list", "acme", "--live", "--filter", 'userName eq "user00001"', "--format", "jsonl")
    assert "it may ignore filters" in ended.err


def test_an_unreachable_tenant_is_read_from_its_cache(bench, acme):
    with acme.serve() as base_url:
        bench.add("acme", base_url)
        bench.run("sync")
    assert len(lines(bench.run("list", "acme", "--format", "jsonl").out)) == 12
    ended = bench.run("list", "acme", "--live")
    assert (ended.status, ended.out) == (4, "")


@pytest.mark.rule("R54")
def test_an_incomplete_sync_is_said_and_is_no_success(served, acme):
    acme.habits.total_too_high = 5
    ended = served.run("sync", "acme", "--type", "User", "--format", "json")
    assert ended.status == 1
    (report,) = ended.json
    assert report["complete"] is False
    assert report["why"]
    assert set(report) == {
        "tenant", "type", "fetched", "requests", "seconds", "complete", "why", "new", "changed", "vanished"
    }  # fmt: skip
    assert "incomplete" in served.run("list", "acme").err


def test_one_tenant_that_fails_does_not_stop_the_sync_of_the_next(both, monkeypatch):
    monkeypatch.setenv("SCIMTUI_TOKEN_ACME", "wrong")
    ended = both.run("sync", "--format", "json")
    assert ended.status == 1
    assert {report["tenant"] for report in ended.json} == {"stage"}
    assert "401" in ended.err
    assert both.run("sync", "acme").status == 4


def test_show_is_exactly_what_the_provider_sent(served, acme):
    user = acme.user("user00003")
    assert served.run("show", "acme", "User", "USER00003", "--format", "json").json == user
    assert served.run("show", "acme", "User", user["id"], "--live", "--format", "jsonl").json == user
    assert "user00003@example.com" in served.run("show", "acme", "users", "user00003").out


def test_show_finds_who_came_after_the_sync(served, acme):
    served.run("sync")
    acme.add_user("late")
    assert served.run("show", "acme", "User", "late", "--format", "json").json == acme.user("late")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "acme", "User", "nobody"], "there is no User nobody in acme"),
        (["list", "acme", "Robot"], "acme has no resource type Robot"),
        (["list", "amce"], "did you mean acme"),
        (["list", "acme", "--columns", "a[b"], "^"),
        (["list", "acme", "--sort", "=="], "^"),
    ],
)
def test_what_means_nothing_is_said_with_status_2(served, arguments, said):
    ended = served.run(*arguments)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err.replace("Did", "did")


def test_find_groups_people_over_all_tenants(both):
    both.run("sync", "acme")
    (person,) = both.run("find", "user00001", "--format", "json").json
    acme, stage = person["tenants"]
    assert person["key"] == "user00001"
    assert acme == {
        "tenant": "acme", "id": acme["id"], "userName": "user00001", "displayName": None, "active": True,
        "groups": ["Engineers"], "matched_by": [], "sure": True, "doubts": [],
    }  # fmt: skip
    assert person["complete"] is True
    assert stage["groups"] is None  # groups of stage were never synced: not known
    assert (stage["matched_by"], stage["sure"]) == (["match rule", "userName", "e-mail"], True)
    assert len(both.run("find", 'userName sw "user0001"', "--format", "json").json) == 2
    assert both.run("find", "nobody at all", "--format", "json").json == []


def test_find_goes_on_where_a_tenant_does_not_answer(both, monkeypatch):
    monkeypatch.setenv("SCIMTUI_TOKEN_STAGE", "wrong")
    ended = both.run("find", "user00001", "--format", "json")
    assert ended.status == 1
    (person,) = ended.json
    assert person["complete"] is False  # they may be in the other tenant as well
    assert "401" in ended.err


def test_find_shows_who_is_somebody_under_another_name_and_who_only_may_be(both, acme, stage):
    acme.add_user("zoe", displayName="Zoe Lee", externalId="E7")
    stage.add_user("z.lee", displayName="Zoe Lee", externalId="E7")
    stage.add_user("other", displayName="Al", emails=[{"value": "zoe@example.com"}])
    (person,) = both.run("find", "zoe", "--format", "json", "--sync").json
    assert [(one["tenant"], one["userName"], one["sure"]) for one in person["tenants"]] == [
        ("acme", "zoe", True),
        ("stage", "z.lee", True),
        ("stage", "other", False),
    ]
    shown = both.run("find", "zoe").out
    assert "externalId" in shown
    assert "? e-mail, but another name" in shown


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl"])
def test_an_export_holds_the_filtered_set_for_its_owner_alone(served, acme, tmp_path, ending):
    path = tmp_path / f"people.{ending}"
    ended = served.run("export", "acme", "User", "-o", str(path), "--filter", 'userName sw "user"')
    assert (ended.status, ended.out) == (0, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    if ending == "csv":
        rows = list(csv.DictReader(io.StringIO(text)))
        assert next(iter(rows[0])) == "id"
        assert rows[0]["emails"] == "user00001@example.com"
        assert rows[0]["name.givenName"] == "Ann1"
    else:
        rows = json.loads(text) if ending == "json" else lines(text)
        assert rows == acme.users()[:11]
    assert len(rows) == 11


def test_an_export_of_another_ending_is_refused(served, tmp_path):
    assert served.run("export", "acme", "User", "-o", str(tmp_path / "people.xlsx")).status == 2


def test_diff_has_the_stable_shape_and_status_1(both, acme, stage):
    ended = both.run("diff", "acme", "stage", "--format", "json")
    assert ended.status == 1
    found = ended.json
    assert list(found) == [
        "left", "right", "type", "key", "complete", "only_left", "only_right", "different", "same", "ambiguous"
    ]  # fmt: skip
    assert (found["key"], found["complete"], found["same"]) == ("userName", {"left": True, "right": True}, 8)
    assert len(found["only_left"]) == 3
    assert found["only_right"] == found["ambiguous"] == []
    boss = {"path": "title", "left": None, "right": "Boss"}
    ids = {"left_id": acme.user("user00002")["id"], "right_id": stage.user("user00002")["id"]}
    assert found["different"] == [{"key": "user00002", **ids, "changes": [boss]}]
    assert "Boss" in both.run("diff", "acme", "stage").out


def test_diff_of_the_same_is_status_0(served, acme):
    with acme.serve() as base_url:
        served.add("twin", base_url)
        ended = served.run("diff", "acme", "twin", "--type", "Group", "--format", "json")
    assert (ended.status, ended.json["same"]) == (0, 1)


@pytest.mark.rule("R53")
def test_diff_tells_what_is_not_returned_and_what_is_not_in_the_schema(served, acme):
    thin = FakeProvider(Habits(unknown_attributes=frozenset({"nickName"}), on_request=frozenset({"title"})))
    thin.add_users(3)
    acme.user("user00001")["nickName"] = "Ann"
    acme.user("user00002")["title"] = "Boss"
    with thin.serve() as base_url:
        served.add("thin", base_url)
        ended = served.run("diff", "acme", "thin", "--only", "title", "--only", "nickName", "--format", "json")
        shown = served.run("diff", "acme", "thin", "--only", "title", "--only", "nickName")
    nick = {"path": "nickName", "left": "Ann", "right": None, "right_absence": "not in the schema"}
    assert [one["changes"] for one in ended.json["different"]] == [[nick]]
    assert ended.json["not_returned"] == [{"path": "title", "side": "right", "count": 1}]
    assert "thin does not return title: 1 pair could not be compared in it" in shown.err
    assert "not in its schema" in shown.out


def test_diff_leaves_out_what_is_ignored(both):
    found = both.run("diff", "acme", "stage", "--ignore", "title", "--format", "json").json
    assert found["different"] == []


def test_ctrl_c_during_a_sync_leaves_the_old_copy(served, acme):
    served.run("sync")
    before = served.run("list", "acme", "--format", "jsonl").out
    acme.habits.default_page = acme.habits.max_page = 3
    acme.add_users(400, start=100)
    status, screen = at_terminal([(b"acme User: ", CTRL_C)], "sync", "acme", "--type", "User")
    assert status == 130
    assert "cancelled" in screen
    assert "Traceback" not in screen, screen
    assert served.run("list", "acme", "--format", "jsonl").out == before


def test_a_check_prints_its_probes_and_what_was_learned(bench, acme, memory_keyring):
    with acme.serve() as base_url:
        bench.run("tenant", "add", "acme", "--base-url", base_url, "--token-stdin", stdin=TOKEN)
        shown = bench.run("check", "acme")
        assert shown.status == 0
        assert "✓ filter eq" in shown.out
        told = bench.run("check", "acme", "--format", "json").json
        assert set(told) == {"tenant", "dialect", "probes"}
        assert set(told["probes"][0]) == {"name", "rfc", "result", "evidence"}
        assert {probe["result"] for probe in told["probes"]} <= {"yes", "no", "partly", "unknown"}
        assert told["dialect"]["filters"] == "equality"
        before = len(acme.users())
        assert "✓ PATCH replace with a path" in bench.run("check", "acme", "--write").out
        assert len(acme.users()) == before
        bench.config.write_text(bench.config.read_text() + "production = true\n")
        stopped = bench.run("check", "acme", "--write")
        assert (stopped.status, "production" in stopped.err, stopped.out) == (5, True, "")
