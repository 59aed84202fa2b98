"""How deep JSON may nest: far deeper than any resource does, and not so deep that reading it exhausts the program."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from scimtui.errors import UsageError

MAX_DEPTH = 100
"""Levels of nesting that are read. RFC 7643 needs six; deeper answers can only exhaust the program."""

_CONTAINERS = {dict, list}

_Given = ParamSpec("_Given")
_Returned = TypeVar("_Returned")


def is_deep(value: Any) -> bool:
    """Whether JSON nests beyond MAX_DEPTH. Level by level, since what is looked for would break a recursion."""
    level = [value] if type(value) in _CONTAINERS else []
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for item in level:
            below += item.values() if type(item) is dict else item
        level = [item for item in below if type(item) in _CONTAINERS]
        if not level:
            return False
    return True


def of_any_depth(function: Callable[_Given, _Returned]) -> Callable[_Given, _Returned]:
    """Make a function refuse JSON that nests too deep for it, with a UsageError; nothing is counted before that."""

    @wraps(function)
    def refusing(*arguments: _Given.args, **options: _Given.kwargs) -> _Returned:
        try:
            return function(*arguments, **options)
        except RecursionError:
            pass  # the error is raised from here, where there is room on the stack again
        raise UsageError("a value nests too deep to be read", f"leave out what is below {MAX_DEPTH} levels")

    return refusing
