"""Brings what a cache folder holds of people into the form that the config wants: plain, or sealed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from scimtui.errors import CacheError
from scimtui.store.cipher import SEALED, Cipher
from scimtui.store.log_lines import HEADER_SIZE, read_header
from scimtui.store.private_files import disk_errors, write_whole

_RESOURCES = "*.tinydb"
_DOCUMENTS = "*.json"
_PROGRESS = ".part.json"
_MADE_AGAIN = ("*.columns", "*.part", "*" + _PROGRESS)
"""Deleted where they are not in the wanted form: rows are made again, and a broken synchronisation starts over."""
_SET_ASIDE = "*.tinydb.broken-*"


def has_sealed_files(folder: Path) -> bool:
    """Whether there is something that cannot be read without a key."""
    return any(is_sealed(path) for path in _files(folder, _RESOURCES, _DOCUMENTS))


def is_sealed(path: Path) -> bool:
    """Whether a file says that it is sealed; one that cannot be read, or is none of ours, does not."""
    try:
        with path.open("rb") as file:
            start = file.read(HEADER_SIZE)
        return start.startswith(SEALED) or read_header(start).key_id != ""
    except (OSError, CacheError):
        return False


def document_label(name: str) -> bytes:
    """Return the label under which a document beside the resources is sealed."""
    return b"document " + name.encode(errors="replace")


def bring_into_form(
    folder: Path,
    cipher: Cipher | None,
    sealed: bool,  # noqa: FBT001 - the form itself
    plain: Collection[str],
    notices: list[str],
) -> CacheError | None:
    """Rewrite or delete each file that is not in the wanted form; return what the disk refused.

    What cannot be read is left to whoever opens it, who sets it aside. Documents of the names in `plain` are left
    alone, and `notices` hears what was done.
    """
    try:
        with disk_errors(f"write the cache folder {folder}"):
            for path in _files(folder, *_MADE_AGAIN):
                if is_sealed(path) != sealed:
                    path.unlink()
            for path in _files(folder, _DOCUMENTS):
                if path.name not in plain and is_sealed(path) != sealed and cipher is not None:
                    _rewrite_document(path, cipher, sealed=sealed)
        done = [path.stem for path in _files(folder, _RESOURCES) if _rewritten(path, cipher, sealed=sealed)]
    except CacheError as error:
        return error
    if done:
        how = "encrypted, and the plain files deleted" if sealed else "unencrypted, as the config wants it"
        notices.append(f"The cached {', '.join(done)} resources were written anew {how}.")
    if sealed:
        told = "was set aside earlier and is not encrypted; delete it when nobody needs it"
        notices += [f"{path} {told}." for path in _files(folder, _SET_ASIDE) if not is_sealed(path)]
    return None


def _rewrite_document(path: Path, cipher: Cipher, *, sealed: bool) -> None:
    data, label = path.read_bytes(), document_label(path.name)
    with suppress(CacheError):  # sealed with another key
        write_whole(path, cipher.seal_file(data, label) if sealed else cipher.unseal_file(data, label))


def _rewritten(path: Path, cipher: Cipher | None, *, sealed: bool) -> bool:
    """Rewrite a file if it is in the other form; return whether it was.

    Raises:
        CacheError: the disk refuses it. The file is as it was.
    """
    if is_sealed(path) == sealed or (cipher is None and not sealed):
        return False
    from scimtui.store.log_storage import LogStorage

    try:
        storage = LogStorage(path, cipher=None if sealed else cipher)
        try:
            storage.reseal(cipher if sealed else None)
        finally:
            storage.close()
    except CacheError as error:
        if isinstance(error.__cause__, OSError):
            raise
        return False
    return True


def _files(folder: Path, *patterns: str) -> Iterator[Path]:
    with suppress(OSError):
        for pattern in patterns:
            yield from sorted(folder.glob(pattern))
