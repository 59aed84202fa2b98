"""A SCIM server that does nothing but send pages that it made at the start. Prints its port."""

from __future__ import annotations

import asyncio
import re
import sys

import orjson

from benchmarks.homes import user

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


def answers(count: int, page: int) -> dict[int, bytes]:
    """Return the whole HTTP answer for each startIndex."""
    made: dict[int, bytes] = {}
    for start in range(1, count + 1, page):
        users = [user(number) for number in range(start - 1, min(start - 1 + page, count))]
        made[start] = _http(
            "200 OK",
            orjson.dumps(
                {
                    "schemas": [LIST],
                    "totalResults": count,
                    "startIndex": start,
                    "itemsPerPage": len(users),
                    "Resources": users,
                }
            ),
        )
    return made


def _http(status: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/scim+json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def serve(count: int, page: int) -> None:
    """Serve until killed."""
    made, empty = answers(count, page), _http("404 Not Found", b"{}")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            found = re.search(rb"GET /v2/Users\?.*startIndex=(\d+)", head)
            writer.write(made.get(int(found[1]), empty) if found else empty)
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
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
