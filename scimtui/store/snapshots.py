"""Earlier copies of a tenant's resources: one file for each, compact, so many and no more.

A file is Zstandard-compressed lines: facts, then, in a whole copy, the ids of all documents, then `key TAB document`
for each. A whole copy stands at the beginning; those after it hold only what was written since the one before, and a
line without a document for who is gone. So a sync that changed ten of a hundred thousand leaves a few kilobytes.
Beside a sealed cache the files are sealed with its key.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import orjson
import zstandard

from scimtui.errors import CacheError
from scimtui.store.cipher import SEALED
from scimtui.store.log_lines import decode_document, place
from scimtui.store.private_files import disk_errors, make_private_folder, write_whole
from scimtui.store.resource_table import RESOURCES

if TYPE_CHECKING:
    from scimtui.store.cipher import Cipher
    from scimtui.store.log_storage import LogStorage
    from scimtui.store.resource_cache import ResourceCache

FORMAT = 1
SUFFIX = ".snapshot"
SOON = timedelta(hours=1)
"""A copy this young is replaced by the next one, so that frequent syncs do not push last Friday out."""
_LEVEL = 3
_OF_A_MERGE = 2
"""A merge writes what changed, then its state. Whoever else wrote since the last copy made it more."""
_READ_SIZE = 1 << 16
_LARGEST = 8 << 30
"""A file that says it holds more is not believed."""
Change = tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]
"""A resource before and after; None: it was not there."""
_FAILURES = (OSError, ValueError, KeyError, TypeError, zstandard.ZstdError, CacheError)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One earlier copy."""

    path: Path
    type_name: str
    taken_at: datetime
    """When the synchronisation began that it shows. Aware, UTC."""
    count: int
    base: str
    """File name of the copy before it, which it builds on; "" for a whole copy."""
    lineage: str
    generation: int
    """Of the cache file: what was written later is not in it."""


def take(cache: ResourceCache, folder: Path, keep: int, *, vanished: int | None = None) -> Snapshot | None:
    """Keep what the cache holds now as a copy of its last synchronisation, and remove copies that are too many. Blocks.

    None where there is nothing to keep: `keep` is 0, the cache is not complete, or in memory, or it holds what the last copy holds.
    `vanished`: how many the merge removed that was written just now, so that nobody is looked for who is gone.

    Raises:
        CacheError: it cannot be written, or the cache cannot be read.
    """
    state, db = cache.state, getattr(cache, "db", None)
    if keep < 1 or db is None or db.storage.read_only or state is None or not state.complete:
        return None
    storage: LogStorage = db.storage
    known = snapshots(cache, folder)
    last = known[-1] if known else None
    with storage.lock:
        generation, lineage, places = storage.generation, storage.lineage, dict(storage.places(RESOURCES))
    if last is not None and (last.lineage, last.generation) == (lineage, generation):
        return None
    replaced = None
    if last is not None and last.base and state.synced_at - last.taken_at < SOON:
        replaced, last = last, next(one for one in known if one.path.name == last.base)
    is_whole = last is None or last.lineage != lineage or len(_chain(last, known)) >= keep
    changed, gone = list(places), list[str]()
    if not is_whole and last is not None:
        younger = place(last.generation + 1, 0)
        changed = [key for key, packed in places.items() if packed >= younger]
        if vanished == 0 and generation - (replaced or last).generation <= _OF_A_MERGE:
            gone = [key for key in _gone_in(cache, replaced) if key not in places]
        else:
            gone = sorted(_keys(cache, last, known) - places.keys())
        if not changed and not gone and replaced is None:
            return None  # the last copy is what is there now too
    base = "" if is_whole or last is None else last.path.name
    facts = _facts(cache.name, state.synced_at, len(places), base, lineage, generation)
    lines = _lines(facts, list(places) if is_whole else [], storage.encoded(RESOURCES, changed), gone)
    path = folder / f"{_stem(cache.name)}.{state.synced_at.astimezone(UTC):%Y%m%dT%H%M%S.%f}{SUFFIX}"
    with disk_errors(f"keep the snapshot {path}"):
        make_private_folder(folder)
        _write(path, lines, storage.seal.cipher if storage.seal else None)
    if replaced is not None and replaced.path != path:
        replaced.path.unlink(missing_ok=True)
    _prune(snapshots(cache, folder), keep)
    return _read_facts(path, cache)


def _facts(
    type_name: str, taken_at: datetime, count: int, base: str, lineage: str, generation: int
) -> dict[str, str | int]:
    return {
        "scimtui": "snapshot",
        "format": FORMAT,
        "type": type_name,
        "taken_at": taken_at.astimezone(UTC).isoformat(),
        "count": count,
        "base": base,
        "lineage": lineage,
        "generation": generation,
    }


def _gone_in(cache: ResourceCache, snapshot: Snapshot | None) -> Iterator[str]:
    """Yield the ids of those whom a copy says to be gone since the one it builds on."""
    for key, body in _pairs(cache, snapshot) if snapshot is not None else ():
        if not body:
            yield orjson.loads(key)


