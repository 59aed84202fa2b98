"""Two cached tenants: who is the same at a glance is not read, and the verdict is that of reading everybody."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fakes.in_memory_provider import TOKEN, FakeProvider
from fakes.sessions import sync_all, tenant_at

from scimtui.config import CompareRules
from scimtui.errors import UsageError
from scimtui.ops.compare import compare_sides, side_by_side
from scimtui.ops.session import Session, close_session, open_session
from scimtui.ops.sides import Side, resources_side, snapshot_side, tenant_side
from scimtui.scim.compare import Comparison, compare
from scimtui.scim.counterparts import Counterparts, surely_paired
from scimtui.scim.pairing import pair
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[Callable[..., Side]]:
    """Open tenants whose caches hold what they are given."""
    sessions: list[Session] = []

    def opened(name: str, people: Sequence[dict[str, Any]], groups: Sequence[dict[str, Any]] = ()) -> Side:
        session = open_session(tenant_at("http://127.0.0.1:9", name=name, auth="none"), tmp_path)
        sessions.append(session)
        for type_name, resources in (("User", people), ("Group", groups)):
            for raw in resources:
                session.cache.resources(type_name).put(raw)
        return tenant_side(session)

    yield opened
    for session in sessions:
        session.cache.close()


def population(side: str, seed: int) -> list[dict[str, Any]]:
    """Some people; the two sides agree but for what chance changes, and each gives ids of its own."""
    chance = random.Random(seed)
    people = []
    for number in range(60):
        raw: dict[str, Any] = {
            "id": f"{side}{number}",
            "userName": f"User{number % 55}",
            "active": True,
            "title": "T",
            "emails": [{"value": f"u{number}@x", "type": "work"}, {"value": f"v{number}@x", "type": "home"}],
            ENTERPRISE_USER: {"department": "D", "manager": {"value": f"{side}{number // 10}"}},
            "meta": {"location": side},
        }
        if side == "r":
            match chance.randrange(9):
                case 0:
                    raw["title"] = "other"
                case 1:
                    raw["userName"] = raw["userName"].upper()
                case 2:
                    raw["emails"].reverse()
                case 3:
                    raw[ENTERPRISE_USER]["manager"] = {"value": "r40"}
                case 4:
                    raw["active"] = "True"
                case 5:
                    continue
        people.append(raw)
    return people


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rules", [CompareRules(), CompareRules(ignore=("title",)), CompareRules(key="emails.value")])
def test_every_verdict_is_that_of_reading_all(seed: int, rules: CompareRules, tenant) -> None:
    left, right = population("l", seed), population("r", seed)
    found = compare_sides(tenant("acme", left), tenant("bolt", right), "User", rules).comparison
    key = rules.key or "userName"
    pairing = pair(left, right, key, USER)
    alike = ((mine["id"], theirs["id"]) for mine, theirs in pairing.pairs)
    alone = ([one["id"] for one in side] for side in (pairing.only_left, pairing.only_right))
    people, namesakes = surely_paired(alike, *alone, pairing.ambiguous)
    assert found.different
    assert found.same
    assert found == compare(left, right, USER, key, rules.ignore, members=Counterparts(people, {}, namesakes))


def test_groups_are_compared_by_the_people_in_them(tenant) -> None:
    people = {side: [{"id": f"{side}{n}", "userName": f"u{n}"} for n in range(3)] for side in "lr"}

    def group(side: str, name: str, *members: int) -> dict[str, Any]:
        shown = [{"value": f"{side}{n}", "display": f"u{n}"} for n in members]
        return {"id": f"{side}-{name}", "displayName": name, "members": shown}

    left = tenant("acme", people["l"], [group("l", "Crew", 0, 1), group("l", "Staff", 1, 2)])
    right = tenant("bolt", people["r"], [group("r", "crew", 1, 0), group("r", "Staff", 1)])
    found: Comparison = compare_sides(left, right, "Group").comparison
    assert found.same == 1
    assert [(one.key, [(c.path, c.left, c.right) for c in one.changes]) for one in found.different] == [
        ("Staff", [("members", "u2", None)])
    ]


def test_what_was_edited_since_is_compared_as_it_is_now(tenant) -> None:
    left = tenant("acme", [{"id": "1", "userName": "ann", "title": "a"}])
    right = tenant("bolt", [{"id": "2", "userName": "ann", "title": "a"}])
    assert compare_sides(left, right, "User").comparison.same == 1
    right.session.cache.resources("User").put({"id": "2", "userName": "ann", "title": "b"})
    assert [one.key for one in compare_sides(left, right, "User").comparison.different] == ["ann"]


def test_who_has_no_key_goes_by_another_name_and_who_has_no_id_is_counted_too(tenant) -> None:
    left = tenant("acme", [{"id": "1", "displayName": "Nameless"}, {"id": "2", "userName": "ann"}])
    right = tenant("bolt", [{"id": "3", "userName": "ann"}])
    found = compare_sides(left, right, "User").comparison
    assert [(one.key, one.id) for one in found.only_left] == [("Nameless", "1")]
    right.session.cache.resources("User").put({"userName": "ben"})
    assert [one.key for one in compare_sides(left, right, "User").comparison.only_right] == ["ben"]


async def test_every_complete_sync_leaves_a_copy_to_compare_with(tmp_path: Path) -> None:
    provider = FakeProvider()
    provider.add_user("ann", title="Engineer")
    with provider.serve() as base_url:
        session = open_session(tenant_at(base_url, token_command=["echo", TOKEN]), tmp_path)
        await sync_all(session)
        began = datetime.now(UTC)
        provider.user("ann")["title"] = "Director"
        provider.add_user("ben")
        await sync_all(session)
        found = compare_sides(snapshot_side(session, began), tenant_side(session), "User")
        await close_session(session)
    assert found.is_complete
    assert [one.key for one in found.comparison.only_right] == ["ben"]
    assert [(c.path, c.left, c.right) for one in found.comparison.different for c in one.changes] == [
        ("title", "Engineer", "Director")
    ]


def test_names_may_differ_between_the_sides_and_the_pair_is_shown_under_those_of_the_left(tenant) -> None:
    left = tenant("acme", [{"id": "1", "userName": "ann@x", "title": "Boss"}, {"id": "2", "userName": "ben@x"}])
    right = tenant(
        "bolt",
        [
            {"id": "3", "userName": "a1", "emails": [{"value": "ANN@x"}], "userType": "boss "},
            {"id": "4", "userName": "b1", "emails": [{"value": "ben@x"}]},
        ],
    )
    rules = CompareRules(map={"userName": "emails.value", "title": "userType"}, ignore=("emails",))
    found = compare_sides(left, right, "User", rules).comparison
    assert [(one.key, [(c.path, c.right) for c in one.changes]) for one in found.different] == [
        ("ann@x", [("title", "boss ")])
    ]
    assert compare_sides(left, right, "User", replace(rules, fold=("title",))).comparison.same == 2
    assert side_by_side(left, right, "User", ("1", "3"), rules)[1]["title"] == "boss "
    assert side_by_side(left, right, "User", ("1", ""), rules)[1] == {}


def test_a_file_can_be_one_side(tenant, tmp_path: Path) -> None:
    file = tmp_path / "hr.csv"
    file.write_text("")
    people = [{"userName": "ann", "title": "Boss"}, {"userName": "cleo"}]
    found = compare_sides(resources_side(file, USER, people), tenant("acme", [{"id": "1", "userName": "ann"}]), "User")
    assert [one.key for one in found.comparison.only_left] == ["cleo"]
    assert [one.key for one in found.comparison.different] == ["ann"]
    with pytest.raises(UsageError, match="has no resource type Group"):
        compare_sides(resources_side(file, USER, people), tenant("bolt", []), "Group")
