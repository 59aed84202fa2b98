"""People by tenants, and how many of them stand alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from scimtui.cli import failures
from scimtui.cli.opening import filled, opened, run, settings, tenant_names
from scimtui.cli.output import emit, note, width
from scimtui.errors import EndpointError, Refused, UsageError
from scimtui.ops.exporting import obstacle, write_export
from scimtui.ops.presence import PEOPLE, Presence, presence, sources
from scimtui.ops.sides import Side, tenant_side
from scimtui.ops.whoami import whoami
from scimtui.present.cells import safe
from scimtui.present.formats import Format, csv_lines, json_array, json_line, table_lines
from scimtui.present.people_reports import ENDINGS, presence_lines
from scimtui.present.presence_words import (
    LEGEND,
    mark,
    matching,
    pattern_marks,
    pattern_words,
    record,
    tenant_lines,
)
from scimtui.present.wording import count_of

SHOWN = 50
"""So many patterns a table has."""


def show_presence(text: str, pattern: int | None, *, sync_now: bool, form: Format, output: Path | None = None) -> int:
    """Print the patterns, or the people who are wanted, and return the exit status: 1 where a tenant could not be read."""
    need_report(output)
    found, statuses = run(_read(sync_now=sync_now))
    if pattern is not None and pattern > len(found.patterns):
        raise UsageError(
            f"there is no pattern {pattern}", f"there are {len(found.patterns)}: scimtui presence lists them"
        )
    people = matching(found, text, None if pattern is None else pattern - 1)
    if output is not None:
        write_export(output, presence_lines(found, people, output, whoami()))
        note(f"{count_of(len(people), 'person', 'people')} in {output}")
    elif form is not Format.TABLE:
        emit(_for_programs(found, people, form))
    elif text or pattern is not None:
        emit(_people_table(found, people))
    else:
        emit(_pattern_table(found))
    for line in tenant_lines(found):
        note(f"? {line}")
    if form is Format.TABLE and output is None:
        note(LEGEND)
    alike = f" in {count_of(len(found.patterns), 'pattern')}"
    note(f"{count_of(len(people), 'person', 'people')}{alike if len(people) == len(found) else ''}")
    if not statuses:
        return 0
    return max(statuses) if len(statuses) == len(found.tenants) else 1


def need_report(output: Path | None) -> None:
    """Refuse a file that cannot be written, or whose ending names no format, before anything is asked.

    Raises:
        UsageError: it is one.
    """
    if output is not None and output.suffix.casefold() not in ENDINGS:
        raise UsageError(f"the ending of {output.name} names no format", "use .html, .csv or .json")
    if output is not None and (why := obstacle(output)):
        raise UsageError(f"{output} cannot be written: {why}")


async def _read(*, sync_now: bool) -> tuple[Presence, list[int]]:
    config = settings()[0]
    names, statuses = tenant_names(), []
    async with opened(names) as sessions:
        sides: list[Side | str] = []
        for session in sessions:
            try:
                await filled(session, PEOPLE, sync_now=sync_now)
                sides.append(tenant_side(session))
            except (EndpointError, Refused, UsageError) as error:
                statuses.append(failures.tell(error))
                is_known = session.cache.resources(PEOPLE).state is not None
                sides.append(tenant_side(session) if is_known else session.tenant.name)
        return presence(sides, config.compare_rules, sources(config.tenants)), statuses


def _for_programs(found: Presence, people: Sequence[int], form: Format) -> Iterator[str]:
    records = (record(found, person) for person in people)
    if form is Format.CSV:
        names = [one.name for one in found.tenants]
        rows = ([found.keys[one], *(standing.word for standing in found.standings(one))] for one in people)
        yield from csv_lines(["key", *names], rows)
    elif form is Format.JSON:
        yield from json_array(records)
    else:
        yield from map(json_line, records)


def _pattern_table(found: Presence) -> Iterator[str]:
    patterns = list(islice(found.patterns, SHOWN))
    rows = [
        (f"{number}", f"{one.count:,}", pattern_marks(one), pattern_words(one, found.tenants))
        for number, one in enumerate(patterns, 1)
    ]
    if rows:
        yield from table_lines(("pattern", "people", "tenants", ""), rows, width())
    if more := len(found.patterns) - len(patterns):
        note(f"… and {count_of(more, 'rarer pattern')}; --format csv has everybody")


def _people_table(found: Presence, people: Sequence[int]) -> Iterator[str]:
    names = [safe(one.name) for one in found.tenants]
    rows = (
        (safe(found.keys[one]), safe(found.names[one]), *(mark(it, in_words=True) for it in found.standings(one)))
        for one in people
    )
    yield from table_lines(("key", "name", *names), rows, width()) if people else ()