def snapshots(cache: ResourceCache, folder: Path) -> list[Snapshot]:
    """Return the copies of a type, the oldest first. One that cannot be read, and what builds on it, is left out. Blocks."""
    found: dict[str, Snapshot] = {}
    for path in sorted(folder.glob(f"{_stem(cache.name)}.*{SUFFIX}")):
        one = _read_facts(path, cache)
        if one is not None and (not one.base or one.base in found):
            found[path.name] = one
    return list(found.values())


def documents(cache: ResourceCache, snapshot: Snapshot, folder: Path) -> Iterator[Mapping[str, Any]]:
    """Yield the resources of a copy. Memory holds one at a time, and what changed since the whole copy it builds on.

    Raises:
        CacheError: a file of it is gone or damaged.
    """
    with _reading(snapshot):
        yield from (decode_document(body) for _, body in _bodies(cache, _chain(snapshot, snapshots(cache, folder))))


# ---------------------------------------------------------------- what changed


def changes(cache: ResourceCache, older: Snapshot, newer: Snapshot | None, folder: Path) -> Iterator[Change]:
    """Yield who is not the same, to the byte, in two copies; without `newer`, in a copy and in the cache now. Blocks.

    Where one builds on the other, what was written between them is known, and nobody else is decoded or compared.

    Raises:
        CacheError: a file of them is gone or damaged, or the cache cannot be read.
    """
    known = snapshots(cache, folder)
    with _reading(older):
        chain = _chain(older, known)
        after = _written_since(cache, chain, newer, known)
        if after is None:
            after = _unlike(cache, chain, _bodies(cache, _chain(newer, known)) if newer else _held(cache))
        raw = [(body, after.pop(key)) for key, body in _bodies(cache, chain, after)]
        yield from _decoded([*raw, *((b"", body) for body in after.values())])


def steps(cache: ResourceCache, folder: Path) -> Iterator[tuple[Snapshot, Iterator[Change]]]:
    """Yield each copy but the first, the oldest first, with what changed since the one before it. Blocks.

    A whole copy is read once for all that build on it.

    Raises:
        CacheError: see `changes`.
    """
    known = snapshots(cache, folder)
    starts = [place for place, one in enumerate(known) if not one.base]
    for start, following in pairwise([*starts, len(known)]):
        whole, *later = known[start:following]
        if start:
            yield whole, changes(cache, known[start - 1], whole, folder)
        written = [dict(_pairs(cache, one)) for one in later]
        touched = set().union(*written)
        held = {key: body for key, body in _pairs(cache, whole) if key in touched} if touched else {}
        for one, bodies in zip(later, written, strict=True):
            raw = [(held.get(key, b""), body) for key, body in bodies.items()]
            held.update(bodies)
            yield one, _decoded(raw)


def _bodies(
    cache: ResourceCache, chain: Sequence[Snapshot], among: Container[bytes] | None = None
) -> Iterator[tuple[bytes, bytes]]:
    """Yield key and document of all who are in a copy, or of those among some keys; see `_chain`."""
    whole, *later = chain
    newer = {key: body for one in later for key, body in _pairs(cache, one) if among is None or key in among}
    for key, body in _pairs(cache, whole):
        if among is None or key in among:
            latest = newer.pop(key, body)
            if latest:
                yield key, latest
    yield from ((key, body) for key, body in newer.items() if body)


def _written_since(
    cache: ResourceCache, chain: Sequence[Snapshot], newer: Snapshot | None, known: Iterable[Snapshot]
) -> dict[bytes, bytes] | None:
    """Return what was written after a copy, b"" for one that is gone; None where the other does not build on it."""
    if newer is not None:
        whole = _chain(newer, known)
        builds_on = [one.path for one in whole[: len(chain)]] == [one.path for one in chain]
        return {k: body for one in whole[len(chain) :] for k, body in _pairs(cache, one)} if builds_on else None
    storage = cast("LogStorage", cache.db.storage)
    with storage.lock:
        lineage, places = storage.lineage, dict(storage.places(RESOURCES))
    if lineage != chain[-1].lineage:
        return None
    younger = place(chain[-1].generation + 1, 0)
    written = [key for key, packed in places.items() if packed >= younger]
    gone = _keys(cache, chain[-1], known) - places.keys()
    after = {orjson.dumps(key): body for key, body in storage.encoded(RESOURCES, written)}
    return after | dict.fromkeys(map(orjson.dumps, gone), b"")


def _unlike(
    cache: ResourceCache, chain: Sequence[Snapshot], there: Iterable[tuple[bytes, bytes]]
) -> dict[bytes, bytes]:
    """Return what `_written_since` does for two that have nothing in common. Nobody who is the same stays in memory."""
    before = {key: hash(body) for key, body in _bodies(cache, chain)}
    after = {key: body for key, body in there if before.pop(key, None) != hash(body)}
    return after | dict.fromkeys(before, b"")


def _held(cache: ResourceCache) -> Iterator[tuple[bytes, bytes]]:
    storage = cast("LogStorage", cache.db.storage)
    with storage.lock:
        keys = list(storage.places(RESOURCES))
    return ((orjson.dumps(key), body) for key, body in storage.encoded(RESOURCES, keys))


