"""Conflicts that a person decides, one value at a time: mine or theirs."""

from __future__ import annotations

import copy

from generated.resources import GROUP_TYPE, THOROUGH, USER_TYPE, users, writable
from hypothesis import given
from test_merge import HOME, WORK, versions

from scimtui.scim.diff import edits
from scimtui.scim.merge import Side, merge, resolved
from scimtui.scim.schema import ENTERPRISE_USER


def decided(base, mine, theirs, side, kind=USER_TYPE):
    """Decide every conflict for one side."""
    conflicts = merge(base, mine, theirs, kind).conflicts
    return resolved(base, mine, theirs, {one.path: side for one in conflicts}, kind)


@given(base=users, mine=users, theirs=users)
@THOROUGH
def test_what_i_get_by_choosing_mine_they_get_by_choosing_theirs(base, mine, theirs):
    kept = copy.deepcopy((base, mine, theirs))
    one, other = decided(base, mine, theirs, Side.MINE), decided(base, theirs, mine, Side.THEIRS)
    assert writable(one, USER_TYPE) == writable(other, USER_TYPE)
    assert (base, mine, theirs) == kept


@given(found=versions())
@THOROUGH
def test_on_any_schema_choosing_mine_is_what_they_get_by_choosing_theirs(found):
    kind, (base, mine, theirs) = found
    one, other = decided(base, mine, theirs, Side.MINE, kind), decided(base, theirs, mine, Side.THEIRS, kind)
    assert edits(one, other, kind) == ()


@given(base=users, mine=users, theirs=users)
@THOROUGH
def test_a_decision_touches_nothing_that_was_not_in_conflict(base, mine, theirs):
    old, own, other = (writable(one, USER_TYPE) for one in (base, mine, theirs))
    for side in Side:
        new = writable(decided(base, mine, theirs, side), USER_TYPE)
        for path in {*old, *own, *other}:
            if old.get(path) == other.get(path):
                assert new.get(path) == own.get(path)
            if old.get(path) == own.get(path):
                assert new.get(path) == other.get(path)


def test_each_value_is_decided_by_itself_and_theirs_stands_where_nothing_was_said():
    base = {"title": "A", "nickName": "A", ENTERPRISE_USER: {"department": "A"}, "locale": "nb-NO"}
    mine = {"title": "B", "nickName": "B", ENTERPRISE_USER: {"department": "B"}, "locale": "en-US"}
    theirs = {"title": "C", "nickName": "C", ENTERPRISE_USER: {"department": "C"}, "locale": "nb-NO"}
    choices = {"title": Side.MINE, "nickName": Side.THEIRS}
    assert resolved(base, mine, theirs, choices, USER_TYPE) == {
        "title": "B",
        "nickName": "C",
        ENTERPRISE_USER: {"department": "C"},
        "locale": "en-US",
    }


def test_an_element_that_one_side_removed_goes_or_comes_back_as_chosen():
    changed = {**WORK, "display": "W"}
    base, without, other = ({"emails": emails} for emails in ([WORK, HOME], [HOME], [changed, HOME]))
    path = 'emails[type eq "work"]'
    for mine, theirs, side, left in (
        (without, other, Side.MINE, [HOME]),
        (without, other, Side.THEIRS, [changed, HOME]),
        (other, without, Side.MINE, [HOME, changed]),
        (other, without, Side.THEIRS, [HOME]),
    ):
        assert resolved(base, mine, theirs, {path: side}, USER_TYPE)["emails"] == left


def test_one_value_of_an_element_is_decided_and_the_rest_of_it_is_merged():
    base = {"emails": [{**WORK, "display": "A"}, HOME]}
    mine = {"emails": [{**WORK, "value": "mine@example.org", "display": "A"}, HOME]}
    theirs = {"emails": [{**WORK, "value": "theirs@example.org", "display": "B"}, HOME]}
    path = 'emails[type eq "work"].value'
    assert [one.path for one in merge(base, mine, theirs, USER_TYPE).conflicts] == [path]
    chosen = resolved(base, mine, theirs, {path: Side.MINE}, USER_TYPE)["emails"]
    assert chosen == [{"value": "mine@example.org", "type": "work", "display": "B"}, HOME]


def test_of_two_new_primaries_the_chosen_one_is_left():
    base = {"emails": [WORK, HOME]}
    mine, theirs = ({"emails": one} for one in ([{**WORK, "primary": True}, HOME], [WORK, {**HOME, "primary": True}]))
    assert resolved(base, mine, theirs, {"emails.primary": Side.MINE}, USER_TYPE) == mine
    assert resolved(base, mine, theirs, {"emails.primary": Side.THEIRS}, USER_TYPE) == theirs


def test_members_never_need_a_decision():
    base, mine, theirs = ({"members": [{"value": one} for one in ids]} for ids in ("12", "13", "24"))
    assert decided(base, mine, theirs, Side.MINE, GROUP_TYPE)["members"] == [{"value": "4"}, {"value": "3"}]
