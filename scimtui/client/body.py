"""The body of an answer, taken in as it comes: however much is sent, what is held of it stays bounded."""

from __future__ import annotations

from collections.abc import AsyncIterable

MAX_BODY = 64 * 1024 * 1024
"""Bytes of one answer that are held, unpacked."""
MAX_SENT = 8 * MAX_BODY
"""Bytes of one answer that are taken in at all, unpacked."""
LONGEST_VALUE = 16 * 1024 * 1024
"""Bytes without a quotation mark after which the rest of a value is thrown away. Photos and certificates are smaller."""
UNREADABLE = b"\0"
"""Stands where a value was thrown away. JSON allows it nowhere, so its entry is not taken for a whole one."""


async def read_body(chunks: AsyncIterable[bytes]) -> tuple[bytes, bool]:
    """Return what is held of a body, and whether its end is missing because it was too long.

    One value of any length costs itself alone: it is left out, and what follows it is held.
    """
    kept = _Kept()
    sent = 0
    async for chunk in chunks:
        sent += len(chunk)
        kept.add(chunk)
        if kept.size > MAX_BODY or sent > MAX_SENT:
            return kept.body()[:MAX_BODY], True
    return kept.body(), False


class _Kept:
    """The parts of a body that are held."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []
        self._run = 0
        """Bytes since the last quotation mark."""
        self._slashes = 0
        """Backslashes at the end of what was thrown away: an odd number of them escapes the quotation mark after it."""

    def body(self) -> bytes:
        return b"".join(self._parts)

    def add(self, chunk: bytes) -> None:
        if self._run > LONGEST_VALUE:
            chunk = self._after_value(chunk)
            if not chunk:
                return
        last = chunk.rfind(b'"')
        self._run = self._run + len(chunk) if last < 0 else len(chunk) - last - 1
        self._parts.append(chunk)
        self.size += len(chunk)
        if last < 0 and self._run > LONGEST_VALUE:
            self._give_up_value()

    def _give_up_value(self) -> None:
        """Throw away the parts that hold nothing but this value."""
        start = next((at for at in range(len(self._parts), 0, -1) if b'"' in self._parts[at - 1]), 0)
        value = b"".join(self._parts[max(start - 1, 0) :])
        self._slashes = len(value) - len(value.rstrip(b"\\"))
        self.size -= sum(map(len, self._parts[start:]))
        self._parts[start:] = [UNREADABLE]

    def _after_value(self, chunk: bytes) -> bytes:
        """Return what stands in a chunk from the quotation mark that ends the value, b"" where none does."""
        place = chunk.find(b'"')
        while place >= 0:
            before = chunk[:place]
            slashes = len(before) - len(before.rstrip(b"\\"))
            if (slashes if slashes < place else slashes + self._slashes) % 2 == 0:
                self._run = 0
                return chunk[place:]
            place = chunk.find(b'"', place + 1)
        slashes = len(chunk) - len(chunk.rstrip(b"\\"))
        self._slashes = slashes if slashes < len(chunk) else slashes + self._slashes
        return b""