def _decoded(raw: Iterable[tuple[bytes, bytes]]) -> Iterator[Change]:
    """Yield before and after of those that are not the same."""
    for before, after in raw:
        if before != after:
            yield decode_document(before) if before else None, decode_document(after) if after else None


# ---------------------------------------------------------------- files


def _stem(type_name: str) -> str:
    """Return the type's name as part of a file name, which no other type shares."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in type_name)
    return plain if plain == type_name else f"{plain}-{type_name.encode(errors='surrogatepass').hex()}"


def _lines(
    facts: Mapping[str, Any], keys: list[str], bodies: Iterable[tuple[str, bytes]], gone: Iterable[str]
) -> Iterator[bytes]:
    yield orjson.dumps(facts)
    if not facts["base"]:
        yield orjson.dumps(keys)
    for key, body in bodies:
        yield b"%b\t%b" % (orjson.dumps(key), body)
    for key in gone:
        yield b"%b\t" % orjson.dumps(key)


def _write(path: Path, lines: Iterable[bytes], cipher: Cipher | None) -> None:
    packer = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compressobj()
    data = bytearray()
    for line in lines:
        data += packer.compress(line + b"\n")
    data += packer.flush()
    write_whole(path, bytes(data) if cipher is None else cipher.seal_file(bytes(data), _label(path)))


def _label(path: Path) -> bytes:
    return b"snapshot " + path.name.encode()


def _read_lines(path: Path, cache: ResourceCache) -> Iterator[bytes]:
    """Yield the lines of a file; one that is torn or changed ends in an error."""
    seal = cast("LogStorage", cache.db.storage).seal
    data = path.read_bytes()
    if seal is not None and not data.startswith(SEALED):
        path.unlink()  # from before the cache was sealed: nobody is to be readable on the disk now
        raise ValueError("it is not sealed")
    packed = data if seal is None else seal.cipher.unseal_file(data, _label(path))
    rest, size = b"", 0
    unpacker = zstandard.ZstdDecompressor().decompressobj()
    for start in range(0, len(packed), _READ_SIZE):
        piece = unpacker.decompress(packed[start : start + _READ_SIZE])
        size += len(piece)
        if size > _LARGEST:
            raise ValueError("it unpacks to more than it may")
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
    if rest or not unpacker.eof:  # without its end the checksum of the whole is lacking
        raise ValueError("it is not whole")


def _pairs(cache: ResourceCache, snapshot: Snapshot) -> Iterator[tuple[bytes, bytes]]:
    """Yield the key, as JSON, and the document of each line; b"" for one that is gone."""
    with _reading(snapshot):
        for line in islice(_read_lines(snapshot.path, cache), 1 if snapshot.base else 2, None):
            key, _, body = line.partition(b"\t")
            yield key, body


def _read_facts(path: Path, cache: ResourceCache) -> Snapshot | None:
    with suppress(*_FAILURES, StopIteration):
        facts = orjson.loads(next(_read_lines(path, cache)))
        if (facts["scimtui"], facts["format"], facts["type"]) == ("snapshot", FORMAT, cache.name):
            moment = datetime.fromisoformat(facts["taken_at"])
            told = (facts["count"], facts["base"], facts["lineage"], facts["generation"])
            return Snapshot(path, cache.name, moment, *told)
    return None


@contextmanager
def _reading(snapshot: Snapshot) -> Iterator[None]:
    """Turn what a damaged file raises into one sentence."""
    try:
        yield
    except CacheError:
        raise
    except _FAILURES as error:
        message = f"the snapshot {snapshot.path} cannot be read"
        raise CacheError(message, "delete it; the others are as they were") from error


# ---------------------------------------------------------------- which belong together


def _chain(snapshot: Snapshot, known: Iterable[Snapshot]) -> list[Snapshot]:
    """Return the whole copy that one builds on, those between, and itself."""
    by_name = {one.path.name: one for one in known}
    chain = [snapshot]
    while chain[0].base:
        before = by_name.get(chain[0].base)
        if before is None:
            raise CacheError(f"what the snapshot {snapshot.path} builds on is gone", "delete it")
        chain.insert(0, before)
    return chain


def _keys(cache: ResourceCache, snapshot: Snapshot, known: Iterable[Snapshot]) -> set[str]:
    """Return the ids of all documents of a copy."""
    whole, *later = _chain(snapshot, known)
    with _reading(snapshot):
        lines = _read_lines(whole.path, cache)
        next(lines)
        keys = set(orjson.loads(next(lines)))
        for one in later:
            for key, body in _pairs(cache, one):
                (keys.add if body else keys.discard)(orjson.loads(key))
    return keys


def _prune(known: list[Snapshot], keep: int) -> None:
    """Remove the oldest copies that are too many, as far as no other builds on them."""
    starts = [place for place, one in enumerate(known) if not one.base]
    for start, following in pairwise(starts):
        if len(known) - following >= keep:
            for one in known[start:following]:
                with suppress(OSError):
                    one.path.unlink()
