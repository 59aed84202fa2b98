"""Who is the same on both sides, members by name, other keys that would pair, and rules that are kept in the config."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes.caches import COMPLETE
from fakes.sessions import tenant_at

from scimtui.config import CompareRules, load_config
from scimtui.errors import ConfigError
from scimtui.ops.compare import compare_sides
from scimtui.ops.compared_people import FEW, keys_that_pair, rows_of, with_member_names
from scimtui.ops.config_file import put_compare_rules
from scimtui.ops.session import Session, open_session
from scimtui.ops.sides import Side, tenant_side
from scimtui.present.columns import default_columns, projection
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")
Raws = Sequence[dict[str, Any]]


@pytest.fixture
def side(tmp_path: Path) -> Iterator[Callable[..., Side]]:
    """Open tenants whose caches hold what they are given."""
    sessions: list[Session] = []

    def opened(name: str, people: Raws, groups: Raws = ()) -> Side:
        session = open_session(tenant_at("http://127.0.0.1:9", name=name, auth="none"), tmp_path)
        sessions.append(session)
        for type_name, resources in (("User", people), ("Group", groups)):
            with session.cache.resources(type_name).replacement() as replacement:
                replacement.add(list(resources))
                replacement.commit(COMPLETE)
        return tenant_side(session)

    yield opened
    for session in sessions:
        session.cache.close()


@pytest.mark.parametrize("rules", [CompareRules(), CompareRules(filter="active eq true")])
def test_everybody_who_is_the_same_is_named_with_the_ids_of_both_sides(rules, side):
    left = side("acme", [{"id": f"l{n}", "userName": f"u{n}", "active": True, "title": "T"} for n in range(4)])
    right = side(
        "bolt",
        [
            {"id": "r0", "userName": "u0", "active": True, "title": "T"},
            {"id": "r1", "userName": "U1", "active": "True", "title": "t "},
            {"id": "r2", "userName": "u2", "active": True, "title": "T", "emails": []},
        ],
    )
    found = compare_sides(left, right, "User", rules)
    assert sorted(found.same) == [("u0", "l0", "r0"), ("u2", "l2", "r2")]
    assert len(found.same) == found.comparison.same


def test_members_that_are_shown_by_id_alone_go_by_the_names_of_their_people(side):
    left = side(
        "acme",
        [{"id": "1", "userName": "ann", "displayName": "Ann A"}, {"id": "2", "userName": "ben"}],
        [{"id": "g", "displayName": "Crew", "members": [{"value": "1"}, {"value": "2"}, {"value": "9"}]}],
    )
    right = side("bolt", [], [{"id": "h", "displayName": "Crew", "members": [{"value": "7", "display": "Zoe"}]}])
    named = with_member_names(compare_sides(left, right, "Group"), (left, right))
    (crew,) = named.comparison.different
    assert sorted(str(change.left) for change in crew.changes) == ["9", "Ann A", "None", "ben"]
    alike = compare_sides(left, left, "Group")
    assert with_member_names(alike, (left, left)) is alike


@pytest.mark.parametrize("count", [3, FEW + 1])
def test_the_rows_of_some_people_are_those_of_the_table(count, side):
    there = side("acme", [{"id": f"{n}", "userName": f"u{n}"} for n in range(count + 2)])
    found = rows_of(there, "User", [f"{n}" for n in range(count)], projection(default_columns(USER), USER))
    assert len(found) == count
    assert found["2"][2] == "u2"


def test_the_keys_that_would_pair_are_found_the_best_first(side):
    left = side("acme", [{"id": f"l{n}", "userName": f"u{n}", "externalId": f"E{n}"} for n in range(3)])
    right = side("bolt", [{"id": f"r{n}", "userName": f"x{n % 2 or 'y'}", "externalId": f"E{n}"} for n in range(2)])
    right.session.cache.resources("User").put({"id": "r5", "userName": "U2"})
    assert keys_that_pair(left, right, "User") == [("externalId", 2), ("userName", 1)]


def test_rules_are_kept_in_the_config_beside_what_stands_there(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text(
        '# ours\n[tenants.a]\nbase_url = "https://a.example"\n[compare."a b"]\nkey = "userName"  # why\nonly = ["x"]\n'
    )
    put_compare_rules(path, "a", "b", {"key": "userName", "map": {"title": "jobTitle"}})
    put_compare_rules(path, "b", "a", {"ignore": ["title"]})
    config = load_config(path)
    assert config.compare_rules("a", "b") == CompareRules(key="userName", map={"title": "jobTitle"})
    assert config.compare_rules("b", "a") == CompareRules(ignore=("title",))
    assert "# ours" in path.read_text()
    assert "# why" in path.read_text()
    before = path.read_text()
    with pytest.raises(ConfigError):
        put_compare_rules(path, "a", "b", {"colour": "red"})
    assert path.read_text() == before
