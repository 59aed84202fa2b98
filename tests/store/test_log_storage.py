import os
import random
import shutil
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from tinydb import Query, TinyDB
from tinydb.operations import delete, increment
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from scimtui.errors import CacheError
from scimtui.store.cipher import Cipher
from scimtui.store.log_lines import HEADER_SIZE
from scimtui.store.log_storage import LogStorage, LogTable
from scimtui.store.resource_table import ResourceDB

SWEEP = bool(os.environ.get("SCIMTUI_SWEEP"))


class LogDB(TinyDB):
    table_class = LogTable


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(), max_size=6),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(alphabet=st.characters(), max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)
documents = st.fixed_dictionaries({"n": st.integers(0, 3)}, optional={"x": values, 'y\n\t"': values})
ids = st.integers(1, 6)
operations = st.one_of(
    st.tuples(st.just("insert"), documents),
    st.tuples(st.just("insert_multiple"), st.lists(documents, max_size=3)),
    st.tuples(st.just("insert_as"), documents, ids),
    st.tuples(st.just("upsert"), documents, st.integers(0, 3)),
    st.tuples(st.just("upsert_as"), documents, ids),
    st.tuples(st.just("update"), documents, st.integers(0, 3)),
    st.tuples(st.just("update_all"), documents),
    st.tuples(st.just("update_ids"), documents, st.lists(ids, max_size=3)),
    st.tuples(st.just("increment"), st.integers(0, 3)),
    st.tuples(st.just("delete_field"), st.integers(0, 3)),
    st.tuples(st.just("remove"), st.integers(0, 3)),
    st.tuples(st.just("remove_ids"), st.lists(ids, max_size=3)),
    st.tuples(st.just("truncate")),
    st.tuples(st.just("drop_table")),
    st.tuples(st.just("drop_tables")),
    st.tuples(st.just("other_table"), documents),
    st.tuples(st.just("reopen")),
    st.tuples(st.just("compact")),
    st.tuples(st.just("reseal")),
)


def perform(db, operation):
    """Do one operation; return its answer, or the error TinyDB makes of it."""
    n = Query().n
    calls = {
        "insert": db.insert,
        "insert_multiple": db.insert_multiple,
        "insert_as": lambda doc, doc_id: db.insert(Document(doc, doc_id)),
        "upsert": lambda doc, number: db.upsert(doc, n == number),
        "upsert_as": lambda doc, doc_id: db.upsert(Document(doc, doc_id)),
        "update": lambda doc, number: db.update(doc, n == number),
        "update_all": db.update,
        "update_ids": lambda doc, doc_ids: db.update(doc, doc_ids=doc_ids),
        "increment": lambda number: db.update(increment("n"), n == number),
        "delete_field": lambda number: db.update(delete("x"), (n == number) & Query().x.exists()),
        "remove": lambda number: db.remove(n == number),
        "remove_ids": lambda doc_ids: db.remove(doc_ids=doc_ids),
        "truncate": db.truncate,
        "drop_table": lambda: db.drop_table("_default"),
        "drop_tables": db.drop_tables,
        "other_table": lambda doc: db.table("other").insert(doc),
    }
    try:
        return calls[operation[0]](*operation[1:])
    except (ValueError, KeyError) as error:
        return repr(error)


def content(db):
    return {
        "tables": db.tables(),
        "all": [(doc.doc_id, dict(doc)) for doc in db],
        "other": [(doc.doc_id, dict(doc)) for doc in db.table("other")],
        "len": len(db),
        "search": db.search(Query().n >= 2),
        "get": [db.get(doc_id=doc_id) for doc_id in range(1, 7)],
        "some": db.get(doc_ids=[1, 3, 99]),
        "contains": db.contains(Query().n == 1),
        "count": db.count(Query().x.exists()),
    }


@pytest.mark.parametrize("cipher", [None, Cipher(bytes(32))], ids=["plain", "sealed"])
@pytest.mark.parametrize("kind", [LogDB, TinyDB], ids=["our table", "the stock table"])
@settings(max_examples=1000 if SWEEP else 30, deadline=None)
@given(steps=st.lists(operations, max_size=25))
def test_every_operation_has_the_same_result_as_in_memory(tmp_path_factory, kind, cipher, steps):
    path = tmp_path_factory.mktemp("db") / "x.tinydb"
    expected, actual = TinyDB(storage=MemoryStorage), kind(path, storage=LogStorage, cipher=cipher)
    for step in steps:
        if step[0] == "compact":
            actual.storage.compact()
        elif step[0] == "reseal":
            actual.storage.reseal(None)
            actual.storage.reseal(cipher)
        elif step[0] == "reopen":
            actual.close()
            actual = kind(path, storage=LogStorage, cipher=cipher)
            expected, memory = TinyDB(storage=MemoryStorage), expected.storage
            expected._storage = memory
        else:
            assert perform(actual, step) == perform(expected, step)
        assert content(actual) == content(expected)
    actual.close()
    shutil.rmtree(path.parent)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "User.tinydb"


