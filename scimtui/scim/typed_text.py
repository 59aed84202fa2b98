"""A cell of a table as the value of an attribute: its header names a path, its text is read as the schema says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Any

from scimtui.errors import PatchError, PathError
from scimtui.scim.expression import Comparison, Operator, Path
from scimtui.scim.literal import instant
from scimtui.scim.patch_values import checked
from scimtui.scim.path import attribute_at, parse_path
from scimtui.scim.schema import Attribute, ResourceType, Type

SEPARATOR = "|"
"""Between the values of a list."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def column_path(header: str, resource_type: ResourceType) -> Path | None:
    """Return the path that a header names, None where the type has no such attribute.

    `emails.work` is `emails[type eq "work"].value`, and `manager` is `manager.value`.

    Raises:
        PathError: it is no path at all.
    """
    path = parse_path(header.strip(), resource_type)
    attribute = resource_type.attribute(path.attribute, path.urn)
    if attribute is None:
        return None
    if path.sub is not None and attribute.sub(path.sub) is None:
        if path.value_filter is not None or not attribute.multi_valued or attribute.sub("type") is None:
            return None
        kind = Comparison(Path(attribute="type"), Operator.EQ, path.sub)
        return replace(path, value_filter=kind, sub="value")
    if path.sub is None and attribute.type is Type.COMPLEX:
        if attribute.sub("value") is None:
            return None
        return replace(path, sub="value")
    return path


def nearest(header: str, resource_type: ResourceType) -> list[str]:
    """Return the paths that were likely meant, the likeliest first."""
    paths = list(_paths(resource_type))
    wanted = _letters(header)
    alike = [path for path in paths if _letters(path) == wanted or _letters(path.rpartition(".")[2]) == wanted]
    by_letters = {_letters(path.rpartition(":")[2]): path for path in reversed(paths)}
    close = [by_letters[one] for one in get_close_matches(wanted, by_letters, n=3)]
    return list(dict.fromkeys((*alike, *close)))[:3]


def read_value(text: str, path: Path, resource_type: ResourceType) -> list[Any]:
    """Return the values that a cell gives to a path; several only where the path names a list.

    Raises:
        ValueError: it is of another type; the message says what is wanted.
    """
    attribute, leaf = resource_type.attribute(path.attribute, path.urn), attribute_at(path, resource_type)
    assert attribute is not None
    assert leaf is not None
    is_list = (attribute.multi_valued and path.value_filter is None) or leaf.multi_valued
    parts = [part.strip() for part in text.split(SEPARATOR)] if is_list else [text.strip()]
    return [_single(part, leaf) for part in parts if part]


def _single(text: str, attribute: Attribute) -> Any:
    if attribute.type is Type.DATE_TIME:
        return _moment(text)
    try:
        return checked(text, replace(attribute, multi_valued=False))
    except PatchError:
        wanted = {Type.BOOLEAN: "true or false", Type.INTEGER: "a whole number", Type.DECIMAL: "a number"}
        raise ValueError(f"{text} is not {wanted.get(attribute.type, attribute.type.value)}") from None


def _moment(text: str) -> str:
    try:
        if _DAY.fullmatch(text):
            return f"{date.fromisoformat(text).isoformat()}T00:00:00Z"
    except ValueError:
        pass
    else:
        if instant(text) is not None:
            return text
    raise ValueError(f"{text} is no date such as 2026-01-31 or 2026-01-31T09:00:00Z")


def _paths(resource_type: ResourceType) -> Iterator[str]:
    """Yield what a header may say."""
    for urn, attribute in resource_type.placed_attributes():
        if not attribute.is_writable or attribute.name.casefold() == "schemas":
            continue
        name = (
            attribute.name
            if urn is None or _is_plain(attribute.name, urn, resource_type)
            else f"{urn}:{attribute.name}"
        )
        subs = [sub.name for sub in attribute.sub_attributes if sub.is_writable]
        if attribute.type is not Type.COMPLEX or "value" in subs:
            yield name
        else:
            yield from (f"{name}.{sub}" for sub in subs)
        kind = attribute.sub("type")
        if attribute.multi_valued and kind is not None:
            yield from (f"{name}.{one}" for one in kind.canonical_values)


def _is_plain(name: str, urn: str, resource_type: ResourceType) -> bool:
    """Whether a name without its URN is understood."""
    try:
        return parse_path(name, resource_type).urn == urn
    except PathError:  # a name that only a URN makes a path
        return False


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()
