"""Disks that are full or read-only, and files that go away: real ones, mounted where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from fakes.caches import COMPLETE, fill, ids, user

from scimtui.errors import CacheError
from scimtui.store.cache import DISCOVERY
from scimtui.store.columns import Projection
from scimtui.store.resealing import is_sealed

NAMES = Projection("names", lambda raw: (raw["id"], raw["userName"], raw["userName"]))


def as_root(*command: str) -> bool:
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    try:
        return subprocess.run([*prefix, *command], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


class Disk:
    """A disk of half a megabyte."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "acme"
        self._ballast = root / "ballast"

    def fill(self) -> None:
        """Leave no room at all."""
        with self._ballast.open("ab", buffering=0) as file, suppress(OSError):
            while file.write(b"x" * 4096):
                pass

    def leave(self, size: int) -> None:
        """Fill the disk up to that many bytes."""
        self.fill()
        os.truncate(self._ballast, self._ballast.stat().st_size - size)

    def free(self) -> None:
        self._ballast.unlink()

    def make_read_only(self) -> None:
        assert as_root("mount", "-o", "remount,ro", str(self.root))


@pytest.fixture
def disk(tmp_path):
    root = tmp_path / "disk"
    root.mkdir()
    owner = f"size=512k,uid={os.geteuid()}" if os.name == "posix" else ""
    if os.name != "posix" or not as_root("mount", "-t", "tmpfs", "-o", owner, "none", str(root)):
        if os.environ.get("CI") and sys.platform == "linux":
            pytest.fail("a small disk cannot be mounted")
        pytest.skip("no right to mount a small disk")
    yield Disk(root)
    assert as_root("umount", "-l", str(root))


@pytest.fixture(params=["plain", "sealed"])
def keys(request, place):
    return place.sealed if request.param == "sealed" else place.plain


def big(number: int, size: int = 3000) -> dict:
    return user(number, text="x" * size)


def put_pairs(users, acknowledged: list[str]) -> None:
    """Write two resources at a time, as one write, until that fails."""
    for number in range(1, 100):
        users.db.insert_multiple([big(number), big(-number)])
        acknowledged += [f"id-{number}", f"id-{-number}"]


def replace_all(users, resources) -> None:
    with users.replacement() as replacement:
        replacement.add(resources)
        replacement.commit(COMPLETE)


# ------------------------------------------------------------ a full disk


@pytest.mark.parametrize("room", [0, 4096, 12288])
def test_a_write_that_a_full_disk_cuts_short_is_said_and_nothing_before_it_is_lost(disk, again, keys, room):
    cache = again(disk.folder, keys)
    users = cache.resources("User")
    users.put(user(0))
    disk.leave(room)
    wanted = ["id-0"]
    with pytest.raises(CacheError) as caught:
        put_pairs(users, wanted)
    assert caught.value.message == f"cannot write the cache file {disk.folder / 'User.tinydb'}: the disk is full"
    assert caught.value.hint == "free some space, then try again"
    assert ids(users) == wanted
    cache.close()
    cache = again(disk.folder, keys)
    users = cache.resources("User")
    assert cache.notices == []
    assert ids(users) == wanted
    assert len(users.rows(NAMES)) == len(wanted)
    disk.free()
    users.put(big(1000, 9000))
    cache.close()
    assert ids(again(disk.folder, keys).resources("User")) == [*wanted, "id-1000"]


def test_a_program_goes_on_when_a_full_disk_has_room_again(disk, again, keys):
    cache = again(disk.folder, keys)
    users = cache.resources("User")
    users.put(user(0))
    for number in range(1, 6):
        disk.leave(4096)
        with pytest.raises(CacheError, match="the disk is full"):
            users.db.insert_multiple([big(-1), big(-2), big(-3)])
        disk.free()
        users.put(user(number))
    cache.close()
    assert ids(again(disk.folder, keys).resources("User")) == [f"id-{n}" for n in range(6)]


def test_a_synchronisation_that_does_not_fit_leaves_the_old_copy(disk, again, keys):
    cache = again(disk.folder, keys)
    users = cache.resources("User")
    fill(users, range(20))
    disk.leave(8192)
    with pytest.raises(CacheError, match="the disk is full"):
        replace_all(users, map(big, range(100)))
    assert ids(users) == [f"id-{n}" for n in range(20)]
    assert not list(disk.folder.glob("*.new"))
    disk.free()
    fill(users, range(30))
    assert len(users) == 30


