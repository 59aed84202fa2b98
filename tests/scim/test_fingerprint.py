"""What is kept of a resource for comparisons: enough to know the same at a glance, and never more than is true."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from generated.resources import GROUP_TYPE, THOROUGH, USER_TYPE, groups, users
from hypothesis import given, strategies as st

from scimtui.scim.compare import compare
from scimtui.scim.counterparts import Counterparts
from scimtui.scim.fingerprint import fingerprints, pair_rows, same_people
from scimtui.scim.pairing import pair
from scimtui.scim.schema import ENTERPRISE_USER, Attribute, ResourceType, Schema, Type

READ = fingerprints("userName", USER_TYPE, USER_TYPE)


def of(**values: Any):
    return READ.of({"id": "1", "userName": "ann", **values})


def is_same(left, right, read=READ) -> bool:
    mine, theirs = read.of(left), read.of(right)
    return (
        bool(mine.digest)
        and mine.digest == theirs.digest
        and same_people(mine.references, theirs.references, Counterparts())
    )


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
    assert same_people(mine.references, theirs.references, Counterparts({"1": "r1"}))
    assert same_people(mine.references, theirs.references, Counterparts({"1": "r0"}, {}, {"r1": "r0"}))
    assert not same_people(mine.references, theirs.references, Counterparts())
    assert not same_people(mine.references, mine.references, Counterparts({"1": None}))
    assert not same_people(mine.references, nobody.references, Counterparts({"1": "r1"}))
    assert of(**{ENTERPRISE_USER: {"manager": "1"}}).references == mine.references
    assert of(manager={"value": "1"}).references == ""  # no schema knows it there


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


def test_a_manager_without_an_id_counts_as_what_is_shown_of_them():
    mine, theirs = (of(**{ENTERPRISE_USER: {"manager": {"displayName": name}}}) for name in ("Ada", "Bo"))
    assert mine.references == ""
    assert mine.digest != theirs.digest
    assert fingerprints("displayName", GROUP_TYPE, GROUP_TYPE).of({"id": "1", "members": ["7"]}).digest == ""


def test_an_owner_beside_the_other_attributes_is_a_person_too():
    owner = Attribute("owner", Type.COMPLEX, sub_attributes=(Attribute("value"), Attribute("$ref")))
    kind = ResourceType("Robot", "/Robots", Schema("urn:r", attributes=(Attribute("label"), owner)))
    read = fingerprints("label", kind, kind)
    owned, nameless = (
        read.of({"id": "1", "label": "a", "owner": one}) for one in ({"value": "7"}, {"displayName": "A"})
    )
    assert (owned.references, nameless.references) == ("owner\n7", "")
    assert owned.digest != nameless.digest


def test_rows_of_which_several_have_one_key_are_paired_with_nobody():
    def row(identity: str, name: str):
        return READ.of({"id": identity, "userName": name})

    found = pair_rows(
        [row("1", "ann"), row("2", "ben"), row("3", "ben"), row("4", ""), row("5", "eve")],
        [row("6", "ANN"), row("7", "cy"), row("8", "cy"), row("9", "dan"), row("0", "ben")],
    )
    assert [(one.id, other.id) for one, other in found.pairs] == [("1", "6")]
    assert [one.id for one in found.only_left] == ["4", "5"]
    assert [one.id for one in found.only_right] == ["9"]
    assert [(one.key, one.left_ids, one.right_ids) for one in found.ambiguous] == [
        ("ben", ("2", "3"), ("0",)),
        ("cy", (), ("7", "8")),
    ]
