"""What differs between two copies of a resource as they were seen, what the provider alone sets included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scimtui.scim.coerce import normalised
from scimtui.scim.diff import Edit, edits
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.schema import Attribute, Mutability, ResourceType

ALWAYS_NEW = frozenset({"id", "meta", "schemas"})
"""Differ with every write, or say nothing of the person."""


@of_any_depth
def observed_edits(
    before: Mapping[str, Any], after: Mapping[str, Any], resource_type: ResourceType
) -> tuple[Edit, ...]:
    """Return what differs, in the order of the schemas.

    What the provider alone sets differs only where both copies have it: many show the groups of a person when that is
    read alone, and not in a list.
    """
    before, after = normalised(before, resource_type), normalised(after, resource_type)
    read_only = {one.name for one in resource_type.attributes if not one.is_writable}
    missing = (read_only - before.keys()) | (read_only - after.keys()) | ALWAYS_NEW
    old, new = ({name: value for name, value in one.items() if name not in missing} for one in (before, after))
    return edits(old, new, _opened(resource_type))


def _opened(resource_type: ResourceType) -> ResourceType:
    """Return the type as if a client could write all of it."""
    schema = replace(resource_type.schema, attributes=tuple(map(_writable, resource_type.attributes)))
    return replace(resource_type, schema=schema)


def _writable(attribute: Attribute) -> Attribute:
    if attribute.is_writable:
        return attribute
    subs = tuple(replace(_writable(sub), mutability=_kind(attribute, sub)) for sub in attribute.sub_attributes)
    return replace(attribute, mutability=Mutability.READ_WRITE, sub_attributes=subs)


def _kind(attribute: Attribute, sub: Attribute) -> Mutability:
    """A group of a person is told apart by its `value`, as a member is: another one is not the same one changed."""
    is_link = attribute.multi_valued and sub.name.casefold() == "value" and attribute.sub("$ref") is not None
    return Mutability.IMMUTABLE if is_link else Mutability.READ_WRITE
