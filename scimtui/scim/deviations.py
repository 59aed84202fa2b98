"""Where a resource departs from its own schema, although it can be read: what `coerce` put right, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from scimtui.scim.coerce import as_list, nested
from scimtui.scim.elements import is_primary
from scimtui.scim.literal import instant
from scimtui.scim.nesting import of_any_depth
from scimtui.scim.schema import Attribute, ResourceType, Type


class Oddity(StrEnum):
    """How a provider departs from RFC 7643."""

    SPELLING = "spelled otherwise"
    REPEATED = "comes again, the first counts"
    FLAT = "sent as a key with a dot"
    NULL = "sent as null"
    NOT_BOOLEAN = "no boolean"
    NOT_NUMBER = "no number"
    NOT_TEXT = "no text"
    NOT_TIME = "no date with a time"
    NO_ZONE = "no zone, read as UTC"
    BARE = "sent without its object"
    OBJECT = "sent as an object"
    NOT_LIST = "not sent as a list"
    LIST = "sent as a list"
    PRIMARIES = "more than one is primary"


@dataclass(frozen=True, slots=True)
class Deviation:
    """One departure."""

    path: str
    """Of the attribute, in the schema's spelling; a list as a whole."""
    oddity: Oddity
    found: Any
    """What stands there: a key or a value."""


@of_any_depth
def deviations(raw: Mapping[str, Any], resource_type: ResourceType) -> tuple[Deviation, ...]:
    """Return how the raw resource departs from its schema, each way once a path. What no schema knows departs not."""
    found: list[Deviation] = list(_of_object("", raw, resource_type.attributes))
    for schema in resource_type.extensions:
        for key, value in raw.items():
            if key.casefold() == schema.id.casefold():
                found += _spelling(schema.id, key, schema.id)
                if isinstance(value, Mapping):
                    found += _of_object(f"{schema.id}:", value, schema.attributes)
    return tuple({(one.path, one.oddity): one for one in reversed(found)}.values())[::-1]


def _of_object(prefix: str, raw: Mapping[str, Any], attributes: tuple[Attribute, ...]) -> Iterator[Deviation]:
    known = {attribute.name.casefold(): attribute for attribute in attributes}
    spread = nested(raw, known)
    seen: set[str] = set()
    for key in raw:
        folded = str(key).casefold()
        if key not in spread:
            yield Deviation(f"{prefix}{key}", Oddity.FLAT, key)
        elif folded in known and folded in seen:
            yield Deviation(prefix + known[folded].name, Oddity.REPEATED, key)
        elif folded in known:
            seen.add(folded)
            yield from _spelling(prefix + known[folded].name, key, known[folded].name)
            yield from _of_value(prefix + known[folded].name, spread[key], known[folded])


def _spelling(path: str, key: str, name: str) -> Iterator[Deviation]:
    if key != name:
        yield Deviation(path, Oddity.SPELLING, key)


def _of_value(path: str, value: Any, attribute: Attribute) -> Iterator[Deviation]:
    if value is None:
        yield Deviation(path, Oddity.NULL, None)
    elif attribute.multi_valued:
        if not isinstance(value, list):
            yield Deviation(path, Oddity.NOT_LIST, value)
        if sum(map(is_primary, as_list(value))) > 1:
            yield Deviation(path, Oddity.PRIMARIES, value)
        for element in as_list(value):
            yield from _of_one(path, element, attribute)
    elif isinstance(value, list):
        if value:
            yield Deviation(path, Oddity.LIST, value)
    else:
        yield from _of_one(path, value, attribute)


def _of_one(path: str, value: Any, attribute: Attribute) -> Iterator[Deviation]:
    if value is None:
        yield Deviation(path, Oddity.NULL, None)
    elif attribute.type is Type.COMPLEX:
        if not isinstance(value, Mapping):
            yield Deviation(path, Oddity.BARE, value)
        else:
            yield from _of_object(f"{path}.", value, attribute.sub_attributes)
    elif isinstance(value, Mapping | list):
        yield Deviation(path, Oddity.OBJECT, value)
    elif (oddity := _oddity(value, attribute.type)) is not None:
        yield Deviation(path, oddity, value)


def _oddity(value: Any, kind: Type) -> Oddity | None:
    """Return how a plain value departs from its type."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind is Type.BOOLEAN:
        return None if isinstance(value, bool) else Oddity.NOT_BOOLEAN
    if kind in {Type.INTEGER, Type.DECIMAL}:
        return None if is_number and (kind is Type.DECIMAL or isinstance(value, int)) else Oddity.NOT_NUMBER
    if not isinstance(value, str):
        return Oddity.NOT_TEXT
    if kind is Type.DATE_TIME and value:
        return _oddity_of_time(value)
    return None


def _oddity_of_time(text: str) -> Oddity | None:
    if instant(text) is None or len(text) <= len("2026-01-31"):
        return Oddity.NOT_TIME
    return None if datetime.fromisoformat(text.strip().upper()).tzinfo else Oddity.NO_ZONE
