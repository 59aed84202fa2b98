"""The pace of requests: never faster than the provider allows, and told while it is slower than wanted."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fakes.endpoints import GET, OK, POST, opened
from fakes.raw_server import Request, http, raw_server

from scimtui.client.pace import STEADY, Pace, used_up

NOW = 1_800_000_000.0


@contextmanager
def silent(_seconds: float, _why: str) -> Iterator[None]:
    yield


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9"}, 9),
        ({"x-rate-limit-remaining": " 0", "x-rate-limit-reset": str(int(NOW) + 12)}, 12),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "4"}, 4),
        ({"ratelimit": '"default";r=0;t=30'}, 30),
        ({"ratelimit": "limit=100, remaining=0, reset=7"}, 7),
        ({"ratelimit": '"default";r=50;t=30'}, None),
        ({"ratelimit": '"default";r=0'}, None),
        ({"x-ratelimit-remaining": "3", "x-ratelimit-reset": "9"}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({}, None),
    ],
)
def test_a_used_up_rate_limit_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert used_up(headers, NOW) == seconds


async def test_a_refusal_halves_what_is_in_flight_and_steady_success_raises_it_again() -> None:
    pace = Pace(8)
    pace.too_fast()
    pace.too_fast()
    assert pace.at_once == 2
    for _ in range(STEADY):
        pace.went_well({}, 60)
    assert pace.at_once == 3
    for _ in range(STEADY * 20):
        pace.went_well({}, 60)
    assert pace.at_once == 8
    for _ in range(9):
        pace.too_fast()
    assert pace.at_once == 1


async def test_requests_that_are_refused_together_slow_it_down_once() -> None:
    """All eight that are in flight when a bucket runs dry come back refused: eight halvings would leave one in flight."""
    pace = Pace(8)
    for _ in range(8):
        pace.too_fast()
        pace.hold(60, "the provider asks for it")
    assert pace.at_once == 4


async def test_no_more_go_at_once_than_the_pace_allows_and_a_cancelled_one_gives_its_place_back() -> None:
    pace, flying, most = Pace(3), 0, 0

    async def fly(seconds: float) -> None:
        nonlocal flying, most
        async with pace.turn(silent):
            flying += 1
            most = max(most, flying)
            try:
                await asyncio.sleep(seconds)
            finally:
                flying -= 1

    stuck = [asyncio.create_task(fly(60)) for _ in range(3)]
    await asyncio.sleep(0.01)
    waiting = asyncio.create_task(fly(60))
    await asyncio.sleep(0.01)
    waiting.cancel()
    for task in stuck:
        task.cancel()
    await asyncio.gather(*stuck, waiting, return_exceptions=True)
    await asyncio.wait_for(asyncio.gather(*(fly(0.001) for _ in range(20))), 5)
    assert most == 3


async def test_a_limit_for_a_minute_is_kept() -> None:
    pace, started = Pace(5, per_minute=1200), time.monotonic()  # 20 a second, 20 at once at first

    async def fly() -> None:
        async with pace.turn(silent):
            pass

    await asyncio.gather(*(fly() for _ in range(30)))
    assert time.monotonic() - started >= 0.45


@pytest.mark.rule("R8")
async def test_after_429_nothing_of_its_kind_is_sent_before_the_provider_allows_it() -> None:
    """RFC 6585 section 4: one refusal holds all reads, not only the one that was refused; writes have their own."""
    refused_at: list[float] = []
    refused = threading.Event()
    seen: list[tuple[str, float]] = []

    def answer(request: Request) -> bytes:
        now = time.monotonic()
        seen.append((request.method, now))
        if request.method == "GET" and not refused_at:
            refused_at.append(now)
            refused.set()
            return http(429, b"{}", retry_after="0.4")
        return OK

    with raw_server(answer) as server:
        async with opened(server.base_url, concurrency=1) as endpoint:
            reads = [asyncio.create_task(endpoint.send(GET)) for _ in range(5)]
            await asyncio.to_thread(refused.wait, 10)
            await asyncio.sleep(0.05)
            await endpoint.send(POST)
            await asyncio.gather(*reads)
    later = [at - refused_at[0] for method, at in seen if method == "GET" and at > refused_at[0]]
    assert len(later) == 5
    assert min(later) >= 0.4
    assert next(at for method, at in seen if method == "POST") - refused_at[0] < 0.4


async def test_a_used_up_limit_holds_the_next_request_without_a_refusal() -> None:
    seen: list[float] = []

    def answer(_: Request) -> bytes:
        seen.append(time.monotonic())
        return http(200, b"{}", x_ratelimit_remaining="0", x_ratelimit_reset="0.3")

    told: list[str] = []
    with raw_server(answer) as server:
        async with opened(server.base_url, on_wait=lambda words: told.append(words or "")) as endpoint:
            await endpoint.send(GET)
            await endpoint.send(GET)
    assert seen[1] - seen[0] >= 0.3
    assert told == ["waiting 1 s: its rate limit is used up", ""]
