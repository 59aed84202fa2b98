"""Who has an account and should have none, and who has none and should: a source of people against a tenant.

A verdict from half a list is none: where the source is not complete nobody is an orphan, and where the tenant is not
complete nobody is missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scimtui.errors import LocalError, UsageError
from scimtui.ops.account_pairs import AccountPairs, Row, addresses_of, counting, pair_accounts
from scimtui.ops.presence import PEOPLE, projection
from scimtui.ops.table_file import column, read_table
from scimtui.ops.uncollected import uncollected
from scimtui.scim.change import Change, plan_active
from scimtui.scim.coerce import element_value
from scimtui.scim.literal import fold, instant
from scimtui.scim.match import compile_filter
from scimtui.scim.path import parse_path, values_at
from scimtui.scim.recognise import looks_like_filter
from scimtui.scim.resource import lookup, resource_id
from scimtui.store.columns import Projection

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.ops.sides import Side
    from scimtui.ops.source_people import Expected, SourcePeople
    from scimtui.scim.schema import ResourceType
    from scimtui.store.sync_state import SyncState

LAST_CHANGED = "meta.lastModified"
"""Stands for the last login where no attribute says it."""
Raw = Mapping[str, Any]


class Found(StrEnum):
    """What is wrong with an account, or with there being none."""

    ORPHAN = "orphan"
    """Active there, and unknown to the source."""
    LEAVER = "leaver"
    """Active there, though the source says that they have left."""
    MISSING = "missing"
    """Active in the source, without an account."""
    DUPLICATE = "duplicate"
    """Several accounts with one key or one e-mail address, or several people of the source with one key."""
    DORMANT = "dormant"
    """Active, and not seen for long."""


TO_DEACTIVATE = frozenset({Found.ORPHAN, Found.LEAVER})


@dataclass(frozen=True, slots=True)
class Finding:
    """One account or person. Hostile text throughout."""

    kind: Found
    key: str
    id: str
    """Of the account; "" where there is none."""
    detail: str
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dormancy:
    """Who counts as dormant."""

    after: timedelta
    attribute: str = ""
    """Path of the last login; "" takes `LAST_CHANGED`."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Whom nothing is said of, such as service accounts."""

    filters: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()
    """Folded: keys, ids, addresses."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was found."""

    source: SourcePeople
    target: str
    key: str
    """Path that pairs the accounts of the target."""
    target_trouble: str
    """Why the target is not complete, "" where it is. Hostile text."""
    findings: tuple[Finding, ...]
    paired: int
    """Accounts of somebody whom the source knows."""
    accounts: int
    undecided: Mapping[Found, int] = field(default_factory=dict)
    """How many would be that, if the side that does not name them were complete."""
    allowed: int = 0
    """Findings that the allow-lists, or `protected` of the config, took away."""
    unsaid: int = 0
    """Accounts of which the target does not say whether they are active."""
    unseen: int = 0
    """Active accounts without a last login."""

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        counted = Counter(one.kind for one in self.findings)
        return {str(kind): counted[kind] for kind in Found}


@uncollected
def reconcile(
    source: SourcePeople,
    target: Side,
    *,
    key: str | None = None,
    allowed: Allowed | None = None,
    dormancy: Dormancy | None = None,
    now: datetime | None = None,
) -> Reconciled:
    """Compare. Blocks for the disk and the work.

    Raises:
        UsageError: the target has no people, nobody could be paired, or a filter of an allow-list is none.
        PathError: `key` or the attribute of the last login is no path.
        CacheError: the cache cannot be read.
    """
    resource_type = target.need_type(PEOPLE)
    path, trouble = key or target.match, _trouble(target.state(resource_type.name))
    rows = target.rows(resource_type.name, projection(path, resource_type))
    pairs = pair_accounts(source.people, rows)
    if rows and source.people and not pairs.entry_of:
        raise _pairs_nobody(source, target, path)
    seen = _last_seen(target, resource_type, dormancy)
    found, undecided = _found(source, rows, pairs, is_complete=not trouble)
    found += _dormant(rows, found, seen, dormancy, now or datetime.now(UTC))
    kept = _without_allowed(found, rows, target, resource_type, allowed or Allowed())
    told = [replace(one, last_seen=seen.get(one.id)) for one in kept]
    order = list(Found)
    return Reconciled(
        source=source,
        target=target.name,
        key=path,
        target_trouble=trouble,
        findings=tuple(sorted(told, key=lambda one: (order.index(one.kind), one.key.casefold()))),
        paired=len(pairs.entry_of),
        accounts=len(rows),
        undecided={kind: number for kind, number in undecided.items() if number},
        allowed=len(found) - len(kept),
        unsaid=sum(not row[3] for row in rows),
        unseen=sum(row[3] == "1" and row[0] not in seen for row in rows) if dormancy else 0,
    )


