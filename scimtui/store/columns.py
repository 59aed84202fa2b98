"""The columns of a table, kept beside the documents, so that the first screen needs no document.

Beside a sealed cache file the sidecar is sealed too, as a whole.

A sidecar holds the rows of one projection as they were at one generation of a cache file. It needs no update when a
resource is edited: every document knows the generation in which it got its present value, so whoever opens an older
sidecar projects the documents that are younger than it, and no others.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from scimtui.errors import CacheError
from scimtui.store.collector import collector_paused
from scimtui.store.log_lines import LineSeal, decode_document, place
from scimtui.store.private_files import write_whole

if TYPE_CHECKING:
    from scimtui.store.log_storage import LogStorage

FORMAT = 1

_MANY = 1000
"""So many projected documents cost about 50 ms at the next start. Above it the sidecar is written again."""
_KEPT = 4
"""So many sidecars are kept beside a file, those that were used last."""
_SHARED = 4096
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Projection:
    """What a table shows of a resource."""

    key: str
    """Changes whenever the columns, or what they mean, change."""
    project: Callable[[Mapping[str, Any]], tuple[str, ...]]
    """Returns `(id, haystack, cell, cell, …)`: always as many, all safe to display."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A projection of all documents at one generation. The lists are never changed in place."""

    key: str
    lineage: str
    generation: int
    keys: list[str]
    """Document ids, in the order of `rows`."""
    rows: list[tuple[str, ...]]
    unsaved: int = 0
    """Documents projected since the sidecar was written."""


def present_rows(
    storage: LogStorage, table: str, projection: Projection, known: Rows | None, sidecar: Path | None
) -> Rows:
    """Return the rows of all documents as they are now: from `known`, else from the sidecar, else made anew.

    Raises:
        CacheError: a document cannot be read. Trouble with the sidecar is none: it is only slower.
    """
    if known is not None and (known.key != projection.key or known.lineage != storage.lineage):
        known = None
    if known is None and sidecar is not None:
        known = _load(sidecar, projection.key, storage, table)
    rows = _refreshed(storage, table, projection, known)
    if sidecar is not None and not storage.read_only and (known is None or rows.unsaved > _MANY):
        with suppress(OSError, ValueError):
            _save(sidecar, rows, storage.seal)
            return Rows(rows.key, rows.lineage, rows.generation, rows.keys, rows.rows)
    return rows


def sidecar_path(cache_file: Path, projection_key: str) -> Path:
    """Return where the rows of one projection are kept."""
    digest = hashlib.sha256(projection_key.encode(errors="surrogatepass")).hexdigest()
    return cache_file.with_name(f"{cache_file.stem}.{digest[:8]}.columns")


def _refreshed(storage: LogStorage, table: str, projection: Projection, known: Rows | None) -> Rows:
    with storage.lock:
        generation, lineage, places = storage.generation, storage.lineage, storage.places(table)
        if known is not None and known.generation == generation:
            return known
        keys = list(places)
        old = dict(zip(known.keys, known.rows, strict=True)) if known else {}
        younger = place(known.generation + 1, 0) if known else 0
        changed = [key for key, packed in places.items() if packed >= younger or key not in old]
    share = _sharer()
    fresh = {
        key: share(key, projection.project(decode_document(body))) for key, body in storage.encoded(table, changed)
    }
    if len(fresh) < len(keys):
        gone = set(changed) - fresh.keys()
        keys = [key for key in keys if key not in gone]
        rows = [fresh[key] if key in fresh else old[key] for key in keys]
    else:
        rows = list(fresh.values())
    unsaved = len(fresh) + (known.unsaved if known else 0)
    return Rows(projection.key, lineage, generation, keys, rows, unsaved)


def _sharer() -> Callable[[str, tuple[str, ...]], tuple[str, ...]]:
    """Return a function that lets rows share equal cells, such as departments, and the id with the index."""
    memo: dict[str, str] = {}

    def share(key: str, row: tuple[str, ...]) -> tuple[str, ...]:
        keep = memo.setdefault if len(memo) < _SHARED else memo.get
        return (key if row[0] == key else row[0], row[1], *[keep(cell, cell) for cell in row[2:]])

    return share


