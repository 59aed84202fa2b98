"""What differs between two tenants' resources of one type, attribute by attribute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scimtui.scim.absence import Absence, absence, joined
from scimtui.scim.coerce import as_list, element_value
from scimtui.scim.diff import Edit, edits
from scimtui.scim.literal import fold, instant
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.pairing import Ambiguous, Pairing, key_reader, pair
from scimtui.scim.path import attribute_at, parse_path
from scimtui.scim.resource import natural_key, resource_id
from scimtui.scim.schema import Attribute, ResourceType, Type

NEVER_COMPARED = frozenset({"id", "meta", "schemas"})
"""Each provider gives its own."""


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


_OBJECT = (dict, Mapping)
"""What a JSON object may be; asking for dict first takes a tenth of the time."""

Members = Mapping[str, str | None]
"""Ids on the left to the ids that the same people have on the right; None: nobody."""


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
    members: Members | None = None,
    right_type: ResourceType | None = None,
) -> Comparison:
    """Pair resources by `key` and compare what a client may write of them.

    Ids, meta, `$ref`, `display` and read-only values are each provider's own and never differ. Absent, null and []
    are the same; letter case counts where the schema says so; dateTimes are compared as instants; lists as sets.
    `ignore`, `only` and `fold` are attribute paths, and stand for everything below them; under those of `fold` letter
    case and spaces never count. `right_type` is how the right provider
    describes the resources where it differs from `resource_type`. A value that one side does not return is no
    difference; one that it cannot have, since its schema has no such attribute, is.

    Raises:
        PathError: `key`, or one of `ignore`, `only` and `fold`, is no path.
    """
    pairing = pair(left, right, key, resource_type)
    return compare_paired(pairing, resource_type, ignore, only, fold=fold, members=members, right_type=right_type)


@of_any_depth
def compare_paired(
    pairing: Pairing,
    resource_type: ResourceType,
    ignore: Sequence[str] = (),
    only: Sequence[str] = (),
    *,
    fold: Sequence[str] = (),
    members: Members | None = None,
    right_type: ResourceType | None = None,
) -> Comparison:
    """Compare resources that are paired already; see `compare`.

    Raises:
        PathError: one of `ignore`, `only` and `fold` is no path.
    """
    key_of = key_reader(pairing.key, resource_type)
    relevance = _relevance(resource_type, right_type or resource_type, ignore, only, fold)
    different: list[Different] = []
    unknown: Counter[tuple[str, bool]] = Counter()
    for mine, theirs in pairing.pairs:
        found = _changes(mine, theirs, relevance, members)
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
    return _without_filter(change.path), change.left_absence is Absence.NOT_RETURNED


def _without_filter(path: str) -> str:
    return path.partition("[")[0] + path.rpartition("]")[2] if "[" in path else path


def _by_key(found: Entry | Different | Ambiguous) -> str:
    return found.key.casefold()


def _changes(
    left: Mapping[str, Any], right: Mapping[str, Any], relevance: _Relevance, members: Members | None
) -> tuple[Difference, ...]:
    """Compare one pair. Most attributes are equal as they stand, so only the others are read by the schema."""
    mine, theirs = _unequal(left, right, relevance.skipped, relevance.references, members)
    if not mine and not theirs:
        return ()
    for urn in relevance.extensions:
        if isinstance(mine.get(urn), _OBJECT) and isinstance(theirs.get(urn), _OBJECT):
            inner = _unequal(mine[urn], theirs[urn], frozenset(), relevance.references, members)
            mine[urn], theirs[urn] = inner
    if not any(mine.values()) and not any(theirs.values()) and mine.keys() == theirs.keys():
        return ()
    found = list(_reference_changes(mine, theirs, relevance))
    if relevance.has_members:
        found += _member_changes(_pop(mine, "members"), _pop(theirs, "members"), members)
    for edit in edits(mine, theirs, relevance.resource_type):
        if not _means_the_same(edit, relevance):
            found.append(Difference(edit.path, edit.before, edit.after))
    return tuple(relevance.with_absences(change) for change in found if relevance.is_wanted(change.path))


def _reference_changes(mine: dict[str, Any], theirs: dict[str, Any], relevance: _Relevance) -> Iterator[Difference]:
    """Take out what names another resource, as manager does, and yield it by the name that people know."""
    for urn in (None, *relevance.extensions):
        left, right = (raw if urn is None else raw.get(urn) for raw in (mine, theirs))
        if not isinstance(left, dict) or not isinstance(right, dict):
            continue
        for name in sorted({name for name in (*left, *right) if name.casefold() in relevance.references}):
            path = name if urn is None else f"{urn}:{name}"
            yield Difference(path, _target(left.pop(name, None)), _target(right.pop(name, None)))


def _target(reference: Any) -> Any:
    if not isinstance(reference, Mapping):
        return reference
    return next((reference[key] for key in ("displayName", "display", "value") if reference.get(key)), None)


def _unequal(
    left: Mapping[str, Any],
    right: Mapping[str, Any],
    skipped: frozenset[str],
    references: frozenset[str],
    members: Members | None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the two objects do not have alike. A reference to a person is alike where it is the same person."""
    there = right.get
    # Nearly all values of a pair are equal, so that this line decides how long a comparison takes. 1 == True in Python.
    unlike = [name for name, value in left.items() if (other := there(name)) != value or type(other) is not type(value)]
    mine: dict[str, Any] = {}
    theirs: dict[str, Any] = {}
    for name in unlike:
        if name in skipped or name.casefold() in skipped:
            continue
        value, other = left[name], there(name)
        if name.casefold() in references and isinstance(value, _OBJECT) and isinstance(other, _OBJECT):
            target = str(value.get("value"))
            if (members or {}).get(target, target) == str(other.get("value")):
                continue
        mine[name] = value
        if name in right:
            theirs[name] = other
    if not right.keys() <= left.keys():
        theirs.update((n, value) for n, value in right.items() if n not in left and n.casefold() not in skipped)
    return mine, theirs


