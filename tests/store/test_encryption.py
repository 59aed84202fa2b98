from __future__ import annotations

import shutil
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from fakes.caches import COMPLETE, fill, ids, user

from scimtui.errors import CacheError
from scimtui.store.cache import DISCOVERY
from scimtui.store.cipher import Cipher
from scimtui.store.columns import Projection
from scimtui.store.log_storage import LogStorage
from scimtui.store.resealing import is_sealed
from scimtui.store.resource_table import ResourceDB

ROOT = Path(__file__).parents[2]
NAMES = Projection("names", lambda raw: (raw["id"], raw["userName"].lower(), raw["userName"]))
PAGES = "User.pages.json"


def write_everything(cache) -> None:
    """Have the cache write each kind of file that it knows."""
    users = cache.resources("User")
    fill(users, range(30))
    users.put(user(99))
    users.remove("id-3")
    users.rows(NAMES)
    cache.keep(PAGES, {"pages": ["user7"]})
    cache.keep(DISCOVERY, {"Schemas": []})
    groups = cache.resources("Group")
    groups.put({"id": "id-g", "displayName": "user group"})
    replacement = groups.replacement()
    replacement.add([{"id": "id-h", "displayName": "user group two"}])
    replacement.suspend({"walk": {"cursor": "user7"}})


def holds_everything(cache) -> bool:
    users = cache.resources("User")
    assert ids(users) == [f"id-{n}" for n in range(30) if n != 3] + ["id-99"]
    assert users.state == COMPLETE
    assert [row[2] for row in users.rows(NAMES)] == [raw["userName"] for raw in users.documents()]
    assert cache.kept(PAGES) == {"pages": ["user7"]}
    assert cache.resources("Group").get("id-g") == {"id": "id-g", "displayName": "user group"}
    return True


def files_with(folder: Path, *words: bytes) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if any(word in path.read_bytes() for word in words))


def test_nothing_of_people_can_be_read_in_an_encrypted_folder(folder, again, place):
    cache = again(folder, place.sealed)
    write_everything(cache)
    cache.resources("User").db.storage.compact()
    cache.close()
    assert {path.name.split(".", 1)[1] for path in folder.glob("Group.*")} == {
        "tinydb",
        "tinydb.part",
        "tinydb.part.json",
    }
    assert list(folder.glob("User.*.columns"))
    assert files_with(folder, b"user", b"id-", b"resources") == []
    cache = again(folder, place.sealed)
    assert cache.notices == []
    assert holds_everything(cache)
    assert cache.kept(DISCOVERY) == {"Schemas": []}


def test_a_broken_off_synchronisation_goes_on_in_an_encrypted_folder(folder, again, place):
    cache = again(folder, place.sealed)
    write_everything(cache)
    cache.close()
    groups = again(folder, place.sealed).resources("Group")
    assert groups.part()["walk"] == {"cursor": "user7"}
    assert [raw["id"] for raw in groups.part_documents()] == ["id-h"]
    groups.keep_progress({"walk": "where it was"})
    assert groups.part()["walk"] == "where it was"
    assert [raw["id"] for raw in groups.part_documents()] == ["id-g"]


def test_rows_are_read_from_an_encrypted_sidecar_without_a_document(folder, again, place):
    cache = again(folder, place.sealed)
    fill(cache.resources("User"), range(5))
    rows = cache.resources("User").rows(NAMES)
    cache.close()
    shown = []
    counting = Projection(NAMES.key, lambda raw: shown.append(raw) or ())
    assert again(folder, place.sealed).resources("User").rows(counting) == rows
    assert shown == []


@pytest.mark.parametrize("to_sealed", [True, False], ids=["on to encrypted", "encrypted to on"])
def test_what_is_in_the_other_form_is_written_anew_and_said_once(folder, again, place, to_sealed):
    before, wanted = (place.plain, place.sealed) if to_sealed else (place.sealed, place.plain)
    cache = again(folder, before)
    write_everything(cache)
    cache.close()
    cache = again(folder, wanted)
    (notice,) = cache.notices
    assert notice.startswith(
        "The cached Group, User resources were written anew " + ("encrypted" if to_sealed else "un")
    )
    assert all(is_sealed(path) == to_sealed for path in folder.glob("*.tinydb"))
    assert not list(folder.glob("*.columns")) + list(folder.glob("*.part*"))
    assert (files_with(folder, b"user", b"id-") == []) is to_sealed
    assert holds_everything(cache)
    cache.close()
    cache = again(folder, wanted)
    assert cache.notices == []
    assert holds_everything(cache)


