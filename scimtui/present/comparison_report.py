"""A comparison as a report: JSON of the stable shape, CSV, and one page for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from scimtui.config import CompareRules
from scimtui.errors import UsageError
from scimtui.present.cells import json_text
from scimtui.present.changes import short_path
from scimtui.present.columns import Column, default_columns, projection
from scimtui.present.comparison import (
    ABSENT,
    AMBIGUOUS,
    DIFFERS,
    MARKS,
    ONLY_LEFT,
    ONLY_RIGHT,
    SAME,
    attribute_counts,
    counts,
    unknown_lines,
    unproven,
)
from scimtui.present.formats import csv_lines, json_document
from scimtui.present.report_page import (
    Cell,
    Column as PageColumn,
    Faint,
    Page,
    Section,
    Tally,
    made_fact,
    page_lines,
    utc,
)
from scimtui.present.wording import count_of
from scimtui.scim.absence import Absence

if TYPE_CHECKING:
    from scimtui.ops.compare import SidesCompared
    from scimtui.scim.compare import Difference, Entry
    from scimtui.store.columns import Projection
    from scimtui.store.sync_state import SyncState

ENDINGS = (".html", ".csv", ".json")
UNKNOWN = "unknown"
CSV_COLUMNS = ("kind", "key", "left_id", "right_id", "path", "left", "right", "left_absence", "right_absence", "why")
_LOOKS = {DIFFERS: "changed", ONLY_LEFT: "left", ONLY_RIGHT: "right", AMBIGUOUS: "bad", SAME: "good"}
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report is about."""

    names: tuple[str, str]
    """Of both sides, as JSON has them; they may be names of files: not safe."""
    type_name: str
    found: SidesCompared
    rules: CompareRules = field(default_factory=CompareRules)
    rows: tuple[Mapping[str, Row], Mapping[str, Row]] = ({}, {})
    """Who is only on the left, and only on the right, by id, as `projections` makes rows; who is not there has id alone."""
    maker: str = ""
    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    is_history: bool = False
    """Whether both sides are one tenant at two moments, the earlier one on the left."""


def projections(found: SidesCompared) -> tuple[Projection, Projection]:
    """Return how those who are only on one side become the rows of the page."""
    left, right = (projection(default_columns(one), one) for one in found.types)
    return left, right


def report_lines(report: Reported, path: PurePath) -> Iterator[str]:
    """Return the lines of a file in the format that its ending names.

    Raises:
        UsageError: the ending names no format.
    """
    match path.suffix.casefold():
        case ".html":
            return page_lines(page_of(report))
        case ".csv":
            return csv_of(report)
        case ".json":
            return iter([json_document(document(report))])
    raise UsageError(f"the ending of {path.name} names no format", "use .html, .csv or .json")


# ---------------------------------------------------------------- JSON


def document(report: Reported) -> dict[str, Any]:
    """Return the comparison as JSON of the stable shape."""
    found, comparison = report.found, report.found.comparison
    not_returned = [
        {"path": one.path, "side": "left" if one.left else "right", "count": one.count} for one in comparison.unknown
    ]
    doubts = {kind.replace(" ", "_"): why for kind, why in unproven(found, *report.names).items()}
    return {
        "left": report.names[0],
        "right": report.names[1],
        "type": report.type_name,
        "key": comparison.key,
        "complete": {"left": _is_complete(found.left_state), "right": _is_complete(found.right_state)},
        "only_left": [{"key": one.key, "id": one.id} for one in comparison.only_left],
        "only_right": [{"key": one.key, "id": one.id} for one in comparison.only_right],
        "different": [
            {
                "key": one.key,
                "left_id": one.left_id,
                "right_id": one.right_id,
                "changes": [_change(each) for each in one.changes],
            }
            for one in comparison.different
        ],
        "same": comparison.same,
        "ambiguous": [
            {"key": one.key, "left_ids": list(one.left_ids), "right_ids": list(one.right_ids)}
            for one in comparison.ambiguous
        ],
        **({"not_returned": not_returned} if not_returned else {}),
        **({"unproven": doubts} if doubts else {}),
    }


