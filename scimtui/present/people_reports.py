"""Who is in which tenant, and what a reconciliation found, as files: a page for people, CSV, JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from scimtui.ops.reconcile import Dormancy, Found
from scimtui.present import presence_words, reconcile_words
from scimtui.present.formats import csv_lines, json_array, json_document
from scimtui.present.report_page import Column, Page, Section, Tally, made_fact, page_lines, utc

if TYPE_CHECKING:
    from scimtui.ops.presence import Presence, Standing, TenantSeen
    from scimtui.ops.reconcile import Reconciled

ENDINGS = (".html", ".csv", ".json")
_LOOKS = {
    Found.ORPHAN: "bad",
    Found.LEAVER: "bad",
    Found.MISSING: "right",
    Found.DUPLICATE: "changed",
    Found.DORMANT: "note",
}
_MEANINGS = {
    Found.ORPHAN: "Active here, and unknown to the source.",
    Found.LEAVER: "Active here, though the source says that they have left.",
    Found.MISSING: "Active in the source, and without an account here.",
    Found.DUPLICATE: "Several accounts, or several people of the source, with one key or one address.",
    Found.DORMANT: "Active, and not seen for long.",
}


def reconcile_lines(found: Reconciled, dormancy: Dormancy | None, path: PurePath, maker: str) -> Iterator[str]:
    """Return the lines of a file with what a reconciliation found; its ending says in which format."""
    if path.suffix.casefold() == ".json":
        return iter([json_document(reconcile_words.document(found))])
    if path.suffix.casefold() == ".csv":
        rows = (list(reconcile_words.record(one).values()) for one in found.findings)
        return csv_lines(reconcile_words.COLUMNS, rows)
    return page_lines(_reconciled_page(found, dormancy, maker))


def _reconciled_page(found: Reconciled, dormancy: Dormancy | None, maker: str) -> Page:
    told = [*reconcile_words.source_lines(found.source), *reconcile_words.target_lines(found, dormancy)]
    kinds = [kind for kind in Found if found.counts[str(kind)]]
    sections = [_kind_section(found, kind) for kind in kinds]
    return Page(
        title=f"{found.target} against {found.source.name}",
        subtitle=reconcile_words.counts_line(found),
        facts=[
            ("paired by", f"{found.key}, then an e-mail address that only one has"),
            made_fact(maker, datetime.now(UTC)),
        ]
        + [("read as", line) for line in told if line[:1] not in "!?"],
        tallies=[Tally(found.counts[str(one)], reconcile_words.PLURALS[one], _LOOKS[one]) for one in kinds],
        sections=sections,
        warnings=[line for line in told if line[:1] in "!?"],
    )


def _kind_section(found: Reconciled, kind: Found) -> Section:
    some = [one for one in found.findings if one.kind is kind]
    has_seen = any(one.last_seen for one in some)
    columns = ("key", "id", "why", *(("last seen",) if has_seen else ()))
    rows = [(one.key, one.id, one.detail, *((reconcile_words.seen_words(one),) if has_seen else ())) for one in some]
    return Section(reconcile_words.PLURALS[kind], tuple(map(Column, columns)), rows, _LOOKS[kind], _MEANINGS[kind])


def presence_lines(found: Presence, people: Sequence[int], path: PurePath, maker: str) -> Iterator[str]:
    """Return the lines of a file with people by tenants; its ending says in which format."""
    if path.suffix.casefold() == ".json":
        return json_array(presence_words.record(found, one) for one in people)
    if path.suffix.casefold() == ".csv":
        rows = ([found.keys[one], *(it.word for it in found.standings(one))] for one in people)
        return csv_lines(["key", *(one.name for one in found.tenants)], rows)
    return page_lines(_presence_page(found, people, maker))


def _presence_page(found: Presence, people: Sequence[int], maker: str) -> Page:
    names = [Column(one.name) for one in found.tenants]
    patterns = [
        (presence_words.pattern_words(one, found.tenants), f"{one.count:,}", *map(_sign, one.standings))
        for one in found.patterns
    ]
    rows = [(found.keys[one], found.names[one], *map(_sign, found.standings(one))) for one in people]
    return Page(
        title="Who is in which tenant",
        subtitle=presence_words.LEGEND,
        facts=[*((one.name, _copy(one)) for one in found.tenants), made_fact(maker, datetime.now(UTC))],
        tallies=[Tally(len(people), "people"), Tally(len(found.patterns), "patterns")],
        sections=[
            Section("patterns", (Column("pattern"), Column("people"), *names), patterns),
            Section("people", (Column("key"), Column("name"), *names), rows),
        ],
        warnings=list(presence_words.tenant_lines(found)),
    )


def _sign(standing: Standing) -> str:
    return presence_words.mark(standing, in_words=True)


def _copy(tenant: TenantSeen) -> str:
    if tenant.state is None:
        return "never synced"
    return f"{tenant.accounts:,} accounts, {'complete' if tenant.is_complete else 'INCOMPLETE'}, {utc(tenant.state.synced_at)}"
