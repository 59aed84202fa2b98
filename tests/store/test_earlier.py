"""What a resource was before the last synchronisation that changed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.caches import COMPLETE, NOW, fill, user

from scimtui.store import earlier
from scimtui.store.earlier import BEFORE, MOST, changed_last
from scimtui.store.resource_table import key_of_id

LATER = replace(COMPLETE, synced_at=NOW + timedelta(hours=1))


@pytest.fixture
def cache(again, folder):
    return again(folder)


@pytest.fixture
def users(cache):
    return cache.resources("User")


def sync(users, resources, state=COMPLETE):
    with users.replacement() as replacement:
        replacement.add(resources)
        replacement.commit(state)


def before(users, identity):
    found = earlier.earlier(users, key_of_id(identity))
    return None if found is None else (found.raw.get("title"), found.since)


def test_a_full_sync_keeps_what_the_changed_ones_were_and_since_when(cache, users, again, folder):
    sync(users, [user(1, title="a"), user(2, title="a"), user(3)])
    sync(users, [user(1, title="b"), user(2, title="a"), user(4)], LATER)
    assert before(users, "id-1") == ("a", NOW)
    assert before(users, "id-2") is None
    assert before(users, "id-4") is None
    assert changed_last(users) == {"id-1"}
    sync(users, [user(1, title="b"), user(2, title="c")], LATER)
    assert before(users, "id-1") == ("a", NOW)
    assert before(users, "id-2") == ("a", LATER.synced_at)
    assert changed_last(users) == {"id-2"}
    cache.close()
    users = again(folder).resources("User")
    assert (before(users, "id-1"), changed_last(users)) == (("a", NOW), {"id-2"})


def test_a_sync_of_changes_keeps_it_in_the_same_write(users):
    sync(users, [user(1, title="a"), user(2), user(3)])
    generation = users.generation
    users.merge([user(1, title="b"), user(4)], ["id-3"], LATER)
    assert before(users, "id-1") == ("a", NOW)
    assert users.generation == generation + 2  # the resources with what they were, then the state
    users.merge([user(2, title="c")], ["id-1"], LATER)
    assert before(users, "id-1") is None
    assert changed_last(users) == {"id-2"}


def test_what_is_written_here_is_no_change_of_a_sync(users):
    sync(users, [user(1, title="a")])
    users.put(user(1, title="ours"))
    assert before(users, "id-1") is None
    sync(users, [user(1, title="ours")], LATER)
    assert before(users, "id-1") is None


@pytest.mark.parametrize("by_changes", [True, False])
def test_an_incomplete_copy_is_never_shown_as_what_was_there_before(users, by_changes):
    partial = replace(COMPLETE, complete=False, why="the members are not read yet")
    sync(users, [user(1, title="a")], partial)
    if by_changes:
        users.merge([user(1, title="b")], [], LATER)
    else:
        sync(users, [user(1, title="b")], LATER)
    assert before(users, "id-1") is None
    assert users.db.tables() == {"resources", "sync"}


def test_a_thousand_are_kept_and_the_youngest_stay(users):
    many = range(MOST + 200)
    fill(users, many)
    users.merge([user(number, title="first") for number in range(300)], [], COMPLETE)
    users.merge([user(number, title="second") for number in range(300, MOST + 200)], [], LATER)
    assert len(users.db.table(BEFORE)) == MOST
    assert changed_last(users) == {f"id-{number}" for number in range(300, MOST + 200)}
    assert sum(before(users, f"id-{number}") is not None for number in range(300)) == MOST - (MOST + 200 - 300)


def test_documents_are_kept_up_to_a_size_and_smaller_ones_after_a_large_one(users, monkeypatch):
    monkeypatch.setattr(earlier, "MOST_BYTES", 5000)
    sync(users, [user(1, title="x" * 9000), user(2, title="a"), user(3, title="y" * 3000), user(4, title="z" * 3000)])
    sync(users, [user(number) for number in range(1, 5)], LATER)
    assert [before(users, f"id-{number}") is not None for number in range(1, 5)] == [False, True, True, False]


def test_what_no_fast_encoder_takes_comes_back_too(users):
    sync(users, [{"id": "1", "big": 2**70, "title": "\ud800"}])
    sync(users, [{"id": "1", "title": "b"}], LATER)
    found = earlier.earlier(users, "1")
    assert found is not None
    assert found.raw == {"id": "1", "big": 2**70, "title": "\ud800"}


def test_it_is_sealed_with_the_rest_and_stays_when_the_cache_is_sealed_again(again, folder, place):
    cache = again(folder, place.sealed)
    sync(cache.resources("User"), [user(1, title="canary-title")])
    sync(cache.resources("User"), [user(1, title="b")], LATER)
    cache.close()
    assert b"canary" not in b"".join(path.read_bytes() for path in folder.iterdir())
    users = again(folder, place.plain).resources("User")
    assert any(b"canary" in path.read_bytes() for path in folder.glob("*.tinydb"))
    assert before(users, "id-1") == ("canary-title", NOW)


def test_a_rewrite_of_the_file_keeps_it(users):
    sync(users, [user(1, title="a"), user(2)])
    sync(users, [user(1, title="b"), user(2)], LATER)
    users.db.storage.compact()
    assert before(users, "id-1") == ("a", NOW)
    assert changed_last(users) == {"id-1"}
