"""A provider on a real socket that holds the answer to one write for as long as the test wants."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from fakes.in_memory_provider import Answer, FakeProvider
from fakes.loopback import served


@dataclass
class Stuck:
    """What the test may wait for and end."""

    reached: threading.Event = field(default_factory=threading.Event)
    """Set when the write has come whose answer is held."""
    release: threading.Event = field(default_factory=threading.Event)
    writes: Counter[str] = field(default_factory=Counter)
    """How often each resource was written, by the provider's own count."""
    is_holding: bool = False
    """Whether that write has come; only one is held."""
    base_url: str = ""


@contextmanager
def stuck_at(provider: FakeProvider, number: int, *, does_it: bool) -> Iterator[Stuck]:
    """Serve the provider; the answer to the `number`-th write is held, and with `does_it` the write is carried out."""
    stuck = Stuck()
    lock = threading.Lock()

    def answer(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        if method in {"GET", "HEAD"}:
            return provider.answer(method, target, headers, body)
        with lock:
            is_it = not stuck.is_holding and sum(stuck.writes.values()) == number - 1
            stuck.is_holding |= is_it
            stuck.writes[target] += 1
        if not is_it:
            return provider.answer(method, target, headers, body)
        if does_it:
            provider.answer(method, target, headers, body)
        else:
            stuck.writes[target] -= 1
        stuck.reached.set()
        stuck.release.wait(60)
        return 503, {}, b""

    with served(answer, provider.base, lambda _: False) as stuck.base_url:
        try:
            yield stuck
        finally:
            stuck.release.set()
