"""Two people's changes to one resource, put together value by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from scimtui.scim.coerce import as_list, normalised
from scimtui.scim.elements import bare, distinct, is_primary, names_resources, pair, same, selector, token
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.places import Place, Shape, places, sub_names
from scimtui.scim.resource import is_empty, lookup

if TYPE_CHECKING:
    from scimtui.scim.schema import Attribute, ResourceType


@dataclass(frozen=True, slots=True)
class Conflict:
    """One value that both sides changed, and not to the same. None: it has none there."""

    path: str
    """Such as `title`, `name.givenName` or `emails[type eq "work"].value`."""
    base: Any
    mine: Any
    theirs: Any


class Side(StrEnum):
    """Whose value stands where both sides changed one."""

    MINE = "mine"
    THEIRS = "theirs"


NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Merge:
    """What came of a three-way merge."""

    merged: dict[str, Any]
    """In the form of the schema. Where both sides disagree it has the value of `theirs`."""
    conflicts: tuple[Conflict, ...]


@of_any_depth
def merge(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], resource_type: ResourceType
) -> Merge:
    """Bring the change from `base` to `mine` into `theirs`.

    Attributes and elements that only one side changed are taken from that side. What the provider alone sets comes
    from `theirs`. An element that one side removed and the other changed is a conflict, and so are two new elements
    of the same `type` or `value` that differ.
    """
    return _merge(base, mine, theirs, resource_type, None)


@of_any_depth
def resolved(
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    choices: Mapping[str, Side],
    resource_type: ResourceType,
) -> dict[str, Any]:
    """Return what `merge` does, with each conflict decided. `choices` says by whom, by the path of the conflict.

    Theirs stands where nothing was chosen. To change `theirs` into the result is free of conflicts.
    """
    wins = frozenset(path for path, side in choices.items() if side is Side.MINE)
    return _merge(base, mine, theirs, resource_type, wins).merged


def _merge(
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    resource_type: ResourceType,
    wins: frozenset[str] | None,
) -> Merge:
    """Merge; `wins` are the paths of the conflicts that end as in `mine`, None where none is decided yet."""
    merged = normalised(theirs, resource_type)
    conflicts: dict[str, Conflict] = {}
    for place in places(resource_type, base, mine, theirs):
        if place.is_writable:
            value, found = _merged(place, wins)
            for conflict in found:
                conflicts.setdefault(conflict.path, conflict)
            set_value(merged, place, value)
    _note_extensions(merged, resource_type)
    return Merge(merged, tuple(conflicts.values()))


def set_value(resource: dict[str, Any], place: Place, value: Any) -> None:
    """Give a resource, in place, another value where `place` stands; an empty one is taken out."""
    home = resource
    if place.urn is not None:
        found = resource.get(place.urn)
        home = dict(found) if isinstance(found, Mapping) else {}
    for key in [key for key in home if key.casefold() == place.name.casefold()]:
        if is_empty(value):
            del home[key]
        else:
            home[key] = value
    if not is_empty(value) and lookup(home, place.name) is None:
        home[place.name] = value
    if place.urn is not None:
        if home:
            resource[place.urn] = home
        else:
            resource.pop(place.urn, None)


def _note_extensions(resource: dict[str, Any], resource_type: ResourceType) -> None:
    """List the schema of each extension that has come with the merge."""
    told = [str(urn) for urn in as_list(resource.get("schemas"))]
    known = {urn.casefold() for urn in told}
    new = [
        schema.id for schema in resource_type.extensions if schema.id in resource and schema.id.casefold() not in known
    ]
    if told and new:
        resource["schemas"] = [*told, *new]


def _merged(place: Place, wins: frozenset[str] | None) -> tuple[Any, list[Conflict]]:
    base, mine, theirs = place.values
    attribute = place.attribute
    if attribute is not None and place.shape is Shape.OBJECT:
        return _objects(place.path, base or {}, mine or {}, theirs or {}, attribute, wins or NOTHING)
    if attribute is not None and place.shape is Shape.ELEMENTS:
        return _elements(place.path, base or [], mine or [], theirs or [], attribute, wins)
    if place.shape is Shape.LIST:
        return _lists(base or [], mine or [], theirs or []), []
    return _values(place.path, base, mine, theirs, wins or NOTHING)


def _values(path: str, base: Any, mine: Any, theirs: Any, wins: frozenset[str]) -> tuple[Any, list[Conflict]]:
    if same(mine, base) or same(mine, theirs):
        return theirs, []
    if same(theirs, base):
        return mine, []
    return mine if path in wins else theirs, [Conflict(path, base, mine, theirs)]


def _objects(
    path: str,
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    attribute: Attribute,
    wins: frozenset[str],
) -> tuple[dict[str, Any], list[Conflict]]:
    merged: dict[str, Any] = {}
    conflicts: list[Conflict] = []
    for name in sub_names(attribute, base, mine, theirs):
        sub = attribute.sub(name)
        old, own, other = lookup(base, name), lookup(mine, name), lookup(theirs, name)
        if attribute.multi_valued and name.casefold() == "primary":
            old, own, other = (value or None for value in (old, own, other))
        is_theirs = sub is not None and not sub.is_writable
        value, found = (other, []) if is_theirs else _values(f"{path}.{name}", old, own, other, wins)
        conflicts += found
        if not is_empty(value):
            merged[name] = value
    return merged, conflicts


def _lists(base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
    """Merge plain values: what one side added is there, what one side removed is not."""
    before, own, other = ({token(value) for value in values} for values in (base, mine, theirs))
    known = before | other
    stays = [value for value in theirs if token(value) in own or token(value) not in before]
    return distinct([*stays, *(value for value in mine if token(value) not in known)])


def _elements(
    path: str,
    base: Sequence[Any],
    mine: Sequence[Any],
    theirs: Sequence[Any],
    attribute: Attribute,
    wins: frozenset[str] | None,
) -> tuple[list[Any], list[Conflict]]:
    """Merge lists of objects element by element; those of `theirs` keep their order and stand first."""
    base, mine, theirs = (_told(elements) for elements in (base, mine, theirs))
    own, other = pair(base, mine, attribute), pair(base, theirs, attribute)
    to_mine, to_theirs = dict(own.both), dict(other.both)
    found: dict[int, Any] = {index: theirs[index] for index in other.only_right}
    back: list[Any] = []  # what theirs has no more, and was chosen all the same
    conflicts: list[Conflict] = []
    for index, element in enumerate(base):
        at = to_theirs.get(index)
        left = mine[to_mine[index]] if index in to_mine else None
        right = theirs[at] if at is not None else None
        kept, within = _element(element, left, right, attribute, NOTHING)
        if within:  # an element is named only where it must be: that takes a look at all others
            name = _named(path, element, [one for place, one in enumerate(base) if place != index])
            conflicts += [replace(conflict, path=name + conflict.path) for conflict in within]
            inner = frozenset(one.removeprefix(name) for one in wins or () if one.startswith(name))
            kept, _ = _element(element, left, right, attribute, inner)
        if kept is not None and at is not None:
            found[at] = kept
        elif kept is not None:
            back.append(kept)
    new, about_new = _both_new(
        path, [mine[i] for i in own.only_right], found, other.only_right, attribute, wins or NOTHING
    )
    merged = distinct([*(found[index] for index in sorted(found)), *back, *new])
    rivals = _rivals(path, base, mine, theirs, merged)
    if rivals and wins is not None:
        merged = _with_primary_of(mine if f"{path}.primary" in wins else theirs, merged, attribute)
    return merged, [*conflicts, *about_new, *rivals]


def _with_primary_of(chosen: Sequence[Any], merged: Sequence[Any], attribute: Attribute) -> list[Any]:
    """Return the elements with no other primary ones than `chosen` has."""
    primary = {left for left, right in pair(merged, chosen, attribute).both if is_primary(chosen[right])}
    return distinct(
        element
        if index in primary or not is_primary(element)
        else {name: value for name, value in element.items() if name.casefold() != "primary"}
        for index, element in enumerate(merged)
    )


def _told(elements: Sequence[Any]) -> list[Any]:
    """Return the elements that say anything: `primary: false` alone does not, and neither does a repetition."""
    return distinct(element for element in map(bare, elements) if not is_empty(element))


def _rivals(
    path: str, base: Sequence[Any], mine: Sequence[Any], theirs: Sequence[Any], merged: Sequence[Any]
) -> list[Conflict]:
    """Return the conflict of two elements that each side made the primary one."""
    before, own, other, together = (list(filter(is_primary, elements)) for elements in (base, mine, theirs, merged))
    if len(together) <= max(1, len(own), len(other)):
        return []
    return [Conflict(f"{path}.primary", before or None, own or None, other or None)]


def _element(
    base: Mapping[str, Any], mine: Any, theirs: Any, attribute: Attribute, wins: frozenset[str]
) -> tuple[dict[str, Any] | None, list[Conflict]]:
    """Merge an element that `base` has; None for a side that removed it. Conflicts have paths within the element."""
    if mine is not None and theirs is not None:
        return (theirs, []) if names_resources(attribute) else _objects("", base, mine, theirs, attribute, wins)
    stays = mine if theirs is None else theirs
    is_untouched = stays is None or names_resources(attribute) or same(stays, base)
    if is_untouched:
        return None, []
    return mine if "" in wins else theirs, [Conflict("", base, mine, theirs)]


def _both_new(
    path: str,
    mine: Sequence[Any],
    found: dict[int, Any],
    new_in_theirs: Sequence[int],
    attribute: Attribute,
    wins: frozenset[str],
) -> tuple[list[Any], list[Conflict]]:
    """Return the new elements of `mine` that `theirs` does not have too; merge those that both have into `found`."""
    theirs = [found[index] for index in new_in_theirs]
    pairs = pair(mine, theirs, attribute)
    more = [mine[index] for index in pairs.only_left]
    conflicts: list[Conflict] = []
    for left, right in pairs.both:
        one, two = mine[left], theirs[right]
        if not _is_one_thing(one, two):
            more.append(one)
        elif not names_resources(attribute):
            rivals = [element for index, element in enumerate(theirs) if index != right]
            merged, within = _objects(_named(path, two, rivals), {}, one, two, attribute, wins)
            found[new_in_theirs[right]] = merged
            conflicts += within
    return more, conflicts


def _is_one_thing(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Whether two new elements are the same thing: two that have neither `value` nor `type` in common are not."""
    return same(left, right) or any(
        not is_empty(left.get(name)) and same(left.get(name), right.get(name)) for name in ("value", "type")
    )


def _named(path: str, element: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> str:
    chosen = selector(element, others)
    return f"{path}[{chosen}]" if chosen else path
