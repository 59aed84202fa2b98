"""What is kept of a resource for comparisons: enough to know the same at a glance, and never more than is true."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from generated.resources import GROUP_TYPE, THOROUGH, USER_TYPE, groups, users
from hypothesis import given, strategies as st

from scimtui.scim.compare import compare
from scimtui.scim.fingerprint import fingerprints, pair_rows, same_people
from scimtui.scim.pairing import pair
from scimtui.scim.schema import ENTERPRISE_USER

READ = fingerprints("userName", USER_TYPE, USER_TYPE)


def of(**values: Any):
    return READ.of({"id": "1", "userName": "ann", **values})


def is_same(left, right, read=READ) -> bool:
    mine, theirs = read.of(left), read.of(right)
    return bool(mine.digest) and mine.digest == theirs.digest and same_people(mine.references, theirs.references, {})


@given(left=users, right=users)
@THOROUGH
def test_who_is_the_same_at_a_glance_does_not_differ(left, right):
    theirs = {**right, "id": "7", "userName": left["userName"]}
    if is_same(left, theirs):
        assert compare([left], [theirs], USER_TYPE).same == 1
    assert is_same(left, {**copy.deepcopy(left), "id": "7", "meta": {"version": "2"}}) or not READ.of(left).digest


@given(group=groups)
@THOROUGH
def test_a_group_is_read_when_it_shows_members_and_only_then(group):
    digest = fingerprints("displayName", GROUP_TYPE, GROUP_TYPE).of(group).digest
    assert (digest == "") == bool(group.get("members"))


@pytest.mark.parametrize(
    ("values", "others"),
    [
        ({}, {"title": None, "emails": [], "name": {}}),
        ({"Title": "x"}, {"title": "x"}),
        ({"name": {"givenName": "a", "familyName": "b"}}, {"name": {"familyName": "b", "givenName": "a"}}),
        ({"groups": [{"value": "9"}]}, {"meta": {"location": "x"}, "schemas": ["y"]}),
        ({ENTERPRISE_USER: {"department": None}}, {ENTERPRISE_USER: {}}),
    ],
)
def test_what_each_provider_has_of_its_own_does_not_count(values, others):
    assert of(**values).digest == of(**others).digest


@pytest.mark.parametrize(
    ("values", "others"),
    [
        ({"active": True}, {"active": 1}),
        ({"title": ""}, {}),
        ({"title": "a"}, {"title": "b"}),
        ({ENTERPRISE_USER: {"title": "a"}}, {"title": "a"}),
        ({ENTERPRISE_USER: "text"}, {ENTERPRISE_USER: {}}),
        ({"own": {"title": "a"}}, {"own": {"title": "b"}}),
    ],
)
def test_what_may_differ_is_not_the_same_at_a_glance(values, others):
    assert of(**values).digest != of(**others).digest


def test_what_json_of_64_bits_cannot_hold_is_always_read():
    assert of(title=2**70).digest == ""
    assert of(title="\ud800").digest == ""


def test_ignored_attributes_do_not_count():
    read = fingerprints("userName", USER_TYPE, USER_TYPE, ["title"])
    assert is_same({"id": "1", "userName": "ann", "title": "a"}, {"id": "2", "userName": "ann"}, read)
    assert read.name != READ.name


def test_a_manager_is_the_same_person_under_another_id():
    mine = of(**{ENTERPRISE_USER: {"manager": {"value": "1", "displayName": "Boss"}}})
    theirs = of(**{ENTERPRISE_USER: {"manager": {"value": "r1"}}})
    nobody = of(**{ENTERPRISE_USER: {"manager": {}}})
    assert mine.digest == theirs.digest
    assert same_people(mine.references, theirs.references, {"1": "r1"})
    assert not same_people(mine.references, theirs.references, {})
    assert not same_people(mine.references, theirs.references, {"1": None})
    assert not same_people(mine.references, nobody.references, {"1": "r1"})
    assert of(manager={"value": "1"}).references == "manager\n1"
    assert of(manager="1").references == ""


people = st.lists(st.sampled_from(["ann", "Ann ", "ben", "", "carl", "Å", "A\u030a"]), max_size=6)


@given(left=people, right=people)
@THOROUGH
def test_rows_are_paired_as_the_resources_are(left, right):
    mine, theirs = (
        [{"id": f"{side}{place}", "userName": name} for place, name in enumerate(names)]
        for side, names in (("l", left), ("r", right))
    )
    whole = pair(mine, theirs, "userName", USER_TYPE)
    found = pair_rows([READ.of(one) for one in mine], [READ.of(one) for one in theirs])
    assert [(a.id, b.id) for a, b in found.pairs] == [(a["id"], b["id"]) for a, b in whole.pairs]
    assert {one.id for one in found.only_left} == {one["id"] for one in whole.only_left}
    assert {one.id for one in found.only_right} == {one["id"] for one in whole.only_right}
    assert found.ambiguous == whole.ambiguous
