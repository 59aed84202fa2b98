"""A cache file on disk: opened without decoding a document, appended to, and replaced as a whole."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

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
    Step,
    body_of,
    encode_line,
    head_of,
    is_whole,
    offset_of,
    place,
    read_header,
    write_header,
)
from scimtui.store.private_files import disk_errors, make_private_folder, open_private, sync_folder, write_whole

Tables = dict[str, dict[str, int]]
"""Place of each document by table and key, in the order of insertion."""

ARRIVING = ".arriving.new"
"""How the name of a file ends while it is being written to take the place of the one in front of that."""

_READ_AHEAD = 1 << 17


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

    def __init__(self, path: Path, *, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self.damaged = False
        """A line was found whose checksum is wrong: the file should be set aside."""
        self._reader: BinaryIO | None = None
        self._writer: BinaryIO | None = None
        self._end = 0

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
                return Contents(lineage=secrets.token_hex(8))
            try:
                return self._read_contents(self._reader)
            except CacheError:
                self.close()
                raise

    def _read_contents(self, reader: BinaryIO) -> Contents:
        header = read_header(reader.read(HEADER_SIZE))
        contents = Contents(header.lineage)
        if header.index:
            reader.seek(header.index)
            self._read_index(reader.readline(), contents)
        self._end = reader.tell()
        waiting: list[tuple[int, Step, int]] = []
        for offset, line in _lines(reader, self._end):
            if not is_whole(line):
                if any(is_whole(later) for _, later in _lines(reader, offset + len(line))):
                    raise self._damage()
                break
            generation, kind, table, key = head_of(line)
            waiting.append((generation, (kind.lower(), table, key, b""), offset))
            if kind.isupper():
                for each in waiting:
                    contents.follow(*each)
                waiting.clear()
                self._end = offset + len(line)
        self._cut_torn_tail(reader)
        return contents

    def _read_index(self, line: bytes, contents: Contents) -> None:
        if not is_whole(line):
            raise self._damage()
        contents.generation = head_of(line)[0]
        index = orjson.loads(line[line.index(b"\t") + 1 :])
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
        """Return the checked lines of documents. Those that follow each other in the file are read without a search.

        Raises:
            CacheError: a line is damaged (`damaged` is True from then on) or the disk fails.
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

    def append(self, data: bytes, lineage: str) -> int:
        """Write whole lines at the end, make them durable and return the offset of the first.

        Raises:
            CacheError: nothing was written: disk full, read-only, or the file is gone.
        """
        with disk_errors(f"write the cache file {self.path}"):
            if self._reader is None:
                if self.path.exists():
                    raise FileExistsError(errno.EEXIST, "it was closed")
                write_whole(self.path, write_header(Header(lineage, index=0)))
                self._reopen(HEADER_SIZE)
            writer = self._writer = self._writer or open_private(self.path, "r+b")
            if not os.path.samestat(self.path.stat(), os.fstat(writer.fileno())):
                raise FileNotFoundError(errno.ENOENT, "another file took its place")
            start = self._end
            try:
                writer.seek(start)
                writer.write(data)
                writer.flush()
                _make_durable(writer)
            except OSError:
                self._forget_writer(start)
                raise
        self._end = start + len(data)
        return start

    def _forget_writer(self, end: int) -> None:
        """Give up a failed write: cut what arrived of it, and drop the bytes that wait in the buffer."""
        writer, self._writer = self._writer, None
        with suppress(OSError):
            os.truncate(self.path, end)
        if writer is not None:
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
        self.damaged = False
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


class StagedFile:
    """A new cache file that grows beside the old one. Nothing counts until LogFile.adopt renames it."""

    def __init__(self, path: Path, lineage: str) -> None:
        self.path = path
        self.end = HEADER_SIZE
        self._lineage = lineage
        with disk_errors(f"write the cache file {path}"):
            make_private_folder(path.parent)
            self._file = open_private(path, "wb")
            self._file.write(b" " * HEADER_SIZE)

    def write(self, line: bytes) -> int:
        """Add one line and return its offset."""
        offset = self.end
        try:
            self._file.write(line)
        except OSError:
            with disk_errors(f"write the cache file {self.path}"):
                raise
        self.end += len(line)
        return offset

    def finish(self, tables: Tables, generation: int) -> None:
        """Write index and header, and make all of it durable."""
        index = {name: [list(places), list(places.values())] for name, places in tables.items()}
        header = Header(self._lineage, self.write(encode_line(generation, (INDEX, "", "", orjson.dumps(index)))))
        with disk_errors(f"write the cache file {self.path}"):
            self._file.seek(0)
            self._file.write(write_header(header))
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def keep_part(self, progress: Mapping[str, Any]) -> None:
        """End the file here and keep it as a part that a later one can begin with, together with how far it was.

        Raises:
            CacheError: the disk refuses it.
        """
        part, beside = part_paths(self.path)
        with disk_errors(f"write the cache file {part}"):
            self._file.close()
            self.path.replace(part)
            write_whole(beside, orjson.dumps(dict(progress)))

    def discard(self) -> None:
        """Delete the file if it was not adopted. May be called at any time, and twice."""
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self.path.unlink()


def part_paths(path: Path) -> tuple[Path, Path]:
    """Return where the part of a cache file, or of the new one beside it, is kept, and how far it was."""
    name = path.name.removesuffix(ARRIVING)
    return path.with_name(f"{name}.part"), path.with_name(f"{name}.part.json")


def read_part(path: Path) -> Iterator[bytes]:
    """Yield the encoded documents of a part up to its first damaged line."""
    part, _ = part_paths(path)
    try:
        with part.open("rb") as reader:
            for _, line in _lines(reader, HEADER_SIZE):
                if not is_whole(line):
                    return
                yield body_of(line)
    except OSError:
        return


def _lines(reader: BinaryIO, offset: int) -> Iterator[tuple[int, bytes]]:
    """Yield offset and bytes of each line from there to the end of the file."""
    reader.seek(offset)
    while line := reader.readline():
        yield offset, line
        offset += len(line)


def _make_durable(file: BinaryIO) -> None:
    # fdatasync still flushes the new length, and spares the write of the file's times.
    getattr(os, "fdatasync", os.fsync)(file.fileno())
