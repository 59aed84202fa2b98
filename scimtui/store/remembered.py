"""What the console remembers of itself between two starts: a small TinyDB file."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from tinydb import Query, TinyDB
from tinydb.storages import Storage

from scimtui.errors import CacheError
from scimtui.store.log_lines import decode_document, encode_document
from scimtui.store.private_files import disk_errors, set_aside, write_whole


class WholeFileStorage(Storage):
    """TinyDB's own JSON layout, written beside and renamed instead of in place."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Return the tables, None where there is no file.

        Raises:
            CacheError: unreadable.
            ValueError: not the JSON of a TinyDB.
        """
        with disk_errors(f"read {self._path}"):
            if not self._path.exists():
                return None
            data = decode_document(self._path.read_bytes())
        if not isinstance(data, dict) or not all(isinstance(table, dict) for table in data.values()):
            raise ValueError("no TinyDB file")
        return data

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Replace the file.

        Raises:
            CacheError: the disk refuses it.
        """
        with disk_errors(f"write {self._path}"):
            write_whole(self._path, encode_document(data))


class Remembered:
    """Named JSON values. Nothing here is precious: a file that cannot be read is set aside and forgotten."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._db = TinyDB(path, storage=WholeFileStorage)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value, `default` where there is none or the file cannot be read."""
        with self._lock:
            try:
                found = self._db.get(Query().key == key)
            except CacheError:
                return default
            except (ValueError, TypeError, AttributeError, RecursionError):
                self._forget()
                return default
        return found.get("value", default) if isinstance(found, dict) else default

    def put(self, key: str, value: Any) -> None:
        """Keep a JSON value under a name.

        Raises:
            CacheError: the disk refuses it.
        """
        with self._lock:
            try:
                self._db.upsert({"key": key, "value": value}, Query().key == key)
            except (
                json.JSONDecodeError,
                orjson.JSONDecodeError,
                ValueError,
                TypeError,
                AttributeError,
                RecursionError,
            ):
                self._forget()
                self._db.upsert({"key": key, "value": value}, Query().key == key)

    def _forget(self) -> None:
        with suppress(OSError):
            set_aside(self._path)
        self._db.clear_cache()
