"""One side made like another: what is brought over, what is left out and why, and who is named before they have an id."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from scimtui.scim.change import Change, plan_create, plan_edit, plan_members
from scimtui.scim.compare import compare
from scimtui.scim.dialect import RFC
from scimtui.scim.joiner import Rules
from scimtui.scim.promotion import (
    Promoted,
    Terms,
    Who,
    members_like,
    named_by,
    newcomer,
    promoted,
    stand_in,
    stand_ins,
    with_ids,
)
from scimtui.scim.provider import Provider
from scimtui.scim.schema import ENTERPRISE_USER, Attribute, Mutability, ResourceType, Type, core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")
PROVIDER = Provider((USER, GROUP), patch=True)
MANAGER = f"{ENTERPRISE_USER}:manager"
ANN, BOB = {"id": "l1", "userName": "ann"}, {"id": "l2", "userName": "bob"}


def terms(**values: Any) -> Terms:
    return Terms(**{"left_type": USER, "right_type": USER, **values})


def brought(left: dict[str, Any], right: dict[str, Any], **values: Any) -> Promoted:
    (one,) = promoted([({**ANN, **left}, {"id": "r1", "userName": "ann", **right})], terms(**values))
    return one


def without(kind: ResourceType, *names: str) -> ResourceType:
    kept = tuple(one for one in kind.schema.attributes if one.name not in names)
    return replace(kind, schema=replace(kind.schema, attributes=kept))


def with_attribute(kind: ResourceType, attribute: Attribute) -> ResourceType:
    others = tuple(one for one in kind.schema.attributes if one.name != attribute.name)
    return replace(kind, schema=replace(kind.schema, attributes=(*others, attribute)))


def left_out(one: Promoted) -> dict[str, str]:
    return {out.path: out.why for out in one.left_out}


# ------------------------------------------------------------ who is on both sides


def test_only_what_differs_is_brought_over():
    left = {
        "title": "Chef",
        "name": {"givenName": "Ann", "formatted": "A"},
        "phoneNumbers": [{"value": "1", "type": "work"}],
    }
    right = {"nickName": "A", "name": {"givenName": "Anne", "formatted": "B"}, "externalId": "7"}
    one = brought(left, right, ignore=["name.formatted", "externalId"])
    assert one.after == {
        "id": "r1",
        "userName": "ann",
        "title": "Chef",
        "name": {"givenName": "Ann", "formatted": "B"},
        "phoneNumbers": [{"value": "1", "type": "work"}],
        "externalId": "7",
    }
    assert one.later is one.after
    assert promoted([(ANN, {"id": "r1", "userName": "ANN"})], terms()) == []


def test_elements_of_a_list_change_come_and_go():
    left = {"emails": [{"value": "a@new.example", "type": "work", "primary": True}, {"value": "h", "type": "home"}]}
    right = {"emails": [{"value": "a@old.example", "type": "work"}, {"value": "o", "type": "other", "primary": True}]}
    after = brought(left, right).after["emails"]
    assert sorted(one["value"] for one in after) == ["a@new.example", "h"]
    assert [one["value"] for one in after if one.get("primary")] == ["a@new.example"]


def test_a_list_of_plain_values_is_brought_over_whole():
    kind = with_attribute(USER, Attribute("tags", Type.STRING, multi_valued=True))
    one = brought({"tags": ["a", "b"]}, {"tags": ["b", "c"]}, left_type=kind, right_type=kind)
    assert one.after["tags"] == ["a", "b"]


PATHS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["", "Cook", "Chef"]),
        "active": st.booleans(),
        "name": st.fixed_dictionaries({}, optional={"givenName": st.sampled_from("ab"), "familyName": st.just("x")}),
        "emails": st.lists(
            st.fixed_dictionaries(
                {"value": st.sampled_from("abc")},
                optional={"type": st.sampled_from(["work", "home"]), "primary": st.booleans()},
            ),
            max_size=3,
            unique_by=lambda one: one["value"],
        ).filter(lambda found: sum(one.get("primary", False) for one in found) < 2),
        ENTERPRISE_USER: st.fixed_dictionaries({}, optional={"department": st.sampled_from(["A", "B"])}),
    },
)


@given(PATHS, PATHS)
@settings(max_examples=60, deadline=None)
def test_afterwards_nothing_differs_but_what_is_named(left: dict[str, Any], right: dict[str, Any]) -> None:
    mine, theirs = {**ANN, **left}, {"id": "r1", "userName": "ann", **right}
    for one in promoted([(mine, theirs)], terms()):
        found = compare([mine], [one.after], USER)
        assert {change.path for each in found.different for change in each.changes} <= left_out(one).keys()
        plan_edit("t", theirs, one.after, USER, PROVIDER, RFC)


def test_names_are_turned_round_and_what_was_mapped_away_is_left_alone():
    rules = {"title": f"{ENTERPRISE_USER}:costCenter", "nickName": 'emails[type eq "work"].value'}
    one = brought(
        {"title": "Chef", "nickName": "a@x"}, {"title": "own", "userType": "u"}, map=rules, ignore=["userType"]
    )
    assert one.after[ENTERPRISE_USER] == {"costCenter": "Chef"}
    assert one.after["title"] == "own"
    assert one.after["emails"] == [{"type": "work", "value": "a@x"}]
    gone = brought({}, {ENTERPRISE_USER: {"costCenter": "old"}}, map={"title": f"{ENTERPRISE_USER}:costCenter"})
    assert gone.after.get(ENTERPRISE_USER, {}) == {}


def test_what_cannot_be_brought_over_is_named_with_why():
    badge = Attribute("badge", Type.STRING, mutability=Mutability.IMMUTABLE)
    left_type = without(with_attribute(USER, badge), "title")
    right_type = without(with_attribute(USER, badge), "nickName")
    one = brought(
        {"nickName": "A", "badge": "1", "locale": "de"},
        {"title": "own", "badge": "2", "active": False},
        left_type=left_type,
        right_type=right_type,
    )
    assert left_out(one) == {
        "nickName": "there is no such attribute there",
        "title": "the left side does not know it",
        "badge": "it may be set only once",
        "active": "the left side does not say it",
    }
    assert one.after["locale"] == "de"
    assert "badge" in brought({"badge": "1"}, {}, left_type=left_type, right_type=right_type).after
    nameless = promoted([({"id": "l1", "title": "x"}, {"id": "r1", "userName": "a"})], terms())
    assert left_out(nameless[0]) == {"userName": "it must have a value there"}
    friends = Attribute(
        "friends",
        Type.COMPLEX,
        multi_valued=True,
        sub_attributes=(Attribute("value", Type.STRING, mutability=Mutability.IMMUTABLE),),
    )
    kind = with_attribute(USER, friends)
    linked = brought({"friends": [{"value": "l2"}]}, {}, left_type=kind, right_type=kind)
    assert [*left_out(linked).values()] == ["it names resources of the other tenant"]


def test_what_is_of_another_type_there_is_named_and_the_rest_comes_over():
    one = brought({"title": {"deep": 1}, "nickName": "A", "phoneNumbers": ["1"]}, {"title": "own"})
    assert [*left_out(one)] == ["title"]
    assert (one.after["title"], one.after["nickName"]) == ("own", "A")


# ------------------------------------------------------------ references


def test_a_manager_is_who_that_is_on_the_right():
    people = {"l2": Who("r2", "User", "bob"), "l3": Who(stand_in("User", "cy"), "User", "cy")}
    about = {ENTERPRISE_USER: {"manager": {"value": "l2"}}}
    had = {ENTERPRISE_USER: {"manager": {"value": "r9", "$ref": "../Users/r9"}, "department": "A"}}
    one = brought(about, had, people=people, ignore=[f"{ENTERPRISE_USER}:department"])
    assert one.after[ENTERPRISE_USER] == {"manager": {"value": "r2"}, "department": "A"}
    assert promoted([({**ANN, **about}, {"id": "r1", "userName": "ann", ENTERPRISE_USER: {"manager": {"value": "r2"}}})],
                    terms(people=people)) == []  # fmt: skip
    waits = brought({ENTERPRISE_USER: {"manager": {"value": "l3"}}}, {"title": "own"}, people=people)
    assert {"title", ENTERPRISE_USER}.isdisjoint(waits.after)
    assert waits.later[ENTERPRISE_USER]["manager"] == {"value": "urn:scimtui:created:User:cy"}
    nobody = brought({ENTERPRISE_USER: {"manager": {"value": "l9", "displayName": "Zoe"}}}, {})
    assert left_out(nobody) == {MANAGER: "Zoe has no account there that is surely theirs"}
    assert brought({}, had).after.get(ENTERPRISE_USER, {}) == {}


# ------------------------------------------------------------ who is new


def test_a_newcomer_brings_neither_id_nor_password_and_follows_the_rules_of_the_tenant():
    left = {**ANN, "meta": {"x": 1}, "password": "s", "title": "Chef", "nickName": "A", "externalId": "7"}
    joiner = Rules({"nickName": "title"}, {"userType": "Employee"})
    one = newcomer(left, terms(ignore=["externalId", "userName"]), joiner)
    assert one.after == {
        "schemas": [USER.schema.id],
        "userName": "ann",
        "title": "Chef",
        "nickName": "Chef",
        "userType": "Employee",
    }
    assert left_out(one) == {"password": "a password is never copied"}
    assert plan_create("t", one.after, USER, PROVIDER, RFC).requests


def test_a_newcomer_gets_a_manager_who_is_new_too_later():
    people = {"l2": Who("r2", "User", "bob"), "l3": Who(stand_in("User", "cy"), "User", "cy")}

    def made(manager: str) -> Promoted:
        return newcomer({**ANN, ENTERPRISE_USER: {"manager": {"value": manager}}}, terms(people=people), Rules())

    assert made("l2").after == made("l2").later
    assert made("l2").after[ENTERPRISE_USER]["manager"] == {"value": "r2"}
    assert ENTERPRISE_USER not in made("l3").after
    assert made("l3").later[ENTERPRISE_USER]["manager"] == {"value": stand_in("User", "cy")}
    assert left_out(made("l9")) == {MANAGER: "l9 has no account there that is surely theirs"}


def test_a_new_group_comes_without_members():
    left = {"id": "g", "displayName": "Staff", "members": [{"value": "l1"}]}
    one = newcomer(left, terms(left_type=GROUP, right_type=GROUP), Rules())
    assert (one.after, one.left_out) == ({"schemas": [GROUP.schema.id], "displayName": "Staff"}, ())


# ------------------------------------------------------------ members


def test_only_members_of_whom_it_is_certain_come_and_go():
    people = {"l1": Who("r1", "User", "ann"), "l2": Who("r2", "User", "bob"), "l3": Who("r3", "User", "cy")}
    left = {"members": [{"value": "l1"}, {"value": "l2"}, {"value": "l8", "display": "Zoe"}]}
    right = {"members": [{"value": "r2"}, {"value": "r3"}, {"value": "r7"}, {"value": "r8", "display": "Own"}]}
    about = terms(people=people)
    found = members_like(left, right, about, {"r7": Who("r7", "User", "own")}, may_remove=True)
    assert found.add == ({"value": "r1", "type": "User", "display": "ann"},)
    assert (found.remove, found.missing, found.staying) == (("r3", "r7"), ("Zoe",), ("Own",))
    careful = members_like(left, right, about, {}, may_remove=False)
    assert (careful.remove, careful.staying) == ((), ("r3", "r7", "Own"))


def test_a_person_and_a_group_with_the_same_id_are_told_apart_or_left_alone():
    about = terms(people={"1": Who("11", "User", "ann")}, groups={"1": Who("21", "Group", "Staff")})

    def added(**member: str) -> list[str]:
        found = members_like({"members": [{"value": "1", **member}]}, {}, about, {}, may_remove=True)
        return [one["value"] for one in found.add]

    assert (added(type="User"), added(type="Group"), added(**{"$ref": "../Groups/1"}), added()) == (
        ["11"],
        ["21"],
        ["21"],
        [],
    )


# ------------------------------------------------------------ stand-ins


def group_change(*coming: str, remove: tuple[str, ...] = (), identity: str = "g1") -> Change:
    group = {"id": identity, "displayName": "Staff", "members": [{"value": "r9"}]}
    return plan_members("t", group, [{"value": one, "type": "User"} for one in coming], remove, GROUP, PROVIDER, RFC)


def test_a_stand_in_names_by_type_and_key_whatever_is_in_them():
    assert named_by(stand_in("My:Type", "ann:x@y")) == ("My:Type", "ann:x@y")


def test_a_change_waits_for_those_it_names_and_then_has_their_ids():
    ann, bob = stand_in("User", "ann"), stand_in("User", "bob")
    change = replace(group_change(ann, bob, "r5", remove=("r9",)), reason="why")
    assert stand_ins(change) == {ann, bob}
    part = with_ids(change, {ann: "r1"}, PROVIDER, RFC)
    assert part is not None
    assert [edit.after["value"] for edit in part.edits if edit.after] == ["r1", "r5"]
    assert (part.reason, stand_ins(part)) == ("why", frozenset())
    assert with_ids(group_change(ann), {}, PROVIDER, RFC) is None
    new = stand_in("Group", "Staff")
    assert stand_ins(group_change("r1", identity=new)) == {new}
    assert with_ids(group_change("r1", identity=new), {}, PROVIDER, RFC) is None
    sent = with_ids(group_change("r1", identity=new), {new: "g7"}, PROVIDER, RFC)
    assert sent is not None
    assert sent.requests[0].path == "/Groups/g7"


def test_a_manager_who_is_created_by_the_same_plan_is_put_in_their_place():
    boss, me = stand_in("User", "boss"), stand_in("User", "ann")
    before = {"id": me, "userName": "ann", "title": boss}
    wanted = {**before, "nickName": "A", ENTERPRISE_USER: {"manager": {"value": boss}}}
    change = plan_edit("t", before, wanted, USER, PROVIDER, RFC)
    assert stand_ins(change) == {me, boss}
    assert with_ids(change, {me: "r1"}, PROVIDER, RFC) is None
    sent = with_ids(change, {me: "r1", boss: "r2"}, PROVIDER, RFC)
    assert sent is not None
    assert sent.after is not None
    assert (sent.id, sent.after["title"], sent.after[ENTERPRISE_USER]["manager"]["value"]) == ("r1", boss, "r2")


@pytest.mark.parametrize("path", ["title", "nickName"])
def test_a_text_that_looks_like_a_stand_in_is_a_text(path):
    before = {"id": "r1", "userName": "ann"}
    change = plan_edit("t", before, {**before, path: stand_in("User", "root")}, USER, PROVIDER, RFC)
    assert stand_ins(change) == frozenset()
