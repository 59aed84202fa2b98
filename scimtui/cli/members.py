"""Lists the members of a group."""

from __future__ import annotations

from typing import Any

from scimtui.cli.opening import filled, opened_one, run
from scimtui.cli.output import emit_records
from scimtui.ops import browse, live
from scimtui.ops.session import Session
from scimtui.present.formats import Format
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.resource import lookup, natural_key


def list_members(name: str, group_key: str, *, sync_now: bool, is_live: bool, form: Format) -> None:
    """Print each member with the name it goes by, as far as the cache knows it."""

    async def work() -> list[dict[str, Any]]:
        async with opened_one(name) as session:
            group_type = await filled(session, "Group", sync_now=sync_now, say_age=not is_live)
            group = await live.need(session, group_type, group_key)
            if is_live or lookup(group.raw, "members") is None:  # some providers list groups without their members
                group = await browse.fetch(session, group_type, group.id)
            await filled(session, "User", sync_now=sync_now, say_age=False)
            return [_record(session, member) for member in as_list(lookup(group.raw, "members"))]

    emit_records(run(work()), form)


def _record(session: Session, member: Any) -> dict[str, Any]:
    identity = str(element_value(member))
    found = {"value": identity, "type": lookup(member, "type"), "key": None, "display": lookup(member, "display")}
    for type_name in ("User", "Group"):
        known = browse.resource(session, type_name, identity)
        if known is not None:
            found |= {"type": found["type"] or type_name, "key": natural_key(known.raw)}
            found["display"] = found["display"] or lookup(known.raw, "displayName")
            break
    return found
