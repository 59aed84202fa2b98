"""Journals as a list of any length, the newest first: read from their end, so that the first page is there at once.

Of each line only what a list shows is decoded, 9 µs a write; what was there before and after stays in the file.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec

from scimtui.ops.history import Write, joined, journal_of
from scimtui.ops.receipts import Outcome
from scimtui.ops.search import fold, words_of
from scimtui.store.collector import collector_paused
from scimtui.store.journal import Journal, facts_of

FIRST_BATCH = 200
"""Writes that are shown before the others are read."""
BATCH = 20_000
RECENT = 2_000
"""Lines of a journal that a start reads: what is older was told at an earlier one. The journal's screen shows all."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A write as a list shows it. Every text but the id is hostile."""

    id: str
    tenant: str
    time: datetime
    """Aware, UTC."""
    key: str
    title: str
    operator: str
    reason: str
    outcome: str
    """A word of `Outcome`; "" where none was put down."""
    looked_up: bool
    """Whether the outcome is what a later look at the provider showed."""
    words: str
    """All that a filter looks in, folded."""
    resource_ids: frozenset[str]
    about: frozenset[str]
    """Ids that it is about: the resource's, and those of members that came or left."""
    intent_at: int
    """Offset of the intent's line in the journal."""
    outcome_at: int | None

    @property
    def is_interrupted(self) -> bool:
        """Whether nobody knows how it ended, and nobody has looked."""
        return not self.outcome or (self.outcome == Outcome.UNKNOWN.value and not self.looked_up)


class _Edit(msgspec.Struct, gc=False):
    path: str = ""


class _Line(msgspec.Struct):
    """What a list needs of a line; the other members are passed over undecoded."""

    n: int
    time: str
    kind: Literal["intent", "outcome"]
    of: int | None = None
    title: str = ""
    reason: str = ""
    operator: str = ""
    host: str = ""
    type: str = ""
    id: str = ""
    key: str = ""
    batch: str = ""
    undoes: str = ""
    edits: list[_Edit] = []
    outcome: str = ""
    looked_up: str | None = None


_TEXTS = ("title", "reason", "operator", "host", "type", "id", "key", "batch", "undoes", "outcome", "looked_up")
_decoder = msgspec.json.Decoder(_Line)


class JournalList:
    """The writes of some tenants. `read` and `read_newer` block for the disk; `writes` is never changed in place."""

    def __init__(self, home: Path, tenants: Sequence[str]) -> None:
        self.home = home
        self.tenants = tuple(tenants)
        self.writes: Sequence[Listed] = ()
        """As far as they are read, the newest first."""
        self.complete = False
        """Whether all are read."""
        self._read_to: dict[str, int] = {}

    def read(self) -> Iterator[int]:
        """Read the journals from their ends, and yield how many writes there are after each batch.

        Raises:
            CacheError: a journal cannot be read.
        """
        merged = heapq.merge(*(self._back(name) for name in self.tenants), key=_moment, reverse=True)
        found: list[Listed] = []
        while not self.complete:
            wanted = BATCH if found else FIRST_BATCH
            with collector_paused():
                batch = list(islice(merged, wanted))
            found += batch
            self.writes, self.complete = tuple(found), len(batch) < wanted
            yield len(found)

    def _back(self, tenant: str) -> Iterator[Listed]:
        journal = journal_of(self.home, tenant)
        for write, end in newest_first(tenant, journal):
            self._read_to[tenant] = max(self._read_to.get(tenant, 0), end)
            if write is not None:
                yield write

    def read_newer(self) -> bool:
        """Take in what was put down since; False where nothing was, or where not all is read yet.

        Raises:
            CacheError: a journal cannot be read.
        """
        if not self.is_behind():
            return False
        known = {write.id: write for write in self.writes}
        before = len(known), sum(self._read_to.values())
        for tenant in self.tenants:
            for offset, line in journal_of(self.home, tenant).lines_from(self._read_to.get(tenant, 0)):
                self._read_to[tenant] = offset + len(line)
                self._take(known, tenant, offset, line)
        if before == (len(known), sum(self._read_to.values())):
            return False
        self.writes = tuple(sorted(known.values(), key=_moment, reverse=True))
        return True

    def _take(self, known: dict[str, Listed], tenant: str, offset: int, line: bytes) -> None:
        found = _read_line(line)
        if found is None:
            return
        if found.kind == "intent":
            write = _listed(tenant, offset, found, None)
            known[write.id] = write
        elif (intended := known.get(f"{tenant}-{found.of}")) is not None:
            for _, intent in journal_of(self.home, tenant).lines_from(intended.intent_at):
                if (again := _read_line(intent)) is not None:
                    known[intended.id] = _listed(tenant, intended.intent_at, again, (offset, found))
                break

    def is_behind(self) -> bool:
        """Whether a journal grew since it was read."""
        return self.complete and any(_size(self.home, name) > self._read_to.get(name, 0) for name in self.tenants)


