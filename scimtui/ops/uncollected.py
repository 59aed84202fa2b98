"""Making so many objects at once that the garbage collector is better kept away from them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from scimtui.store.collector import collector_paused

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


def uncollected(make: Callable[_Given, _Made]) -> Callable[_Given, _Made]:
    """Return the function with the collector paused while it runs, in whatever thread.

    The collector stops every thread: 0.1 s, and more than once, while 50,000 members of a group are made into rows.
    """

    @wraps(make)
    def paused(*arguments: _Given.args, **options: _Given.kwargs) -> _Made:
        with collector_paused():
            return make(*arguments, **options)

    return paused
