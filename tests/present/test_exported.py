"""What leaves in a file or over the clipboard: exact, and harmless where it arrives."""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import subprocess
from datetime import UTC, datetime

import pytest

from scimtui.ops.browse import SyncState
from scimtui.present.columns import column
from scimtui.present.exported import (
    column_value,
    command_line,
    copy_words,
    exported_lines,
    first_value,
    paths_of,
    row_id,
)
from scimtui.present.formats import Delimiter, Format, csv_cell, csv_lines, pasted_rows
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")
ANN = {
    "id": "7",
    "userName": "ann;b",
    "title": "=1+1",
    "name": {"givenName": "Ann", "familyName": "Lee"},
    "emails": [{"value": "home@x"}, {"value": "work@x", "primary": True}],
    "odd": "kept\u200b",
}


@pytest.mark.parametrize("delimiter", Delimiter)
def test_cells_stay_apart_with_every_delimiter(delimiter):
    rows = [("a,b", "c;d", "e\tf"), ('say "x"', "two\nlines", "")]
    text = "\n".join(csv_lines(("1", "2", "3"), rows, delimiter)) + "\n"
    read = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    assert read[1:] == [[csv_cell(cell) for cell in row] for row in rows]


@pytest.mark.parametrize("text", ["\n=1+1", "＝1+1", "＋1", "－1", "＠x"])
def test_what_a_spreadsheet_takes_for_a_formula_is_defused_too(text):
    assert csv_cell(text).startswith("'")


def test_rows_for_the_clipboard_are_exact_but_for_formulas():
    assert pasted_rows([["Zoë\u200b", "=1+1", "a\tb", None], [-2, True, "'x", ["a", "b"]]]) == (
        "Zoë\u200b\t'=1+1\t\"a\tb\"\t\n-2\ttrue\t'x\ta; b"
    )


def test_json_is_what_the_provider_sent_and_csv_what_was_asked_for():
    assert json.loads(next(exported_lines([ANN], USER, Format.JSONL))) == ANN
    assert json.loads("\n".join(exported_lines([ANN], USER, Format.JSON))) == [ANN]
    paths = ["userName", "title", "emails", "nickName"]
    assert list(exported_lines([ANN], USER, Format.CSV, paths, Delimiter.SEMICOLON)) == [
        "userName;title;emails;nickName",
        '"ann;b";\'=1+1;"home@x; work@x";',
    ]
    assert paths_of([ANN], USER) == ["id", "userName", "name.familyName", "name.givenName", "title", "emails"]
    with pytest.raises(ValueError, match="table"):
        exported_lines([ANN], USER, Format.TABLE)


def test_a_column_is_what_the_table_shows_of_it():
    assert column_value(ANN, column("displayName", USER), USER) == "Ann Lee"
    assert column_value(ANN, column("emails", USER), USER) == ["home@x", "work@x"]
    assert first_value(ANN, column("emails", USER), USER) == "work@x"
    assert first_value(ANN, column("title", USER), USER) == "=1+1"


@pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX")
@pytest.mark.parametrize("identity", ["7", "a b", "-x", "it's", "$(touch x)", "evil\x1b[201~\nrm -rf x", "Zoë\u202e"])
def test_a_command_names_the_resource_whatever_its_id_is_and_nothing_in_it_acts(identity):
    line = command_line("acme prod", "User", identity)
    assert line.isprintable()
    assert not {"\x1b", "\n", "\u202e"} & set(line)
    told = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"}
    ).stdout.decode()
    assert told.split("\0")[:4] == ["scimtui", "show", "acme prod", "User"]
    assert told.split("\0")[-2] == identity
    assert shlex.split(command_line("acme", "User", "7")) == ["scimtui", "show", "acme", "User", "7"]


def test_how_far_a_copy_can_be_trusted_is_said():
    now = datetime.now(UTC)
    assert copy_words(None) == "the copy is INCOMPLETE: it was never synced"
    assert copy_words(SyncState(now, complete=True, why=None, claimed_total=1, count=1)).startswith(
        "the copy is complete"
    )
    why = SyncState(now, complete=False, why="cut \x1b[2J off", claimed_total=2, count=1)
    assert copy_words(why) == "the copy is INCOMPLETE: cut ␛[2J off"
    assert row_id({"id": "\x1b"}) == "␛"
