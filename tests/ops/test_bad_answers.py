"""Answers that no list should be: too deep, too large, cut off, wrongly encoded, or none at all, on a real socket."""

from __future__ import annotations

import asyncio
import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.raw_server import Answer, Request, http, raw_server
from fakes.sessions import sync_all, tenant_at

from scimtui.client import body as body_module
from scimtui.errors import Unreachable
from scimtui.ops.session import Session, close_session, open_session
from scimtui.scim.message import ScimRequest

CHUNK = b"x" * (1024 * 1024)


def user(number: int) -> str:
    return json.dumps({"id": str(number), "userName": f"user{number}"})


def page(start: int, count: int, total: int, more: str = "") -> bytes:
    entries = ", ".join([*(user(number) for number in range(start, start + count)), *([more] if more else [])])
    return f'{{"totalResults": {total}, "startIndex": {start}, "Resources": [{entries}]}}'.encode()


def pages(second: Callable[[], Answer]) -> Callable[[Request], Answer]:
    """Answer the first page well, and the second one by `second`."""

    def answer(request: Request) -> Answer:
        if "startIndex=1&" in request.target:
            return http(200, page(1, 100, 150))
        return second() if "startIndex=101" in request.target else http(404)

    return answer


async def synced(answer: Callable[[Request], Answer], home: Path, **values: object) -> tuple[Session, object]:
    with raw_server(answer) as server:
        session = open_session(tenant_at(server.base_url, auth="none", **values), home)
        try:
            return session, await sync_all(session)
        finally:
            await close_session(session)


@pytest.mark.rule("R10")
async def test_one_entry_of_ten_thousand_levels_costs_itself_alone(tmp_path: Path) -> None:
    deep = '{"id": "x", "y": ' + "[" * 10_000 + "]" * 10_000 + "}"
    _, report = await synced(pages(lambda: http(200, page(101, 49, 150, deep))), tmp_path)
    assert (report.complete, report.fetched) == (False, 149)
    assert "1 entries were no resources" in report.why


async def test_half_a_page_is_kept_and_the_other_half_asked_for(tmp_path: Path) -> None:
    def answer(request: Request) -> Answer:
        if "startIndex=101" in request.target:
            return http(200, page(101, 50, 150)[:-700])
        start = int(request.target.partition("startIndex=")[2].partition("&")[0])
        return http(200, page(start, min(100, 151 - start), 150))

    _, report = await synced(answer, tmp_path)
    assert (report.complete, report.fetched) == (True, 150)


async def test_wrong_utf_8_costs_nobody(tmp_path: Path) -> None:
    second = page(101, 50, 150).replace(b"user120", b"us\xffer120")
    _, report = await synced(pages(lambda: http(200, second)), tmp_path)
    assert (report.complete, report.fetched) == (True, 150)


@pytest.mark.rule("R10")
async def test_a_value_of_two_hundred_megabytes_costs_its_resource_alone_and_memory_stays_bounded(
    tmp_path: Path,
) -> None:
    people = [user(number) for number in range(1, 148)]
    before, after = ", ".join(people[:70]), ", ".join(people[71:])
    head = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"totalResults": 147, "Resources": ['

    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head + before.encode() + b', {"id": "71", "photo": "')
        for _ in range(200):
            writer.write(CHUNK)
            await writer.drain()
        writer.write(b'\\"x"}, ' + after.encode() + b"]}")
        writer.close()

    flooding = await asyncio.start_server(flood, "127.0.0.1", 0)
    port = flooding.sockets[0].getsockname()[1]
    session = open_session(tenant_at(f"http://127.0.0.1:{port}/scim", auth="none"), tmp_path)
    tracemalloc.start()
    try:
        report = await sync_all(session)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        await close_session(session)
        flooding.close()
    assert (report.complete, report.fetched) == (False, 146)
    assert "1 entries were no resources" in str(report.why)
    assert peak < body_module.MAX_BODY


async def test_of_a_page_that_is_too_large_what_fits_is_kept_and_the_rest_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_module, "MAX_BODY", 4000)

    def answer(request: Request) -> Answer:
        start = int(request.target.partition("startIndex=")[2].partition("&")[0])
        return http(200, page(start, 151 - start, 150))

    _, report = await synced(answer, tmp_path)
    assert (report.complete, report.fetched) == (True, 150)


async def test_a_provider_that_says_nothing_for_an_hour_is_given_up_and_what_came_is_kept(tmp_path: Path) -> None:
    def silence() -> Answer:
        return [b""] * 36_000

    _, report = await synced(pages(silence), tmp_path, timeout=0.3)
    assert (report.complete, report.fetched) == (False, 100)
    assert "gave no answer in 0.3 s" in report.why


async def test_a_provider_that_drips_is_given_up_too(tmp_path: Path) -> None:
    def drip() -> Answer:
        return [b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n", *([b" "] * 36_000)]

    with raw_server(pages(drip)) as server:
        session = open_session(tenant_at(server.base_url, auth="none", timeout=0.2), tmp_path)
        try:
            with pytest.raises(Unreachable):
                await session.endpoint.send(ScimRequest("GET", "/Users?startIndex=101"))
        finally:
            await close_session(session)


@pytest.mark.parametrize("breaks", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n{", b"HTTP/1.1 2"])
async def test_a_network_that_dies_in_the_middle_of_a_page_leaves_the_first_one(tmp_path: Path, breaks: bytes) -> None:
    def answer(request: Request) -> Answer:
        if "startIndex=101" in request.target:
            return None if not breaks else [breaks, b"", None]  # type: ignore[list-item]
        return pages(lambda: None)(request)

    _, report = await synced(answer, tmp_path, timeout=0.5)
    assert (report.complete, report.fetched) == (False, 100)
    assert report.why
