"""Whom the lines of a list mean in which tenants, before anything is planned for them.

Each line is one key. A person is meant by their id, userName or externalId, else by an e-mail address, else by a full
name; always the whole of it, whatever its letter case. What means two people is shown and never picked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from scimtui.errors import ScimtuiError, UsageError
from scimtui.ops.account_rules import read_by_rules, rules_of
from scimtui.ops.asked_people import MOST_ASKED, Answer, ask_for
from scimtui.ops.person_keys import ANY, PARTS, By, called, folded, keys_of, kinds_among
from scimtui.scim.coerce import is_active
from scimtui.scim.resource import lookup, natural_key, resource_id
from scimtui.scim.same_person import can_be_one, traits
from scimtui.store.collector import collector_paused

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.same_person import Traits
    from scimtui.scim.schema import ResourceType

Raw = Mapping[str, Any]
Tell = Callable[[str, int, int], None]
_ORDER = list(By)
_STRONG = (By.ID, By.USER_NAME, By.EXTERNAL_ID)
_CERTAIN = (By.ID, By.USER_NAME)
"""Who is called that is meant, whoever else is in the part of a copy that was never read."""
Named = list[tuple[By, Raw]]
"""The people that a key names, and by what."""


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
    """Why somebody may be in a tenant who was not found there. Hostile text."""
    errors: Mapping[str, ScimtuiError]
    """What ended the questions to a tenant."""
    active: bool | None = None
    """What is wanted of them, as `match` was told."""
    asked: Mapping[tuple[str, str], Raw] = field(default_factory=dict, repr=False)
    """Whom the providers showed, by tenant and id."""
    open: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """The keys, folded, that the doubt about a tenant is about; all of them for a tenant that is not here."""

    def of(self, *verdicts: Verdict) -> list[Entry]:
        """Return the entries with one of these verdicts."""
        return [entry for entry in self.entries if entry.verdict in verdicts]

    def unknown_in(self, entry: Entry) -> list[str]:
        """Return the tenants that may have somebody for a line, as far as anybody knows."""
        if entry.verdict in {Verdict.BLANK, Verdict.DUPLICATE}:
            return []
        key, inside = folded(entry.line.key), {hit.tenant for hit in entry.hits}
        return [name for name in self.doubts if name not in inside and key in self.open.get(name, {key})]

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
        PathError: `match` of a tenant is no path.
        UsageError: a tenant has no people.
    """
    keys = {key: line.key for line in reversed(lines) if (key := folded(line.key))}
    found = await asyncio.gather(*(_in_tenant(_Wanted(one, keys, frozenset(kinds), active), tell) for one in sessions))
    by_tenant = {session.tenant.name: one for session, one in zip(sessions, found, strict=True)}
    hits = {name: one.hits for name, one in by_tenant.items()}
    asked = {(name, resource_id(raw)): raw for name, one in by_tenant.items() for raw in one.asked}
    go_together = _together(sessions, asked)
    entries = await asyncio.to_thread(lambda: tuple(_entries(lines, hits, go_together)))
    return MatchReport(
        entries,
        {name: one.size for name, one in by_tenant.items()},
        {name: one.doubt for name, one in by_tenant.items() if one.doubt},
        {name: one.error for name, one in by_tenant.items() if one.error is not None},
        active,
        asked,
        {name: one.open for name, one in by_tenant.items() if one.doubt},
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


def _entries(
    lines: Sequence[Line], by_tenant: Mapping[str, Mapping[str, Hit]], go_together: Callable[[Hit, Hit], bool]
) -> Iterator[Entry]:
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
        if not _is_one_person(mine, go_together):
            mine = tuple(replace(hit, verdict=Verdict.AMBIGUOUS) for hit in mine)
        taken.update((_account(hit), line.number) for hit in mine if hit.verdict is not Verdict.AMBIGUOUS)
        verdicts = {hit.verdict for hit in mine}
        yield Entry(line, next((one for one in _WORST if one in verdicts), Verdict.MISSING), mine)


def _account(hit: Hit) -> tuple[str, str]:
    return hit.tenant, hit.candidates[0].id if len(hit.candidates) == 1 else ""


def _is_one_person(hits: Sequence[Hit], go_together: Callable[[Hit, Hit], bool]) -> bool:
    """Whether what a key means in several tenants can be one person's accounts."""
    if any(hit.verdict is Verdict.AMBIGUOUS for hit in hits):
        return True  # that is said already
    known, others = list(hits[:1]), list(hits[1:])
    while found := [hit for hit in others if any(go_together(hit, one) for one in known)]:
        known += found
        others = [hit for hit in others if hit not in found]
    return not others


def _together(sessions: Sequence[Session], asked: Mapping[tuple[str, str], Raw]) -> Callable[[Hit, Hit], bool]:
    """Return what tells whether two hits of a key can be one person's: an id says something in its own tenant alone."""
    by_name = {session.tenant.name: session for session in sessions}

    def told(hit: Hit) -> Traits:
        session, identity = by_name[hit.tenant], hit.candidates[0].id
        kind = people_type(session)
        raw = asked.get((hit.tenant, identity)) or session.cache.resources(kind.name).get(identity) or {}
        return traits(raw, session.tenant.match, kind)

    def go_together(one: Hit, other: Hit) -> bool:
        by = one.candidates[0].by
        return (by is other.candidates[0].by and by is not By.ID) or can_be_one(told(one), told(other))

    return go_together


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
    weak: dict[str, Named] = field(default_factory=dict)
    """Whom the keys mean that may mean others too, in the part of the copy that was never read."""
    error: ScimtuiError | None = None
    asked: Sequence[Raw] = ()
    open: frozenset[str] = frozenset()


async def _in_tenant(wanted: _Wanted, tell: Tell) -> _Found:
    found = await asyncio.to_thread(_in_cache, wanted)
    missing = [given for key, given in wanted.keys.items() if key not in found.hits]
    weak = [wanted.keys[key] for key in found.weak]
    if not missing and not weak:
        found.doubt = ""
        return found
    answer = await _asked(wanted, missing, weak, tell)
    came = await asyncio.to_thread(_named, wanted, answer.people)
    named = {key: [*found.weak.get(key, ()), *people] for key, people in came.items()}
    found.hits |= await asyncio.to_thread(_hits, wanted, named)
    found.asked, found.error = answer.people, answer.error
    found.open = frozenset(map(folded, answer.open))
    if answer.error is not None or (answer.untold and found.doubt):
        found.doubt = f"{found.doubt}, and {answer.untold}" if found.doubt else answer.untold
    elif not answer.untold:
        found.doubt = ""
    return found


async def _asked(wanted: _Wanted, missing: Sequence[str], weak: Sequence[str], tell: Tell) -> Answer:
    """Ask for the keys that a copy does not have and for those that may mean others too; for the first alone where all are too many."""
    session, keys = wanted.session, [*missing, *weak]
    is_too_much = len(keys) > MOST_ASKED >= len(missing)
    if is_too_much:
        keys = list(missing)
    name, of = session.tenant.name, len(keys)
    answer = Answer()
    if keys:
        answer = await ask_for(session, people_type(session), keys, wanted.kinds, lambda done: tell(name, done, of))
    if not is_too_much:
        return answer
    untold = answer.untold or f"{len(weak):,} more keys are too many to ask for one by one"
    return replace(answer, untold=untold, open=answer.open.union(weak))


def _in_cache(wanted: _Wanted) -> _Found:
    resource_type = people_type(wanted.session)
    cache = wanted.session.cache.resources(resource_type.name)
    state = cache.state
    named = _named(wanted, cache.parts({*PARTS, *read_by_rules(wanted.session, resource_type)}))
    hits = _hits(wanted, named)
    if state is not None and state.complete:
        return _Found(hits, len(cache), "")
    weak = {key: people for key, people in named.items() if all(by not in _CERTAIN for by, _ in people)}
    return _Found(hits, len(cache), "its copy is not complete", weak)


def _named(wanted: _Wanted, people: Iterable[Raw]) -> dict[str, Named]:
    """Return who of these people has one of the keys: one look at each of them, however long the list is."""
    found: dict[str, Named] = {}
    keys, kinds = wanted.keys, kinds_among(wanted.keys, wanted.kinds)
    with collector_paused():
        for raw in people:
            for by, key in keys_of(raw, kinds):
                if key in keys and (by is not By.ID or resource_id(raw) == keys[key]):  # letter case counts for ids
                    found.setdefault(key, []).append((by, raw))
    return found


def _hits(wanted: _Wanted, named: Mapping[str, Named]) -> dict[str, Hit]:
    judge = _judge(wanted)
    with collector_paused():
        return {key: judge(_meant(people)) for key, people in named.items()}


def _meant(named: Named) -> Named:
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
    rules = rules_of(wanted.session, people_type(wanted.session))

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
