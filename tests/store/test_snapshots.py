"""Earlier copies: each is what the cache held at that moment, they are few and small, and a broken one breaks no other."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scimtui.errors import CacheError
from scimtui.store.cache import SyncState, TenantCache
from scimtui.store.snapshots import changes, documents, snapshots, steps, take

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def cache(tmp_path: Path):
    held = TenantCache(tmp_path / "cache")
    yield held.resources("User")
    held.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


def person(number: int, title: str = "") -> dict[str, Any]:
    return {"id": f"id {number}\t{'é' * 40}", "userName": f"user{number}", "title": title}


def synced(cache, after: timedelta, changed=(), removed=(), *, complete: bool = True) -> None:
    """Bring changes into the cache, as a sync does that began so long after the first one."""
    cache.merge(changed, removed, SyncState(BEGAN + after, complete, None if complete else "broke off", None, 0))


def held(resources) -> dict[str, Any]:
    return {raw["id"]: raw for raw in resources}


def days(number: float) -> timedelta:
    return timedelta(days=number)


@pytest.mark.parametrize("seed", range(3))
def test_each_copy_is_what_was_there_at_its_moment(cache, folder, seed):
    chance, truth = random.Random(seed), {}
    for day in range(14):
        changed = [person(chance.randrange(30), f"{day}") for _ in range(chance.randrange(6))]
        removed = chance.sample(sorted(held(cache.documents())), k=min(len(cache), chance.randrange(3)))
        synced(cache, days(day), changed, [one for one in removed if one not in {each["id"] for each in changed}])
        if chance.random() < 0.5:
            cache.put(person(99, f"edited on {day}"))
        taken = take(cache, folder, keep=4)
        if taken is not None:
            truth[taken.path.name] = held(cache.documents())
    known = snapshots(cache, folder)
    assert 4 <= len(known) < 8
    for one in known:
        assert held(documents(cache, one, folder)) == truth[one.path.name]
        assert one.count == len(truth[one.path.name])


def test_a_copy_holds_only_what_changed_since_the_one_before(cache, folder):
    synced(cache, days(0), [person(number, str(random.Random(number).random())) for number in range(2000)])
    whole = take(cache, folder, keep=5)
    synced(cache, days(1), [person(7, "changed")])
    assert take(cache, folder, keep=5).path.stat().st_size < whole.path.stat().st_size / 20


def test_copies_of_one_hour_take_each_others_place_so_that_last_friday_stays(cache, folder):
    synced(cache, days(0), [person(1)])
    friday = take(cache, folder, keep=3)
    for minute in range(30):
        synced(cache, days(3) + timedelta(minutes=minute), [person(1, str(minute))])
        take(cache, folder, keep=3)
    assert snapshots(cache, folder)[0].path == friday.path
    assert len(snapshots(cache, folder)) == 2
    assert [raw["title"] for raw in documents(cache, snapshots(cache, folder)[-1], folder)] == ["29"]


def test_nothing_is_kept_of_an_incomplete_copy_of_none_and_where_none_is_wanted(cache, folder):
    assert take(cache, folder, keep=3) is None
    synced(cache, days(0), [person(1)], complete=False)
    assert take(cache, folder, keep=3) is None
    synced(cache, days(0), [person(2)])
    assert take(cache, folder, keep=0) is None
    assert take(cache, folder, keep=3) is not None
    assert take(cache, folder, keep=3) is None  # nothing was written since


def test_a_cache_that_began_anew_gets_a_whole_copy_and_the_earlier_ones_stay(cache, folder, tmp_path):
    synced(cache, days(0), [person(1)])
    take(cache, folder, keep=3)
    other = TenantCache(tmp_path / "other")
    synced(other.resources("User"), days(1), [person(2)])
    second = take(other.resources("User"), folder, keep=3)
    assert second.base == ""
    assert [list(held(documents(cache, one, folder))) for one in snapshots(cache, folder)] == [
        [person(1)["id"]],
        [person(2)["id"]],
    ]
    other.close()


@pytest.mark.parametrize(
    "harm", [lambda data: data[:-3], lambda data: data[:0], lambda data: data[:40] + b"x" + data[41:]]
)
def test_a_damaged_copy_is_said_or_left_out_and_the_others_are_read(cache, folder, harm):
    synced(cache, days(0), [person(number) for number in range(500)])
    take(cache, folder, keep=1)
    synced(cache, days(1), [person(number, "x") for number in range(500)])
    first, second = take(cache, folder, keep=1), snapshots(cache, folder)
    path = second[0].path
    path.write_bytes(harm(path.read_bytes()))
    for one in snapshots(cache, folder):
        if one.path == path:
            with pytest.raises(CacheError, match="cannot be read"):
                list(documents(cache, one, folder))
        else:
            assert len(list(documents(cache, one, folder))) == 500
    synced(cache, days(2), [person(1, "y")])
    assert take(cache, folder, keep=1) is not None
    assert first is not None


def test_files_are_for_their_owner_alone_and_types_do_not_mix(cache, folder, tmp_path):
    synced(cache, days(0), [person(1)])
    path = take(cache, folder, keep=1).path
    assert (path.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    tenant = TenantCache(tmp_path / "more")
    odd = tenant.resources("User.x/../é")
    synced(odd, days(0), [person(2)])
    assert take(odd, folder, keep=1).path.parent == folder
    assert len(snapshots(cache, folder)) == len(snapshots(odd, folder)) == 1
    tenant.close()


def test_beside_a_sealed_cache_copies_are_sealed_and_plain_ones_from_before_are_gone(folder, again, place, tmp_path):
    tenant = again(tmp_path / "acme", place.plain)
    plain = tenant.resources("User")
    synced(plain, days(0), [person(1, "canary")])
    before = take(plain, folder, keep=3).path
    tenant.close()
    sealed = again(tmp_path / "acme", place.sealed).resources("User")
    synced(sealed, days(1), [person(2, "canary")])
    taken = take(sealed, folder, keep=3)
    assert not before.exists()
    assert b"user" not in taken.path.read_bytes()
    assert [raw["userName"] for raw in documents(sealed, taken, folder)] == ["user1", "user2"]
    tampered = bytearray(taken.path.read_bytes())
    tampered[-1] ^= 1
    taken.path.write_bytes(tampered)
    assert snapshots(sealed, folder) == []


def unlike(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Who is not the same in two copies, as before and after."""
    return {
        one: (before.get(one), after.get(one))
        for one in before.keys() | after.keys()
        if before.get(one) != after.get(one)
    }


