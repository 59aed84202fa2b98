"""What a tenant last answered, for one run of the program: nothing of it is ever on the disk."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scimtui.store.cache import TenantCache
from scimtui.store.log_lines import decode_document, encode_document
from scimtui.store.replacement import Replacement
from scimtui.store.resource_cache import ResourceCache
from scimtui.store.resource_table import key_of, key_of_id
from scimtui.store.sync_state import SyncCounts, SyncState

if TYPE_CHECKING:
    from scimtui.store.columns import Projection

Row = tuple[str, ...]


def compact(raw: Mapping[str, Any]) -> bytes:
    """Return a resource as bytes that take no more than they are long.

    Those of orjson keep the room in which they were made: 20,000 people took 165 MB, copied they take 24.
    """
    return bytes(memoryview(encode_document(raw)))


class MemoryCache(TenantCache):
    """A cache that ends with the program, even where that is killed."""

    def __init__(self) -> None:
        self.notices: list[str] = []
        self._documents: dict[str, bytes] = {}
        self._types: dict[str, ResourceCache] = {}
        self._lock = threading.Lock()

    @property
    def read_only(self) -> bool:
        """Never: nobody else has it."""
        return False

    def kept(self, name: str) -> dict[str, Any] | None:
        """Return a document beside the resources as it was kept, None where there is none."""
        body = self._documents.get(name)
        return None if body is None else decode_document(body)

    def keep(self, name: str, document: Mapping[str, Any]) -> None:
        """Keep a document beside the resources."""
        self._documents[name] = encode_document(dict(document))

    def type_names(self) -> list[str]:
        """Return the resource types that were ever asked for, sorted."""
        return sorted(self._types)

    def resources(self, type_name: str) -> ResourceCache:
        """Return the cache of one resource type, the same object each time."""
        with self._lock:
            return self._types.setdefault(type_name, MemoryResources(type_name))

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._types.clear()
            self._documents.clear()


class MemoryResources(ResourceCache):
    """The resources of one type. Every method may be called from any thread.

    Each is kept as encoded bytes, a fifth of what it takes as an object. A synchronisation that was broken off begins
    anew: there is no part of it to go on from.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.lock = threading.RLock()
        self.bodies: dict[str, bytes] = {}
        """Encoded resources by document id, in the order in which they came."""
        self.written: dict[str, int] = {}
        """The generation in which a resource got its present value, or was removed here."""
        self._generation = 0
        self._state: SyncState | None = None
        self._projected: tuple[str, int, dict[str, Row], list[Row]] = ("", -1, {}, [])
        """Of which projection and generation, by document id, and in the order of `documents`."""

    @property
    def generation(self) -> int:
        """A number that grows with every write."""
        return self._generation

    @property
    def state(self) -> SyncState | None:
        """The last synchronisation; None where there was none yet."""
        return self._state

    def __len__(self) -> int:
        return len(self.bodies)

    def get(self, identity: str) -> dict[str, Any] | None:
        """Return the resource with that id as the provider sent it, None where there is none."""
        body = self.bodies.get(key_of_id(identity))
        return None if body is None else decode_document(body)

    def written_after(self, identity: str, generation: int) -> bool:
        """Whether a resource got its present value in a later write; also where it is not there."""
        key = key_of_id(identity)
        return key not in self.bodies or self.written[key] > generation

    def earlier(self, identity: str) -> None:
        """Return None: what a resource was before is not kept."""

    def changed_last(self) -> set[str]:
        """Return nobody, for the same reason."""
        return set()

    def documents(self) -> Iterator[dict[str, Any]]:
        """Yield all resources in the order of `rows`; one that is removed before its turn is left out."""
        with self.lock:
            keys = list(self.bodies)
        for key in keys:
            body = self.bodies.get(key)
            if body is not None:
                yield decode_document(body)

    def parts(self, names: Collection[str]) -> Iterator[dict[str, Any]]:
        """Yield what `documents` does: here nothing is won by leaving attributes out."""
        _ = names
        return self.documents()

    def put(self, raw: Mapping[str, Any]) -> None:
        """Insert or replace one resource."""
        self._write([raw])

    def remove(self, identity: str) -> None:
        """Remove the resource with that id; one that is not there is no error."""
        self._write([], [identity])

    def merge(self, changed: Iterable[Mapping[str, Any]], removed: Iterable[str], state: SyncState) -> SyncCounts:
        """Take in what changed at the provider since the last synchronisation, and the new state."""
        counts = self._write(changed, removed)
        self._state = state
        return counts

    def _write(self, resources: Iterable[Mapping[str, Any]], removed: Iterable[str] = ()) -> SyncCounts:
        encoded = [(key_of(raw), compact(raw)) for raw in resources]
        with self.lock:
            self._generation += 1
            new = sum(key not in self.bodies for key, _ in encoded)
            changed = sum(self.bodies.get(key, body) != body for key, body in encoded)
            self.bodies.update(encoded)
            gone = [key for key in map(key_of_id, removed) if self.bodies.pop(key, None) is not None]
            self.written.update(dict.fromkeys([*(key for key, _ in encoded), *gone], self._generation))
            return SyncCounts(new, changed, len(gone))

    def record(self, state: SyncState) -> None:
        """Keep a new state without touching a resource."""
        self._state = state

    def replacement(self) -> Replacement:
        """Start a full synchronisation. The present copy can be read and written until it is committed."""
        return MemoryReplacement(self)

    def replace(self, bodies: dict[str, bytes], begun_at: int, state: SyncState) -> SyncCounts:
        """Put what arrived since a generation in the place of what is here, but for what was written here since then."""
        with self.lock:
            for key, generation in self.written.items():
                if generation > begun_at:
                    bodies.pop(key, None)
                    if key in self.bodies:
                        bodies[key] = self.bodies[key]
            self._generation += 1
            earlier, self.bodies, self._state = self.bodies, bodies, state
            changed = [key for key, body in bodies.items() if earlier.get(key) != body]
            self.written = {key: self.written.get(key, 0) for key in bodies}
            self.written.update(dict.fromkeys(changed, self._generation))
            both = sum(key in earlier for key in bodies)
            new = len(bodies) - both
            return SyncCounts(new=new, changed=len(changed) - new, vanished=len(earlier) - both)

    def part(self) -> dict[str, Any] | None:
        """Return None: nothing of a suspended synchronisation is kept."""
        return None

    def part_documents(self) -> Iterator[dict[str, Any]]:
        """Yield nothing, for the same reason."""
        return iter(())

    def keep_progress(self, progress: Mapping[str, Any]) -> None:
        """Do nothing, for the same reason."""

    def drop_part(self) -> None:
        """Do nothing, for the same reason."""

    def rows(self, projection: Projection) -> list[Row]:
        """Return one row `(id, haystack, cell, …)` for each resource. The list is not changed later."""
        with self.lock:
            key, generation, known, rows = self._projected
            if key == projection.key and generation == self._generation:
                return rows
            if key != projection.key:
                known, generation = {}, -1
            made = {
                one: known[one]
                if one in known and self.written[one] <= generation
                else projection.project(decode_document(body))
                for one, body in self.bodies.items()
            }
            self._projected = (projection.key, self._generation, made, list(made.values()))
            return self._projected[3]

    def passing_rows(self, projection: Projection) -> list[Row]:
        """Return what `rows` does, and keep nothing of it."""
        return [projection.project(raw) for raw in self.documents()]

    def some(self, identities: Iterable[str]) -> Iterator[dict[str, Any]]:
        """Yield the resources with these ids, those that are there, in this order."""
        return (raw for raw in map(self.get, identities) if raw is not None)

    def close(self) -> None:
        """Forget everything."""
        with self.lock:
            self.bodies, self.written, self._state = {}, {}, None
            self._projected = ("", -1, {}, [])


