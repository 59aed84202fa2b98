"""Who has come since a copy was made, or was never in it: looked for at the provider before anybody is created."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scimtui.errors import EndpointError, Refused
from scimtui.ops import browse
from scimtui.ops.asked_people import GONE, MOST_ASKED
from scimtui.ops.live import live_pages
from scimtui.scim.dialect import Filters
from scimtui.scim.pairing import key_reader
from scimtui.scim.resource import Resource

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

ASKED_LIVE = 20
"""So many keys that a complete copy does not know are looked for at the provider, one by one."""
_TRIES = 3
"""So many keys are asked for until a filter that was never answered is given up."""
_WHOLE_LIST = 50
"""People who came where one was asked for: filters are ignored, and each answer is the whole list."""
_ALL_THE_SAME = "--create-unseen creates them all the same"


@dataclass(frozen=True, slots=True)
class Said:
    """What a provider said about one key."""

    found: tuple[Resource, ...] = ()
    untold: str = ""
    """Why that is no answer, in words. Hostile text."""
    is_broken: bool = False
    """It failed, and does not just know no such filter."""
    is_deaf: bool = False
    """It looks at no filter at all."""


async def newcomers(
    session: Session, resource_type: ResourceType, path: str, unknown: Mapping[str, str]
) -> tuple[dict[str, list[Resource]], str]:
    """Return who has the keys that a copy does not know, and why others of them may be there all the same; "" for none.

    `unknown` holds each key as it was given, by its folded form. Somebody may have come since the copy was made, so a
    few are asked for; where it is not complete, all of them have to be.

    Raises:
        EndpointError: the provider gives no answer at all, and the copy is not complete.
    """
    state = session.cache.resources(resource_type.name).state
    is_complete = state is not None and state.complete
    if len(unknown) > (ASKED_LIVE if is_complete else MOST_ASKED):
        many = f"{len(unknown):,} keys are too many to ask for one by one"
        return {}, "" if is_complete else f"who of the file is there is not known: {_way_out(many)}"
    found: dict[str, list[Resource]] = {}
    silent: list[tuple[str, Said]] = []
    for place, (folded, key) in enumerate(unknown.items(), 1):
        try:
            said = await asked(session, resource_type, path, key)
        except EndpointError:
            if not is_complete:
                raise
            break  # what is sent to it waits, or is refused
        found[folded] = [*said.found]
        silent += [(key, said)] if said.untold else []
        if said.is_deaf or len(silent) == place == _TRIES:
            break
    for key, said in silent:
        if said.is_broken or not is_complete:
            why = f"{said.untold}; {_ALL_THE_SAME}" if is_complete else _way_out(said.untold)
            return found, f"whether {path} {key} is there is not known: {why}"
    return found, ""


def _way_out(why: str) -> str:
    return f"the copy is not complete, and {why}; sync first, or {_ALL_THE_SAME}"


async def asked(session: Session, resource_type: ResourceType, path: str, value: str) -> Said:
    """Return who has a value as the provider says. One pass over the cache costs more.

    Raises:
        EndpointError: it gives no answer at all.
    """
    if path == "id":  # nobody is created under an id
        return Said()
    if session.provider.filter is False or session.dialect.filters is Filters.NONE:
        return Said(untold="it answers no filter", is_deaf=True)
    reader = key_reader(path, resource_type)
    wanted = f"{path} eq {json.dumps(value, ensure_ascii=False)}"
    try:
        pages = [page async for page in live_pages(session, resource_type, wanted)]
    except Refused as error:
        if error.status == GONE:
            return Said()
        return Said(untold=error.message, is_broken=error.status >= 500 and error.status != 501)
    # One that ignores filters sends everybody: only who has the value counts.
    raws = [raw for page in pages for raw in page.resources]
    found = [Resource(resource_type.name, raw) for raw in raws if reader.fold(reader.read(raw)) == reader.fold(value)]
    for one in found:
        await asyncio.to_thread(browse.keep, session, one)
    is_deaf = not found and len(raws) > _WHOLE_LIST
    is_all = bool(found) or not raws or (pages[-1].complete and not is_deaf)
    return Said(tuple(found), "" if is_all else "it ignores filters", is_deaf=is_deaf)
