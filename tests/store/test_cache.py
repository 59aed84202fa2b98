from __future__ import annotations

import os
import shutil
import stat
import threading
from dataclasses import replace

import pytest
from fakes.caches import COMPLETE, NOW, fill, ids, user
from tinydb import Query

from scimtui.errors import CacheError
from scimtui.store.cache import DISCOVERY, SyncCounts, SyncState, TenantCache


@pytest.fixture
def cache(folder, again):
    return again(folder)


@pytest.fixture
def users(cache):
    return cache.resources("User")


# ------------------------------------------------------------ resources


def test_an_empty_cache_holds_nothing_and_writes_no_file(cache, folder):
    users = cache.resources("User")
    assert (len(users), users.state, users.get("x"), list(users.documents())) == (0, None, None, [])
    assert cache.kept(DISCOVERY) is None
    assert cache.type_names() == []
    assert cache.notices == []
    assert cache.resources("User") is users


def test_a_resource_comes_back_exactly_in_the_order_of_insertion(cache, folder, users, again):
    odd = {"id": 7, "Active": "True", "urn:x": {"a": [None, 1.0, 2**70]}, "emails": "bare"}
    users.put(user(2))
    users.put(odd)
    users.put(user(1))
    users.put(user(2, title="new"))
    users.remove("id-1")
    users.remove("never there")
    cache.close()
    users = again(folder).resources("User")
    assert list(users.documents()) == [user(2, title="new"), odd]
    assert users.get("7") == odd
    assert list(users.get("7")) == list(odd)
    assert users.get("id-1") is None


def test_resources_without_an_id_are_all_kept(users):
    users.put({"userName": "a"})
    users.put({"userName": "b"})
    assert len(users) == 2


def test_an_id_that_is_no_unicode_is_kept(cache, folder, users, again):
    users.put({"id": "\ud800"})
    cache.close()
    assert again(folder).resources("User").get("\ud800") == {"id": "\ud800"}


def test_what_tinydb_finds_is_what_was_put(users):
    fill(users, range(5))
    users.put(user(3, active=False))
    assert [found["id"] for found in users.db.search(Query().active == False)] == ["id-3"]  # noqa: E712
    assert users.db.get(doc_id="id-3")["active"] is False
    users.db.update({"active": True}, Query().userName == "user3")
    assert users.get("id-3")["active"] is True


def test_every_write_has_a_greater_generation_also_after_opening_again(cache, folder, users, again):
    seen = [users.generation]
    users.put(user(1))
    seen.append(users.generation)
    users.remove("id-1")
    seen.append(users.generation)
    fill(users, [1, 2])
    seen.append(users.generation)
    users.record(replace(COMPLETE, count=9))
    seen.append(users.generation)
    cache.close()
    assert again(folder).resources("User").generation == seen[-1]
    assert seen == sorted(set(seen))


def test_the_state_of_the_last_sync_is_kept_with_the_resources(cache, folder, users, again):
    partly = SyncState(NOW, complete=False, why="only 3 of 4 arrived", claimed_total=None, count=3)
    fill(users, [1, 2, 3], partly)
    users.put(user(9))
    cache.close()
    users = again(folder).resources("User")
    assert users.state == partly
    assert len(users) == 4


def test_changes_of_a_part_are_merged(users):
    fill(users, [1, 2, 3])
    counts = users.merge([user(2, title="x"), user(3), user(4)], ["id-1", "gone already"], COMPLETE)
    assert counts == SyncCounts(new=1, changed=1, vanished=1)
    assert ids(users) == ["id-2", "id-3", "id-4"]


# ------------------------------------------------------------ a new copy


def test_a_new_copy_replaces_the_old_one_and_counts_what_changed(cache, folder, users, again):
    fill(users, [1, 2, 3])
    with users.replacement() as replacement:
        replacement.add([user(2, title="x"), user(3)])
        assert ids(users) == ["id-1", "id-2", "id-3"]
        replacement.add([user(4), user(4, title="twice")])
        assert len(replacement) == 3
        assert replacement.commit(COMPLETE) == SyncCounts(new=1, changed=1, vanished=1)
    assert list(users.documents()) == [user(2, title="x"), user(3), user(4, title="twice")]
    cache.close()
    assert ids(again(folder).resources("User")) == ["id-2", "id-3", "id-4"]


def test_a_copy_that_is_not_committed_leaves_the_old_one(cache, folder, users):
    fill(users, [1, 2])
    generation = users.generation
    with users.replacement() as replacement:
        replacement.add([user(3)])
    assert (ids(users), users.generation, users.state) == (["id-1", "id-2"], generation, COMPLETE)
    assert not list(folder.glob("*.new"))
    with pytest.raises(CacheError, match="ended"):
        replacement.add([user(4)])


def test_an_edit_made_meanwhile_survives_the_new_copy(users):
    fill(users, [1, 2, 3])
    with users.replacement() as replacement:
        replacement.add([user(1), user(2), user(3)])
        users.put(user(1, active=False))
        users.remove("id-2")
        users.put(user(9))
        replacement.commit(COMPLETE)
    assert users.get("id-1") == user(1, active=False)
    assert sorted(ids(users)) == ["id-1", "id-3", "id-9"]


