"""Reading what providers really send: views over the raw JSON, which itself is never changed.

Providers send "True" for true, a bare string for an e-mail, one object for a list of one, and `"name.formatted"` as a
key. Each is read as what it means, and written back in the form of the schema.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from scimtui.scim.nesting import of_any_depth
from scimtui.scim.resource import is_empty, lookup
from scimtui.scim.schema import Attribute, ResourceType, Schema, Type

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})


def as_boolean(value: Any) -> bool | None:
    """Return true or false for what means it, `"True"` and 0 included; None for anything else."""
    if isinstance(value, bool):
        return value
    folded = str(value).strip().casefold() if isinstance(value, str | int) else ""
    return True if folded in _TRUE else False if folded in _FALSE else None


def is_number(text: str) -> bool:
    """Whether a text is a number in JSON."""
    return _NUMBER.fullmatch(text) is not None


def read_number(text: str) -> int | float | None:
    """Return the number that a text is in JSON; None where it is none, or one too large to compute with."""
    if not is_number(text):
        return None
    try:
        number = float(text) if set(text) & set(".eE") else int(text)
    except ValueError:  # more digits than int() reads
        return None
    return None if math.isinf(number) else number


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, [] for None, and a list of one for anything else."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def element_value(element: Any) -> Any:
    """Return what an element of a multi-valued attribute stands for: its `value`, or itself where it is bare."""
    return lookup(element, "value") if isinstance(element, Mapping) else element


def is_active(raw: Mapping[str, Any]) -> bool | None:
    """Return whether the account is active; None where the resource does not say (RFC 7643 section 4.1.1)."""
    return as_boolean(lookup(raw, "active"))


@of_any_depth
def normalised(raw: Mapping[str, Any], resource_type: ResourceType) -> dict[str, Any]:
    """Return a copy in the form of the schema: its spelling of keys, its types, no empty values.

    Unknown attributes are copied as they are. Of two keys that differ in letter case only, the first one counts.
    """
    attributes = {attribute.name.casefold(): attribute for attribute in resource_type.attributes}
    extensions = {schema.id.casefold(): schema for schema in resource_type.extensions}
    found: dict[str, Any] = {}
    for key, value in nested(raw, attributes).items():
        folded = key.casefold()
        extension = extensions.get(folded)
        if extension is not None and isinstance(value, Mapping):
            name, form = extension.id, _extension(value, extension)
        elif folded in attributes:
            name, form = attributes[folded].name, _value(value, attributes[folded])
        else:
            name, form = key, value
        if not is_empty(form):
            found.setdefault(name, form)
    return found


def _extension(value: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    attributes = {attribute.name.casefold(): attribute for attribute in schema.attributes}
    return _object(nested(value, attributes), attributes)


def nested(raw: Mapping[str, Any], attributes: Mapping[str, Attribute]) -> dict[str, Any]:
    """Return the object with `"name.givenName": …` put where it belongs; a value that stands there already stays."""
    found = {str(key): value for key, value in raw.items()}
    for key in [key for key in found if "." in key and ":" not in key]:
        head, _, sub = key.partition(".")
        owner = attributes.get(head.casefold())
        if owner is None or owner.type is not Type.COMPLEX or owner.multi_valued:
            continue
        under = lookup(found, owner.name)
        if under is None or isinstance(under, Mapping):
            spelled = next((name for name in found if name.casefold() == head.casefold()), owner.name)
            found[spelled] = {sub: found.pop(key), **(under or {})}
    return found


def _value(value: Any, attribute: Attribute) -> Any:
    if attribute.multi_valued:
        elements = [_single(element, attribute) for element in as_list(value)]
        return [element for element in elements if not is_empty(element)]
    if isinstance(value, list) and len(value) == 1:
        return _single(value[0], attribute)
    return _single(value, attribute)


def _single(value: Any, attribute: Attribute) -> Any:
    if attribute.type is Type.COMPLEX:
        if not isinstance(value, Mapping):
            return {"value": value} if attribute.sub("value") and not isinstance(value, list | None) else value
        return _object(value, {sub.name.casefold(): sub for sub in attribute.sub_attributes})
    if attribute.type is Type.BOOLEAN:
        read = as_boolean(value)
        return value if read is None else read
    if attribute.type in {Type.INTEGER, Type.DECIMAL} and isinstance(value, str):
        number = read_number(value.strip())
        is_fitting = isinstance(number, int) or (number is not None and attribute.type is Type.DECIMAL)
        return number if is_fitting else value
    return value


def _object(raw: Mapping[str, Any], attributes: Mapping[str, Attribute]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in raw.items():
        attribute = attributes.get(str(key).casefold())
        form = value if attribute is None else _value(value, attribute)
        if not is_empty(form):
            found.setdefault(str(key) if attribute is None else attribute.name, form)
    return found
