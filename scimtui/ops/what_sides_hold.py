"""What two sides are able to hold, as all of their resources show it: members, and more than one value of a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from scimtui.scim.coerce import as_list
from scimtui.scim.compare import Comparison, shows_members
from scimtui.scim.path import Path, parse_path, values_at

if TYPE_CHECKING:
    from scimtui.ops.sides import Side
    from scimtui.scim.schema import ResourceType

FEW = 10
"""Below so many people with one value there, and with several here, nothing is concluded."""

Sides = tuple["Side", "Side"]
Types = tuple["ResourceType", "ResourceType"]


def shown_members(sides: Sides, types: Types) -> tuple[bool, bool]:
    """Return which side shows who is in its groups: one that is complete, and of which some group shows members."""
    left, right = (_shows_members(side, kind) for side, kind in zip(sides, types, strict=True))
    return left, right


def _shows_members(side: Side, resource_type: ResourceType) -> bool:
    if resource_type.attribute("members") is None:
        return False
    state = side.state(resource_type.name)
    return state is not None and state.complete and any(map(shows_members, side.documents(resource_type.name)))


def lists_of_one(found: Comparison, sides: Sides, types: Types) -> tuple[frozenset[str], frozenset[str]]:
    """Return the lists, as casefolded paths, of which a side never holds more than one value though the other one does.

    Some providers keep one e-mail of those they are sent. All of a side is read only where pairs differ in such a way.
    """
    lacking: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for one in found.different:
        for change in one.changes:
            if change.path.endswith("]") and None in (change.left, change.right):
                lacking[0 if change.left is None else 1][change.path.partition("[")[0]] += 1
    wanted = [[path for path, count in counted.items() if count >= FEW] for counted in lacking]
    left, right = (
        frozenset(path.casefold() for path in _never_several(sides[place], types[place], wanted[place]))
        for place in (0, 1)
    )
    return left, right


def _never_several(side: Side, resource_type: ResourceType, paths: Sequence[str]) -> Collection[str]:
    """Return those of the lists that nobody there has two of, and many have one of."""
    open_paths = {path: parse_path(path, resource_type) for path in paths}
    singles: Counter[str] = Counter()
    for raw in side.documents(resource_type.name) if open_paths else ():
        for path, parsed in list(open_paths.items()):
            count = len(as_list(values_at(raw, Path(parsed.urn, parsed.attribute), resource_type)))
            singles[path] += count == 1
            if count > 1:
                del open_paths[path]
        if not open_paths:
            break
    return [path for path in open_paths if singles[path] >= FEW]
