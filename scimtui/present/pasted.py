"""A pasted list that was looked up, in words."""

from __future__ import annotations

from scimtui.ops.browse import Projection
from scimtui.ops.lookup import Answer, Found, State, keys_of
from scimtui.present.cells import safe
from scimtui.present.exported import row_id
from scimtui.present.wording import count_of
from scimtui.scim.resource import natural_key

MOST_NAMED = 3
"""So many of several matches are named."""

KEYS = Projection("look-up 1", lambda raw: (row_id(raw), "", safe(natural_key(raw)), "\n".join(keys_of(raw))))
"""The rows that a list is looked up in."""

MARKS = {State.FOUND: "✓", State.AMBIGUOUS: "?", State.MISSING: "✗"}


def found_line(found: Found) -> str:
    """Return what became of a list: "5 lines: 3 found, 1 ambiguous, 1 not found; 2 repeated, 1 blank left out"."""
    counts = [
        f"{found.counts[state]:,} {state.value}"
        for state in State
        if found.counts[state] or state is not State.AMBIGUOUS
    ]
    left_out = [
        f"{number:,} {word}"
        for number, word in ((found.pasted.repeated, "repeated"), (found.pasted.blank, "blank"))
        if number
    ]
    more = f"; {', '.join(left_out)} left out" if left_out else ""
    header = f"; title: {safe(found.pasted.header)}" if found.pasted.header else ""
    return f"{count_of(len(found.answers), 'line')}: {', '.join(counts)}{more}{header}"


def answer_words(answer: Answer) -> str:
    """Return whom a line means."""
    if answer.state is State.MISSING:
        return "not found"
    if answer.state is State.FOUND:
        return answer.matches[0].name
    named = ", ".join(f"{match.name} ({match.id})" for match in answer.matches[:MOST_NAMED])
    more = f" and {len(answer.matches) - MOST_NAMED:,} more" if len(answer.matches) > MOST_NAMED else ""
    return f"{len(answer.matches)} match: {named}{more}"
