"""What differs between two tenants' resources of one type, attribute by attribute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scimtui.scim.absence import Absence, absence, joined
from scimtui.scim.coerce import normalised
from scimtui.scim.compared_paths import is_reference, never_differ, wanted_paths, without_filter
from scimtui.scim.counterparts import (
    Counterparts,
    Members,
    differing_members,
    has_groups_in_groups,
    same_target,
    target_id,
    target_name,
)
from scimtui.scim.diff import Edit, edits
from scimtui.scim.meaning import alike, held_alike, is_made_of_names, meaning
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.pairing import Ambiguous, Pairing, key_reader, pair
from scimtui.scim.path import attribute_at, parse_path
from scimtui.scim.resource import is_empty, lookup, natural_key, resource_id
from scimtui.scim.schema import Attribute, ResourceType, Type


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute that differs."""

    path: str
    left: Any
    """None: there is none on the left."""
    right: Any
    left_absence: Absence | None = None
    """Why there is none on the left: EMPTY or NOT_IN_SCHEMA. None where there is one."""
    right_absence: Absence | None = None


@dataclass(frozen=True, slots=True)
class Different:
    """A resource that both sides have, and what differs in it."""

    key: str
    left_id: str
    right_id: str
    changes: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource that one side has."""

    key: str
    id: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """An attribute of which one side has values, and the other does not return any: nothing can be said of it."""

    path: str
    left: bool
    """Whether it is the left side that does not return it, not the right one."""
    count: int
    """Pairs of resources."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome; each list is sorted by key."""

    key: str
    """The attribute that paired the resources."""
    only_left: tuple[Entry, ...]
    only_right: tuple[Entry, ...]
    different: tuple[Different, ...]
    same: int
    """How many are the same on both sides."""
    ambiguous: tuple[Ambiguous, ...]
    unknown: tuple[Unknown, ...] = ()
    """What could not be compared. A pair that is the same but for that counts as the same."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What is known of how both sides, left and right, hold their resources."""

    shows_members: tuple[bool, bool]
    """Whether a group that shows no members has none; else it may have some."""
    holds_one: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    """Lists, as casefolded paths, of which a side holds one value: more are not missing there."""


@of_any_depth
def compare(
    left: Iterable[Mapping[str, Any]],
    right: Iterable[Mapping[str, Any]],
    resource_type: ResourceType,
    key: str = "userName",
    ignore: Sequence[str] = (),
    only: Sequence[str] = (),
    *,
    fold: Sequence[str] = (),
    members: Members | Counterparts | None = None,
    right_type: ResourceType | None = None,
) -> Comparison:
    """Pair resources by `key` and compare what a client may write of them.

    Ids, meta, `$ref`, `display` and read-only values are each provider's own and never differ. Absent, null, [] and ""
    are the same, and what a provider adds by itself is no difference: see docs/compare.md. Letter case counts where
    both schemas say so; dateTimes are compared as instants; lists as sets.
    `ignore`, `only` and `fold` are attribute paths, and stand for everything below them; under those of `fold` letter
    case and spaces never count. `right_type` is how the right provider
    describes the resources where it differs from `resource_type`. A value that one side does not return is no
    difference; one that it cannot have, since its schema has no such attribute, is.

    Raises:
        PathError: `key`, or one of `ignore`, `only` and `fold`, is no path.
    """
    pairing = pair(left, right, key, joined(resource_type, right_type or resource_type))
    return compare_paired(pairing, resource_type, ignore, only, fold=fold, members=members, right_type=right_type)


@of_any_depth
def compare_paired(
    pairing: Pairing,
    resource_type: ResourceType,
    ignore: Sequence[str] = (),
    only: Sequence[str] = (),
    *,
    fold: Sequence[str] = (),
    members: Members | Counterparts | None = None,
    right_type: ResourceType | None = None,
    holding: Holding | None = None,
) -> Comparison:
    """Compare resources that are paired already; see `compare`.

    Without `holding`, a side of which one of the resources shows members shows them all.

    Raises:
        PathError: one of `ignore`, `only` and `fold` is no path.
    """
    key_of = key_reader(pairing.key, resource_type)
    known = members if isinstance(members, Counterparts | None) else Counterparts(members, members)
    holding = holding or Holding(_shown_members(pairing))
    relevance = _relevance(resource_type, right_type or resource_type, (ignore, only, fold), known, holding)
    different: list[Different] = []
    unknown: Counter[tuple[str, bool]] = Counter()
    for mine, theirs in pairing.pairs:
        found = _changes(mine, theirs, relevance)
        changes = tuple(change for change in found if Absence.NOT_RETURNED not in _absences(change))
        if len(found) > len(changes):
            unknown.update({_not_returned(change) for change in found if change not in changes})
        if changes:
            different.append(Different(key_of.read(mine), resource_id(mine), resource_id(theirs), changes))

    def entry(raw: Mapping[str, Any]) -> Entry:
        return Entry(key_of.read(raw) or natural_key(raw), resource_id(raw))

    return Comparison(
        key=pairing.key,
        only_left=tuple(sorted(map(entry, pairing.only_left), key=_by_key)),
        only_right=tuple(sorted(map(entry, pairing.only_right), key=_by_key)),
        different=tuple(sorted(different, key=_by_key)),
        same=len(pairing.pairs) - len(different),
        ambiguous=tuple(sorted(pairing.ambiguous, key=_by_key)),
        unknown=tuple(Unknown(path, is_left, count) for (path, is_left), count in sorted(unknown.items())),
    )


