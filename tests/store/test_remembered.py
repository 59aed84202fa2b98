from __future__ import annotations

import os
import stat

import pytest

from scimtui.errors import CacheError
from scimtui.store.remembered import Remembered


def test_values_come_back_at_the_next_start(tmp_path):
    path = tmp_path / "home" / "ui.json"
    Remembered(path).put("tabs", ["acme", {"type": "User"}])
    Remembered(path).put("theme", "dark")
    Remembered(path).put("theme", "light")
    assert Remembered(path).get("tabs") == ["acme", {"type": "User"}]
    assert Remembered(path).get("theme") == "light"
    assert Remembered(path).get("other", 5) == 5


@pytest.mark.parametrize("content", ["", "{", "[]", '{"_default": {"1": 5}}', '{"_default": {"x": {}}}', "\x00"])
def test_a_file_that_cannot_be_read_is_set_aside_and_forgotten(tmp_path, content):
    path = tmp_path / "ui.json"
    path.write_text(content)
    assert Remembered(path).get("tabs", "none") == "none"
    remembered = Remembered(path)
    remembered.put("tabs", 1)
    assert remembered.get("tabs") == 1
    assert Remembered(path).get("tabs") == 1


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_file_is_its_owners_alone(tmp_path):
    path = tmp_path / "home" / "ui.json"
    Remembered(path).put("tabs", 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["ui.json"]


def test_a_folder_that_cannot_be_written_is_said_and_reading_goes_on(tmp_path):
    (tmp_path / "file").write_text("")
    remembered = Remembered(tmp_path / "file" / "ui.json")
    assert remembered.get("tabs", 7) == 7
    with pytest.raises(CacheError):
        remembered.put("tabs", 1)
