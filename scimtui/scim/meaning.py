"""When values that are written differently say the same of a person.

Providers change what they are sent and add to it: letter case, zones, an `active`, a `type` or `primary` of the one
address there is, a name put together from its parts. None of that tells two people's accounts apart.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeAlias

from scimtui.scim.coerce import element_value, normalised
from scimtui.scim.elements import is_primary, of_objects, token
from scimtui.scim.literal import fold, instant
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, ResourceType, Type

IsFolded: TypeAlias = Callable[[str], bool]
"""Whether letter case and spaces do not count under a path."""

_UNSAID = frozenset({"$ref", "display"})
"""Each provider's own."""
_LABELS = frozenset({"type", "primary"})
_TAGS = frozenset({"locale", "preferredlanguage"})
_PHONES = "phonenumbers"
_SEPARATORS = str.maketrans("", "", "-.() ")
_TO_STANDARD = str.maketrans("-_", "+/")


def meaning(value: Any, attribute: Attribute | None, path: str, is_folded: IsFolded) -> Hashable:
    """Return what a value says, equal for values that say the same; None where it says nothing."""
    if is_empty(value) or value == "" or value is None:
        return None
    if isinstance(value, Mapping) and attribute is not None and attribute.type is Type.COMPLEX:
        return _of_object(value, attribute, path, is_folded)
    if isinstance(value, list):
        found = [meaning(element, attribute, path, is_folded) for element in value]
        return frozenset(found) - {None} or None if attribute is not None else token(value)
    if value is True and path.casefold() == "active":
        return None  # an account of which nothing is said is on
    return _of_single(value, attribute, path, is_folded)


def _of_single(value: Any, attribute: Attribute | None, path: str, is_folded: IsFolded) -> Hashable:
    if isinstance(value, bool | int | float) and attribute is not None and attribute.type is Type.STRING:
        value = token(value)
    if not isinstance(value, str):
        return token(value)
    if is_folded(path):
        return " ".join(fold(value).split())
    if attribute is None:
        return token(value)
    if attribute.type is Type.DATE_TIME and (moment := instant(value)) is not None:
        return moment
    if attribute.type is Type.BINARY:
        return value.translate(_TO_STANDARD).rstrip("=")
    return _of_text(value, attribute, path)


def _of_text(value: str, attribute: Attribute, path: str) -> Hashable:
    last = path.rpartition(":")[2].casefold()
    if last in _TAGS:  # en_US is how POSIX writes en-US
        return fold(value).replace("_", "-")
    if last.startswith(_PHONES) and last.endswith("value"):  # RFC 3966 section 4: visual separators do not count
        return fold(value).removeprefix("tel:").translate(_SEPARATORS)
    return unicodedata.normalize("NFC", value) if attribute.case_exact else fold(value)


def _of_object(value: Mapping[str, Any], attribute: Attribute, path: str, is_folded: IsFolded) -> Hashable:
    parts = _parts(value, attribute, path, is_folded)
    if attribute.multi_valued and parts.keys() <= _LABELS:
        return None  # a label of nothing
    return frozenset(parts.items()) or None


def _parts(value: Mapping[str, Any], attribute: Attribute, path: str, is_folded: IsFolded) -> dict[str, Hashable]:
    """Return what the parts of an object say, by casefolded name, without those that say nothing."""
    found = {}
    for name, inner in value.items():
        folded, sub = str(name).casefold(), attribute.sub(str(name))
        is_writable = sub is None or sub.is_writable
        if is_writable and folded not in _UNSAID and not (folded == "primary" and inner is False):
            found[folded] = meaning(inner, sub, f"{path}.{name}", is_folded)
    return {name: said for name, said in found.items() if said is not None}


