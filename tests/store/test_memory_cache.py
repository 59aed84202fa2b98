"""A cache in memory answers as the one on disk does; a live list in front of a cache writes nothing but single resources."""

from __future__ import annotations

import inspect
from dataclasses import replace

import pytest
from fakes.caches import COMPLETE, fill, ids, user

from scimtui.errors import CacheError
from scimtui.store.cache import DISCOVERY, SyncCounts, TenantCache
from scimtui.store.columns import Projection
from scimtui.store.live_cache import LiveCache, LiveResources
from scimtui.store.memory_cache import MemoryCache, MemoryReplacement, MemoryResources
from scimtui.store.replacement import Replacement
from scimtui.store.resource_cache import ResourceCache

NAMES = Projection("names", lambda raw: (raw["id"], raw["userName"], raw["userName"]))


@pytest.fixture(params=["disk", "memory"])
def users(request, tmp_path):
    cache = TenantCache(tmp_path / "acme") if request.param == "disk" else MemoryCache()
    yield cache.resources("User")
    cache.close()


@pytest.mark.parametrize(
    ("kind", "ours"),
    [
        (TenantCache, [MemoryCache]),
        (ResourceCache, [MemoryResources]),
        (Replacement, [MemoryReplacement]),
        (TenantCache, [LiveCache]),
        (ResourceCache, [LiveResources, MemoryResources]),
    ],
)
def test_no_call_reaches_a_disk_that_is_not_there(kind, ours):
    asked = {name for name, _ in inspect.getmembers(kind) if name in vars(kind) and not name.startswith("_")}
    assert asked - {name for one in ours for name in vars(one)} == set()


def test_resources_come_back_as_they_were_put(users):
    odd = {"id": 7, "Active": "True", "a": [None, 1.0, 2**70], "userName": "\ud800"}
    users.put(user(2))
    users.put(odd)
    users.put(user(1))
    users.put(user(2, title="new"))
    users.remove("id-1")
    users.remove("never there")
    assert list(users.documents()) == [user(2, title="new"), odd]
    assert next(iter(users.parts({"id", "userName", "title"})))["title"] == "new"
    assert (users.get("7"), users.get("id-1"), len(users), users.state) == (odd, None, 2, None)


def test_rows_are_those_of_the_present_resources_and_are_never_changed_in_place(users):
    users.put(user(1))
    users.put(user(2))
    before = users.rows(NAMES)
    users.put(user(1, userName="another"))
    assert before == [("id-1", "user1", "user1"), ("id-2", "user2", "user2")]
    assert users.rows(NAMES) == [("id-1", "another", "another"), ("id-2", "user2", "user2")]
    other = Projection("ids", lambda raw: (raw["id"], "", raw["id"]))
    assert users.rows(other) == [("id-1", "", "id-1"), ("id-2", "", "id-2")]
    assert users.rows(other) is users.rows(other)


def test_a_full_sync_counts_what_is_new_changed_and_gone(users):
    assert fill(users, [1, 2, 3]) == SyncCounts(new=3, changed=0, vanished=0)
    with users.replacement() as replacement:
        replacement.add([user(2, title="new"), user(3), user(4), user(5)])
        assert (len(replacement), replacement.missing()) == (4, (1, 3))
        assert ids(users) == ["id-1", "id-2", "id-3"]
        assert replacement.commit(COMPLETE) == SyncCounts(new=2, changed=1, vanished=1)
    assert (ids(users), users.state) == (["id-2", "id-3", "id-4", "id-5"], COMPLETE)
    with pytest.raises(CacheError, match="ended"):
        replacement.add([user(6)])


def test_what_is_written_here_during_a_sync_is_kept(users):
    fill(users, [1, 2])
    with users.replacement() as replacement:
        replacement.add([user(1), user(2), user(3)])
        users.put(user(1, title="mine"))
        users.remove("id-2")
        replacement.commit(COMPLETE)
    assert users.get("id-1") == user(1, title="mine")
    assert sorted(ids(users)) == ["id-1", "id-3"]


def test_a_sync_that_ends_without_a_commit_leaves_the_old_copy(users):
    fill(users, [1])
    with users.replacement() as replacement:
        replacement.add([user(2)])
        replacement.suspend({"walk": {}})
        replacement.abandon()
    assert ids(users) == ["id-1"]