def _trouble(state: SyncState | None) -> str:
    if state is None:
        return "it was never synced"
    return "" if state.complete else state.why or "it is not complete"


def _pairs_nobody(source: SourcePeople, target: Side, path: str) -> UsageError:
    return UsageError(
        f"nobody of {source.name} is in {target.name}: {source.key} there and {path} here pair no one",
        "name what does: --key P for the target, --column userName=TITLE for a file",
    )


# ---------------------------------------------------------------- verdicts


def _found(
    source: SourcePeople, rows: Sequence[Row], pairs: AccountPairs, *, is_complete: bool
) -> tuple[list[Finding], Counter[Found]]:
    found, undecided = list(_twins_of_source(source, pairs)), Counter[Found]()
    for place, row in enumerate(rows):
        entry = source.people[pairs.entry_of[place]] if place in pairs.entry_of else None
        if twin := _twin(source, rows, pairs, place):
            found.append(Finding(Found.DUPLICATE, row[2], row[0], twin))
        elif row[3] == "1" and entry is None and source.is_complete:
            found.append(Finding(Found.ORPHAN, row[2], row[0], f"unknown to {source.name}"))
        elif row[3] == "1" and entry is None:
            undecided[Found.ORPHAN] += 1
        elif row[3] == "1" and entry is not None and entry.active is False:
            found.append(Finding(Found.LEAVER, row[2], row[0], _said(source, entry)))
    known = set(pairs.entry_of.values())
    for place, one in enumerate(source.people):
        is_first = not one.folded or counting(source.people, pairs.entries[fold(one.folded)]) == place
        is_there = place in known or any(address in pairs.at_address for address in one.addresses)
        if one.active and is_first and not is_there:
            if is_complete:
                found.append(Finding(Found.MISSING, one.key, "", _said(source, one)))
            else:
                undecided[Found.MISSING] += 1
    return found, undecided


def _said(source: SourcePeople, one: Expected) -> str:
    """Return what the source says of somebody, and where."""
    if not source.titles:
        return one.words
    where = f"{one.place} of {source.name}"
    return f"{one.words} ({where})" if one.words else where


def _twins_of_source(source: SourcePeople, pairs: AccountPairs) -> Iterator[Finding]:
    for places in pairs.entries.values():
        if len(places) > 1:
            where = ", ".join(source.people[place].place for place in places)
            yield Finding(Found.DUPLICATE, source.people[places[0]].key, "", f"{where} of {source.name} have one key")


def _twin(source: SourcePeople, rows: Sequence[Row], pairs: AccountPairs, place: int) -> str:
    """Return why an account may be a second one of somebody, "" where nothing says so."""
    row = rows[place]
    same = len(pairs.accounts.get(fold(row[1]), ())) if row[1] else 0
    if same > 1:
        entry = pairs.entry_of.get(place)
        said = f"; {source.people[entry].words}" if entry is not None and source.people[entry].active is False else ""
        return f"{same} accounts have this key{said}"
    if row[3] != "1" or place in pairs.entry_of:
        return ""
    for address in addresses_of(row):
        other = next((one for one in pairs.at_address.get(address, ()) if one != place), None)
        if other is not None:
            return f"has the address of {rows[other][2]}, whose account is active too"
        if address in pairs.by_address:
            people = [source.people[one].key for one in pairs.by_address[address]]
            return f"has the address of {', '.join(people[:3])} in {source.name}"
    return ""


