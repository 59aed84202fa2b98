"""What a comparison needs to be read by people: who is only on one side, names for members, and other keys to pair by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from scimtui.scim.pairing import key_reader
from scimtui.scim.resource import lookup, natural_key, resource_id
from scimtui.store.collector import collector_paused

if TYPE_CHECKING:
    from scimtui.ops.compare import SidesCompared
    from scimtui.ops.sides import Side
    from scimtui.scim.compare import Comparison, Difference
    from scimtui.store.columns import Projection

FEW = 2000
"""So many resources are read one by one; for more, the rows of all are read, which are kept beside the cache."""
KEYS = ("userName", "externalId", "emails.value", "displayName")
"""What people of two sides may have in common."""
_LOOKED_AT = 5000


def rows_of(side: Side, type_name: str, ids: Sequence[str], projection: Projection) -> dict[str, tuple[str, ...]]:
    """Return the rows of some resources by id. Blocks for the disk.

    Raises:
        CacheError: they cannot be read.
    """
    with collector_paused():
        if len(ids) <= FEW:
            return {resource_id(raw): projection.project(raw) for raw in side.some(type_name, ids)}
        wanted = set(ids)
        return {row[0]: row for row in side.rows(type_name, projection) if row[0] in wanted}


def with_member_names(found: SidesCompared, sides: tuple[Side, Side]) -> SidesCompared:
    """Return a comparison of groups in which members that the providers show by id alone go by their names. Blocks.

    Raises:
        CacheError: they cannot be read.
    """
    comparison = found.comparison
    changes = [change for one in comparison.different for change in one.changes if change.path == "members"]
    if not 0 < len(changes) <= _LOOKED_AT:
        return found
    names = (
        _names(sides[0], [change.left for change in changes]),
        _names(sides[1], [change.right for change in changes]),
    )
    return replace(found, comparison=_renamed(comparison, names)) if any(names) else found


def _names(side: Side, values: Iterable[Any]) -> dict[str, str]:
    ids = {value for value in values if isinstance(value, str)}
    people = side.resource_type("User")
    if people is None or not ids or side.state(people.name) is None:
        return {}
    return {resource_id(raw): _name(raw) for raw in side.some(people.name, sorted(ids))}


def _name(raw: Mapping[str, Any]) -> str:
    shown = lookup(raw, "displayName")
    return shown if isinstance(shown, str) and shown else natural_key(raw)


def _renamed(comparison: Comparison, names: tuple[Mapping[str, str], Mapping[str, str]]) -> Comparison:
    def named(change: Difference) -> Difference:
        if change.path != "members":
            return change
        return replace(change, left=_known(change.left, names[0]), right=_known(change.right, names[1]))

    different = (replace(one, changes=tuple(map(named, one.changes))) for one in comparison.different)
    return replace(comparison, different=tuple(different))


def _known(value: Any, names: Mapping[str, str]) -> Any:
    return names.get(value, value) if isinstance(value, str) else value


def keys_that_pair(left: Side, right: Side, type_name: str) -> list[tuple[str, int]]:
    """Return attributes whose values both sides share, and how many of the first 5,000 do, the best first. Blocks.

    Raises:
        CacheError: they cannot be read.
    """
    types = left.need_type(type_name), right.need_type(type_name)
    mine, theirs = (
        list(islice(side.documents(one.name), _LOOKED_AT)) for side, one in zip((left, right), types, strict=True)
    )
    shared: Counter[str] = Counter()
    for key in KEYS:
        if all(one.attribute(key.partition(".")[0]) for one in types):
            reader = key_reader(key, types[0])
            values = [{reader.fold(reader.read(raw).strip()) for raw in part} - {""} for part in (mine, theirs)]
            shared[key] = len(values[0] & values[1])
    return [(key, count) for key, count in shared.most_common() if count]
