"""The members of groups that a list does not show: read group by group, and never taken for none where they are unknown."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scimtui.errors import ScimtuiError, Unauthorized
from scimtui.ops import browse
from scimtui.ops.session import Session, learn
from scimtui.scim.resource import is_empty, lookup, resource_id

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType

ENOUGH = 5
"""So many groups without a member, each read alone, and the provider is taken to show members nowhere."""


def has_members(resource_type: ResourceType) -> bool:
    """Whether resources of a type have members."""
    return resource_type.attribute("members") is not None


async def with_members(
    session: Session, resource_type: ResourceType, listed: Sequence[dict[str, Any]]
) -> tuple[list[dict[str, Any]], int, int]:
    """Return a page of groups with their members, how many could not be read, and the requests that it took.

    A group whose list copy has members, or that cannot be read, stays as it was listed.

    Raises:
        Unauthorized: the token is not accepted any more.
    """
    if session.dialect.shows_members is False:
        return list(listed), 0, 0
    wanted = [raw for raw in listed if lookup(raw, "members") is None]
    answers = await asyncio.gather(*(_read(session, resource_type, resource_id(raw)) for raw in wanted))
    found = {resource_id(raw): raw for raw in answers if raw is not None}
    unread = sum(raw is None for raw in answers)
    if len(found) >= ENOUGH and not any(lookup(raw, "members") for raw in found.values()):
        evidence = f"{len(found)} groups were read alone, and none showed a member"
        await asyncio.to_thread(learn, session, "shows_members", False, evidence)
    return [found.get(resource_id(raw), raw) for raw in listed], unread, len(wanted)


async def shows_more_alone(session: Session, resource_type: ResourceType, listed: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a group has members when it is read alone, though no group of the list shows any."""
    if not listed or any(lookup(raw, "members") is not None for raw in listed):
        return False
    for raw in listed[:ENOUGH]:
        single = await _read(session, resource_type, resource_id(raw))
        if single is not None and not is_empty(lookup(single, "members")):
            evidence = "a group showed its members only when it was read alone"
            await asyncio.to_thread(learn, session, "lists_members", False, evidence)
            return True
    return False


async def _read(session: Session, resource_type: ResourceType, identity: str) -> dict[str, Any] | None:
    try:
        return dict((await browse.read(session, resource_type, identity)).raw)
    except Unauthorized:
        raise
    except ScimtuiError:
        return None