def test_changes_are_merged_and_known_by_their_generation(users):
    fill(users, [1, 2, 3])
    before = users.generation
    state = replace(COMPLETE, count=2)
    assert users.merge([user(1), user(2, title="x"), user(9)], ["id-3"], state) == SyncCounts(1, 1, 1)
    assert users.state == state
    assert users.written_after("id-2", before)
    assert users.written_after("id-3", before)
    assert not users.written_after("id-9", users.generation)
    users.record(COMPLETE)
    assert users.state == COMPLETE


def test_a_sync_in_memory_that_broke_off_begins_anew():
    users = MemoryCache().resources("User")
    fill(users, [1])
    users.keep_progress({"walk": {}})
    users.drop_part()
    assert (users.part(), list(users.part_documents())) == (None, [])
    assert (users.earlier("id-1"), users.changed_last()) == (None, set())


def test_who_is_removed_while_all_are_read_is_left_out():
    users = MemoryCache().resources("User")
    fill(users, [1, 2])
    read = users.documents()
    next(read)
    users.remove("id-2")
    assert list(read) == []


def test_what_is_known_of_a_provider_is_kept_and_forgotten_at_the_end():
    cache = MemoryCache()
    document = {"ServiceProviderConfig": {"a": [1]}}
    cache.keep(DISCOVERY, document)
    cache.resources("User").put(user(1))
    assert (cache.kept(DISCOVERY), cache.kept("other"), cache.type_names()) == (document, None, ["User"])
    assert cache.read_only is False
    users = cache.resources("User")
    users.close()
    assert len(users) == 0
    cache.close()
    assert (cache.kept(DISCOVERY), cache.type_names()) == (None, [])


# ------------------------------------------------------------ a live list in front of a cache


@pytest.fixture
def cache(tmp_path):
    cache = TenantCache(tmp_path / "acme")
    fill(cache.resources("User"), [1, 2])
    cache.resources("Group").put({"id": "g", "displayName": "Staff"})
    yield cache
    cache.close()


@pytest.fixture
def live(cache):
    return LiveCache(cache, "User").live()


def test_a_list_is_in_memory_and_the_cache_stays_as_it_was(cache):
    front = LiveCache(cache, "User")
    front.live().begin()
    front.live().add([user(7), user(1, title="live")])
    assert front.resources("User").rows(NAMES) == [("id-7", "user7", "user7"), ("id-1", "user1", "user1")]
    assert front.resources("User").state is None
    assert ids(cache.resources("User")) == ["id-1", "id-2"]
    assert front.resources("Group") is cache.resources("Group")
    assert front.type_names() == ["Group", "User"]


def test_who_is_not_in_the_list_is_found_in_the_cache_and_in_the_list_before(cache, live):
    live.add([user(7)])
    live.begin()
    live.add([user(8)])
    assert [live.get(f"id-{number}") is not None for number in (7, 8, 2, 9)] == [True, True, True, False]
    assert ids(live) == ["id-8"]
    live.begin()
    assert live.get("id-7") is None


def test_one_resource_that_is_written_goes_into_both(cache, live):
    live.add([user(7), user(1)])
    live.put(user(7, title="boss"))
    live.put(user(5))
    live.remove("id-1")
    assert (live.get("id-7")["title"], ids(live)) == ("boss", ["id-7"])
    assert (ids(cache.resources("User")), live.get("id-5")) == (["id-2", "id-7", "id-5"], user(5))
    live.begin()
    assert live.get("id-7")["title"] == "boss"


def test_a_row_follows_what_somebody_else_wrote_into_the_cache(cache, live):
    live.add([user(1), user(7)])
    cache.resources("User").put(user(1, title="theirs"))
    for one in ("id-1", "id-2", "id-7"):
        live.reread(one)
    assert list(live.documents()) == [user(1, title="theirs"), user(7)]


def test_a_cache_that_another_program_writes_is_left_alone(cache, tmp_path):
    second = TenantCache(tmp_path / "acme")
    assert second.read_only
    front = LiveCache(second, "User")
    live = front.live()
    live.add([user(1)])
    live.put(user(1, title="here"))
    live.reread("id-1")
    live.remove("id-2")
    front.keep(DISCOVERY, {"a": 1})
    assert (front.read_only, live.get("id-1")["title"], front.kept(DISCOVERY)) == (False, "here", None)
    assert cache.resources("User").get("id-1") == user(1)
    front.close()
    second.close()


def test_documents_of_the_provider_are_those_of_the_cache(cache):
    front = LiveCache(cache, "User")
    front.keep(DISCOVERY, {"a": 1})
    assert cache.kept(DISCOVERY) == front.kept(DISCOVERY) == {"a": 1}
