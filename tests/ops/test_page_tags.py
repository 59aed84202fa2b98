"""Lists whose pages have an ETag: what did not change is not sent again, and nothing that changed is missed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes.raw_server import Answer, RawServer, Request, http, raw_server
from fakes.sessions import sync_all, tenant_at

from scimtui.ops.session import Session, close_session, open_session
from scimtui.ops.sync import SyncReport

PEOPLE = 250


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:12]}"'


class Directory:
    """People behind a server whose pages have an ETag of their bytes, unless told otherwise."""

    def __init__(self, tag: Callable[[bytes], str] = _etag) -> None:
        self.people = [{"id": str(number), "userName": f"user{number}"} for number in range(PEOPLE)]
        self.tag = tag
        self.sent: list[int] = []
        """The statuses of the pages of a list."""
        self.ignores_tags = False

    def answer(self, request: Request) -> Answer:
        if not request.target.startswith("/scim/Users?"):
            return http(404)
        query = dict(part.split("=") for part in request.target.partition("?")[2].split("&"))
        start, count = int(query["startIndex"]), int(query["count"])
        found = {
            "totalResults": len(self.people),
            "startIndex": start,
            "Resources": self.people[start - 1 : start - 1 + count],
        }
        body = json.dumps(found).encode()
        tag = self.tag(body)
        is_known = request.headers.get("if-none-match") == tag and not self.ignores_tags
        self.sent.append(304 if is_known else 200)
        return http(304 if is_known else 200, b"" if is_known else body, etag=tag)


async def synced(server: RawServer, home: Path) -> tuple[SyncReport, list[dict[str, Any]], Session]:
    session = open_session(tenant_at(server.base_url, auth="none"), home)
    try:
        report = await sync_all(session)
        return report, list(session.cache.resources("User").documents()), session
    finally:
        await close_session(session)


async def test_pages_that_are_as_they_were_are_not_sent_again(tmp_path: Path) -> None:
    people = Directory()
    with raw_server(people.answer) as server:
        first, _, session = await synced(server, tmp_path)
        assert first.complete
        assert session.dialect.list_etags is True
        people.sent.clear()
        again, held, _ = await synced(server, tmp_path)
    assert people.sent == [304] * 4  # three pages, and the question whether the last one is the last
    assert (again.complete, again.fetched, again.new, again.changed, again.vanished) == (True, PEOPLE, 0, 0, 0)
    assert held == people.people


async def test_a_page_in_which_somebody_changed_is_sent_and_the_others_are_not(tmp_path: Path) -> None:
    people = Directory()
    with raw_server(people.answer) as server:
        await synced(server, tmp_path)
        people.sent.clear()
        people.people[150] = {"id": "150", "userName": "somebody else"}
        again, held, _ = await synced(server, tmp_path)
    assert sorted(people.sent) == [200, 304, 304, 304]  # pages are asked for side by side
    assert (again.complete, again.changed) == (True, 1)
    assert held == people.people


async def test_who_came_and_who_left_are_noticed_under_tags_too(tmp_path: Path) -> None:
    people = Directory()
    with raw_server(people.answer) as server:
        await synced(server, tmp_path)
        del people.people[120]
        people.people.append({"id": "new", "userName": "newcomer"})
        again, held, _ = await synced(server, tmp_path)
    assert (again.complete, again.new, again.vanished) == (True, 1, 1)
    assert held == people.people


async def test_a_resource_that_was_written_here_since_then_is_read_again(tmp_path: Path) -> None:
    people = Directory()
    with raw_server(people.answer) as server:
        await synced(server, tmp_path)
        session = open_session(tenant_at(server.base_url, auth="none"), tmp_path)
        session.cache.resources("User").put({"id": "7", "userName": "edited here"})
        await close_session(session)
        people.sent.clear()
        again, held, _ = await synced(server, tmp_path)
    assert people.sent == [304, 200, 304, 304, 304]  # the first page was asked for again, without its tag
    assert again.complete
    assert held == people.people


@pytest.mark.parametrize("kind", ["always the same", "never honoured"])
async def test_tags_that_mean_nothing_are_found_out_and_not_used(tmp_path: Path, kind: str) -> None:
    people = Directory()
    if kind == "never honoured":
        people.ignores_tags = True
    else:
        answer = people.answer
        people.answer = lambda request: (  # type: ignore[method-assign]
            http(304) if "if-none-match" in request.headers else answer(request)
        )
    with raw_server(people.answer) as server:
        _, _, session = await synced(server, tmp_path)
        assert session.dialect.list_etags is False
        people.people[3] = {"id": "3", "userName": "changed"}
        _, held, _ = await synced(server, tmp_path)
    assert held == people.people


@pytest.mark.parametrize("damage", ["{", '{"read_at": "x"}', '{"read_at": "2026-01-01T00:00:00+00:00", "pages": []}'])
async def test_tags_that_cannot_be_read_or_are_old_cost_a_full_sync(tmp_path: Path, damage: str) -> None:
    people = Directory()
    with raw_server(people.answer) as server:
        await synced(server, tmp_path)
        (tmp_path / "cache" / "acme" / "User.pages.json").write_text(damage)
        people.sent.clear()
        again, held, _ = await synced(server, tmp_path)
    assert set(people.sent) == {200}
    assert again.complete
    assert held == people.people
