"""Files that only their owner may read, written whole or not at all, and disk errors said in words."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from filelock import Timeout

from scimtui.errors import CacheError

_REASONS = {
    errno.ENOSPC: ("the disk is full", "free some space, then try again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space, then try again"),
    errno.EFBIG: ("the file may not grow further", "raise the limit for files, or free some space"),
    errno.EROFS: ("the disk is read-only", "mount it writable, or set SCIMTUI_HOME to a folder on another disk"),
    errno.EACCES: ("permission denied", "check who owns the folder, or set SCIMTUI_HOME to one of your own"),
    errno.EPERM: ("permission denied", "check who owns the folder, or set SCIMTUI_HOME to one of your own"),
    errno.ENOTDIR: ("a file is where a folder should be", "move it away, or set SCIMTUI_HOME to another folder"),
    errno.ESTALE: (
        "another program wrote to it, or put another file in its place",
        "close other programs that use it, then synchronise again to write a new copy",
    ),
    errno.ENOENT: ("the file or its folder was deleted", "synchronise again to write a new copy"),
}


@contextmanager
def disk_errors(doing: str) -> Iterator[None]:
    """Turn an OSError into a CacheError that reads `cannot <doing>: <reason>`."""
    try:
        yield
    except Timeout:
        raise  # an OSError to Python, but not the disk's
    except OSError as error:
        reason, hint = _REASONS.get(error.errno or 0, (error.strerror or type(error).__name__, "check the disk"))
        raise CacheError(f"cannot {doing}: {reason}", hint) from error


def make_private_folder(folder: Path) -> None:
    """Create the folder and its missing parents with mode 0700.

    Raises:
        OSError: NotADirectoryError where a file stands in its place.
    """
    for missing in reversed([folder, *folder.parents]):
        if not missing.is_dir():
            try:
                missing.mkdir(mode=0o700, exist_ok=True)
            except FileExistsError as error:
                raise NotADirectoryError(errno.ENOTDIR, "a file stands there", str(missing)) from error


def open_private(path: Path, mode: str, buffering: int = -1) -> BinaryIO:
    """Open a binary file; a new one gets mode 0600 whatever the umask adds."""
    return open(path, mode, buffering, opener=lambda name, flags: os.open(name, flags, 0o600))  # type: ignore[return-value]


def write_whole(path: Path, data: bytes) -> None:
    """Replace the file's content: after a crash it holds the old bytes or the new ones, never a part."""
    make_private_folder(path.parent)
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with open_private(beside, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable. Windows has no way to ask for it and does not need one."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def set_aside(path: Path) -> Path:
    """Rename a file that cannot be used to `<name>.broken-<time>`, so that nothing is lost, and return its new path."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    target = path.with_name(f"{path.name}.broken-{stamp}")
    count = 1
    while target.exists():
        count += 1
        target = path.with_name(f"{path.name}.broken-{stamp}-{count}")
    path.replace(target)
    return target
