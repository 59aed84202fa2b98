"""People by tenants: who is the same person, what stands where, and what is never claimed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.caches import COMPLETE
from fakes.sessions import tenant_at

from scimtui.config import CompareRules
from scimtui.ops.presence import Presence, presence
from scimtui.ops.session import Session, open_session
from scimtui.ops.sides import Side, tenant_side
from scimtui.present.presence_words import matching, pattern_words, record, tenant_lines
from scimtui.scim.schema import ENTERPRISE_USER


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[Callable[..., Side]]:
    """Open tenants whose caches hold these people; `state` None: it was never synced."""
    sessions: list[Session] = []

    def opened(name: str, people: Sequence[dict[str, Any]], state: Any = COMPLETE, **values: Any) -> Side:
        session = open_session(tenant_at("http://127.0.0.1:9", name=name, auth="none", **values), tmp_path)
        sessions.append(session)
        cache = session.cache.resources("User")
        for raw in people:
            cache.put(raw)
        if state is not None:
            cache.record(state)
        return tenant_side(session)

    yield opened
    for session in sessions:
        session.cache.close()


def person(identity: str, name: str, *, active: Any = True, **values: Any) -> dict[str, Any]:
    return {"id": identity, "userName": name, "active": active, **values}


def told(found: Presence) -> dict[str, str]:
    """Return for each key what stands in each tenant, a letter each."""
    return {found.keys[one]: "".join(it.word[0] for it in found.standings(one)) for one in range(len(found))}


def test_each_person_stands_once_with_what_every_tenant_has_of_them(tenant):
    found = presence(
        [
            tenant("acme", [person("1", "Ann", title="Boss"), person("2", "ben"), person("3", "cy")]),
            tenant("bolt", [person("7", "ann", title="boss"), person("8", "ben", active="False")]),
            tenant("cafe", [person("4", "ann", title="Cook"), person("5", "dan", active=False)]),
        ]
    )
    assert told(found) == {"Ann": "aad", "ben": "aim", "cy": "amm", "dan": "mmi"}
    assert record(found, 1) == {"key": "ben", "tenants": {"acme": "active", "bolt": "inactive", "cafe": "missing"}}
    assert [found.tenants[place].name + identity for place, identity in found.found] == [
        "acme1",
        "acme2",
        "acme3",
        "cafe5",
    ]


def test_patterns_count_people_who_stand_alike_and_say_it_in_words(tenant):
    people = [person(str(n), f"user{n}") for n in range(9)]
    found = presence([tenant("acme", people), tenant("bolt", people), tenant("slack", people[:6])])
    assert [(one.count, pattern_words(one, found.tenants)) for one in found.patterns] == [
        (6, "active in all 3"),
        (3, "in 2 of 3, missing in slack"),
    ]
    assert [found.keys[one] for one in found.of_pattern(1)] == ["user6", "user7", "user8"]
    assert [found.keys[one] for one in matching(found, "USER7", 1)] == ["user7"]


@pytest.mark.rule("R26")
def test_nobody_is_missing_where_not_all_of_a_tenant_is_known(tenant):
    half = replace(COMPLETE, complete=False, why="page 3 came twice")
    ann, ben = person("1", "ann"), person("2", "ben")
    found = presence([tenant("acme", [ann, ben]), tenant("half", [ann], half), tenant("new", [], None), "down"])
    assert told(found) == {"ann": "aauu", "ben": "auuu"}
    lines = list(tenant_lines(found))
    assert "half is not complete (page 3 came twice)" in lines[0]
    assert [line.split()[0] for line in lines] == ["half", "new", "down"]


def test_an_address_that_one_account_has_pairs_those_whose_keys_differ_and_a_shared_one_pairs_nobody(tenant):
    mail, office = [{"value": "ann@x"}], [{"value": "office@x"}]
    found = presence(
        [
            tenant("acme", [person("1", "alee", emails=mail), person("2", "ben", emails=office)]),
            tenant(
                "bolt",
                [
                    person("7", "ANN@x", emails=[]),
                    person("8", "benno", emails=office),
                    person("9", "cy", emails=office),
                ],
            ),
        ],
        lambda *_: CompareRules(ignore=("emails",)),
    )
    assert told(found) == {"alee": "aa", "ben": "am", "benno": "ma", "cy": "ma"}


def test_each_tenant_pairs_by_its_own_match(tenant):
    numbers = {"externalId": "E1", ENTERPRISE_USER: {"employeeNumber": "E1"}}
    left = tenant("acme", [person("1", "ann", **numbers)], match=f"{ENTERPRISE_USER}:employeeNumber")
    right = tenant("bolt", [person("2", "lee", externalId="E1")], match="externalId")
    assert told(presence([left, right])) == {"E1": "aa"}


def test_a_key_of_two_accounts_and_an_account_that_says_nothing_are_unknown(tenant):
    acme = tenant("acme", [person("1", "ann"), person("2", "ben")])
    bolt = tenant("bolt", [person("7", "ann"), person("8", "ANN"), person("9", "ben", active=None)])
    found = presence([bolt, acme])
    assert told(found) == {"ann": "ua", "ben": "ua"}
    assert (found.tenants[0].shared_keys, found.tenants[0].unsaid) == (1, 1)


def test_somebody_known_by_two_keys_is_unknown_where_both_are_accounts(tenant):
    mail = [{"value": "ann@x"}]
    acme = tenant("acme", [person("1", "alee", emails=mail)])
    bolt = tenant("bolt", [person("2", "ann@x", emails=mail)])
    cafe = tenant("cafe", [person("3", "alee"), person("4", "ann@x", active=False)])
    assert told(presence([acme, bolt, cafe])) == {"alee": "aau"}


def test_what_the_rules_of_two_tenants_leave_out_and_what_a_tenant_never_has_make_nobody_different(tenant):
    sides = [
        tenant("acme", [person("1", "ann", title="a", displayName="Ann")]),
        tenant("bolt", [person("2", "ann", title="b", displayName="Ann")]),
        tenant("bare", [person("3", "ann")]),
    ]
    assert told(presence(sides)) == {"ann": "ada"}
    rules = {("acme", "bolt"): CompareRules(ignore=("title",))}
    assert told(presence(sides, lambda *pair: rules.get(pair))) == {"ann": "aaa"}


def test_others_are_compared_with_the_tenant_that_people_come_from(tenant):
    sides = [tenant("app", [person("1", "ann", title="old")]), tenant("idp", [person("2", "ann", title="new")])]
    assert told(presence(sides)) == {"ann": "ad"}
    assert told(presence(sides, first=["idp"])) == {"ann": "da"}


def test_an_edit_is_seen_in_the_rows_that_are_kept(tenant):
    side = tenant("acme", [person("1", "ann")])
    assert told(presence([side])) == {"ann": "a"}
    side.session.cache.resources("User").put(person("1", "ann", active=False))
    assert told(presence([side])) == {"ann": "i"}
