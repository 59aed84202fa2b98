"""What stands in the question before something is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scimtui.present.cells import cell, has_hidden, safe
from scimtui.present.wording import DELETION, count_of
from scimtui.scim.coerce import as_list, is_active
from scimtui.scim.resource import lookup, natural_key, resource_id

if TYPE_CHECKING:
    from scimtui.scim.dialect import Dialect
    from scimtui.scim.schema import ResourceType


def to_type(raw: Mapping[str, Any]) -> str:
    """Return what is typed to delete a resource: its name; its id where that cannot be typed as it is."""
    for text in (natural_key(raw), resource_id(raw)):
        if text and text == text.strip() and not has_hidden(text):
            return text
    return "delete"


def who(raw: Mapping[str, Any], resource_type: ResourceType) -> str:
    """Return whom it is about: `User bjensen (Barbara Jensen)`."""
    key, name = safe(natural_key(raw)), cell(lookup(raw, "displayName")) or cell(lookup(raw, "name"))
    return f"{safe(resource_type.name)} {key}{f' ({name})' if name and name != key else ''}"


def facts(raw: Mapping[str, Any], resource_type: ResourceType) -> str:
    """Return what is known of it in a line: id, whether it is active, groups, members."""
    state = is_active(raw) if resource_type.attribute("active") is not None else None
    groups, members = as_list(lookup(raw, "groups")), as_list(lookup(raw, "members"))
    parts = [
        f"id {safe(resource_id(raw))}",
        {True: "active", False: "inactive", None: ""}[state],
        f"member of {count_of(len(groups), 'group')}" if groups else "",
        count_of(len(members), "member") if members else "",
    ]
    return " · ".join(part for part in parts if part)


def meaning(resource_type: ResourceType, dialect: Dialect) -> str:
    """Return what DELETE does at this provider; what is known of accounts says nothing about groups."""
    if resource_type.attribute("active") is None:
        return "The resource is deleted, as far as is known for good"
    return DELETION[dialect.deletion]


def afterwards(resource_type: ResourceType) -> str:
    """Return what is left of it."""
    lost = "its password and its groups" if resource_type.attribute("password") is not None else "what only it had"
    return f"The journal keeps it as it is now, so that it can be created again: with another id, and without {lost}."
