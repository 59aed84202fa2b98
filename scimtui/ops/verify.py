"""Whether a change happened, judged by what the provider has afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scimtui.scim.change import Change, may_have_more_members
from scimtui.scim.coerce import as_list, element_value, is_active
from scimtui.scim.diff import Edit, edits
from scimtui.scim.kind import Kind
from scimtui.scim.masks import secret_paths
from scimtui.scim.resource import Resource, lookup

_MEMBERS = frozenset({Kind.ADD_MEMBERS, Kind.REMOVE_MEMBERS})
_ACTIVE = frozenset({Kind.ACTIVATE, Kind.DEACTIVATE})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the provider shows."""

    is_done: bool = False
    is_unchanged: bool = False
    """It is as it was before."""
    is_unknowable: bool = False
    """The provider does not show what was written."""
    unseen: tuple[str, ...] = ()
    """Paths of what nobody may read, such as a password: all else was judged without them."""
    differences: tuple[Edit, ...] = ()
    """What was wanted (`before`) and what is there (`after`)."""
    why: str = ""


def judge(change: Change, found: Resource | None) -> Verdict:
    """Compare what was wanted with what is there; `found` is None where the provider has it no more."""
    if change.kind is Kind.DELETE:
        return _judge_delete(change, found)
    if found is None and change.kind is Kind.CREATE:
        return Verdict(is_unknowable=True, why="it is not where the provider said that it put it")
    if found is None:
        return Verdict(why="the provider has removed it or does not show it any more")
    if change.kind in _ACTIVE and is_active(found.raw) is None:
        return Verdict(is_unknowable=True, why="the provider does not show active")
    if change.kind in _MEMBERS:
        return _judge_members(change, found.raw)
    wanted = _missing(change.after or {}, found.raw, change)
    unseen = secret_paths(change.edits, change.resource_type)
    if unseen and not wanted and len(unseen) == len(change.edits):
        return Verdict(is_unknowable=True, unseen=unseen, why=f"{', '.join(unseen)} is never shown")
    if not wanted:
        return Verdict(is_done=True, unseen=unseen)
    unchanged = change.before is not None and not _missing(change.before, found.raw, change)
    return Verdict(is_unchanged=unchanged, differences=wanted)


def _judge_delete(change: Change, found: Resource | None) -> Verdict:
    if found is None:
        return Verdict(is_done=True)
    if is_active(found.raw) is False and is_active(change.before or {}) is not False:
        return Verdict(why="the provider deactivated it and keeps it")
    return Verdict(is_unchanged=True, why="it is still there")


def _judge_members(change: Change, found: Mapping[str, Any]) -> Verdict:
    """Look for who should have come, for who should have left, and for others who left too."""
    before, there = _member_ids(change.before or {}), _member_ids(found)
    missing = tuple(edit for edit in change.edits if (_identity(edit) in there) is not (edit.after is not None))
    going = {_identity(edit) for edit in change.edits if edit.after is None}
    lost = sorted(before - there - going)  # who showed members before and shows none now has none
    is_unproven = bool(missing) or not going <= before
    if not lost and is_unproven and may_have_more_members(found):
        shown = f"more than {len(there):,} members" if there else "members"
        return Verdict(is_unknowable=True, why=f"the provider may not show {shown}")
    if lost:
        differences = (*missing, Edit("members", [{"value": one} for one in lost], None))
        return Verdict(differences=differences, why=f"{len(lost):,} others are no members any more")
    return Verdict(is_done=not missing, is_unchanged=there == before, differences=missing)


def _member_ids(group: Mapping[str, Any]) -> set[str]:
    """Return the ids of a group's members as text: some providers send numbers, and are asked with text."""
    return {str(element_value(member)) for member in as_list(lookup(group, "members"))}


def _identity(edit: Edit) -> str:
    return str(element_value(edit.before if edit.after is None else edit.after))


def _missing(wanted: Mapping[str, Any], found: Mapping[str, Any], change: Change) -> tuple[Edit, ...]:
    """Return how `found` departs from `wanted` in the attributes that the change touches."""
    touched = {_attribute(edit.path) for edit in change.edits}
    return tuple(edit for edit in edits(wanted, found, change.resource_type) if _attribute(edit.path) in touched)


def _attribute(path: str) -> str:
    """Return what a path is about: lists as a whole, since their elements move; all else exactly."""
    return path.partition("[")[0].casefold()
