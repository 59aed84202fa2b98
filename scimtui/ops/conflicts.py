"""What others made of a resource while somebody changed it: looked at once more, and decided value by value."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scimtui.ops import browse
from scimtui.scim.change import plan_edit
from scimtui.scim.diff import edits
from scimtui.scim.masks import masked_conflicts
from scimtui.scim.merge import merge, resolved

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.merge import Conflict, Side
    from scimtui.scim.resource import Resource

__all__ = ["Disagreement", "decided", "look_again"]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A wish, and what the provider has now."""

    change: Change
    fresh: Resource
    conflicts: tuple[Conflict, ...]
    """Secrets are masked. (): what others changed is something else than what is wanted here."""
    kept: tuple[str, ...]
    """Paths of what only others changed."""


async def look_again(change: Change, session: Session) -> Disagreement:
    """Read the resource and compare it with what the admin saw and wants.

    Raises:
        Refused: it cannot be read; 404 where it is gone.
        EndpointError: no usable answer.
    """
    fresh = await browse.fetch(session, change.resource_type, change.id)
    return await asyncio.to_thread(_compared, change, fresh)


def _compared(change: Change, fresh: Resource) -> Disagreement:
    base, mine, kind = change.before or {}, change.after or {}, change.resource_type
    found = merge(base, mine, fresh.raw, kind).conflicts
    ours = {edit.path for edit in change.edits}
    kept = [edit.path for edit in edits(base, fresh.raw, kind) if edit.path not in ours and edit.before is not None]
    return Disagreement(change, fresh, masked_conflicts(found, kind), tuple(kept))


def decided(found: Disagreement, choices: Mapping[str, Side], session: Session) -> Change:
    """Plan the wish anew against what is there now, each conflict as it was chosen by its path. No network.

    Raises:
        UsageError, PatchError: see `plan_edit`.
    """
    change = found.change
    after = resolved(change.before or {}, change.after or {}, found.fresh.raw, choices, change.resource_type)
    planned = plan_edit(change.tenant, found.fresh.raw, after, change.resource_type, session.provider, session.dialect)
    return replace(planned, title=change.title, reason=change.reason)
