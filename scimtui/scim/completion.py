"""What can stand at a place in a filter that is being typed: attributes, operators and values that fit their type."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from scimtui.errors import PathError
from scimtui.scim.filter_place import Awaited, Place, place_at
from scimtui.scim.path import attribute_at, parse_path
from scimtui.scim.recognise import looks_like_filter
from scimtui.scim.schema import Attribute, ResourceType, Returned, Type

SHORTEST = 2
"""Letters of a first word before it may be the beginning of a filter: names begin with one letter too."""

_USUAL = (
    "username", "displayname", "active", "emails", "name", "externalid", "title", "usertype", "department", "groups",
    "members", "roles", "employeenumber", "meta", "id",
)  # fmt: skip
"""What admins filter by most, first."""

_TEXT = ("eq", "co", "sw", "ew", "ne", "pr", "gt", "ge", "lt", "le")
_ORDERED = ("eq", "ne", "gt", "ge", "lt", "le", "pr")
OPERATORS: Mapping[Type, tuple[str, ...]] = {
    Type.STRING: _TEXT,
    Type.REFERENCE: _TEXT,
    Type.BOOLEAN: ("eq", "ne", "pr"),
    Type.BINARY: ("eq", "ne", "pr"),
    Type.INTEGER: _ORDERED,
    Type.DECIMAL: _ORDERED,
    Type.DATE_TIME: ("ge", "gt", "le", "lt", "eq", "ne", "pr"),
    Type.COMPLEX: ("pr",),
}
"""What each type can be asked (RFC 7644 section 3.4.2.2), the usual first."""

MEANINGS: Mapping[str, str] = {
    "eq": "is",
    "ne": "is not",
    "co": "contains",
    "sw": "starts with",
    "ew": "ends with",
    "pr": "is set",
    "gt": "is greater than",
    "ge": "is at least",
    "lt": "is less than",
    "le": "is at most",
}
NEGATED: Mapping[str, str] = {
    "co": "does not contain",
    "sw": "does not start with",
    "ew": "does not end with",
    "pr": "is not set",
}
"""What `not (…)` makes of them."""
MOMENTS: Mapping[str, str] = {"gt": "is after", "ge": "is since", "lt": "is before", "le": "is until"}
"""The same of dates."""

_DAYS = {"today": 0, "a week ago": 7, "30 days ago": 30, "90 days ago": 90, "a year ago": 365}
_TYPES = {
    Type.STRING: "text",
    Type.BOOLEAN: "true or false",
    Type.DECIMAL: "number",
    Type.INTEGER: "whole number",
    Type.DATE_TIME: "date and time",
    Type.REFERENCE: "link",
    Type.BINARY: "bytes",
    Type.COMPLEX: "parts",
}
_OPENING = re.compile(r'[\s(]*(?:not\s*\([\s(]*)*(?P<path>[^\s()\[\]"]+\s+)?', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that can stand there."""

    text: str
    """With the blank that follows it, if one does."""
    note: str = ""
    """One to three words: its type, or what it means."""
    description: str = ""
    """For the admin. A provider's own text is hostile: show it through `present.cells.safe`."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What can take the place of `text[start:end]`, most likely first."""

    start: int = 0
    end: int = 0
    candidates: tuple[Candidate, ...] = ()


NOTHING = Completion()


def complete(
    text: str,
    position: int,
    resource_type: ResourceType,
    *,
    often: Mapping[str, int] | None = None,
    today: date | None = None,
) -> Completion:
    """Return what can stand where the cursor is; nothing where the text is plain words, not a filter.

    `often` says how often each path, in lower case, was asked for. With `today`, dates are offered that lie before it.
    """
    place = place_at(text, position)
    if place is None:
        return NOTHING
    is_filter = looks_like_filter(text)
    if not is_filter and not _may_begin(text, place, resource_type):
        return NOTHING
    makers = {
        Awaited.ATTRIBUTE: lambda: _attributes(place, resource_type, often or {}, only_names=not is_filter),
        Awaited.OPERATOR: lambda: _operators(place, resource_type),
        Awaited.VALUE: lambda: _values(place, resource_type, today),
        Awaited.JOIN: lambda: _joins(place),
        Awaited.CLOSING: lambda: _closings(place),
    }
    there = text[place.start : place.end]
    if place.end < len(text):
        there += " "  # whatever follows, a blank is not missing any more
    found = [one for one in makers[place.awaited]() if one.text not in (there, there.rstrip())]
    return Completion(place.start, place.end, tuple(found))