def test_a_lost_key_costs_the_cache_and_is_said(folder, again, place):
    cache = again(folder, place.sealed)
    write_everything(cache)
    cache.close()
    place.key = None
    cache = again(folder, place.sealed)
    users = cache.resources("User")
    assert (len(users), cache.kept(PAGES)) == (0, None)
    assert "encrypted with a key that is not in the keyring" in cache.notices[0]
    assert "synchronise to fetch them again" in cache.notices[0]
    assert len(list(folder.glob("User.tinydb.broken-*"))) == 1
    fill(users, [1])
    cache.close()
    assert ids(again(folder, place.sealed).resources("User")) == ["id-1"]
    assert files_with(folder, b"user", b"id-") == []


def test_who_wants_it_plain_and_has_lost_the_key_starts_empty(folder, again, place):
    cache = again(folder, place.sealed)
    write_everything(cache)
    cache.close()

    def silent() -> bytes:
        raise CacheError("the keyring does not answer")

    keys = place.plain
    cache = again(folder, type(keys)(sealed=False, find=silent, make=silent))
    assert len(cache.resources("User")) == 0
    assert "encrypted" in cache.notices[0]
    fill(cache.resources("User"), [1])
    assert files_with(folder, b"user1") == ["User.tinydb"]


def test_without_a_key_nothing_is_opened_nothing_is_written_and_the_folder_is_free_again(folder, again, place):
    def refuse() -> bytes:
        raise CacheError("there is no keyring on this machine")

    keys = type(place.sealed)(sealed=True, find=lambda: None, make=refuse)
    with pytest.raises(CacheError, match="no keyring"):
        again(folder, keys)
    assert not list(folder.glob("*.tinydb"))
    assert not again(folder, place.plain).read_only


def test_who_has_no_keys_leaves_encrypted_files_alone(folder, again, place):
    cache = again(folder, place.sealed)
    write_everything(cache)
    cache.close()
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "owner.json"}
    looking = again(folder)
    assert looking.read_only
    assert "it is encrypted" in looking.notices[0]
    with pytest.raises(CacheError, match="encrypted"):
        looking.resources("User")
    assert looking.kept(PAGES) is None
    looking.close()
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "owner.json"} == before


def test_a_second_program_reads_an_encrypted_cache_and_makes_no_key(folder, again, place):
    owner = again(folder, place.sealed)
    fill(owner.resources("User"), [1, 2])
    reader = again(folder, place.sealed)
    assert reader.read_only
    assert ids(reader.resources("User")) == ["id-1", "id-2"]
    reader.close()
    key, place.key = place.key, None
    reader = again(folder, place.sealed)
    with pytest.raises(CacheError, match="not in the keyring"):
        reader.resources("User")
    assert place.key is None
    place.key = key
    assert ids(owner.resources("User")) == ["id-1", "id-2"]


def test_a_plain_file_put_among_encrypted_ones_is_not_written_to(folder, again, place):
    plain = again(folder.parent / "other", place.plain)
    fill(plain.resources("User"), [1])
    cache = again(folder, place.sealed)
    shutil.copy(folder.parent / "other" / "User.tinydb", folder)
    users = cache.resources("User")
    assert len(users) == 0
    assert "is not encrypted, as it should be" in cache.notices[0]
    users.put(user(2))
    assert is_sealed(folder / "User.tinydb")
    cache.close()
    assert "set aside earlier and is not encrypted" in again(folder, place.sealed).notices[0]


# ------------------------------------------------------------ what a seal is good for


@pytest.fixture
def sealed(tmp_path):
    """Two sealed files of the same key, with the same documents."""
    paths = [tmp_path / "a.tinydb", tmp_path / "b.tinydb"]
    for path in paths:
        with ResourceDB(path, storage=LogStorage, cipher=Cipher(bytes(32))) as db:
            for number in range(5):
                db.insert(user(number))
    return paths


