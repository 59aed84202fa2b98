"""Which resource of one tenant is which of another. A match of more than one is shown, never picked."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scimtui.scim.literal import fold
from scimtui.scim.path import attribute_at, parse_path, values_at
from scimtui.scim.resource import lookup, resource_id

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A key that several resources of one side have."""

    key: str
    left_ids: tuple[str, ...]
    right_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pairing:
    """Resources of two sides, matched by a key; each list in the order of its side."""

    key: str
    """The path whose values paired them."""
    pairs: list[tuple[Mapping[str, Any], Mapping[str, Any]]]
    only_left: list[Mapping[str, Any]]
    """Without a counterpart, or without a key."""
    only_right: list[Mapping[str, Any]]
    ambiguous: list[Ambiguous]


def pair(
    left: Iterable[Mapping[str, Any]], right: Iterable[Mapping[str, Any]], key: str, resource_type: ResourceType
) -> Pairing:
    """Match by the first value at the path `key`.

    Letter case counts only where the schema says so, and letters are the same however they are composed.

    Raises:
        PathError: `key` is no path.
    """
    key_of = key_reader(key, resource_type)
    left_by_key, only_left = _by_key(left, key_of)
    right_by_key, only_right = _by_key(right, key_of)
    pairs: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
    ambiguous: list[Ambiguous] = []
    for folded, mine in left_by_key.items():
        theirs = right_by_key.get(folded, [])
        if len(mine) > 1 or len(theirs) > 1:
            ambiguous.append(Ambiguous(_shown(mine[0], key_of), _ids(mine), _ids(theirs)))
        elif not theirs:
            only_left.append(mine[0])
        else:
            pairs.append((mine[0], theirs[0]))
    for folded, theirs in right_by_key.items():
        if folded not in left_by_key and len(theirs) > 1:
            ambiguous.append(Ambiguous(_shown(theirs[0], key_of), (), _ids(theirs)))
        elif folded not in left_by_key:
            only_right.append(theirs[0])
    return Pairing(key, pairs, only_left, only_right, ambiguous)


@dataclass(frozen=True, slots=True)
class KeyReader:
    """How a key is read and compared."""

    read: Callable[[Mapping[str, Any]], str]
    """The key as it stands there, "" where there is none."""
    fold: Callable[[str], str]
    """The form in which two keys are the same."""


def key_reader(key: str, resource_type: ResourceType) -> KeyReader:
    """Return how the values at the path `key` are read and compared.

    Raises:
        PathError: `key` is no path.
    """
    path = parse_path(key, resource_type)
    attribute = attribute_at(path, resource_type)
    fold = _same_letters if attribute is not None and attribute.case_exact else _any_case

    name = attribute.name if attribute else path.attribute
    is_plain = path.urn is None and path.sub is None and path.value_filter is None

    def read(raw: Mapping[str, Any]) -> str:
        if is_plain and type(value := raw.get(name)) is str:  # most keys are spelled as the schema spells them
            return value
        found = values_at(raw, path, resource_type)
        value = found[0] if found else None
        value = lookup(value, "value") if isinstance(value, Mapping) else value
        return "" if value is None else str(value)

    return KeyReader(read, fold)


def _by_key(
    resources: Iterable[Mapping[str, Any]], key_of: KeyReader
) -> tuple[dict[str, list[Mapping[str, Any]]], list[Mapping[str, Any]]]:
    """Return resources by folded key, and those that have none."""
    by_key: dict[str, list[Mapping[str, Any]]] = {}
    without: list[Mapping[str, Any]] = []
    read, fold = key_of.read, key_of.fold
    for raw in resources:
        folded = fold(read(raw).strip())
        if folded:
            by_key.setdefault(folded, []).append(raw)
        else:
            without.append(raw)
    return by_key, without


def _any_case(text: str) -> str:
    return text.lower() if text.isascii() else fold(text)


def _same_letters(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _shown(raw: Mapping[str, Any], key_of: KeyReader) -> str:
    return key_of.read(raw).strip()


def _ids(resources: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(resource_id(raw) for raw in resources)
