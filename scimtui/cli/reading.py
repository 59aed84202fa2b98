"""Lists and single resources, from the cache or live, in the format that was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from scimtui.cli.opening import filled, opened_one, resource_type_of, run
from scimtui.cli.output import emit, note, width
from scimtui.cli.progress import Progress
from scimtui.ops import live
from scimtui.ops.browse import fetch
from scimtui.ops.exporting import arranged, cached
from scimtui.ops.session import Session
from scimtui.present.cells import safe
from scimtui.present.columns import Column, column, default_columns, parse_columns, projection
from scimtui.present.details import sections
from scimtui.present.exported import exported_lines, paths_of
from scimtui.present.formats import Format, json_document, table_lines
from scimtui.present.wording import count_of
from scimtui.scim.filter import parse_filter
from scimtui.scim.match import compile_filter
from scimtui.scim.schema import ResourceType
from scimtui.scim.sent_filter import sent_filter


@dataclass(frozen=True, slots=True)
class Reading:
    """Which resources are wanted, and how."""

    filter: str | None = None
    columns: str | None = None
    """Paths with commas between them; None: what suits the type."""
    sort: str | None = None
    descending: bool = False
    limit: int | None = None
    sync: bool = False
    live: bool = False
    form: Format = Format.TABLE


def list_resources(name: str, type_name: str, wish: Reading) -> None:
    """Print the resources of a tenant that are wanted."""

    async def work() -> None:
        async with opened_one(name) as session:
            resource_type, resources = await selected(session, type_name, wish)
            columns = columns_of(wish, resource_type)
            emit(lines(arrange(resources, resource_type, wish), resource_type, columns, wish.form))

    run(work())


def show_resource(name: str, type_name: str, key: str, wish: Reading) -> None:
    """Print one resource."""

    async def work() -> None:
        async with opened_one(name) as session:
            resource_type = await filled(session, type_name, sync_now=wish.sync, say_age=not wish.live)
            found = await live.need(session, resource_type, key)
            if wish.live:
                found = await fetch(session, resource_type, found.id)
            if wish.form is Format.TABLE:
                emit(_detail_lines(found.raw, resource_type))
            elif wish.form is Format.JSON:
                emit([json_document(found.raw)])
            else:
                paths = paths_of([found.raw], resource_type)
                emit(lines([found.raw], resource_type, tuple(column(p, resource_type) for p in paths), wish.form))

    run(work())


async def selected(session: Session, type_name: str, wish: Reading) -> tuple[ResourceType, Iterable[dict[str, Any]]]:
    """Return the type and the resources that match the filter, in no order yet. Says on stderr how old they are.

    Raises:
        FilterError: nothing was asked for.
        UsageError, EndpointError, Refused, CacheError: see `opening.filled`.
    """
    if wish.filter is not None:
        parse_filter(wish.filter)
    if wish.live:
        resource_type = await resource_type_of(session, type_name)
        return resource_type, await _live(session, resource_type, wish)
    resource_type = await filled(session, type_name, sync_now=wish.sync)
    return resource_type, cached(session, resource_type, wish.filter)


def arrange(
    resources: Iterable[dict[str, Any]], resource_type: ResourceType, wish: Reading
) -> Iterable[dict[str, Any]]:
    """Return the resources sorted and cut off as wanted."""
    return arranged(resources, resource_type, sort=wish.sort, descending=wish.descending, limit=wish.limit)


def columns_of(wish: Reading, resource_type: ResourceType) -> tuple[Column, ...]:
    """Return the columns that were named, else those that suit the type."""
    if wish.columns is not None:
        return parse_columns(wish.columns, resource_type)
    chosen = default_columns(resource_type)
    return chosen if wish.form is Format.TABLE else (column("id", resource_type), *chosen)


def lines(
    resources: Iterable[Mapping[str, Any]], resource_type: ResourceType, columns: tuple[Column, ...], form: Format
) -> Iterator[str]:
    """Yield resources in a format: JSON exactly as the provider sent it, tables and CSV by columns."""
    if form is not Format.TABLE:
        yield from exported_lines(resources, resource_type, form, [column.path for column in columns])
    else:
        project = projection(columns, resource_type).project
        yield from table_lines([column.title for column in columns], (project(raw)[2:] for raw in resources), width())


async def _live(session: Session, resource_type: ResourceType, wish: Reading) -> list[dict[str, Any]]:
    """Return what the provider lists now. It evaluates the filter itself where it can."""
    filter_text = wish.filter
    matches = compile_filter(filter_text, resource_type) if filter_text else None
    sent: str | None = None
    if filter_text and session.provider.filter is not False:
        sent = sent_filter(parse_filter(filter_text), session.dialect, resource_type)
    enough = wish.limit if wish.sort is None and (sent or matches is None) else None
    found: list[dict[str, Any]] = []
    why: str | None = None
    with Progress(f"{session.tenant.name} {safe(resource_type.name)}") as line:
        async with aclosing(live.live_pages(session, resource_type, sent)) as pages:
            async for page in pages:
                found += page.resources
                line.show(page.fetched, page.claimed_total)
                why = None if page.complete else page.why
                if enough is not None and len(found) >= enough:
                    break
    if why:
        note(f"the list is incomplete: {safe(why)}")
    if matches is None:
        return found
    agreed = [raw for raw in found if matches(raw)]
    if sent is None:
        return agreed
    if len(agreed) < len(found):
        strange = count_of(len(found) - len(agreed), "resource")
        note(f"{session.tenant.name} sent {strange} that this filter does not match here; it may ignore filters")
    return found


def _detail_lines(raw: Mapping[str, Any], resource_type: ResourceType) -> Iterator[str]:
    for number, section in enumerate(sections(raw, resource_type)):
        if number:
            yield ""
        yield safe(section.title)
        labels = max((len(row.label) + 2 * row.indent for row in section.rows), default=0)
        for row in section.rows:
            label = "  " * row.indent + row.label
            note_text = f"  ({row.note})" if row.note else ""
            oddity = f"  ≈ {row.oddity}" if row.oddity else ""
            yield f"  {label:{labels}}  {row.value}{note_text}{oddity}".rstrip()