def _save(path: Path, rows: Rows, seal: LineSeal | None) -> None:
    """Write a header line, which names the blocks, then the document ids, then each column as one block.

    Raises:
        OSError: not written.
        ValueError: rows of different length, or text that is not Unicode.
    """
    columns = [_encode_column(column, rows.keys) for column in zip(*rows.rows, strict=True)]
    blocks = [_encode_column(rows.keys, []), *columns]
    header = {
        "scimtui": "columns",
        "format": FORMAT,
        "key": rows.key,
        "lineage": rows.lineage,
        "generation": rows.generation,
        "rows": len(rows.rows),
        "blocks": [(kind, len(block), zlib.crc32(block)) for kind, block in blocks],
    }
    facts = orjson.dumps(header)
    data = b"".join([b"%08x %b\n" % (zlib.crc32(facts), facts), *(block for _, block in blocks)])
    write_whole(path, seal.cipher.seal_file(data, _label(seal)) if seal else data)
    siblings = path.parent.glob(f"{path.name.removesuffix('.columns')[:-8]}{'?' * 8}.columns")
    for stale in sorted(siblings, key=lambda each: each.stat().st_mtime, reverse=True)[_KEPT:]:
        stale.unlink()


def _label(seal: LineSeal) -> bytes:
    return b"columns " + seal.lineage.encode()


def _encode_column(column: Sequence[str], keys: list[str]) -> tuple[str, bytes]:
    """Return how a column is written, and the bytes: the document ids themselves, few words, or a text for each row."""
    if list(column) == keys:
        return "ids", b""
    numbers: dict[str, int] = {}
    for cell in column:
        numbers.setdefault(cell, len(numbers))
    if 4 * len(numbers) < len(column):
        return "few", orjson.dumps([list(numbers), [numbers[cell] for cell in column]])
    text = _SEPARATOR.join(column)
    if text.count(_SEPARATOR) + 1 != len(column):
        return "json", orjson.dumps(column)
    return "text", text.encode()


def _decode_column(kind: str, block: memoryview, keys: list[str]) -> list[str]:
    if kind == "ids":
        return keys
    if kind == "few":
        words, numbers = orjson.loads(block)
        return list(map(words.__getitem__, numbers))
    # Splitting takes 0.4 of the time that a JSON array of the same strings takes.
    return str(block, "utf-8").split(_SEPARATOR) if kind == "text" else orjson.loads(block)


def _load(path: Path, key: str, storage: LogStorage, table: str) -> Rows | None:
    """Return what the sidecar holds, whatever its generation; None where it is missing, foreign or damaged."""
    failures = (OSError, ValueError, KeyError, TypeError, IndexError, BufferError, CacheError)
    with suppress(*failures), collector_paused():
        # Mapped, since reading 30 MB line by line copies it twice: 0.06 s for 100,000 rows.
        with (
            path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
            memoryview(data) as view,
        ):
            if storage.seal is None:
                rows = _read(view, data.find(b"\n"), key, storage, table)
            else:
                plain = storage.seal.cipher.unseal_file(view, _label(storage.seal))
                rows = _read(memoryview(plain), plain.find(b"\n"), key, storage, table)
        if not storage.read_only:
            os.utime(path)
        return rows
    return None


def _read(data: memoryview, end: int, key: str, storage: LogStorage, table: str) -> Rows | None:
    if end < 9 or int(bytes(data[:8]), 16) != zlib.crc32(data[9:end]):
        return None
    header = orjson.loads(data[9:end])
    if (header["scimtui"], header["format"], header["key"]) != ("columns", FORMAT, key):
        return None
    with storage.lock:
        lineage, generation = storage.lineage, storage.generation
        present = list(storage.places(table)) if header["generation"] == generation else None
    if header["lineage"] != lineage:
        return None
    blocks, count = _checked_blocks(data[end + 1 :], header["blocks"]), header["rows"]
    kind, block = next(blocks)
    keys = _decode_column(kind, block, []) if present is None else present
    columns = [_decode_column(kind, block, keys) for kind, block in blocks]
    if any(len(column) != count for column in [keys, *columns]):
        return None
    return Rows(key, lineage, header["generation"], keys, list(zip(*columns, strict=True)))


def _checked_blocks(data: memoryview, blocks: list[tuple[str, int, int]]) -> Iterator[tuple[str, memoryview]]:
    """Yield kind and bytes of each block.

    Raises:
        ValueError: a checksum is wrong.
    """
    start = 0
    for kind, size, checksum in blocks:
        block = data[start : start + size]
        if zlib.crc32(block) != checksum:
            raise ValueError("checksum")
        yield kind, block
        start += size