def _last_seen(target: Side, resource_type: ResourceType, dormancy: Dormancy | None) -> dict[str, datetime]:
    if dormancy is None:
        return {}
    text = dormancy.attribute or LAST_CHANGED
    path = parse_path(text, resource_type)

    def project(raw: Raw) -> tuple[str, ...]:
        values = (element_value(one) for one in values_at(raw, path, resource_type))
        return resource_id(raw), "", next((one for one in values if isinstance(one, str)), "")

    rows = target.rows(resource_type.name, Projection(f"last seen {text}", project))
    found = {row[0]: instant(row[2]) for row in rows if row[2]}
    return {identity: moment for identity, moment in found.items() if moment is not None}


def _dormant(
    rows: Sequence[Row],
    found: Sequence[Finding],
    seen: Mapping[str, datetime],
    dormancy: Dormancy | None,
    now: datetime,
) -> list[Finding]:
    if dormancy is None:
        return []
    told = {one.id for one in found}
    before, what = now - dormancy.after, dormancy.attribute or LAST_CHANGED
    return [
        Finding(Found.DORMANT, row[2], row[0], f"{what} {moment.date().isoformat()}")
        for row in rows
        if row[3] == "1" and row[0] not in told and (moment := seen.get(row[0])) is not None and moment < before
    ]


# ---------------------------------------------------------------- allow-lists


def allow(texts: Iterable[str]) -> Allowed:
    """Return allow-lists, each a SCIM filter or the path of a file of keys. Blocks for the disk.

    Raises:
        UsageError: one is neither.
    """
    filters: list[str] = []
    keys: set[str] = set()
    for text in texts:
        path = Path(text).expanduser()
        if path.is_file():
            table = read_table(path)
            place = column(table)
            keys |= {fold(cells[place]).strip() for _, cells in table.rows if cells[place]}
        elif looks_like_filter(text):
            filters.append(text)
        else:
            raise UsageError(f"{text} is no file and no filter", """allow a file of keys, or 'userName sw "svc-"'""")
    return Allowed(tuple(filters), frozenset(keys))


def _without_allowed(
    found: Sequence[Finding], rows: Sequence[Row], target: Side, resource_type: ResourceType, allowed: Allowed
) -> list[Finding]:
    tenant = target.session.tenant if target.session is not None else None
    filters = [*allowed.filters, *(tenant.protected if tenant is not None else ())]
    own = {tenant.username.casefold(), tenant.oauth2.client_id.casefold() if tenant.oauth2 else ""} if tenant else set()
    tests = [_test(text, resource_type) for text in filters]
    ids = {one.id for one in found if one.id}
    free: set[str] = set()
    for raw in target.some(resource_type.name, ids) if tests or own - {""} else ():
        if any(test(raw) for test in tests) or str(lookup(raw, "userName")).casefold() in own - {""}:
            free.add(resource_id(raw))
    if allowed.keys:
        free |= {row[0] for row in rows if row[0] in ids and not allowed.keys.isdisjoint(_names(row))}
    return [one for one in found if not (one.id in free if one.id else fold(one.key) in allowed.keys)]


def _names(row: Row) -> list[str]:
    return [fold(row[0]), fold(row[2]).strip(), *addresses_of(row)]


def _test(text: str, resource_type: ResourceType) -> Callable[[Raw], bool]:
    try:
        return compile_filter(text, resource_type)
    except LocalError as error:
        raise UsageError(
            f"the allow-list {text}: {error.message}", "mend the filter; protected stands in the config"
        ) from error


# ---------------------------------------------------------------- afterwards


def deactivations(session: Session, findings: Iterable[Finding], reason: str = "") -> list[Change]:
    """Return what turns off the accounts of findings, as they are cached, in their order. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    resource_type = session.provider.resource_type(PEOPLE)
    ids = list(dict.fromkeys(one.id for one in findings if one.id))
    if resource_type is None or not ids:
        return []
    people = session.cache.resources(resource_type.name).some(ids)
    about = (resource_type, session.provider, session.dialect)
    return [replace(plan_active(session.tenant.name, raw, False, *about), reason=reason) for raw in people]