def alike(
    mine: dict[str, Any], theirs: dict[str, Any], resource_type: ResourceType, is_folded: IsFolded
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two resources in the form of the schema, with elements of lists that say the same written the same."""
    mine, theirs = dict(mine), dict(theirs)
    for urn, attribute in resource_type.placed_attributes():
        if not attribute.multi_valued:
            continue
        homes = [raw if urn is None else raw.get(urn) for raw in (mine, theirs)]
        left, right = (home.get(attribute.name) if isinstance(home, dict) else None for home in homes)
        if not isinstance(left, list) or not isinstance(right, list):
            continue
        path = attribute.name if urn is None else f"{urn}:{attribute.name}"
        spelled = _lists_alike(left, right, attribute, path, is_folded)
        for raw, elements in zip((mine, theirs), spelled, strict=True):
            if urn is None:
                raw[attribute.name] = elements
            else:
                raw[urn] = {**raw[urn], attribute.name: elements}
    return mine, theirs


def held_alike(
    mine: dict[str, Any], theirs: dict[str, Any], resource_type: ResourceType, holds_one: tuple[frozenset[str], ...]
) -> tuple[dict[str, Any], dict[str, Any], list[tuple[str, int]]]:
    """Leave out what a side cannot hold, as the second e-mail of those that keep one.

    Returns both resources, and the path and place (0 left, 1 right) of what the side there may have been sent and dropped.
    """
    sides, dropped = [dict(mine), dict(theirs)], []
    for urn, attribute in resource_type.placed_attributes():
        path = attribute.name if urn is None else f"{urn}:{attribute.name}"
        for place in (0, 1):
            if path.casefold() not in holds_one[place]:
                continue
            homes = [raw if urn is None else raw.get(urn, {}) for raw in sides]
            few, many = (homes[one].get(attribute.name) for one in (place, 1 - place))
            if isinstance(few, list) and isinstance(many, list) and len(few) == 1 < len(many):
                kept = {**homes[1 - place], attribute.name: [_likest(few[0], many, attribute)]}
                sides[1 - place] = kept if urn is None else {**sides[1 - place], urn: kept}
                dropped.append((path, place))
    return sides[0], sides[1], dropped


def _likest(element: Any, others: list[Any], attribute: Attribute) -> Any:
    """Return the one of others that a side that holds one would have kept: the same, else the primary, else the first."""
    sub = attribute.sub("value") or attribute

    def said(one: Any) -> Hashable:
        return meaning(element_value(one), sub, "", _exactly)

    alike = (one for one in others if said(one) == said(element))
    return next(alike, next((one for one in others if is_primary(one)), others[0]))


def _exactly(_path: str) -> bool:
    return False


def _lists_alike(
    left: list[Any], right: list[Any], attribute: Attribute, path: str, is_folded: IsFolded
) -> tuple[list[Any], list[Any]]:
    def said(element: Any) -> Hashable:
        return meaning(element, attribute, path, is_folded)

    if of_objects(attribute, left, right):
        left, right = _labelled(left, right)
    mine, theirs = (_distinct(side, said) for side in (left, right))
    pairs = {there: there for there in theirs if there in mine}
    if of_objects(attribute, left, right):
        open_left = [one for one in mine if one not in pairs]
        for there in [one for one in theirs if one not in pairs]:
            fitting = next((one for one in open_left if _fits(one, there)), None)
            if fitting is not None:
                pairs[there] = fitting
                open_left.remove(fitting)
        theirs = {there: _spelled_alike(one, left, attribute, (path, is_folded)) for there, one in theirs.items()}
    return [*mine.values()], [mine[pairs[there]] if there in pairs else one for there, one in theirs.items()]


def _distinct(elements: list[Any], said: Callable[[Any], Hashable]) -> dict[Hashable, Any]:
    """Return elements by what they say, the first of those that say the same, none that says nothing."""
    found: dict[Hashable, Any] = {}
    for element in elements:
        found.setdefault(said(element), element)
    found.pop(None, None)
    return found


def _spelled_alike(
    element: Mapping[str, Any], others: list[Any], attribute: Attribute, place: tuple[str, IsFolded]
) -> Mapping[str, Any]:
    """Return an element with its `value` written as another one writes it, so that the two are known for the same."""
    value, sub = lookup(element, "value"), attribute.sub("value")
    path, is_folded = place

    def said(one: Any) -> Hashable:
        return meaning(one, sub, f"{path}.value", is_folded)

    known = next((there for other in others if said(there := lookup(other, "value")) == said(value)), value)
    return element if known == value or is_empty(value) else {**_without(element, "value"), "value": known}


def _fits(left: Hashable, right: Hashable) -> bool:
    """Whether two elements say the same but for a `type` that one of them does not give."""
    assert isinstance(left, frozenset)
    assert isinstance(right, frozenset)
    return [name for name, _ in left ^ right] == ["type"]


def _labelled(left: list[Any], right: list[Any]) -> tuple[list[Any], list[Any]]:
    """Give the one element of a list the `type` that only the other side gives it. Which of one is primary says nothing."""
    if len(left) == len(right) == 1:
        kinds = [lookup(element, "type") for element in (left[0], right[0])]
        if None in kinds or "" in kinds:
            kind = kinds[0] or kinds[1]
            left, right = ([_with_type(side[0], kind)] for side in (left, right))
    if 1 in {len(left), len(right)}:
        left, right = ([_without(element, "primary") for element in side] for side in (left, right))
    return left, right


def _with_type(element: Mapping[str, Any], kind: Any) -> dict[str, Any]:
    return {**_without(element, "type"), **({"type": kind} if kind else {})}


def _without(element: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in element.items() if str(key).casefold() != name}


_MADE = frozenset({"displayname", "name.formatted"})


def is_made_of_names(path: str, value: Any, raw: Mapping[str, Any], resource_type: ResourceType) -> bool:
    """Whether a displayName or name.formatted holds nothing but words of the person's own names."""
    if path.casefold() not in _MADE or not isinstance(value, str):
        return False
    spelled = {key: inner for key, inner in raw.items() if key.casefold().startswith(("name", "username"))}
    form = normalised(spelled, resource_type)
    names = form.get("name")
    parts = [inner for key, inner in names.items() if key != "formatted"] if isinstance(names, dict) else []
    own = _words(text for text in (form.get("userName"), *parts) if isinstance(text, str))
    return bool(own) and _words([value]) <= own


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in fold(text).replace(",", " ").split()}
