"""Long work in a thread: how far it is, and that it is to stop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")


class Stopped(Exception):
    """The person stopped it before its end; nothing of it is kept."""


@dataclass(slots=True)
class Progress:
    """Shared by the thread that works and the screen that watches."""

    done: int = 0
    """Written by the thread."""
    stop: bool = False
    """Written by the screen."""


def watched(items: Iterable[Item], progress: Progress) -> Iterator[Item]:
    """Yield the items and count them.

    Raises:
        Stopped: asked for from outside.
    """
    for item in items:
        if progress.stop:
            raise Stopped
        yield item
        progress.done += 1
