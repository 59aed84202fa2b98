"""Whom the lines of a list mean in which tenants, before anything is planned for them.

Each line is one key. A person is meant by their id, userName or externalId, else by an e-mail address, else by a full
name; always the whole of it, whatever its letter case. What means two people is shown and never picked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from scimtui.errors import GuardStopped, LocalError, ScimtuiError, UsageError
from scimtui.ops.asked_people import ask_for
from scimtui.ops.person_keys import ANY, PARTS, By, called, folded, keys_of, kinds_among
from scimtui.scim.coerce import is_active
from scimtui.scim.resource import lookup, natural_key, resource_id
from scimtui.store.collector import collector_paused

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

Raw = Mapping[str, Any]
Tell = Callable[[str, int, int], None]
_ORDER = list(By)
_STRONG = (By.ID, By.USER_NAME, By.EXTERNAL_ID)


class Verdict(StrEnum):
    """What a line, or a tenant's part of it, came to."""

    FOUND = "found"
    ALREADY = "already so"
    """It is as it is wanted, as far as the copy shows."""
    PROTECTED = "protected"
    OWN = "own account"
    """scimtui signs in with it."""
    DUPLICATE = "duplicate"
    """The same key, or another one of the same person, stands in a line before."""
    AMBIGUOUS = "ambiguous"
    MISSING = "not found"
    BLANK = "blank"


DOABLE = frozenset({Verdict.FOUND, Verdict.ALREADY})
_WORST = (Verdict.AMBIGUOUS, Verdict.OWN, Verdict.PROTECTED, Verdict.FOUND, Verdict.ALREADY)


@dataclass(frozen=True, slots=True)
class Line:
    """One key of a list."""

    number: int
    """Of the line where it stands, from 1."""
    key: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody whom a line may mean. Hostile text."""

    id: str
    name: str
    """userName, or what else an admin calls them."""
    by: By
    called: str = ""
    """displayName, or the name in parts; "" where there is none."""


@dataclass(frozen=True, slots=True)
class Hit:
    """What one tenant has for a line."""

    tenant: str
    verdict: Verdict
    candidates: tuple[Candidate, ...]
    """One, or several where it is ambiguous."""
    why: str = ""
    """The rule that protects the account."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line and whom it means."""

    line: Line
    verdict: Verdict
    """The worst of its tenants."""
    hits: tuple[Hit, ...] = ()
    """Without the accounts that a line before means already."""
    twin: int = 0
    """The line before that means the same, for a duplicate."""


@dataclass(frozen=True)
class MatchReport:
    """Whom a list means."""

    entries: tuple[Entry, ...]
    """One for each line, in their order."""
    sizes: Mapping[str, int]
    """How many people each tenant has, as far as its copy shows."""
    doubts: Mapping[str, str]
    """Why somebody who was not found may be in a tenant all the same. Hostile text."""
    errors: Mapping[str, ScimtuiError]
    """What ended the questions to a tenant."""
    active: bool | None = None
    """What is wanted of them, as `match` was told."""
    asked: Mapping[tuple[str, str], Raw] = field(default_factory=dict, repr=False)
    """Whom the providers showed, by tenant and id."""

    def of(self, *verdicts: Verdict) -> list[Entry]:
        """Return the entries with one of these verdicts."""
        return [entry for entry in self.entries if entry.verdict in verdicts]

    def unknown_in(self, entry: Entry) -> list[str]:
        """Return the tenants that may have somebody for a line, as far as anybody knows."""
        if entry.verdict in {Verdict.BLANK, Verdict.DUPLICATE}:
            return []
        return [name for name in self.doubts if all(hit.tenant != name for hit in entry.hits)]

    def doable(self, tenant: str) -> list[tuple[Entry, Candidate]]:
        """Return the lines that mean one account of a tenant that may be changed, and that account."""
        return [
            (entry, hit.candidates[0])
            for entry in self.entries
            if entry.verdict in DOABLE
            for hit in entry.hits
            if hit.tenant == tenant
        ]