def _change(change: Difference) -> dict[str, Any]:
    """Return one difference; why there is no value is said only where it is not that none is set."""
    sides = (("left_absence", change.left_absence), ("right_absence", change.right_absence))
    missing = {name: why for name, why in sides if why not in {None, Absence.EMPTY}}
    return {"path": change.path, "left": change.left, "right": change.right, **missing}


def _is_complete(state: SyncState | None) -> bool:
    return state is not None and state.complete


# ---------------------------------------------------------------- CSV


def csv_of(report: Reported) -> Iterator[str]:
    """Yield a line for each difference: kind, key, ids, path, both values; what a spreadsheet would run is defused."""
    comparison, doubts = report.found.comparison, unproven(report.found, *report.names)
    rows: list[tuple[Any, ...]] = [
        (DIFFERS, one.key, one.left_id, one.right_id, each.path, *_values(each), "")
        for one in comparison.different
        for each in one.changes
    ]
    blank = ("", None, None, None, None)
    for kind, entries in ((ONLY_LEFT, comparison.only_left), (ONLY_RIGHT, comparison.only_right)):
        why = doubts.get(kind, "")
        ids = [(one.id, "") if kind == ONLY_LEFT else ("", one.id) for one in entries]
        rows += [
            (UNKNOWN if why else kind, one.key, *pair, *blank, why) for one, pair in zip(entries, ids, strict=True)
        ]
    rows += [(AMBIGUOUS, one.key, list(one.left_ids), list(one.right_ids), *blank, "") for one in comparison.ambiguous]
    yield from csv_lines(CSV_COLUMNS, rows)


def _values(change: Difference) -> tuple[Any, ...]:
    return change.left, change.right, change.left_absence, change.right_absence


# ---------------------------------------------------------------- the page


def page_of(report: Reported) -> Page:
    """Return the page for people."""
    left, right = report.names
    comparison, doubts = report.found.comparison, unproven(report.found, *report.names)
    kinds = kind_words(report)
    numbers = counts(comparison)
    tallies = [
        Tally(
            number,
            f"{kinds[kind]}{f', {UNKNOWN}' if kind in doubts else ''}",
            "note" if kind in doubts else look_of(report, kind),
        )
        for kind, number in numbers.items()
        if number or kind in (DIFFERS, SAME)
    ]
    warnings = [f"{kinds[kind]}: {why}. Who seems to be missing there may be there." for kind, why in doubts.items()]
    return Page(
        title=f"{report.type_name}s: {left} {'→' if report.is_history else '⇄'} {right}",
        subtitle="What changed, attribute by attribute" if report.is_history else "Two sides, attribute by attribute",
        facts=_facts(report),
        tallies=tallies,
        sections=_sections(report, kinds, doubts),
        warnings=[*warnings, *(f"{line}." for line in unknown_lines(comparison, left, right))],
    )


def kind_words(report: Reported) -> dict[str, str]:
    """Return what each kind is called, as it is: of one tenant at two moments people are new, changed or gone."""
    left, right = report.names
    if report.is_history:
        return {DIFFERS: "changed", ONLY_LEFT: "gone", ONLY_RIGHT: "new", AMBIGUOUS: AMBIGUOUS, SAME: "unchanged"}
    only = {ONLY_LEFT: f"only in {left}", ONLY_RIGHT: f"only in {right}"}
    return {DIFFERS: "differ", **only, AMBIGUOUS: AMBIGUOUS, SAME: SAME}


def sign_of(report: Reported, kind: str) -> str:
    """Return the sign of a kind."""
    return {ONLY_LEFT: "−", ONLY_RIGHT: "+"}.get(kind, MARKS[kind]) if report.is_history else MARKS[kind]


def look_of(report: Reported, kind: str) -> str:
    """Return the colour of a kind."""
    return (
        {ONLY_LEFT: "bad", ONLY_RIGHT: "good", SAME: ""}.get(kind, _LOOKS[kind]) if report.is_history else _LOOKS[kind]
    )


