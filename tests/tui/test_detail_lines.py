"""The details of a resource as lines: aligned, wrapped, narrowed, and harmless."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from scimtui.ops.changed_since import Earlier
from scimtui.ops.names import Named
from scimtui.present.changed import changed_rows
from scimtui.present.details import Showing, sections
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.reference import Reference
from scimtui.scim.schema import core_resource_type
from scimtui.tui.lines.model import text_of
from scimtui.tui.resource.detail_lines import LONGEST_VALUE, detail_lines, wrapped
from scimtui.tui.resource.resource_details import Details

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
USER, GROUP = core_resource_type("User"), core_resource_type("Group")
HOSTILE = "\x1b]0;owned\x07[b]x[/y]\u202e\nnext\tline"


def details(raw, kind=USER, names=None, before=None, **values):
    showing = Showing(with_empty=values.pop("with_empty", False), provider=BUILT_IN)
    changes = tuple(changed_rows(before, raw, kind, BUILT_IN)) if before else ()
    earlier = Earlier(before, datetime(2026, 11, 24, 10, 0, tzinfo=UTC)) if before else None
    found = tuple(sections(raw, kind, showing=showing))
    return Details(name="Ada", sections=found, names=names or {}, changes=changes, earlier=earlier, **values)


def lines(raw, kind=USER, *, width=80, wrap=True, text="", **values):
    return [text_of(line) for line in detail_lines(details(raw, kind, **values), width, wrap=wrap, text=text, now=NOW)]


def line_with(found, word):
    return next(line for line in found if word in line)


def test_values_stand_below_each_other_whatever_the_alphabet():
    raw = {
        "title": "T1",
        "nickName": "N1",
        "preferredLanguage": "P1",
        "name": {"givenName": "G1"},
        "日本語の名前です": "J1",
    }
    found = lines(raw)
    starts = {cell_len(line_with(found, value).partition(value)[0]) for value in ("T1", "N1", "P1", "G1")}
    assert len(starts) == 1
    assert starts == {cell_len(line_with(found, "J1").partition('"J1"')[0].partition("J1")[0])}


@pytest.mark.parametrize("value", ["word " * 60, "x" * 300, "見" * 200])
def test_a_long_value_goes_on_in_the_next_lines_and_nothing_of_it_is_lost(value):
    found = lines({"title": value})
    assert all(cell_len(line) <= 80 for line in found)
    start = next(index for index, line in enumerate(found) if "title" in line)
    shown = "".join(line[13:] for line in found[start : start + 12] if "password" not in line)
    assert shown.replace(" ", "").startswith(value.replace(" ", ""))


def test_a_photograph_is_cut_and_says_how_much_is_missing():
    found = lines({"title": "A" * 100_000})
    assert len(found) < 60
    assert f"… {100_000 - LONGEST_VALUE:,} more characters" in "".join(found)
    assert wrapped("short", 10) == ["short"]


def test_without_wrapping_every_row_is_one_line():
    assert sum("x" * 30 in line for line in lines({"title": "x" * 3000}, wrap=False)) == 1


def test_a_member_has_its_name_and_state_and_one_that_nobody_knows_its_id():
    raw = {"displayName": "G", "members": [{"value": "1", "type": "User"}, {"value": "2"}, {"value": "gone"}]}
    names = {
        Reference("1", ("User", "Group")): Named("User", "Ada Lovelace", "ada", True),
        Reference("2", ("User", "Group")): Named("User", "Bo\x1b[2J", "", False),
    }
    found = lines(raw, GROUP, names=names)
    assert line_with(found, "Lovelace").split() == ["members", "→", "●", "Ada", "Lovelace", "ada"]
    assert line_with(found, "Bo").strip() == "→ ○ Bo␛[2J"
    assert line_with(found, "gone").strip() == "→ gone  not in the cache"


def test_what_changed_stands_above_and_is_marked_below():
    found = lines({"title": "Manager", "nickName": "n"}, before={"title": "Engineer", "nickName": "n"})
    assert "Changed since the sync of" in found[2]
    assert found[2].endswith("2 hours ago")
    assert found[3].split() == ["title", "Engineer", "→", "Manager"]
    assert [line.split()[1] for line in found if line.startswith("≠")] == ["title"]


def test_who_joined_and_who_left_are_named():
    before, after = {"members": [{"value": "1"}]}, {"members": [{"value": "2"}]}
    names = {Reference("1", ("User", "Group")): Named("User", "Ada", "", True)}
    found = lines(after, GROUP, before=before, names=names)
    assert line_with(found, "− ").split() == ["members", "−", "→", "●", "Ada"]
    assert line_with(found, "+ ").split() == ["+", "→", "2", "not", "in", "the", "cache"]


def test_with_letters_only_rows_that_hold_them_stay_each_under_its_title():
    raw = {
        "title": "Engineer",
        "emails": [{"value": "a@x"}, {"value": "señor@x"}],
        "meta": {"created": "2026-11-21T12:00:00Z"},
    }
    assert [line.strip() for line in lines(raw, text="SENOR")[2:]] == [f"User  {USER.schema.id}", "emails     señor@x"]
    assert line_with(lines(raw, text="created"), "created").split()[1:4] == ["3", "days", "ago"]
    assert "No line holds these letters" in lines(raw, text="nowhere")[-1]


def test_a_member_is_found_by_its_name():
    raw = {"members": [{"value": "1"}, {"value": "2"}]}
    names = {Reference("2", ("User", "Group")): Named("User", "Zoë", "zoe@x", None)}
    found = lines(raw, GROUP, names=names, text="zoe")
    assert [line.split() for line in found[3:]] == [["members", "→", "Zoë", "zoe@x"]]


def test_what_is_lacking_says_why_in_the_place_of_the_value():
    found = lines({"userName": "ada", "groups": []}, with_empty=True)
    assert line_with(found, "password").split() == ["password", "never", "shown", "write-only"]
    assert line_with(found, "groups").split() == ["groups", "not", "set", "read-only"]


def test_hostile_text_is_inert_in_every_part_of_a_line():
    names = {Reference(HOSTILE, ("User", "Group")): Named("User", HOSTILE, HOSTILE, None)}
    raw = {
        HOSTILE: HOSTILE,
        "title": HOSTILE,
        "members": [{"value": HOSTILE, "type": HOSTILE}],
        f"urn:{HOSTILE}": {HOSTILE: 1},
    }
    for kind in (USER, GROUP):
        shown = "".join(lines(raw, kind, names=names, before={"title": "a"}, key="k"))
        assert not {"\x1b", "\x07", "\n", "\t", "\u202e"} & set(shown)
        assert "[b]x[/y]" in shown


def test_each_line_knows_its_row_and_titles_have_none():
    made = detail_lines(details({"title": "x" * 200}), 60, wrap=True, now=NOW)
    paths = [row.path if (row := made.row(index)) else None for index in range(len(made))]
    assert [path for path in paths if path] == ["title", "password"]
    assert paths[:3] == [None, None, None]
    assert made.row(-1) is made.row(10_000) is None
    assert [made.row(index).path for index in made.rows] == ["title", "password"]
