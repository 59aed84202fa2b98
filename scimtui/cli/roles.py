"""Refuses at once what the role of whoever sits here does not do: before anything is read, asked or typed for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimtui.ops import guard

if TYPE_CHECKING:
    from scimtui.cli.writing import Asked
    from scimtui.ops.session import Session
    from scimtui.scim.kind import Kind


def need_role(kind: Kind, session: Session, asked: Asked) -> None:
    """Return if the role makes such changes, or if nothing is to be sent: a plan may be made for somebody else.

    Raises:
        GuardStopped: it does not.
    """
    if not asked.dry_run:
        guard.require(kind, session)
