"""Syncs tenants one after the other; one that fails does not stop the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from scimtui.cli import failures
from scimtui.cli.opening import opened, run, synced, tenant_names
from scimtui.cli.output import emit, emit_records
from scimtui.errors import ScimtuiError, UsageError
from scimtui.ops.discover import discover
from scimtui.ops.session import Session
from scimtui.ops.sync import SyncReport
from scimtui.present.cells import safe
from scimtui.present.formats import Format
from scimtui.present.wording import sync_line
from scimtui.scim.schema import ResourceType


def sync_tenants(
    names: Sequence[str], types: Sequence[str], *, full: bool, accept_drop: bool = False, form: Format
) -> int:
    """Sync, print a report for each type, and return the exit status.

    0: all of it is complete. 1: some of it is not. Otherwise that of the error that stopped every tenant.
    """
    reports, statuses = run(_sync_all(names or tenant_names(), types, full=full, accept_drop=accept_drop, form=form))
    if form is not Format.TABLE:
        emit_records([asdict(report) for report in reports], form)
    if statuses:
        return statuses[0] if not reports and len(set(statuses)) == 1 else 1
    return 0 if all(report.complete for report in reports) else 1


async def _sync_all(
    names: Sequence[str], types: Sequence[str], *, full: bool, accept_drop: bool, form: Format
) -> tuple[list[SyncReport], list[int]]:
    reports: list[SyncReport] = []
    statuses: list[int] = []
    async with opened(names) as sessions:
        for session in sessions:
            try:
                wanted = await _types(session, types, full=full)
            except ScimtuiError as error:
                statuses.append(failures.tell(error))
                continue
            for resource_type in wanted:
                try:
                    report = await synced(session, resource_type, full=full, accept_drop=accept_drop)
                except ScimtuiError as error:
                    statuses.append(failures.tell(error))
                    continue
                reports.append(report)
                if form is Format.TABLE:
                    emit([sync_line(report)])
    return reports, statuses


async def _types(session: Session, names: Sequence[str], *, full: bool) -> list[ResourceType]:
    if full or not session.provider.documents:
        await discover(session)
    if not names:
        return list(session.provider.resource_types)
    found = []
    for name in dict.fromkeys(names):
        resource_type = session.provider.resource_type(name)
        if resource_type is None:
            known = ", ".join(safe(one.name) for one in session.provider.resource_types)
            raise UsageError(f"{session.tenant.name} has no resource type {name}", f"it has {known}")
        found.append(resource_type)
    return found