def _member_changes(left: Any, right: Any, members: Members | None) -> Iterator[Difference]:
    """Compare members as people, one difference each. A side that shows no members at all does not return them."""
    if left is None and right:
        yield Difference("members", None, right, left_absence=Absence.NOT_RETURNED)
    if right is None and left:
        yield Difference("members", left, None, right_absence=Absence.NOT_RETURNED)
    if left is None or right is None:
        return
    mine: dict[str, Any] = {}
    for member in as_list(left):
        identity = str(element_value(member))
        counterpart = identity if members is None else members.get(identity)
        mine[counterpart or f"left {identity}"] = member
    theirs = {str(element_value(member)): member for member in as_list(right)}
    for identity, member in mine.items():
        if identity not in theirs:
            yield Difference("members", _name(member), None)
    for identity, member in theirs.items():
        if identity not in mine:
            yield Difference("members", None, _name(member))


def _name(member: Any) -> str:
    display = member.get("display") if isinstance(member, Mapping) else None
    return str(display or element_value(member))


def _pop(raw: dict[str, Any], name: str) -> Any:
    spelled = next((key for key in raw if key.casefold() == name), name)
    return raw.pop(spelled, None)


def _means_the_same(edit: Edit, relevance: _Relevance) -> bool:
    """Whether two values that are written differently say the same."""
    last = edit.path.rsplit(".", 1)[-1].rsplit(":", 1)[-1].casefold()
    if last in {"$ref", "display"}:
        return True
    left, right = edit.before, edit.after
    if not isinstance(left, str) or not isinstance(right, str):
        return False
    if relevance.is_folded(edit.path) and _folded(left) == _folded(right):
        return True
    attribute = _attribute(edit.path, relevance.resource_type)
    if attribute is None:
        return False
    if attribute.type is Type.DATE_TIME:
        moments = (instant(left), instant(right))
        return None not in moments and moments[0] == moments[1]
    return not attribute.case_exact and fold(left) == fold(right)


def _folded(text: str) -> str:
    return " ".join(fold(text).split())


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
    references: frozenset[str]
    """Attributes that name another resource, as manager does."""
    extensions: tuple[str, ...]
    has_members: bool
    is_wanted: Callable[[str], bool]
    is_folded: Callable[[str], bool]
    """Whether letter case and spaces do not count under a path."""

    def with_absences(self, change: Difference) -> Difference:
        """Say why a side has no value, where that is not known yet."""
        left, right = self.types
        if change.left is None and change.left_absence is None:
            return replace(change, left_absence=absence(change.path, left))
        if change.right is None and change.right_absence is None:
            return replace(change, right_absence=absence(change.path, right))
        return change


def _relevance(
    left_type: ResourceType, right_type: ResourceType, ignore: Sequence[str], only: Sequence[str], fold: Sequence[str]
) -> _Relevance:
    resource_type = joined(left_type, right_type)
    return _Relevance(
        resource_type=resource_type,
        types=(left_type, right_type),
        skipped=never_differ(left_type, right_type, ignore),
        references=reference_names(left_type, right_type),
        extensions=tuple(schema.id for schema in resource_type.extensions),
        has_members=resource_type.attribute("members") is not None,
        is_wanted=_relevant(resource_type, ignore, only),
        is_folded=_relevant(resource_type, (), fold) if fold else lambda _: False,
    )


def never_differ(left_type: ResourceType, right_type: ResourceType, ignore: Iterable[str] = ()) -> frozenset[str]:
    """Return the top-level attributes, casefolded, that need no look: what each provider assigns itself, and `ignore`."""
    known = (*left_type.attributes, *right_type.attributes)
    own = {attribute.name.casefold() for attribute in known if not attribute.is_writable}
    return frozenset(NEVER_COMPARED | own | {path.casefold() for path in ignore})


def reference_names(left_type: ResourceType, right_type: ResourceType) -> frozenset[str]:
    """Return the attributes, casefolded, that name one other resource, as manager does."""
    placed = joined(left_type, right_type).placed_attributes()
    return frozenset(attribute.name.casefold() for _, attribute in placed if _is_reference(attribute))


def _is_reference(attribute: Attribute) -> bool:
    target = attribute.sub("$ref")
    return not attribute.multi_valued and target is not None and attribute.sub("value") is not None


def _relevant(resource_type: ResourceType, ignore: Sequence[str], only: Sequence[str]) -> Callable[[str], bool]:
    """Return whether a difference at a path is wanted."""
    left_out = [_canonical(path, resource_type) for path in ignore]
    wanted = [_canonical(path, resource_type) for path in only]

    def is_relevant(path: str) -> bool:
        folded = path.casefold()
        if any(_is_below(folded, start) for start in left_out):
            return False
        return not wanted or any(_is_below(folded, start) or _is_below(start, folded) for start in wanted)

    return is_relevant


def _canonical(text: str, resource_type: ResourceType) -> str:
    return str(parse_path(text, resource_type)).casefold()


def _is_below(path: str, start: str) -> bool:
    """Whether a path is `start` or a part of it; a filter in the path does not hide what it belongs to."""
    plain = path if "[" in start else _without_filter(path)
    return any(form == start or form.startswith((f"{start}.", f"{start}[", f"{start}:")) for form in (path, plain))
