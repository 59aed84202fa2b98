from __future__ import annotations

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from scimtui.store.cache import SyncState, TenantCache
from scimtui.store.columns import Projection

STATE = SyncState(datetime(2026, 1, 1, tzinfo=UTC), complete=True, why=None, claimed_total=None, count=0)


class Counting:
    """A projection that counts the documents it was shown."""

    def __init__(self, key: str = "v1", columns: tuple[str, ...] = ("userName", "department")) -> None:
        self.shown: list[str] = []
        self.columns = columns
        self.projection = Projection(key, self._project)

    def _project(self, raw) -> tuple[str, ...]:
        self.shown.append(raw["id"])
        cells = [str(raw.get(name, "")) for name in self.columns]
        return (raw["id"], " ".join(cells).lower(), *cells)


def user(number: int, **values) -> dict:
    return {"id": f"id-{number}", "userName": f"User{number}", "department": f"d{number % 3}", **values}


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "acme"


@pytest.fixture
def opened(folder):
    """Opens the users of the folder anew, as the next start does."""
    caches: list[TenantCache] = []

    def opening():
        for each in caches:
            each.close()
        caches.append(TenantCache(folder))
        return caches[-1].resources("User")

    yield opening
    for each in caches:
        each.close()


@pytest.fixture
def users(opened):
    users = opened()
    fill(users, range(30))
    return users


def fill(users, numbers) -> None:
    with users.replacement() as replacement:
        replacement.add([user(number) for number in numbers])
        replacement.commit(STATE)


def sidecars(folder) -> list[Path]:
    return sorted(folder.glob("*.columns"))


def test_a_row_is_made_for_each_document_in_its_order(users):
    rows = users.rows(Counting().projection)
    assert rows[4] == ("id-4", "user4 d1", "User4", "d1")
    assert [row[0] for row in rows] == [raw["id"] for raw in users.documents()]


def test_the_next_start_shows_no_document_to_the_projection(users, opened):
    expected = users.rows(Counting().projection)
    second = Counting()
    assert opened().rows(second.projection) == expected
    assert second.shown == []


def test_only_what_changed_since_is_projected_now_and_after_the_next_start(users, opened):
    first = Counting()
    users.rows(first.projection)
    first.shown.clear()
    users.put(user(7, department="new"))
    users.put(user(99))
    users.remove("id-3")
    now = users.rows(first.projection)
    assert first.shown == ["id-7", "id-99"]
    assert ("id-7", "user7 new", "User7", "new") in now
    assert "id-3" not in [row[0] for row in now]
    later = Counting()
    assert opened().rows(later.projection) == now
    assert later.shown == ["id-7", "id-99"]


def test_a_full_sync_projects_only_what_is_different(users, opened):
    users.rows(Counting().projection)
    with users.replacement() as replacement:
        replacement.add([user(number, **({"department": "x"} if number == 5 else {})) for number in range(29)])
        replacement.commit(STATE)
    after = Counting()
    rows = opened().rows(after.projection)
    assert after.shown == ["id-5"]
    assert len(rows) == 29


def test_rows_given_out_do_not_change_later(users):
    projection = Counting().projection
    before = users.rows(projection)
    copy = list(before)
    users.put(user(1, department="z"))
    users.rows(projection)
    assert before == copy
    assert users.rows(projection) is users.rows(projection)


def test_other_columns_are_projected_anew_and_both_are_kept(users, opened, folder):
    users.rows(Counting("v1").projection)
    other = Counting("v2", ("department",))
    assert users.rows(other.projection)[1] == ("id-1", "d1", "d1")
    assert len(other.shown) == 30
    assert len(sidecars(folder)) == 2
    again = Counting("v1")
    opened().rows(again.projection)
    assert again.shown == []


def test_only_a_few_sidecars_are_kept(users, folder):
    for number in range(9):
        users.rows(Counting(f"v{number}").projection)
    assert len(sidecars(folder)) == 4


@pytest.mark.parametrize("place", [0, 5, 40, -30, -1])
def test_a_damaged_sidecar_is_made_anew(users, opened, folder, place):
    expected = users.rows(Counting().projection)
    (path,) = sidecars(folder)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    again = Counting()
    assert opened().rows(again.projection) == expected
    assert len(again.shown) == 30


@pytest.mark.parametrize("content", [b"", b"\n", b"x" * 500, b"00000000 {}\n"], ids=["empty", "line", "junk", "header"])
def test_a_foreign_sidecar_is_made_anew(users, opened, folder, content):
    expected = users.rows(Counting().projection)
    (path,) = sidecars(folder)
    path.write_bytes(content)
    assert opened().rows(Counting().projection) == expected


def test_a_sidecar_of_another_history_is_not_used(users, opened, folder):
    users.rows(Counting().projection)
    (path,) = sidecars(folder)
    kept = path.read_bytes()
    opened().db.storage.close()
    (folder / "User.tinydb").unlink()
    users = opened()
    fill(users, range(100, 130))
    path.write_bytes(kept)
    again = Counting()
    assert opened().rows(again.projection)[0][0] == "id-100"
    assert len(again.shown) == 30


def test_a_reader_uses_the_sidecar_and_writes_none(users, folder):
    expected = users.rows(Counting().projection)
    reader = TenantCache(folder)
    assert reader.read_only
    shown = Counting()
    assert reader.resources("User").rows(shown.projection) == expected
    assert shown.shown == []
    reader.resources("User").rows(Counting("v2").projection)
    assert len(sidecars(folder)) == 1
    reader.close()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_sidecar_is_its_owners_alone(users, folder):
    users.rows(Counting().projection)
    assert stat.S_IMODE(sidecars(folder)[0].stat().st_mode) == 0o600


def test_many_changes_are_written_to_the_sidecar(opened, folder):
    users = opened()
    fill(users, range(5))
    users.rows(Counting().projection)
    users.merge([user(number) for number in range(5, 1200)], [], STATE)
    users.rows(Counting().projection)
    again = Counting()
    assert len(opened().rows(again.projection)) == 1200
    assert again.shown == []


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=3) | st.sampled_from(["a", "b", "\x1f", "\n", "é"])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(cells, cells), max_size=12))
def test_any_text_comes_back_from_the_sidecar(tmp_path_factory, table):
    folder = tmp_path_factory.mktemp("cells")
    counting = Counting(columns=("a", "b"))
    cache = TenantCache(folder)
    users = cache.resources("User")
    for number, (a, b) in enumerate(table):
        users.put({"id": f"{number}{a}", "a": a, "b": b})
    expected = users.rows(counting.projection)
    cache.close()
    cache = TenantCache(folder)
    again = Counting(columns=("a", "b"))
    assert cache.resources("User").rows(again.projection) == expected
    cache.close()
    assert again.shown == []