def test_two_new_copies_at_once_are_refused(users):
    with users.replacement(), pytest.raises(CacheError, match="being replaced already"):
        users.replacement()
    fill(users, [1])
    assert ids(users) == ["id-1"]


# ------------------------------------------------------------ damage


def test_a_foreign_file_is_set_aside_and_said(folder, again):
    folder.mkdir(parents=True)
    (folder / "User.tinydb").write_text('{"_default": {}}')
    cache = again(folder)
    users = cache.resources("User")
    assert len(users) == 0
    (kept,) = folder.glob("User.tinydb.broken-*")
    assert kept.read_text() == '{"_default": {}}'
    assert kept.name in cache.notices[0]
    assert "synchronise" in cache.notices[0]
    users.put(user(1))
    assert ids(users) == ["id-1"]
    cache.close()


def test_a_damaged_line_is_said_when_it_is_met_and_the_file_is_set_aside(cache, folder, users, again):
    fill(users, range(50))
    cache.close()
    path = folder / "User.tinydb"
    data = bytearray(path.read_bytes())
    data[data.index(b'"user20"') + 3] ^= 1
    path.write_bytes(data)
    cache = again(folder)
    users = cache.resources("User")
    assert len(users) == 50
    assert users.get("id-3") == user(3)
    with pytest.raises(CacheError, match="damaged"):
        list(users.documents())
    assert len(list(folder.glob("User.tinydb.broken-*"))) == 1
    assert "synchronise" in cache.notices[0]
    assert len(users) == 0
    fill(users, [1])
    assert ids(users) == ["id-1"]
    cache.close()


def test_a_reader_sets_nothing_aside(folder, again):
    owner = again(folder)
    (folder / "User.tinydb").write_text("foreign")
    reader = again(folder)
    with pytest.raises(CacheError, match="not a cache file"):
        reader.resources("User")
    assert (folder / "User.tinydb").read_text() == "foreign"
    owner.close()


def test_discovery_comes_back_and_a_broken_one_is_set_aside(cache, folder):
    documents = {"Schemas": [{"id": "urn:x", "n": 2**70}], "ResourceTypes": None}
    cache.keep(DISCOVERY, documents)
    assert cache.kept(DISCOVERY) == documents
    (folder / "discovery.json").write_text("{")
    assert cache.kept(DISCOVERY) is None
    assert "discovery.json.broken" in cache.notices[0]
    assert cache.kept(DISCOVERY) is None


# ------------------------------------------------------------ names and modes


@pytest.mark.parametrize(
    "name", ["../../evil", "User", "a/b", "..", ".", "\x00", "x" * 500, "Ünï cödé", "\ud800", "lock", "con:aux", "%2F"]
)
def test_a_types_name_never_leads_out_of_the_folder(cache, folder, name):
    cache.resources(name).put(user(1))
    assert all(path.parent == folder for path in folder.rglob("*"))
    assert len(cache.type_names()) == 1
    assert {path.name for path in folder.parent.iterdir()} == {"acme"}
    assert cache.resources(name).get("id-1") == user(1)


def test_long_names_that_begin_alike_are_two_types(cache):
    cache.resources("x" * 300 + "a").put(user(1))
    assert len(cache.resources("x" * 300 + "b")) == 0


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_files_are_0600_in_folders_0700_whatever_the_umask(folder, again):
    umask = os.umask(0)
    try:
        cache = again(folder)
        fill(cache.resources("User"), [1])
        cache.keep(DISCOVERY, {"Schemas": None})
        cache.close()
    finally:
        os.umask(umask)
    for path in folder.parents[1].rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_folder_that_others_may_read_is_closed_to_them(folder, again):
    folder.mkdir(parents=True, mode=0o755)
    again(folder).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_no_crash(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = TenantCache(tmp_path / "file" / "acme")
    assert cache.read_only
    assert "Nothing can be kept" in cache.notices[0]
    assert "a file is where a folder should be" in cache.notices[0]
    cache.close()


def test_a_folder_deleted_under_us_is_said(cache, folder, users):
    users.put(user(1))
    shutil.rmtree(folder)
    with pytest.raises(CacheError) as caught:
        users.put(user(2))
    assert "deleted" in caught.value.message


def test_threads_may_write_while_others_read_and_a_new_copy_arrives(users):
    fill(users, range(300))
    failures: list[BaseException] = []

    def work(action) -> None:
        try:
            for number in range(40):
                action(number)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    def replace_all(number: int) -> None:
        if number % 10 == 0:
            fill(users, range(300))

    def put(number: int) -> None:
        users.put(user(1000 + number))

    def read(number: int) -> None:
        assert len(list(users.documents())) >= 300

    threads = [threading.Thread(target=work, args=(action,)) for action in (replace_all, put, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(users) >= 300
