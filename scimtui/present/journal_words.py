"""The journal in words: one line a write, how it ended, and who did it when and why. All of it is safe to show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scimtui.ops.receipts import Outcome
from scimtui.present.cells import cell, safe
from scimtui.present.changes import short_path
from scimtui.present.moments import exactly, moment_words
from scimtui.present.refusals import refusal
from scimtui.present.wording import count_of
from scimtui.scim.coerce import as_list
from scimtui.scim.diff import Edit
from scimtui.scim.kind import Kind

if TYPE_CHECKING:
    from scimtui.ops.history import Write
    from scimtui.ops.journal_list import Listed

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a write ended: a mark, one or two words, and what that means for its colour."""

    mark: str
    words: str
    style: str
    """ "good", "changed", "bad" or "note"."""

    def __str__(self) -> str:
        return f"{self.mark} {self.words}"


INTERRUPTED = Ending("?", "interrupted", "bad")
ENDINGS: Mapping[str, Ending] = {
    "": INTERRUPTED,
    Outcome.APPLIED.value: Ending("✓", "done", "good"),
    Outcome.ALREADY.value: Ending("✓", "already so", "good"),
    Outcome.IGNORED.value: Ending("≠", "ignored", "changed"),
    Outcome.ALTERED.value: Ending("≠", "altered", "changed"),
    Outcome.PENDING.value: Ending("…", "pending", "changed"),
    Outcome.REFUSED.value: Ending("✗", "refused", "bad"),
    Outcome.UNKNOWN.value: Ending("?", "unknown", "bad"),
    Outcome.SKIPPED.value: Ending("○", "not done", "note"),
}


def ending(outcome: str) -> Ending:
    """Return how an outcome of the journal is shown; a word that is none of ours as it is."""
    return ENDINGS.get(outcome) or Ending("?", safe(outcome), "bad")


def outcome_of(write: Write) -> str:
    """Return the word of a write's outcome, "" where there is none."""
    return text_of((write.outcome or _NOTHING).get("outcome"))


def when_words(when: datetime, now: datetime) -> str:
    """Return `01:52:50` for today, `25 Nov 01:52` for this year, `2025-11-25` before; in the zone of the machine."""
    local, today = when.astimezone(), now.astimezone()
    if local.date() == today.date():
        return f"{local:%H:%M:%S}"
    return f"{local:%d %b %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d}"


def listed_cells(write: Listed, now: datetime, *, with_tenant: bool) -> tuple[str, ...]:
    """Return when, how it ended, what, who, why and the id; with the tenant before what where there are several."""
    tenant = (safe(write.tenant),) if with_tenant else ()
    what = (cell(write.title), cell(write.operator), cell(write.reason), safe(write.id))
    return (when_words(write.time, now), str(ending(write.outcome)), *tenant, *what)


def ending_sentence(write: Write) -> str:
    """Return what became of a write, and only what was seen."""
    outcome = write.outcome or _NOTHING
    told = outcome.get("detail")
    said = safe(told) if isinstance(told, str) else ""
    status = outcome.get("status") if isinstance(outcome.get("status"), int) else None
    match outcome_of(write):
        case "":
            return "Nobody knows: no outcome was put down, as after a crash"
        case Outcome.APPLIED:
            unseen = [text_of(path) for path in as_list(outcome.get("unseen"))]
            hidden = f"; {safe(', '.join(unseen))} was accepted and can be read by nobody" if any(unseen) else ""
            seen = "has it no more" if write.intent.get("change") == Kind.DELETE else "shows it"
            return f"Done: the provider was read again and {seen}{hidden}"
        case Outcome.ALREADY:
            return "It was so already; nothing was sent"
        case Outcome.IGNORED:
            return f"The provider answered {status or 'with success'} and changed nothing"
        case Outcome.ALTERED:
            paths = ", ".join(safe(short_path(edit.path)) for edit in differences_of(write))
            return f"Sent, but something else is there now{f': {paths}' if paths else ''}"
        case Outcome.PENDING:
            return "Accepted, and not done yet when it was looked at"
        case Outcome.REFUSED:
            return f"Refused: {refusal(status, text_of(outcome.get('scim_type')) or None)}"
        case Outcome.UNKNOWN:
            return f"Nobody knows: {said or 'no answer came'}. It may or may not have happened"
        case Outcome.SKIPPED:
            return f"Not done{f': {said}' if said else ''}"
    return safe(outcome_of(write))


