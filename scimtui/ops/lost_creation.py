"""What became of a new resource whose answer never came: whether it is there, and whether it can be the one.

The name alone says neither. Somebody of that name may have been there for years; and where a provider evaluates no
filter, or makes another name of the one that was sent, finding nobody does not mean that nobody is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from scimtui.errors import Refused, UsageError
from scimtui.ops import browse
from scimtui.ops.existing import has_value, values_by_key
from scimtui.ops.live import live_pages
from scimtui.ops.receipts import Outcome
from scimtui.scim.expression import Comparison, Operator, Path
from scimtui.scim.refusal import GONE
from scimtui.scim.resource import Resource, lookup, natural_key, resource_id
from scimtui.scim.sent_filter import sent_filter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scimtui.ops.session import Session
    from scimtui.scim.change import Change

_CLOCKS = timedelta(minutes=10)
"""Two clocks may differ by this much."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What is there of a resource that was to be created."""

    resource: Resource | None
    """The one that was created at that time; None where there is none, or where that cannot be told."""
    outcome: Outcome = Outcome.UNKNOWN
    """Where there is no resource: skipped where it did not happen, unknown where nobody can tell."""
    why: str = ""
    """Hostile text."""


async def trace_of(change: Change, session: Session, sent: datetime) -> Trace:
    """Look for what a creation that was sent at a moment may have left.

    Raises:
        UsageError: there are several.
        Refused, EndpointError: the provider does not show one of them, or does not answer.
        CacheError: the cache cannot be read.
    """
    listed, is_answered = await _asked(change, session)
    if not is_answered:
        listed = [*listed, *await asyncio.to_thread(_cached, change, session)]
        state = session.cache.resources(change.resource_type.name).state
        is_answered = state is not None and state.complete and state.synced_at > sent
    ids = dict.fromkeys(resource_id(raw) for raw in listed)
    found = [one for identity in ids if (one := await _read(change, session, identity)) is not None]
    moments = {one.id: _created(one) for one in found}
    recent = [one for one in found if (at := moments[one.id]) is not None and at >= sent - _CLOCKS]
    if len(recent) > 1:
        message = f"{len(recent)} resources may be {change.resource_type.name} {change.key} in {session.tenant.name}"
        raise UsageError(message, "look at them, and delete what is too much")
    if recent:
        return Trace(recent[0])
    if undated := [one for one in found if moments[one.id] is None]:
        named = ", ".join(f"{natural_key(one.raw)} ({one.id})" for one in undated)
        return Trace(None, why=f"{named} is there, and nobody can tell whether by this: the provider gives no date")
    if not is_answered:
        why = f"the provider cannot be searched for it; sync {session.tenant.name}, then it can be told"
        return Trace(None, why=why)
    why = "it was there before" if found else "nothing of that name is there"
    return Trace(None, Outcome.SKIPPED, f"it did not happen: {why}")


async def _asked(change: Change, session: Session) -> tuple[list[Mapping[str, Any]], bool]:
    """Return who may be it, and whether the provider answered to a name of it: to an e-mail address is not enough."""
    found: list[Mapping[str, Any]] = []
    is_answered = False
    for wanted, names in _questions(change) if session.provider.filter is not False else ():
        text = sent_filter(wanted, session.dialect, change.resource_type)
        if text is None:
            continue
        try:
            pages = [page async for page in live_pages(session, change.resource_type, text)]
        except Refused as error:
            if error.status not in GONE:
                continue
            pages = []  # 404: nobody is like that
        found += [raw for page in pages for raw in page.resources if _is_like(raw, change, names)]
        is_name = not names and wanted.path.sub is None
        is_answered = is_answered or (is_name and all(page.complete for page in pages[-1:]))
    return found, is_answered


def _questions(change: Change) -> Iterator[tuple[Comparison, bool]]:
    """Yield what the provider is asked, and whether it is about the name without or with a domain."""
    wanted = _wanted(change)
    for path, values in values_by_key(wanted):
        name, _, sub = path.partition(".")
        for value in values:
            yield Comparison(Path(attribute=name, sub=sub or None), Operator.EQ, value), False
    if name := _user_name(wanted):
        local, at, _ = name.partition("@")
        about = Path(attribute="userName")
        yield Comparison(about, Operator.EQ, local) if at else Comparison(about, Operator.SW, f"{local}@"), True


def _is_like(raw: Mapping[str, Any], change: Change, is_about_domain: bool) -> bool:  # noqa: FBT001 - see `_questions`
    """Whether somebody may be the one: a provider that ignores filters sends everybody."""
    wanted = _wanted(change)
    if is_about_domain:
        mine, theirs = _user_name(wanted), _user_name(raw)
        return mine.partition("@")[0] == theirs.partition("@")[0] and ("@" in mine) is not ("@" in theirs)
    return any(has_value(raw, path, values) for path, values in values_by_key(wanted))


def _wanted(change: Change) -> Mapping[str, Any]:
    """Return what was sent; the name also where the journal kept no more."""
    name = "userName" if change.resource_type.attribute("userName") is not None else "displayName"
    return {name: change.key, **(change.after or {})}


def _cached(change: Change, session: Session) -> list[Mapping[str, Any]]:
    documents = session.cache.resources(change.resource_type.name).documents()
    return [raw for raw in documents if _is_like(raw, change, False) or _is_like(raw, change, True)]


async def _read(change: Change, session: Session, identity: str) -> Resource | None:
    try:
        return await browse.read(session, change.resource_type, identity)
    except Refused as error:
        if error.status not in GONE:
            raise
        return None


def _created(found: Resource) -> datetime | None:
    """Return when a resource was created; None without a date, or with one without a zone."""
    try:
        moment = datetime.fromisoformat(str(lookup(lookup(found.raw, "meta"), "created")))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _user_name(raw: Mapping[str, Any]) -> str:
    value = lookup(raw, "userName")
    return value.casefold() if isinstance(value, str) else ""
