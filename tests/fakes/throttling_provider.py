"""A provider under pressure, in a process of its own: it throttles, loses connections, answers slowly, and counts.

Run with a JSON object of `Terms`; it prints its port and ends with its standard input. `GET /count` outside of SCIM is its
own word on what was done to whom: no request to there is throttled, delayed or lost.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import random
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
BASE = "/scim/v2"
SLOW = 10
"""A slow answer takes so many times as long as another."""


@dataclass(frozen=True)
class Terms:
    """What it holds, how fast it lets anybody be, and how bad the way to it is. Shares are of all requests."""

    people: int = 100
    writes: float = 50.0
    """A second, and as many at once after a rest."""
    reads: float = 100.0
    refuses: float = 0.0
    """Share that is refused as too fast, however slowly it comes."""
    told: str = "seconds"
    """How it tells when to come again: "seconds" or "date" in Retry-After, "reset" in X-RateLimit headers."""
    latency: tuple[float, float] = (0.02, 0.08)
    """Seconds until an answer, drawn anew for each."""
    slow: float = 0.0
    """Share of answers that take ten times as long; what was asked for is done by then."""
    closes: float = 0.0
    """Share of answers after which the connection is closed without a word."""
    breaks: float = 0.0
    """Share of reads that get no answer."""
    loses: float = 0.0
    """Share of writes that are carried out and get no answer."""
    drops: float = 0.0
    """Share of writes that are not carried out and get no answer."""
    seed: int = 1


@dataclass
class Bucket:
    """Tokens that come back steadily; whoever finds none is told when there is one again."""

    per_second: float
    tokens: float = 0.0
    counted_at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.tokens = self.per_second

    def take(self) -> float:
        """Return 0 where a token was taken, else the seconds until there is one."""
        now = time.monotonic()
        self.tokens = min(self.per_second, self.tokens + (now - self.counted_at) * self.per_second)
        self.counted_at = now
        if self.tokens < 1:
            return (1 - self.tokens) / self.per_second
        self.tokens -= 1
        return 0.0


class Provider:
    """The people, and what was done to each."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.people = {f"id-{number:05d}": self._person(number) for number in range(terms.people)}
        self.buckets = {"GET": Bucket(terms.reads), "PATCH": Bucket(terms.writes)}
        self.done: Counter[str] = Counter()
        """Writes that were carried out, by whom they were about."""
        self.told: Counter[str] = Counter()
        self._random = random.Random(terms.seed)
        self._due: dict[str, float] = {}

    @staticmethod
    def _person(number: int) -> dict[str, Any]:
        name = f"person{number:05d}"
        return {
            "schemas": [SCHEMA],
            "id": f"id-{number:05d}",
            "userName": name,
            "displayName": name.title(),
            "active": True,
            "emails": [{"value": f"{name}@acme.example", "type": "work", "primary": True}],
            "meta": {"resourceType": "User"},
        }

    def count(self) -> dict[str, Any]:
        off = [one["userName"] for one in self.people.values() if not one["active"]]
        return {"off": off, "done": {self.people[one]["userName"]: number for one, number in self.done.items()}} | {
            "told": dict(self.told)
        }

    def is_due(self, what: str) -> bool:
        """Whether it happens now what is to happen to a share of all; it comes steadily, so that it does come."""
        due = self._due.get(what, self._random.random()) + getattr(self.terms, what)
        self._due[what] = due % 1
        if due >= 1:
            self.told[what] += 1
        return due >= 1

    def delay(self) -> float:
        return self._random.uniform(*self.terms.latency)

    def throttled(self, method: str) -> dict[str, str] | None:
        """Return the headers of a refusal for being too fast, None where the request may go on."""
        bucket = self.buckets["GET" if method == "GET" else "PATCH"]
        wait = 1 / bucket.per_second if self.is_due("refuses") else bucket.take()
        if not wait:
            return None
        self.told["refused"] += 1
        seconds = max(1, math.ceil(wait))
        if self.terms.told == "date":
            return {"retry-after": formatdate(math.ceil(time.time() + wait), usegmt=True)}
        if self.terms.told == "reset":
            return {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(seconds)}
        return {"retry-after": str(seconds)}

    def left(self, method: str) -> dict[str, str]:
        """Return what an answer says of the rate limit."""
        if self.terms.told != "reset":
            return {}
        bucket = self.buckets["GET" if method == "GET" else "PATCH"]
        return {"x-ratelimit-remaining": str(int(bucket.tokens)), "x-ratelimit-reset": "1"}

    def answer(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        """Return status and body; a write is carried out and counted."""
        parts = urlsplit(target)
        steps = [unquote(step) for step in parts.path.removeprefix(BASE).strip("/").split("/")]
        if steps == ["ServiceProviderConfig"]:
            return 200, {"patch": {"supported": True}, "filter": {"supported": True, "maxResults": 500}}
        if steps[0] != "Users" or len(steps) > 2:
            return 404, None
        if len(steps) == 1:
            return 200, self._listed({name: values[0] for name, values in parse_qs(parts.query).items()})
        person = self.people.get(steps[1])
        if person is None:
            return 404, None
        if method == "PATCH":
            for operation in body["Operations"]:
                assert operation["path"] == "active", operation
                person["active"] = operation["value"]
            self.done[person["id"]] += 1
        return 200, person

    def _listed(self, query: Mapping[str, str]) -> dict[str, Any]:
        found = list(self.people.values())
        wanted = re.fullmatch(r'userName eq "(.*)"', query.get("filter", ""))
        if wanted or "filter" in query:
            found = [one for one in found if wanted and one["userName"] == wanted[1]]
        start, count = int(query.get("startIndex", "1")), min(int(query.get("count", "100")), 500)
        page = found[start - 1 : start - 1 + count]
        return {
            "schemas": [LIST],
            "totalResults": len(found),
            "startIndex": start,
            "itemsPerPage": len(page),
            "Resources": page,
        }


async def serve(terms: Terms) -> None:
    provider = Provider(terms)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await _exchange(provider, reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201, who started it reads this
    await server.serve_forever()


async def _exchange(provider: Provider, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Answer one request; whether the connection stays open."""
    method, target, body = await _read(reader)
    if target == "/count":
        await _write(writer, 200, provider.count(), {})
        return True
    refusal = provider.throttled(method)
    if refusal is not None:
        await asyncio.sleep(provider.delay())
        await _write(writer, 429, None, refusal)
        return True
    is_read = method == "GET"
    provider.told["reads" if is_read else "writes"] += 1
    wait = provider.delay()
    await asyncio.sleep(wait / 2)
    if provider.is_due("breaks" if is_read else "drops"):
        return False
    status, found = provider.answer(method, target, body)
    answer = json.dumps(found).encode()  # as it is now: others may change it while this answer is on its way
    await asyncio.sleep(wait / 2 + (wait * (SLOW - 1) if provider.is_due("slow") else 0))
    if not is_read and provider.is_due("loses"):
        return False
    await _write(writer, status, answer, provider.left(method))
    return not provider.is_due("closes")


async def _read(reader: asyncio.StreamReader) -> tuple[str, str, Any]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ")
    length = next((int(line[15:]) for line in lines if line.lower().startswith("content-length:")), 0)
    text = await reader.readexactly(length)
    return method, target, json.loads(text) if text else None


async def _write(writer: asyncio.StreamWriter, status: int, body: Any, headers: Mapping[str, str]) -> None:
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    told = {"content-type": "application/scim+json", "content-length": str(len(content)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    writer.write(f"HTTP/1.1 {status} Some\r\n{head}\r\n".encode() + content)
    await writer.drain()


# ---------------------------------------------------------------- who starts it


@dataclass(frozen=True)
class Running:
    """One that runs."""

    terms: Terms
    base_url: str

    def count(self) -> dict[str, Any]:
        """Return its own word: `off` who is off, `done` how often each was written, `told` what it answered."""
        with urllib.request.urlopen(self.base_url.removesuffix(BASE) + "/count", timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@contextmanager
def throttling(terms: Terms) -> Iterator[Running]:
    """Run one in a process of its own; it ends with the block, and with who started it."""
    words = [sys.executable, __file__, json.dumps(asdict(terms))]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Running(terms, f"http://127.0.0.1:{int(process.stdout.readline())}{BASE}")
        finally:
            process.kill()


def _end_with_who_started_it() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_who_started_it, daemon=True).start()
    asyncio.run(serve(Terms(**json.loads(sys.argv[1]))))
