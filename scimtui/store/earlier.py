"""What resources were before the last synchronisation that changed them, kept in the same file and the same write.

Only a complete copy is kept as an earlier one: what a list left out would look as if it had come since then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

import orjson

from scimtui.errors import CacheError
from scimtui.store.log_lines import PUT, REMOVE, SLOWLY, Step, decode_document, generation_of
from scimtui.store.sync_state import read_state

if TYPE_CHECKING:
    from scimtui.store.log_storage import LogStorage
    from scimtui.store.resource_cache import ResourceCache

BEFORE = "before"
"""The table."""
MOST = 1000
MOST_BYTES = 8 << 20
"""So many documents, and so much of them, are kept of one resource type; the youngest ones."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A resource as it was."""

    raw: Mapping[str, Any]
    since: datetime
    """When the synchronisation began that brought it; it changed after that."""


def complete_since(state: Mapping[str, Any] | None) -> datetime | None:
    """Return when a copy was synchronised, None where it is not complete or there is none."""
    known = read_state(state)
    return known.synced_at if known is not None and known.complete else None


def earlier(cache: ResourceCache, key: str) -> Earlier | None:
    """Return what the resource with that document id was; None where that is not kept, as in a cache in memory."""
    places = _places(cache)
    if key not in places:
        return None
    with suppress(CacheError, KeyError, TypeError, ValueError):
        document = decode_document(cast("LogStorage", cache.db.storage).body(places[key]))
        return Earlier(document["raw"], datetime.fromisoformat(document["since"]))
    return None


def changed_last(cache: ResourceCache) -> set[str]:
    """Return the document ids of those that the last synchronisation with changes changed, as far as that is kept."""
    places = _places(cache)
    last = max(map(generation_of, places.values()), default=0)
    return {key for key, packed in places.items() if generation_of(packed) == last}


def _places(cache: ResourceCache) -> dict[str, int]:
    db = getattr(cache, "db", None)  # a cache in memory has none
    if db is None:
        return {}
    with db.storage.lock:
        return dict(db.storage.places(BEFORE))


def documents(
    storage: LogStorage, resources: str, changed: Iterable[str], alive: Collection[str], since: datetime | None
) -> Iterator[tuple[str, int, bytes]]:
    """Yield key, generation and document of what is kept from now on: what changes now, with generation 0, then older ones.

    `resources` is the table that still holds what `changed` names, `alive` who is there afterwards. Hold the lock.
    """
    present, old = storage.places(resources), storage.places(BEFORE)
    now = dict.fromkeys(changed) if since is not None else {}
    youngest_first = sorted(old.items(), key=lambda item: generation_of(item[1]), reverse=True)
    newer = ((key, present[key], since) for key in now)
    older = ((key, packed, None) for key, packed in youngest_first if key not in now and key in alive)
    count = size = 0
    for key, packed, when in chain(newer, older):
        body = _body(storage, packed)
        if body is None or size + len(body) > MOST_BYTES:
            continue
        count, size = count + 1, size + len(body)
        yield (key, generation_of(packed), body) if when is None else (key, 0, _wrapped(when, body))
        if count == MOST:
            return


def steps(
    storage: LogStorage, resources: str, changed: Iterable[str], gone: Collection[str], since: datetime
) -> Iterator[Step]:
    """Yield what a write of changes does to the table, as one with it."""
    present, old = storage.places(resources), storage.places(BEFORE)
    alive = {key for key in old if key in present and key not in gone}
    kept = {key: (generation, body) for key, generation, body in documents(storage, resources, changed, alive, since)}
    for key in old:
        if key not in kept:
            yield REMOVE, BEFORE, key, b""
    for key, (generation, body) in kept.items():
        if not generation:
            yield PUT, BEFORE, key, body


def _body(storage: LogStorage, packed: int) -> bytes | None:
    """Return an encoded document, None where its line is damaged: what arrives heals it."""
    try:
        return storage.body(packed)
    except CacheError:
        return None


def _wrapped(since: datetime, body: bytes) -> bytes:
    """Return the document around an encoded one, which is not decoded for that."""
    slowly = SLOWLY if body[:1] == SLOWLY else b""
    return b'%b{"since":%b,"raw":%b}' % (slowly, orjson.dumps(since.isoformat()), body)
