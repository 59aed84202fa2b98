"""What a reconciliation found, in words: how the source was understood, counts, and a row for each finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from scimtui.ops.people_columns import Column
from scimtui.ops.reconcile import LAST_CHANGED, Dormancy, Found
from scimtui.ops.search import fold
from scimtui.present.cells import safe
from scimtui.present.wording import age, count_of

if TYPE_CHECKING:
    from scimtui.ops.reconcile import Finding, Reconciled
    from scimtui.ops.source_people import SourcePeople

MARKS = {Found.ORPHAN: "✗", Found.LEAVER: "✗", Found.MISSING: "·", Found.DUPLICATE: "≡", Found.DORMANT: "○"}
PLURALS = {
    Found.ORPHAN: "orphans",
    Found.LEAVER: "leavers",
    Found.MISSING: "missing",
    Found.DUPLICATE: "duplicates",
    Found.DORMANT: "dormant",
}
COLUMNS = ("kind", "key", "id", "detail", "last_seen")
_WORDS = 6
"""So many words of a column are told back."""
Row = tuple[str, ...]


def source_lines(source: SourcePeople) -> Iterator[str]:
    """Yield how a source was understood, a safe line each; what was not understood begins with an exclamation mark."""
    people = count_of(len(source.people), "person", "people")
    if source.read_at is not None:
        yield f"{safe(source.name)}: {people}, synced {age(source.read_at)}"
    else:
        yield f"{safe(source.name)}: {people}; column {safe(source.key)}"
    for note in source.notes:
        yield safe(note)
    for column, counted in source.counted.items():
        yield f"{_what(column)}: {_told_back(counted)}; column {safe(source.titles[column])}"
        unknown = {text: number for (text, active), number in counted.items() if active is None}
        if unknown:
            shown = ", ".join(
                f"{safe(text) or 'blank'} ({number:,})" for text, number in list(unknown.items())[:_WORDS]
            )
            word = next(iter(unknown)) or "WORD"
            hint = "nothing is said of them"
            if column is Column.STATUS:
                hint += f"; scimtui reconcile --status {safe(word)}=active says what it means"
            yield f"! Not understood: {shown}; {hint}"
    if source.read_at is None and source.titles and not source.counted:
        yield "! No column says who has left: everybody in the file counts as active"
    if source.trouble:
        yield f"! {safe(source.name)} is not complete ({safe(source.trouble)}): nobody is called an orphan"


def _what(column: Column) -> str:
    return {Column.STATUS: "status", Column.OFF: "switched off", Column.END: "last day"}.get(column, column.value)


def _told_back(counted: Counter[tuple[str, bool | None]]) -> str:
    """Return the words of a column with their numbers, those that mean active first."""
    by_word: Counter[tuple[bool, str]] = Counter()
    for (text, active), number in counted.items():
        if active is not None:
            by_word[not active, text.casefold()] += number
    shown = sorted(by_word.items(), key=lambda one: (one[0][0], -one[1]))
    words = []
    for is_off in (False, True):
        some = [f"{number:,} {safe(text) or 'blank'}" for (off, text), number in shown if off is is_off]
        if some:
            more = f", {len(some) - _WORDS} more words" if len(some) > _WORDS else ""
            words.append(f"{', '.join(some[:_WORDS])}{more} ({'left' if is_off else 'there'})")
    return ", ".join(words) or "nothing that is understood"


def target_lines(found: Reconciled, dormancy: Dormancy | None) -> Iterator[str]:
    """Yield what must be known of the verdicts before they are believed, a safe sentence each."""
    name = safe(found.target)
    if found.target_trouble:
        yield f"! {name} is not complete ({safe(found.target_trouble)}): nobody is called missing there"
    for kind, number in found.undecided.items():
        yield f"? {count_of(number, 'account' if kind is Found.ORPHAN else 'person', '' if kind is Found.ORPHAN else 'people')} may be {PLURALS[kind]}: undecided, since one side is not complete"
    unknown = found.accounts - found.paired
    if found.accounts and unknown * 2 > found.accounts:
        yield f"! {unknown:,} of {count_of(found.accounts, 'account')} pair with nobody by {safe(found.key)} or e-mail: is it the right key?"
    if found.unsaid:
        yield f"? {name} does not say of {count_of(found.unsaid, 'account')} whether they are active: nothing is said of them"
    if dormancy is not None and not dormancy.attribute:
        yield f"Dormant by {LAST_CHANGED}, which is when the account was last changed, not when somebody logged in; --last-login names an attribute"
    if found.unseen:
        yield f"? {count_of(found.unseen, 'active account')} without a {safe(dormancy.attribute or LAST_CHANGED) if dormancy else 'date'}: not called dormant"
    if found.allowed:
        yield f"{count_of(found.allowed, 'finding')} left out: on an allow-list, or protected by the config"


def counts_line(found: Reconciled) -> str:
    """Return the counts: `3 orphans, 12 leavers of 412 accounts`."""
    told = [f"{number:,} {PLURALS[Found(kind)]}" for kind, number in found.counts.items() if number]
    where = f"in {count_of(found.accounts, 'account')} of {safe(found.target)}"
    return f"{', '.join(told)} {where}" if told else f"Nothing found {where}"


def seen_words(finding: Finding) -> str:
    """Return when an account was last seen, "" where that is not known."""
    return finding.last_seen.date().isoformat() if finding.last_seen is not None else ""


def record(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON of the stable shape."""
    seen = finding.last_seen.isoformat() if finding.last_seen is not None else None
    return {
        "kind": str(finding.kind),
        "key": finding.key,
        "id": finding.id,
        "detail": finding.detail,
        "last_seen": seen,
    }


def document(found: Reconciled) -> dict[str, Any]:
    """Return the whole as JSON of the stable shape."""
    return {
        "source": found.source.name,
        "target": found.target,
        "complete": {"source": found.source.is_complete, "target": not found.target_trouble},
        "findings": [record(one) for one in found.findings],
        "counts": found.counts,
        "undecided": {str(kind): number for kind, number in found.undecided.items()},
        "allowed": found.allowed,
    }


def rows_of(findings: Sequence[Finding], marks: Sequence[str] = ()) -> list[Row]:
    """Return the rows `(id, haystack, kind, key, detail, last seen)` of findings, in their order; `marks` come first."""
    rows: list[Row] = []
    for place, one in enumerate(findings):
        sign = marks[place] if place < len(marks) and marks[place] else MARKS[one.kind]
        cells = (f"{sign} {one.kind}", safe(one.key), safe(one.detail), seen_words(one))
        rows.append((f"{one.kind}\n{one.id}\n{one.key}", fold("\n".join(cells)), *cells))
    return rows
