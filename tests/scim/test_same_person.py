"""Whose account is whose: what is sure, what is only likely, and what speaks against it."""

from __future__ import annotations

import pytest

from scimtui.scim.persons import MOST_ALIKE, Owned, persons
from scimtui.scim.same_person import Against, Shared, can_be_one, is_stronger, keys_read, likenesses, may_be, traits
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type

USER = core_resource_type("User")


def user(identity="1", user_name="", *emails, **values):
    mails = {"emails": [{"value": one} for one in emails]} if emails else {}
    return {"id": identity, **({"userName": user_name} if user_name else {}), **mails, **values}


def read(raw, match="userName"):
    return traits(raw, match, USER)


def told(person, *accounts, match="userName", there="userName", namesakes=()):
    """Return id, what is shared and whether it is sure, as they are found among these accounts."""
    namesakes = [read(one, match) for one in namesakes]
    found = likenesses(read(person, match), accounts, there, USER, namesakes)
    test = may_be([read(person, match)], there, USER)
    assert all(test(one.raw) for one in found), "what is looked through first must let them pass"
    return [(one.raw["id"], [*map(str, one.shared)], one.is_sure) for one in found]


ANN = user(
    "a1", "Ann.Lee@acme.example", "ann.lee@acme.example", "al@home.example", externalId="E7", displayName="Ann Lee"
)


@pytest.mark.parametrize(
    ("account", "shared"),
    [
        (user("9", "ANN.LEE@acme.example"), ["match rule", "userName", "e-mail"]),
        (user("9", "lee", externalId="E7"), ["externalId"]),
        (user("9", "lee", "AL@home.example"), ["e-mail"]),
        (user("9", "al@home.example"), ["e-mail"]),
        ({"id": "9", "username": "lee", "Emails": "al@home.example"}, ["e-mail"]),
    ],
)
def test_one_account_with_the_same_name_id_or_address_is_surely_theirs(account, shared):
    assert told(ANN, account, user("8", "eve", "eve@acme.example")) == [("9", shared, True)]


@pytest.mark.parametrize(
    ("account", "shared"),
    [
        (user("9", "lee", "al+admin@home.example"), ["e-mail but for its +tag"]),
        (user("9", "ann.lee"), ["userName before the @"]),
        (user("9", "lee", externalId="a1"), ["externalId is the id"]),
        (user("E7", "lee"), ["externalId is the id"]),
    ],
)
def test_what_may_be_chance_is_shown_and_not_sure(account, shared):
    assert told(ANN, account) == [("9" if account["id"] != "E7" else "E7", shared, False)]


@pytest.mark.parametrize(
    "account",
    [
        user("9", "", externalId="e7"),  # letter case counts in ids
        user("9", "ann.lee@other.example"),
        user("9", "ann.lee", "+@home.example", displayName="Someone"),
        {"id": 9, "userName": 7, "emails": [None, {"type": "work"}], "externalId": None, "name": 3},
    ],
)
def test_nobody_is_found_by_what_only_looks_alike(account):
    shared = {one for _, found, _ in told(ANN, account) for one in found}
    assert shared <= {"userName before the @"}


@pytest.mark.rule("R51")
def test_several_with_as_much_in_common_are_shown_and_none_is_sure():
    first, second = user("1", "x", "al@home.example"), user("2", "y", "al@home.example")
    assert [sure for *_, sure in told(ANN, first, second)] == [False, False]
    assert told(ANN, first, user("2", "y", externalId="E7")) == [("2", ["externalId"], True), ("1", ["e-mail"], False)]


def test_an_address_that_somebody_else_at_home_has_as_well_is_not_enough():
    office = user("1", "office", "al@home.example")
    assert told(ANN, office) == [("1", ["e-mail"], True)]
    assert told(ANN, office, namesakes=[user("a2", "bo", "al@home.example")]) == [("1", ["e-mail"], False)]
    assert told(ANN, office, namesakes=[user("a2", "bo", externalId="zz")]) == [("1", ["e-mail"], True)]


def test_each_tenant_may_have_a_match_rule_of_its_own():
    number = f"{ENTERPRISE_USER}:employeeNumber"
    ann = user("1", "ann", **{ENTERPRISE_USER: {"employeeNumber": "E7"}})
    assert told(ann, user("2", "x", externalId="e7"), match=number, there="externalId") == [("2", ["match rule"], True)]
    assert told(ann, user("2", "x", **{ENTERPRISE_USER: {"employeeNumber": "E7"}}), match=number, there=number)[0][2]
    exact = told(
        user("1", "ann", externalId="Q"), user("2", "x", externalId="q"), match="externalId", there="externalId"
    )
    assert exact == []
    assert keys_read(number, USER)[-1] == ENTERPRISE_USER
    assert keys_read("userName", USER)[-1] == "userName"