def _absences(change: Difference) -> tuple[Absence | None, Absence | None]:
    return change.left_absence, change.right_absence


def _not_returned(change: Difference) -> tuple[str, bool]:
    """Return the attribute that one side does not return, and whether it is the left one."""
    return without_filter(change.path), change.left_absence is Absence.NOT_RETURNED


def _by_key(found: Entry | Different | Ambiguous) -> str:
    return found.key.casefold()


def _changes(left: Mapping[str, Any], right: Mapping[str, Any], relevance: _Relevance) -> tuple[Difference, ...]:
    """Compare one pair. Most attributes are equal as they stand, so only the others are read by the schema."""
    found = list(_link_changes(left, right, relevance))
    mine, theirs = _unequal(left, right, relevance.skipped)
    for name in [name for name in mine if type(mine[name]) is type(theirs.get(name)) is str]:
        if _says_the_same(name, mine[name], theirs[name], relevance):
            del mine[name], theirs[name]
    if mine or theirs:
        mine, theirs = (_unlinked(normalised(raw, relevance.resource_type), relevance) for raw in (mine, theirs))
        mine, theirs = _unequal(mine, theirs, frozenset())
    if mine or theirs:
        mine, theirs, dropped = held_alike(mine, theirs, relevance.resource_type, relevance.holding.holds_one)
        found += [Difference(path, None, None, *_unsaid_at(place)) for path, place in dropped]
        mine, theirs = alike(mine, theirs, relevance.resource_type, relevance.is_folded)
        found += [
            Difference(edit.path, edit.before, edit.after)
            for edit in edits(mine, theirs, relevance.resource_type)
            if not _means_the_same(edit, (left, right), relevance)
        ]
    return tuple(relevance.with_absences(change) for change in found if relevance.is_wanted(change.path))


def _says_the_same(name: str, left: str, right: str, relevance: _Relevance) -> bool:
    """Whether two texts at a plain attribute say the same: nearly all that two providers write otherwise, for little."""
    attribute = relevance.resource_type.attribute(name)
    if attribute is None or attribute.type is Type.COMPLEX:
        return False
    said = (meaning(value, attribute, attribute.name, relevance.is_folded) for value in (left, right))
    return next(said) == next(said)


def _unsaid_at(place: int) -> tuple[Absence | None, Absence | None]:
    return (Absence.NOT_RETURNED, None) if place == 0 else (None, Absence.NOT_RETURNED)


