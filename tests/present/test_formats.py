from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given, strategies as st

from scimtui.present.formats import (
    Format,
    cells_of,
    csv_cell,
    csv_lines,
    json_array,
    json_line,
    record_lines,
    table_lines,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.just("\ud800")  # a pair of surrogates is a letter in JSON
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner)
)


@given(JSON)
def test_json_keeps_every_value_and_nothing_in_it_acts(value):
    line = json_line(value)
    assert json.loads(line) == value
    assert "\n" not in line
    assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 or letter in "\u202e\u200b\ufeff" for letter in line)


@pytest.mark.parametrize("values", [[], [{"a": 1}], [{"a": 1}, {"b": 2}]])
def test_an_array_of_lines_is_json(values):
    assert json.loads("\n".join(json_array(values))) == values


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_text_that_a_spreadsheet_would_run_is_defused(text):
    assert csv_cell(text).startswith("'")
    assert csv_cell([text, "b"]).startswith("'")


def test_cells_of_csv():
    assert [csv_cell(value) for value in (None, True, -2, 1.5, "a b", ["a", "b"], {"a": 1}, "x\x1b[0m")] == [
        "", "true", "-2", "1.5", "a b", "a; b", '{"a":1}', "x␛[0m"
    ]  # fmt: skip


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1))
def test_csv_can_be_read_back(rows):
    text = "\n".join(csv_lines(("a", "b"), rows)) + "\n"
    assert list(csv.reader(io.StringIO(text)))[1:] == [[csv_cell(a), csv_cell(b)] for a, b in rows]


def test_records_of_no_kind_are_empty():
    assert list(record_lines([], Format.CSV)) == list(record_lines([], Format.JSONL)) == []
    assert list(record_lines([], Format.JSON)) == ["[]"]


def test_a_table_is_cut_to_the_terminal_and_wide_letters_count_twice():
    rows = [("李小龙", "x" * 80, "end"), ("ann", "y", "end")]
    shown = list(table_lines(("name", "text", "last"), rows, 40))
    assert all(cells_of(line) <= 40 for line in shown)
    assert "…" in shown[1]
    assert shown[1].endswith("end")
    assert cells_of(shown[1].split("…")[0]) == cells_of(shown[2][: shown[2].index("end")]) - 3
    assert "x" * 80 in list(table_lines(("name", "text", "last"), rows))[1]
