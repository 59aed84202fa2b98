"""Arrangements of tables: changed by keys, kept per tenant and type, and never a reason not to start."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fakes.sessions import tenant_at
from hypothesis import given, strategies as st

from scimtui.errors import PathError
from scimtui.ops.arrangements import (
    Activity,
    Arrangement,
    ChosenColumn,
    SavedView,
    SortKey,
    TableMemory,
    as_json,
    built_in_views,
    moved,
    read_arrangement,
    resized,
    reversed_order,
    sorted_by,
    toggled,
)
from scimtui.scim.filter import parse_filter
from scimtui.scim.path import parse_path
from scimtui.scim.schema import core_resource_type

USER, GROUP = core_resource_type("User"), core_resource_type("Group")
WORK = 'emails[type eq "work"].value'
ARRANGED = Arrangement(
    (ChosenColumn("userName", 24), ChosenColumn(WORK), ChosenColumn("customOfTheProvider")),
    (SortKey("name.familyName"), SortKey("meta.lastModified", descending=True)),
    Activity.INACTIVE,
    'title co "x"',
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["columns", "sort", "activity", "filter", "path", "width", "descending"]), inner, max_size=4
        )
    ),
)


@pytest.fixture
def memory(tmp_path):
    return TableMemory(tmp_path, tenant_at("https://nowhere.invalid"), USER)


def paths(columns):
    return [one.path for one in columns]


def test_an_arrangement_comes_back_as_it_was_kept_with_paths_that_no_schema_declares():
    assert read_arrangement(as_json(ARRANGED), USER) == (ARRANGED, [])


@given(JSON)
def test_whatever_stands_in_the_file_makes_an_arrangement_that_can_be_shown(value):
    arrangement, dropped = read_arrangement(value, USER)
    for one in (*arrangement.columns, *arrangement.sort):
        parse_path(one.path, USER)
    for path in dropped:
        with pytest.raises(PathError):
            parse_path(path, USER)
    assert read_arrangement(as_json(arrangement), USER) == (arrangement, [])


def test_what_is_no_path_any_more_is_left_out_and_named():
    kept = {
        "columns": [{"path": "userName", "width": "wide"}, {"path": "emails["}, {"path": "USERNAME", "width": 9}, 7],
        "sort": [{"path": "a b", "descending": True}, {"path": "title", "descending": 1}],
        "activity": "sometimes",
    }
    arrangement, dropped = read_arrangement(kept, USER)
    assert dropped == ["emails[", "a b"]
    assert arrangement == Arrangement((ChosenColumn("USERNAME", 9),), (SortKey("title"),))


def test_a_column_is_shown_at_the_end_and_hidden_but_the_last_one_stays():
    columns = toggled((ChosenColumn("userName", 20),), "title")
    assert paths(columns) == ["userName", "title"]
    assert paths(toggled(columns, "USERNAME")) == ["title"]
    assert toggled(columns[:1], "userName") == columns[:1]


def test_a_column_moves_as_far_as_there_is_room():
    columns = tuple(map(ChosenColumn, ("a", "b", "c")))
    assert paths(moved(columns, 0, 1)) == ["b", "a", "c"]
    assert paths(moved(columns, 0, 9)) == ["b", "c", "a"]
    assert paths(moved(columns, 2, -9)) == ["c", "a", "b"]
    assert moved(columns, 0, -1) == columns


def test_a_width_stays_within_what_can_be_shown_and_0_leaves_it_to_the_table():
    columns = (ChosenColumn("a"), ChosenColumn("b", 10))
    assert [resized(columns, 1, width)[1].width for width in (-5, 12, 5000, 0)] == [3, 12, 200, 0]


def test_a_key_is_added_then_turned_then_taken_away():
    first = sorted_by((SortKey("title"),), "userName")
    assert first == (SortKey("title"), SortKey("userName"))
    turned = sorted_by(first, "USERNAME")
    assert turned == (SortKey("title"), SortKey("userName", descending=True))
    assert sorted_by(turned, "userName") == (SortKey("title"),)
    assert reversed_order(turned) == (SortKey("title", descending=True), SortKey("userName"))


def test_activity_goes_round():
    assert [one.following for one in Activity] == [Activity.ACTIVE, Activity.INACTIVE, Activity.ALL]


def test_built_in_views_are_those_that_the_type_has_the_attributes_for_and_their_filters_can_be_read():
    present = Arrangement((ChosenColumn("title"),), (SortKey("title"),), Activity.ACTIVE, "x")
    views = built_in_views(USER, present, datetime(2026, 11, 25, 12, tzinfo=UTC))
    assert [view.name for view in views] == ["Everybody", "Inactive", "Changed in the last 7 days", "Without e-mail"]
    assert all(view.arrangement.columns == present.columns and view.arrangement.sort == present.sort for view in views)
    assert [view.arrangement.activity for view in views[:2]] == [Activity.ALL, Activity.INACTIVE]
    assert views[2].arrangement.filter == 'meta.lastModified gt "2026-11-18T12:00:00Z"'
    assert [str(parse_filter(view.arrangement.filter)) for view in views if view.arrangement.filter] == [
        view.arrangement.filter for view in views[2:]
    ]
    assert [view.name for view in built_in_views(GROUP, present)] == ["All", "Changed in the last 7 days"]


def test_arrangement_and_views_are_kept_per_tenant_and_type(memory, tmp_path):
    memory.keep_present(ARRANGED)
    memory.keep_views([SavedView("zebra", ARRANGED), SavedView("Ape", Arrangement())])
    again = TableMemory(tmp_path, memory.tenant, USER)
    assert again.present() == (Arrangement(ARRANGED.columns, ARRANGED.sort, ARRANGED.activity), [])
    assert again.views() == [SavedView("Ape", Arrangement()), SavedView("zebra", ARRANGED)]
    assert TableMemory(tmp_path, memory.tenant, GROUP).present() == (Arrangement(), [])
    other = tenant_at("https://nowhere.invalid", "other")
    assert TableMemory(tmp_path, other, USER).views() == []
    again.keep_views([])
    assert (again.views(), again.present()[0].sort) == ([], ARRANGED.sort)


def test_a_memory_full_of_nonsense_is_an_empty_one(memory, tmp_path):
    (tmp_path / "tables.json").write_text(
        '{"_default": {"1": {"key": "acme/User", "value": {"views": [1], "present": 3}}}}'
    )
    assert (memory.views(), memory.present()) == ([], (Arrangement(), []))
    memory.keep_present(ARRANGED)
    assert memory.present()[0].sort == ARRANGED.sort
