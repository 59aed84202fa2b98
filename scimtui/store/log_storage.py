"""A Storage and a Table for TinyDB that hold a real tenant: one line for each write, documents decoded when read.

`TinyDB(path, storage=LogStorage)` behaves as with any Storage. With LogTable as its table class a write appends the
documents that changed instead of comparing the whole database, and a read decodes only what it looks at.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinydb.storages import Storage
from tinydb.table import Table

from scimtui.errors import CacheError
from scimtui.store.log_file import Contents, LogFile
from scimtui.store.log_lines import (
    DROP,
    EMPTY,
    PUT,
    REMOVE,
    LineSeal,
    Step,
    body_of,
    checked_line,
    decode_document,
    encode_document,
    encode_line,
    generation_of,
    place,
)
from scimtui.store.staged_file import ARRIVING, StagedFile, Tables

if TYPE_CHECKING:
    from scimtui.store.cipher import Cipher

_PORTION = 1000
_FEWEST_LINES = 64
"""Below so many appended lines a rewrite is never worth its two flushes."""


@dataclass(frozen=True, slots=True)
class ReadOnly:
    """Why a cache may be read but not written, and what the admin can do about it."""

    why: str
    hint: str


class LogStorage(Storage):
    """One cache file. Every method may be called from any thread."""

    def __init__(self, path: Path | str, *, read_only: ReadOnly | None = None, cipher: Cipher | None = None) -> None:
        """Open the file without decoding a document; it is created by the first write, sealed where there is a cipher.

        Raises:
            CacheError: unreadable, foreign, damaged, or not sealed with that cipher: the caller sets the file aside.
        """
        self.path = Path(path)
        self.lock = threading.RLock()
        self._read_only = read_only
        self._file = LogFile(self.path, read_only=read_only is not None, cipher=cipher)
        self._touched: set[tuple[str, str]] | None = None
        self._take(self._file.load())

    def _take(self, contents: Contents) -> None:
        self._contents = contents
        self._rewrite_at = max(_FEWEST_LINES, sum(map(len, contents.tables.values())) - contents.tail)

    @property
    def read_only(self) -> bool:
        """Whether writes are refused."""
        return self._read_only is not None

    @property
    def damaged(self) -> bool:
        """Whether a line with a wrong checksum was met."""
        return self._file.damaged

    @property
    def seal(self) -> LineSeal | None:
        """How the file is sealed, and what is kept beside it has to be; None where it is plain."""
        return self._file.seal

    @property
    def lineage(self) -> str:
        """Names the history in which `generation` counts; new when a cache starts empty."""
        return self._contents.lineage

    @property
    def generation(self) -> int:
        """Number of the last write."""
        return self._contents.generation

    def places(self, table: str) -> Mapping[str, int]:
        """Return the place of each document, see log_lines.place. Hold `lock` while reading it."""
        return self._contents.tables.get(table, {})

    def body(self, packed: int) -> bytes:
        """Return the encoded document at a place.

        Raises:
            CacheError: the line is damaged.
        """
        with self.lock:
            return body_of(self._file.line(packed))

    def encoded(self, table: str, keys: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Yield key and encoded document of those keys that are there when their turn comes.

        The lock is free between two portions, so that a long read delays no edit.

        Raises:
            CacheError: a line is damaged.
        """
        for start in range(0, len(keys), _PORTION):
            with self.lock:
                places = self.places(table)
                there = [key for key in keys[start : start + _PORTION] if key in places]
                lines = self._file.lines([places[key] for key in there]) if there else []
            yield from zip(there, map(body_of, lines), strict=True)

    def hasty(self, table: str, keys: Sequence[str]) -> Iterator[tuple[list[str], list[bytes | memoryview]]]:
        """Yield what `encoded` does, many at once and with unchecked lines; see `LogFile.hasty_bodies`.

        Raises:
            CacheError: the disk fails.
        """
        for start in range(0, len(keys), _PORTION):
            with self.lock:
                places = self.places(table)
                there = [key for key in keys[start : start + _PORTION] if key in places]
                bodies = self._file.hasty_bodies([places[key] for key in there])
            yield there, bodies

    # ---------------------------------------------------------------- what TinyDB asks for

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Return every table as a mapping that decodes a document when it is looked at; None for an empty database."""
        with self.lock:
            tables = {name: Documents(self, name) for name in self._contents.tables}
        return tables or None  # type: ignore[return-value]  # TinyDB reads a table, it never checks that it is a dict

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Make the whole database equal to `data`, by appending what differs."""
        with self.lock:
            steps: list[Step] = [(DROP, name, "", b"") for name in self._contents.tables if name not in data]
            for name, documents in data.items():
                if not (isinstance(documents, Documents) and documents.shows(self, name)):
                    steps += self._difference(name, documents)
            self.apply(steps)

    def close(self) -> None:
        """Close the file. Nothing is waiting to be written."""
        with self.lock:
            self._file.close()

    def _difference(self, name: str, wanted: Mapping[str, Any]) -> Iterator[Step]:
        present = self._contents.tables.get(name)
        if present is None:
            yield EMPTY, name, "", b""
            present = {}
        for key in present:
            if key not in wanted:
                yield REMOVE, name, key, b""
        for key, document in wanted.items():
            body = encode_document(document)
            if key not in present or body != self.body(present[key]):
                yield PUT, name, key, body

    # ---------------------------------------------------------------- writing

    def apply(self, steps: list[Step]) -> None:
        """Write some steps as one: after a crash all of them are there, or none. Durable when this returns.

        Raises:
            CacheError: nothing was written; the message says why.
        """
        if not steps:
            return
        with self.lock:
            self._check_writable()
            generation = self.generation + 1
            lines = [encode_line(generation, step, last=False) for step in steps[:-1]]
            lines.append(encode_line(generation, steps[-1]))
            for step, offset in zip(steps, self._file.append(lines, self.lineage), strict=True):
                self._contents.follow(generation, step, offset)
            if self._touched is not None:
                self._touched.update((table, key) for _, table, key, _ in steps)
            if self._contents.tail > self._rewrite_at:
                self._try_to_compact()

    def _check_writable(self) -> None:
        if self._read_only is not None:
            raise CacheError(f"nothing can be kept in {self.path.parent}: {self._read_only.why}", self._read_only.hint)

    def _try_to_compact(self) -> None:
        """Rewrite when more was appended than stood there: never on an ordinary edit, and cheap on average."""
        try:
            self.compact()
        except CacheError:
            # What was asked for is already durable. A full disk must not make every edit try again.
            self._rewrite_at = 2 * self._contents.tail

    def compact(self) -> None:
        """Write the living lines to a file beside, with an index, and put it in this one's place."""
        self._rewrite(self.seal)

    def reseal(self, cipher: Cipher | None) -> None:
        """Rewrite the file so that it is sealed by that cipher, or plain where there is none.

        Raises:
            CacheError: it stays as it was.
        """
        self._rewrite(LineSeal(cipher, self.lineage) if cipher else None)

    def _rewrite(self, seal: LineSeal | None) -> None:
        with self.lock:
            self._check_writable()
            staged = StagedFile(self.path.with_name(self.path.name + ".compacted.new"), self.lineage, seal)
            try:
                tables: Tables = {}
                for name, places in self._contents.tables.items():
                    copy = tables[name] = dict.fromkeys(places, 0)
                    for key, packed in places.items():
                        copy[key] = self.copy_line(packed, staged)
                self._adopt(staged, tables, self.generation)
            finally:
                staged.discard()

    def stage(self) -> StagedFile:
        """Start a file beside that will replace this one; until then, writes are remembered in `touched`.

        Raises:
            CacheError: read-only, or one is being staged already.
        """
        with self.lock:
            self._check_writable()
            if self._touched is not None:
                raise CacheError(f"the cache file {self.path} is being replaced already", "wait until that has ended")
            staged = StagedFile(self.path.with_name(self.path.name + ARRIVING), self.lineage, self.seal)
            self._touched = set()
            return staged

    def touched(self, table: str) -> list[str]:
        """Return the keys that were put or removed since `stage`."""
        with self.lock:
            return [key for name, key in self._touched or () if name == table]

    def unstage(self, staged: StagedFile) -> None:
        """Give up a staged file. Does nothing after `replace`."""
        with self.lock:
            self._touched = None
            staged.discard()

    def copy_line(self, packed: int, staged: StagedFile) -> int:
        """Copy one of our lines to a staged file and return its place there."""
        if staged.seal == self.seal:
            offset = staged.copy(*self._file.whole_lines((packed,)))
        else:
            offset = staged.write(checked_line(self._file.line(packed)[9:-1]))
        return place(generation_of(packed), offset)

    def replace(self, staged: StagedFile, tables: Tables) -> None:
        """Finish a staged file, which holds the documents of `tables`, and put it in this one's place.

        Raises:
            CacheError: the old file stays.
        """
        with self.lock:
            self._check_writable()
            self._adopt(staged, tables, self.generation + 1)
            self._touched = None

    def _adopt(self, staged: StagedFile, tables: Tables, generation: int) -> None:
        staged.finish(tables, generation)
        try:
            self._file.adopt(staged)
        except CacheError:
            if not self._file.exists:
                self._take(self._file.load())
            raise
        self._take(Contents(self.lineage, tables, generation))


