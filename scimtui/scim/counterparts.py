"""Who of one side is who on the other, and what of groups and managers differs between people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.literal import fold
from scimtui.scim.resource import is_empty, lookup

if TYPE_CHECKING:
    from scimtui.scim.pairing import Ambiguous
    from scimtui.scim.schema import Attribute

Members = Mapping[str, str | None]
"""Ids on the left to the ids that the same people have on the right; None: nobody."""


@dataclass(frozen=True)
class Counterparts:
    """Both sides' people and groups. Ids of the two may be alike, as where a database counts each from 1."""

    people: Members = field(default_factory=dict)
    groups: Members = field(default_factory=dict)
    other_people: Mapping[str, str] = field(default_factory=dict)
    """Other people's ids on the right, to the id that stands for them: one for all who have one key, else their own."""
    other_groups: Mapping[str, str] = field(default_factory=dict)

    def person(self, identity: str) -> str | None:
        """Return who a person of the left is on the right, None for nobody; whom nobody knows keeps the id."""
        return self.people.get(identity, identity)

    def on_right(self, identity: str) -> str:
        """Return the id that stands for a person of the right."""
        return self.other_people.get(identity, identity)

    def member_on_left(self, member: Any) -> tuple[bool, str]:
        """Return whom a member on the left is on the right: whether a group, and the id there."""
        identity = member_id(member)
        kinds = (True,) if _says_group(member) else (False, True)
        for is_group in kinds:
            held = self.groups if is_group else self.people
            if identity in held:
                found = held[identity]
                return is_group, f"left {identity}" if found is None else found
        return kinds[0], f"left {identity}"

    def member_on_right(self, member: Any) -> tuple[bool, str]:
        """Return whom a member on the right is, in the same form."""
        identity = member_id(member)
        if _says_group(member) or identity in self._groups_alone:
            return True, self.other_groups.get(identity, identity)
        return False, self.on_right(identity)

    @cached_property
    def _groups_alone(self) -> frozenset[str | None]:
        """Ids on the right that a group has and no person."""
        groups = frozenset(self.groups.values()).union(self.other_groups)
        return groups.difference(self.people.values(), self.other_people)


def surely_paired(
    pairs: Iterable[tuple[str, str]],
    only_left: Iterable[str],
    only_right: Iterable[str],
    ambiguous: Iterable[Ambiguous],
) -> tuple[dict[str, str | None], dict[str, str]]:
    """Return who of the left is who on the right, by id, and the namesakes there.

    Of several that have one key nobody can say which is which, so that they count as one.
    """
    found: dict[str, str | None] = dict(pairs)
    found.update(dict.fromkeys(only_left))
    others = {identity: identity for identity in only_right}
    for several in ambiguous:
        found.update(dict.fromkeys(several.left_ids, several.right_ids[0] if several.right_ids else None))
        others.update(dict.fromkeys(several.right_ids, several.right_ids[0] if several.right_ids else ""))
    return found, others


def member_id(member: Any) -> str:
    """Return the id that an element of `members` stands for."""
    return str(element_value(member))


def _says_group(member: Any) -> bool:
    kind, reference = lookup(member, "type"), lookup(member, "$ref")
    return (isinstance(kind, str) and kind.casefold() == "group") or (
        isinstance(reference, str) and "/groups/" in f"/{reference.casefold()}"
    )


def differing_members(
    left: Any, right: Any, known: Counterparts | None
) -> Iterator[tuple[str | None, str | None, bool]]:
    """Yield who is in one of two groups alone, as people know them, and whether it is a group: `(left, None, False)`."""
    if known is None:
        mine = {(False, member_id(member)): member for member in as_list(left)}
        theirs = {(False, member_id(member)): member for member in as_list(right)}
    else:
        mine = {known.member_on_left(member): member for member in as_list(left)}
        theirs = {known.member_on_right(member): member for member in as_list(right)}
    yield from ((_member_name(member), None, who[0]) for who, member in mine.items() if who not in theirs)
    yield from ((None, _member_name(member), who[0]) for who, member in theirs.items() if who not in mine)


def has_groups_in_groups(members: Attribute) -> bool:
    """Whether a schema can tell a group from a person among members: one that cannot knows people alone."""
    return members.sub("type") is not None or members.sub("$ref") is not None


def _member_name(member: Any) -> str:
    return str(lookup(member, "display") or element_value(member))


def target_id(reference: Any) -> str:
    """Return the id of whom an attribute such as `manager` names, "" for nobody; it may be bare, or in a list of one."""
    if isinstance(reference, list) and len(reference) == 1:
        reference = reference[0]
    value = element_value(reference)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def target_name(reference: Any) -> Any:
    """Return whom it names as people know them, None for nobody."""
    if not isinstance(reference, Mapping):
        return None if is_empty(reference) or reference == "" else reference
    return next((found for key in ("displayName", "display", "value") if (found := lookup(reference, key))), None)


def same_target(left: Any, right: Any, known: Counterparts | None) -> bool | None:
    """Whether two references name one person; None where one of them does not say whom."""
    mine, theirs = target_id(left), target_id(right)
    if mine and theirs:
        known = known or Counterparts()
        return known.person(mine) == known.on_right(theirs)
    names = [target_name(left), target_name(right)]
    if None in names:
        return names[0] is names[1]
    shown = [lookup(one, "displayName") for one in (left, right)]
    return fold(shown[0]) == fold(shown[1]) if all(isinstance(one, str) for one in shown) else None
