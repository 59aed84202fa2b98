"""One write of the journal as styled lines: what, how it ended, before and after, the requests, who and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from scimtui.present.cells import safe
from scimtui.present.changes import edit_line
from scimtui.present.journal_words import (
    chain_words,
    differences_of,
    edits_of,
    ending,
    ending_sentence,
    facts,
    outcome_of,
    quoted_detail,
    requests_of,
    text_of,
)
from scimtui.tui.lines.json_lines import colour_line, json_lines, json_text_lines

if TYPE_CHECKING:
    from scimtui.ops.history import Write
    from scimtui.scim.diff import Edit
    from scimtui.tui.lines.model import LazyLines, Line

MOST = 500
"""Edits, and lines of one body, that are shown; the raw JSON has all of them."""
_LABEL = 11


def entry_value(write: Write) -> dict[str, Any]:
    """Return all that the journal has of a write, as `scimtui journal show` prints it."""
    told = {"entry": write.id, "tenant": write.tenant, "time": write.time.isoformat()}
    outcome = None if write.outcome is None else dict(write.outcome)
    return {**told, "intent": dict(write.intent), "outcome": outcome}


def raw_lines(write: Write) -> LazyLines:
    """Return a write as raw JSON."""
    return json_lines(entry_value(write))


def write_lines(write: Write, now: datetime, width: int) -> list[Line]:
    """Return a write for people, in lines of at most so many letters where words are long."""
    how = ending(outcome_of(write))
    lines: list[Line] = [
        [(safe(text_of(write.intent.get("title")) or write.id), "heading")],
        *([(text, how.style)] for text in wrap(f"{how.mark} {ending_sentence(write)}", width)),
    ]
    if said := quoted_detail(write):
        lines += [[(text, "value")] for text in wrap(f"“{said}”", width)]
    if not write.outcome:
        lines.append([("u looks at the provider what became of it; nothing is sent again.", "note")])
    lines += _section("Before → after", _edit_lines(edits_of(write), width))
    lines += _section("Wanted → there", _edit_lines(differences_of(write), width))
    lines += _section("Who and why", (_fact(label, text) for label, text in facts(write, now)))
    for request in requests_of(write):
        title = f"{text_of(request.get('method'))} {text_of(request.get('path'))}"
        lines += _section(safe(title), _body_lines(request))
    return lines + _section("In the journal", (_fact(label, text) for label, text in chain_words(write)))


def _section(title: str, lines: Iterator[Line]) -> list[Line]:
    found = list(lines)
    return [[], [(title, "section")], *found] if found else []


def _fact(label: str, text: str) -> Line:
    return [(f"{label:<{_LABEL}}", "label"), (text, "value")]


def _edit_lines(edits: Sequence[Edit], width: int) -> Iterator[Line]:
    for edit in islice(edits, MOST):
        yield from ([(text, "value")] for text in wrap(edit_line(edit), width, subsequent_indent="  "))
    yield from _more(len(edits))


def _body_lines(request: Mapping[str, Any]) -> Iterator[Line]:
    if request.get("body") is None:
        yield [("no body", "note")]
        return
    texts = json_text_lines(request["body"])
    yield from (colour_line(text) for text in texts[:MOST])
    yield from _more(len(texts))


def _more(count: int) -> Iterator[Line]:
    if count > MOST:
        yield [(f"… {count - MOST:,} more; y shows all", "note")]
