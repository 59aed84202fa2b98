"""Files as a side of a comparison: what they say is compared, and what they do not say is no difference."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scimtui.errors import UsageError
from scimtui.ops.compare import compare_sides
from scimtui.ops.side_files import file_side
from scimtui.ops.sides import Side, resources_side
from scimtui.present.exported import exported_lines, paths_of
from scimtui.present.formats import Format
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type

USER = core_resource_type("User")


def people() -> list[dict[str, Any]]:
    return [
        {
            "id": f"{number}",
            "userName": f"user{number}",
            "active": True,
            "displayName": f"=Ann {number}",
            "name": {"givenName": "Ann", "familyName": f"Lee; {number}"},
            "emails": [{"value": f"w{number}@x", "type": "work", "primary": True}, {"value": f"h{number}@x"}],
            "addresses": [{"locality": "Rome\nItaly", "type": "work"}],
            "groups": [{"value": "g1", "display": "Crew"}],
            ENTERPRISE_USER: {
                "department": "Sales",
                "manager": {"value": "1", "$ref": "../Users/1", "displayName": "Ann 1"},
            },
            "meta": {"created": "2026-01-01T00:00:00Z"},
        }
        for number in range(4)
    ]


def side(raws: list[dict[str, Any]]) -> Side:
    return resources_side(Path("cache"), USER, raws)


def differing(left: Side, right: Side) -> dict[str, list[str]]:
    found = compare_sides(left, right, "User").comparison
    return {one.key: [change.path for change in one.changes] for one in found.different}


@pytest.mark.parametrize("form", [Format.CSV, Format.JSONL, Format.JSON])
def test_an_export_is_the_same_as_what_was_exported_and_a_later_edit_is_found(form, tmp_path):
    path = tmp_path / f"people.{form}"
    path.write_text("\n".join(exported_lines(people(), USER, form, paths_of(people(), USER))))
    exported = file_side(path, USER)
    for sides in ((side(people()), exported), (exported, side(people()))):
        found = compare_sides(*sides, "User").comparison
        assert (found.same, found.different, found.only_left, found.only_right) == (4, (), (), ())
    edited = people()
    edited[2]["emails"][0]["value"] = "new@x"
    edited[3][ENTERPRISE_USER]["department"] = "Law"
    assert list(differing(side(edited), exported)) == ["user2", "user3"]


def test_a_table_of_another_system_is_compared_in_the_columns_that_it_has(tmp_path):
    path = tmp_path / "okta.csv"
    path.write_text(
        "Login;First Name;Status;Favourite colour\nuser0;Ann;Active;red\nuser1;Anna;SUSPENDED;\nuser9;Al;Active;\n"
    )
    found = compare_sides(file_side(path, USER), side(people()), "User").comparison
    assert {one.key: [change.path for change in one.changes] for one in found.different} == {
        "user1": ["name.givenName", "active"]
    }
    assert ([one.key for one in found.only_left], [one.key for one in found.only_right]) == (
        ["user9"],
        ["user2", "user3"],
    )
    assert ("displayName", True) in [(one.path, one.left) for one in found.unknown]


def test_a_blank_cell_of_a_column_that_is_there_says_that_there_is_no_value(tmp_path):
    path = tmp_path / "some.csv"
    path.write_text("userName,displayName\nuser0,\nuser1,=Ann 1\n")
    assert differing(side(people()), file_side(path, USER)) == {"user0": ["displayName"]}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "colour,size\nred,1\n", "no column that is an attribute of a User"),
        ("b.csv", "userName,active\nann,perhaps\n", "line 2: active"),
        ("c.jsonl", json.dumps({"userName": "ann"}) + "\n{", "line 2"),
        ("d.json", "[", "no JSON"),
        ("e.csv", "", "is empty"),
    ],
)
def test_a_file_that_is_none_says_what_is_wrong_and_where(name, text, said, tmp_path):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        file_side(path, USER)
