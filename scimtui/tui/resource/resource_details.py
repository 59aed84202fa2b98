"""Everything that is shown of a resource besides its JSON, put together from the cache. Blocks for the disk."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scimtui.errors import CacheError
from scimtui.ops.changed_since import Earlier, earlier_copy
from scimtui.ops.memberships import are_complete, groups_of
from scimtui.ops.names import Named, names
from scimtui.ops.search import fold
from scimtui.ops.uncollected import uncollected
from scimtui.present.attribute_words import NOT_RETURNED
from scimtui.present.cells import cell, safe
from scimtui.present.changed import changed_paths, changed_rows
from scimtui.present.details import DetailRow, Section, Showing, sections
from scimtui.scim.coerce import is_active
from scimtui.scim.resource import lookup, natural_key, resource_id

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.reference import Reference
    from scimtui.scim.schema import ResourceType


@dataclass(frozen=True)
class Details:
    """What is shown of one resource."""

    name: str = ""
    """Safe text, as the next one."""
    key: str = ""
    """What else it is called."""
    active: bool | None = None
    changes: tuple[DetailRow, ...] = ()
    earlier: Earlier | None = None
    """Where the changes are counted from."""
    sections: tuple[Section, ...] = ()
    names: Mapping[Reference, Named] = field(default_factory=dict)
    """Of the resources that it names, as far as they are cached."""
    is_cut: bool = False
    """Whether a list is longer than what is shown of it."""
    is_waiting: bool = False
    """Whether the groups are lacking, which another thread is reading."""

    @cached_property
    def searched(self) -> Mapping[int, str]:
        """What of each row is searched, folded, by the identity of the row: it is searched with every letter typed."""
        rows = (*self.changes, *(row for section in self.sections for row in section.rows))
        return {id(row): _searched(row, self.names) for row in rows}

    @cached_property
    def changed(self) -> frozenset[str]:
        """Paths of the rows whose attribute changed."""
        return changed_paths(self.changes)


@uncollected
def read_details(
    session: Session,
    resource_type: ResourceType,
    raw: Mapping[str, Any],
    *,
    with_empty: bool = False,
    most: int | None = None,
    earlier: Earlier | None = None,
) -> Details:
    """Return the details of a resource: what has a value, and `with_empty` why the rest has none.

    Of a list no more than `most` elements are shown.
    `earlier` is the copy of the last synchronisation, for a resource that was read alone since then.

    Raises:
        CacheError: the cache cannot be read.
    """
    unshown = frozenset({"members"} if session.dialect.shows_members is False else ())
    how = Showing(with_empty=with_empty, provider=session.provider, unshown=unshown, most=most)
    found = sections(raw, resource_type, showing=how)
    before, after = _earlier(session, resource_type, raw), raw
    if before is None and earlier is not None:
        # A list may show less of a resource than it shows alone: only what both have has changed.
        both = {name.casefold() for name in raw} & {name.casefold() for name in earlier.raw}
        after = {name: value for name, value in raw.items() if name.casefold() in both}
        before = Earlier({name: value for name, value in earlier.raw.items() if name.casefold() in both}, earlier.since)
    changes = tuple(changed_rows(before.raw, after, resource_type, session.provider) if before else ())
    rows = [*changes, *(row for section in found for row in section.rows)]
    links = {row.link: _said(row) for row in rows if row.link is not None}
    groups = _groups(session, resource_type, raw)
    there = [replace(one, rows=tuple(row for row in one.rows if not row.absent)) for one in found]
    if groups:
        there.append(_group_section(session, list(groups)))
    if with_empty:
        unsaid = {"groups"} if groups else set()
        there += [_without_value(section, unsaid) for section in found]
    is_cut = most is not None and any(isinstance(value, list) and len(value) > most for value in raw.values())
    name, key = _name(raw), safe(natural_key(raw))
    return Details(
        name=name,
        key="" if key == name else key,
        active=is_active(raw),
        changes=changes,
        earlier=before if changes else None,
        sections=tuple(there),
        names={**names(session, links), **(groups or {})},
        is_cut=is_cut,
        is_waiting=groups is None,
    )


def _without_value(section: Section, unsaid: Collection[str]) -> Section:
    """Return what has no value, which stands below everything else; what the cache knows better was not returned."""
    rows = (row for row in section.rows if row.absent)
    told = (replace(row, note=NOT_RETURNED) if row.path.casefold() in unsaid else row for row in rows)
    return Section(f"{section.title}, without a value", tuple(told))


def _said(row: DetailRow) -> str:
    """Return what the provider calls the resource that a row names, "" where it says the id alone."""
    name = row.value.removeprefix("+ ").removeprefix("− ")
    return "" if row.link is None or name == safe(row.link.id) else name


def _searched(row: DetailRow, names: Mapping[Reference, Named]) -> str:
    named = names.get(row.link) if row.link is not None else None
    name = f"{named.name} {named.key}" if named is not None else ""
    return fold(f"{row.path} {row.label} {row.value} {name} {row.note}")


def _name(raw: Mapping[str, Any]) -> str:
    return cell(lookup(raw, "displayName")) or cell(lookup(raw, "name")) or safe(natural_key(raw))


def _earlier(session: Session, resource_type: ResourceType, raw: Mapping[str, Any]) -> Earlier | None:
    try:
        return earlier_copy(session, resource_type.name, resource_id(raw))
    except CacheError:
        return None


def _groups(session: Session, resource_type: ResourceType, raw: Mapping[str, Any]) -> Mapping[Reference, Named] | None:
    """Return the groups of a person as they are cached, where the provider does not say them; None: not known yet."""
    if resource_type.attribute("groups") is None or lookup(raw, "groups") or not resource_id(raw):
        return {}
    return groups_of(session, resource_id(raw))


def _group_section(session: Session, groups: Sequence[Reference]) -> Section:
    title = "Groups, from the cache" if are_complete(session) else "Groups, from a cache that is not complete"
    about = "groups: the cached groups that have this one as a direct member"
    rows = (
        DetailRow("" if index else "groups", safe(one.id), path="groups", exact=one.id, link=one, about=about)
        for index, one in enumerate(groups)
    )
    return Section(title, tuple(rows))
