"""Rows as resources again, and files that are there whole or not at all."""

from __future__ import annotations

import os
import stat

import pytest
from fakes.sessions import tenant_at

from scimtui.errors import CacheError
from scimtui.ops.exporting import named, obstacle, state_of, write_export
from scimtui.ops.session import close_session, open_session
from scimtui.ops.stoppable import Progress, Stopped, watched
from scimtui.present.exported import row_id


@pytest.fixture
async def session(tmp_path):
    session = open_session(tenant_at("https://nowhere.invalid"), tmp_path / "home")
    for number in range(4):
        session.cache.resources("User").put({"id": f"id-{number}", "userName": f"user{number}"})
    yield session
    await close_session(session)


def names(session, ids):
    return [raw["userName"] for raw in named(session, "User", ids, row_id)]


async def test_resources_come_in_the_order_of_the_rows_and_without_what_is_gone(session):
    assert names(session, ["id-3", "gone", "id-0"]) == ["user3", "user0"]
    assert state_of(session, "User") is None


async def test_a_resource_without_an_id_or_with_a_hostile_one_is_exported_too(session):
    users = session.cache.resources("User")
    users.put({"userName": "first without"})
    users.put({"userName": "second without"})
    users.put({"id": "evil\x1b[2J", "userName": "evil"})
    wanted = [row_id(raw) for raw in users.documents()]
    assert sorted(names(session, wanted)) == [
        "evil", "first without", "second without", "user0", "user1", "user2", "user3"
    ]  # fmt: skip
    assert names(session, ["evil␛[2J", "id-1"]) == ["evil", "user1"]


def test_an_export_is_there_whole_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "people.csv"
    write_export(path, (f"line {number}" for number in range(5000)))
    assert path.read_text().splitlines()[-1] == "line 4999"
    assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_export_that_is_stopped_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("old")
    progress = Progress()

    def lines():
        for number in range(100_000):
            progress.stop = number > 50_000
            yield f"line {number}"

    with pytest.raises(Stopped):
        write_export(path, watched(lines(), progress))
    assert progress.done > 50_000
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_where_no_file_can_be_is_said_before_anything_is_read(tmp_path):
    assert obstacle(tmp_path / "new.csv") is None
    assert obstacle(tmp_path) == f"{tmp_path} is a folder"
    assert obstacle(tmp_path / "typo" / "new.csv") == f"there is no folder {tmp_path / 'typo'}"


def test_what_the_disk_refuses_is_an_error_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CacheError, match="cannot write"):
        write_export(tmp_path / "file" / "people.csv", ["line"])
