"""A list of people in words: whom each line means, what that is of a tenant, what became of it. All safe to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from scimtui.ops.people_list import DOABLE, Entry, Hit, MatchReport, Verdict
from scimtui.ops.person_keys import By
from scimtui.present.cells import safe
from scimtui.present.formats import Delimiter
from scimtui.present.journal_words import Ending, ending
from scimtui.present.wording import count_of

if TYPE_CHECKING:
    from scimtui.ops.list_results import Done
    from scimtui.ops.table_file import TableFile

MOST_NAMED = 3
"""So many of several candidates, or tenants, are named."""
VERDICTS = {
    Verdict.FOUND: Ending("✓", "found", "good"),
    Verdict.ALREADY: Ending("=", "already so", "note"),
    Verdict.PROTECTED: Ending("!", "protected", "changed"),
    Verdict.OWN: Ending("!", "own account", "changed"),
    Verdict.DUPLICATE: Ending("≡", "duplicate", "changed"),
    Verdict.AMBIGUOUS: Ending("?", "ambiguous", "changed"),
    Verdict.MISSING: Ending("✗", "not found", "bad"),
    Verdict.BLANK: Ending("✗", "blank", "bad"),
}
"""Mark, words and style of each verdict."""
_WORST = (
    Verdict.BLANK, Verdict.MISSING, Verdict.AMBIGUOUS, Verdict.DUPLICATE, Verdict.OWN, Verdict.PROTECTED,
    Verdict.FOUND, Verdict.ALREADY,
)  # fmt: skip
_ALREADY = {None: "already so", True: "already active", False: "already inactive"}
RESULTS = ("line", "key", "tenant", "id", "change", "outcome", "status", "detail", "verified_at")
MATCHES = ("line", "key", "verdict", "tenant", "id", "name", "by", "detail")


def sum_line(report: MatchReport) -> str:
    """Return what became of a list: `120 lines: 110 found, 4 already inactive, 3 not found, 3 ambiguous`."""
    counts = Counter(entry.verdict for entry in report.entries)
    parts = [f"{counts[one]:,} {verdict_words(one, report.active)}" for one in reversed(_WORST) if counts[one]]
    order = [part for part in parts if "already" not in part]
    order[1:1] = [part for part in parts if "already" in part]
    return f"{count_of(len(report.entries), 'line')}: {', '.join(order)}"


def verdict_words(verdict: Verdict, active: bool | None) -> str:  # noqa: FBT001, the value that is wanted
    """Return a verdict in words."""
    return _ALREADY[active] if verdict is Verdict.ALREADY else VERDICTS[verdict].words


def worst_first(report: MatchReport) -> list[Entry]:
    """Return the entries with those first that need a person, else in their order."""
    return sorted(report.entries, key=lambda entry: _WORST.index(entry.verdict))


def problems(report: MatchReport) -> list[Entry]:
    """Return the entries that cannot be carried out, the worst first."""
    return [entry for entry in worst_first(report) if entry.verdict not in DOABLE]


def entry_line(entry: Entry, report: MatchReport) -> str:
    """Return one line of a list, whom it means and why not: `✗ line 12  bob@x: not found`."""
    key = safe(entry.line.key) or "(nothing)"
    return f"{VERDICTS[entry.verdict].mark} {place_of(entry)}  {key}: {entry_words(entry, report)}"


def place_of(entry: Entry) -> str:
    """Return where a key stands."""
    return f"line {entry.line.number}" if entry.line.number else "argument"


def entry_words(entry: Entry, report: MatchReport) -> str:
    """Return what a line came to."""
    if entry.verdict is Verdict.DUPLICATE:
        return f"the same as {f'line {entry.twin}' if entry.twin else 'an argument'}{_of_whom(entry)}"
    if entry.verdict is Verdict.MISSING:
        return f"not found{f', but {doubt_line(report)}' if report.doubts else ''}"
    if entry.verdict is Verdict.BLANK:
        return "no key"
    if entry.verdict in DOABLE:
        return f"{verdict_words(entry.verdict, report.active)}: {who_words(entry)} in {tenants_words(entry)}"
    bad = [hit for hit in entry.hits if hit.verdict is entry.verdict]
    return "; ".join(f"{hit_words(hit)} in {safe(hit.tenant)}" for hit in bad)


def _of_whom(entry: Entry) -> str:
    return f": {who_words(entry)}" if entry.hits else ""


def hit_words(hit: Hit) -> str:
    """Return what one tenant has for a line."""
    if hit.verdict is Verdict.AMBIGUOUS and len(hit.candidates) == 1:  # and somebody else in another tenant
        (one,) = hit.candidates
        return f"{safe(one.name)} ({safe(one.id)}) by {one.by}"
    if hit.verdict is Verdict.AMBIGUOUS:
        named = ", ".join(f"{safe(one.name)} ({safe(one.id)}) by {one.by}" for one in hit.candidates[:MOST_NAMED])
        more = len(hit.candidates) - MOST_NAMED
        return f"{len(hit.candidates)} match: {named}{f' and {more:,} more' if more > 0 else ''}"
    name = safe(hit.candidates[0].name)
    if hit.verdict is Verdict.PROTECTED:
        return f"{name} is protected by {safe(hit.why)}"
    return f"{name}: {safe(hit.why)}" if hit.verdict is Verdict.OWN else name


def who_words(entry: Entry) -> str:
    """Return what the people are called whom a line means, and what it names them by where it is not the userName."""
    people = [one for hit in entry.hits for one in hit.candidates]
    names = list(dict.fromkeys(safe(one.called or one.name) for one in people))
    by = [one for one in dict.fromkeys(str(one.by) for one in people) if one != By.USER_NAME]
    told = f", by {', '.join(by)}" if by else ""
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}{told}"


def tenants_words(entry: Entry) -> str:
    """Return the tenants that have somebody for a line."""
    names = list(dict.fromkeys(safe(hit.tenant) for hit in entry.hits))
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"


def doubt_line(report: MatchReport) -> str:
    """Return why somebody who was not found may be there all the same, "" where that is certain."""
    return "; ".join(f"{safe(name)} is not certain: {safe(why)}" for name, why in report.doubts.items())


def share_lines(report: MatchReport) -> list[str]:
    """Return for each tenant how many of its people a list means: `acme: 12 of 300 people (4 %), 3 already inactive`."""
    found = []
    for tenant, size in report.sizes.items():
        verdicts = _verdicts(report, tenant)
        done = f", {verdicts[Verdict.ALREADY]:,} {_ALREADY[report.active]}" if verdicts[Verdict.ALREADY] else ""
        count = verdicts.total()
        words = f"{_share(count, size, ' people')}{done}" if count else "nobody of the list"
        found.append(f"{safe(tenant)}: {words}")
    return [*found, *unknown_lines(report)]


def shares_line(report: MatchReport, most: int) -> str:
    """Return the same of the first tenants on one line: `acme 12 of 300 (4 %) · beta 1 of 40 (2 %) · and 3 more`."""
    counts = {name: _verdicts(report, name).total() for name in report.sizes}
    found = [f"{safe(name)} {_share(count, report.sizes[name])}" for name, count in counts.items() if count]
    more = [f"and {count_of(len(found) - most, 'more tenant')}"] if len(found) > most else []
    return " · ".join([*found[:most], *more]) or "nobody of the list"


def unknown_lines(report: MatchReport) -> list[str]:
    """Return a line for each tenant that may have more of a list than was found."""
    return [f"{safe(name)}: who else is there is not known: {safe(why)}" for name, why in report.doubts.items()]


def _verdicts(report: MatchReport, tenant: str) -> Counter[Verdict]:
    return Counter(
        hit.verdict for entry in report.entries if entry.verdict in DOABLE for hit in entry.hits if hit.tenant == tenant
    )


def _share(count: int, size: int, noun: str = "") -> str:
    if size < max(count, 1):
        return f"{count:,}" if size else f"{count:,}, never synced"
    return f"{count:,} of {size:,}{noun} ({_percent(count, size)})"


def _percent(count: int, of: int) -> str:
    share = 100 * count / of
    return f"{share:.0f} %" if share >= 1 or not count else "less than 1 %"


# ---------------------------------------------------------------- files


def match_records(report: MatchReport) -> Iterator[dict[str, Any]]:
    """Yield a record for each line and each account that it means, one for a line that means none."""
    for entry in report.entries:
        about = (entry.line.number, entry.line.key)
        if not entry.hits:
            yield dict(zip(MATCHES, (*about, entry.verdict.value, "", "", "", "", _detail(entry)), strict=True))
        for hit in entry.hits:
            verdict = entry.verdict if entry.verdict is Verdict.DUPLICATE else hit.verdict
            for one in hit.candidates:
                account = (hit.tenant, one.id, one.name, one.by.value)
                yield dict(zip(MATCHES, (*about, verdict.value, *account, hit.why or _detail(entry)), strict=True))


def _detail(entry: Entry) -> str:
    return f"the same as line {entry.twin}" if entry.verdict is Verdict.DUPLICATE else ""


def result_rows(report: MatchReport, done: Sequence[Sequence[Done]]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a results file, in the order of the list; `done` holds what became of each entry."""
    for entry, results in zip(report.entries, done, strict=True):
        about = (entry.line.number or "", entry.line.key)
        for one in results:
            verified = one.verified.isoformat(timespec="seconds") if one.verified else ""
            told = (ending(one.outcome).words, "" if one.status is None else one.status, one.detail, verified)
            yield (*about, one.tenant, one.id, one.title, *told)
        unknown = report.unknown_in(entry)
        for tenant in unknown:
            yield (*about, tenant, "", "", "not known", "", report.doubts[tenant], "")
        if not results and not (unknown and entry.verdict is Verdict.MISSING):
            hits: Iterable[Hit | None] = entry.hits or (None,)
            for hit in hits:
                account = (hit.tenant, hit.candidates[0].id if len(hit.candidates) == 1 else "") if hit else ("", "")
                yield (*about, *account, "", VERDICTS[entry.verdict].words, "", entry_words(entry, report), "")


def left_delimiter(table: TableFile | None) -> Delimiter:
    """Return what stands between the cells of a file in the form of a list, as far as we write it."""
    known = [one for one in Delimiter if table is not None and one.value == table.delimiter]
    return known[0] if known else Delimiter.COMMA


def is_left(entry: Entry, results: Sequence[Done], report: MatchReport) -> bool:
    """Whether a line is not done in every tenant that may have somebody for it."""
    return not results or not all(one.is_good for one in results) or bool(report.unknown_in(entry))


def left_rows(
    cells: Sequence[tuple[str, ...]], report: MatchReport, done: Sequence[Sequence[Done]]
) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a list that are left, as they came; `done` holds what became of each entry."""
    for row, entry, results in zip(cells, report.entries, done, strict=True):
        if is_left(entry, results, report):
            yield row
