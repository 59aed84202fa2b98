"""The last exchanges with one provider, without their secrets."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from scimtui.client.masking import masked, masked_text
from scimtui.scim.message import ScimRequest, ScimResponse

KEPT = 200
"""Exchanges that are remembered."""
KEPT_BYTES = 4_096
"""Bytes of each body that are remembered: 200 whole pages would be many megabytes."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, or what came instead of one."""

    at: datetime
    seconds: float
    method: str
    path: str
    body: str
    """What was sent, as JSON, masked and cut."""
    status: int | None
    """None: no answer came."""
    answer: str
    """What came back, masked and cut; where no answer came, why."""
    size: int = 0
    """Bytes of the whole answer."""


class WireLog:
    """Remembers the last exchanges. No header is kept, so that no token can be."""

    def __init__(self) -> None:
        self._exchanges: deque[Exchange] = deque(maxlen=KEPT)

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        """Yield the exchanges, the oldest first."""
        return iter(tuple(self._exchanges))

    def answered(self, request: ScimRequest, response: ScimResponse, seconds: float) -> None:
        """Remember an answer."""
        self._add(request, seconds, response.status, _answer(response.body), len(response.body))

    def failed(self, request: ScimRequest, why: str, seconds: float) -> None:
        """Remember that no answer came."""
        self._add(request, seconds, None, why, 0)

    def _add(self, request: ScimRequest, seconds: float, status: int | None, answer: str, size: int) -> None:
        body = "" if request.body is None else orjson.dumps(masked(request.body)).decode()[:KEPT_BYTES]
        self._exchanges.append(
            Exchange(datetime.now(UTC), seconds, request.method, request.path, body, status, answer, size)
        )


def _answer(body: bytes) -> str:
    """Return the beginning of an answer, masked by its structure where it is short enough to be kept whole."""
    if len(body) <= KEPT_BYTES:
        with suppress(orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
            return orjson.dumps(masked(orjson.loads(body))).decode()
    return masked_text(body[:KEPT_BYTES].decode("utf-8", "replace"))
