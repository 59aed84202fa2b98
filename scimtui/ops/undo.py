"""Takes writes back: the inverse of each is planned from the journal's before-image, against what is there now.

Nothing is sent here. What was changed since, and what cannot be brought back, is left out and says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from scimtui.errors import PatchError, Refused, ScimtuiError, UsageError, VersionConflict
from scimtui.ops import browse, guard
from scimtui.ops.apply import RUN
from scimtui.ops.done_before import of_batch
from scimtui.ops.history import find_write, newest_first, outcome_word, tenants_with_journal, undone_by
from scimtui.ops.journalled import change_of
from scimtui.ops.plan_file import Step
from scimtui.ops.receipts import Outcome
from scimtui.scim.change import is_taken_over
from scimtui.scim.diff import Edit, edits
from scimtui.scim.inverse import inverse
from scimtui.scim.kind import Kind
from scimtui.scim.refusal import GONE
from scimtui.scim.resource import is_empty, lookup

if TYPE_CHECKING:
    from pathlib import Path

    from scimtui.ops.history import Write
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change

_NOTHING = frozenset({Outcome.REFUSED.value, Outcome.IGNORED.value, Outcome.SKIPPED.value, Outcome.ALREADY.value})
"""Outcomes of writes that changed nothing."""
DAY = timedelta(days=1)
_NEW_ID = "{} is created anew first, under a new id, and what was written to the old one cannot be told from it"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A write that is not taken back."""

    entry: str
    title: str
    """Hostile text."""
    why: str
    """Hostile text."""
    in_the_way: tuple[Edit, ...] = ()
    """Values that were changed since: what the write left (`before`) and what is there (`after`)."""
    is_done: bool = False
    """Nothing is wrong: it is as it was before already."""
    is_refused: bool = False
    """The role of whoever sits here does not take it back."""


@dataclass(slots=True)
class UndoPlan:
    """What would be sent to take writes back, and what is left out."""

    steps: list[Step] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


# ---------------------------------------------------------------- which writes


def named_writes(home: Path, entries: Sequence[str]) -> list[Write]:
    """Return the writes of these ids. Blocks for the disk.

    Raises:
        UsageError: there is no such write.
        CacheError: a journal cannot be read.
    """
    return [find_write(home, entry) for entry in dict.fromkeys(entries)]


def batch_writes(home: Path, tenants: Iterable[str], batch: str) -> list[Write]:
    """Return the writes of a batch. Blocks for the disk.

    Raises:
        UsageError: there is no such batch.
        CacheError: a journal cannot be read.
    """
    found = [write for tenant in tenants for write in of_batch(home, tenant, batch)]
    if not found:
        raise UsageError(f"the journal has no batch {batch}", "scimtui journal show ENTRY names the batch of a write")
    return found


def writes_since(home: Path, tenants: Iterable[str], moment: datetime) -> list[Write]:
    """Return the writes since a moment, without those that were taken back since, and without what did that. Blocks.

    Raises:
        CacheError: a journal cannot be read.
    """
    kept = []
    for tenant in tenants:
        found = [write for write in newest_first(home, tenant, moment) if outcome_word(write) not in _NOTHING]
        undone = undone_by(found)
        ids = {write.id for write in found}
        pairs = {undo for write, undo in undone.items() if write in ids}
        kept += [write for write in found if write.id not in undone and write.id not in pairs]
    return kept


def last_of_this_run(home: Path, tenant: str, type_name: str = "", identity: str = "") -> list[Write]:
    """Return the last write that this process made to a tenant or to one resource. Blocks.

    A write of a batch comes with the whole batch, in all the tenants that it wrote to. What it took back already, and what did that, does not count. [] where there is none.

    Raises:
        CacheError: the journal cannot be read.
    """
    mine = _mine(home, tenant)
    undone = undone_by(mine)
    for write in mine:
        if write.id in undone or write.intent.get("undoes"):
            continue
        if identity:
            if (write.intent.get("type"), _identity(write)) == (type_name, identity):
                return [write]
            continue
        batch = write.intent.get("batch")
        return _same_batch(home, batch) if isinstance(batch, str) and batch else [write]
    return []


def _mine(home: Path, tenant: str) -> list[Write]:
    """Return what this process changed in a tenant, the newest first."""
    return [
        write
        for write in newest_first(home, tenant, datetime.now().astimezone() - DAY)
        if write.intent.get("run") == RUN and outcome_word(write) not in _NOTHING
    ]


