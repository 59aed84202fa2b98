"""The accounts of a person in words: whose word a row is, what is only likely, and where accounts differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scimtui.ops.everywhere import Account, Place
from scimtui.ops.people_search import FoundPeople
from scimtui.present import person_words
from scimtui.scim.persons import Owned, Theirs
from scimtui.scim.same_person import Against, Shared, traits
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type

USER = core_resource_type("User")
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=3)


def account(tenant="acme", groups=(), manager="", *, shared=(), is_sure=True, against=(), seen_at=NOW, **raw):
    raw = {"id": "1", "userName": "ann", "active": True, **raw}
    return Account(tenant, raw, shared, is_sure, groups, against, manager, seen_at)


@pytest.mark.parametrize(
    ("place", "is_asked", "said"),
    [
        (Place("x", asked_at=NOW), False, ["– no account", "✓ now"]),
        (Place("x", synced_at=EARLIER, is_complete=True), False, ["– no account", "cache 3 h ago"]),
        (Place("x", synced_at=EARLIER, is_complete=True), True, ["– no account", "… cache 3 h ago"]),
        (Place("x", synced_at=EARLIER), False, ["? not known", "cache INCOMPLETE"]),
        (Place("x"), False, ["? not known", "never synced"]),
        (Place("x"), True, ["… looking", ""]),
        (Place("x", trouble="down", synced_at=EARLIER, is_complete=True), False, ["? not known", "✗ no answer"]),
    ],
)
def test_nobody_is_called_missing_where_that_is_not_known(place, is_asked, said):
    (row,) = person_words.place_rows(place, NOW, is_asked=is_asked)
    assert (row[0], [row[3], row[5]]) == ("", said)


def test_a_row_says_whose_word_it_is():
    fresh, old = account(), account(seen_at=None)
    place = Place("acme", accounts=(fresh,), synced_at=EARLIER)
    words = person_words.seen_words
    assert words(place, fresh, NOW) == "✓ now"
    assert words(place, fresh, NOW + timedelta(minutes=5)) == "✓ 5 min ago"
    assert words(place, old, NOW) == "cache 3 h ago"
    assert words(place, old, NOW, is_asked=True) == "… cache 3 h ago"
    assert words(replace(place, synced_at=None), old, NOW) == "seen before"
    down = replace(place, trouble="it is down\x1b[2J")
    assert words(down, old, NOW) == "✗ cache 3 h ago"
    assert person_words.trouble_lines([place, down]) == ["acme: it is down␛[2J; what was seen before is shown"]


@pytest.mark.parametrize(
    ("shared", "against", "said"),
    [
        ((Shared.RULE, Shared.USER_NAME), (), "? employee"),
        ((Shared.EMAIL,), (Against.NAME,), "? e-mail, but another name"),
        ((), (), "? the same person?"),
    ],
)
def test_what_is_only_likely_has_a_mark_and_its_reason(shared, against, said):
    assert person_words.found_by(account(shared=shared, is_sure=False, against=against), "employee") == said


def test_what_differs_is_told_with_who_has_it_and_what_is_the_same_once():
    accounts = [
        account(
            "a", ("Staff", "VPN"), "Bo", title="Boss", displayName="Ann", **{ENTERPRISE_USER: {"department": "R&D"}}
        ),
        account("b", ("staff", "Staff"), "Bo", title="boss", displayName="Ann Lee", active="False"),
        account("c", None, "Cy", title="Boss", displayName="Ann Lee", userName="ANN"),
    ]
    differing, same = person_words.differences([(one, USER) for one in accounts])
    told = {one.label: [(value.value, value.tenants, value.style) for value in one.values] for one in differing}
    assert told == {
        "active": [("● active", ("a", "c"), "good"), ("○ inactive", ("b",), "bad")],
        "userName": [("ann", ("a", "b"), "value"), ("ANN", ("c",), "changed")],
        "displayName": [("Ann Lee", ("b", "c"), "value"), ("Ann", ("a",), "changed")],
        "department": [("R&D", ("a",), "value"), ("not set", ("b", "c"), "note")],
        "manager": [("Bo", ("a", "b"), "value"), ("Cy", ("c",), "changed")],
        "groups": [("staff", ("b",), "changed"), ("VPN", ("a",), "changed")],
    }
    assert same == [("title", "Boss")]
    assert person_words.unknown_groups_line(accounts) == "groups are not known in c: no groups were synced there"


def test_the_sum_counts_what_is_sure_and_names_what_is_not():
    places = [
        Place("a", accounts=(account("a"), account("a", is_sure=False)), asked_at=NOW),
        Place("b", accounts=(account("b", active=False),), asked_at=NOW),
        Place("c", trouble="down"),
        Place("d", asked_at=NOW),
    ]
    assert person_words.summary(places) == "in 2 of 4 tenants, active in 1, 1 doubtful, 1 not known"


def test_those_found_stand_in_the_order_in_which_they_are_meant():
    def person(tenant, identity, name, **raw):
        raw = {"id": identity, "userName": identity, "displayName": name, **raw}
        return Theirs(Owned(tenant, raw, traits(raw, "userName", USER)), (), is_sure=True)

    joanna, ann = person("a", "1", "Joanna"), person("a", "2", "Ann")
    off = person("b", "2", "Ann", active=False)
    maybe = replace(person("c", "2", "Ann"), is_sure=False)
    rows = person_words.found_rows(FoundPeople(((joanna,), (ann, off, maybe)), 4), "ann")
    assert [row[0] for row in rows] == ["a\n2", "a\n1"]
    assert rows[0][2:] == ("Ann", "2", "● in 1 of 2", "2: a, b  ? 1 more")
