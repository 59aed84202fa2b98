"""The person's own editor: which one, and a private file that is gone afterwards. A real script is the editor."""

from __future__ import annotations

from pathlib import Path

import pytest

from scimtui.errors import UsageError
from scimtui.ops.editing import edit, editor_command


def script(folder: Path, text: str) -> str:
    path = folder / "an editor"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return str(path)


def test_visual_goes_before_editor_and_may_have_arguments(tmp_path):
    environ = {"VISUAL": f"'{script(tmp_path, 'true')}' --wait", "EDITOR": "other", "PATH": "/bin"}
    assert editor_command(environ, "linux") == [str(tmp_path / "an editor"), "--wait"]


@pytest.mark.parametrize("environ", [{}, {"EDITOR": " "}, {"EDITOR": "no-such-editor-here"}, {"VISUAL": "'open"}])
def test_an_editor_that_is_not_there_is_told(environ):
    with pytest.raises(UsageError, match=r"EDITOR|VISUAL"):
        editor_command({"PATH": "/bin", **environ}, "linux")


def test_what_was_written_comes_back_with_the_status_and_the_folder_is_gone(tmp_path):
    seen = tmp_path / "seen"
    command = [script(tmp_path, f'printf "%s" "$1" > {seen}; touch "$1~"; echo ü >> "$1"; exit 3')]
    edited = edit(command, "{}\n", "ann")
    assert (edited.text, edited.status) == ("{}\nü\n", 3)
    assert Path(seen.read_text()).name == "ann.json"
    assert not Path(seen.read_text()).parent.exists()


def test_a_file_that_the_editor_took_away_changes_nothing_and_leaves_nothing(tmp_path):
    seen = tmp_path / "seen"
    with pytest.raises(UsageError, match="gave no text back"):
        edit([script(tmp_path, f'printf "%s" "$1" > {seen}; rm "$1"')], "{}", "ann")
    assert not Path(seen.read_text()).parent.exists()