def accepted(text: str, completion: Completion, candidate: Candidate) -> tuple[str, int]:
    """Return the text with a candidate in it, and where the cursor goes."""
    rest = text[completion.end :]
    inserted = candidate.text.rstrip() if rest[:1] in (")", "]") and rest else candidate.text
    if inserted.endswith(" ") and rest.startswith(" "):
        rest = rest[1:]
    before = text[: completion.start] + inserted
    return before + rest, len(before)


def attribute_candidates(word: str, resource_type: ResourceType) -> tuple[Candidate, ...]:
    """Return the paths that a word can mean, sub-attributes among them; all of them for ""."""
    place = Place(Awaited.ATTRIBUTE, 0, 0, "")
    tops = [candidate for candidate in _attributes(place, resource_type, {}) if candidate.text != "not ("]
    paths: dict[str, Candidate] = {}
    for top in tops:
        name = top.text.rstrip(" .[")
        attribute = attribute_of(name, resource_type)
        for candidate in [top, *(_subs(name, attribute) if attribute else ())]:
            if not candidate.text.endswith((".", "[")):
                paths.setdefault(candidate.text.rstrip(), candidate)
    folded = word.casefold()
    hits = [one for path, one in paths.items() if folded in path.casefold()]
    return tuple(sorted(hits, key=lambda one: not one.text.casefold().startswith(folded)))


def attribute_of(path: str, resource_type: ResourceType, within: str = "") -> Attribute | None:
    """Return what a path as typed names, None where it is no path or no schema declares it."""
    if within:
        parent = attribute_of(within, resource_type)
        return parent.sub(path) if parent else None
    try:
        return attribute_at(parse_path(path, resource_type), resource_type)
    except PathError:
        return None


def compared(attribute: Attribute) -> Attribute:
    """Return what is compared where an attribute is: of a list of parts their `value`."""
    value = attribute.sub("value") if attribute.multi_valued else None
    return value or attribute


# ---------------------------------------------------------------- attributes


def _may_begin(text: str, place: Place, resource_type: ResourceType) -> bool:
    """Whether text that is no filter yet may become one: an attribute's beginning, or its name and a blank."""
    before = _OPENING.fullmatch(text[: place.start])
    if before is None or text[place.end :].strip():
        return False
    if before["path"]:
        return place.awaited is Awaited.OPERATOR and attribute_of(place.path, resource_type) is not None
    return place.awaited is Awaited.ATTRIBUTE and len(place.word) >= SHORTEST


def _attributes(
    place: Place, resource_type: ResourceType, often: Mapping[str, int], *, only_names: bool = False
) -> list[Candidate]:
    word = place.word.casefold()
    if place.within:
        parent = attribute_of(place.within, resource_type)
        names = [_named(sub.name, sub) for sub in parent.sub_attributes] if parent else []
        return [*(one for one in names if one.text.casefold().startswith(word)), *_nots(word)]
    head, dot, _ = place.word.rpartition(".")
    owner = attribute_of(head, resource_type) if dot else None
    if owner is not None:
        return [one for one in _subs(head, owner) if one.text.casefold().startswith(word)]
    tops = list(_tops(place.word, resource_type))
    found = [one for path, attribute in tops if path.casefold().startswith(word) for one in _forms(path, attribute)]
    if not only_names and len(word) >= SHORTEST:
        for path, attribute in tops:
            is_whole = path.casefold() == word
            subs = zip(attribute.sub_attributes, _subs(path, attribute), strict=True)
            found += [one for sub, one in subs if is_whole or sub.name.casefold().startswith(word)]
    ordered = sorted(found, key=lambda one: _rank(one.text, often))
    return ordered if only_names else [*ordered, *_nots(word)]


def _rank(text: str, often: Mapping[str, int]) -> tuple[int, int]:
    path = text.rstrip(" .[").casefold()
    top = path.rpartition(":")[2].partition(".")[0]
    return -often.get(path, 0), _USUAL.index(top) if top in _USUAL else len(_USUAL)


