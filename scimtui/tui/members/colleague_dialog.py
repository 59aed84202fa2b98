"""Makes one person like a colleague: whose groups and work they get is ticked, what they have more may be ticked away."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from scimtui.ops.group_members import has_members
from scimtui.ops.member_plans import attributes_alike, groups_alike
from scimtui.ops.memberships import are_complete, member_named
from scimtui.present.cells import safe
from scimtui.present.wording import tenant_name
from scimtui.tui.dialogs.shown_dialog import shown
from scimtui.tui.members.groups_dialog import Choice, cached_people, choose, read_standings
from scimtui.tui.members.member_search import MemberSearch, Searchable, row_key

if TYPE_CHECKING:
    from scimtui.ops.memberships import Standing
    from scimtui.ops.session import Session
    from scimtui.scim.resource import Resource
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.view import Shell


async def make_alike(shell: Shell, session: Session, resource_type: ResourceType, identity: str) -> None:
    """Choose a colleague, tick what the person gets of what they have, then preview and send."""
    if has_members(resource_type):
        shell.say("Alike: only people are made like each other", "warning")
        return
    person = (await asyncio.to_thread(cached_people, session, resource_type, [identity]))[0]
    who = _name(person)
    own = {row_key(resource_type.name, identity): "themselves"}
    asked = Searchable(
        session, [resource_type], f"{tenant_name(session.tenant)}: make {who} like…", "chooses", own, several=False
    )
    chosen = await shown(shell, MemberSearch(asked))
    if not chosen:
        return
    colleague = (await asyncio.to_thread(cached_people, session, resource_type, [chosen[0][1]]))[0]
    choice = await _choice(session, resource_type, person, colleague)
    if choice.standings or choice.likenesses:
        await choose(shell, choice)
    else:
        shell.say(f"{who} and {_name(colleague)} are in the same groups already, as far as the cache tells", "info")


async def _choice(session: Session, resource_type: ResourceType, person: Resource, colleague: Resource) -> Choice:
    """Return the groups in which the two differ: what the colleague has is ticked, what only the person has is not."""
    found = await read_standings(session, [person, colleague])
    theirs, own, _ = groups_alike(found, person.id, colleague.id)
    who, other = _name(person), _name(colleague)
    words = {
        **{(one.type, one.id): f"{other} is in it" for one in theirs},
        **{(one.type, one.id): f"only {who} is in it" for one in own},
    }
    return Choice(
        session,
        f"{tenant_name(session.tenant)}: make {who} like {other}",
        (person,),
        [_seen_by(person, one) for one in (*theirs, *own)],
        await asyncio.to_thread(are_complete, session),
        words,
        frozenset((one.type, one.id) for one in theirs),
        tuple(attributes_alike(resource_type, person.raw, colleague.raw)),
    )


def _seen_by(person: Resource, one: Standing) -> Standing:
    """Return a group with nothing said of anybody but the person."""
    nested = {identity: through for identity, through in one.nested.items() if identity == person.id}
    return replace(one, direct=one.direct & {person.id}, nested=nested)


def _name(person: Resource) -> str:
    return safe(member_named(person.type, person.raw).name)
