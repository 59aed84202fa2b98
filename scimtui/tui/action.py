"""What an action of the console is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scimtui.scim.kind import Kind


class Where(StrEnum):
    """Where an action is at home."""

    EVERYWHERE = "everywhere"
    TABLE = "table"
    RESOURCE = "resource"
    FORM = "form"
    COMPARE = "compare"
    REQUESTS = "requests"
    JOURNAL = "journal"
    MEMBERS = "members"
    PERSON = "person"
    SNAPSHOTS = "snapshots"
    PRESENCE = "presence"
    RECONCILE = "reconciliation"


class Danger(StrEnum):
    """What an action can do to a provider."""

    NONE = "none"
    WRITE = "write"
    """Changes something there, after a question."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do."""

    id: str
    title: str
    """For the key bar and the palette: one or two words."""
    keys: tuple[str, ...]
    """Textual key names; the first is the one that is shown."""
    help: str
    """One sentence for `?`."""
    where: tuple[Where, ...] = (Where.EVERYWHERE,)
    danger: Danger = Danger.NONE
    bar: int = 0
    """Place in the key bar by importance, 1 first; 0: not in the bar."""
    needs: Kind | None = None
    """What the role must be allowed to do for it; None where only its plan tells."""
