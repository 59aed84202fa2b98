"""Filters and PATCH of the fake provider: as little as its tests need."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from fakes.habits import Habits

FAITHFUL = Habits()
_CLAUSE = re.compile(r'([\w.$]+)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)', re.IGNORECASE)
_ONE_SPELLING = re.compile(r'([\w.$]+) eq ("(?:[^"\\]|\\.)*")')
_URN = re.compile(r"(urn:[^\[]*:\w+):(\w.*)")
_PATH = re.compile(r"([\w$]+)(?:\[(.*)\])?(?:\.([\w$]+))?")


class Refusal(Exception):
    """What the provider answers in place of what was asked for."""

    def __init__(
        self,
        status: int,
        scim_type: str | None,
        detail: str,
        headers: dict[str, str] | None = None,
        *,
        is_html: bool = False,
    ) -> None:
        super().__init__(detail)
        self.status, self.scim_type, self.detail = status, scim_type, detail
        self.headers, self.is_html = headers or {}, is_html


# ------------------------------------------------------------ filters


def selected(items: list[dict[str, Any]], text: str | None, habits: Habits) -> list[dict[str, Any]]:
    """Return the resources that a filter leaves."""
    if text is None or habits.filter_ignored:
        return items
    is_by_date = "lastModified" in text
    if habits.refused_in_filters and habits.refused_in_filters in text:
        raise Refusal(400, "invalidFilter", "that sign I do not read")
    if habits.filter_refused or (is_by_date and habits.date_filter == "refused"):
        raise Refusal(400, "invalidFilter", "no filters here")
    if is_by_date and habits.date_filter != "honoured":
        return items if habits.date_filter == "ignored" else []
    if habits.filter_attributes is not None and not _is_understood(text, habits):
        if habits.filter_unknown in {"refused", "breaks"}:
            status = 400 if habits.filter_unknown == "refused" else 500
            raise Refusal(status, "invalidFilter" if status == 400 else None, "that filter I do not know")
        return items if habits.filter_unknown == "ignored" else []
    found = [raw for raw in items if matches(text, raw, habits)]
    if not found and habits.no_match_is_404:
        raise Refusal(404, None, "nobody is like that")
    return found


def _is_understood(text: str, habits: Habits) -> bool:
    clauses = [_clause(clause, habits) for clause in text.split(" and ")]
    return all(clause is not None and clause[0] in (habits.filter_attributes or ()) for clause in clauses)


def _clause(text: str, habits: Habits) -> tuple[str, Any] | None:
    found = (_ONE_SPELLING if habits.filter_one_spelling else _CLAUSE).fullmatch(text.strip())
    if not found:
        return None
    is_raw = habits.filter_unescaped and found[2].startswith('"')
    return found[1], found[2][1:-1] if is_raw else json.loads(found[2])


def matches(text: str, raw: dict[str, Any], habits: Habits = FAITHFUL) -> bool:
    """Whether a resource, or an element of a list, matches `eq` joined by `and`, is called so, or is newer than a date."""
    later = re.fullmatch(r'meta\.lastModified gt "(.*)"', text)
    if later:
        changed = raw.get("meta", {}).get("lastModified")
        return changed is not None and datetime.fromisoformat(changed) > datetime.fromisoformat(later[1])
    begins = re.fullmatch(r'userName sw "(.*)"', text)
    if begins:
        return str(raw.get("userName")).casefold().startswith(begins[1].casefold())
    for part in text.split(" and "):
        clause = _clause(part, habits)
        if clause is None:
            return False
        values: list[Any] = [raw]
        for name in clause[0].split("."):
            held = [value.get(name) for value in values if isinstance(value, dict)]
            values = [inner for value in held for inner in (value if isinstance(value, list) else [value])]
        if not any(_equal(value, clause[1], habits) for value in values):
            return False
    return True


def _equal(value: Any, wanted: Any, habits: Habits) -> bool:
    if isinstance(value, str) and isinstance(wanted, str) and not habits.filter_exact:
        return value.casefold() == wanted.casefold()
    return type(value) is type(wanted) and value == wanted


# ------------------------------------------------------------ PATCH


def apply_operation(raw: dict[str, Any], operation: dict[str, Any], habits: Habits = FAITHFUL) -> None:
    """Carry out one operation on a stored resource."""
    op, path, value = operation["op"].lower(), operation.get("path"), operation.get("value")
    if path is None:
        for name, inner in value.items():
            _apply_to(raw, name, op, inner, habits)
        return
    target, urn = raw, _URN.match(path)
    if urn:
        target = raw.setdefault(urn[1], {})
        raw["schemas"] = [*dict.fromkeys([*raw.get("schemas", ()), urn[1]])]
        path = urn[2]
    found = _PATH.fullmatch(path)
    if not found:
        raise Refusal(400, "invalidPath", f"no such path: {path}")
    name, wanted, sub = found[1], found[2], found[3]
    if wanted is not None:
        chosen = [element for element in target.get(name, []) if matches(wanted, element)]
        if op == "remove" and sub is None:
            target[name] = [element for element in target[name] if element not in chosen]
        for element in chosen if sub else ():
            element.pop(sub, None) if op == "remove" else element.update({sub: value})
        return
    if sub is not None:
        target, name = target.setdefault(name, {}), sub
    _apply_to(target, name, op, value, habits)


def _apply_to(target: dict[str, Any], name: str, op: str, value: Any, habits: Habits) -> None:
    held = target.get(name)
    if op == "remove" and isinstance(value, list):
        gone = {element.get("value") for element in value}
        target[name] = [element for element in held or [] if element.get("value") not in gone]
    elif op == "remove":
        target.pop(name, None)
    elif op == "add" and isinstance(value, list) and not habits.add_replaces:
        lost = (
            name == "members" and habits.members_lost_above is not None and len(held or []) > habits.members_lost_above
        )
        stays = [] if lost else held or []
        target[name] = [*stays, *(element for element in value if element not in stays)]
    else:
        target[name] = value


def coming(document: dict[str, Any]) -> int:
    """Return how many members one PATCH adds."""
    return _members_of(document, is_removal=False)


def leaving(document: dict[str, Any]) -> int:
    """Return how many members one PATCH takes out."""
    return _members_of(document, is_removal=True)


def _members_of(document: dict[str, Any], *, is_removal: bool) -> int:
    about = [one for one in document["Operations"] if str(one.get("path", "")).lower().startswith("members")]
    chosen = [one.get("value") for one in about if (one["op"].lower() == "remove") is is_removal]
    return sum(len(value) if isinstance(value, list) else 1 for value in chosen)


def attributes_in(document: dict[str, Any]) -> set[str]:
    """Return the attributes, and the URNs of extensions, that a body writes."""
    if "Operations" not in document:
        return set(document) - {"schemas", "id", "meta"}
    names: set[str] = set()
    for one in document["Operations"]:
        path = one.get("path")
        if path is None:
            names |= set(one["value"])
            continue
        urn = _URN.match(path)
        names.add(urn[1] if urn else re.split(r"[.\[]", path)[0])
    return names
