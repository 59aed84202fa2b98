"""Evidence as JSON and as CSV: one object or row for each write, in shapes that stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scimtui import __version__
from scimtui.ops.evidence import outcomes
from scimtui.present.formats import csv_lines, json_document, json_line
from scimtui.present.journal_words import differences_of, edits_of, requests_of, text_of

if TYPE_CHECKING:
    from scimtui.ops.evidence import Chain, Evidence
    from scimtui.ops.history import Write
    from scimtui.scim.diff import Edit

_NOTHING: Mapping[str, Any] = {}
_COLUMNS = (
    "entry", "tenant", "time", "operator", "host", "reason", "title", "change", "type", "key", "id", "edits",
    "requests", "outcome", "status", "scim_type", "detail", "differences", "verified", "looked_up", "journal",
    "hash", "outcome_entry", "outcome_time", "outcome_hash",
)  # fmt: skip
UNKNOWN = "unknown"
"""The outcome of a write without one: a crash or a lost connection came between."""


def json_lines(evidence: Evidence) -> Iterator[str]:
    """Yield one JSON document."""
    head = {
        "made": utc(evidence.made),
        "by": evidence.maker,
        "program": f"scimtui {__version__}",
        "since": utc(evidence.since),
        "until": utc(evidence.until),
        "user": evidence.user or None,
        "journals": [
            {"tenant": one.tenant, "lines": one.lines, "verified": not one.problems, "problems": list(one.problems)}
            for one in evidence.chains
        ],
        "counts": _counted(evidence),
    }
    yield f"{json_document(head).removesuffix('}').rstrip()},"
    yield '  "writes": ['
    last = len(evidence.writes) - 1
    for place, write in enumerate(evidence.writes):
        yield f"    {json_line(record(write))}{',' if place < last else ''}"
    yield "  ]"
    yield "}"


def evidence_csv(evidence: Evidence) -> Iterator[str]:
    """Yield CSV; what a spreadsheet would run is defused."""
    states = {one.tenant: journal_words(one) for one in evidence.chains}
    return csv_lines(_COLUMNS, (_row(write, states) for write in evidence.writes))


def record(write: Write) -> dict[str, Any]:
    """Return one write as it stands in the JSON."""
    intent, outcome = write.intent, write.outcome or _NOTHING
    said = ("operator", "host", "reason", "title", "change", "type", "key")
    return {
        "entry": write.id,
        "tenant": write.tenant,
        "time": utc(write.time),
        **{name: text_of(intent.get(name)) for name in said},
        "id": text_of(intent.get("id")) or text_of(outcome.get("id")),
        "edits": [_edit(edit) for edit in edits_of(write)],
        "requests": [{name: one.get(name) for name in ("method", "path", "body")} for one in requests_of(write)],
        "outcome": text_of(outcome.get("outcome")) or UNKNOWN,
        "status": outcome.get("status"),
        "scim_type": outcome.get("scim_type"),
        "detail": text_of(outcome.get("detail")),
        "differences": [_edit(edit) for edit in differences_of(write)],
        "verified": outcome.get("verified"),
        "looked_up": outcome.get("looked_up"),
        "hash": write.hash,
        "outcome_entry": write.outcome_id or None,
        "outcome_time": utc(write.ended),
        "outcome_hash": write.outcome_hash or None,
    }


def journal_words(chain: Chain) -> str:
    """Return in a few words whether a journal proves itself."""
    return "verified" if not chain.problems else f"NOT VERIFIED: {chain.problems[0]}"


def utc(when: datetime | None) -> str | None:
    """Return a moment as ISO 8601 in UTC."""
    return when.astimezone(UTC).isoformat(timespec="seconds") if when is not None else None


def _counted(evidence: Evidence) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word, count in outcomes(evidence).items():
        counts[word or UNKNOWN] = counts.get(word or UNKNOWN, 0) + count
    return counts


def _edit(edit: Edit) -> dict[str, Any]:
    return {"path": edit.path, "before": edit.before, "after": edit.after}


def _row(write: Write, states: Mapping[str, str]) -> list[Any]:
    values = record(write)
    values["requests"] = "\n".join(f"{one['method']} {one['path']}" for one in values["requests"])
    for name in ("edits", "differences"):
        values[name] = "\n".join(
            f"{one['path']}: {json_line(one['before'])} → {json_line(one['after'])}" for one in values[name]
        )
    values["journal"] = states.get(write.tenant, "")
    return [values[name] for name in _COLUMNS]
