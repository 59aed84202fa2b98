"""Find rows: by words as a person types them, or by a SCIM filter over the cache."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from scimtui.scim.resource import resource_id
from scimtui.store.collector import collector_paused

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.store.cache import ResourceCache

_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that people type without their stroke, and that Unicode takes for letters of their own."""


REMEMBERED = 16
"""Answers to filters that are remembered of each cache."""
_ANSWERS: WeakKeyDictionary[ResourceCache, dict[tuple[str, ResourceType], tuple[int, frozenset[str]]]] = (
    WeakKeyDictionary()
)
"""By cache and filter: the generation at which it was asked, and the ids that matched."""


def fold(text: str) -> str:
    """Return the text as it is searched in: without accents and without letter case."""
    return text.lower() if text.isascii() else _folded(text)


@lru_cache(maxsize=4096)  # half of the cells that are not ASCII are one of a few words, such as ● active
def _folded(text: str) -> str:
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return plain.casefold().translate(_PLAIN)


def words_of(text: str) -> list[str]:
    """Return the words that are searched for, the longest first: it leaves the fewest rows for the others."""
    return sorted(set(fold(text).split()), key=lambda word: (-len(word), word))


def plain(rows: Sequence[tuple[str, ...]], text: str, within: Sequence[int] | None = None) -> list[int]:
    """Return the indexes of the rows whose haystack holds every word of the text.

    `within` are the indexes to choose from, where more letters narrow an earlier search; None means all.
    """
    found = list(range(len(rows)) if within is None else within)
    for word in words_of(text):
        found = [index for index in found if word in rows[index][1]]
    return found


def matching(
    session: Session,
    resource_type: ResourceType,
    filter: str,  # noqa: A002, the RFC's word
    rows: Sequence[tuple[str, ...]],
) -> list[int]:
    """Return the indexes of the rows whose cached resource matches a SCIM filter. Blocks for the disk.

    Only the attributes that the filter names are read. The last answers are remembered until the cache changes.

    Raises:
        FilterError: the filter cannot be read; it knows the position.
        CacheError: the cache cannot be read.
    """
    cache = session.cache.resources(resource_type.name)
    answers = _ANSWERS.setdefault(cache, {})
    asked, generation = (filter, resource_type), cache.generation
    known = answers.pop(asked, None)
    if known is None or known[0] != generation:
        known = generation, _matching_ids(cache, filter, resource_type)
    answers[asked] = known
    while len(answers) > REMEMBERED:
        del answers[next(iter(answers))]
    wanted = known[1]
    return [index for index, row in enumerate(rows) if row[0] in wanted]


def _matching_ids(cache: ResourceCache, filter: str, resource_type: ResourceType) -> frozenset[str]:  # noqa: A002
    from scimtui.scim.match import compile_filter, names_read  # the first screen does not pay for it

    matches, names = compile_filter(filter, resource_type), {"id", *names_read(filter, resource_type)}
    with collector_paused():
        return frozenset([resource_id(raw) for raw in cache.parts(names) if matches(raw)])