class Documents(Mapping[str, Any]):
    """One table as TinyDB wants to read it, each document decoded when it is looked at."""

    def __init__(self, storage: LogStorage, name: str) -> None:
        self._storage = storage
        self._name = name

    def shows(self, storage: LogStorage, name: str) -> bool:
        """Whether this is that table of that storage as it stands: writing it back changes nothing."""
        return self._storage is storage and self._name == name

    def __getitem__(self, key: str) -> Any:
        return decode_document(self.encoded(key))

    def encoded(self, key: str) -> bytes:
        """Return the document as it stands in the file."""
        with self._storage.lock:
            return self._storage.body(self._storage.places(self._name)[key])

    def __contains__(self, key: object) -> bool:
        return key in self._storage.places(self._name)

    def __iter__(self) -> Iterator[str]:
        with self._storage.lock:
            return iter(list(self._storage.places(self._name)))

    def __len__(self) -> int:
        return len(self._storage.places(self._name))


class LogTable(Table):
    """A TinyDB table whose writes append only the documents that changed."""

    _storage: LogStorage

    def _read_table(self) -> Documents:  # type: ignore[override]  # read by TinyDB as a Mapping only
        return Documents(self._storage, self.name)

    def _update_table(self, updater: Callable[[dict[Any, Any]], None]) -> None:
        with self._storage.lock:
            table = _Overlay(self._read_table(), self.document_id_class)
            updater(table)  # type: ignore[arg-type]  # TinyDB's own updaters use it as a mutable mapping
            exists = self.name in (self._storage.read() or {})
            self._storage.apply(list(table.steps(self.name, exists=exists)))
        self.clear_cache()


