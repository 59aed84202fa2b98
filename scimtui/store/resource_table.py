"""The TinyDB database of one resource type: the id of a resource is its document id."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from tinydb import TinyDB
from tinydb.table import Document

from scimtui.scim.resource import resource_id
from scimtui.store.log_lines import encode_document
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

    def put(self, resources: Iterable[Mapping[str, Any]], remove: Iterable[str] = ()) -> tuple[int, int, int]:
        """Insert or replace whole resources and remove document ids, as one durable write.

        Returns:
            How many were new, different from what was there, and removed.
        """
        new = changed = removed = 0

        def write(table: dict[Any, Any]) -> None:
            nonlocal new, changed, removed
            for raw in resources:
                key = key_of(raw)
                if key not in table:
                    new += 1
                elif encode_document(table[key]) != encode_document(raw):
                    changed += 1
                table[key] = dict(raw)
            for key in remove:
                if key in table:
                    removed += 1
                    del table[key]

        self._update_table(write)
        return new, changed, removed


def _with_id(document: Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(document, Document) or not isinstance(document, Mapping):
        return document
    return Document(document, key_of(document))  # type: ignore[arg-type]


class ResourceDB(TinyDB):
    """TinyDB with our table as the default one."""

    table_class = ResourceTable  # type: ignore[assignment]  # annotated by TinyDB as Table itself, not a subclass
    default_table_name = RESOURCES
