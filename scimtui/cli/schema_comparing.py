"""Compares what two tenants say of themselves: schemas, features, and what was learned of how they are spoken to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scimtui.cli.opening import opened, run
from scimtui.cli.output import emit, note, width
from scimtui.errors import UsageError
from scimtui.ops.discover import discover
from scimtui.ops.session import Session
from scimtui.present.cells import safe
from scimtui.present.formats import Format, csv_lines, json_document, json_line, table_lines
from scimtui.present.schema_words import HEADER, MEANS, counts_line, ordered, schema_document, schema_rows
from scimtui.scim.schema_diff import SchemaDifference, schema_differences

_COLUMNS = ("area", "place", "what", "left", "right", "bearing", "means")


def compare_schemas(left: str, right: str, *, ask_again: bool, form: Format, output: Path | None = None) -> int:
    """Print what differs and return the exit status: 1 where anything does. `ask_again`: not as it is known, but anew."""
    if left == right:
        raise UsageError(f"{left} is compared with itself", "name two tenants")
    if output is not None:
        raise UsageError("--schema writes no report", "print it into a file: --format json > FILE")

    async def work() -> tuple[list[SchemaDifference], list[str]]:
        async with opened((left, right)) as sessions:
            for session in sessions:
                if ask_again or not session.provider.documents:
                    await discover(session)
            one, other = sessions
            found = schema_differences(one.provider, other.provider, (one.dialect, other.dialect))
            return found, [line for session in sessions for line in _notes(session)]

    found, notes = run(work())
    emit(_lines(found, left, right, form))
    for line in notes:
        note(line)
    note(counts_line(found))
    return 1 if found else 0


def _notes(session: Session) -> Iterator[str]:
    """Yield what a tenant does not say of itself, and what stands in for it."""
    return (safe(f"{session.tenant.name}: {told}") for told in session.provider.notes)


def _lines(found: list[SchemaDifference], left: str, right: str, form: Format) -> Iterator[str]:
    document: dict[str, Any] = schema_document(found, left, right)
    if form is Format.JSON:
        yield json_document(document)
    elif form is Format.JSONL:
        yield from (json_line(one) for one in document["differences"])
    elif form is Format.CSV:
        yield from csv_lines(_COLUMNS, ([one[name] for name in _COLUMNS] for one in document["differences"]))
    elif found:
        yield from table_lines(
            (*HEADER, safe(left), safe(right), MEANS), schema_rows(ordered(found), left, right), width()
        )
