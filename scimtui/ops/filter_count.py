"""How many cached resources a filter chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.store.collector import collector_paused

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType


def count_matches(session: Session, resource_type: ResourceType, filter: str) -> tuple[int, int]:  # noqa: A002 - the RFC's word
    """Return (matches, resources) of the cache. Blocks for the disk.

    Raises:
        FilterError: the filter cannot be read, or asks for an order where there is none.
        CacheError: the cache cannot be read.
    """
    from scimtui.scim.match import compile_filter  # the first screen does not pay for it

    matches = compile_filter(filter, resource_type)
    found = total = 0
    with collector_paused():
        for raw in session.cache.resources(resource_type.name).documents():
            total += 1
            found += matches(raw)
    return found, total
