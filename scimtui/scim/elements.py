"""When two values are the same, and which element of a multi-valued attribute is which (RFC 7643 section 2.4)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scimtui.scim.coerce import as_boolean
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, Mutability, Type


def token(value: Any) -> str:
    """Return a text that is equal for equal JSON values only. True is not 1, and 1.0 is 1."""
    text = _text(value)
    return _text(_plain(value)) if ".0" in text or "e+" in text else text


def folded_token(value: Any) -> str:
    """Return a text that is equal for equal JSON values, and for texts that differ in letter case alone."""
    return token(value.casefold() if isinstance(value, str) else value)


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal; absent, null and [] are."""
    if is_empty(left) or is_empty(right):
        return is_empty(left) and is_empty(right)
    return token(left) == token(right)


def same_elements(left: Iterable[Any], right: Iterable[Any]) -> bool:
    """Whether two lists have the same elements; neither order nor exact repetition means anything."""
    return {token(bare(element)) for element in left} == {token(bare(element)) for element in right}


def distinct(elements: Iterable[Any]) -> list[Any]:
    """Return the elements without those that repeat an earlier one exactly."""
    found: dict[str, Any] = {}
    for element in elements:
        found.setdefault(token(bare(element)), element)
    return list(found.values())


def bare(element: Any) -> Any:
    """Return an element without `primary: false`, which says the same as no `primary`."""
    if not isinstance(element, Mapping) or is_primary(element):
        return element
    return {name: value for name, value in element.items() if str(name).casefold() != "primary"}


def is_primary(element: Any) -> bool:
    """Whether an element is the preferred one of its list."""
    return as_boolean(lookup(element, "primary")) is True


def names_resources(attribute: Attribute) -> bool:
    """Whether elements stand for other resources, as `members` do: `value` says all, and is never changed."""
    value = attribute.sub("value")
    is_fixed = value is not None and value.mutability is Mutability.IMMUTABLE
    return attribute.multi_valued and (is_fixed or attribute.name.casefold() == "members")


def of_objects(attribute: Attribute, *lists: Any) -> bool:
    """Whether an attribute is a list of objects, by its schema and by what is really there."""
    if attribute.type is not Type.COMPLEX:
        return False
    return all(isinstance(element, Mapping) for elements in lists for element in elements or ())


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which elements of two lists are the same thing, by index."""

    both: tuple[tuple[int, int], ...]
    only_left: tuple[int, ...]
    only_right: tuple[int, ...]


def pair(left: Sequence[Mapping[str, Any]], right: Sequence[Mapping[str, Any]], attribute: Attribute) -> Pairs:
    """Find the elements of `left` again in `right`, whatever of them has changed.

    The surest likeness first: all equal, then `value` and `type`, `value` alone, `type` and `primary`, `type` alone. A
    likeness counts where it is unique among what is left over on both sides. Elements that name resources are told
    apart by `value` alone.
    """
    open_left, open_right = dict(enumerate(left)), dict(enumerate(right))
    both: list[tuple[int, int]] = []
    likenesses = (_by_value, token) if names_resources(attribute) else (token, _by_both, _by_value, _by_role, _by_type)
    for likeness in likenesses:
        there = _unique(open_right, likeness)
        for key, index in _unique(open_left, likeness).items():
            if key in there:
                both.append((index, there[key]))
                del open_left[index], open_right[there[key]]
    return Pairs(tuple(sorted(both)), tuple(open_left), tuple(open_right))


def selector(element: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the text of a value filter that matches `element` and none of `others`, None where there is none.

    `type eq "work"` where that is enough, else by `value`, else by both. Letter case does not tell elements apart,
    since providers differ in it.
    """
    rivals = list(others)
    for names in (("type",), ("value",), ("type", "value"), ("type", "primary")):
        wanted = {name: element.get(name) for name in names}
        if all(_can_be_compared(value) for value in wanted.values()) and not any(
            all(_folded(rival.get(name)) == _folded(value) for name, value in wanted.items()) for rival in rivals
        ):
            return " and ".join(equals(name, value) for name, value in wanted.items())
    return None


def equals(name: str, value: Any) -> str:
    """Return the text of `name eq value`, with the escapes of JSON."""
    return f"{name} eq {json.dumps(value, ensure_ascii=False)}"


def element_key(element: Mapping[str, Any]) -> Hashable:
    """Return what tells elements that name resources apart: `value`, or all of an element that has none."""
    return _by_value(element) or token(element)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _unique(elements: Mapping[int, Mapping[str, Any]], likeness: Callable[[Any], Any]) -> dict[Any, int]:
    keys = {index: likeness(element) for index, element in elements.items()}
    counts = Counter(keys.values())
    return {key: index for index, key in keys.items() if key is not None and counts[key] == 1}


def _by_value(element: Mapping[str, Any]) -> Hashable:
    value = lookup(element, "value")
    return None if is_empty(value) else ("value", token(value))


def _by_both(element: Mapping[str, Any]) -> Hashable:
    value = _by_value(element)
    return value and (value, _folded(element.get("type")))


def _by_role(element: Mapping[str, Any]) -> Hashable:
    return (_folded(element.get("type")), is_primary(element))


def _by_type(element: Mapping[str, Any]) -> Hashable:
    return (_folded(element.get("type")),)


def _can_be_compared(value: Any) -> bool:
    """Whether a value can stand in a filter."""
    if isinstance(value, str):
        return bool(value) and not any("\ud800" <= character <= "\udfff" for character in value)
    return isinstance(value, int)


def _folded(value: Any) -> str:
    return value.casefold() if isinstance(value, str) else token(value)
