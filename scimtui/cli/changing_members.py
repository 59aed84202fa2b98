"""Puts people and groups into a group and takes them out, and makes one person a member of what another is in."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scimtui.cli.keys import wanted_keys
from scimtui.cli.opening import filled, opened_one, run
from scimtui.cli.output import note
from scimtui.cli.progress import Progress
from scimtui.cli.roles import need_role
from scimtui.cli.sending import CANCELLED
from scimtui.cli.writing import Asked, Planned, carry_out
from scimtui.errors import UsageError
from scimtui.ops import live
from scimtui.ops.browse import fetch
from scimtui.ops.chunks import Chunks, watching
from scimtui.ops.lookup import read_list
from scimtui.ops.member_plans import GroupWish, Known, Named, groups_alike, key_index, plan_group, plan_groups
from scimtui.ops.memberships import Member, are_complete, member_named, standings
from scimtui.present.cells import safe
from scimtui.present.wording import count_of
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.kind import Kind
from scimtui.scim.resource import lookup

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.resource import Resource

STDIN = "-"
ASKED_LIVE = 20
"""So many keys that the cache does not know are looked for at the provider, one by one."""
LISTED = 100
"""So many keys that mean nobody, or several, are listed."""
NAMED = 5
"""So many of those that one key means are named."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the keys come from."""

    given: Sequence[str]
    file: str | None = None
    """ "-" is standard input, also among those given."""
    column: str | None = None
    skip_missing: bool = False
    """Go on without those that mean nobody, or several."""


def change_members(name: str, group_key: str, keys: Keys, asked: Asked, *, add: bool) -> int:
    """Add people or groups to a group, or remove them, and return the exit status."""
    wanted = _wanted(keys)

    async def work() -> int:
        async with opened_one(name) as session:
            need_role(Kind.ADD_MEMBERS, session, asked)
            group_type = await filled(session, "Group", say_age=False)
            found = await live.need(session, group_type, group_key)
            group = (await fetch(session, group_type, found.id)).raw  # a cached group may lack its members
            named = await _named(session, wanted, [] if add else as_list(lookup(group, "members")))
            left_out = _tell_unclear(session, named, skip=keys.skip_missing)
            members = [one.members[0] for one in named if one.known is Known.FOUND]
            change = plan_group(session, group_type, group, members if add else [], [] if add else members)
            with _stoppable(f"{name} {safe(change.key)}") as chunks:
                status = await carry_out([Planned(session, change)], asked, [1] * left_out)
            return CANCELLED if chunks.stop else status

    return run(work())


def copy_groups(name: str, source: str, target: str, asked: Asked, *, exact: bool) -> int:
    """Put one person into the groups that another is in, with `exact` out of all others, and return the exit status."""

    async def work() -> int:
        async with opened_one(name) as session:
            need_role(Kind.ADD_MEMBERS, session, asked)
            user_type = await filled(session, "User", say_age=False)
            await filled(session, "Group")
            like, person = [await live.need(session, user_type, key) for key in (source, target)]
            changes = await asyncio.to_thread(_alike, session, person, like, exact=exact)
            if not await asyncio.to_thread(are_complete, session):
                note(f"{name}: not every group is in the cache; scimtui sync {name} reads the others")
            if not changes:
                note(f"{safe(target)} is in every group that {safe(source)} is in, as far as the cache tells.")
                return 0
            return await carry_out([Planned(session, change) for change in changes], asked)

    return run(work())


def _alike(session: Session, person: Resource, like: Resource, *, exact: bool) -> list[Any]:
    """Plan a change for each group in which the two differ."""
    if person.id == like.id:
        raise UsageError("both keys mean the same person", "name two people")
    found = standings(session, {one.id: one.raw for one in (person, like)})
    theirs, own, _ = groups_alike(found, person.id, like.id)
    member = (member_named(person.type, person.raw),)
    wishes = [GroupWish(one.type, one.id, add=member) for one in theirs]
    wishes += [GroupWish(one.type, one.id, remove=member) for one in own] if exact else []
    return plan_groups(session, wishes)


