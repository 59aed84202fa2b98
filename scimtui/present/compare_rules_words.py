"""The rules of a comparison as texts that a person edits, and what is wrong with these texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from scimtui.config import CompareRules
from scimtui.errors import ScimtuiError, SyntaxFault
from scimtui.present.cells import safe
from scimtui.present.mistakes import mistake_of
from scimtui.scim.match import names_read
from scimtui.scim.path import attribute_at, parse_path
from scimtui.scim.renaming import renamer

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType

Types = Sequence[tuple["ResourceType", "ResourceType"]]
"""Each resource type that both sides have, as both describe it; the one that is looked at first."""


@dataclass(frozen=True, slots=True)
class RuleField:
    """One rule as a field shows it."""

    name: str
    """Of the key in the config."""
    title: str
    about: str
    example: str


FIELDS = (
    RuleField("key", "Pair by", "the attribute that says who is who", "the tenant's match, such as userName"),
    RuleField("ignore", "Ignore", "not compared, with all below it", "emails, name.formatted"),
    RuleField("only", "Only", "compare nothing else", "title, department"),
    RuleField("map", "Called there", "left name = right name", "title = jobTitle, userName = emails.value"),
    RuleField("fold", "Fold", "letter case and spaces do not count", "displayName, title"),
    RuleField("filter", "Who", "compare only who matches this filter", "active eq true"),
)


def rules_texts(rules: CompareRules) -> dict[str, str]:
    """Return the text of each field."""
    lists: dict[str, str] = {name: ", ".join(getattr(rules, name)) for name in _LISTS}
    return {
        "key": rules.key or "",
        **lists,
        "map": ", ".join(f"{left} = {right}" for left, right in rules.map.items()),
        "filter": rules.filter,
    }


def rules_values(rules: CompareRules) -> dict[str, Any]:
    """Return the keys of the config that say these rules: those that say anything."""
    values: dict[str, Any] = {"key": rules.key, "map": dict(rules.map), "filter": rules.filter}
    values |= {name: list(getattr(rules, name)) for name in _LISTS}
    return {name: value for name, value in values.items() if value}


def read_rules(texts: Mapping[str, str]) -> CompareRules:
    """Return the rules that texts say; whether they are right is told by `rules_mistakes`."""
    names = (part.partition("=") for part in _parts(texts["map"]))
    return CompareRules(
        key=texts["key"].strip() or None,
        ignore=tuple(_parts(texts["ignore"])),
        only=tuple(_parts(texts["only"])),
        map={left.strip(): right.strip() for left, _, right in names},
        fold=tuple(_parts(texts["fold"])),
        filter=texts["filter"].strip(),
    )


def rules_mistakes(texts: Mapping[str, str], types: Types) -> dict[str, str]:
    """Return what is wrong, by field; safe. A path must be known to a type that both sides have, on either side."""
    rules = read_rules(texts)
    left, right = ([pair[side] for pair in types] for side in (0, 1))
    found = {
        "key": _wrong_path(rules.key or "", left),
        **{name: _first(_wrong_path(path, [*left, *right]) for path in getattr(rules, name)) for name in _LISTS},
        "map": _first(_wrong_name(one, rules.map[one], types) for one in rules.map),
        "filter": _wrong_filter(rules.filter, types[0][0]) if rules.filter and types else "",
    }
    return {name: words for name, words in found.items() if words}


_LISTS = ("ignore", "only", "fold")


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _first(words: Iterable[str]) -> str:
    return next((one for one in words if one), "")


def _wrong_path(text: str, types: Sequence[ResourceType]) -> str:
    """Return why a path names nothing in any of the types."""
    if not text:
        return ""
    faults = []
    for one in types:
        try:
            if attribute_at(parse_path(text, one), one) is not None:
                return ""
        except SyntaxFault as fault:
            faults.append(mistake_of(fault, text).words)
    known = {attribute.name for one in types for _, attribute in one.placed_attributes()}
    near = get_close_matches(text.partition(".")[0], known, n=1)
    unknown = f"no attribute {safe(text)}{f'; did you mean {safe(near[0])}?' if near else ''}"
    return faults[0] if len(faults) == len(types) and faults else unknown


def _wrong_name(left: str, right: str, types: Types) -> str:
    if not left or not right:
        return "write left name = right name"
    if wrong := _wrong_path(left, [pair[0] for pair in types]) or _wrong_path(right, [pair[1] for pair in types]):
        return wrong
    try:
        renamer({left: right}, *types[0])
    except ScimtuiError as error:
        return safe(error.message)
    return ""


def _wrong_filter(text: str, resource_type: ResourceType) -> str:
    try:
        names = names_read(text, resource_type)
    except SyntaxFault as fault:
        return mistake_of(fault, text).words
    except ScimtuiError as error:
        return safe(error.message)
    known = {"id", "schemas", "meta", "externalid", *(one.id.casefold() for one in resource_type.extensions)}
    return _first(_wrong_path(name, [resource_type]) for name in sorted(names) if name.casefold() not in known)


def turned(rules: CompareRules) -> CompareRules:
    """Return the rules with the sides changed over: what the left side called a thing is called as the right side did."""
    names = rules.map
    there = {path: names.get(path, path) for path in (*rules.ignore, *rules.only, *rules.fold)}
    return CompareRules(
        key=names.get(rules.key, rules.key) if rules.key else None,
        ignore=tuple(there[path] for path in rules.ignore),
        only=tuple(there[path] for path in rules.only),
        map={right: left for left, right in names.items()},
        fold=tuple(there[path] for path in rules.fold),
        filter=rules.filter,
    )