@pytest.fixture
def db(path):
    with LogDB(path, storage=LogStorage) as opened:
        yield opened


def reopened(path):
    with LogDB(path, storage=LogStorage) as opened:
        return {doc.doc_id: dict(doc) for doc in opened}


@pytest.mark.parametrize(
    "value",
    [2**63, 2**64, -(2**200), 0.1, 1e300, "\ud800 alone", "\x00\x1f\u2028\n\t", {"": [None, [], {}]}, "\U0001f469‍💻"],
    ids=ascii,
)
def test_json_comes_back_exactly(db, path, value):
    document = {"urn:x:Unknown": value, "value": [value]}
    db.insert(document)
    db.close()
    found = reopened(path)[1]
    assert found == document
    assert type(found["urn:x:Unknown"]) is type(value)
    assert list(found) == list(document)


def test_one_edit_appends_one_line_and_leaves_the_rest_of_the_file(db, path):
    db.insert_multiple({"n": n, "text": "x" * 500} for n in range(200))
    before = path.read_bytes()
    db.update({"n": -1}, doc_ids=[100])
    after = path.read_bytes()
    assert after.startswith(before)
    assert after[len(before) :].count(b"\n") == 1


def test_a_write_that_changes_nothing_writes_nothing(db, path):
    db.insert({"n": 1})
    before = path.read_bytes()
    db.update({"n": 1}, doc_ids=[1])
    assert path.read_bytes() == before


def test_opening_and_counting_decode_no_document(path, monkeypatch):
    with LogDB(path, storage=LogStorage) as db:
        db.insert_multiple({"n": n} for n in range(300))
    decoded = []
    monkeypatch.setattr("scimtui.store.log_storage.decode_document", decoded.append)
    with LogDB(path, storage=LogStorage) as db:
        assert len(db) == 300
    assert decoded == []


def test_a_write_cut_off_anywhere_is_repaired_and_is_there_whole_or_not_at_all(db, path):
    db.insert({"n": 1})
    acknowledged = path.stat().st_size
    db.insert_multiple([{"n": 2}, {"n": 3, "text": "é" * 20}])
    db.close()
    whole = path.read_bytes()
    for end in range(acknowledged, len(whole)):
        path.write_bytes(whole[:end])
        assert reopened(path) == {1: {"n": 1}}
        assert path.stat().st_size == acknowledged
    path.write_bytes(whole + b"\0" * 4096)
    assert len(reopened(path)) == 3
    assert path.read_bytes() == whole


def test_writing_goes_on_after_a_repair(db, path):
    db.insert({"n": 1})
    db.close()
    with path.open("ab") as file:
        file.write(b'12345678 [2,"P","_default","2"]\t{"n":')
    with LogDB(path, storage=LogStorage) as again:
        again.insert({"n": 2})
    assert reopened(path) == {1: {"n": 1}, 2: {"n": 2}}


def test_a_reader_leaves_a_torn_tail_to_its_writer(db, path):
    db.insert({"n": 1})
    with path.open("ab") as file:
        file.write(b"half a line")
    before = path.read_bytes()
    from scimtui.store.log_storage import ReadOnly

    with LogDB(path, storage=LogStorage, read_only=ReadOnly("another scimtui has it open", "close it")) as reader:
        assert reader.all() == [{"n": 1}]
        with pytest.raises(CacheError, match="another scimtui has it open") as caught:
            reader.insert({"n": 2})
    assert caught.value.hint == "close it"
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b'{"_default": {"1": {"n": 1}}}', b"PK\x03\x04" * 50, b"\xff" * 500, b'{"scimtui":"cache"}\n'],
    ids=ascii,
)
def test_a_foreign_file_is_refused(path, data):
    path.write_bytes(data)
    with pytest.raises(CacheError):
        LogStorage(path)
    assert path.read_bytes() == data


def test_a_file_of_a_newer_scimtui_is_refused(db, path):
    db.insert({"n": 1})
    db.close()
    path.write_bytes(path.read_bytes().replace(b'"format":2', b'"format":3', 1))
    with pytest.raises(CacheError, match="another version of scimtui wrote this cache file: format 3") as caught:
        LogStorage(path)
    assert "use that version" in caught.value.hint


def test_a_file_of_the_first_format_is_used_as_it_is_and_rewritten_in_the_present_one(tmp_path):
    path = tmp_path / "User.tinydb"
    path.write_bytes((Path(__file__).parent / "format_1.tinydb").read_bytes())
    wanted = {
        "id-2": {"id": "id-2", "userName": "user2", "title": "changed later"},
        "id-3": {"id": "id-3", "userName": "user3"},
        "né\t\n": {"id": "né\t\n", "n": 2**70},
    }
    for _ in range(2):
        with ResourceDB(path, storage=LogStorage) as db:
            assert {doc.doc_id: dict(doc) for doc in db} == wanted
            assert db.storage.generation >= 4
            db.table("resources").put([{"id": "new"}])
            db.remove(doc_ids=["new"])
            db.storage.compact()
    assert b'"format":2' in path.read_bytes()[:HEADER_SIZE]


