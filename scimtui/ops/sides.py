"""What can be compared: a tenant as it is cached, an earlier copy of it, or resources from a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scimtui.errors import UsageError
from scimtui.scim.resource import resource_id
from scimtui.store.sync_state import SyncState

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.store.columns import Projection

Row = tuple[str, ...]
Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared. Each function blocks for the disk, and raises CacheError where that fails."""

    name: str
    """For people: the tenant's name, or what else it is. Hostile text where it is the name of a file."""
    match: str
    """The path that pairs its people with others."""
    types: tuple[ResourceType, ...]
    state: Callable[[str], SyncState | None]
    """By resource type: how old and how complete it is; None: nothing is there."""
    rows: Callable[[str, Projection], Sequence[Row]]
    """A row for each resource of a type."""
    some: Callable[[str, Iterable[str]], Iterator[Raw]]
    """The resources of a type with these ids, those that are there."""
    documents: Callable[[str], Iterator[Raw]]
    """All resources of a type."""
    session: Session | None = None
    """Where it can be written to; None for what is only looked at."""

    def resource_type(self, name: str) -> ResourceType | None:
        """Return a type by its name in any letter case, None where there is none."""
        return next((one for one in self.types if one.name.casefold() == name.casefold()), None)

    def need_type(self, name: str) -> ResourceType:
        """Return a type by its name.

        Raises:
            UsageError: there is none; the hint names those there are.
        """
        found = self.resource_type(name)
        if found is None:
            known = ", ".join(known.name for known in self.types)
            raise UsageError(f"{self.name} has no resource type {name}", f"it has {known}")
        return found


def tenant_side(session: Session) -> Side:
    """Return a tenant as it is cached."""
    cache = session.cache
    return Side(
        name=session.tenant.name,
        match=session.tenant.match,
        types=session.provider.resource_types,
        state=lambda name: cache.resources(name).state,
        rows=lambda name, projection: cache.resources(name).passing_rows(projection),
        some=lambda name, ids: cache.resources(name).some(ids),
        documents=lambda name: cache.resources(name).documents(),
        session=session,
    )


def snapshot_side(session: Session, moment: datetime) -> Side:
    """Return a tenant as its last synchronisation before a moment found it; a type that has no such copy is empty."""
    from scimtui.ops.snapshots import folder_of, snapshot_before
    from scimtui.store.snapshots import documents

    def read(name: str) -> Iterator[Raw]:
        found = snapshot_before(session, name, moment)
        return iter(()) if found is None else documents(session.cache.resources(name), found, folder_of(session))

    def state(name: str) -> SyncState | None:
        found = snapshot_before(session, name, moment)
        return None if found is None else SyncState(found.taken_at, True, None, found.count, found.count)

    return Side(
        name=f"{session.tenant.name} on {moment.astimezone():%Y-%m-%d %H:%M}",
        match=session.tenant.match,
        types=session.provider.resource_types,
        state=state,
        rows=lambda name, projection: [projection.project(raw) for raw in read(name)],
        some=lambda name, ids: _chosen(read(name), ids),
        documents=read,
    )


def resources_side(path: Path, resource_type: ResourceType, resources: Sequence[Raw], match: str = "userName") -> Side:
    """Return the resources of a file, which is taken for complete. Those without an id get their place as one."""
    named = [raw if resource_id(raw) else {"id": f"{place}", **raw} for place, raw in enumerate(resources, 1)]
    held = {resource_type.name: named}
    moment = datetime.fromtimestamp(path.stat().st_mtime).astimezone() if path.exists() else datetime.now().astimezone()

    def state(name: str) -> SyncState | None:
        return SyncState(moment, True, None, len(named), len(named)) if name in held else None

    return Side(
        name=path.name,
        match=match,
        types=(resource_type,),
        state=state,
        rows=lambda name, projection: [projection.project(raw) for raw in held.get(name, ())],
        some=lambda name, ids: _chosen(iter(held.get(name, ())), ids),
        documents=lambda name: iter(held.get(name, ())),
    )


def _chosen(resources: Iterator[Raw], ids: Iterable[str]) -> Iterator[Raw]:
    wanted = set(ids)
    return (raw for raw in resources if resource_id(raw) in wanted)