async def match(
    sessions: Sequence[Session],
    lines: Sequence[Line],
    *,
    kinds: Collection[By] = ANY,
    active: bool | None = None,
    tell: Tell = lambda *_: None,
) -> MatchReport:
    """Find whom each line means in each tenant: in the copies, and who is in none of them at the provider, within bounds.

    `active` is what is wanted of them, None where that says nothing about who is done already. `tell` hears the tenant,
    and for how many of how many keys it was asked. What a provider does is never raised: `errors` holds it.

    Raises:
        CacheError: a cache cannot be read.
        GuardStopped: the config protects accounts by a filter that cannot be read.
        UsageError: a tenant has no people.
    """
    keys = {key: line.key for line in reversed(lines) if (key := folded(line.key))}
    found = await asyncio.gather(*(_in_tenant(_Wanted(one, keys, frozenset(kinds), active), tell) for one in sessions))
    by_tenant = {session.tenant.name: one for session, one in zip(sessions, found, strict=True)}
    hits = {name: one.hits for name, one in by_tenant.items()}
    entries = await asyncio.to_thread(lambda: tuple(_entries(lines, hits)))
    return MatchReport(
        entries,
        {name: one.size for name, one in by_tenant.items()},
        {name: one.doubt for name, one in by_tenant.items() if one.doubt},
        {name: one.error for name, one in by_tenant.items() if one.error is not None},
        active,
        {(name, resource_id(raw)): raw for name, one in by_tenant.items() for raw in one.asked},
    )


def whole(session: Session, report: MatchReport) -> Iterator[tuple[Entry, Raw]]:
    """Yield the lines that can be carried out in a tenant, with the whole account of each. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    cache = session.cache.resources(people_type(session).name)
    for entry, candidate in report.doable(session.tenant.name):
        raw = report.asked.get((session.tenant.name, candidate.id)) or cache.get(candidate.id)
        if raw is not None:
            yield entry, raw


def people_type(session: Session) -> ResourceType:
    """Return the resource type of people.

    Raises:
        UsageError: the tenant has none.
    """
    found = session.provider.resource_type("User")
    if found is None:
        raise UsageError(f"{session.tenant.name} has no resource type User")
    return found


def _entries(lines: Sequence[Line], by_tenant: Mapping[str, Mapping[str, Hit]]) -> Iterator[Entry]:
    first: dict[str, int] = {}
    taken: dict[tuple[str, str], int] = {}
    for line in lines:
        key = folded(line.key)
        if not key:
            yield Entry(line, Verdict.BLANK)
            continue
        if key in first:
            yield Entry(line, Verdict.DUPLICATE, twin=first[key])
            continue
        first[key] = line.number
        there = [hits[key] for hits in by_tenant.values() if key in hits]
        mine = tuple(hit for hit in there if _account(hit) not in taken)
        if there and not mine:
            yield Entry(line, Verdict.DUPLICATE, twin=taken[_account(there[0])])
            continue
        taken.update((_account(hit), line.number) for hit in mine if hit.verdict is not Verdict.AMBIGUOUS)
        verdicts = {hit.verdict for hit in mine}
        yield Entry(line, next((one for one in _WORST if one in verdicts), Verdict.MISSING), mine)


def _account(hit: Hit) -> tuple[str, str]:
    return hit.tenant, hit.candidates[0].id if len(hit.candidates) == 1 else ""


# ---------------------------------------------------------------- one tenant


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked for in one tenant."""

    session: Session
    keys: Mapping[str, str]
    """As given, by their folded form."""
    kinds: frozenset[By]
    active: bool | None


@dataclass
class _Found:
    """What one tenant has of it."""

    hits: dict[str, Hit]
    size: int
    doubt: str
    error: ScimtuiError | None = None
    asked: Sequence[Raw] = ()


async def _in_tenant(wanted: _Wanted, tell: Tell) -> _Found:
    found = await asyncio.to_thread(_in_cache, wanted)
    missing = [given for key, given in wanted.keys.items() if key not in found.hits]
    if not missing:
        found.doubt = ""
        return found
    session = wanted.session
    name, of = session.tenant.name, len(missing)
    answer = await ask_for(session, people_type(session), missing, wanted.kinds, lambda done: tell(name, done, of))
    found.hits |= await asyncio.to_thread(_hits, wanted, answer.people)
    found.asked, found.error = answer.people, answer.error
    if answer.error is not None or (answer.untold and found.doubt):
        found.doubt = f"{found.doubt}, and {answer.untold}" if found.doubt else answer.untold
    elif not answer.untold:
        found.doubt = ""
    return found


