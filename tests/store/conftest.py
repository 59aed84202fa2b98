"""Caches that are closed at the end, and a place for their key."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scimtui.store.cache import TenantCache
from scimtui.store.cipher import Keys


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cache" / "acme"


@pytest.fixture
def again() -> Iterator[Callable[..., TenantCache]]:
    """Opens a cache folder, also a second time; what is still open at the end is closed."""
    opened: list[TenantCache] = []

    def opening(folder: Path, keys: Keys | None = None) -> TenantCache:
        opened.append(TenantCache(folder, keys))
        return opened[-1]

    yield opening
    for each in opened:
        each.close()


class KeyPlace:
    """Where one tenant's key is, until it is lost."""

    def __init__(self) -> None:
        self.key: bytes | None = None

    @property
    def sealed(self) -> Keys:
        return Keys(sealed=True, find=lambda: self.key, make=self._make)

    @property
    def plain(self) -> Keys:
        return Keys(sealed=False, find=lambda: self.key, make=self._make)

    def _make(self) -> bytes:
        self.key = secrets.token_bytes(32)
        return self.key


@pytest.fixture
def place() -> KeyPlace:
    return KeyPlace()
