"""What can be chosen for a field: what its schema suggests, what others have there, and moments for a date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scimtui.ops.search import fold
from scimtui.present.wording import count_of
from scimtui.scim.completion import Candidate
from scimtui.scim.schema import Type, Uniqueness
from scimtui.tui.form.form_lines import suggestions

if TYPE_CHECKING:
    from scimtui.tui.form.form_fields import Field

KEYS = "Enter takes · ↑ ↓ choose · Esc closes"
_DAYS = {"tomorrow": 1, "in 7 days": 7, "in 30 days": 30, "in 90 days": 90, "in a year": 365}


def at_once(row: Field, now: datetime) -> list[Candidate]:
    """Return what needs no cache: moments for a date, else what the schema suggests."""
    if row.attribute is not None and row.attribute.type is Type.DATE_TIME:
        return moments(now)
    return [Candidate(value, "suggested") for value in suggestions(row)]


def may_be_shared(row: Field) -> bool:
    """Whether two may have the same text there, so that it is worth looking what others have."""
    kind = row.attribute
    return kind is not None and kind.type is Type.STRING and kind.uniqueness is Uniqueness.NONE


def moments(now: datetime) -> list[Candidate]:
    """Return now, and beginnings of days of this machine's zone, as a provider reads them."""
    day = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    found = [("now", now), ("today, 0:00", day)]
    found += [(f"{words}, 0:00", day + timedelta(days=days)) for words, days in _DAYS.items()]
    return [Candidate(f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", words) for words, when in found]


def with_used(candidates: Sequence[Candidate], used: Iterable[tuple[str, int]]) -> list[Candidate]:
    """Return what is suggested, then what others have; one that is both says both."""
    numbers = dict(used)
    known = {one.text for one in candidates}
    both = [
        Candidate(one.text, f"suggested, {numbers[one.text]:,} have it") if one.text in numbers else one
        for one in candidates
    ]
    return [
        *both,
        *(
            Candidate(text, f"{count_of(number, 'has', 'have')} it")
            for text, number in numbers.items()
            if text not in known
        ),
    ]


def narrowed(candidates: Sequence[Candidate], text: str) -> list[Candidate]:
    """Return those that hold every word of what was typed."""
    words = fold(text).split()
    return [one for one in candidates if all(word in fold(f"{one.text} {one.note}") for word in words)]
