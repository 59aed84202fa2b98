"""The fake provider with the filters and the order that a live list asks for: co, sw and eq in any brackets, and sortBy."""

from __future__ import annotations

import ast
import copy
import json
import re
from typing import Any

from fakes.in_memory_provider import FakeProvider, Habits

_CLAUSE = re.compile(r'([\w.]+) (co|sw|eq) ("(?:[^"\\]|\\.)*"|true|false)')


class SearchingProvider(FakeProvider):
    """Says that it sorts, and does."""

    def _list(self, endpoint: str, query: dict[str, str], known_tag: str | None) -> Any:
        found = [
            item
            for item in self.resources[endpoint].items()
            if "filter" not in query or _holds(query["filter"], item[1])
        ]
        if "sortBy" in query:
            found.sort(
                key=lambda item: str(_values(item[1], query["sortBy"])).casefold(),
                reverse=query.get("sortOrder") == "descending",
            )
        narrowed = copy.copy(self)  # another request may be answered at the same time
        narrowed.resources = {**self.resources, endpoint: dict(found)}
        rest = {name: value for name, value in query.items() if name != "filter"}
        return FakeProvider._list(narrowed, endpoint, rest, known_tag)


def searching(count: int, **habits: Any) -> SearchingProvider:
    """Return one with so many users."""
    provider = SearchingProvider(Habits(announced={"sort": {"supported": True}}, **habits))
    provider.add_users(count)
    return provider


def _values(raw: Any, path: str) -> list[Any]:
    values = [raw]
    for name in path.split("."):
        held = [value.get(name) for value in values if isinstance(value, dict)]
        values = [one for value in held for one in (value if isinstance(value, list) else [value])]
    return values


def _holds(text: str, raw: Any) -> bool:
    """Whether a resource fulfils a filter: each clause is replaced by what it says, and the rest is Python's own logic."""
    tree = ast.parse(_CLAUSE.sub(lambda clause: str(_says(clause, raw)), text), mode="eval").body
    return _value(tree)


def _value(tree: ast.expr) -> bool:
    if isinstance(tree, ast.BoolOp):
        return (all if isinstance(tree.op, ast.And) else any)(map(_value, tree.values))
    assert isinstance(tree, ast.Constant)
    return bool(tree.value)


def _says(clause: re.Match[str], raw: Any) -> bool:
    wanted = json.loads(clause[3])
    if not isinstance(wanted, str):
        return wanted in _values(raw, clause[1])
    values = [value.casefold() for value in _values(raw, clause[1]) if isinstance(value, str)]
    test = {"co": str.__contains__, "sw": str.startswith, "eq": str.__eq__}[clause[2]]
    return any(test(value, wanted.casefold()) for value in values)
