"""Looks for people over the caches of all tenants by words, and groups what is found into persons."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from scimtui.ops import browse, search
from scimtui.ops.uncollected import uncollected
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.persons import Owned, Theirs, persons
from scimtui.scim.resource import lookup, resource_id
from scimtui.scim.same_person import traits

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

FEW = 500
"""So many documents are read one by one; for more all of them are read once."""


@dataclass(frozen=True, slots=True)
class Everybody:
    """The cached people of one tenant, as rows that can be searched."""

    session: Session
    resource_type: ResourceType
    rows: Sequence[tuple[str, ...]]
    """`(id, haystack, …)`; a line of the haystack is a userName, an address or an externalId, as `search.fold` has it."""
    is_complete: bool


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """What a search found."""

    people: tuple[tuple[Theirs, ...], ...]
    """Each with at least one account that was searched for, by the tenants' order, the sure ones first."""
    matching: int
    """Accounts that hold every word."""
    is_all: bool = True
    """Whether all of those are among `people`."""


NOBODY = FoundPeople((), 0)


def everybody(session: Session, projection: browse.Projection) -> Everybody | None:
    """Return the cached people of a tenant, None where it has no resource type User. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
    """
    resource_type = session.provider.resource_type("User")
    if resource_type is None:
        return None
    found = browse.rows(session, resource_type.name, projection)
    return Everybody(session, resource_type, found.rows, found.state is not None and found.state.complete)


def named(
    tenants: Sequence[Everybody], text: str, most: int, is_wanted: Callable[[], bool] = lambda: True
) -> FoundPeople:
    """Return who holds every word of a text, `most` accounts of each tenant at most. Blocks for the disk.

    Accounts of theirs that are called otherwise are not among them yet: see `completed`. It gives up, and returns
    nobody, where nobody waits for the answer any more.

    Raises:
        CacheError: a cache cannot be read.
        PathError: `match` of a tenant is no path.
    """
    found: list[Owned] = []
    matching, is_all = 0, True
    for tenant in tenants:
        if not is_wanted():
            return NOBODY
        places = search.plain(tenant.rows, text)
        matching, is_all = matching + len(places), is_all and len(places) <= most
        found += owned(tenant, [tenant.rows[place][0] for place in places[:most]])
    return FoundPeople(tuple(tuple(one) for one in persons(found)), matching, is_all)


def completed(
    tenants: Sequence[Everybody], found: FoundPeople, is_wanted: Callable[[], bool] = lambda: True
) -> FoundPeople:
    """Return the same people with those of their accounts that the words did not find. Blocks for the disk.

    One that is paired by nothing but a `match` of its own tenant is found where that is a userName, an externalId or an
    address; `ops.everywhere` finds all of them.

    Raises:
        CacheError: a cache cannot be read.
        PathError: `match` of a tenant is no path.
    """
    asked = [one.account for person in found.people for one in person]
    seen = {(one.tenant, resource_id(one.raw)) for one in asked}
    lines = _lines(asked)
    for tenant in tenants:
        if not is_wanted():
            return found
        name = tenant.session.tenant.name
        ids = [row[0] for row in tenant.rows if not lines.isdisjoint(row[1].split("\n"))]
        asked += owned(tenant, [one for one in ids if (name, one) not in seen])
    order = {tenant.session.tenant.name: place for place, tenant in enumerate(tenants)}
    asked.sort(key=lambda one: order[one.tenant])
    people = (tuple(one) for one in persons(asked))
    wanted = (one for one in people if any((a.account.tenant, resource_id(a.account.raw)) in seen for a in one))
    return replace(found, people=tuple(wanted))


@uncollected
def owned(tenant: Everybody, ids: Collection[str]) -> list[Owned]:
    """Return the cached accounts of these ids. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read.
        PathError: `match` of the tenant is no path.
    """
    cache, name = tenant.session.cache.resources(tenant.resource_type.name), tenant.session.tenant
    if len(ids) <= FEW:
        documents: Iterable[Mapping[str, Any] | None] = map(cache.get, ids)
    else:
        wanted = frozenset(ids)
        documents = (raw for raw in cache.documents() if resource_id(raw) in wanted)
    return [
        Owned(name.name, raw, traits(raw, name.match, tenant.resource_type)) for raw in documents if raw is not None
    ]


def _lines(accounts: Iterable[Owned]) -> frozenset[str]:
    """Return what these people are called and reached by, in the form of a haystack's line."""
    found: set[str] = set()
    for one in accounts:
        emails = [element_value(email) for email in as_list(lookup(one.raw, "emails"))]
        texts = (lookup(one.raw, "userName"), lookup(one.raw, "externalId"), one.traits.rule, *emails)
        found |= {search.fold(text) for text in texts if isinstance(text, str) and text}
    return frozenset(found)
