"""The cached resources of one type of one tenant."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tinydb.table import Document

from scimtui.errors import CacheError
from scimtui.scim.resource import resource_id
from scimtui.store.columns import Projection, Rows, present_rows, sidecar_path
from scimtui.store.log_lines import decode_document, generation_of
from scimtui.store.log_storage import Documents, LogStorage, ReadOnly
from scimtui.store.private_files import set_aside
from scimtui.store.replacement import BEGUN_AT, Replacement
from scimtui.store.resource_table import RESOURCES, SYNC, ResourceDB, ResourceTable, key_of, key_of_id
from scimtui.store.staged_file import part_paths, read_part, read_progress, write_progress
from scimtui.store.sync_state import SyncCounts, SyncState, read_state, state_document

if TYPE_CHECKING:
    from scimtui.store.cipher import Cipher

IN_CACHE = "in_cache"
"""Key of a part's progress: what arrived is the present copy itself."""


class ResourceCache:
    """One file of resources and the rows that tables show of them. Every method may be called from any thread.

    Each one raises CacheError where the disk fails. A file whose content is damaged is set aside when that is found:
    the call that met it fails, the cache is empty from then on, and `notices` of the tenant's cache says so.
    """

    def __init__(
        self, path: Path, name: str, *, read_only: ReadOnly | None, cipher: Cipher | None, notices: list[str]
    ) -> None:
        self.name = name
        """Name of the ResourceType."""
        self._path = path
        self._read_only = read_only
        self._cipher = cipher
        self._notices = notices
        self._rows: Rows | None = None
        self._rows_lock = threading.Lock()
        self._open()

    def _open(self) -> None:
        try:
            self.db = ResourceDB(self._path, storage=LogStorage, read_only=self._read_only, cipher=self._cipher)
        except CacheError as error:
            if self._read_only is not None or isinstance(error.__cause__, OSError):
                raise
            self._set_aside(error)
            self.db = ResourceDB(self._path, storage=LogStorage, cipher=self._cipher)

    def _set_aside(self, error: CacheError) -> None:
        try:
            target = set_aside(self._path)
        except OSError:
            raise error from None
        self._notices.append(
            f"The cached {self.name} resources could not be read ({error.message}). "
            f"The file is kept as {target.name}; synchronise to fetch them again."
        )

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """Start over with an empty file where a document turns out to be damaged."""
        storage = self._storage
        try:
            yield
        except CacheError as error:
            with storage.lock:
                if storage.damaged and storage is self._storage and self._read_only is None:
                    self.db.close()
                    self._set_aside(error)
                    self._open()
            raise

    @property
    def _storage(self) -> LogStorage:
        return cast("LogStorage", self.db.storage)

    @property
    def _table(self) -> ResourceTable:
        return cast("ResourceTable", self.db.table(RESOURCES))

    @property
    def generation(self) -> int:
        """A number that grows with every write and is kept on disk."""
        return self._storage.generation

    @property
    def state(self) -> SyncState | None:
        """The last synchronisation; None where there was none yet."""
        with self._watching():
            document = self.db.table(SYNC).get(doc_id=cast("int", "state"))
        return read_state(document)

    def __len__(self) -> int:
        return len(self._storage.places(RESOURCES))

    def get(self, identity: str) -> dict[str, Any] | None:
        """Return the resource with that id as the provider sent it, None where there is none."""
        with self._watching():
            return Documents(self._storage, RESOURCES).get(key_of_id(identity))

    def written_after(self, identity: str, generation: int) -> bool:
        """Whether a resource got its present value in a later write; also where it is not there."""
        packed = self._storage.places(RESOURCES).get(key_of_id(identity))
        return packed is None or generation_of(packed) > generation

    def documents(self) -> Iterator[dict[str, Any]]:
        """Yield all resources in the order of insertion, which is the order of `rows`.

        Writes by others meanwhile are allowed: a resource removed before its turn is left out.
        """
        storage = self._storage
        with storage.lock:
            keys = list(storage.places(RESOURCES))
        with self._watching():
            for _, body in storage.encoded(RESOURCES, keys):
                yield decode_document(body)

    def parts(self, names: Collection[str]) -> Iterator[dict[str, Any]]:
        """Yield what `documents` does with no more than these top-level attributes, in any letter case, much faster.

        A resource whose attributes are spelled otherwise than asked for comes whole.
        """
        from scimtui.store.partial import UNREADABLE, partial_decoder  # the first screen does not pay for it

        storage, part = self._storage, partial_decoder(names)
        with storage.lock:
            keys = list(storage.places(RESOURCES))
        with self._watching():
            for there, bodies in storage.hasty(RESOURCES, keys):
                try:
                    yield from [part(body) for body in bodies]
                except UNREADABLE:
                    yield from (part(whole) for _, whole in storage.encoded(RESOURCES, there))

    def put(self, raw: Mapping[str, Any]) -> None:
        """Insert or replace one resource. Durable when this returns."""
        with self._watching():
            self._table.put([raw])

    def remove(self, identity: str) -> None:
        """Remove the resource with that id; one that is not there is no error. Durable when this returns."""
        self.drop_part()  # it may still hold that resource
        with self._watching():
            if key_of_id(identity) in self._storage.places(RESOURCES):
                self._table.put([], remove=[key_of_id(identity)])

    def merge(self, changed: Iterable[Mapping[str, Any]], removed: Iterable[str], state: SyncState) -> SyncCounts:
        """Take in what changed at the provider since the last synchronisation, then the new state.

        The resources are one write and the state is the next: a crash between them repeats a little work, no more.
        """
        known = self.state
        since = known.synced_at if known is not None and known.complete else None
        with self._watching():
            gone = [key_of_id(each) for each in removed]
            new, different, vanished = self._table.put(changed, remove=gone, since=since)
            self.record(state)
        return SyncCounts(new, different, vanished)

    def record(self, state: SyncState) -> None:
        """Keep a new state without touching a resource."""
        with self._watching():
            document = Document(state_document(state), cast("int", "state"))
            self.db.table(SYNC).upsert(document)

    def replacement(self) -> Replacement:
        """Start a full synchronisation. The present copy can be read and written until it is committed."""
        storage = self._storage

        def committed() -> None:
            self._table.clear_cache()
            if storage is not self._storage:  # damage was found meanwhile, and the cache started over
                storage.close()
                self.db.close()
                self._open()

        return Replacement(storage, committed)

    def part(self) -> dict[str, Any] | None:
        """Return how far a suspended synchronisation was, None where there is none."""
        progress = read_progress(self._path, self._storage.seal)
        return progress if progress is not None and isinstance(progress.get(BEGUN_AT), int) else None

    def part_documents(self) -> Iterator[dict[str, Any]]:
        """Yield what had arrived of it; what was written here since then as it is now."""
        progress = self.part() or {}
        if progress.get(IN_CACHE):
            yield from self.documents()
            return
        begun_at = progress.get(BEGUN_AT, 0)
        storage = self._storage
        for body in read_part(self._path, storage.seal):
            raw = decode_document(body)
            with storage.lock:
                packed = storage.places(RESOURCES).get(key_of(raw))
            is_newer = packed is not None and generation_of(packed) > begun_at
            yield (self.get(resource_id(raw)) if is_newer else None) or raw

    def keep_progress(self, progress: Mapping[str, Any]) -> None:
        """Remember how far the synchronisation was whose resources are the present ones; as far as the disk takes it."""
        told = {**progress, BEGUN_AT: self.generation, IN_CACHE: True}
        with suppress(OSError):
            write_progress(self._path, self._storage.seal, told)

    def drop_part(self) -> None:
        """Forget a suspended synchronisation, if there is one."""
        for path in part_paths(self._path):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def rows(self, projection: Projection) -> list[tuple[str, ...]]:
        """Return one row `(id, haystack, cell, …)` for each resource, in the order of `documents`.

        The list is not changed later: the next call returns another one when something was written. Without a
        sidecar of this projection all documents are decoded, which takes seconds for a hundred thousand.
        """
        with self._rows_lock, self._watching():
            sidecar = sidecar_path(self._path, projection.key)
            self._rows = present_rows(self._storage, RESOURCES, projection, self._rows, sidecar)
            return self._rows.rows

    def passing_rows(self, projection: Projection) -> list[tuple[str, ...]]:
        """Return what `rows` does, and keep nothing of it in memory for the next call."""
        with self._watching():
            sidecar = sidecar_path(self._path, projection.key)
            return present_rows(self._storage, RESOURCES, projection, None, sidecar).rows

    def some(self, identities: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Yield the resources with these ids, those that are there, in this order."""
        storage = self._storage
        with self._watching():
            for _, body in storage.encoded(RESOURCES, [key_of_id(identity) for identity in identities]):
                yield decode_document(body)

    def close(self) -> None:
        """Close the file. Everything written is durable already."""
        self.db.close()
