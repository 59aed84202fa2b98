"""Two copies of a tenant: only what was written between them is read, and the verdict is that of comparing all by their ids."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.kept_copies import ADDRESS, keep_days
from fakes.sessions import tenant_at

from scimtui.config import CompareRules
from scimtui.errors import UsageError
from scimtui.ops.compare import SidesCompared
from scimtui.ops.drift import compared_copies, compared_moments, drift
from scimtui.ops.session import Session, open_session
from scimtui.ops.snapshots import kept_snapshots
from scimtui.scim.compare import compare
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type

USER = core_resource_type("User")


def changes(raw: dict[str, Any], day: int) -> list[dict[str, Any]]:
    """Return what may change in a person on a day; the third says the same in another order, the fifth says nothing."""
    return [
        {"title": f"T{day % 4}"},
        {"userName": raw["userName"].upper()},
        {"emails": raw["emails"][::-1]},
        {"userName": f"renamed{day}"},
        {"meta": {"version": f"{day}"}},
        {ENTERPRISE_USER: {"department": f"D{day}", "manager": {"value": "3"}}},
    ]


def days(seed: int) -> dict[int, list[dict[str, Any]]]:
    """A tenant on five days: chance changes values, spellings that mean the same, names, versions, and who is there."""
    chance = random.Random(seed)
    people = {
        f"{number}": {
            "id": f"{number}",
            "userName": f"user{number}",
            "active": True,
            "emails": [{"value": f"u{number}@x", "type": "work"}, {"value": f"v{number}@x", "type": "home"}],
            ENTERPRISE_USER: {"department": "D", "manager": {"value": f"{number // 5}"}},
        }
        for number in range(30)
    }
    found = {}
    for day in (9, 7, 5, 3, 0):
        for number in chance.sample(sorted(people.keys() - {"new"}), 8):
            raw = people[number] = {**people[number]}
            raw.update(chance.choice(changes(raw, day)))
        del people[chance.choice(sorted(people))]
        if day == 5:
            people["new"] = {"id": "new", "userName": "new"}
        found[day] = list(people.values())
    return found


@pytest.fixture(params=range(3))
def acme(request, tmp_path: Path) -> Iterator[tuple[Session, dict[int, list[dict[str, Any]]]]]:
    held = days(request.param)
    keep_days(tmp_path, held)
    session = open_session(tenant_at(ADDRESS, auth="none"), tmp_path)
    yield session, held
    session.cache.close()


def verdict(found: SidesCompared) -> tuple[Any, ...]:
    comparison = found.comparison
    different = {one.left_id: set(map(repr, one.changes)) for one in comparison.different}
    only = ({one.id for one in comparison.only_left}, {one.id for one in comparison.only_right})
    return different, *only, comparison.same


def truth(left, right, rules: CompareRules = CompareRules()) -> tuple[Any, ...]:  # noqa: B008, frozen
    found = compare(left, right, USER, "id", rules.ignore, rules.only)
    return verdict(SidesCompared(found, (USER, USER), None, None))


def test_any_two_copies_and_each_with_now(acme):
    session, held = acme
    copies, wholes = kept_snapshots(session, "User"), list(held.values())
    rules = CompareRules(ignore=("emails",))
    for place, older in enumerate(copies):
        assert verdict(compared_copies(session, USER, older)) == truth(wholes[place], wholes[-1])
        for later in range(place + 1, len(copies)):
            found = compared_copies(session, USER, older, copies[later], rules)
            assert verdict(found) == truth(wholes[place], wholes[later], rules)


def test_the_way_back_says_the_opposite_and_names_who_is_the_same(acme):
    session, held = acme
    first, *_ = kept_snapshots(session, "User")
    found = compared_moments(session, USER, (None, first.taken_at))
    assert verdict(found) == truth(held[0], held[9])
    assert len(found.same) == found.comparison.same
    assert {left for _, left, _ in found.same} <= {raw["id"] for raw in held[9]} & {raw["id"] for raw in held[0]}
    with pytest.raises(UsageError, match="no two copies"):
        compared_moments(session, USER, (None, None))


def test_each_step_of_the_drift_is_the_comparison_of_two_neighbours(acme):
    session, held = acme
    wholes = list(held.values())
    begin, *steps = drift(session, USER)
    assert begin.found is None
    assert [step.snapshot is None for step in steps] == [False, False, False, True]
    for place, step in enumerate(steps):
        assert step.found is not None
        assert verdict(SidesCompared(step.found, (USER, USER), None, None)) == truth(wholes[place], wholes[place + 1])