def quoted_detail(write: Write) -> str:
    """Return the provider's own words, or ours where the sentence does not have them yet; "" where there are none."""
    said = text_of((write.outcome or _NOTHING).get("detail"))
    return "" if outcome_of(write) in {Outcome.SKIPPED.value, Outcome.UNKNOWN.value} else safe(said)


def read_back_words(write: Write, now: datetime) -> str:
    """Return when the provider was looked at afterwards."""
    outcome = write.outcome or _NOTHING
    when = moment_of(outcome.get("verified"))
    if when is None:
        return "the provider was not looked at afterwards"
    return f"{moment_words(when, now)}{', by a later look' if outcome.get('looked_up') else ''}"


def moment_of(value: Any) -> datetime | None:
    """Return a moment of the journal; None where it is none."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo else None


def facts(write: Write, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield who, when, why and to what, as labels and safe texts."""
    intent = write.intent
    operator, host = text_of(intent.get("operator")), text_of(intent.get("host"))
    yield "when", moment_words(write.time, now)
    yield "operator", safe(f"{operator or 'unknown'}{f' on {host}' if host else ''}")
    yield "reason", safe(text_of(intent.get("reason"))) or "none was given"
    yield "tenant", safe(write.tenant)
    yield "resource", f"{safe(text_of(intent.get('type')))} {safe(text_of(intent.get('key')))}".strip()
    identity = text_of(intent.get("id")) or text_of((write.outcome or _NOTHING).get("id"))
    yield "id", safe(identity) or "none was given yet"
    yield "read back", read_back_words(write, now)
    for name in ("batch", "undoes"):
        if told := text_of(intent.get(name)):
            yield name, safe(told)


def chain_words(write: Write) -> Iterator[tuple[str, str]]:
    """Yield where the write stands in the journal's chain of hashes."""
    yield "intent", f"{safe(write.id)} · {safe(write.hash)}"
    if write.ended is not None:
        yield "outcome", f"{safe(write.outcome_id)} · {safe(write.outcome_hash)} · {exactly(write.ended)}"


def edits_of(write: Write) -> list[Edit]:
    """Return what a write was to change; where only members came or went, each of them."""
    return _edits(write.intent.get("edits"))


def differences_of(write: Write) -> list[Edit]:
    """Return what was wanted (`before`) and what was there (`after`), where that was something else."""
    return _edits((write.outcome or _NOTHING).get("differences"))


def requests_of(write: Write) -> list[Mapping[str, Any]]:
    """Return the requests as the journal has them: method, path and masked body."""
    return [one for one in as_list(write.intent.get("requests")) if isinstance(one, Mapping)]


def verified_line(tenant: str, problems: list[str], count: int) -> str:
    """Return what the check of a journal's chain says."""
    if not problems:
        lines = f"all of its {count:,} lines are" if count != 1 else "its line is"
        return f"{safe(tenant)}: {lines} as written"
    more = f", and {len(problems) - 1:,} more" if len(problems) > 1 else ""
    return f"{safe(tenant)}: THE JOURNAL WAS CHANGED: {safe(problems[0])}{more}"


def interrupted_line(counts: Mapping[str, int]) -> str:
    """Return of how many writes to each tenant nobody knows the end, and which key shows them; "" where of none."""
    said = [
        f"{count_of(count, 'write')} to {safe(tenant)} {'was' if count == 1 else 'were'} interrupted"
        for tenant, count in counts.items()
        if count
    ]
    return f"{' · '.join(said)}: J shows {'it' if sum(counts.values()) == 1 else 'them'}" if said else ""


def text_of(value: Any) -> str:
    """Return a member of the journal as text, "" where it is none."""
    return value if isinstance(value, str) else ""


def _edits(value: Any) -> list[Edit]:
    found = [one for one in as_list(value) if isinstance(one, Mapping)]
    return [Edit(one["path"], one.get("before"), one.get("after")) for one in found if isinstance(one.get("path"), str)]
