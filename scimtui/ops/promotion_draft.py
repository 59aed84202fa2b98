"""What a promotion is made of: the finished plan, and the draft that it grows from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scimtui.ops.group_members import has_members
from scimtui.scim.promotion import Terms, Who
from scimtui.scim.resource import resource_id

if TYPE_CHECKING:
    from scimtui.config import CompareRules
    from scimtui.ops.compare import SidesCompared
    from scimtui.ops.session import Session
    from scimtui.ops.sides import Side
    from scimtui.scim.change import Change
    from scimtui.scim.schema import ResourceType
    from scimtui.store.sync_state import SyncState


class Extras(StrEnum):
    """What is done with those whom only the right side has."""

    KEEP = ""
    DEACTIVATE = "deactivate"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Stays:
    """Something that the plan leaves as it is. All texts are hostile."""

    key: str
    path: str
    """"" for the resource itself."""
    why: str


@dataclass(frozen=True, slots=True)
class Withheld:
    """How many would be created, were it certain that they are not there."""

    type: str
    count: int
    side: str
    """Which is not complete."""
    why: str


@dataclass(frozen=True, slots=True)
class Promotion:
    """What makes the right side like the left one."""

    left: str
    session: Session
    """The right side's."""
    changes: Sequence[Change]
    """In the order in which they are sent; those that name who is created by others come last."""
    stays: Sequence[Stays]
    withheld: Sequence[Withheld]
    untouched: Mapping[str, int]
    """By type, how many only the right side has, and keeps."""
    sizes: Mapping[str, int]
    """By type, how many the right side has."""
    names: Mapping[str, str]
    """By id on the right, what those are called who are on both sides. Hostile texts."""

    @property
    def finds_differences(self) -> bool:
        """Whether anything is to be done, or would be if it were certain."""
        return bool(self.changes or self.withheld)


@dataclass
class Draft:
    """What is known and planned so far, while a promotion is being planned."""

    left: Side
    right: Side
    session: Session
    rules: CompareRules
    extras: Extras
    chosen: Collection[tuple[str, str]] | None
    compared: dict[str, SidesCompared] = field(default_factory=dict)
    """By the name of the type on the left; everybody counts, whatever the filter of the rules."""
    people: dict[str, Who] = field(default_factory=dict)
    groups: dict[str, Who] = field(default_factory=dict)
    first: list[Change] = field(default_factory=list)
    second: list[Change] = field(default_factory=list)
    last: list[Change] = field(default_factory=list)
    stays: list[Stays] = field(default_factory=list)
    withheld: list[Withheld] = field(default_factory=list)
    untouched: Counter[str] = field(default_factory=Counter)
    names: dict[str, frozenset[str]] = field(default_factory=dict)
    """By type, what those of the right side are called, casefolded."""

    def terms(self, types: tuple[ResourceType, ResourceType]) -> Terms:
        """Return how resources of a type are brought over."""
        rules = self.rules
        return Terms(*types, rules.map, rules.ignore, rules.only, rules.fold, self.people, self.groups)

    def known(self, kind: ResourceType) -> dict[str, Who]:
        """Return those of a type who are paired or will be, by id on the left; nothing refers to other types."""
        if has_members(kind):
            return self.groups
        return self.people if kind.name.casefold() == "user" else {}

    @cached_property
    def known_right(self) -> frozenset[str]:
        """Ids of everybody whom references and members of the right side may stand for."""
        found: set[str] = set()
        for one in self.compared.values():
            found.update(theirs for _, _, theirs in one.same)
            found.update(pair.right_id for pair in one.comparison.different)
            found.update(entry.id for entry in one.comparison.only_right)
            found.update(identity for key in one.comparison.ambiguous for identity in key.right_ids)
        return frozenset(found)

    @property
    def is_right_known(self) -> bool:
        """Whether whoever is not in `known_right` is nobody there."""
        return all(is_complete(one.right_state) for one in self.compared.values())

    def is_chosen(self, left_id: str, right_id: str) -> bool:
        """Whether somebody is to be made alike."""
        return self.chosen is None or (left_id, right_id) in self.chosen


def is_complete(state: SyncState | None) -> bool:
    """Whether all of a type was seen."""
    return state is not None and state.complete


def documents(
    plan: Draft, found: SidesCompared, ids: Sequence[tuple[str, str]]
) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Return the resources of pairs of ids, those that are still there on both sides. Blocks for the disk."""
    there = {resource_id(raw): raw for raw in plan.right.some(found.types[1].name, (theirs for _, theirs in ids))}
    here = {resource_id(raw): raw for raw in plan.left.some(found.types[0].name, (mine for mine, _ in ids))}
    return [(here[mine], there[theirs]) for mine, theirs in ids if mine in here and theirs in there]