def _same_batch(home: Path, batch: str) -> list[Write]:
    """Return what this process changed by a batch, in every tenant that it wrote to, and what is not taken back yet."""
    found: list[Write] = []
    for tenant in tenants_with_journal(home):
        mine = _mine(home, tenant)
        undone = undone_by(mine)
        found += [one for one in mine if one.intent.get("batch") == batch and one.id not in undone]
    return found


def _identity(write: Write) -> Any:
    return write.intent.get("id") or (write.outcome or {}).get("id")


# ---------------------------------------------------------------- what takes them back


async def plan_undo(session: Session, writes: Sequence[Write], start: int = 1) -> UndoPlan:
    """Plan what takes writes of one tenant back, the newest first, against a fresh read of each resource.

    `start` is the number of the first step.

    Raises:
        EndpointError, SecretError: the provider cannot be asked.
        CacheError: the journal cannot be read.
    """
    ordered = sorted(writes, key=lambda write: (write.time, write.intent.get("number") or 0), reverse=True)
    plan = UndoPlan()
    undone, newer = await asyncio.to_thread(_since, session, ordered)
    changes: list[_Wish] = []
    for write in ordered:
        try:
            refused = guard.undo_refused(str(write.intent.get("operator") or ""), session)
            why = _why_not(write, undone) or refused
            if not why:
                change = await asyncio.to_thread(change_of, write, session)
                changes.append((write, change, newer.get(write.id, "")))
                continue
        except UsageError as error:
            why, refused = f"{error.message}. {error.hint}", None
        plan.left_out.append(LeftOut(write.id, _title(write), why, is_refused=why == refused))
    now = await _fresh(session, [change for _, change, _ in changes])
    await asyncio.to_thread(_plan_all, plan, changes, now, session, start)
    return plan


_Wish = tuple["Write", "Change", str]
"""A write to take back, as a change again, and the write since then that wrote the same; "" where there is none."""


def _since(session: Session, writes: Sequence[Write]) -> tuple[dict[str, str], dict[str, str]]:
    """Return which writes were taken back since the oldest of these, and which of these wrote what another one wrote since.

    What was taken back itself wrote nothing, nor did what took it back.
    """
    if not writes:
        return {}, {}
    every = list(newest_first(session.home, session.tenant.name, writes[-1].time))
    undone, chosen = undone_by(every), {write.id for write in writes}
    later: dict[tuple[Any, Any], dict[str, set[str]]] = {}
    newer: dict[str, str] = {}
    for write in every:
        here = later.setdefault((write.intent.get("type"), _identity(write)), {})
        paths = _paths(write)
        if write.id in undone:
            here.pop(undone[write.id], None)
        elif write.id in chosen:
            newer[write.id] = next((entry for entry, others in here.items() if _meet(paths, others)), "")
        elif outcome_word(write) not in _NOTHING:
            here[write.id] = paths
    return undone, newer


def _paths(write: Write) -> set[str]:
    found = write.intent.get("edits")
    paths = (one.get("path") for one in found if isinstance(one, Mapping)) if isinstance(found, list) else ()
    return {path.casefold() for path in paths if isinstance(path, str)}


def _meet(paths: set[str], others: set[str]) -> bool:
    """Whether two writes wrote the same value, or one a part of the other's."""
    return any(
        one == other or one.startswith((f"{other}.", f"{other}[")) or other.startswith((f"{one}.", f"{one}["))
        for one in paths
        for other in others
    )


def _why_not(write: Write, undone: Mapping[str, str]) -> str:
    if write.id in undone:
        return f"it was taken back already, by {undone[write.id]}"
    word = outcome_word(write)
    return f"nothing was changed by it ({word})" if word in _NOTHING else ""


def _title(write: Write) -> str:
    title = write.intent.get("title")
    return title if isinstance(title, str) and title else write.id


_Now = dict[tuple[str, str], Mapping[str, Any] | ScimtuiError | None]
"""What the provider has of each resource by type and id, None where it has none, or why it does not show it."""