def lines_of(path):
    return BytesIO(path.read_bytes()).readlines()


def checked(content: bytes) -> bytes:
    return b"%08x %b\n" % (zlib.crc32(content), content)


def opened(path):
    with ResourceDB(path, storage=LogStorage, cipher=Cipher(bytes(32))) as db:
        return [raw["id"] for raw in db]


def test_a_piece_of_another_file_is_refused_though_its_checksum_is_right(sealed):
    one, other = (lines_of(path) for path in sealed)
    sealed[0].write_bytes(b"".join([*one[:3], other[3], *one[4:]]))
    with pytest.raises(CacheError, match="damaged"):
        opened(sealed[0])


@pytest.mark.parametrize("position", [0, 11, 12, 40, -1])
def test_a_changed_piece_is_refused_though_its_checksum_is_right(sealed, position):
    header, *lines = lines_of(sealed[0])
    content = bytearray(lines[2][9:-1])
    content[position] = content[position] ^ 128
    sealed[0].write_bytes(b"".join([header, *lines[:2], checked(bytes(content)), *lines[3:]]))
    with pytest.raises(CacheError, match="damaged"):
        opened(sealed[0])


def test_a_changed_document_is_refused_when_it_is_read(sealed):
    with ResourceDB(sealed[0], storage=LogStorage, cipher=Cipher(bytes(32))) as db:
        db.storage.compact()
    header, first, *rest = lines_of(sealed[0])
    content = bytearray(first[9:-1])
    content[30] ^= 128
    sealed[0].write_bytes(b"".join([header, checked(bytes(content)), *rest]))
    with ResourceDB(sealed[0], storage=LogStorage, cipher=Cipher(bytes(32))) as db:
        assert len(db) == 5
        assert db.get(doc_id="id-1") == user(1)
        with pytest.raises(CacheError, match="damaged"):
            db.get(doc_id="id-0")


def test_another_line_is_not_taken_for_the_index(sealed):
    with ResourceDB(sealed[0], storage=LogStorage, cipher=Cipher(bytes(32))) as db:
        db.storage.compact()
    data = sealed[0].read_bytes()
    header, first, *_ = BytesIO(data).readlines()
    index = int(header.split(b'"index":')[1].split(b",")[0])
    moved = header.replace(b'"index":%d' % index, b'"index":%d' % (len(header) + len(first)))
    sealed[0].write_bytes(moved.rstrip(b" \n").ljust(len(header) - 1) + b"\n" + data[len(header) :])
    with pytest.raises(CacheError, match="damaged"):
        opened(sealed[0])


def test_a_torn_tail_is_repaired_in_a_sealed_file(sealed):
    whole = sealed[0].read_bytes()
    last = len(BytesIO(whole).readlines()[-1])
    for cut in (1, last // 2, last - 1):
        sealed[0].write_bytes(whole[:-cut])
        assert opened(sealed[0]) == [f"id-{n}" for n in range(4)]


def test_two_seals_of_the_same_piece_differ_and_no_line_has_a_newline():
    cipher = Cipher(bytes(32))
    sealed = {cipher.seal_line(bytes(range(256)), b"x") for _ in range(200)}
    assert len(sealed) == 200
    assert not any(b"\n" in each for each in sealed)
    assert {cipher.unseal_line(each, b"x") for each in sealed} == {bytes(range(256))}


@pytest.mark.parametrize("piece", [b"", b"\\", b"\\n\\b\n\\", b"short"])
def test_what_was_not_sealed_is_refused(piece):
    for unseal in (Cipher(bytes(32)).unseal_line, Cipher(bytes(32)).unseal_file, Cipher(bytes(32)).unseal):
        with pytest.raises(CacheError):
            unseal(piece, b"x")


def test_a_plain_cache_loads_no_cryptography(folder):
    code = """
import sys
from pathlib import Path
from scimtui.store.cache import TenantCache
from scimtui.store.cipher import Keys
cache = TenantCache(Path(sys.argv[1]), Keys(False, None, None))
cache.resources("User").put({"id": "1"})
cache.close()
print("cryptography" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code, folder], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "False", done.stderr
