"""Who is in a group that shows no members, told by the people themselves: their `groups` (RFC 7643 section 4.1.2)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from scimtui.errors import ScimtuiError
from scimtui.ops import browse
from scimtui.ops.verify import Verdict
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.resource import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.diff import Edit

MOST = 20
"""So many people are read one by one."""


async def proof_by_people(change: Change, session: Session) -> Verdict | None:
    """Return that a change of members is done, None where the people do not prove it: absence alone proves nothing.

    Who came shows the group. Who left showed it in the cached copy, and still shows groups, or an empty list of them.
    """
    if not 0 < len(change.edits) <= MOST:
        return None
    for edit in change.edits:
        if not await _is_proven(edit, change.id, session):
            return None
    return Verdict(is_done=True)


async def _is_proven(edit: Edit, group: str, session: Session) -> bool:
    comes = edit.after is not None
    member = edit.after if comes else edit.before
    kind = session.provider.resource_type(str(lookup(member, "type") or "User"))
    identity = str(element_value(member))
    if kind is None or not identity:
        return False
    before = await asyncio.to_thread(browse.resource, session, kind.name, identity)
    try:
        now = await browse.read(session, kind, identity)
    except ScimtuiError:
        return False
    if comes:
        return group in _groups(now.raw)
    showed = before is not None and group in _groups(before.raw)
    return showed and lookup(now.raw, "groups") is not None and group not in _groups(now.raw)


def _groups(person: Mapping[str, Any]) -> set[str]:
    return {str(element_value(one)) for one in as_list(lookup(person, "groups"))}
