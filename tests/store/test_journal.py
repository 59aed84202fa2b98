from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from scimtui.errors import CacheError
from scimtui.store.journal import Journal

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "home" / "journal" / "acme.jsonl"


@pytest.fixture
def journal(path) -> Journal:
    return Journal(path)


def write_some(journal: Journal, count: int = 6) -> list[str]:
    names = []
    for number in range(count):
        names.append(journal.intend({"title": f"change {number}", "before": {"n": number}}))
        journal.record(names[-1], {"outcome": "applied", "status": 200})
    return names


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def test_an_intent_and_its_outcome_come_back(journal, path):
    before = datetime.now(UTC)
    name = journal.intend({"title": "deactivate ann", "before": {"big": 2**70, "odd": "é\n"}})
    assert name == "acme-1"
    assert journal.record(name, {"outcome": "applied"}) == "acme-2"
    intent, outcome = Journal(path).entries()
    assert (intent.id, intent.kind, intent.of) == ("acme-1", "intent", None)
    assert intent.payload == {"title": "deactivate ann", "before": {"big": 2**70, "odd": "é\n"}}
    assert before <= intent.time <= datetime.now(UTC)
    assert (outcome.kind, outcome.of, outcome.payload) == ("outcome", 1, {"outcome": "applied"})


def test_an_empty_journal_has_nothing_to_complain_about(journal):
    assert list(journal.entries()) == []
    assert journal.verify() == []
    assert journal.open_intents() == []


def test_an_intent_without_an_outcome_stays_open(journal):
    first, second = journal.intend({"title": "a"}), journal.intend({"title": "b"})
    journal.record(first, {"outcome": "applied"})
    assert [entry.id for entry in journal.open_intents()] == [second]


def test_an_untouched_journal_proves_itself_whoever_wrote_it(journal, path):
    write_some(journal)
    write_some(Journal(path))
    write_some(journal)
    assert journal.verify() == []
    assert [entry.n for entry in journal.entries()] == list(range(1, 37))


def change(lines: list[bytes]) -> list[bytes]:
    return [*lines[:4], lines[4].replace(b"change 2", b"change 9"), *lines[5:]]


def change_with_a_new_hash(lines: list[bytes]) -> list[bytes]:
    import hashlib

    body = lines[4].replace(b"change 2", b"change 9").rpartition(b',"hash":"')[0] + b"}"
    forged = body[:-1] + b',"hash":"' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'
    return [*lines[:4], forged, *lines[5:]]


def change_the_last_with_a_new_hash(lines: list[bytes]) -> list[bytes]:
    import hashlib

    body = lines[-1].replace(b"applied", b"refused").rpartition(b',"hash":"')[0] + b"}"
    return [*lines[:-1], body[:-1] + b',"hash":"' + hashlib.sha256(body).hexdigest().encode() + b'"}\n']


FORGERIES = {
    "a changed line": (change, "line 5: its text was changed"),
    "a changed line with a hash of its own": (change_with_a_new_hash, "line 6: does not follow"),
    "a changed last line": (change_the_last_with_a_new_hash, "line 12: another one was written in its place"),
    "a removed line": (lambda lines: lines[:4] + lines[5:], "line 5: does not follow"),
    "a removed first line": (lambda lines: lines[1:], "line 1: does not follow"),
    "two lines that changed places": (lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]], "line 5: does not"),
    "a line that stands there twice": (lambda lines: [*lines[:4], lines[3], *lines[4:]], "line 5: does not follow"),
    "lines cut from the end": (lambda lines: lines[:-3], "lines 10 to 12 are missing at the end"),
    "an emptied file": (lambda lines: lines[:0], "lines 1 to 12 are missing at the end"),
    "a foreign line": (lambda lines: [*lines, b"{}\n"], "line 13: its text was changed"),
    "a torn line": (lambda lines: [*lines, b'{"n": 13,'], "line 13: cut off"),
    "no JSON": (lambda lines: [*lines[:2], b"\xff\n", *lines[3:]], "line 3: its text was changed"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_found(journal, path, name):
    write_some(journal)
    forge, sentence = FORGERIES[name]
    path.write_bytes(b"".join(forge(lines_of(path))))
    problems = Journal(path).verify()
    assert any(sentence in problem for problem in problems), problems


def test_lines_written_after_a_cut_do_not_close_the_gap(journal, path):
    write_some(journal)
    path.write_bytes(b"".join(lines_of(path)[:-4]))
    write_some(Journal(path), 1)
    assert Journal(path).verify() != []


def test_a_missing_head_is_said(journal, path):
    write_some(journal, 1)
    (path.parent / "acme.jsonl.head").unlink()
    assert "is missing" in journal.verify()[0]


def test_a_torn_last_line_is_replaced_by_the_next_entry_and_named_in_it(journal, path):
    write_some(journal, 2)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"n":5,"time":"20')
    again = Journal(path)
    assert len(list(again.entries())) == 4
    again.intend({"title": "next"})
    assert path.read_bytes().startswith(whole)
    assert orjson.loads(lines_of(path)[-1])["torn"] == 17
    assert again.verify() == []


def test_the_id_of_another_journal_is_refused(journal):
    with pytest.raises(CacheError, match="no entry"):
        journal.record("other-1", {})
    with pytest.raises(CacheError, match="no entry"):
        journal.record("acme-x", {})


def test_the_members_of_the_chain_cannot_be_given(journal, path):
    with pytest.raises(ValueError, match="hash"):
        journal.intend({"hash": "x"})
    assert not path.exists()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_journal_is_its_owners_alone(journal, path):
    path.parent.mkdir(parents=True, mode=0o755)
    umask = os.umask(0)
    try:
        write_some(journal, 1)
    finally:
        os.umask(umask)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}


def test_a_journal_that_cannot_be_written_is_an_error_before_anything_is_sent(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CacheError, match="journal"):
        Journal(tmp_path / "file" / "acme.jsonl").intend({"title": "x"})


def test_threads_and_processes_may_write_at_once(journal, path):
    code = f"""
from pathlib import Path
from scimtui.store.journal import Journal
journal = Journal(Path({str(path)!r}))
for number in range(15):
    journal.intend({{"title": str(number)}})
"""
    children = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(2)]
    threads = [threading.Thread(target=write_some, args=(journal, 5)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [child.wait() for child in children] == [0, 0]
    assert journal.verify() == []
    assert len(list(journal.entries())) == 50


def test_what_cannot_be_written_down_stops_nobody_who_writes_at_the_same_time(journal, path):
    failed = []

    def write_bad() -> None:
        try:
            journal.intend({"title": object()})
        except CacheError as error:
            failed.append(error)

    threads = [threading.Thread(target=one) for one in [lambda: write_some(journal, 5), write_bad] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) == 4
    assert journal.verify() == []
    assert len(list(journal.entries())) == 40


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_a_killed_writer_loses_no_entry_that_it_acknowledged(journal, path):
    code = f"""
from pathlib import Path
from scimtui.store.journal import Journal
journal = Journal(Path({str(path)!r}))
while True:
    print(journal.intend({{"title": "x" * 300}}), flush=True)
"""
    child = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    told = [child.stdout.readline() for _ in range(40)]
    child.send_signal(signal.SIGKILL)
    told += child.communicate()[0].splitlines()
    names = [entry.id for entry in journal.entries()]
    assert names[: len(told)] == [name.strip() for name in told]
    journal.intend({"title": "next"})
    assert [problem for problem in journal.verify() if "cut off" not in problem] == []
