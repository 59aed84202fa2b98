"""What became of a change, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scimtui.scim.change import Change
    from scimtui.scim.diff import Edit
    from scimtui.scim.fallback import Way
    from scimtui.scim.resource import Resource


class Outcome(StrEnum):
    """What became of a change, as far as a look at the provider shows."""

    APPLIED = "applied"
    """The read-back shows it."""
    ALREADY = "already"
    """It was so before; nothing was sent."""
    IGNORED = "ignored"
    """Success was answered, and nothing changed."""
    ALTERED = "altered"
    """Something else, or only a part, is there now."""
    PENDING = "pending"
    """Accepted (202), and not done yet."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """Nobody can tell: no answer came, or it cannot be looked at."""
    SKIPPED = "skipped"
    """Not tried."""


@dataclass(frozen=True, slots=True)
class Existing:
    """Who has a value that a new resource was to have."""

    resource: Resource
    path: str
    """Of the value that both have: "userName", "emails.value"."""
    active: bool | None
    """None where that is not known."""


@dataclass(frozen=True)
class Receipt:
    """The proof of one change."""

    change: Change
    """As it was planned against the fresh copy."""
    outcome: Outcome
    status: int | None = None
    """Of the last answer to a write; None where none came or nothing was sent."""
    scim_type: str | None = None
    detail: str = ""
    """The provider's words, or ours where it said nothing and something must be said. Hostile text."""
    journal: str = ""
    """Id of the intent in the journal."""
    resource: Resource | None = None
    """As the provider has it now; None where it is gone or was not read."""
    differences: tuple[Edit, ...] = ()
    """What was wanted (`before`) and what is there (`after`)."""
    unseen: tuple[str, ...] = ()
    """Paths of what was accepted and can never be read back, such as a password."""
    existing: tuple[Existing, ...] = ()
    """Who is there already, where a new resource was refused because something of it is taken; () where nobody was found."""
    ways: tuple[Way, ...] = ()
    """How else a change that was refused can be spelled; nothing of it was sent."""
    kept: tuple[str, ...] = ()
    """Paths of what others changed since the admin looked, which this change left as they made it."""
    verified_at: datetime | None = None
    """When the provider was looked at, UTC; None where it was not."""