async def _fresh(session: Session, changes: Iterable[Change]) -> _Now:
    """Read each resource once, as many at a time as the provider bears."""
    wanted = {(change.resource_type.name, change.id): change for change in changes if change.id}
    gate = asyncio.Semaphore(max(session.dialect.concurrency, 1))

    async def read(change: Change) -> Mapping[str, Any] | ScimtuiError | None:
        async with gate:
            try:
                return (await browse.read(session, change.resource_type, change.id)).raw
            except Refused as error:
                return None if error.status in GONE else error

    return dict(zip(wanted, await asyncio.gather(*map(read, wanted.values())), strict=True))


def _plan_all(plan: UndoPlan, changes: Sequence[_Wish], now: _Now, session: Session, start: int) -> None:
    """Plan one after the other: what takes back an older write begins where the newer one will have ended."""
    for write, change, newer in changes:
        place = (change.resource_type.name, change.id)
        there = now.get(place)
        if isinstance(there, ScimtuiError):
            plan.left_out.append(LeftOut(write.id, change.title, there.message))
            continue
        if change.kind is Kind.CREATE and not change.id:
            plan.left_out.append(LeftOut(write.id, change.title, _without_id(write)))
            continue
        try:
            planned = inverse(change, there, session.provider, session.dialect)
        except VersionConflict as error:
            in_the_way = _in_the_way(change, there or {}, error.paths)
            plan.left_out.append(LeftOut(write.id, change.title, "it was changed again since", in_the_way))
            continue
        except (UsageError, PatchError) as error:
            why = ". ".join(part for part in (error.message, error.hint) if part)
            plan.left_out.append(LeftOut(write.id, change.title, why))
            continue
        if not planned.requests:
            plan.left_out.append(LeftOut(write.id, change.title, "it is as it was before already", is_done=True))
            continue
        if reason := _role_refuses(change, planned, there, session):
            plan.left_out.append(LeftOut(write.id, change.title, reason, is_refused=True))
            continue
        if doubt := _overtaken(change, there, newer) or _unknown_before(change, there, session):
            plan.left_out.append(LeftOut(write.id, change.title, doubt))
            continue
        now[place] = UsageError(_NEW_ID.format(change.key)) if planned.kind is Kind.CREATE else planned.after
        named = replace(planned, title=f"Undo {write.id}: {change.title}")
        plan.steps.append(Step(start + len(plan.steps), named, undoes=write.id))


def _role_refuses(change: Change, planned: Change, there: Mapping[str, Any] | None, session: Session) -> str | None:
    reason = guard.role_refuses(planned.kind, session)
    if reason is None and planned.kind in guard.MEMBERSHIP:
        reason = guard.group_refused(there or change.before or {}, session)
    return reason


def _without_id(write: Write) -> str:
    if (write.outcome or {}).get("looked_up"):
        return "nobody can tell whether this made who is there of that name; look, and delete it by hand"
    return "the provider did not say which id it gave; look it up in the journal first"


def _overtaken(change: Change, there: Mapping[str, Any] | None, newer: str) -> str:
    """Return why taking a write back would take back what somebody did on purpose since, "" where it would not."""
    if newer:
        return f"the same was written again since, by {newer}"
    is_theirs = there is not None and is_taken_over(change, there)
    return "the id belongs to somebody else by now" if is_theirs else ""


def _unknown_before(change: Change, there: Mapping[str, Any] | None, session: Session) -> str | None:
    """Return that nobody knows who was in a group before: to take a change of hidden members back would be a guess."""
    if change.kind not in guard.MEMBERSHIP:
        return None
    before, now = (lookup(raw, "members") for raw in (change.before, there))
    is_hidden = session.dialect.shows_members is False and is_empty(before)
    if not is_hidden and (before is not None or now is not None):
        return None
    comes = change.kind is Kind.ADD_MEMBERS
    guess = "who came may have been in it before" if comes else "who left may not have been in it before"
    verb = "remove" if comes else "add"
    return f"no members of {change.key} were shown, so {guess}; scimtui member {verb} changes it by name"


def _in_the_way(change: Change, now: Mapping[str, Any], paths: Sequence[str]) -> tuple[Edit, ...]:
    """Return what the write left and what is there now, for the values that were changed since."""
    roots = {path.partition("[")[0].partition(".")[0].casefold() for path in paths}
    found = edits(change.after or {}, now, change.resource_type)
    return tuple(edit for edit in found if edit.path.partition("[")[0].partition(".")[0].casefold() in roots)
