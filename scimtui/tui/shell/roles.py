"""What the role in the open tenant does not do: said before a form or a question opens, and left out of the key bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from scimtui.ops import guard
from scimtui.scim.kind import Kind
from scimtui.tui.action import Danger, Where
from scimtui.tui.action_table import ACTIONS

if TYPE_CHECKING:
    from scimtui.tui.action import Action
    from scimtui.tui.view import View

OF_ONE_TENANT = frozenset({Where.TABLE, Where.RESOURCE, Where.FORM, Where.MEMBERS})
"""Where an action goes to the tenant of the open tab."""
TO_OTHERS = frozenset({"create_elsewhere", "people_list", "promotion"})
"""What writes to other tenants than the open one, each of which has a role of its own."""


def role_refuses(view: View | None, action: Action) -> str | None:
    """Return why the role in the tenant of the open tab does not do this, None where it does."""
    if view is None or action.danger is not Danger.WRITE or action.id in TO_OTHERS:
        return None
    if OF_ONE_TENANT.isdisjoint(view.places):
        return None
    kind = getattr(view, "resource_type", None)
    if action.id == "members" and kind is not None and kind.attribute("members") is not None:
        return None  # to look at the members of a group changes nothing
    if action.needs is not None:
        return guard.role_refuses(action.needs, view.session)
    # Only what is planned says which kind it is; who may only look changes nothing at all.
    return guard.role_refuses(Kind.EDIT, view.session) if view.session.tenant.role == "view" else None


def refused_here(view: View | None) -> Mapping[str, str]:
    """Return every action that the role does not do here, by its id, with the reason."""
    found = ((action.id, role_refuses(view, action)) for action in ACTIONS)
    return {action_id: reason for action_id, reason in found if reason}