def _unequal(
    left: Mapping[str, Any], right: Mapping[str, Any], skipped: frozenset[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the two objects do not have alike."""
    there = right.get
    # Nearly all values of a pair are equal, so that this line decides how long a comparison takes. 1 == True in Python.
    unlike = [name for name, value in left.items() if (other := there(name)) != value or type(other) is not type(value)]
    mine: dict[str, Any] = {}
    theirs: dict[str, Any] = {}
    for name in unlike:
        if name in skipped or name.casefold() in skipped:
            continue
        mine[name] = left[name]
        if name in right:
            theirs[name] = right[name]
    if not right.keys() <= left.keys():
        theirs.update((n, value) for n, value in right.items() if n not in left and n.casefold() not in skipped)
    return mine, theirs


def _unlinked(form: dict[str, Any], relevance: _Relevance) -> dict[str, Any]:
    """Return a resource in the form of the schema without what names other resources."""
    for urn, name in relevance.links:
        if urn is None:
            form.pop(name, None)
        elif isinstance(form.get(urn), dict):
            form[urn].pop(name, None)
    return form


def _link_changes(left: Mapping[str, Any], right: Mapping[str, Any], relevance: _Relevance) -> Iterator[Difference]:
    """Compare whom the two name: members and managers, as people. The same id may be somebody else there."""
    for urn, name in relevance.links:
        mine, theirs = (lookup(raw if urn is None else lookup(raw, urn), name) for raw in (left, right))
        if mine is None and theirs is None:
            continue
        path = name if urn is None else f"{urn}:{name}"
        if urn is None and name == relevance.members:
            yield from _member_changes(path, mine, theirs, relevance)
            continue
        is_same = same_target(mine, theirs, relevance.known)
        if is_same is not True:
            unsaid = Absence.NOT_RETURNED if is_same is None else None
            sides = [target_name(one) for one in (mine, theirs)]
            yield Difference(
                path, *sides, *(None if unsaid is None or target_id(one) else unsaid for one in (mine, theirs))
            )


def _member_changes(path: str, left: Any, right: Any, relevance: _Relevance) -> Iterator[Difference]:
    """Compare members as people, one difference each. A side that shows no members at all does not return them."""
    is_left_shown, is_right_shown = relevance.holding.shows_members
    if is_empty(left) and not is_empty(right) and not is_left_shown:
        yield Difference(path, None, right, left_absence=Absence.NOT_RETURNED)
    elif is_empty(right) and not is_empty(left) and not is_right_shown:
        yield Difference(path, left, None, right_absence=Absence.NOT_RETURNED)
    else:
        for mine, theirs, is_group in differing_members(left, right, relevance.known):
            left_absence, right_absence = relevance.without_groups if is_group else (None, None)
            yield Difference(path, mine, theirs, *(left_absence, None) if mine is None else (None, right_absence))


def _shown_members(pairing: Pairing) -> tuple[bool, bool]:
    """Return which side shows who is in its groups, as far as its paired and lonely resources tell."""
    left, right = zip(*pairing.pairs, strict=True) if pairing.pairs else ((), ())
    mine, theirs = ((*left, *pairing.only_left), (*right, *pairing.only_right))
    return any(shows_members(raw) for raw in mine), any(shows_members(raw) for raw in theirs)


def shows_members(raw: Mapping[str, Any]) -> bool:
    """Whether a resource shows members."""
    return not is_empty(lookup(raw, "members"))


def _means_the_same(edit: Edit, pair: tuple[Mapping[str, Any], Mapping[str, Any]], relevance: _Relevance) -> bool:
    """Whether two values that are written differently say the same, or one is made of what both have."""
    last = edit.path.rsplit(".", 1)[-1].rsplit(":", 1)[-1].casefold()
    if last in {"$ref", "display"} or (last == "type" and "[" in edit.path and None in (edit.before, edit.after)):
        return True
    attribute = _attribute(edit.path, relevance.resource_type)
    plain = without_filter(edit.path)
    said = [meaning(value, attribute, plain, relevance.is_folded) for value in (edit.before, edit.after)]
    if None in said:
        has = 1 if said[0] is None else 0
        value = (edit.before, edit.after)[has]
        return said[0] == said[1] or is_made_of_names(plain, value, pair[has], relevance.resource_type)
    return said[0] == said[1]


def _attribute(text: str, resource_type: ResourceType) -> Attribute | None:
    return attribute_at(parse_path(text, resource_type), resource_type)


@dataclass(frozen=True, slots=True)
class _Relevance:
    """What is looked at, worked out once for all pairs. Names are casefolded."""

    resource_type: ResourceType
    """Of both sides together."""
    types: tuple[ResourceType, ResourceType]
    skipped: frozenset[str]
    """Top-level keys that need no look."""
    links: tuple[tuple[str | None, str], ...]
    """URN and name of attributes that name other resources: members, manager."""
    members: str
    """How the schema spells `members`, "" where it has none."""
    without_groups: tuple[Absence | None, Absence | None]
    """What it means that a group is no member of another one, where a side knows no such thing."""
    known: Counterparts | None
    """None: ids are the same on both sides."""
    holding: Holding
    is_wanted: Callable[[str], bool]
    is_folded: Callable[[str], bool]
    """Whether letter case and spaces do not count under a path."""

    def with_absences(self, change: Difference) -> Difference:
        """Say why a side has no value, where that is not known yet."""
        left, right = self.types
        if Absence.NOT_RETURNED in _absences(change):
            return change
        if change.left is None and change.left_absence is None:
            return replace(change, left_absence=absence(change.path, left))
        if change.right is None and change.right_absence is None:
            return replace(change, right_absence=absence(change.path, right))
        return change


def _relevance(
    left_type: ResourceType,
    right_type: ResourceType,
    rules: tuple[Sequence[str], Sequence[str], Sequence[str]],
    known: Counterparts | None,
    holding: Holding,
) -> _Relevance:
    resource_type, (ignore, only, fold) = joined(left_type, right_type), rules
    placed, members = list(resource_type.placed_attributes()), resource_type.attribute("members")
    links = [(urn, attribute.name) for urn, attribute in placed if is_reference(attribute)]
    links += [(None, members.name)] if members else []
    skipped = never_differ(left_type, right_type, ignore)
    return _Relevance(
        resource_type=resource_type,
        types=(left_type, right_type),
        skipped=skipped,
        links=tuple(one for one in links if one[0] is not None or one[1].casefold() not in skipped),
        members=members.name if members else "",
        without_groups=(_without_groups(left_type), _without_groups(right_type)),
        known=known,
        holding=holding,
        is_wanted=wanted_paths(resource_type, ignore, only),
        is_folded=wanted_paths(resource_type, (), fold) if fold else lambda _: False,
    )


def _without_groups(resource_type: ResourceType) -> Absence | None:
    members = resource_type.attribute("members")
    return None if members is None or has_groups_in_groups(members) else Absence.NOT_IN_SCHEMA