def _in_cache(wanted: _Wanted) -> _Found:
    resource_type = people_type(wanted.session)
    cache = wanted.session.cache.resources(resource_type.name)
    state = cache.state
    hits = _hits(wanted, cache.parts({*PARTS, *_read_by_rules(wanted.session, resource_type)}))
    is_complete = state is not None and state.complete
    return _Found(hits, len(cache), "" if is_complete else "its copy is not complete")


def _hits(wanted: _Wanted, people: Iterable[Raw]) -> dict[str, Hit]:
    """Return what these people are for the keys: one look at each of them, however long the list is."""
    found: dict[str, list[tuple[By, Raw]]] = {}
    keys, kinds = wanted.keys, kinds_among(wanted.keys, wanted.kinds)
    with collector_paused():
        for raw in people:
            for by, key in keys_of(raw, kinds):
                if key in keys and (by is not By.ID or resource_id(raw) == keys[key]):  # letter case counts for ids
                    found.setdefault(key, []).append((by, raw))
        judge = _judge(wanted)
        return {key: judge(_meant(named)) for key, named in found.items()}


def _meant(named: list[tuple[By, Raw]]) -> list[tuple[By, Raw]]:
    """Return the people that a key means, each once, with the strongest that they are named by."""
    if len(named) == 1:
        return named
    strongest = min((by for by, _ in named), key=_ORDER.index)
    level = _STRONG if strongest in _STRONG else (strongest,)
    people = sorted((one for one in named if one[0] in level), key=lambda one: _ORDER.index(one[0]), reverse=True)
    return list({resource_id(raw): (by, raw) for by, raw in people}.values())


def _judge(wanted: _Wanted) -> Callable[[Sequence[tuple[By, Raw]]], Hit]:
    """Return who says what the people that a key means are: several, protected, done already."""
    tenant, active = wanted.session.tenant, wanted.active
    own = {tenant.username.casefold(), tenant.oauth2.client_id.casefold() if tenant.oauth2 else ""} - {""}
    rules = _rules(wanted.session)

    def judged(people: Sequence[tuple[By, Raw]]) -> Hit:
        candidates = tuple(Candidate(resource_id(raw), natural_key(raw), by, called(raw)) for by, raw in people)
        if len(people) > 1:
            return Hit(tenant.name, Verdict.AMBIGUOUS, candidates)
        raw = people[0][1]
        if own and str(lookup(raw, "userName")).casefold() in own:
            return Hit(tenant.name, Verdict.OWN, candidates, "scimtui itself signs in with it")
        rule = next((text for text, matches in rules if matches(raw)), "")
        if rule:
            return Hit(tenant.name, Verdict.PROTECTED, candidates, rule)
        is_done = active is not None and is_active(raw) is active
        return Hit(tenant.name, Verdict.ALREADY if is_done else Verdict.FOUND, candidates)

    return judged


# ---------------------------------------------------------------- protected accounts


def _rules(session: Session) -> list[tuple[str, Callable[[Raw], bool]]]:
    """Return the filters of the config that protect accounts.

    Raises:
        GuardStopped: one of them cannot be read.
    """
    if not session.tenant.protected:
        return []
    from scimtui.scim.match import compile_filter  # most tenants have none

    resource_type = people_type(session)
    try:
        return [(text, compile_filter(text, resource_type)) for text in session.tenant.protected]
    except LocalError as error:
        message = f"protected of {session.tenant.name} holds a filter that cannot be read: {error.message}"
        raise GuardStopped(message, "correct it in the config") from error


def _read_by_rules(session: Session, resource_type: ResourceType) -> set[str]:
    """Return the attributes that the filters look at; one that cannot be read is for `_rules` to tell."""
    if not session.tenant.protected:
        return set()
    from scimtui.scim.match import names_read

    found: set[str] = set()
    for text in session.tenant.protected:
        try:
            found |= set(names_read(text, resource_type))
        except LocalError:
            continue
    return found
