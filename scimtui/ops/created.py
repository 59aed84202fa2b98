"""Who a plan created, found by what they are called, so that the rest of the plan can name them by their ids."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scimtui.errors import EndpointError, PatchError, Refused, UsageError
from scimtui.ops import guard, live
from scimtui.scim.promotion import named_by, stand_ins, with_ids
from scimtui.scim.resource import natural_key, resource_id

if TYPE_CHECKING:
    from scimtui.ops.plan_file import PlanFile, Step
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.schema import ResourceType

PARTS = ("id", "userName", "displayName", "name", "externalId")
ASKED = 20
"""Of so many who are not in the cache the provider itself is asked."""


def why_of(right: str, left: str) -> str:
    """Return what a promotion says it is for; `is_promotion` knows it by that."""
    return f"make {right} like {left}"


def is_promotion(plan: PlanFile) -> bool:
    """Whether a plan makes one side like another."""
    return plan.why.startswith("make ") and " like " in plan.why


def needs_order(steps: Sequence[Step]) -> bool:
    """Whether a step names somebody who is created by others."""
    return any(stand_ins(step.change) for step in steps)


def parted(steps: Sequence[Step]) -> list[list[Step]]:
    """Return the steps as parts that are sent one after the other: people, whom they name, and members of groups.

    Somebody who is edited while they come into a group would look like one whose groups have moved unasked.
    """
    members = [step for step in steps if step.change.kind in guard.MEMBERSHIP]
    others = [step for step in steps if step.change.kind not in guard.MEMBERSHIP]
    links = [step for step in others if stand_ins(step.change)]
    people = [step for step in others if not stand_ins(step.change)]
    return [part for part in (people, links, members) if part]


@dataclass(frozen=True, slots=True)
class Ready:
    """What of the steps of one tenant can be sent, now that others were created."""

    whole: list[Step]
    parts: list[Change]
    """What can be sent of steps that must wait: some of the members that come into a group."""
    waiting: list[Step]
    """Each with why."""


async def ready(steps: Sequence[Step], session: Session) -> Ready:
    """Look up who is there now, and return what can be sent to them.

    Raises:
        CacheError: the cache cannot be read.
    """
    ids = await _ids({name for step in steps for name in stand_ins(step.change)}, session)
    found = Ready([], [], [])
    for step in steps:
        if not stand_ins(step.change):
            found.whole.append(step)
            continue
        try:
            now = with_ids(step.change, ids, session.provider, session.dialect)
        except (UsageError, PatchError) as error:
            found.waiting.append(replace(step, why=error.message))
            continue
        missing = sorted(stand_ins(step.change) - ids.keys())
        if missing:
            named = ", ".join(named_by(name)[1] for name in missing)
            found.waiting.append(replace(step, why=f"not there yet: {named}"))
            found.parts.extend([now] if now is not None else [])
        elif now is not None:
            found.whole.append(replace(step, change=now))
    return found


def ids_by_name(session: Session, resource_type: ResourceType) -> dict[str, list[str]]:
    """Return the ids of the cached resources by what people call them, casefolded: read once for all. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    found: dict[str, list[str]] = {}
    for part in session.cache.resources(resource_type.name).parts(PARTS):
        found.setdefault(natural_key(part).casefold(), []).append(resource_id(part))
    return found


async def _ids(names: Collection[str], session: Session) -> dict[str, str]:
    """Return the ids of those whom stand-ins name, without whoever is not there, or not for certain."""
    wanted = {name: named_by(name) for name in sorted(names)}
    ids: dict[str, str] = {}
    for type_name in {type_name for type_name, _ in wanted.values()}:
        kind = session.provider.resource_type(type_name)
        if kind is None:
            continue
        cached = await asyncio.to_thread(ids_by_name, session, kind)
        mine = {name: cached.get(key.casefold(), []) for name, (of_type, key) in wanted.items() if of_type == type_name}
        ids |= {name: found[0] for name, found in mine.items() if len(found) == 1}
        for name in [name for name, found in mine.items() if not found][:ASKED]:
            if there := await _asked(kind, wanted[name][1], session):
                ids[name] = there
    return ids


async def _asked(kind: ResourceType, key: str, session: Session) -> str:
    """Return the id that the provider knows for a name, "" where nobody is there, or nobody certain."""
    try:
        found = await live.find(session, kind, key)
    except (UsageError, EndpointError, Refused):
        return ""
    return found.id if found is not None else ""
