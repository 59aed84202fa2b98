"""Reconciles a source of people with a tenant, prints what was found, and writes the plan that mends it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from scimtui.cli.opening import filled, opened, run, settings
from scimtui.cli.output import emit, note, width
from scimtui.cli.presence_matrix import need_report
from scimtui.errors import UsageError
from scimtui.ops.exporting import obstacle, write_export
from scimtui.ops.people_columns import Wish, check_wish
from scimtui.ops.plan_file import new_batch, numbered, write_plan
from scimtui.ops.reconcile import TO_DEACTIVATE, Dormancy, Reconciled, allow, deactivations, reconcile
from scimtui.ops.session import Session
from scimtui.ops.sides import tenant_side
from scimtui.ops.source_people import SourcePeople, file_source, tenant_source
from scimtui.ops.whoami import whoami
from scimtui.present.cells import safe
from scimtui.present.formats import Format, csv_lines, json_document, json_line, table_lines
from scimtui.present.people_reports import reconcile_lines
from scimtui.present.reconcile_words import (
    COLUMNS,
    counts_line,
    document,
    record,
    rows_of,
    source_lines,
    target_lines,
)
from scimtui.present.wording import count_of

_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is reconciled with what, and how."""

    source: str
    target: str
    key: str | None
    columns: tuple[str, ...]
    words: tuple[str, ...]
    allow: tuple[str, ...]
    dormant_after: str | None
    last_login: str


def reconcile_tenant(
    wanted: Wanted, plan: Path | None, *, sync_now: bool, form: Format, output: Path | None = None
) -> int:
    """Print what was found and return the exit status: 1 where there is anything, or where it cannot be said."""
    need_report(output)
    if plan is not None and (why := obstacle(plan)):
        raise UsageError(f"{plan} cannot be written: {why}")
    dormancy, wish, allowed = dormancy_of(wanted), wish_of(wanted.columns, wanted.words), allow(wanted.allow)
    file = source_path(wanted.source, settings()[0].tenants)
    if file is None and wanted.source == wanted.target:
        raise UsageError(f"{wanted.target} is its own source", "name another tenant, or a file")

    async def work() -> Reconciled:
        async with opened([wanted.target] if file is not None else [wanted.target, wanted.source]) as sessions:
            for session in sessions:
                await filled(session, "User", sync_now=sync_now)
            target = tenant_side(sessions[0])
            source = _source(file, wanted, wish, sessions)
            found = reconcile(source, target, key=wanted.key, allowed=allowed, dormancy=dormancy)
            if output is None:
                emit(_lines(found, form))
            else:
                write_export(output, reconcile_lines(found, dormancy, output, whoami()))
                note(f"{count_of(len(found.findings), 'finding')} in {output}")
            _tell(found, dormancy)
            if plan is not None:
                _write(plan, sessions[0], found)
            return found

    found = run(work())
    return 1 if found.findings or found.undecided else 0


def _source(file: Path | None, wanted: Wanted, wish: Wish, sessions: Sequence[Session]) -> SourcePeople:
    if file is not None:
        return file_source(file, wanted.key or sessions[0].tenant.match, wish)
    if wanted.columns or wanted.words:
        raise UsageError("--column and --status are about the columns of a file", f"{wanted.source} is a tenant")
    return tenant_source(tenant_side(sessions[1]), wanted.key)


def source_path(text: str, tenants: object) -> Path | None:
    """Return the path of a source that is a file, None for a tenant.

    Raises:
        UsageError: it looks like a file, and there is none.
    """
    if text in tenants:  # type: ignore[operator]
        return None
    path = Path(text).expanduser()
    if path.is_file():
        return path
    if path.suffix or "/" in text:
        raise UsageError(f"there is no file {text}, and no tenant of that name", "check the path")
    return None


def wish_of(columns: Sequence[str], words: Sequence[str]) -> Wish:
    """Return what was said of a file.

    Raises:
        UsageError: it is not in the form WHAT=TITLE or WORD=active.
    """
    told = dict(_pair(one, "--column", "status=State") for one in columns)
    check_wish(told)
    meant: dict[str, bool] = {}
    for text in words:
        word, meaning = _pair(text, "--status", "sabbatical=active")
        if meaning not in {"active", "inactive"}:
            raise UsageError(f"--status {text}: a word means active or inactive", "as in --status sabbatical=active")
        meant[word] = meaning == "active"
    return Wish(told, meant)


def _pair(text: str, option: str, example: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise UsageError(f"{option} {text} says not what it is about", f"write it as {option} {example}")
    return name.strip(), value.strip()


def dormancy_of(wanted: Wanted) -> Dormancy | None:
    """Return who counts as dormant, None where nobody asked.

    Raises:
        UsageError: the time is none.
    """
    if wanted.dormant_after is None:
        if wanted.last_login:
            raise UsageError("--last-login says when, and nothing says how long ago", "add --dormant-after 90d")
        return None
    return Dormancy(duration(wanted.dormant_after), wanted.last_login)


def duration(text: str) -> timedelta:
    """Return a time such as 90d, 12w, 6m or 1y.

    Raises:
        UsageError: it is none.
    """
    found = re.fullmatch(r"([1-9][0-9]{0,4})\s*([dwmy])", text.strip().casefold())
    if found is None:
        raise UsageError(f"{text} is no time", "write days, weeks, months or years: 90d, 12w, 6m, 1y")
    return timedelta(days=int(found[1]) * _DAYS[found[2]])


# ---------------------------------------------------------------- printing


def _lines(found: Reconciled, form: Format) -> Iterator[str]:
    if form is Format.JSON:
        yield json_document(document(found))
    elif form is Format.JSONL:
        yield from (json_line(record(one)) for one in found.findings)
    elif form is Format.CSV:
        yield from csv_lines(COLUMNS, (list(record(one).values()) for one in found.findings))
    elif found.findings:
        titles = ("kind", "key", "why", *(("last seen",) if any(one.last_seen for one in found.findings) else ()))
        yield from table_lines(titles, [row[2 : 2 + len(titles)] for row in rows_of(found.findings)], width())


def _tell(found: Reconciled, dormancy: Dormancy | None) -> None:
    for line in (*source_lines(found.source), *target_lines(found, dormancy)):
        note(line)
    note(counts_line(found))


def _write(path: Path, session: Session, found: Reconciled) -> None:
    """Write the plan that turns off orphans and leavers; nothing is ever deleted by it."""
    chosen = [one for one in found.findings if one.kind in TO_DEACTIVATE]
    changes = deactivations(session, chosen)
    if not changes:
        note("There is nobody to deactivate, so no plan was written")
        return
    why = f"deactivate who is active in {found.target} and should not be by {found.source.name}"
    for warning in write_plan(path, numbered(changes), new_batch(), why):
        note(f"! {safe(warning)}")
    note(f"{count_of(len(changes), 'deactivation')} in {path}: look at it, then scimtui apply {path}")
