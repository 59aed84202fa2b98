"""What a tenant last answered, kept on this machine: one folder a tenant, one file a resource type."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import orjson
from filelock import FileLock, Timeout

from scimtui.errors import CacheError
from scimtui.store.log_lines import decode_document, encode_document
from scimtui.store.log_storage import ReadOnly
from scimtui.store.private_files import disk_errors, make_private_folder, set_aside, write_whole
from scimtui.store.replacement import Replacement
from scimtui.store.resource_cache import ResourceCache
from scimtui.store.sync_state import SyncCounts, SyncState

__all__ = ["DIALECT", "DISCOVERY", "Replacement", "ResourceCache", "SyncCounts", "SyncState", "TenantCache"]

DISCOVERY = "discovery.json"
"""What the provider said of itself, by endpoint."""
DIALECT = "dialect.json"
"""What was learned of how it departs from the RFCs."""

_SUFFIX = ".tinydb"
_LONGEST_NAME = 120


class TenantCache:
    """Everything cached of one tenant. The first scimtui that opens it may write, a second one reads.

    Opening reads no resource and never fails: what stands in the way is told in `notices`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notices: list[str] = []
        """What the admin should know, in sentences: files set aside, no right to write."""
        self._types: dict[str, ResourceCache] = {}
        self._lock = threading.Lock()
        # Opened in one worker thread and closed in another.
        self._owned = FileLock(folder / "lock", timeout=0, mode=0o600, thread_local=False)
        self._read_only = self._take_ownership()
        if self._read_only is not None:
            self.notices.append(f"Nothing can be kept in {folder}: {self._read_only.why}; {self._read_only.hint}.")

    def _take_ownership(self) -> ReadOnly | None:
        try:
            with disk_errors(f"open the cache folder {self.folder}"):
                make_private_folder(self.folder)
                self._lock_folder()
        except Timeout:
            return ReadOnly(f"{self._owner()} has it open", "close it, then start this one again")
        except CacheError as error:
            return ReadOnly(error.message, error.hint)
        with suppress(OSError):
            self.folder.chmod(0o700)
            for left in self.folder.glob("*.new"):  # what a killed scimtui left half written
                left.unlink()
            write_whole(self._owner_file, orjson.dumps({"pid": os.getpid()}))
        return None

    def _lock_folder(self) -> None:
        try:
            self._owned.acquire()
        except NotImplementedError as error:
            raise OSError(errno.ENOLCK, "its disk cannot lock files") from error

    @property
    def _owner_file(self) -> Path:
        return self.folder / "owner.json"

    def _owner(self) -> str:
        try:
            return f"another scimtui (process {int(orjson.loads(self._owner_file.read_bytes())['pid'])})"
        except (OSError, ValueError, KeyError, TypeError):
            return "another scimtui"

    @property
    def read_only(self) -> bool:
        """Whether writes are refused: another scimtui has the cache open, or the disk cannot be written."""
        return self._read_only is not None

    def kept(self, name: str) -> dict[str, Any] | None:
        """Return a document beside the resources as it was kept, None where there is none."""
        path = self.folder / name
        try:
            with disk_errors(f"read {path}"):
                if not path.exists():
                    return None
                document = decode_document(path.read_bytes())
        except (orjson.JSONDecodeError, json.JSONDecodeError, UnicodeDecodeError, RecursionError):
            document = None
        if isinstance(document, dict):
            return document
        if not self.read_only:
            with disk_errors(f"set {path} aside"):
                name = set_aside(path).name
            self.notices.append(f"What was known about this provider could not be read. The file is kept as {name}.")
        return None

    def keep(self, name: str, document: Mapping[str, Any]) -> None:
        """Keep a document beside the resources.

        Raises:
            CacheError: read-only, or the disk refuses it.
        """
        if self._read_only is not None:
            raise CacheError(f"nothing can be kept in {self.folder}: {self._read_only.why}", self._read_only.hint)
        with disk_errors(f"write the cache folder {self.folder}"):
            write_whole(self.folder / name, encode_document(dict(document)))

    def type_names(self) -> list[str]:
        """Return the resource types that were ever synchronised, sorted."""
        try:
            return sorted(unquote(path.name.removesuffix(_SUFFIX)) for path in self.folder.glob(f"*{_SUFFIX}"))
        except OSError:
            return []

    def resources(self, type_name: str) -> ResourceCache:
        """Return the cache of one resource type, the same object each time.

        Raises:
            CacheError: the file cannot be read. One that is foreign or damaged is set aside instead.
        """
        name = _file_name(type_name)
        with self._lock:
            if name not in self._types:
                self._types[name] = ResourceCache(
                    self.folder / name, type_name, read_only=self._read_only, notices=self.notices
                )
            return self._types[name]

    def close(self) -> None:
        """Close all files and let another scimtui write."""
        with self._lock:
            for cache in self._types.values():
                cache.close()
            self._types.clear()
            self._owned.release()


def _file_name(type_name: str) -> str:
    """Return a file name for a type's name, which the provider chose: it stays inside the folder and is not too long."""
    quoted = quote(type_name, safe=" ", errors="replace")
    if len(quoted) > _LONGEST_NAME:
        quoted = f"{quoted[: _LONGEST_NAME - 20]}~{hashlib.sha256(quoted.encode()).hexdigest()[:16]}"
    return quoted + _SUFFIX
