"""The TinyDB database of one resource type: the id of a resource is its document id."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tinydb import TinyDB
from tinydb.table import Document

from scimtui.scim.resource import resource_id
from scimtui.store.earlier import steps as earlier_steps
from scimtui.store.log_lines import EMPTY, PUT, REMOVE, Step, encode_document
from scimtui.store.log_storage import LogTable

RESOURCES = "resources"
SYNC = "sync"


def key_of_id(identity: str) -> str:
    """Return the document id for a resource id: itself, unless it cannot be written as UTF-8 (a lone surrogate)."""
    try:
        identity.encode()
    except UnicodeEncodeError:
        return "surrogate " + hashlib.sha256(identity.encode(errors="surrogatepass")).hexdigest()
    return identity


def key_of(raw: Mapping[str, Any]) -> str:
    """Return the document id for a resource. One without an id is named by its content, so that none is lost."""
    identity = resource_id(raw)
    return key_of_id(identity) if identity else "no id " + hashlib.sha256(encode_document(raw)).hexdigest()


class ResourceTable(LogTable):
    """A table whose documents are resources exactly as the provider sent them."""

    document_id_class = str  # type: ignore[assignment]  # TinyDB allows another class, its annotations do not

    def __init__(self, storage: Any, name: str, cache_size: int = 0, *, persist_empty: bool = False) -> None:
        # No query cache: it would keep up to ten results of a hundred thousand decoded documents each.
        super().__init__(storage, name, cache_size, persist_empty)

    def insert(self, document: Mapping[str, Any]) -> int:
        """Insert a resource under its own id; ValueError where that id is there already."""
        return super().insert(_with_id(document))

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        """Insert resources under their own ids; ValueError where one is there already, and then none is inserted."""
        return super().insert_multiple(_with_id(document) for document in documents)

    def put(
        self, resources: Iterable[Mapping[str, Any]], remove: Iterable[str] = (), *, since: datetime | None = None
    ) -> tuple[int, int, int]:
        """Insert or replace whole resources and remove document ids, as one durable write.

        With `since`, what the changed ones were since then is kept, see `store.earlier`.

        Returns:
            How many were new, different from what was there, and removed.
        """
        storage, name = self._storage, self.name
        with storage.lock:
            present = storage.places(name)
            bodies = {key_of(raw): encode_document(dict(raw)) for raw in resources}
            new = [key for key in bodies if key not in present]
            changed = [key for key, body in bodies.items() if key in present and storage.body(present[key]) != body]
            gone = [key for key in dict.fromkeys(remove) if key in present or key in bodies]
            exists = name in (storage.read() or {})
            steps: list[Step] = [] if exists else [(EMPTY, name, "", b"")]
            steps += [(REMOVE, name, key, b"") for key in gone if key in present]
            steps += [(PUT, name, key, bodies[key]) for key in (*changed, *new) if key not in gone]
            if since is not None and changed:
                steps += earlier_steps(storage, name, changed, gone, since)
            storage.apply(steps)
        self.clear_cache()
        return len(new), len(changed), len(gone)


def _with_id(document: Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(document, Document) or not isinstance(document, Mapping):
        return document
    return Document(document, key_of(document))  # type: ignore[arg-type]


class ResourceDB(TinyDB):
    """TinyDB with our table as the default one."""

    table_class = ResourceTable  # type: ignore[assignment]  # annotated by TinyDB as Table itself, not a subclass
    default_table_name = RESOURCES
