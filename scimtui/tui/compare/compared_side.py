"""One side of a comparison as it was chosen: a tenant, an earlier copy of it, or a file. It survives a restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scimtui.ops.sides import Side, snapshot_side, tenant_side
from scimtui.present.cells import safe

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """Which resources are compared. A file has the schema of the tenant that it is compared with."""

    session: Session
    moment: datetime | None = None
    """The copy that was the last one then; None: as the tenant is cached now."""
    path: Path | None = None
    """A file instead."""

    @property
    def is_live(self) -> bool:
        """Whether it is a tenant as it is now, so that it can be synced and written to."""
        return self.moment is None and self.path is None

    @property
    def name(self) -> str:
        """What people call it; safe, short."""
        if self.path is not None:
            return safe(self.path.name)
        name = safe(self.session.tenant.name)
        return name if self.moment is None else f"{name} on {self.moment.astimezone():%d %b %H:%M}"

    @property
    def rules_name(self) -> str:
        """By which name the config has rules for it."""
        return self.path.name if self.path is not None else self.session.tenant.name

    def opened(self, resource_type: ResourceType) -> Side:
        """Return what can be compared. Blocks for the disk where it is a file.

        Raises:
            ScimtuiError: the file cannot be read.
        """
        if self.path is not None:
            from scimtui.ops.side_files import file_side  # most sides are tenants

            return file_side(self.path, resource_type, self.session.tenant.match)
        return tenant_side(self.session) if self.moment is None else snapshot_side(self.session, self.moment)

    def spec(self, side: str) -> dict[str, str]:
        """Return what is remembered of it, for the "left" or the "right" side."""
        return {
            f"{side}_at": self.moment.isoformat() if self.moment else "",
            f"{side}_file": str(self.path) if self.path else "",
        }


def remembered(session: Session, spec: Mapping[str, str], side: str) -> ComparedSide:
    """Return a side from what was remembered; a moment that cannot be read is now."""
    text, path = spec.get(f"{side}_at", ""), spec.get(f"{side}_file", "")
    try:
        moment = datetime.fromisoformat(text).astimezone() if text else None
    except ValueError:
        moment = None
    return ComparedSide(session, moment, Path(path) if path else None)