class MemoryReplacement(Replacement):
    """A full copy that arrives page by page. Leaving without commit leaves the old copy as it was."""

    def __init__(self, resources: MemoryResources) -> None:
        self._resources = resources
        self._begun_at = resources.generation
        self._arrived: dict[str, bytes] = {}
        self._open = True

    def __len__(self) -> int:
        """How many resources arrived, an id that came twice counted once."""
        return len(self._arrived)

    def add(self, resources: Iterable[Mapping[str, Any]]) -> None:
        """Take in a page. The last one wins where an id comes twice."""
        self._check_open()
        self._arrived.update((key_of(raw), compact(raw)) for raw in resources)

    def commit(self, state: SyncState) -> SyncCounts:
        """Put what arrived in the old copy's place, together with the state."""
        self._check_open()
        self._open = False
        return self._resources.replace(self._arrived, self._begun_at, state)

    def missing(self) -> tuple[int, int]:
        """Return how many of the present resources did not arrive, and how many are present."""
        with self._resources.lock:
            present = self._resources.bodies
            return sum(key not in self._arrived for key in present), len(present)

    def suspend(self, progress: Mapping[str, Any]) -> None:
        """End here; what arrived is fetched again."""
        _ = progress
        self.abandon()

    def abandon(self) -> None:
        """Forget what arrived. Does nothing after commit."""
        if self._open:
            self._open = False
            self._arrived = {}
