"""Find rows: by words as a person types them, or by a SCIM filter over the cache."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from scimtui.ops.session import Session
from scimtui.scim.match import compile_filter
from scimtui.scim.resource import resource_id
from scimtui.scim.schema import ResourceType
from scimtui.store.collector import collector_paused

_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters that people type without their stroke, and that Unicode takes for letters of their own."""


def fold(text: str) -> str:
    """Return the text as it is searched in: without accents and without letter case."""
    if text.isascii():
        return text.lower()
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return plain.casefold().translate(_PLAIN)


def plain(rows: Sequence[tuple[str, ...]], text: str, within: Sequence[int] | None = None) -> list[int]:
    """Return the indexes of the rows whose haystack holds every word of the text.

    `within` are the indexes to choose from, where more letters narrow an earlier search; None means all.
    """
    words = sorted(set(fold(text).split()), key=len, reverse=True)
    found = list(range(len(rows)) if within is None else within)
    for word in words:
        found = [index for index in found if word in rows[index][1]]
    return found


def matching(
    session: Session,
    resource_type: ResourceType,
    filter: str,  # noqa: A002, the RFC's word
    rows: Sequence[tuple[str, ...]],
) -> list[int]:
    """Return the indexes of the rows whose cached resource matches a SCIM filter. Blocks for the disk.

    Raises:
        FilterError: the filter cannot be read; it knows the position.
        CacheError: the cache cannot be read.
    """
    matches = compile_filter(filter, resource_type)
    places = {row[0]: index for index, row in enumerate(rows)}
    documents = session.cache.resources(resource_type.name).documents()
    with collector_paused():
        found = [places.get(resource_id(raw)) for raw in documents if matches(raw)]
    return sorted(index for index in found if index is not None)
