"""`--set P=V`, `--add P=V` and `--remove P` as PATCH operations on what is there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from scimtui.errors import PatchError, UsageError
from scimtui.scim.coerce import as_boolean
from scimtui.scim.patch import apply_operations
from scimtui.scim.path import Path, parse_path, values_at
from scimtui.scim.schema import Attribute, ResourceType, Type

Raw = Mapping[str, Any]
_TEXTS = frozenset({Type.STRING, Type.DATE_TIME, Type.REFERENCE, Type.BINARY})


def assigned(
    resource: Raw,
    resource_type: ResourceType,
    sets: Sequence[str],
    adds: Sequence[str] = (),
    removes: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the resource with all assignments carried out: set first, then add, then remove.

    Raises:
        UsageError: one cannot be read, names no attribute, or may not be changed. Nothing was sent.
        PathError: a path cannot be read.
    """
    operations = [
        *(_operation("replace", text, resource, resource_type) for text in sets),
        *(_operation("add", text, resource, resource_type) for text in adds),
        *({"op": "remove", "path": _known(text, resource, resource_type)} for text in removes),
    ]
    try:
        return apply_operations(resource, operations, resource_type)
    except PatchError as error:
        hint = 'add the element with --add first: --add emails=\'{"type": "work", "value": "…"}\''
        raise UsageError(error.message, hint if error.scim_type == "noTarget" else "") from error


def _operation(op: str, text: str, resource: Raw, resource_type: ResourceType) -> dict[str, Any]:
    path_text, value_text = _split(text)
    path_text = _known(path_text, resource, resource_type)
    path = parse_path(path_text, resource_type)
    if "password" in {path.attribute.casefold(), (path.sub or "").casefold()}:
        raise UsageError("a password does not belong into an argument: others can read it there", "use --from FILE")
    value = _value(value_text, _attribute(path, resource_type))
    if value is None:
        return {"op": "remove", "path": path_text}
    return {"op": op, "path": path_text, "value": value}


def _split(text: str) -> tuple[str, str]:
    """Split at the first = that stands neither in brackets nor in quotes.

    Raises:
        UsageError: there is none.
    """
    depth, is_quoted = 0, False
    for place, letter in enumerate(text):
        if letter == '"' and text[place - 1 : place] != "\\":
            is_quoted = not is_quoted
        elif not is_quoted and letter in "[]":
            depth += 1 if letter == "[" else -1
        elif letter == "=" and depth == 0 and not is_quoted:
            return text[:place].strip(), text[place + 1 :]
    raise UsageError(f"{text} is no assignment", "write PATH=VALUE, such as title=Manager")


def _value(text: str, attribute: Attribute | None) -> Any:
    """Return JSON where the text is some, else the text. What a text attribute gets stays text: 007 is no number."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    if attribute is None:
        return value
    if attribute.type is Type.BOOLEAN and as_boolean(value) is not None:
        return as_boolean(value)
    return text if attribute.type in _TEXTS and isinstance(value, bool | int | float) else value


def _known(text: str, resource: Raw, resource_type: ResourceType) -> str:
    """Return the path if the schema or the resource has it.

    Raises:
        PathError: it is no path.
        UsageError: there is no such attribute; the hint names the nearest one.
    """
    path = parse_path(text, resource_type)
    if not path.attribute:
        known = path.urn is None or resource_type.extension(path.urn) is not None
        names = [schema.id for schema in resource_type.extensions]
    else:
        attribute = resource_type.attribute(path.attribute, path.urn)
        subs = attribute.sub_attributes if attribute else ()
        known = attribute is not None and (path.sub is None or not subs or attribute.sub(path.sub) is not None)
        names = [f"{path.attribute}.{sub.name}" for sub in subs]
        names = names or [one.name for _, one in resource_type.placed_attributes()]
    if known or values_at(resource, replace(path, value_filter=None), resource_type):
        return text
    near = get_close_matches(text, names, n=1)
    hint = f"did you mean {near[0]}?" if near else "scimtui show names those of a resource"
    raise UsageError(f"a {resource_type.name} has no attribute {text}", hint)


def _attribute(path: Path, resource_type: ResourceType) -> Attribute | None:
    attribute = resource_type.attribute(path.attribute, path.urn)
    return attribute.sub(path.sub) if attribute and path.sub else attribute
