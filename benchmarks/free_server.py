"""A SCIM server that does nothing but send pages that it made at the start. Prints its port.

It filters by `meta.lastModified gt`, and `POST /change?count=N` lets N of its users change now.
"""

from __future__ import annotations

import asyncio
import bisect
import re
import sys
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson

from benchmarks.homes import user

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class Directory:
    """The users, the pages of the list of them, and who changed since when."""

    def __init__(self, count: int, page: int) -> None:
        self.users = [user(number) for number in range(count)]
        self.page = page
        self.pages = {start: self._page(self.users, start, page) for start in range(1, count + 1, page)}
        self._by_date = sorted((raw["meta"]["lastModified"], place) for place, raw in enumerate(self.users))

    def _page(self, users: list[dict[str, Any]], start: int, count: int) -> bytes:
        held = users[start - 1 : start - 1 + count]
        told = {"totalResults": len(users), "startIndex": start, "itemsPerPage": len(held), "Resources": held}
        return orjson.dumps({"schemas": [LIST], **told})

    def listed(self, query: dict[str, list[str]]) -> bytes:
        """Return the answer to a query; a page that was made before costs nothing."""
        start, count = int(query.get("startIndex", ["1"])[0]), int(query.get("count", ["100"])[0])
        later = re.fullmatch(r'meta\.lastModified gt "(.*)"', query.get("filter", [""])[0])
        if later:
            first = bisect.bisect_right(self._by_date, (later[1], len(self.users)))
            return self._page([self.users[place] for _, place in self._by_date[first:]], start, count)
        made = self.pages.get(start) if count == self.page else None
        return made or self._page(self.users, start, count)

    def change(self, count: int) -> bytes:
        """Let users that are spread over the whole list change, a minute from now, so that no clock hides it."""
        moment = (datetime.now(UTC) + timedelta(minutes=1)).strftime(FORMAT)
        for place in range(0, len(self.users), max(len(self.users) // count, 1)):
            raw = self.users[place]
            self.users[place] = {**raw, "title": f"since {moment}", "meta": {**raw["meta"], "lastModified": moment}}
            start = place // self.page * self.page + 1
            self.pages[start] = self._page(self.users, start, self.page)
        self._by_date = sorted((raw["meta"]["lastModified"], place) for place, raw in enumerate(self.users))
        return b"{}"


def _dated(body: bytes | None) -> bytes:
    """Return the whole answer, with the time at which it is given."""
    head = f"HTTP/1.1 {'404 Not Found' if body is None else '200 OK'}\r\ncontent-type: application/scim+json\r\n"
    told = f"date: {formatdate(usegmt=True)}\r\ncontent-length: {len(body or b'')}\r\n\r\n"
    return (head + told).encode() + (body or b"")


async def serve(count: int, page: int, delay: float) -> None:
    """Serve until killed; each page comes after so many seconds."""
    directory = Directory(count, page)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            method, target = head.split(maxsplit=2)[:2]
            parts = urlsplit(unquote(target.decode()).replace("+", "%2B"))
            query = parse_qs(parts.query)
            if delay:
                await asyncio.sleep(delay)
            if parts.path == "/v2/Users":
                writer.write(_dated(directory.listed(query)))
            else:
                writer.write(_dated(directory.change(int(query["count"][0])) if method == b"POST" else None))
            await writer.drain()

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(guarded, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.0))