# ---------------------------------------------------------------- keys


def _wanted(keys: Keys) -> list[str]:
    """Return all keys; standard input gives one a line, and a title above them is none."""
    given = [key for key in keys.given if key != STDIN]
    if STDIN not in (*keys.given, keys.file):
        return wanted_keys(given, Path(keys.file) if keys.file is not None else None, keys.column)
    if keys.column is not None or (keys.file not in (STDIN, None)):
        raise UsageError("standard input holds one key a line", "give a file with --from FILE --column C")
    return wanted_keys([*given, *read_list(sys.stdin.read().splitlines()).lines], None, None)


async def _named(session: Session, keys: Sequence[str], shown: Sequence[Any]) -> list[Named]:
    """Return whom each key means: in the cache, among the members shown, else at the provider, where few are left."""
    types = [
        await filled(session, one, say_age=False) for one in ("User", "Group") if session.provider.resource_type(one)
    ]
    index = await asyncio.to_thread(key_index, session, types)
    members = {str(element_value(member)) for member in shown}
    named = []
    for key in keys:
        found = index.find(key)
        if not found.members and key in members:  # somebody who is gone, and is still in the group
            found = Named(key, (Member(key, "", key, "", None, is_cached=False),))
        named.append(found)
    missing = [place for place, one in enumerate(named) if one.known is Known.MISSING]
    for place in missing if len(missing) <= ASKED_LIVE else ():
        for kind in types:
            one = await live.find(session, kind, named[place].key)
            if one is not None:
                named[place] = Named(named[place].key, (member_named(kind.name, one.raw),))
                break
    return named


def _tell_unclear(session: Session, named: Sequence[Named], *, skip: bool) -> int:
    """Say which keys mean nobody, or several, and return how many; they are left out where that was asked for.

    Raises:
        UsageError: it was not, or nobody is left.
    """
    unclear = [one for one in named if one.known is not Known.FOUND]
    for one in unclear[:LISTED]:
        note(f"{safe(session.tenant.name)}: {_why_unclear(one)}")
    if len(unclear) > LISTED:
        note(f"and {len(unclear) - LISTED:,} more")
    if unclear and (not skip or len(unclear) == len(named)):
        several = sum(one.known is Known.AMBIGUOUS for one in unclear)
        parts = [
            f"{len(unclear) - several:,} mean nobody" if len(unclear) > several else "",
            f"{several:,} mean several" if several else "",
        ]
        message = f"of {count_of(len(named), 'key')}, {' and '.join(filter(None, parts))} in {session.tenant.name}"
        raise UsageError(message, "nothing was sent; correct them, sync, or leave them out with --skip-missing")
    return len(unclear)


def _why_unclear(one: Named) -> str:
    if one.known is Known.MISSING:
        return f"there is nobody {safe(one.key)}"
    listed = ", ".join(f"{safe(member.key or member.name)} ({safe(member.id)})" for member in one.members[:NAMED])
    more = f" and {len(one.members) - NAMED:,} more" if len(one.members) > NAMED else ""
    return f"{safe(one.key)} means {len(one.members):,}: {listed}{more}"


# ---------------------------------------------------------------- on its way


@contextmanager
def _stoppable(what: str) -> Iterator[Chunks]:
    """Show how many requests are done. Ctrl-C sends nothing more after the one in flight; what is in is read back."""
    with Progress(what) as line:
        chunks = Chunks(lambda done, of: line.show(done, of) if of > 1 else None)
        with _on_interrupt(chunks), watching(chunks):
            yield chunks


@contextmanager
def _on_interrupt(chunks: Chunks) -> Iterator[None]:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def stop() -> None:
        chunks.stop = True
        if task is not None:
            task.cancel()

    with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows, or not in the main thread
        loop.add_signal_handler(signal.SIGINT, stop)
    yield
