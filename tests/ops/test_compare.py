"""Two cached tenants: who is the same at a glance is not read, and the verdict is that of reading everybody."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes.sessions import tenant_at

from scimtui.config import CompareRules
from scimtui.ops.compare import compare_tenants
from scimtui.ops.session import Session, open_session
from scimtui.scim.compare import Comparison, compare
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[Callable[..., Session]]:
    """Open tenants whose caches hold what they are given."""
    sessions: list[Session] = []

    def opened(name: str, people: Sequence[dict[str, Any]], groups: Sequence[dict[str, Any]] = ()) -> Session:
        session = open_session(tenant_at("http://127.0.0.1:9", name=name, auth="none"), tmp_path)
        sessions.append(session)
        for type_name, resources in (("User", people), ("Group", groups)):
            for raw in resources:
                session.cache.resources(type_name).put(raw)
        return session

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
    found = compare_tenants(tenant("acme", left), tenant("bolt", right), "User", rules).comparison
    by_name = compare(left, right, USER).different
    people = {one["id"]: f"r{one['id'][1:]}" for one in left}
    ambiguous = {identity for entry in compare(left, right, USER).ambiguous for identity in entry.left_ids}
    members = {mine: theirs for mine, theirs in people.items() if mine not in ambiguous}
    assert by_name
    assert found == compare(left, right, USER, rules.key or "userName", rules.ignore, members=members)


def test_groups_are_compared_by_the_people_in_them(tenant) -> None:
    people = {side: [{"id": f"{side}{n}", "userName": f"u{n}"} for n in range(3)] for side in "lr"}

    def group(side: str, name: str, *members: int) -> dict[str, Any]:
        shown = [{"value": f"{side}{n}", "display": f"u{n}"} for n in members]
        return {"id": f"{side}-{name}", "displayName": name, "members": shown}

    left = tenant("acme", people["l"], [group("l", "Crew", 0, 1), group("l", "Staff", 1, 2)])
    right = tenant("bolt", people["r"], [group("r", "crew", 1, 0), group("r", "Staff", 1)])
    found: Comparison = compare_tenants(left, right, "Group").comparison
    assert found.same == 1
    assert [(one.key, [(c.path, c.left, c.right) for c in one.changes]) for one in found.different] == [
        ("Staff", [("members", "u2", None)])
    ]


def test_what_was_edited_since_is_compared_as_it_is_now(tenant) -> None:
    left = tenant("acme", [{"id": "1", "userName": "ann", "title": "a"}])
    right = tenant("bolt", [{"id": "2", "userName": "ann", "title": "a"}])
    assert compare_tenants(left, right, "User").comparison.same == 1
    right.cache.resources("User").put({"id": "2", "userName": "ann", "title": "b"})
    assert [one.key for one in compare_tenants(left, right, "User").comparison.different] == ["ann"]


def test_who_has_no_key_goes_by_another_name_and_who_has_no_id_is_counted_too(tenant) -> None:
    left = tenant("acme", [{"id": "1", "displayName": "Nameless"}, {"id": "2", "userName": "ann"}])
    right = tenant("bolt", [{"id": "3", "userName": "ann"}])
    found = compare_tenants(left, right, "User").comparison
    assert [(one.key, one.id) for one in found.only_left] == [("Nameless", "1")]
    right.cache.resources("User").put({"userName": "ben"})
    assert [one.key for one in compare_tenants(left, right, "User").comparison.only_right] == ["ben"]