@pytest.mark.parametrize(
    ("one", "other", "against"),
    [
        ({"displayName": "John Smith"}, {"displayName": "Mary Jones"}, [Against.NAME]),
        ({"displayName": "José Smith"}, {"name": {"givenName": "jose"}}, []),
        ({"name": "John Smith"}, {"name": {"formatted": "J. Smith"}}, []),
        ({"displayName": "Ivan Petrov"}, {"displayName": "Иван Петров"}, []),
        ({"displayName": "john@acme.example"}, {"displayName": "mary@acme.example"}, [Against.NAME]),
        ({"displayName": "E1234"}, {"displayName": "Mary"}, []),
        ({ENTERPRISE_USER: {"employeeNumber": "0017"}}, {ENTERPRISE_USER: {"employeeNumber": "17"}}, []),
        ({ENTERPRISE_USER: {"employeeNumber": "17"}}, {ENTERPRISE_USER: {"employeeNumber": "18"}}, [Against.EMPLOYEE]),
        (
            {"externalId": "1", "displayName": "John Smith"},
            {"externalId": "2", "displayName": "Jane Smith"},
            [Against.EXTERNAL_ID],
        ),
        ({"externalId": "1", "displayName": "John Smith"}, {"externalId": "2", "displayName": "smith, john"}, []),
        ({"externalId": "1"}, {"externalId": "2"}, [Against.EXTERNAL_ID]),
    ],
)
def test_a_user_name_that_was_given_to_somebody_else_is_doubted(one, other, against):
    (found,) = likenesses(read(user("1", "js", **one)), [user("2", "js", **other)], "userName", USER)
    assert [*found.against] == against
    assert found.is_sure is not bool(against)


def test_who_is_doubted_stands_behind_and_does_not_make_the_other_one_doubtful():
    person = user("1", "js", displayName="John Smith", externalId="E1")
    new, own = user("2", "js", displayName="Mary Jones"), user("3", "john", displayName="John Smith", externalId="E1")
    assert [(one, sure) for one, _, sure in told(person, new, own)] == [("3", True), ("2", False)]


# ---------------------------------------------------------------- persons


def grouped(*accounts):
    """Return the persons as ids, with a question mark where an account is not sure. An id starts with its tenant."""
    owned = [Owned(raw["id"][0], raw, read(raw)) for raw in accounts]
    return [[f"{'' if one.is_sure else '?'}{one.account.raw['id']}" for one in person] for person in persons(owned)]


def test_accounts_of_several_tenants_are_grouped_into_persons():
    found = grouped(user("a1", "ann"), user("a2", "bo"), user("b1", "BO"), user("b2", "Ann"), user("c1", "cy"))
    assert found == [["a1", "b2"], ["a2", "b1"], ["c1"]]


def test_a_person_may_be_held_together_by_different_things():
    found = persons(
        Owned(raw["id"][0], raw, read(raw))
        for raw in (user("a1", "ann", "ann@x.example"), user("b1", "lee", "ann@x.example", externalId="7"))
    )
    assert [[one.shared for one in person] for person in found] == [[(), (Shared.EMAIL,)]]
    assert grouped(
        user("a1", "ann", externalId="7"),
        user("b1", "lee", "ann@x.example", externalId="7"),
        user("c1", "z", "ann@x.example"),
    ) == [["a1", "b1", "c1"]]


@pytest.mark.rule("R51")
def test_whoever_may_be_somebodys_stands_with_them_and_is_not_sure():
    assert grouped(user("a1", "ann"), user("b1", "ann"), user("b2", "ANN")) == [["a1", "?b1", "?b2"]]
    assert grouped(user("a1", "ann", "x@x.example"), user("a2", "an2", "x@x.example"), user("b1", "ann")) == [
        ["a1", "b1", "?a2"]
    ]
    smith = user("a1", "js", displayName="John Smith"), user("b1", "js", displayName="Mary Jones")
    assert grouped(*smith) == [["a1", "?b1"]]
    ((_, doubted),) = persons(Owned(raw["id"][0], raw, read(raw)) for raw in smith)
    assert doubted.against == (Against.NAME,)
    assert grouped(user("a1", "x", "m@x.example"), user("b1", "ann"), user("c1", "ann", "m@x.example")) == [
        ["a1", "b1", "c1"]
    ]


def test_a_second_account_of_a_tenant_never_comes_in_by_way_of_another_one():
    ring = (
        user("a1", "ann"),
        user("b1", "ann", "m@x.example"),
        user("c1", "cy", "m@x.example", externalId="9"),
        user("a2", "other", externalId="9"),
    )
    (first, *rest) = grouped(*ring)
    assert len({one.lstrip("?")[0] for one in first if not one.startswith("?")}) == len(
        [one for one in first if not one.startswith("?")]
    )
    assert sorted(one.lstrip("?") for person in (first, *rest) for one in person) == ["a1", "a2", "b1", "c1"]


def test_an_address_of_a_whole_company_makes_nobody_the_same_person():
    everybody = [user(f"a{number}", f"u{number}", "info@x.example") for number in range(MOST_ALIKE + 20)]
    others = [user(f"b{number}", f"u{number}", "info@x.example") for number in range(MOST_ALIKE + 20)]
    found = grouped(*everybody, *others)
    assert [f"a{MOST_ALIKE + 5}", f"b{MOST_ALIKE + 5}"] in [person[:2] for person in found]


@pytest.mark.parametrize(
    ("other", "can_be"),
    [
        (user("E7", "carl"), False),  # a number that is an externalId in the one tenant, and an id in the other
        (user("E7", "carl", displayName="Dr. Ann Lee"), True),
        (user("E7", "carl", displayName="Carl Ek"), False),
        (user("E7", "ann.lee"), True),
    ],
)
def test_accounts_that_only_name_each_others_id_can_be_of_two_people(other, can_be):
    assert can_be_one(read(ANN), read(other)) is can_be


def test_what_is_told_first_says_more():
    assert is_stronger(Shared.USER_NAME, Shared.EMAIL)
    assert not is_stronger(Shared.EMAIL, Shared.EMAIL)