def matching(writes: Sequence[Listed], text: str, about: str = "") -> tuple[list[int] | None, int]:
    """Return which writes have all words of the text and are about a resource, and how many of them are interrupted.

    Those come first, else the order stays. None: all, as they stand.
    """
    words = words_of(text)
    found = [
        place
        for place, write in enumerate(writes)
        if (not about or about in write.about) and all(word in write.words for word in words)
    ]
    first = [place for place in found if writes[place].is_interrupted]
    if first:
        found = [*first, *(place for place in found if not writes[place].is_interrupted)]
    return None if len(found) == len(writes) and not first else found, len(first)


def _size(home: Path, tenant: str) -> int:
    try:
        return journal_of(home, tenant).path.stat().st_size
    except OSError:
        return 0


def interrupted(home: Path, tenant: str, recent: int | None = None) -> list[Listed]:
    """Return the writes of a tenant that nobody knows the end of, the newest first. Blocks for the disk.

    Those are the intents without an outcome, and the outcomes "unknown" that no later look has confirmed. `recent`
    bounds the lines that are read.

    Raises:
        CacheError: the journal cannot be read.
    """
    lines = islice(newest_first(tenant, journal_of(home, tenant)), recent)
    return [write for write, _ in lines if write is not None and write.is_interrupted]


def newest_first(tenant: str, journal: Journal) -> Iterator[tuple[Listed | None, int]]:
    """Yield the writes of a journal from its end, each with the offset behind its line; None for an outcome.

    Raises:
        CacheError: the journal cannot be read.
    """
    outcomes: dict[int | None, tuple[int, _Line]] = {}
    for offset, line in journal.lines_back():
        found = _read_line(line)
        if found is None:
            yield None, offset + len(line)
        elif found.kind == "outcome":
            outcomes.setdefault(found.of, (offset, found))
            yield None, offset + len(line)
        else:
            yield _listed(tenant, offset, found, outcomes.pop(found.n, None)), offset + len(line)


def details(home: Path, listed: Listed) -> Write | None:
    """Return all that the journal has of a write; None where its line is not there any more. Blocks for the disk.

    Raises:
        CacheError: the journal cannot be read.
    """
    return next(all_details(home, listed.tenant, [listed]), None)


def all_details(home: Path, tenant: str, chosen: Sequence[Listed]) -> Iterator[Write]:
    """Yield all that the journal of a tenant has of some writes, one after the other. Blocks for the disk.

    Raises:
        CacheError: the journal cannot be read.
    """
    journal = journal_of(home, tenant)
    offsets = (place for one in chosen for place in (one.intent_at, one.outcome_at) if place is not None)
    lines = journal.lines_at(offsets)
    for one in chosen:
        intent = journal.entry_of(next(lines))
        outcome = journal.entry_of(next(lines)) if one.outcome_at is not None else None
        if intent is not None:
            yield joined(tenant, intent, outcome)


def _read_line(line: bytes) -> _Line | None:
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        return _decoder.decode(line)
    facts = facts_of(line)  # a member of another type than ours, or half a character: rare, and shown all the same
    if facts is None:
        return None
    texts = {name: facts[name] for name in _TEXTS if isinstance(facts.get(name), str)}
    return _Line(facts["n"], facts["time"], facts["kind"], facts.get("of"), **texts)


def _listed(tenant: str, offset: int, intent: _Line, outcome: tuple[int, _Line] | None) -> Listed:
    ended = outcome[1] if outcome else None
    identity = f"{tenant}-{intent.n}"
    when = datetime.fromisoformat(intent.time)
    state = ended.outcome if ended else "interrupted"
    paths = [edit.path for edit in intent.edits]
    ids = frozenset({intent.id, ended.id if ended else ""} - {""})
    who = (intent.operator, intent.host, intent.reason, intent.batch, intent.undoes)
    said = (identity, intent.title, intent.key, *who, intent.type, state)
    return Listed(
        identity,
        tenant,
        when if when.tzinfo else when.replace(tzinfo=UTC),
        intent.key,
        intent.title,
        intent.operator,
        intent.reason,
        ended.outcome if ended else "",
        bool(ended and ended.looked_up),
        fold("\n".join((*said, intent.id, ended.id if ended else "", *paths))),
        ids,
        ids.union(_members(paths)) if paths else ids,
        offset,
        outcome[0] if outcome else None,
    )


def _members(paths: Sequence[str]) -> Iterator[str]:
    """Yield the ids in paths such as `members[value eq "7"]`."""
    for path in paths:
        if path.startswith("members[value eq "):
            with suppress(msgspec.DecodeError):
                yield str(msgspec.json.decode(path.removeprefix("members[value eq ").removesuffix("]")))


def _moment(write: Listed) -> datetime:
    return write.time
