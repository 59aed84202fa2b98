"""Filters and PATCH of the fake provider: as little as its tests need."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any


def matches(text: str, raw: dict[str, Any]) -> bool:
    later = re.fullmatch(r'meta\.lastModified gt "(.*)"', text)
    if later:
        return datetime.fromisoformat(raw["meta"]["lastModified"]) > datetime.fromisoformat(later[1])
    for clause in text.split(" and "):
        found = re.fullmatch(r'([\w.$]+) eq "((?:[^"\\]|\\.)*)"', clause.strip())
        if not found:
            return False
        values = [raw]
        for name in found[1].split("."):
            held = [value.get(name) for value in values if isinstance(value, dict)]
            values = [inner for value in held for inner in (value if isinstance(value, list) else [value])]
        wanted = json.loads(f'"{found[2]}"')
        if not any(isinstance(value, str) and value.casefold() == wanted.casefold() for value in values):
            return False
    return True


def apply_operation(raw: dict[str, Any], operation: dict[str, Any], *, add_replaces: bool = False) -> None:
    op, path, value = operation["op"].lower(), operation.get("path"), operation.get("value")
    if path is None:
        raw.update(value)
        return
    target = raw
    urn = re.match(r"(urn:.*:\w+):(.*)$", path)
    if urn:
        target = raw.setdefault(urn[1], {})
        raw["schemas"] = [*dict.fromkeys([*raw["schemas"], urn[1]])]
        path = urn[2]
    found = re.fullmatch(r"([\w$]+)(?:\[(\w+) eq \"(.*)\"\])?(?:\.([\w$]+))?", path)
    assert found, path
    name, key, wanted, sub = found[1], found[2], found[3], found[4]
    if key is not None:
        wanted = json.loads(f'"{wanted}"')
        chosen = [element for element in target.get(name, []) if element.get(key) == wanted]
        if op == "remove" and sub is None:
            target[name] = [element for element in target[name] if element not in chosen]
        for element in chosen if sub else ():
            element.pop(sub, None) if op == "remove" else element.update({sub: value})
        return
    if sub is not None:
        target, name = target.setdefault(name, {}), sub
    _apply_to(target, name, op, value, add_replaces=add_replaces)


def _apply_to(target: dict[str, Any], name: str, op: str, value: Any, *, add_replaces: bool) -> None:
    if op == "remove" and isinstance(value, list):
        gone = {element.get("value") for element in value}
        target[name] = [element for element in target.get(name, []) if element.get("value") not in gone]
    elif op == "remove":
        target.pop(name, None)
    elif op == "add" and add_replaces:
        target[name] = value
    elif op == "add" and isinstance(value, list):
        held = target.setdefault(name, [])
        held.extend(element for element in value if element not in held)
    else:
        target[name] = value


def members_in(document: dict[str, Any]) -> int:
    """Return how many members one PATCH speaks of."""
    about = [one for one in document["Operations"] if str(one.get("path", "")).lower().startswith("members")]
    return sum(len(one["value"]) if isinstance(one.get("value"), list) else 1 for one in about)
