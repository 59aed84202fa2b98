"""The filters of the config that protect accounts, as a list of people is looked through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from scimtui.errors import GuardStopped, LocalError

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType


def rules_of(session: Session, resource_type: ResourceType) -> list[tuple[str, Callable[[Mapping[str, Any]], bool]]]:
    """Return the filters of the config that protect accounts.

    Raises:
        GuardStopped: one of them cannot be read.
    """
    if not session.tenant.protected:
        return []
    from scimtui.scim.match import compile_filter  # most tenants have none

    try:
        return [(text, compile_filter(text, resource_type)) for text in session.tenant.protected]
    except LocalError as error:
        message = f"protected of {session.tenant.name} holds a filter that cannot be read: {error.message}"
        raise GuardStopped(message, "correct it in the config") from error


def read_by_rules(session: Session, resource_type: ResourceType) -> set[str]:
    """Return the attributes that the filters look at; one that cannot be read is for `rules_of` to tell."""
    if not session.tenant.protected:
        return set()
    from scimtui.scim.match import names_read

    found: set[str] = set()
    for text in session.tenant.protected:
        try:
            found |= set(names_read(text, resource_type))
        except LocalError:
            continue
    return found
