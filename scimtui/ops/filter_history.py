"""The filters that a person used before, for each tenant and resource type."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from scimtui.errors import CacheError
from scimtui.store.remembered import Remembered

if TYPE_CHECKING:
    from scimtui.config import Tenant

MOST = 50
LONGEST = 2_000
"""Characters of a filter that is kept; longer ones were made by a program."""


@lru_cache(maxsize=8)
def _memory(home: Path) -> Remembered:
    """Return the one memory of a home: two would write over each other."""
    return Remembered(home / "filters.json")


@dataclass(frozen=True, slots=True)
class FilterHistory:
    """Blocks for the disk. A tenant whose cache may not be read by others leaves nothing on the disk here either."""

    home: Path
    tenant: Tenant
    type_name: str

    def texts(self) -> list[str]:
        """Return what was used, the oldest first."""
        if self.tenant.cache != "on":
            return []
        found = _memory(self.home).get(self._key, [])
        return [text for text in found if isinstance(text, str)][-MOST:] if isinstance(found, list) else []

    def keep(self, texts: list[str]) -> None:
        """Keep these for the next start. A disk that refuses costs the history, and nothing else."""
        if self.tenant.cache == "on":
            try:
                _memory(self.home).put(self._key, texts[-MOST:])
            except CacheError:
                return

    @property
    def _key(self) -> str:
        return f"{self.tenant.name}/{self.type_name}"


def with_newest(texts: list[str], text: str) -> list[str]:
    """Return the history with a text at its end and nowhere else."""
    if not text.strip() or len(text) > LONGEST:
        return texts
    return [*(one for one in texts if one != text), text][-MOST:]
