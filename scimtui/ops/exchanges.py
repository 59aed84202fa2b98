"""What went over the wire lately, for a person who looks for a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.client.wire_log import Exchange

if TYPE_CHECKING:
    from scimtui.ops.session import Session

__all__ = ["Exchange", "exchanges"]


def exchanges(session: Session) -> list[Exchange]:
    """Return the last exchanges with a tenant, the newest first; nothing before its first request."""
    return list(session.wire)[::-1]