def test_a_cache_that_cannot_be_encrypted_for_want_of_room_is_read_and_not_written(disk, again, place):
    cache = again(disk.folder, place.plain)
    fill(cache.resources("User"), range(50))
    cache.close()
    disk.fill()
    cache = again(disk.folder, place.sealed)
    assert "the disk is full; free some space" in cache.notices[0]
    users = cache.resources("User")
    assert len(ids(users)) == 50
    with pytest.raises(CacheError, match="the disk is full"):
        users.put(user(100))
    cache.close()
    disk.free()
    users = again(disk.folder, place.sealed).resources("User")
    assert len(ids(users)) == 50
    assert is_sealed(disk.folder / "User.tinydb")


# ------------------------------------------------------------ a read-only disk


def test_a_cache_on_a_read_only_disk_is_read_and_says_why_it_is_not_written(disk, again, keys):
    cache = again(disk.folder, keys)
    fill(cache.resources("User"), range(5))
    rows = cache.resources("User").rows(NAMES)
    cache.keep(DISCOVERY, {"Schemas": []})
    cache.close()
    disk.make_read_only()
    cache = again(disk.folder, keys)
    (notice,) = cache.notices
    assert notice.startswith(f"Nothing can be kept in {disk.folder}: cannot open the cache folder")
    assert "the disk is read-only; mount it writable" in notice
    users = cache.resources("User")
    assert (ids(users), users.rows(NAMES)) == ([f"id-{n}" for n in range(5)], rows)
    assert cache.kept(DISCOVERY) == {"Schemas": []}
    for write in (lambda: users.put(user(9)), lambda: cache.keep(DISCOVERY, {}), users.replacement):
        with pytest.raises(CacheError, match="read-only"):
            write()


def test_a_new_tenant_on_a_read_only_disk_is_empty_and_no_crash(disk, again, keys):
    disk.make_read_only()
    cache = again(disk.folder, keys)
    assert cache.read_only
    assert len(cache.resources("User")) == 0


# ------------------------------------------------------------ files that go away


@pytest.mark.skipif(os.name != "posix", reason="Windows deletes no open file")
def test_a_folder_deleted_under_a_running_program_comes_back_with_the_next_synchronisation(folder, again, keys):
    cache = again(folder, keys)
    users = cache.resources("User")
    fill(users, range(5))
    shutil.rmtree(folder)
    with pytest.raises(CacheError, match="the file or its folder was deleted") as caught:
        users.put(user(9))
    assert caught.value.hint == "synchronise again to write a new copy"
    assert users.get("id-3") == user(3)
    assert len(users.rows(NAMES)) == 5
    fill(users, range(7))
    users.put(user(9))
    cache.close()
    assert ids(again(folder, keys).resources("User")) == [*(f"id-{n}" for n in range(7)), "id-9"]
    assert is_sealed(folder / "User.tinydb") is keys.sealed


@pytest.mark.skipif(os.name != "posix", reason="Windows replaces no open file")
def test_a_file_that_another_one_replaced_is_neither_written_nor_believed(folder, again, keys):
    cache = again(folder, keys)
    users = cache.resources("User")
    fill(users, range(5))
    other = folder / "restored"
    other.write_bytes(b"an older copy")
    other.replace(folder / "User.tinydb")
    for _ in range(2):
        with pytest.raises(CacheError, match="put another file in its place") as caught:
            users.put(user(9))
        assert "synchronise again" in caught.value.hint
    assert (folder / "User.tinydb").read_bytes() == b"an older copy"
    assert ids(users) == [f"id-{n}" for n in range(5)]
    fill(users, range(6))
    users.put(user(9))
    assert len(ids(users)) == 7


def test_a_file_that_another_program_wrote_to_is_not_overwritten(folder, again, keys):
    cache = again(folder, keys)
    users = cache.resources("User")
    fill(users, range(5))
    with (folder / "User.tinydb").open("ab") as file:
        file.write(b"a line of theirs\n")
    with pytest.raises(CacheError, match="another program wrote to it"):
        users.put(user(9))
    assert (folder / "User.tinydb").read_bytes().endswith(b"a line of theirs\n")
    fill(users, range(6))
    users.put(user(9))
    assert len(ids(users)) == 7
