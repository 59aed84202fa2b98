"""The journal: every write to a tenant, put down before it is sent, in a file that proves itself.

One JSON object a line. Each line names the hash of the line before it and ends with its own, SHA-256 over the line
without its last member, so that a changed, missing or moved line breaks the chain. A small file beside, `<name>.head`,
names the last line, so that lines cut from the end are missed too.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

import orjson
from filelock import FileLock, Timeout

from scimtui.errors import CacheError
from scimtui.store.log_lines import decode_document, encode_document
from scimtui.store.private_files import disk_errors, make_private_folder, open_private, write_whole

_FIRST = "0" * 64
_OURS = frozenset({"n", "time", "kind", "of", "torn", "prev", "hash"})
_BLOCK = 1 << 16
_PATIENCE = 10.0
"""Seconds to wait for another process, which holds the lock for one line only."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal."""

    id: str
    """What people and commands call it: `acme-12`."""
    n: int
    """Its number in the journal of this tenant, from 1."""
    time: datetime
    """Aware, UTC."""
    kind: Literal["intent", "outcome"]
    of: int | None
    """Number of the intent that this is the outcome of."""
    payload: Mapping[str, Any] = field(repr=False)
    """What was put down: all members but our own."""
    hash: str


@dataclass(frozen=True, slots=True)
class _Tail:
    """What an append must know of the file."""

    size: int
    """Bytes up to the end of the last whole line."""
    n: int
    hash: str
    torn: int
    """Bytes after it: a line that a crash cut off."""


@dataclass(slots=True)
class _Line:
    """What a thread wants put down."""

    kind: str
    of: int | None
    payload: Mapping[str, Any]
    n: int = 0
    """Its number, as soon as it is durable."""
    error: Exception | None = None


