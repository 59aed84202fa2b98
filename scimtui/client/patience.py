"""When to ask again and how long to wait before it: by what the provider says, bounded, and only where it is safe."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

EPOCH_SECONDS = 1_000_000_000
"""A reset above this is a point in time, below it a number of seconds."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one request may take in all."""

    tries: int = 5
    """Sends of one request, the first included."""
    network_tries: int = 3
    """Sends of a read when the connection fails."""
    first_wait: float = 0.5
    """Seconds before the second try where the provider names none; doubled each time, with jitter."""
    longest_wait: float = 120.0
    """Seconds. Who is told to wait longer is told so, and nothing is sent again."""

    def wait_for_answer(self, status: int, headers: Mapping[str, str], sent: int, *, is_read: bool) -> float | None:
        """Return the seconds to wait before the same request may be sent again, None where it may not.

        429 says that nothing was done, whatever the method. 503 says so only with Retry-After. A gateway's 502 and 504
        say nothing: only a read is sent again.
        """
        if status not in {429, 502, 503, 504} or sent >= self.tries:
            return None
        told = told_wait(headers)
        is_safe = is_read or status == 429 or (status == 503 and told is not None)
        wait = self._growing(sent) if told is None else told
        return wait if is_safe and wait <= self.longest_wait else None

    def wait_for_network(self, sent: int, *, is_read: bool, was_sent: bool) -> float | None:
        """Return the seconds to wait after a broken connection, None where the request may not be sent again."""
        if sent >= self.network_tries or (was_sent and not is_read):
            return None
        return self._growing(sent)

    def _growing(self, sent: int) -> float:
        longest = self.first_wait * 2.0 ** (sent - 1)
        return longest * random.uniform(0.7, 1.0)  # noqa: S311, not a secret


def told_wait(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Return the seconds an answer asks to wait: Retry-After as seconds or date, else a rate limit's reset."""
    now = time.time() if now is None else now
    retry_after = headers.get("retry-after", "").strip()
    if retry_after:
        seconds = _number(retry_after)
        return max(seconds, 0.0) if seconds is not None else _until(retry_after, now)
    for name in ("x-rate-limit-reset", "x-ratelimit-reset", "ratelimit-reset"):
        reset = _number(headers.get(name, ""))
        if reset is not None:
            return max(reset - now if reset > EPOCH_SECONDS else reset, 0.0)
    return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number and abs(number) != float("inf") else None  # noqa: PLR0124, NaN


def _until(date: str, now: float) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.fromtimestamp(now, UTC)).total_seconds(), 0.0)
