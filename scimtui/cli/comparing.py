"""Compares two sides and prints what differs, or writes a report of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scimtui.cli.opening import opened, run, settings
from scimtui.cli.output import emit, note, width
from scimtui.cli.sides import Named, Opened, named, opened_side, type_of
from scimtui.config import CompareRules
from scimtui.errors import UsageError
from scimtui.ops.compare import SidesCompared, compare_sides
from scimtui.ops.drift import compared_copies, turned
from scimtui.ops.exporting import write_export
from scimtui.ops.reports import rows_of_only
from scimtui.ops.whoami import whoami
from scimtui.present.cells import safe
from scimtui.present.comparison import KINDS, SAME, counts, pair_rows, unknown_lines, unproven
from scimtui.present.comparison_report import (
    ENDINGS,
    UNKNOWN,
    Reported,
    csv_of,
    document,
    kind_words,
    projections,
    report_lines,
    saved_line,
    sign_of,
)
from scimtui.present.formats import Format, json_document, json_line, table_lines

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

_HEADER = ("", "key", "attribute")

Options = tuple[str | None, tuple[str, ...], tuple[str, ...]]
"""`--key`, `--ignore` and `--only`."""


def compare(
    left: str, right: str, type_name: str, options: Options, *, sync_now: bool, form: Format, output: Path | None = None
) -> int:
    """Print the comparison, or write it into a file, and return the exit status: 1 where anything differs."""
    need_format(output)
    sides = named(left), named(right)
    if left == right or (sides[0].is_live and sides[1].is_live and sides[0].tenant == sides[1].tenant):
        raise UsageError(f"{left} is compared with itself", "name two tenants, or one and a copy: acme@friday acme")
    if not any(one.tenant for one in sides):
        raise UsageError("two files are compared", "one side must be a tenant, whose schema says what the columns mean")
    rules = _rules(sides, options)

    async def work() -> Reported:
        async with opened([one.tenant for one in sides if one.tenant]) as sessions:
            by_name = {session.tenant.name: session for session in sessions}
            of_sides = [by_name.get(one.tenant, sessions[0]) for one in sides]
            types = {
                one.tenant: await type_of(one, session, type_name, sync_now=sync_now)
                for one, session in zip(sides, of_sides, strict=True)
                if one.tenant
            }
            described = [types.get(one.tenant) or next(iter(types.values())) for one in sides]
            return await asyncio.to_thread(_compared, sides, of_sides, described, rules)

    return told(run(work()), form, output)


def _compared(
    sides: Sequence[Named], sessions: Sequence[Session], types: Sequence[ResourceType], rules: CompareRules
) -> Reported:
    """Compare. Two moments of one tenant are compared by ids, as what changed between them."""
    left, right = (opened_side(*one) for one in zip(sides, sessions, types, strict=True))
    if sides[0].tenant and sides[0].tenant == sides[1].tenant:
        return of_copies(sessions[0], types[0], left, right, rules)
    found = compare_sides(left.side, right.side, types[0].name, rules)
    return reported(left, right, found, rules)


def of_copies(
    session: Session, resource_type: ResourceType, left: Opened, right: Opened, rules: CompareRules
) -> Reported:
    """Compare a copy of a tenant with a younger one, or with what is cached now; the right side may be the earlier one."""
    is_turned = left.copy is None or (right.copy is not None and left.copy.taken_at > right.copy.taken_at)
    older, newer = (right, left) if is_turned else (left, right)
    assert older.copy is not None
    found = compared_copies(session, resource_type, older.copy, newer.copy, rules)
    return reported(left, right, turned(found) if is_turned else found, rules, is_history=not is_turned)


def reported(
    left: Opened, right: Opened, found: SidesCompared, rules: CompareRules, *, is_history: bool = False
) -> Reported:
    """Return what a report needs. Blocks for the disk."""
    rows = rows_of_only((left.side, right.side), found, projections(found))
    names = left.name, right.name
    return Reported(names, found.types[0].name, found, rules, rows, whoami(), is_history=is_history)


def _rules(sides: Sequence[Named], options: Options) -> CompareRules:
    """Return the rules of the config, with what was given as options in place of theirs."""
    key, ignore, only = options
    left, right = (one.tenant or one.text for one in sides)
    rules = settings()[0].compare_rules(left, right) or CompareRules()
    given: dict[str, Any] = {"ignore": (*rules.ignore, *ignore)}
    given |= {name: value for name, value in (("key", key), ("only", only)) if value}
    return replace(rules, **given)


def need_format(output: Path | None) -> None:
    """Refuse a file whose ending names no format before anything is asked.

    Raises:
        UsageError: it names none.
    """
    if output is not None and output.suffix.casefold() not in ENDINGS:
        raise UsageError(f"the ending of {output.name} names no format", "use .html, .csv or .json")


def told(report: Reported, form: Format, output: Path | None) -> int:
    """Print a comparison, or write it into a file; return the exit status: 1 where anything differs."""
    if output is not None:
        write_export(output, report_lines(report, output))
    else:
        emit(_lines(report, form))
    comparison, doubts = report.found.comparison, unproven(report.found, *report.names)
    for line in unknown_lines(comparison, *report.names):
        note(line)
    for kind, why in doubts.items():
        note(f"{_words(report)[kind]}: {why}")
    number = counts(comparison)
    words = {kind: f"{UNKNOWN} ({word})" if kind in doubts else word for kind, word in _words(report).items()}
    note(", ".join(f"{count:,} {words[kind]}" for kind, count in number.items()))
    if output is not None:
        note(saved_line(report, output))
    return 1 if any(count for kind, count in number.items() if kind != SAME) else 0


def _lines(report: Reported, form: Format) -> Iterator[str]:
    if form is Format.JSON:
        yield json_document(document(report))
    elif form is Format.JSONL:
        yield json_line(document(report))
    elif form is Format.CSV:
        yield from csv_of(report)
    else:
        signed = _signed(report)
        found = pair_rows(report.found.comparison)
        rows = [(signed[row.kind], row.key, row.path, row.left, row.right) for row in found]
        if rows:
            yield from table_lines((*_HEADER, *map(safe, report.names)), rows, width())


def _signed(report: Reported) -> dict[str, str]:
    """Return what stands at the beginning of a row of each kind."""
    doubts, words = unproven(report.found, *report.names), _words(report)
    return {kind: f"? {UNKNOWN}" if kind in doubts else f"{sign_of(report, kind)} {words[kind]}" for kind in KINDS}


def _words(report: Reported) -> dict[str, str]:
    return kind_words(report) if report.is_history else {kind: kind for kind in (*KINDS, SAME)}
