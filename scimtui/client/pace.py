"""How fast requests may go: one pace for reads and one for writes of a tenant, learned from what the provider says."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager

from scimtui.client.patience import told_wait

STEADY = 20
"""Good answers in a row after which one request more may be in flight."""

_REMAINING = ("x-ratelimit-remaining", "x-rate-limit-remaining", "ratelimit-remaining")
_LEFT = re.compile(r"[;, ](?:r|remaining)=0\b")
_RESET = re.compile(r"[;, ](?:t|reset)=(\d+)")

Telling = Callable[[float, str], AbstractContextManager[None]]
"""Entered with the seconds that a request is about to wait, and why; left when it goes on or is cancelled."""


class Pace:
    """Lets requests of one kind go: a number at once, a number in a minute, and none before the provider wants one.

    Being refused for coming too fast halves the number at once; steady success raises it again, never above `at_once`.
    """

    def __init__(self, at_once: int, per_minute: int | None = None) -> None:
        self._most = max(1, at_once)
        self.at_once = self._most
        """Requests that may be in flight now."""
        self._in_flight = 0
        self._well = 0
        self._changed = asyncio.Condition()
        self._not_before = 0.0
        self._why = ""
        self._per_second = per_minute / 60 if per_minute else None
        self._burst = max(1.0, self._per_second or 0.0)
        self._credit = self._burst
        self._counted_at = time.monotonic()

    @asynccontextmanager
    async def turn(self, telling: Telling) -> AsyncIterator[None]:
        """Wait until a request may go, and hold its place until it is answered. Cancelled at will."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._in_flight < self.at_once)
            self._in_flight += 1
        try:
            await self._wait(telling)
            yield
        finally:
            self._in_flight -= 1
            await asyncio.shield(self._wake())

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _wait(self, telling: Telling) -> None:
        while True:
            seconds, why = self._not_before - time.monotonic(), self._why
            if seconds <= 0:
                seconds, why = self._until_credit(), "its limit for a minute is used up"
            if seconds <= 0:
                return
            with telling(seconds, why):
                await asyncio.sleep(seconds)

    def _until_credit(self) -> float:
        """Take one request from this minute's credit; returns the seconds until there is one, 0 when it was taken."""
        if self._per_second is None:
            return 0.0
        now = time.monotonic()
        self._credit = min(self._burst, self._credit + (now - self._counted_at) * self._per_second)
        self._counted_at = now
        if self._credit < 1:
            return (1 - self._credit) / self._per_second
        self._credit -= 1
        return 0.0

    def hold(self, seconds: float, why: str) -> None:
        """Let nothing go for some seconds, and a little more, so that not all who wait come back at once."""
        spread = random.uniform(0, min(1.0, seconds / 10))  # noqa: S311, not a secret
        until = time.monotonic() + seconds + spread
        if until > self._not_before:
            self._not_before, self._why = until, why

    def too_fast(self) -> None:
        """Hear that the provider refused a request for coming too fast; those that were on their way with it count once."""
        if time.monotonic() >= self._not_before:
            self.at_once, self._well = max(1, self.at_once // 2), 0

    def went_well(self, headers: Mapping[str, str], longest: float) -> None:
        """Hear of a good answer. One that says that no request is left holds the next ones until the reset it names."""
        self._well += 1
        if self._well >= STEADY and self.at_once < self._most:
            self.at_once, self._well = self.at_once + 1, 0
        wait = used_up(headers)
        if wait is not None and wait <= longest:
            self.hold(wait, "its rate limit is used up")


def used_up(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds until the next request is allowed where an answer says that none is left, else None."""
    new = headers.get("ratelimit", "")
    if _LEFT.search(";" + new):
        found = _RESET.search(";" + new)
        return float(found[1]) if found else None
    if any(headers.get(name, "").strip() == "0" for name in _REMAINING):
        return told_wait(headers, now)
    return None
