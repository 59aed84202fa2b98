"""A new cache file that grows beside the old one, until it takes its place or is kept as a part."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from scimtui.errors import CacheError
from scimtui.store.log_lines import (
    HEADER_SIZE,
    INDEX,
    Header,
    LineSeal,
    body_of,
    encode_line,
    is_whole,
    key_id_of,
    lines_from,
    write_header,
)
from scimtui.store.private_files import disk_errors, make_private_folder, open_private, write_whole

Tables = dict[str, dict[str, int]]
"""Place of each document by table and key, in the order of insertion."""

ARRIVING = ".arriving.new"
"""How the name of a file ends while it is being written to take the place of the one in front of that."""


class StagedFile:
    """A new cache file that grows beside the old one. Nothing counts until LogFile.adopt renames it."""

    def __init__(self, path: Path, lineage: str, seal: LineSeal | None) -> None:
        self.path = path
        self.end = HEADER_SIZE
        self.seal = seal
        self._lineage = lineage
        with disk_errors(f"write the cache file {path}"):
            make_private_folder(path.parent)
            self._file = open_private(path, "wb")
            self._file.write(write_header(Header(lineage, 0, key_id_of(seal))))

    def write(self, line: bytes) -> int:
        """Add one plain line and return its offset."""
        return self.copy(line if self.seal is None else self.seal.close(line))

    def copy(self, line: bytes) -> int:
        """Add a line of the file that this one will replace, as it stands there, and return its offset."""
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
        at = self.write(encode_line(generation, (INDEX, "", "", orjson.dumps(index))))
        header = Header(self._lineage, at, key_id_of(self.seal))
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
        part, _ = part_paths(self.path)
        with disk_errors(f"write the cache file {part}"):
            self._file.close()
            self.path.replace(part)
            write_progress(self.path, self.seal, progress)

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


def read_part(path: Path, seal: LineSeal | None = None) -> Iterator[bytes]:
    """Yield the encoded documents of a part of that cache file up to the first one that is damaged or sealed otherwise."""
    part, _ = part_paths(path)
    try:
        with part.open("rb") as reader:
            for _, line in lines_from(reader, HEADER_SIZE):
                if not is_whole(line):
                    return
                yield body_of(seal.open(line) if seal else line)
    except (OSError, CacheError, ValueError):
        return


def read_progress(path: Path, seal: LineSeal | None) -> dict[str, Any] | None:
    """Return how far the part of that cache file was; None where there is none, or it is sealed otherwise."""
    _, beside = part_paths(path)
    try:
        data = beside.read_bytes()
        progress = orjson.loads(seal.cipher.unseal_file(data, _label_of_progress(seal)) if seal else data)
    except (OSError, CacheError, orjson.JSONDecodeError):
        return None
    return progress if isinstance(progress, dict) else None


def write_progress(path: Path, seal: LineSeal | None, progress: Mapping[str, Any]) -> None:
    """Keep how far a part is. It names where the next page begins, which may be somebody's name.

    Raises:
        OSError: not written.
    """
    _, beside = part_paths(path)
    data = orjson.dumps(dict(progress))
    write_whole(beside, seal.cipher.seal_file(data, _label_of_progress(seal)) if seal else data)


def _label_of_progress(seal: LineSeal) -> bytes:
    return b"progress " + seal.lineage.encode()