class _Overlay(MutableMapping[Any, Any]):
    """The documents of a table for the length of one update, and what the update did to them.

    A document handed out may be changed in place, as Table.update does, so it is kept and compared at the end.
    """

    def __init__(self, documents: Documents, id_class: Callable[[str], Any]) -> None:
        self._documents = documents
        self._id_class = id_class
        self._cleared = False
        self._gone: dict[Any, None] = {}
        self._seen: dict[Any, Any] = {}
        self._added: dict[Any, Any] = {}

    def _is_old(self, doc_id: Any) -> bool:
        return not self._cleared and doc_id not in self._gone and str(doc_id) in self._documents

    def __getitem__(self, doc_id: Any) -> Any:
        if doc_id in self._added:
            return self._added[doc_id]
        if not self._is_old(doc_id):
            raise KeyError(doc_id)
        if doc_id not in self._seen:
            self._seen[doc_id] = self._documents[str(doc_id)]
        return self._seen[doc_id]

    def __setitem__(self, doc_id: Any, document: Any) -> None:
        (self._seen if self._is_old(doc_id) else self._added)[doc_id] = document

    def __delitem__(self, doc_id: Any) -> None:
        if self._is_old(doc_id):
            self._gone[doc_id] = None
            self._seen.pop(doc_id, None)
        else:
            del self._added[doc_id]

    def __contains__(self, doc_id: object) -> bool:
        return doc_id in self._added or self._is_old(doc_id)

    def __iter__(self) -> Iterator[Any]:
        if not self._cleared:
            yield from (each for each in map(self._id_class, self._documents) if each not in self._gone)
        yield from self._added

    def __len__(self) -> int:
        return (0 if self._cleared else len(self._documents) - len(self._gone)) + len(self._added)

    def clear(self) -> None:
        """Forget all documents, without reading them as MutableMapping would."""
        self._cleared = True
        for each in (self._gone, self._seen, self._added):
            each.clear()

    def steps(self, table: str, *, exists: bool) -> Iterator[Step]:
        """Yield what has to be written."""
        if self._cleared or not exists:
            yield EMPTY, table, "", b""
        for doc_id in self._gone:
            yield REMOVE, table, str(doc_id), b""
        for doc_id, document in self._seen.items():
            body = encode_document(document)
            if body != self._documents.encoded(str(doc_id)):
                yield PUT, table, str(doc_id), body
        for doc_id, document in self._added.items():
            yield PUT, table, str(doc_id), encode_document(document)
