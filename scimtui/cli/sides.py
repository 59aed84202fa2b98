"""The sides of a comparison as a command names them: NAME, NAME@MOMENT, or a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scimtui.cli.moments import moment_of
from scimtui.cli.opening import filled, resource_type_of, settings
from scimtui.cli.output import note
from scimtui.errors import UsageError
from scimtui.ops.sides import Side, snapshot_side, tenant_side
from scimtui.ops.snapshots import Snapshot, kept_snapshots
from scimtui.present.cells import safe
from scimtui.present.moments import moment_words
from scimtui.present.snapshot_words import copy_name

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType


@dataclass(frozen=True, slots=True)
class Named:
    """What a word of the command line means."""

    text: str
    tenant: str = ""
    """"" for a file."""
    moment: datetime | None = None
    """The tenant as it was then; None: as it is cached."""
    path: Path | None = None

    @property
    def is_live(self) -> bool:
        """Whether it is a tenant as it is cached, which a sync may bring up to date."""
        return bool(self.tenant) and self.moment is None


@dataclass(frozen=True, slots=True)
class Opened:
    """A side that can be compared."""

    side: Side
    name: str
    """As JSON has it: `acme`, `acme@2026-11-20T14:02:11Z`, `people.csv`."""
    copy: Snapshot | None = None


def named(text: str) -> Named:
    """Return what a word means: a tenant, one at a moment, else a file that is there.

    Raises:
        UsageError: none of these.
    """
    config = settings()[0]
    tenant, _, moment = text.rpartition("@")
    if text in config.tenants:
        return Named(text, text)
    if tenant in config.tenants:
        return Named(text, tenant, moment_of(moment, datetime.now(UTC), is_end=True))
    path = Path(text).expanduser()
    return Named(text, path=path) if path.is_file() else Named(text, config.tenant(text).name)


async def type_of(one: Named, session: Session, type_name: str, *, sync_now: bool) -> ResourceType:
    """Return the type of a tenant, filled where it is compared as it is now.

    Raises:
        UsageError: the tenant has no such type.
        EndpointError, Refused, CacheError: see `opening.filled`.
    """
    if not one.is_live:
        return await resource_type_of(session, type_name)
    resource_type = await filled(session, type_name, sync_now=sync_now)
    if resource_type.attribute("members") is not None:  # members are people, known by their names
        await filled(session, "User", sync_now=sync_now)
    return resource_type


def opened_side(one: Named, session: Session, resource_type: ResourceType) -> Opened:
    """Return a side. Of a file `session` is the tenant it is compared with, whose schema it has. Blocks for the disk.

    Raises:
        UsageError: there is no copy that old, or the file cannot be read.
    """
    if one.path is not None:
        from scimtui.ops.side_files import file_side

        return Opened(file_side(one.path, resource_type, session.tenant.match), one.path.name)
    if one.moment is None:
        return Opened(tenant_side(session), one.tenant)
    copy = copy_before(session, resource_type, one.moment)
    return Opened(snapshot_side(session, copy.taken_at), copy_name(one.tenant, copy.taken_at), copy)


def copy_before(
    session: Session, resource_type: ResourceType, moment: datetime, *, or_oldest: bool = False
) -> Snapshot:
    """Return the last copy not younger than a moment and say on stderr which it is; with `or_oldest` the oldest otherwise.

    Raises:
        UsageError: there is none.
    """
    name, type_name = session.tenant.name, safe(resource_type.name)
    known = kept_snapshots(session, resource_type.name)
    found = [one for one in known if one.taken_at <= moment] or (known[:1] if or_oldest else [])
    if not known:
        kept = "each complete sync keeps one" if session.tenant.snapshots else f"snapshots = 0 is set for {name}"
        raise UsageError(f"there is no earlier copy of the {type_name}s of {name}", kept)
    if not found:
        oldest = moment_words(known[0].taken_at, datetime.now(UTC))
        raise UsageError(
            f"there is no copy of the {type_name}s of {name} that old", f"the oldest one was taken {oldest}"
        )
    chosen = found[-1]
    late = ", the oldest there is" if chosen.taken_at > moment else ""
    note(f"{name} {type_name}: copy taken {moment_words(chosen.taken_at, datetime.now(UTC))}{late}")
    return chosen
