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
from scimtui.store.cipher import SEALED, Cipher, Keys
from scimtui.store.log_lines import decode_document, encode_document
from scimtui.store.log_storage import ReadOnly
from scimtui.store.private_files import disk_errors, make_private_folder, set_aside, write_whole
from scimtui.store.replacement import Replacement
from scimtui.store.resealing import bring_into_form, document_label, has_sealed_files
from scimtui.store.resource_cache import ResourceCache
from scimtui.store.sync_state import SyncCounts, SyncState

__all__ = ["DIALECT", "DISCOVERY", "Replacement", "ResourceCache", "SyncCounts", "SyncState", "TenantCache"]

DISCOVERY = "discovery.json"
"""What the provider said of itself, by endpoint."""
DIALECT = "dialect.json"
"""What was learned of how it departs from the RFCs."""

_OWNER = "owner.json"
_PLAIN = {DISCOVERY, DIALECT, _OWNER}
"""Documents that say nothing of people. All others are sealed where the cache is."""
_SUFFIX = ".tinydb"
_LONGEST_NAME = 120


class TenantCache:
    """Everything cached of one tenant. The first scimtui that opens it may write, a second one reads.

    Opening reads no resource: what stands in the way is told in `notices`.
    """

    def __init__(self, folder: Path, keys: Keys | None = None) -> None:
        """Open the folder, and bring what it holds into the form that `keys` wants; without keys it is left as it is.

        Raises:
            CacheError: it is to be sealed, and the keyring has no key and takes none.
        """
        self.folder = folder
        self.notices: list[str] = []
        """What the admin should know, in sentences: files set aside, no right to write."""
        self._types: dict[str, ResourceCache] = {}
        self._lock = threading.Lock()
        # Opened in one worker thread and closed in another.
        self._owned = FileLock(folder / "lock", timeout=0, mode=0o600, thread_local=False)
        self._read_only = self._take_ownership()
        try:
            self._cipher = self._with_keys(keys)
        except BaseException:
            self._owned.release()
            raise
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

    def _with_keys(self, keys: Keys | None) -> Cipher | None:
        """Return what new files are sealed with, after those that are there have been brought into that form."""
        was_sealed = has_sealed_files(self.folder)
        if keys is None:
            if was_sealed and self._read_only is None:
                self._read_only = ReadOnly("it is encrypted", "open its tenant to read and write it")
            return None
        key = keys.find() if keys.sealed else _old_key(keys) if was_sealed else None
        if self._read_only is not None:
            return Cipher(key) if key else None
        if keys.sealed and key is None:
            key = keys.make()  # by the owner of the folder alone, so that two programs never make two
        cipher = Cipher(key) if key else None
        trouble = bring_into_form(self.folder, cipher, keys.sealed, _PLAIN, self.notices)
        if trouble is not None:
            self._read_only = ReadOnly(trouble.message, trouble.hint)
        return cipher if keys.sealed or trouble else None

    def _lock_folder(self) -> None:
        try:
            self._owned.acquire()
        except NotImplementedError as error:
            raise OSError(errno.ENOLCK, "its disk cannot lock files") from error

    @property
    def _owner_file(self) -> Path:
        return self.folder / _OWNER

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
                document = decode_document(self._unsealed(name, path.read_bytes()))
        except CacheError as error:
            if isinstance(error.__cause__, OSError):
                raise
            document = None
        except (orjson.JSONDecodeError, json.JSONDecodeError, UnicodeDecodeError, RecursionError):
            document = None
        if isinstance(document, dict):
            return document
        if not self.read_only:
            with disk_errors(f"set {path} aside"):
                name = set_aside(path).name
            self.notices.append(f"What was known about this provider could not be read. The file is kept as {name}.")
        return None

    def _unsealed(self, name: str, data: bytes) -> bytes:
        if not data.startswith(SEALED):
            return data
        if self._cipher is None:
            raise CacheError(f"{self.folder / name} is encrypted")
        return self._cipher.unseal_file(data, document_label(name))

    def keep(self, name: str, document: Mapping[str, Any]) -> None:
        """Keep a document beside the resources.

        Raises:
            CacheError: read-only, or the disk refuses it.
        """
        if self._read_only is not None:
            raise CacheError(f"nothing can be kept in {self.folder}: {self._read_only.why}", self._read_only.hint)
        data = encode_document(dict(document))
        if self._cipher is not None and name not in _PLAIN:
            data = self._cipher.seal_file(data, document_label(name))
        with disk_errors(f"write the cache folder {self.folder}"):
            write_whole(self.folder / name, data)

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
                    self.folder / name,
                    type_name,
                    read_only=self._read_only,
                    cipher=self._cipher,
                    notices=self.notices,
                )
            return self._types[name]

    def close(self) -> None:
        """Close all files and let another scimtui write."""
        with self._lock:
            for cache in self._types.values():
                cache.close()
            self._types.clear()
            self._owned.release()


def _old_key(keys: Keys) -> bytes | None:
    """Return the key of files that are to be plain from now on; those that cannot be unsealed are set aside."""
    with suppress(CacheError):
        return keys.find()
    return None


def _file_name(type_name: str) -> str:
    """Return a file name for a type's name, which the provider chose: it stays inside the folder and is not too long."""
    quoted = quote(type_name, safe=" ", errors="replace")
    if len(quoted) > _LONGEST_NAME:
        quoted = f"{quoted[: _LONGEST_NAME - 20]}~{hashlib.sha256(quoted.encode()).hexdigest()[:16]}"
    return quoted + _SUFFIX
