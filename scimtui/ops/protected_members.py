"""Reads those who leave a group where their copies do not say whether they are protected: lists leave attributes out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scimtui.errors import LocalError, Refused
from scimtui.ops import browse, guard
from scimtui.scim.match import names_read
from scimtui.scim.refusal import GONE

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.schema import ResourceType
    from scimtui.store.cache import TenantCache

AT_ONCE = 4
"""So many people are read at the same time, at most."""
_read: WeakKeyDictionary[TenantCache, set[str]] = WeakKeyDictionary()
"""Ids of those who were read already, by the cache of a tenant that is open: they leave more groups than one."""


async def check_who_leaves(change: Change, session: Session) -> None:
    """Return if nobody whom a change takes out of a group is protected by what only a read of them alone shows.

    Raises:
        GuardStopped: somebody is.
        Refused, EndpointError: somebody cannot be read.
    """
    if not session.tenant.protected:
        return
    seen = _read.setdefault(session.cache, set())
    unclear = [one for one in await asyncio.to_thread(_unclear, change, session) if one[1] not in seen]
    gate = asyncio.Semaphore(max(min(session.dialect.concurrency, AT_ONCE), 1))

    async def look_at(resource_type: ResourceType, identifier: str) -> None:
        async with gate:
            try:
                found = await browse.read(session, resource_type, identifier)
            except Refused as error:
                if error.status not in GONE:
                    raise
                return
        guard.check_protected(change, found.raw, resource_type, session)
        seen.add(identifier)

    await asyncio.gather(*(look_at(*one) for one in unclear))


def _unclear(change: Change, session: Session) -> list[tuple[ResourceType, str]]:
    """Return those who leave and whose copy lacks something that a filter of protected accounts looks at."""
    found = []
    for identifier in guard.who_leaves(change, session):
        for resource_type in session.provider.resource_types:
            raw = session.cache.resources(resource_type.name).get(identifier)
            if raw is not None and _lacks(raw, resource_type, session):
                found.append((resource_type, identifier))
    return found


def _lacks(raw: Mapping[str, Any], resource_type: ResourceType, session: Session) -> bool:
    present = {name.casefold() for name, value in raw.items() if value not in (None, [], "")}
    try:
        return any(
            name.casefold() not in present
            for text in session.tenant.protected
            for name in names_read(text, resource_type)
        )
    except LocalError:  # the guard says so
        return False
