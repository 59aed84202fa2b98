"""A change of several requests on its way: how many are done, and that it is to stop between two of them.

Whoever watches says so around the write; it reaches the write through whatever task carries it out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Chunks:
    """Shared by a write and whoever watches it."""

    tell: Callable[[int, int], None] = lambda _done, _of: None
    """Hears how many requests of how many are done, each time before one is sent."""
    stop: bool = False
    """Set by whoever watches: nothing more is sent once the request in flight has its answer."""


_watched: ContextVar[Chunks | None] = ContextVar("watched", default=None)


@contextmanager
def watching(chunks: Chunks) -> Iterator[None]:
    """Watch the writes that are begun in this block."""
    token = _watched.set(chunks)
    try:
        yield
    finally:
        _watched.reset(token)


def may_go_on(done: int, of: int) -> bool:
    """Tell how far a write is, and whether its next request may be sent. The first one always is."""
    chunks = _watched.get()
    if chunks is None:
        return True
    if done and chunks.stop:
        return False
    chunks.tell(done, of)
    return True
