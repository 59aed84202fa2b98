"""What a comparison needs of a resource, small enough to be kept: its key, a digest of what is compared, whom it names.

Two resources with the same digest, and with references to the same people, do not differ. Where digests differ the
resources still may say the same in other words: `compare_paired` tells.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from scimtui.scim.absence import joined
from scimtui.scim.compared_paths import never_differ, reference_names
from scimtui.scim.counterparts import Counterparts, target_id
from scimtui.scim.pairing import Ambiguous, key_reader
from scimtui.scim.resource import is_empty, resource_id

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType

FORM = 2
"""Changes with the meaning of a fingerprint, so that kept ones are not taken for those of today."""


class Fingerprint(NamedTuple):
    """One resource in texts alone, so that it can be a row of a table."""

    id: str
    folded: str
    """The form in which two keys are the same; "" where it has none."""
    key: str
    """As it stands there."""
    digest: str
    """"" for what must be read to be compared: a group that shows members."""
    references: str
    """Whom it names: path and id by turns, a line each; "" for nobody."""


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """How the resources of one comparison are read."""

    name: str
    """The same for the same way of reading; another one gives other fingerprints."""
    of: Callable[[Mapping[str, Any]], Fingerprint]


class _Part(Enum):
    """What is done with a top-level attribute."""

    SKIPPED = 0
    COMPARED = 1
    REFERENCE = 2
    EXTENSION = 3
    MEMBERS = 4


def fingerprints(
    key: str, left_type: ResourceType, right_type: ResourceType, ignore: Collection[str] = ()
) -> Fingerprints:
    """Return how both sides of a comparison by `key` are read. `ignore` is the same as for `compare`.

    Raises:
        PathError: `key` is no path.
    """
    skipped = never_differ(left_type, right_type, ignore)
    references = reference_names(left_type, right_type)
    urns = frozenset(schema.id.casefold() for schema in (*left_type.extensions, *right_type.extensions))
    both = joined(left_type, right_type)
    keys, parts = key_reader(key, both), _Parts(skipped, references, urns)

    def of(raw: Mapping[str, Any]) -> Fingerprint:
        shown = keys.read(raw).strip()
        compared, named = parts.compared(raw)
        digest = "" if compared is None else _digest(compared)
        return Fingerprint(resource_id(raw), keys.fold(shown), shown, digest, "\n".join(named))

    told = json.dumps([FORM, key, sorted(skipped), sorted(references), sorted(urns), keys.fold("A")])
    return Fingerprints(f"fingerprints {told}", of)


class _Parts(dict[str, tuple[_Part, str]]):
    """What is done with each attribute that was met, and its name casefolded. Each is worked out once."""

    def __init__(self, skipped: frozenset[str], references: frozenset[str], urns: frozenset[str]) -> None:
        super().__init__()
        self._kinds = ((skipped, _Part.SKIPPED), ({"members"}, _Part.MEMBERS), (urns, _Part.EXTENSION))
        self._references = references
        self._inside = {
            urn: _Parts(frozenset(), frozenset(one.removeprefix(f"{urn}:") for one in references), frozenset())
            for urn in urns
        }

    def __missing__(self, name: str) -> tuple[_Part, str]:
        folded = name.casefold()
        plain = _Part.REFERENCE if folded in self._references else _Part.COMPARED
        self[name] = (next((part for names, part in self._kinds if folded in names), plain), folded)
        return self[name]

    def compared(self, raw: Mapping[str, Any]) -> tuple[dict[str, Any] | None, list[str]]:
        """Return what counts of a resource, None where it must be read whole, and paths and ids of whom it names."""
        compared: dict[str, Any] = {}
        named: list[str] = []
        must_be_read, plain = False, _Part.COMPARED
        for name, value in raw.items():
            part, folded = self[name]
            if part is plain:  # nearly all are: it comes first
                if value or not is_empty(value):
                    compared[folded] = value
            elif part is _Part.SKIPPED or is_empty(value):
                continue
            elif part is _Part.MEMBERS:
                must_be_read = True
            elif part is _Part.REFERENCE:
                if target := target_id(value):
                    named += (folded, target)
                else:
                    compared[folded] = value
            elif not isinstance(value, dict):
                compared[folded] = value
            elif inner := self._extension(folded, value, named):
                compared[folded] = inner
        return None if must_be_read else compared, named

    def _extension(self, urn: str, values: Mapping[str, Any], named: list[str]) -> dict[str, Any]:
        inner: dict[str, Any] = {}
        parts = self._inside[urn]
        for name, value in values.items():
            part, folded = parts[name]
            if part is _Part.REFERENCE and (target := target_id(value)):
                named += (f"{urn}:{folded}", target)
            elif value or not is_empty(value):
                inner[folded] = value
        return inner


@dataclass(frozen=True, slots=True)
class PairedRows:
    """Fingerprints of two sides, matched by key."""

    pairs: list[tuple[Fingerprint, Fingerprint]]
    only_left: list[Fingerprint]
    """Without a counterpart, or without a key."""
    only_right: list[Fingerprint]
    ambiguous: list[Ambiguous]


def pair_rows(left: Sequence[Fingerprint], right: Sequence[Fingerprint]) -> PairedRows:
    """Match by key, as `pair` does with resources. The rows may be any tuples of the same fields."""
    mine, without_left = _by_key(left)
    theirs, without_right = _by_key(right)
    found = PairedRows([], without_left, without_right, [])
    for folded, here in mine.items():
        there = theirs.get(folded, [])
        if len(here) > 1 or len(there) > 1:
            found.ambiguous.append(Ambiguous(here[0][2], tuple(one[0] for one in here), tuple(one[0] for one in there)))
        elif there:
            found.pairs.append((here[0], there[0]))
        else:
            found.only_left.append(here[0])
    for folded, there in theirs.items():
        if folded not in mine and len(there) > 1:
            found.ambiguous.append(Ambiguous(there[0][2], (), tuple(one[0] for one in there)))
        elif folded not in mine:
            found.only_right.append(there[0])
    return found


def _by_key(rows: Sequence[Fingerprint]) -> tuple[dict[str, list[Fingerprint]], list[Fingerprint]]:
    by_key: dict[str, list[Fingerprint]] = {}
    without: list[Fingerprint] = []
    for row in rows:
        if row[1]:
            by_key.setdefault(row[1], []).append(row)
        else:
            without.append(row)
    return by_key, without


def same_people(left: str, right: str, known: Counterparts) -> bool:
    """Whether two `references` name the same people."""
    mine, theirs = left.split("\n"), right.split("\n")
    return mine[::2] == theirs[::2] and [*map(known.person, mine[1::2])] == [*map(known.on_right, theirs[1::2])]


def _digest(compared: Mapping[str, Any]) -> str:
    try:
        told = orjson.dumps(compared, option=orjson.OPT_SORT_KEYS)
    except (TypeError, orjson.JSONEncodeError):  # an integer beyond 64 bits, half a character
        return ""
    return blake2b(told, digest_size=16).hexdigest()
