"""Who is in which tenant, in words: a line for each pattern, and a row for each person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from scimtui.ops.presence import Standing
from scimtui.ops.search import fold, words_of
from scimtui.present.cells import safe
from scimtui.present.wording import age, count_of

if TYPE_CHECKING:
    from scimtui.ops.presence import Pattern, Presence, TenantSeen

MARKS = {
    Standing.ACTIVE: "●",
    Standing.INACTIVE: "○",
    Standing.MISSING: "·",
    Standing.DIFFERENT: "≠",
    Standing.UNKNOWN: "?",
}
"""A sign for each standing, so that colour is never the only difference."""
WORDS = {
    Standing.ACTIVE: "active",
    Standing.INACTIVE: "inactive",
    Standing.MISSING: "missing",
    Standing.DIFFERENT: "differs",
    Standing.UNKNOWN: "unknown",
}
LEGEND = "● active  ○ inactive  · missing  ≠ active but different  ? unknown"
_THERE = frozenset({Standing.ACTIVE, Standing.INACTIVE, Standing.DIFFERENT})
_NAMED = 3
"""So many tenants are named; of more how many they are."""
Row = tuple[str, ...]


def mark(standing: Standing, *, in_words: bool) -> str:
    """Return a cell: the sign alone, or with its word."""
    return f"{MARKS[standing]} {WORDS[standing]}" if in_words else MARKS[standing]


def pattern_words(pattern: Pattern, tenants: Sequence[TenantSeen]) -> str:
    """Return a pattern in words: `in 4 of 5, missing in slack`. Safe."""
    places = {
        standing: [safe(one.name) for one, it in zip(tenants, pattern.standings, strict=True) if it is standing]
        for standing in Standing
    }
    there, everywhere = sum(len(places[one]) for one in _THERE), len(tenants)
    if not there:
        head = ""
    elif there == everywhere and len(places[Standing.ACTIVE]) == everywhere:
        return f"active in all {everywhere}" if everywhere > 1 else "active"
    elif len(places[Standing.INACTIVE]) == there:
        head = f"inactive in all {there}" if there == everywhere else f"inactive in {there} of {everywhere}"
        places[Standing.INACTIVE] = []
    else:
        head = f"in all {everywhere}" if there == everywhere else f"in {there} of {everywhere}"
    told = (
        (Standing.INACTIVE, "inactive in"),
        (Standing.DIFFERENT, "different in"),
        (Standing.MISSING, "missing in"),
        (Standing.UNKNOWN, "not known in"),
    )
    return ", ".join(filter(None, (head, *(f"{words} {_named(places[one])}" for one, words in told if places[one]))))


def _named(names: Sequence[str]) -> str:
    if len(names) > _NAMED:
        return f"{len(names)} others"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def pattern_marks(pattern: Pattern) -> str:
    """Return a pattern as signs: `●●·●≠`."""
    return "".join(MARKS[one] for one in pattern.standings)


def rows_of(found: Presence, *, in_words: bool = False, with_name: bool = False) -> list[Row]:
    """Return the rows `(id, haystack, key, cell…)` of all people, a name behind the key. Costs what they are many."""
    cells = [tuple(mark(one, in_words=in_words) for one in pattern.standings) for pattern in found.patterns]
    rows: list[Row] = []
    for person, (key, name) in enumerate(zip(found.keys, found.names, strict=True)):
        shown, called = safe(key), safe(name)
        who = (shown, called) if with_name else (shown,)
        rows.append((str(person), fold(f"{shown}\n{called}"), *who, *cells[found.pattern_of[person]]))
    return rows


def matching(found: Presence, text: str, pattern: int | None = None) -> list[int]:
    """Return the people whose key or name holds every word, of one pattern or of all."""
    people: Iterable[int] = range(len(found)) if pattern is None else found.of_pattern(pattern)
    words = words_of(text)
    if not words:
        return list(people)
    return [one for one in people if _holds(fold(f"{found.keys[one]}\n{found.names[one]}"), words)]


def _holds(haystack: str, words: Sequence[str]) -> bool:
    return all(word in haystack for word in words)


def record(found: Presence, person: int) -> dict[str, Any]:
    """Return a person as JSON of the stable shape."""
    standings = zip(found.tenants, found.standings(person), strict=True)
    return {"key": found.keys[person], "tenants": {one.name: standing.word for one, standing in standings}}


def tenant_lines(found: Presence) -> Iterator[str]:
    """Yield a safe sentence for each tenant of which not all is known, or in which a key does not say who is who."""
    for one in found.tenants:
        name = safe(one.name)
        if one.state is None:
            yield f"{name} was never synced or cannot be read: whoever is not seen elsewhere may be there"
        elif not one.state.complete:
            yield f"{name} is not complete ({safe(one.state.why or 'no reason known')}): nobody is called missing there"
        if one.shared_keys:
            yield f"{name}: {count_of(one.shared_keys, 'key')} of several accounts each: unknown there"
        if one.unsaid:
            yield f"{name} does not say of {count_of(one.unsaid, 'account')} whether they are active: unknown there"


def age_words(tenant: TenantSeen) -> str:
    """Return how old a tenant's copy is and whether it is whole. Safe."""
    if tenant.state is None:
        return f"{safe(tenant.name)} never synced"
    whole = "" if tenant.state.complete else " INCOMPLETE"
    return f"{safe(tenant.name)}{whole} {age(tenant.state.synced_at)}"
