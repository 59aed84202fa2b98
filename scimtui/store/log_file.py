"""A cache file on disk: opened without decoding a document, appended to, and replaced as a whole."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import orjson

from scimtui.errors import CacheError
from scimtui.store.log_lines import (
    DROP,
    EMPTY,
    HEADER_SIZE,
    INDEX,
    PUT,
    REMOVE,
    Header,
    LineSeal,
    Step,
    body_of,
    head_of,
    is_whole,
    key_id_of,
    lines_from,
    offset_of,
    place,
    read_header,
    write_header,
)
from scimtui.store.private_files import disk_errors, open_private, sync_folder, write_whole

if TYPE_CHECKING:
    from scimtui.store.cipher import Cipher
    from scimtui.store.staged_file import StagedFile, Tables

_READ_AHEAD = 1 << 17
_ONE_PIECE = 1 << 25
"""Bytes of lines that are read in one go at the most."""


@dataclass
class Contents:
    """What a cache file holds, without the documents themselves."""

    lineage: str
    tables: Tables = field(default_factory=dict)
    generation: int = 0
    """Number of the last write."""
    tail: int = 0
    """Lines after the index: what the next start has to read one by one."""

    def follow(self, generation: int, step: Step, offset: int) -> None:
        """Take in one line that stands at `offset`."""
        kind, table, key, _ = step
        if kind == PUT:
            self.tables.setdefault(table, {})[key] = place(generation, offset)
        elif kind == REMOVE:
            self.tables.setdefault(table, {}).pop(key, None)
        elif kind == EMPTY:
            self.tables[table] = {}
        elif kind == DROP:
            self.tables.pop(table, None)
        self.generation = max(self.generation, generation)
        self.tail += 1


class LogFile:
    """One open cache file. Not safe for several threads: LogStorage holds the lock."""

    def __init__(self, path: Path, *, read_only: bool, cipher: Cipher | None = None) -> None:
        self.path = path
        self.read_only = read_only
        self.seal: LineSeal | None = None
        """How the lines are sealed; None where they are plain."""
        self._cipher = cipher
        self.damaged = False
        """A line was found whose checksum is wrong: the file should be set aside."""
        self._reader: BinaryIO | None = None
        self._writer: BinaryIO | None = None
        self._end = 0
        self._is_ragged = False
        """Bytes of a failed write may still stand behind the end."""

    @property
    def exists(self) -> bool:
        """Whether there was a file to open, or one has been written since."""
        return self._reader is not None

    def load(self) -> Contents:
        """Open the file, repair a torn tail, and return what it holds; a missing file holds nothing.

        Raises:
            CacheError: unreadable, foreign, or damaged before its last write.
        """
        with disk_errors(f"read the cache file {self.path}"):
            try:
                self._reader = open(self.path, "rb", buffering=_READ_AHEAD)  # noqa: PTH123, SIM115
            except FileNotFoundError:
                lineage = secrets.token_hex(8)
                self.seal = LineSeal(self._cipher, lineage) if self._cipher else None
                return Contents(lineage)
            try:
                return self._read_contents(self._reader)
            except CacheError:
                self.close()
                raise

    def _read_contents(self, reader: BinaryIO) -> Contents:
        header = read_header(reader.read(HEADER_SIZE))
        self.seal = self._seal_of(header)
        contents = Contents(header.lineage)
        if header.index:
            reader.seek(header.index)
            self._read_index(reader.readline(), contents)
        self._end = reader.tell()
        waiting: list[tuple[int, Step, int]] = []
        for offset, line in lines_from(reader, self._end):
            if not is_whole(line):
                if any(is_whole(later) for _, later in lines_from(reader, offset + len(line))):
                    raise self._damage()
                break
            generation, kind, table, key = head_of(self._opened(line))
            waiting.append((generation, (kind.lower(), table, key, b""), offset))
            if kind.isupper():
                for each in waiting:
                    contents.follow(*each)
                waiting.clear()
                self._end = offset + len(line)
        self._cut_torn_tail(reader)
        return contents

    def _seal_of(self, header: Header) -> LineSeal | None:
        if not header.key_id:
            if self._cipher is None or self.read_only:
                return None
            raise CacheError(f"the cache file {self.path} is not encrypted, as it should be")
        if self._cipher is None or self._cipher.key_id != header.key_id:
            raise CacheError(f"the cache file {self.path} is encrypted with a key that is not in the keyring")
        return LineSeal(self._cipher, header.lineage)

    def _opened(self, line: bytes) -> bytes:
        """Return a whole line as a plain one."""
        if self.seal is None:
            return line
        try:
            return self.seal.open(line)
        except CacheError:
            raise self._damage() from None

    def _read_index(self, line: bytes, contents: Contents) -> None:
        if not is_whole(line):
            raise self._damage()
        line = self._opened(line)
        contents.generation, kind, _, _ = head_of(line)
        if kind.lower() != INDEX:
            raise self._damage()
        index = orjson.loads(body_of(line))
        for name, (keys, places) in index.items():
            contents.tables[name] = dict(zip(keys, places, strict=True))

    def _cut_torn_tail(self, reader: BinaryIO) -> None:
        """Drop the bytes of a write that a crash interrupted: it was never acknowledged."""
        if self.read_only or reader.seek(0, os.SEEK_END) == self._end:
            return
        with open_private(self.path, "r+b") as writer:
            writer.truncate(self._end)
            os.fsync(writer.fileno())
        reader.close()
        self._reader = open(self.path, "rb", buffering=_READ_AHEAD)  # noqa: PTH123, SIM115

    def _damage(self) -> CacheError:
        self.damaged = True
        return CacheError(f"the cache file {self.path} is damaged", "synchronise again to write a new copy")

    def line(self, packed: int) -> bytes:
        """Return the checked line of a document.

        Raises:
            CacheError: the line is damaged (`damaged` is True from then on) or the disk fails.
        """
        return self.lines((packed,))[0]

    def lines(self, places: Iterable[int]) -> list[bytes]:
        """Return the checked lines of documents as plain ones.

        Raises:
            CacheError: a line is damaged (`damaged` is True from then on) or the disk fails.
        """
        found = self.whole_lines(places)
        return found if self.seal is None else list(map(self._opened, found))

    def hasty_bodies(self, places: Sequence[int]) -> list[bytes | memoryview]:
        """Return encoded documents without looking at their checksums, a third of the time where lines follow each other.

        Where a line that counts no more lies between two, the one before it comes with that: as JSON it cannot be read.

        Raises:
            CacheError: see `lines`.
        """
        offsets = [offset_of(packed) for packed in places]
        is_one_piece = offsets == sorted(offsets) and offsets[-1] - offsets[0] < _ONE_PIECE if offsets else False
        if self._reader is None or self.seal is not None or not is_one_piece:
            return list(map(body_of, self.lines(places)))
        with disk_errors(f"read the cache file {self.path}"):
            self._reader.seek(offsets[0])
            data = self._reader.read(offsets[-1] - offsets[0]) + self._reader.readline()
        starts = [offset - offsets[0] for offset in offsets]
        view = memoryview(data)
        try:
            return [
                view[data.index(b"\t", start) + 1 : end - 1]
                for start, end in zip(starts, [*starts[1:], len(data)], strict=True)
            ]
        except ValueError:  # a line without a tab is none
            return list(map(body_of, self.lines(places)))

    def whole_lines(self, places: Iterable[int]) -> list[bytes]:
        """Return the checked lines as they stand. Those that follow each other in the file are read without a search.

        Raises:
            CacheError: see `lines`.
        """
        if self._reader is None:
            raise CacheError(f"the cache file {self.path} is closed")
        reader, found, position = self._reader, [], -1
        with disk_errors(f"read the cache file {self.path}"):
            for packed in places:
                offset = offset_of(packed)
                if offset != position:
                    reader.seek(offset)
                line = reader.readline()
                position = offset + len(line)
                found.append(line)
        if not all(map(is_whole, found)):
            raise self._damage()
        return found

    def append(self, lines: list[bytes], lineage: str) -> list[int]:
        """Write plain lines at the end, make them durable and return where each begins.

        Raises:
            CacheError: nothing was written: disk full, read-only, or the file is gone.
        """
        if self.seal is not None:
            lines = list(map(self.seal.close, lines))
        with disk_errors(f"write the cache file {self.path}"):
            if self._reader is None:
                if self.path.exists():
                    raise FileExistsError(errno.EEXIST, "it was closed")
                write_whole(self.path, write_header(Header(lineage, 0, key_id_of(self.seal))))
                self._reopen(HEADER_SIZE)
            writer = self._writer = self._writer or open_private(self.path, "r+b", buffering=0)
            self._check_ours(writer)
            try:
                self._write(writer, b"".join(lines))
            except OSError:
                self._forget(writer)
                raise
        offsets = list(accumulate(map(len, lines), initial=self._end))
        self._end = offsets.pop()
        return offsets

    def _check_ours(self, writer: BinaryIO) -> None:
        """Raise OSError where another program put a file in this one's place, or wrote to it, since we did."""
        ours = os.fstat(writer.fileno())
        if os.path.samestat(self.path.stat(), ours) and (ours.st_size == self._end or self._is_ragged):
            return
        self._writer = None
        writer.close()
        raise OSError(errno.ESTALE, "another program changed it")

    def _write(self, writer: BinaryIO, data: bytes) -> None:
        if self._is_ragged:
            writer.truncate(self._end)
        writer.seek(self._end)
        rest = memoryview(data)
        while rest:
            rest = rest[writer.write(rest) :]
        _make_durable(writer)
        self._is_ragged = False

    def _forget(self, writer: BinaryIO) -> None:
        """Give up a failed write, and cut what arrived of it. The writer has no buffer that closing it would still write."""
        self._writer, self._is_ragged = None, True
        with suppress(OSError):
            writer.truncate(self._end)
            self._is_ragged = False
        with suppress(OSError):
            writer.close()

    def adopt(self, staged: StagedFile) -> None:
        """Put a finished file in this one's place.

        Raises:
            CacheError: the old file stays and is still open.
        """
        end = staged.end
        self.close()
        try:
            with disk_errors(f"replace the cache file {self.path}"):
                staged.path.replace(self.path)
        except CacheError:
            if self.path.exists():
                self._reopen(self._end)
            raise
        self.damaged, self._is_ragged, self.seal = False, False, staged.seal
        sync_folder(self.path.parent)
        self._reopen(end)

    def _reopen(self, end: int) -> None:
        with disk_errors(f"read the cache file {self.path}"):
            self._reader = open(self.path, "rb", buffering=_READ_AHEAD)  # noqa: PTH123, SIM115
        self._end = end

    def close(self) -> None:
        """Let go of the file; the next write or adoption opens it again."""
        for handle in (self._reader, self._writer):
            if handle is not None:
                with suppress(OSError):
                    handle.close()
        self._reader = self._writer = None


def _make_durable(file: BinaryIO) -> None:
    # fdatasync still flushes the new length, and spares the write of the file's times.
    getattr(os, "fdatasync", os.fsync)(file.fileno())