def test_damage_before_the_last_write_is_refused_at_the_start_or_when_the_document_is_read(db, path):
    for n in range(40):
        db.insert({"n": n, "text": "x" * 50})
    db.close()
    plain = path.read_bytes()
    with LogDB(path, storage=LogStorage) as again:
        again.storage.compact()
    for whole in (plain, path.read_bytes()):
        lines = whole.splitlines(keepends=True)
        for position in range(HEADER_SIZE, len(whole) - len(lines[-1]), 97):
            path.write_bytes(whole[:position] + bytes([whole[position] ^ 4]) + whole[position + 1 :])
            with pytest.raises(CacheError, match="damaged"):
                reopened(path)


def test_a_file_is_rewritten_when_more_was_appended_than_stood_there(db, path):
    db.insert_multiple({"n": n, "text": "x" * 100} for n in range(50))
    for n in range(1000):
        db.update({"n": n}, doc_ids=[7])
    assert path.stat().st_size < 50_000
    db.close()
    assert reopened(path) == {i + 1: {"n": 999 if i == 6 else i, "text": "x" * 100} for i in range(50)}
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_files_are_their_owners_alone(db, path):
    umask = os.umask(0)
    try:
        db.insert({"n": 1})
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        db.storage.compact()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        os.umask(umask)


@contextmanager
def files_limited_to(size):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.skipif(os.name != "posix", reason="a limit for the size of files is POSIX's")
def test_a_write_that_the_disk_cuts_short_leaves_what_was_there(db, path):
    db.insert({"n": 1})
    before = path.read_bytes()
    with files_limited_to(len(before) + 20), pytest.raises(CacheError, match="cannot write the cache file"):
        db.insert({"n": 2, "text": "x" * 500})
    assert path.read_bytes() == before
    assert db.all() == [{"n": 1}]
    db.insert({"n": 3})
    db.close()
    assert list(reopened(path).values()) == [{"n": 1}, {"n": 3}]


@pytest.mark.skipif(os.name != "posix", reason="a limit for the size of files is POSIX's")
def test_a_rewrite_that_does_not_fit_on_the_disk_loses_no_edit(db, path):
    db.insert({"n": 0, "text": "x" * 3000})
    for n in range(1, 64):
        db.update({"n": n}, doc_ids=[1])
    with files_limited_to(path.stat().st_size + 4000):
        db.update({"n": 64}, doc_ids=[1])
    db.close()
    assert reopened(path)[1]["n"] == 64


@pytest.mark.skipif(os.name != "posix", reason="Windows deletes no open file")
def test_a_folder_deleted_under_us_is_said_and_what_is_open_can_be_read(tmp_path):
    path = tmp_path / "acme" / "User.tinydb"
    with LogDB(path, storage=LogStorage) as db:
        db.insert({"n": 1})
        shutil.rmtree(path.parent)
        with pytest.raises(CacheError, match="deleted") as caught:
            db.insert({"n": 2})
        assert "synchronise" in caught.value.hint
        assert db.all() == [{"n": 1}]


def test_a_closed_storage_never_overwrites_its_file(db, path):
    db.insert({"n": 1})
    db.close()
    with pytest.raises(CacheError, match="closed"):
        db.insert({"n": 2})
    assert reopened(path) == {1: {"n": 1}}


def test_threads_may_write_and_read_at_once(path):
    script = """
import sys, threading
from pathlib import Path
from tinydb import TinyDB
from scimtui.store.log_storage import LogStorage, LogTable
TinyDB.table_class = LogTable
db = TinyDB(Path(sys.argv[1]), storage=LogStorage)
def work(k):
    for n in range(40):
        db.insert({"k": k, "n": n})
        assert all("k" in doc for doc in db)
threads = [threading.Thread(target=work, args=(k,)) for k in range(3)]
[t.start() for t in threads]; [t.join() for t in threads]
print(len({(d["k"], d["n"]) for d in db}))
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script, path], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.strip() == "120", done.stderr


def test_random_long_histories_survive_many_reopenings(path):
    source, expected = random.Random(7), {}
    for _ in range(20):
        with LogDB(path, storage=LogStorage) as db:
            for _ in range(source.randrange(60)):
                doc_id = source.randrange(1, 40)
                if source.random() < 0.3:
                    db.remove(doc_ids=[doc_id])
                    expected.pop(doc_id, None)
                else:
                    document = {"n": source.random()}
                    db.upsert(Document(document, doc_id))
                    expected[doc_id] = document
        assert reopened(path) == expected
