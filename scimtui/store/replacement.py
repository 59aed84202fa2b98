"""A full copy of one resource type that arrives page by page while the old copy stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from scimtui.errors import CacheError
from scimtui.store.earlier import BEFORE, complete_since, documents
from scimtui.store.log_lines import (
    PUT,
    decode_document,
    encode_document,
    encode_line,
    generation_of,
    offset_of,
    place,
)
from scimtui.store.resource_table import RESOURCES, SYNC, key_of
from scimtui.store.sync_state import SyncCounts, SyncState, state_document

if TYPE_CHECKING:
    from scimtui.store.log_storage import LogStorage

BEGUN_AT = "generation"
"""Key of a part's progress: the generation of the cache when it was begun."""


class Replacement:
    """Open it with `with`, `add` the pages, `commit`. Leaving without commit leaves the old copy as it was.

    A resource that is edited here meanwhile keeps the edited form: the page that held it may be older.
    """

    def __init__(self, storage: LogStorage, committed: Callable[[], None]) -> None:
        self._storage = storage
        self._committed = committed
        self._staged = storage.stage()
        self._begun_at = storage.generation
        self._places: dict[str, int] = {}
        self._open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()

    def __len__(self) -> int:
        """How many resources arrived, an id that came twice counted once."""
        return len(self._places)

    def add(self, resources: Iterable[Mapping[str, Any]]) -> None:
        """Take in a page. The last one wins where an id comes twice.

        Raises:
            CacheError: the disk refuses it.
        """
        self._check_open()
        with self._storage.lock:
            present = self._storage.places(RESOURCES)
            for raw in resources:
                key, body = key_of(raw), encode_document(raw)
                generation = self._unchanged_since(present.get(key), body)
                line = encode_line(generation, (PUT, RESOURCES, key, body))
                self._places[key] = place(generation, self._staged.write(line))

    def _unchanged_since(self, packed: int | None, body: bytes) -> int:
        """Return the generation of the present copy where it is the same, so that its row stays valid, else 0."""
        if packed is None:
            return 0
        try:
            return generation_of(packed) if self._storage.body(packed) == body else 0
        except CacheError:
            return 0  # a damaged line is healed by what arrived

    def commit(self, state: SyncState) -> SyncCounts:
        """Put what arrived in the old copy's place, together with the state, in one rename.

        Raises:
            CacheError: the old copy stays.
        """
        self._check_open()
        storage, places = self._storage, self._places
        with storage.lock:
            present = storage.places(RESOURCES)
            self._keep_own_writes(present)
            generation = storage.generation + 1
            for key, packed in places.items():
                if not generation_of(packed):
                    places[key] = place(generation, offset_of(packed))
            changed = [key for key, packed in places.items() if generation_of(packed) == generation and key in present]
            both = sum(key in present for key in places)
            counts = SyncCounts(new=len(places) - both, changed=len(changed), vanished=len(present) - both)
            tables = {RESOURCES: places, BEFORE: self._keep_earlier(changed, generation)}
            line = encode_line(generation, (PUT, SYNC, "state", encode_document(state_document(state))))
            tables[SYNC] = {"state": place(generation, self._staged.write(line))}
            storage.replace(self._staged, {name: table for name, table in tables.items() if table or name != BEFORE})
            self._open = False
        self._committed()
        return counts

    def _keep_own_writes(self, present: Mapping[str, int]) -> None:
        for key in self._storage.touched(RESOURCES):
            if key in present:
                self._places[key] = self._storage.copy_line(present[key], self._staged)
            else:
                self._places.pop(key, None)

    def _keep_earlier(self, changed: list[str], now: int) -> dict[str, int]:
        """Write what the changed ones were before, and return the places."""
        storage, places = self._storage, {}
        state = storage.places(SYNC).get("state")
        since = complete_since(decode_document(storage.body(state))) if state is not None else None
        for key, known, body in documents(storage, RESOURCES, changed, self._places, since):
            generation = known or now
            places[key] = place(generation, self._staged.write(encode_line(generation, (PUT, BEFORE, key, body))))
        return places

    def missing(self) -> tuple[int, int]:
        """Return how many of the present resources did not arrive, and how many are present."""
        with self._storage.lock:
            present = self._storage.places(RESOURCES)
            return sum(key not in self._places for key in present), len(present)

    def suspend(self, progress: Mapping[str, Any]) -> None:
        """End here, and keep what arrived for a later replacement to begin with; `progress` says how far it was.

        What the disk does not take is fetched again.
        """
        if not self._open:
            return
        self._open = False
        try:
            self._staged.keep_part({**progress, BEGUN_AT: self._begun_at})
        except CacheError:
            self._staged.discard()
        self._storage.unstage(self._staged)

    def abandon(self) -> None:
        """Delete what arrived. Does nothing after commit."""
        if self._open:
            self._open = False
            self._storage.unstage(self._staged)

    def _check_open(self) -> None:
        if not self._open:
            raise CacheError("this synchronisation has ended already", "start it again")
