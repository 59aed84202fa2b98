"""What an auditor asks for: the writes of a period, to whom it may be, and whether the journals prove themselves."""

from __future__ import annotations

import getpass
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from scimtui.errors import UsageError
from scimtui.ops.history import Write, checked, journal_of, tenants_with_journal
from scimtui.ops.journal_list import Listed, all_details, newest_first
from scimtui.ops.search import fold


@dataclass(frozen=True, slots=True)
class Chain:
    """What the check of a tenant's journal shows."""

    tenant: str
    lines: int
    problems: tuple[str, ...]
    """Sentences; none where no line was changed, removed or moved."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The writes that were asked for, the oldest first, and what speaks for and against them."""

    made: datetime
    """Aware, UTC."""
    maker: str
    """User and host that made it."""
    since: datetime | None
    until: datetime | None
    user: str
    """Name or id of the person or group it is about; "" for all."""
    chains: tuple[Chain, ...]
    writes: tuple[Write, ...]


def collect(
    home: Path,
    tenants: Sequence[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    user: str = "",
) -> Evidence:
    """Collect the evidence of some tenants, or of all that were ever written to. Blocks for the disk.

    `user` is an id or a name; writes under an earlier name of the same id count too, and so do the groups that its
    membership was written to.

    Raises:
        UsageError: there is no journal of a tenant.
        CacheError: a journal cannot be read.
    """
    known = tenants_with_journal(home)
    for name in tenants:
        if name not in known:
            raise UsageError(f"there is no journal of {name}", f"there are those of {', '.join(known) or 'nobody yet'}")
    chains: list[Chain] = []
    found: list[Write] = []
    for name in dict.fromkeys(tenants or known):
        problems, lines = checked(home, name)
        chains.append(Chain(name, lines, tuple(problems)))
        chosen = [one for one in _about(_listed(home, name), user) if _is_within(one.time, since, until)]
        found += [_without_images(write) for write in all_details(home, name, chosen)]
    found.sort(key=lambda write: write.time)
    return Evidence(datetime.now(UTC), _maker(), since, until, user, tuple(chains), tuple(found))


def _is_within(when: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or when >= since) and (until is None or when < until)


def _without_images(write: Write) -> Write:
    """Leave out the resource before and after: the edits say what was changed, and the journal keeps the images."""
    intent = {name: value for name, value in write.intent.items() if name != "before"}
    outcome = None if write.outcome is None else {name: one for name, one in write.outcome.items() if name != "after"}
    return replace(write, intent=intent, outcome=outcome)


def _listed(home: Path, tenant: str) -> list[Listed]:
    return [write for write, _ in newest_first(tenant, journal_of(home, tenant)) if write is not None][::-1]


def _about(writes: Sequence[Listed], user: str) -> Iterator[Listed]:
    """Yield the writes about who has this id, or ever had this name."""
    if not user:
        yield from writes
        return
    name = fold(user)
    ids = {user, *(one for write in writes if fold(write.key) == name for one in write.resource_ids)}
    for write in writes:
        if fold(write.key) == name or write.about & ids:
            yield write


def outcomes(evidence: Evidence) -> Mapping[str, int]:
    """Return how many writes ended how; "" counts those whose end nobody knows."""
    counts: dict[str, int] = {}
    for write in evidence.writes:
        word = str((write.outcome or {}).get("outcome") or "")
        counts[word] = counts.get(word, 0) + 1
    return counts


def _maker() -> str:
    try:
        return f"{getpass.getuser()} on {platform.node()}"
    except (OSError, KeyError):  # no such user in the system: containers
        return platform.node()