def _tops(word: str, resource_type: ResourceType) -> Iterator[tuple[str, Attribute]]:
    """Yield each attribute as one would type it: with its URN where that is needed, or is being typed."""
    placed = [(urn, attribute) for urn, attribute in resource_type.placed_attributes() if _is_readable(attribute)]
    names = [attribute.name.casefold() for _, attribute in placed]
    for urn, attribute in placed:
        is_alone = urn is None or names.count(attribute.name.casefold()) == 1
        if is_alone:
            yield attribute.name, attribute
        if urn is not None and (not is_alone or ":" in word):
            yield f"{urn}:{attribute.name}", attribute


def _is_readable(attribute: Attribute) -> bool:
    return attribute.returned is not Returned.NEVER


def _forms(path: str, attribute: Attribute) -> list[Candidate]:
    """Return how an attribute can go on: with an operator, with a sub-attribute, with conditions on one element."""
    forms = [_named(path, attribute)]
    if attribute.sub_attributes and compared(attribute) is attribute:
        forms = [Candidate(f"{path}.", "parts", attribute.description)]
    if attribute.sub_attributes and attribute.multi_valued:
        forms.append(Candidate(f"{path}[", "one of them", attribute.description))
    return forms


def _subs(path: str, attribute: Attribute) -> list[Candidate]:
    return [_named(f"{path}.{sub.name}", sub) for sub in attribute.sub_attributes]


def _named(path: str, attribute: Attribute) -> Candidate:
    note = _TYPES[compared(attribute).type]
    return Candidate(f"{path} ", f"{note}, many" if attribute.multi_valued else note, attribute.description)


def _nots(word: str) -> list[Candidate]:
    return [Candidate("not (", "the opposite")] if "not".startswith(word) else []


# ---------------------------------------------------------------- what follows


def operators_of(attribute: Attribute | None) -> tuple[str, ...]:
    """Return what an attribute can be asked; everything where no schema declares it."""
    return OPERATORS[compared(attribute).type] if attribute is not None else _TEXT


def meaning(operator: str, attribute: Attribute | None) -> str:
    """Return an operator in words."""
    is_date = attribute is not None and compared(attribute).type is Type.DATE_TIME
    return (MOMENTS if is_date else MEANINGS).get(operator, MEANINGS[operator])


def _operators(place: Place, resource_type: ResourceType) -> list[Candidate]:
    attribute = attribute_of(place.path, resource_type, place.within)
    return [
        Candidate(operator if operator == "pr" else f"{operator} ", meaning(operator, attribute))
        for operator in operators_of(attribute)
        if operator.startswith(place.word.casefold())
    ]


def _values(place: Place, resource_type: ResourceType, today: date | None) -> list[Candidate]:
    attribute = attribute_of(place.path, resource_type, place.within)
    if attribute is None:
        return []
    word = place.word.removeprefix('"').casefold()
    return [
        one
        for one in value_candidates(attribute, resource_type, today)
        if one.text.removeprefix('"').casefold().startswith(word) or (word and one.note.startswith(word))
    ]


def value_candidates(attribute: Attribute, resource_type: ResourceType, today: date | None) -> list[Candidate]:
    """Return the values that an attribute is known to have, as a filter spells them."""
    attribute = compared(attribute)
    if attribute.type is Type.BOOLEAN:
        return [Candidate("true"), Candidate("false")]
    if attribute.type is Type.DATE_TIME:
        days = {note: today - timedelta(past) for note, past in _DAYS.items()} if today else {}
        return [Candidate(f'"{day.isoformat()}T00:00:00Z"', note) for note, day in days.items()]
    known = attribute.canonical_values
    if attribute.name == "schemas":
        known = (resource_type.schema.id, *(schema.id for schema in resource_type.extensions))
    return [Candidate(json.dumps(value, ensure_ascii=False)) for value in known]


def _joins(place: Place) -> list[Candidate]:
    joins = [Candidate("and ", "both"), Candidate("or ", "at least one")]
    word = place.word.casefold()
    return [*(one for one in joins if one.text.startswith(word)), *(_closings(place) if not word else [])]


def _closings(place: Place) -> list[Candidate]:
    closing = {"(": ")", "[": "]"}.get(place.opened)
    return [Candidate(closing, "ends the bracket")] if closing else []