class Journal:
    """The journal of one tenant. Several processes and threads may write it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        """`HOME/journal/<tenant>.jsonl`. It is made by the first entry."""
        self._head = path.with_name(path.name + ".head")
        self._tail: _Tail | None = None
        self._waiting: deque[_Line] = deque()
        self._threads = threading.Lock()
        self._processes = FileLock(path.with_name(path.name + ".lock"), _PATIENCE, mode=0o600, thread_local=False)

    def intend(self, entry: Mapping[str, Any]) -> str:
        """Put down what is about to be sent and return its id. Durable when this returns.

        Raises:
            CacheError: it could not be written, so nothing may be sent.
        """
        return self._id(self._append("intent", None, entry))

    def record(self, identity: str, outcome: Mapping[str, Any]) -> str:
        """Put down how an intent ended and return the id of this line. A later outcome of the same intent is allowed.

        Raises:
            CacheError: it could not be written, or the id is none of this journal's.
        """
        return self._id(self._append("outcome", self._number(identity), outcome))

    def entries(self) -> Iterator[JournalEntry]:
        """Yield the entries in the order they were written. A line that cannot be read is left to `verify`.

        Raises:
            CacheError: the disk fails.
        """
        for line in self._lines():
            entry = self._entry(line)
            if entry is not None:
                yield entry

    def lines_back(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line and the offset that it begins at, the newest first; what a crash cut off is left out.

        Raises:
            CacheError: the disk fails.
        """
        with disk_errors(f"read the journal {self.path}"), suppress(FileNotFoundError), self.path.open("rb") as file:
            start, data = file.seek(0, os.SEEK_END), b""
            while start > 0:
                step = min(max(_BLOCK, len(data)), start)
                start -= step
                file.seek(start)
                data = file.read(step) + data
                begin = 0 if start == 0 else data.find(b"\n") + 1
                if begin or start == 0:
                    yield from reversed(_offsets(data[begin:], start + begin))
                    data = data[:begin]

    def lines_from(self, offset: int) -> Iterator[tuple[int, bytes]]:
        """Yield the lines from an offset that one begins at, each with its own; what a crash cut off is left out.

        Raises:
            CacheError: the disk fails.
        """
        with disk_errors(f"read the journal {self.path}"), suppress(FileNotFoundError), self.path.open("rb") as file:
            file.seek(offset)
            for line in file:
                if line.endswith(b"\n"):
                    yield offset, line
                offset += len(line)

    def lines_at(self, offsets: Iterable[int]) -> Iterator[bytes]:
        """Yield the lines that begin at these offsets, in their order.

        Raises:
            CacheError: the disk fails.
        """
        with disk_errors(f"read the journal {self.path}"), self.path.open("rb") as file:
            for offset in offsets:
                file.seek(offset)
                yield file.readline()

    def entry_of(self, line: bytes) -> JournalEntry | None:
        """Return a line as an entry, None where it cannot be read."""
        return self._entry(line)

    def open_intents(self) -> list[JournalEntry]:
        """Return the intents without an outcome: a crash or a lost connection left unknown how they ended."""
        waiting: dict[int, JournalEntry] = {}
        for entry in self.entries():
            if entry.kind == "intent":
                waiting[entry.n] = entry
            elif entry.of is not None:
                waiting.pop(entry.of, None)
        return list(waiting.values())

    def verify(self) -> list[str]:
        """Return what is wrong with the file, one sentence each; [] proves that no line was changed, removed or moved.

        Raises:
            CacheError: the disk fails.
        """
        with self._threads, self._alone():
            problems: list[str] = []
            hashes: dict[int, str] = {}
            previous, n = _FIRST, 0
            for number, line in enumerate(self._lines(), start=1):
                if not line.endswith(b"\n"):
                    problems.append(f"line {number}: cut off, as by a crash while it was written")
                    continue
                facts = facts_of(line)
                if facts is None or not _is_own(line, facts["hash"]):
                    problems.append(f"line {number}: its text was changed")
                elif facts["prev"] != previous or facts["n"] != n + 1:
                    problems.append(f"line {number}: does not follow the line before it, lines were removed or moved")
                n, previous = (facts["n"], facts["hash"]) if facts else (n + 1, _raw_hash(line))
                hashes[n] = previous
            return problems + self._missing_at_end(n, hashes)

    def _missing_at_end(self, n: int, hashes: Mapping[int, str]) -> list[str]:
        try:
            head = orjson.loads(self._head.read_bytes())
            last, last_hash = int(head["n"]), str(head["hash"])
        except FileNotFoundError:
            return [f"{self._head.name} is missing: lines cut from the end would not be noticed"] if n else []
        except (OSError, ValueError, KeyError, TypeError):
            return [f"{self._head.name} cannot be read: lines cut from the end would not be noticed"]
        if last > n:
            return [f"lines {n + 1} to {last} are missing at the end"]
        return [] if hashes.get(last) == last_hash else [f"line {last}: another one was written in its place"]

    # ---------------------------------------------------------------- appending

    def _append(self, kind: str, of: int | None, payload: Mapping[str, Any]) -> int:
        """Put down a line, and with it those that other threads want put down: the disk is waited for once for all."""
        if taken := sorted(_OURS & payload.keys()):
            raise ValueError(f"the journal itself writes {', '.join(taken)}")
        mine = _Line(kind, of, payload)
        self._waiting.append(mine)
        with self._threads:
            if not mine.n and mine.error is None:
                self._append_all([self._waiting.popleft() for _ in range(len(self._waiting))])
        if mine.error is not None:
            raise mine.error
        if not mine.n:  # the thread that took it ended before it was written
            raise CacheError(f"the journal {self.path} was not written", "try again")
        return mine.n

    def _append_all(self, lines: Sequence[_Line]) -> None:
        try:
            with self._alone(), disk_errors(f"write the journal {self.path}"), open_private(self.path, "a+b") as file:
                tail = self._present_tail(file)
                data, after = _chained(lines, tail)
                self._write(file, tail, data)
                self._tail = after
                for number, line in enumerate((one for one in lines if one.error is None), tail.n + 1):
                    line.n = number
                with suppress(OSError):  # the lines are durable; a head that lags behind proves a little less, no more
                    write_whole(self._head, orjson.dumps({"n": after.n, "hash": after.hash}))
        except CacheError as error:
            for line in lines:
                line.error = line.error or error

    @staticmethod
    def _write(file: BinaryIO, tail: _Tail, lines: bytes) -> None:
        file.truncate(tail.size)
        try:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            os.ftruncate(file.fileno(), tail.size)
            raise

    def _present_tail(self, file: BinaryIO) -> _Tail:
        """Return the end of the file, read again only where another process wrote."""
        size = file.seek(0, os.SEEK_END)
        if self._tail is not None and self._tail.size == size:
            return self._tail
        line, end = _last_line(file, size)
        facts = facts_of(line)
        if facts is not None:
            n, digest = facts["n"], facts["hash"]
        elif line:
            n, digest = sum(1 for _ in self._lines()) - (end < size), _raw_hash(line)
        else:
            n, digest = 0, _FIRST
        with suppress(OSError, ValueError, KeyError, TypeError):
            head = orjson.loads(self._head.read_bytes())
            if int(head["n"]) > n:  # lines were cut off: what follows must not close the gap
                n, digest = int(head["n"]), str(head["hash"])
        return _Tail(end, n, digest, size - end)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold back other processes; who calls it holds back the other threads."""
        try:
            with disk_errors(f"lock the journal {self.path}"):
                make_private_folder(self.path.parent)
                with suppress(OSError):
                    self.path.parent.chmod(0o700)
                self._processes.acquire()
        except Timeout as error:
            raise CacheError(
                f"the journal {self.path} is locked by another scimtui", "close it or wait, then try again"
            ) from error
        try:
            yield
        finally:
            self._processes.release()

    # ---------------------------------------------------------------- reading

    def _lines(self) -> Iterator[bytes]:
        with disk_errors(f"read the journal {self.path}"):
            try:
                file = self.path.open("rb")
            except FileNotFoundError:
                return
            with file:
                yield from file

    def _entry(self, line: bytes) -> JournalEntry | None:
        facts = facts_of(line)
        if facts is None:
            return None
        payload = {name: value for name, value in facts.items() if name not in _OURS}
        time = datetime.fromisoformat(facts["time"])
        return JournalEntry(
            self._id(facts["n"]), facts["n"], time, facts["kind"], facts.get("of"), payload, facts["hash"]
        )

    def _id(self, n: int) -> str:
        return f"{self.path.stem}-{n}"

    def _number(self, identity: str) -> int:
        name, _, digits = identity.rpartition("-")
        if name != self.path.stem or not digits.isdecimal():
            raise CacheError(f"{identity} is no entry of the journal {self.path}", "list the entries of this journal")
        return int(digits)


def _chained(lines: Sequence[_Line], tail: _Tail) -> tuple[bytes, _Tail]:
    """Return lines as they follow a tail, and the tail that they leave; one that cannot be written gets its error."""
    data = b""
    n, previous, torn = tail.n, tail.hash, tail.torn
    for line in lines:
        facts: dict[str, Any] = {"n": n + 1, "time": datetime.now(UTC).isoformat(), "kind": line.kind}
        if line.of is not None:
            facts["of"] = line.of
        if torn:
            facts["torn"] = torn
        try:
            body = encode_document({**facts, **line.payload, "prev": previous})
        except CacheError as error:
            line.error = error
            continue
        n, previous, torn = n + 1, hashlib.sha256(body).hexdigest(), 0
        data += body[:-1] + b',"hash":"' + previous.encode() + b'"}\n'
    return data, _Tail(tail.size + len(data), n, previous, torn)


def facts_of(line: bytes) -> dict[str, Any] | None:
    """Return a line as an object with the members that every entry has; None where it is none of ours."""
    try:
        facts = decode_document(line)
        datetime.fromisoformat(facts["time"])
        right = (
            isinstance(facts["n"], int)
            and isinstance(facts["prev"], str)
            and isinstance(facts["hash"], str)
            and facts["kind"] in {"intent", "outcome"}
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return facts if right else None


def _offsets(data: bytes, start: int) -> list[tuple[int, bytes]]:
    """Return whole lines, each with its offset in a file where the first of them begins at `start`."""
    found = []
    for text in data.split(b"\n")[:-1]:
        found.append((start, text + b"\n"))
        start += len(text) + 1
    return found


def _is_own(line: bytes, digest: str) -> bool:
    """Whether a line ends with the hash of all that stands before it."""
    body, told, end = line.rpartition(b',"hash":"')
    return bool(told) and end == digest.encode() + b'"}\n' and hashlib.sha256(body + b"}").hexdigest() == digest


def _raw_hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _last_line(file: BinaryIO, size: int) -> tuple[bytes, int]:
    """Return the last line that ends with a newline, and the offset behind it; b"" where there is none."""
    start, data = size, b""
    while start > 0:
        step = min(max(_BLOCK, len(data)), start)
        start -= step
        file.seek(start)
        data = file.read(step) + data
        end = data.rfind(b"\n")
        begin = data.rfind(b"\n", 0, max(end, 0))
        if end >= 0 and (begin >= 0 or start == 0):
            return data[begin + 1 : end + 1], start + end + 1
    return b"", 0
