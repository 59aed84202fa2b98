from __future__ import annotations

import json

import pytest

from scimtui.demo.names import SURPRISING
from scimtui.demo.people import ENTERPRISE, Drift, directory, drift


def by_employee(tenant, users):
    return {user["externalId"]: user for user in directory(tenant, users).users}


def core(user):
    """What an admin compares: everything but what a tenant gives out itself."""
    return {
        **{name: value for name, value in user.items() if name not in {"id", "meta", ENTERPRISE}},
        ENTERPRISE: {name: value for name, value in user[ENTERPRISE].items() if name != "manager"},
    }


def test_the_same_people_come_every_time():
    assert directory(1, 50) == directory(1, 50)


@pytest.mark.parametrize("tenant", [0, 1, 2])
def test_every_tenant_has_exactly_as_many_people_as_asked(tenant):
    for users in (1, 19, 500):
        assert len(directory(tenant, users).users) == users


def test_user_names_are_unique_whatever_their_case():
    names = [user["userName"].casefold() for user in directory(1, 3000).users]
    assert len(set(names)) == 3000


def test_one_person_in_twenty_differs_between_two_tenants():
    left, right = by_employee(0, 500), by_employee(1, 500)
    both = left.keys() & right.keys()
    assert len(left.keys() - right.keys()) == len(right.keys() - left.keys()) == 4
    different = [key for key in both if core(left[key]) != core(right[key])]
    assert 15 <= len(different) <= 25


def test_every_kind_of_drift_occurs():
    assert {drift(1, slot) for slot in range(500)} == {*Drift, None}
    assert all(drift(0, slot) is None for slot in range(500))


def test_drift_is_what_it_says():
    left, right = directory(0, 500), directory(1, 500)
    for slot, (one, other) in enumerate(zip(left.users, right.users, strict=True)):
        match drift(1, slot):
            case Drift.RECASED:
                assert one["userName"] != other["userName"]
                assert one["userName"] == other["userName"].casefold()
            case Drift.ACTIVE:
                assert one["active"] is not other["active"]
            case Drift.MEMBERSHIP:
                vpn = [g for d in (left, right) for g in d.groups if g["displayName"] == "VPN users"]
                held = [{m["value"] for m in group["members"]} for group in vpn]
                assert (one["id"] in held[0]) is not (other["id"] in held[1])


def test_ids_are_the_tenants_own():
    assert {u["id"] for u in directory(0, 100).users}.isdisjoint(u["id"] for u in directory(1, 100).users)


def test_managers_and_members_exist_in_their_tenant():
    held = directory(1, 200)
    users = {user["id"] for user in held.users}
    known = users | {group["id"] for group in held.groups}
    assert all(user[ENTERPRISE]["manager"]["value"] in users for user in held.users[1:])
    assert all(member["value"] in known for group in held.groups for member in group.get("members", ()))


def test_some_names_would_act_in_a_careless_terminal():
    text = json.dumps([user["displayName"] for user in directory(1, 60).users], ensure_ascii=False)
    for number, name in SURPRISING.items():
        assert json.dumps(name, ensure_ascii=False)[1:-1] in text, number
