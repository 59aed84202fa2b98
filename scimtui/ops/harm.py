"""What changes take away: access, resources, and members of groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scimtui.scim.coerce import as_list, element_value, is_active
from scimtui.scim.kind import Kind
from scimtui.scim.resource import lookup

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change


def turns_off(change: Change) -> bool:
    """Whether a change takes an account's access, also by the way."""
    if change.kind is Kind.DEACTIVATE:
        return True
    return bool(change.before and change.after) and is_active(change.after or {}) is False is not is_active(
        change.before or {}
    )


def removed_members(change: Change) -> list[str]:
    """Return the ids that a change takes out of its group."""
    if change.after is None:
        return []
    before, after = (
        {str(value) for member in as_list(lookup(raw, "members")) if (value := element_value(member)) is not None}
        for raw in (change.before, change.after)
    )
    named = (edit for edit in change.edits if edit.after is None and edit.path.casefold().startswith("members["))
    return sorted((before - after) | {str(element_value(edit.before)) for edit in named})


def by_resource(changes: Sequence[Change]) -> list[list[Change]]:
    """Return the changes of each resource together."""
    found: defaultdict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in changes:
        found[change.resource_type.name, change.id].append(change)
    return list(found.values())


def groups_of_harm(changes: Sequence[Change], session: Session) -> Iterator[tuple[int, int | None, str]]:
    """Yield how many objects are touched, of how many, and the words for it: by type, then by group.

    None: of a group that does not show its members, nobody knows of how many; 0: of a type of which nothing was read.
    Blocks for the cache.
    """
    harmful = [change for change in changes if turns_off(change) or change.kind is Kind.DELETE]
    for name in dict.fromkeys(change.resource_type.name for change in harmful):
        ids = {change.id for change in harmful if change.resource_type.name == name}
        yield len(ids), len(session.cache.resources(name)), f"deactivates or deletes {name}"
    for same in by_resource(changes):
        removed = {one for change in same for one in removed_members(change)}
        if removed:
            members = len(as_list(lookup(same[0].before, "members"))) or None
            yield len(removed), members, f"removes members from {same[0].key}:"
