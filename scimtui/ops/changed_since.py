"""What resources were before the last synchronisation that changed them, as far as the cache keeps it.

The cache keeps a thousand of each type; where it keeps none, nothing is said, which never means that nothing changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scimtui.store import earlier as kept
from scimtui.store.earlier import Earlier
from scimtui.store.resource_table import key_of_id

if TYPE_CHECKING:
    from scimtui.ops.session import Session

__all__ = ["Earlier", "changed_ids", "earlier", "earlier_copy"]


def earlier_copy(session: Session, type_name: str, id: str) -> Earlier | None:  # noqa: A002, the RFC's word
    """Return a resource as it was, and since when it changed; None where that is not kept. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    return kept.earlier(session.cache.resources(type_name), key_of_id(id))


def earlier(session: Session, type_name: str, id: str) -> Mapping[str, Any] | None:  # noqa: A002, the RFC's word
    """Return a resource as it was; None where that is not kept. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    found = earlier_copy(session, type_name, id)
    return None if found is None else found.raw


def changed_ids(session: Session, type_name: str) -> set[str]:
    """Return whom the last synchronisation with changes changed, at most as many as are kept. No document is read.

    Raises:
        CacheError: the cache cannot be read.
    """
    return kept.changed_last(session.cache.resources(type_name))
