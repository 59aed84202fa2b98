"""Files as spreadsheets and people write them: what is in each line, and one clear error where nobody can know."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, strategies as st

from scimtui.errors import UsageError
from scimtui.ops import table_file
from scimtui.ops.table_file import column, read_table, table_of

EXCEL = 'userName;Name\r\nann;Müller\r\nbob;"Lee,\r\nBob"\r\n\r\ncid;Ørsted\r\n;\r\n'
ROWS = ((2, ("ann", "Müller")), (3, ("bob", "Lee,\r\nBob")), (6, ("cid", "Ørsted")))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_what_a_spreadsheet_saves_is_read_whatever_its_encoding(tmp_path, encoding):
    path = tmp_path / "leavers.csv"
    path.write_bytes(EXCEL.encode(encoding))
    table = read_table(path)
    assert (table.header, table.rows) == (("userName", "Name"), ROWS)
    assert ("Windows-1252" in " ".join(table.notes)) is (encoding == "cp1252")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_of_the_header(delimiter):
    table = table_of(f'"a, b; c"{delimiter}login\n1{delimiter}ann\n', "list")
    assert table.rows == ((2, ("1", "ann")),)
    assert column(table) == 1


def test_the_line_in_which_excel_names_the_delimiter_is_none_of_the_table():
    assert table_of("sep=|\r\nlogin|x\r\nann|1\r\n", "list").rows == ((3, ("ann", "1")),)


@pytest.mark.parametrize(
    ("text", "header", "keys"),
    [
        ("ann\nbob\n", (), ["ann", "bob"]),
        ("E-Mail\nann\n", ("E-Mail",), ["ann"]),
        ("user_name\n", ("user_name",), []),
        ("ann,\nbob,\n", (), ["ann", "bob"]),
        ('"ann"\n"bob"\n', (), ["ann", "bob"]),
        ('"Lee, Ann" <ann@acme.example>; Bob <bob@acme.example>\ncid@acme.example\n', (),
         ["ann@acme.example", "bob@acme.example", "cid@acme.example"]),
        ("ann; bob; cid", (), ["ann", "bob", "cid"]),
        ("\u200bann\u00a0\n'=1+1\n=1+1\n", (), ["ann", "=1+1", "=1+1"]),
    ],
)  # fmt: skip
def test_a_list_needs_no_header_and_says_how_its_first_line_was_taken(text, header, keys):
    table = table_of(text, "list")
    assert table.header == header
    assert [cells[0] for _, cells in table.rows] == keys
    assert any("Line 1" in note for note in table.notes)


def test_a_title_that_the_person_names_is_one():
    table = table_of("Kennung\nann\n", "list", "kennung")
    assert (table.header, column(table, "KENNUNG")) == (("Kennung",), 0)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"PK\x03\x04rest", "not CSV"),
        (b"a\0b", "NUL"),
        (b"\x81\x8d", "neither UTF-8 nor"),
        (b"\xff\xfea", "broken UTF-16"),
        (b"login,name\nann,Lee, Ann\n", "line 2 has 3 cells"),
        (b'login,name\nann,"Lee\nbob,x\n', "line 2: it is no CSV"),
        (b"ann@acme.example,Ann\nbob@acme.example,Bob\n", "line 1 is no header"),
    ],
)
def test_what_is_no_table_is_said_with_the_place(data, said):
    with pytest.raises(UsageError, match=said):
        table_of(data, "list.csv")


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(table_file, "MOST_BYTES", 1000)
    path = tmp_path / "all.csv"
    path.write_bytes(b"login\n" + b"ann\n" * 1000)
    with pytest.raises(UsageError, match="larger than"):
        read_table(path)


@pytest.mark.parametrize(
    ("header", "name", "place"),
    [
        ("Vorname,User Name,x", None, 1),
        ("a,external-id", None, 1),
        ("id,userName", "USER_NAME", 1),
        ("id,userName", None, "several columns that may name people: id, userName"),
        ("a,b", None, "none has a title that is known"),
        ("a,b", "c", "no column c"),
        ("a,A", "a", "more than one column a"),
    ],
)
def test_the_column_is_the_one_named_or_the_one_that_names_people(header, name, place):
    table = table_of(f"{header}\n1,2\n", "list")
    if isinstance(place, int):
        assert column(table, name) == place
        return
    with pytest.raises(UsageError, match=place) as caught:
        column(table, name)
    assert caught.value.hint == f"name one with --column: {header.replace(',', ', ')}"


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6), st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"])
)
def test_every_cell_comes_back_trimmed_with_the_number_of_its_line(rows, delimiter, ending):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerow(["login", "note"])
    lines = []
    for row in rows:
        lines.append(sum(1 for _ in io.StringIO(text.getvalue(), newline="")) + 1)
        writer.writerow(row)
    table = table_of(text.getvalue().encode(), "list")
    expected = [(line, tuple(map(table_file._trimmed, row))) for line, row in zip(lines, rows, strict=True)]
    while expected and not any(expected[-1][1]):
        expected.pop()
    assert list(table.rows) == expected
