"""Lists the members of a group."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scimtui.cli.opening import filled, opened_one, run
from scimtui.cli.output import emit_records, note
from scimtui.ops import browse, live
from scimtui.ops.memberships import Member, members_of
from scimtui.present.cells import safe
from scimtui.present.member_words import incomplete_words, is_shown
from scimtui.present.wording import count_of
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.resource import lookup, natural_key

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.present.formats import Format


def list_members(name: str, group_key: str, *, sync_now: bool, is_live: bool, form: Format) -> None:
    """Print each member with the name it goes by, as far as the cache knows it; say on stderr how many there are."""

    async def work() -> list[dict[str, Any]]:
        async with opened_one(name) as session:
            group_type = await filled(session, "Group", sync_now=sync_now, say_age=not is_live)
            group = await live.need(session, group_type, group_key)
            if is_live or lookup(group.raw, "members") is None:  # some providers list groups without their members
                group = await browse.fetch(session, group_type, group.id)
            await filled(session, "User", sync_now=sync_now, say_age=False)
            found = await asyncio.to_thread(members_of, session, group_type, group.raw)
            _tell_count(session, group.raw, len(found))
            shown = {str(element_value(member)): member for member in as_list(lookup(group.raw, "members"))}
            return [_record(member, shown[member.id]) for member in found]

    emit_records(run(work()), form)


def _tell_count(session: Session, group: Mapping[str, Any], count: int) -> None:
    name = safe(natural_key(group))
    if not is_shown(group, session.dialect.shows_members):
        note(f"{name}: this provider shows no members, so who is in is not known")
        return
    note(f"{name}: {count_of(count, 'member')}")
    if trouble := incomplete_words(group):
        note(trouble)


def _record(member: Member, raw: Any) -> dict[str, Any]:
    name = member.name if member.is_cached else None
    return {
        "value": member.id,
        "type": lookup(raw, "type") or member.type or None,
        "key": member.key or name,
        "display": lookup(raw, "display") or name,
    }