def _facts(report: Reported) -> list[tuple[str, str]]:
    states = (report.found.left_state, report.found.right_state)
    rules, key = report.rules, report.found.comparison.key
    said = {
        "compared by": "id" if report.is_history else key,
        "ignored": ", ".join(rules.ignore),
        "only": ", ".join(rules.only),
        "mapped": ", ".join(f"{mine} = {theirs}" for mine, theirs in rules.map.items()),
        "folded": ", ".join(rules.fold),
        "who": rules.filter,
    }
    return [
        *((name, _state_words(state)) for name, state in zip(report.names, states, strict=True)),
        *((label, text) for label, text in said.items() if text),
        made_fact(report.maker, report.made),
    ]


def _state_words(state: SyncState | None) -> str:
    if state is None:
        return "never synced"
    whole = "complete" if state.complete else f"INCOMPLETE: {state.why or 'no reason known'}"
    return f"{whole}, as of {utc(state.synced_at)}"


def _sections(report: Reported, kinds: Mapping[str, str], doubts: Mapping[str, str]) -> list[Section]:
    comparison, names = report.found.comparison, report.names
    sides = tuple(PageColumn(name, look) for name, look in zip(names, ("left", "right"), strict=True))
    sections = []
    if len(numbers := attribute_counts(comparison)) > 1:
        rows: list[Sequence[Cell]] = [(name, f"{number:,}") for name, number in numbers.items()]
        sections.append(Section("Attributes that differ", (PageColumn("attribute"), PageColumn("in how many")), rows))
    if comparison.different:
        changed: list[Sequence[Cell]] = [
            (
                one.key,
                short_path(each.path),
                _value(each.left, each.left_absence),
                _value(each.right, each.right_absence),
            )
            for one in comparison.different
            for each in one.changes
        ]
        columns = (PageColumn(comparison.key), PageColumn("attribute"), *sides)
        sections.append(Section(f"{MARKS[DIFFERS]} {kinds[DIFFERS]}", columns, changed, _LOOKS[DIFFERS]))
    for place, (kind, entries) in enumerate(((ONLY_RIGHT, comparison.only_right), (ONLY_LEFT, comparison.only_left))):
        if entries:
            sections.append(_only(report, kind, 1 - place, entries, kinds[kind], doubts.get(kind, "")))
    if comparison.ambiguous:
        several: list[Sequence[Cell]] = [
            (one.key, ", ".join(one.left_ids), ", ".join(one.right_ids)) for one in comparison.ambiguous
        ]
        title = f"{MARKS[AMBIGUOUS]} {kinds[AMBIGUOUS]}"
        note = f"More than one has this {comparison.key}, so nobody says who is who."
        sections.append(Section(title, (PageColumn(comparison.key), *sides), several, _LOOKS[AMBIGUOUS], note))
    return sections


def _only(report: Reported, kind: str, place: int, entries: Sequence[Entry], words: str, doubt: str) -> Section:
    resource_type, rows = report.found.types[place], report.rows[place]
    columns: Sequence[Column] = default_columns(resource_type) if rows else ()
    blank = ("", "", *([""] * len(columns)))
    made: list[Sequence[Cell]] = [(one.key, *rows.get(one.id, blank)[2:], one.id) for one in entries]
    titles = (PageColumn(report.found.comparison.key), *(PageColumn(one.title) for one in columns), PageColumn("id"))
    note = f"{doubt}: who seems to be missing there may be there" if doubt else ""
    return Section(
        f"{'?' if doubt else sign_of(report, kind)} {words}",
        titles,
        made,
        "note" if doubt else look_of(report, kind),
        note,
    )


def _value(value: Any, missing: Absence | None) -> Cell:
    """Return a value whole: text as it is, anything else as JSON."""
    if value is None:
        return Faint(ABSENT.get(missing, "–"))
    return value if isinstance(value, str) else json_text(value)


def saved_line(report: Reported, path: PurePath) -> str:
    """Return the sentence that says what is in the file."""
    numbers = counts(report.found.comparison)
    some = sum(number for kind, number in numbers.items() if kind != SAME)
    return f"{count_of(some, 'difference')} in {path}"
