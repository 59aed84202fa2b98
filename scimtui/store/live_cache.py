"""A list that is browsed live, held in memory in front of a tenant's cache."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from scimtui.store.cache import TenantCache
from scimtui.store.log_lines import decode_document
from scimtui.store.memory_cache import MemoryResources, compact
from scimtui.store.resource_table import key_of, key_of_id

if TYPE_CHECKING:
    from scimtui.store.resource_cache import ResourceCache


class LiveCache(TenantCache):
    """The cache of a tenant with one of its types as it is listed now; all else is the cache itself."""

    def __init__(self, beneath: TenantCache, type_name: str) -> None:
        self.beneath = beneath
        self.notices = beneath.notices
        self._lock = threading.Lock()
        self._type_name = type_name
        self._live: LiveResources | None = None

    @property
    def read_only(self) -> bool:
        """Never: what is listed can be held even where the cache cannot be written."""
        return False

    def kept(self, name: str) -> dict[str, Any] | None:
        """Return a document beside the resources as it was kept, None where there is none."""
        return self.beneath.kept(name)

    def keep(self, name: str, document: Mapping[str, Any]) -> None:
        """Keep a document beside the resources, as far as the cache can be written."""
        if not self.beneath.read_only:
            self.beneath.keep(name, document)

    def type_names(self) -> list[str]:
        """Return the resource types that the cache holds, sorted."""
        return self.beneath.type_names()

    def resources(self, type_name: str) -> ResourceCache:
        """Return the cache of one resource type, the same object each time."""
        return self.live() if type_name == self._type_name else self.beneath.resources(type_name)

    def live(self) -> LiveResources:
        """Return what is listed live.

        Raises:
            CacheError: the cache beneath cannot be read.
        """
        with self._lock:
            if self._live is None:
                beneath = self.beneath.resources(self._type_name)
                self._live = LiveResources(self._type_name, beneath, keeps=not self.beneath.read_only)
            return self._live

    def close(self) -> None:
        """Do nothing: the cache beneath belongs to somebody else, and may be gone on with."""


class LiveResources(MemoryResources):
    """The resources of a live list. One that is written alone goes into the cache beneath too; the list never does."""

    def __init__(self, name: str, beneath: ResourceCache, *, keeps: bool) -> None:
        super().__init__(name)
        self._beneath = beneath
        self._keeps = keeps
        self._singles: dict[str, bytes] = {}
        """Written alone: read from the provider or changed there since the list came."""
        self._earlier: dict[str, bytes] = {}
        """The list before this one: a tab may still show somebody of it."""

    def begin(self) -> None:
        """Begin another list: this one is forgotten when the next begins."""
        with self.lock:
            self._earlier, self.bodies = self.bodies, {}
            self._generation += 1

    def add(self, resources: Iterable[Mapping[str, Any]]) -> None:
        """Take in a page of the list."""
        self._write(resources)

    def get(self, identity: str) -> dict[str, Any] | None:
        """Return the resource with that id: from the list, else from the cache beneath, None where there is none."""
        key = key_of_id(identity)
        with self.lock:
            body = self.bodies.get(key) or self._singles.get(key) or self._earlier.get(key)
        return self._beneath.get(identity) if body is None else decode_document(body)

    def put(self, raw: Mapping[str, Any]) -> None:
        """Replace one resource, here and beneath; one that is not listed does not come into the list.

        Raises:
            CacheError: it could not be written beneath; here it could.
        """
        key, body = key_of(raw), compact(raw)
        with self.lock:
            self._singles[key] = body
            is_listed = key in self.bodies
        if is_listed:
            self._write([raw])
        if self._keeps:
            self._beneath.put(raw)

    def remove(self, identity: str) -> None:
        """Remove one resource, here and beneath.

        Raises:
            CacheError: it could not be removed beneath; here it could.
        """
        key = key_of_id(identity)
        with self.lock:
            self._singles.pop(key, None)
            self._earlier.pop(key, None)
        self._write([], [identity])
        if self._keeps:
            self._beneath.remove(identity)

    def reread(self, identity: str) -> None:
        """Take over what is kept beneath of a listed resource, where somebody else wrote it.

        Raises:
            CacheError: it cannot be read.
        """
        raw = self._beneath.get(identity) if self._keeps and key_of_id(identity) in self.bodies else None
        if raw is not None:
            self._write([raw])
