"""What the tables of a list show: whom each line means, and afterwards what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scimtui.ops.people_list import DOABLE, Entry, MatchReport, Verdict
from scimtui.present.cells import safe
from scimtui.present.journal_words import ending
from scimtui.present.list_words import (
    MATCHES,
    RESULTS,
    VERDICTS,
    entry_words,
    is_left,
    left_delimiter,
    left_rows,
    match_records,
    problems,
    result_rows,
    shares_line,
    sum_line,
    unknown_lines,
    who_words,
)
from scimtui.tui.people_list.list_screen import Listed, ListFile
from scimtui.tui.table.virtual_table import Row, TableColumn

if TYPE_CHECKING:
    from scimtui.ops.list_results import Done
    from scimtui.tui.people_list.given_dialog import Given

COLUMNS = (
    TableColumn("verdict", 13),
    TableColumn("line", 7, "right"),
    TableColumn("as given"),
    TableColumn("who"),
    TableColumn("tenant"),
)
MOST_SHARES = 3
"""So many tenants' shares are told."""


def listed_match(report: MatchReport, given: Given, tenant: str) -> Listed:
    """Return whom a list means, as a table; `tenant` is the one whose table is open, where marks can be set."""
    rows = [_match_row(place, entry, report) for place, entry in enumerate(report.entries)]
    places = {id(entry): place for place, entry in enumerate(report.entries)}
    wrong = [places[id(entry)] for entry in problems(report)]
    count = len(report.of(*DOABLE))
    choices = {"d": "deactivate", "a": "activate", "o": "offboard"} if count else {}
    told = f"d deactivate {count:,} · a activate · o offboard" if count else "There is nobody to do anything with"
    if tenant and report.doable(tenant):
        choices["m"] = "mark"
        told += " · m mark in the table"
    keys = f"{told}\np problems only, or all · x write into a file · Esc close"
    file = ListFile("Write whom each line means", f"{_stem(given)}.match.csv", MATCHES, _match_rows(report))
    return Listed(
        title=_title(given, "whom it means"),
        sums=_sums(report, given),
        columns=COLUMNS,
        rows=rows,
        wrong=wrong,
        wrong_words=f"left out: nothing is done for {'it' if len(wrong) == 1 else 'them'}",
        keys=keys,
        choices=choices,
        files={"x": file},
    )


def _match_rows(report: MatchReport) -> list[list[object]]:
    return [list(record.values()) for record in match_records(report)]


def _match_row(place: int, entry: Entry, report: MatchReport) -> Row:
    told = VERDICTS[entry.verdict]
    is_done = entry.verdict is Verdict.ALREADY and report.active is False
    verdict = f"{told.mark} {'inactive' if is_done else told.words}"
    is_good = entry.verdict in DOABLE
    who = who_words(entry) if is_good else entry_words(entry, report) if entry.hits or entry.twin else ""
    return (
        str(place),
        "",
        verdict,
        str(entry.line.number),
        safe(entry.line.key),
        who,
        _where([hit.tenant for hit in entry.hits]),
    )


def _where(names: Sequence[str]) -> str:
    """Return the names of one or two tenants, of more how many."""
    unique = list(dict.fromkeys(map(safe, names)))
    return ", ".join(unique) if len(unique) < 3 else f"{len(unique)} tenants"


def _sums(report: MatchReport, given: Given) -> str:
    notes = [note for note in map(safe, given.table.notes) if "Windows" in note]
    unknown = [f"! {line}" for line in unknown_lines(report)]
    return "\n".join([sum_line(report), shares_line(report, MOST_SHARES), *unknown, *notes])


def listed_done(report: MatchReport, given: Given, each: Sequence[Sequence[Done]]) -> Listed:
    """Return what became of each line, as a table; `each` are the results of each entry."""
    rows = [
        _done_row(place, entry, results, report)
        for place, (entry, results) in enumerate(zip(report.entries, each, strict=True))
    ]
    wrong = [
        place
        for place, (entry, results) in enumerate(zip(report.entries, each, strict=True))
        if is_left(entry, results, report)
    ]
    outcomes = Counter(ending(one.outcome).words for results in each for one in results)
    sums = ", ".join(f"{number:,} {words}" for words, number in outcomes.items())
    stem, write_left = _stem(given), "f write the lines that are left · " if wrong else ""
    results_file = ListFile(
        "Write what became of each", f"{stem}.results.csv", RESULTS, list(result_rows(report, each))
    )
    left = list(left_rows([cells for _, cells in given.table.rows], report, each))
    header, delimiter = given.table.header or ("key",), left_delimiter(given.table)
    left_file = ListFile("Write the lines that are left", f"{stem}.failures.csv", header, left, delimiter)
    return Listed(
        title=_title(given, "what became of it"),
        sums=f"In the tenants: {sums or 'nothing was done'}",
        columns=COLUMNS,
        rows=rows,
        wrong=wrong,
        wrong_words="left: not done, or not everywhere",
        keys=f"x write the results · {write_left}p problems only\nEsc close",
        files={"x": results_file, **({"f": left_file} if wrong else {})},
    )


def _done_row(place: int, entry: Entry, results: Sequence[Done], report: MatchReport) -> Row:
    if not results:
        return _match_row(place, entry, report)
    worst = next((one for one in results if not one.is_good), results[0])
    end = ending(worst.outcome)
    mark = "=" if worst.outcome == "already" else end.mark
    who = who_words(entry) if worst.is_good else f"{who_words(entry)}: {safe(worst.detail) or end.words}"
    where = _where([one.tenant for one in results])
    return str(place), "", f"{mark} {end.words}", str(entry.line.number), safe(entry.line.key), who, where


def _title(given: Given, what: str) -> str:
    return f"{safe(Path(given.table.source).name)}: {what}"


def _stem(given: Given) -> str:
    """Return the name of a file beside the list, or one for a pasted list."""
    path = Path(given.table.source)
    return safe(str(path.with_suffix(""))) if path.suffix else "list"
