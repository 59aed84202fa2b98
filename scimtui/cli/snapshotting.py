"""Lists the earlier copies of a tenant, and says what changed since one."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from scimtui.cli.comparing import need_format, of_copies, told
from scimtui.cli.moments import moment_of
from scimtui.cli.opening import filled, opened_one, resource_type_of, run
from scimtui.cli.output import emit, emit_records, note, width
from scimtui.cli.sides import Opened, copy_before
from scimtui.config import CompareRules
from scimtui.ops.drift import Step, drift
from scimtui.ops.session import Session
from scimtui.ops.sides import snapshot_side, tenant_side
from scimtui.ops.snapshots import Snapshot
from scimtui.present.cells import safe
from scimtui.present.comparison_report import Reported
from scimtui.present.formats import Format, table_lines
from scimtui.present.snapshot_words import HEADER, LEGEND, chart_lines, copy_name, step_cells, step_record

_USUAL_WIDTH = 100


def list_snapshots(name: str, type_name: str | None, *, chart: bool, form: Format) -> None:
    """Print the copies of a tenant, each with what changed since the one before it."""

    async def work() -> list[tuple[str, list[Step]]]:
        async with opened_one(name) as session:
            types = [await resource_type_of(session, type_name)] if type_name else session.provider.resource_types
            return await asyncio.to_thread(lambda: [(one.name, list(drift(session, one))) for one in types])

    found = [(one, steps) for one, steps in run(work()) if steps]
    if not found:
        note(f"There is no earlier copy of {name} yet: each complete sync keeps one. scimtui sync {name}")
    if chart and form is Format.TABLE:
        emit(_charts(name, found))
        return
    records = [step_record(name, one, step) for one, steps in found for step in steps]
    rows = [step_cells(one, step) for one, steps in found for step in steps]
    emit_records(records, form, lambda: table_lines(HEADER, rows, width()) if rows else ())


def _charts(name: str, found: Sequence[tuple[str, list[Step]]]) -> Iterable[str]:
    columns = shutil.get_terminal_size((_USUAL_WIDTH, 24)).columns
    for place, (type_name, steps) in enumerate(found):
        if place:
            yield ""
        yield f"{name} {safe(type_name)}: from one copy to the next  {LEGEND}"
        yield from chart_lines(steps, columns)


def diff_snapshots(
    name: str,
    type_name: str,
    period: tuple[str | None, str | None],
    paths: tuple[tuple[str, ...], tuple[str, ...]],
    *,
    sync_now: bool,
    form: Format,
    output: Path | None,
) -> int:
    """Print what changed between two copies, or since one, and return the exit status: 1 where anything did."""
    need_format(output)
    since, until = period
    now = datetime.now(UTC)
    begin = moment_of(since, now) if since else None
    end = moment_of(until, now, is_end=True) if until else None
    rules = CompareRules(ignore=paths[0], only=paths[1])

    async def work() -> Reported:
        async with opened_one(name) as session:
            if end is None:
                await filled(session, type_name, sync_now=sync_now)
            resource_type = await resource_type_of(session, type_name)

            def compared() -> Reported:
                older = _at(session, copy_before(session, resource_type, begin or _LONG_AGO, or_oldest=True))
                newer = Opened(tenant_side(session), name)
                if end is not None:
                    newer = _at(session, copy_before(session, resource_type, end))
                return of_copies(session, resource_type, older, newer, rules)

            return await asyncio.to_thread(compared)

    return told(run(work()), form, output)


_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)


def _at(session: Session, copy: Snapshot) -> Opened:
    return Opened(snapshot_side(session, copy.taken_at), copy_name(session.tenant.name, copy.taken_at), copy)
