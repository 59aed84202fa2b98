"""Caches that are closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scimtui.store.cache import TenantCache


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "cache" / "acme"


@pytest.fixture
def again() -> Iterator[Callable[[Path], TenantCache]]:
    """Opens a cache folder, also a second time; what is still open at the end is closed."""
    opened: list[TenantCache] = []

    def opening(folder: Path) -> TenantCache:
        opened.append(TenantCache(folder))
        return opened[-1]

    yield opening
    for each in opened:
        each.close()
