"""What changed in a tenant since a day, from the copies that its syncs left; nothing is asked of the provider."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fakes.kept_copies import config_of, keep_days

from scimtui.cli.moments import moment_of
from scimtui.errors import UsageError

ANN = {"id": "1", "userName": "ann", "title": "Clerk", "active": True}
BEN = {"id": "2", "userName": "ben", "title": "Clerk"}
CLEO = {"id": "3", "userName": "cleo"}
DAYS = {
    9: [ANN, BEN],
    6: [{**ANN, "title": "Chef", "meta": {"version": "2"}}, BEN],
    2: [{**ANN, "title": "Chef", "userName": "ann.b"}, CLEO, {**BEN, "meta": {"version": "7"}}],
    0: [{**ANN, "title": "Chef", "userName": "ann.b"}, CLEO],
}


@pytest.fixture
def acme(bench):
    config_of(bench.config, "acme", "bolt")
    keep_days(bench.home, DAYS)
    return bench


def ago(days: float) -> str:
    return f"{(datetime.now().astimezone() - timedelta(days=days)):%Y-%m-%d}"


def changes(found: dict[str, Any]) -> dict[str, Any]:
    return {one["key"]: [(c["path"], c["left"], c["right"]) for c in one["changes"]] for one in found["different"]}


def test_since_a_day_means_what_was_before_it_and_a_new_name_is_a_change(acme):
    ended = acme.run("snapshot", "diff", "acme", "--since", ago(5), "--format", "json")
    found = ended.json
    assert ended.status == 1
    assert found["left"].startswith(f"acme@{(datetime.now(UTC) - timedelta(days=6)):%Y-%m-%d}")
    assert found["right"] == "acme"
    assert changes(found) == {"ann": [("userName", "ann", "ann.b")]}
    assert found["only_left"] == [{"key": "ben", "id": "2"}]
    assert found["only_right"] == [{"key": "cleo", "id": "3"}]
    assert "copy taken 6 days ago" in ended.err


def test_between_two_days_and_from_the_oldest_copy_where_none_is_that_old(acme):
    ended = acme.run("snapshot", "diff", "acme", "--since", "5w", "--until", ago(4), "--format", "json")
    assert changes(ended.json) == {"ann": [("title", "Clerk", "Chef")]}
    assert "the oldest there is" in ended.err
    again = acme.run("snapshot", "diff", "acme", "--until", ago(4), "--ignore", "title")
    assert (again.status, again.out) == (0, "")
    assert "2 unchanged" in again.err


def test_a_name_at_a_moment_is_a_side_like_any_other(acme):
    keep_days(acme.home, {1: [ANN, BEN]}, "bolt")
    same = acme.run("diff", "acme@8d", "bolt")
    assert (same.status, same.out) == (0, "")
    turned = acme.run("diff", "acme", f"acme@{ago(3)}", "--format", "json")
    assert changes(turned.json) == {"ann": [("userName", "ann.b", "ann")]}
    assert turned.json["only_left"] == [{"key": "cleo", "id": "3"}]
    again = acme.run("diff", turned.json["right"], "acme", "--format", "json")
    assert changes(again.json) == {"ann": [("userName", "ann", "ann.b")]}


def test_the_list_says_of_each_copy_what_changed_and_draws_it(acme):
    ended = acme.run("snapshot", "list", "acme", "--format", "json")
    told = [(one["count"], one["new"], one["changed"], one["gone"], bool(one["copy"])) for one in ended.json]
    assert told == [(2, None, None, None, True), (2, 0, 1, 0, True), (3, 1, 1, 0, True), (2, 0, 0, 1, False)]
    drawn = acme.run("snapshot", "list", "acme", "--chart").out.splitlines()
    assert [line.split()[4:] and line.split()[4][:1] for line in drawn[1:]] == ["f", "≠", "+", "−"]
    assert "+ new  ≠ changed  − gone" in drawn[0]


def test_who_is_not_in_an_incomplete_cache_is_not_called_gone(bench):
    config_of(bench.config, "acme")
    keep_days(bench.home, {3: [ANN, BEN], 0: [ANN]}, complete=False)
    ended = bench.run("snapshot", "diff", "acme")
    assert "? unknown  ben" in ended.out
    assert "gone: unknown, acme is not complete" in ended.err
    (_, now) = bench.run("snapshot", "list", "acme", "--format", "json").json
    assert (now["gone"], now["complete"]) == (None, False)


def test_where_there_is_no_copy_it_says_what_leaves_one(bench):
    config_of(bench.config, "acme")
    keep_days(bench.home, {0: [ANN]})
    assert "each complete sync keeps one" in bench.run("snapshot", "list", "acme").err
    ended = bench.run("snapshot", "diff", "acme")
    assert (ended.status, ended.out) == (2, "")
    assert "no earlier copy of the Users of acme" in ended.err
    keep_days(bench.home, {2: [ANN, BEN]})
    assert "no copy of the Users of acme that old" in bench.run("diff", "acme@2020-01-01", "acme").err


def test_groups_are_compared_by_who_is_in_them_whatever_copies_of_people_there_are(bench):
    config_of(bench.config, "acme")
    people = [{"id": "1", "userName": "ann", "displayName": "Ann Ash"}, {"id": "2", "userName": "ben"}]
    before = {"id": "g", "displayName": "Staff", "members": [{"value": "1"}, {"value": "9"}]}
    after = {"id": "g", "displayName": "Staff", "members": [{"value": "9"}, {"value": "2"}]}
    keep_days(bench.home, {0: people})
    keep_days(bench.home, {3: [before], 0: [after]}, type_name="Group")
    found = bench.run("snapshot", "diff", "acme", "--type", "Group", "--format", "json").json
    assert sorted(change[1] or change[2] for change in changes(found)["Staff"]) == ["Ann Ash", "ben"]


def test_a_report_is_written_for_its_owner_alone_and_says_how_it_ended(acme, tmp_path):
    for ending in ("html", "csv", "json"):
        path = tmp_path / f"r.{ending}"
        ended = acme.run("snapshot", "diff", "acme", "-o", str(path))
        assert (ended.status, ended.out) == (1, "")
        assert f"3 differences in {path}" in ended.err
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "ann.b" in path.read_text()
    ended = acme.run("diff", "acme", "acme@1d", "-o", str(tmp_path / "r.pdf"))
    assert ended.status == 2
    assert "use .html, .csv or .json" in ended.err.lower()


@pytest.mark.parametrize(
    ("text", "meant", "as_end"),
    [
        ("2026-11-20", "2026-11-20T00:00", "2026-11-21T00:00"),
        ("2026-11-20T14:02", "2026-11-20T14:02", "2026-11-20T14:03"),
        ("friday", "2026-11-20T00:00", "2026-11-21T00:00"),
        ("Wed", "2026-11-18T00:00", "2026-11-19T00:00"),
        ("yesterday", "2026-11-24T00:00", "2026-11-25T00:00"),
        ("3d", "2026-11-22T12:00", "2026-11-22T12:00"),
        ("2 days ago", "2026-11-23T12:00", "2026-11-23T12:00"),
        ("1 hour ago", "2026-11-25T11:00", "2026-11-25T11:00"),
    ],
)
def test_moments_are_read_as_people_write_them(text, meant, as_end):
    wednesday = datetime.fromisoformat("2026-11-25T12:00").astimezone()
    assert moment_of(text, wednesday) == datetime.fromisoformat(meant).astimezone()
    assert moment_of(text, wednesday, is_end=True) == datetime.fromisoformat(as_end).astimezone()


@pytest.mark.parametrize("text", ["", "fr", "2026-13-01", "12345678d", "soon"])
def test_what_is_no_moment_is_refused(text):
    with pytest.raises(UsageError, match="no moment"):
        moment_of(text, datetime.now(UTC))