def named(pairs) -> dict[str, Any]:
    found = [((before or after)["id"], (before, after)) for before, after in pairs]
    assert len(dict(found)) == len(found)
    return dict(found)


@pytest.mark.parametrize("seed", range(3))
def test_what_changed_between_any_two_copies_and_now_is_what_comparing_them_whole_would_find(seed, folder, tmp_path):
    chance = random.Random(seed)
    tenant = TenantCache(tmp_path / "cache")
    cache = tenant.resources("User")
    for day in range(12):
        if day == 9:  # begun anew: nothing builds on what was before
            tenant.close()
            tenant = TenantCache(tmp_path / "anew")
            cache = tenant.resources("User")
            synced(cache, days(day), [person(number) for number in range(10, 25)])
        some = [person(chance.randrange(30), str(chance.randrange(3))) for _ in range(4)]
        synced(cache, days(day), some, chance.sample(sorted(held(cache.documents())), k=min(len(cache), 1)))
        take(cache, folder, keep=5)
    cache.put(person(99))
    known = snapshots(cache, folder)
    whole = [held(documents(cache, one, folder)) for one in known]
    now = held(cache.documents())
    assert len({one.lineage for one in known}) == 2
    for place, older in enumerate(known):
        assert named(changes(cache, older, None, folder)) == unlike(whole[place], now)
        for other, newer in enumerate(known):
            assert named(changes(cache, older, newer, folder)) == unlike(whole[place], whole[other])
    walked = [(one.path, named(pairs)) for one, pairs in steps(cache, folder)]
    assert walked == [(known[at].path, unlike(whole[at - 1], whole[at])) for at in range(1, len(known))]
    tenant.close()


def test_a_damaged_copy_is_named_by_whatever_builds_on_it(cache, folder):
    for day in range(4):
        many = 3000 if day == 1 else 5  # so long that its beginning can be read
        synced(cache, days(day), [person(n, random.Random(f"{day} {n}").randbytes(40).hex()) for n in range(many)])
        take(cache, folder, keep=9)
    first, second, third, last = snapshots(cache, folder)
    data = bytearray(second.path.read_bytes())
    data[-9] ^= 1
    second.path.write_bytes(data)
    for read in (
        lambda: documents(cache, last, folder),
        lambda: changes(cache, first, third, folder),
        lambda: (pair for _, pairs in steps(cache, folder) for pair in pairs),
    ):
        with pytest.raises(CacheError, match=second.path.name):
            list(read())
    assert len(list(documents(cache, first, folder))) == 5


@pytest.mark.parametrize("between", [0, 1])
def test_who_left_by_another_way_since_the_last_copy_is_gone_from_the_next(cache, folder, between):
    synced(cache, days(0), [person(1), person(2)])
    take(cache, folder, keep=3)
    if between:
        cache.remove(person(2)["id"])
    synced(cache, days(1), [person(3)])
    taken = take(cache, folder, keep=3, vanished=0)
    assert len(held(documents(cache, taken, folder))) == 3 - between


def test_who_left_stays_gone_when_a_later_copy_of_the_same_hour_takes_the_place_of_the_one_before(cache, folder):
    synced(cache, days(0), [person(1), person(2), person(3)])
    take(cache, folder, keep=3)
    synced(cache, timedelta(hours=2), [], [person(2)["id"]])
    take(cache, folder, keep=3, vanished=1)
    synced(cache, timedelta(hours=2, minutes=5), [person(1, "changed")])
    taken = take(cache, folder, keep=3, vanished=0)
    assert len(snapshots(cache, folder)) == 2
    assert sorted(raw["title"] for raw in documents(cache, taken, folder)) == ["", "changed"]
