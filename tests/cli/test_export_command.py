from __future__ import annotations

import csv

import pytest


@pytest.mark.parametrize(
    ("option", "delimiter"), [([], ","), (["--delimiter", ";"], ";"), (["--delimiter", "tab"], "\t")]
)
def test_an_export_takes_the_delimiter_that_was_asked_for(served, tmp_path, option, delimiter):
    path = tmp_path / "people.csv"
    assert served.run("export", "acme", "User", "-o", str(path), "--columns", "userName,title", *option).status == 0
    with path.open(newline="") as file:
        rows = list(csv.reader(file, delimiter=delimiter))
    assert rows[0] == ["userName", "title"]
    assert rows[-1] == ["evil␛[2J", "'+49 30"]


def test_an_unknown_delimiter_is_refused_before_anybody_is_asked(served, acme, tmp_path):
    path = tmp_path / "people.csv"
    assert served.run("export", "acme", "User", "-o", str(path), "--delimiter", "|").status == 2
    assert acme.seen == []
    assert not path.exists()
