"""The last exchanges with one provider, without their secrets."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

from scimtui.client.masking import masked, masked_text

if TYPE_CHECKING:
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
        self._exchanges: deque[tuple[Exchange, bytes]] = deque(maxlen=KEPT)
        """Each with the beginning of what came back, which is masked when somebody looks: a sync has other things to do."""

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        """Yield the exchanges, the oldest first."""
        for exchange, answer in tuple(self._exchanges):
            yield replace(exchange, answer=_answer(answer, exchange.size)) if answer else exchange

    def answered(self, request: ScimRequest, response: ScimResponse, seconds: float) -> None:
        """Remember an answer."""
        self._add(request, seconds, response.status, "", len(response.body), response.body[:KEPT_BYTES])

    def failed(self, request: ScimRequest, why: str, seconds: float) -> None:
        """Remember that no answer came."""
        self._add(request, seconds, None, why, 0)

    def _add(
        self, request: ScimRequest, seconds: float, status: int | None, why: str, size: int, answer: bytes = b""
    ) -> None:
        body = "" if request.body is None else orjson.dumps(masked(request.body)).decode()[:KEPT_BYTES]
        exchange = Exchange(datetime.now(UTC), seconds, request.method, request.path, body, status, why, size)
        self._exchanges.append((exchange, answer))


def _answer(body: bytes, size: int) -> str:
    """Return the beginning of an answer, masked by its structure where it is short enough to be kept whole."""
    if size <= KEPT_BYTES:
        with suppress(orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
            return orjson.dumps(masked(orjson.loads(body))).decode()
    return masked_text(body.decode("utf-8", "replace"))
