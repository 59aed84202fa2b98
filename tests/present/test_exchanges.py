"""The request log as text, and as commands that a shell really runs."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest
from fakes.raw_server import http, raw_server
from fakes.sessions import tenant_at

from scimtui.client.wire_log import Exchange
from scimtui.present.exchanges import curl_lines, duration, exchange_columns, pretty, size, status_words

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


def exchange(**values: Any) -> Exchange:
    told = {"seconds": 0.034, "method": "GET", "path": "/Users", "body": "", "status": 200, "answer": "{}", "size": 512}
    return Exchange(at=NOW, **{**told, **values})


@pytest.mark.parametrize(
    ("status", "shown", "words"),
    [
        (200, "✓ 200", "200 OK"),
        (429, "! 429", "429 Too Many Requests"),
        (404, "✗ 404", "404 Not Found"),
        (None, "✗ ---", "no answer"),
        (799, "✗ 799", "799"),
    ],
)
def test_an_exchange_is_marked_by_how_it_ended(status: int | None, shown: str, words: str) -> None:
    assert exchange_columns(exchange(status=status))[2] == shown
    assert status_words(exchange(status=status)) == words


def test_numbers_are_written_for_people() -> None:
    assert [duration(one) for one in (0.0004, 0.034, 2.13)] == ["0 ms", "34 ms", "2.1 s"]
    assert [size(one) for one in (512, 12_300, 4_000_000)] == ["512 B", "12.3 kB", "4.0 MB"]


def test_a_body_is_indented_and_what_is_no_json_is_broken_into_lines() -> None:
    assert pretty('{"a":[1]}', 80) == ["{", '  "a": [', "    1", "  ]", "}"]
    assert pretty("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
    assert pretty("", 10) == []
    assert "\x1b" not in pretty("a\x1b[31mb", 80)[0]


@pytest.mark.parametrize(
    ("values", "header", "seen"),
    [
        ({}, "authorization", "Bearer s3cret"),
        ({"auth": "header", "header": "X-Api-Key"}, "x-api-key", "s3cret"),
        ({"auth": "basic", "username": "o'hara"}, "authorization", "Basic bydoYXJhOnMzY3JldA=="),
        ({"auth": "none"}, "authorization", None),
    ],
)
def test_the_shell_sends_what_was_sent(values: dict[str, str], header: str, seen: str | None) -> None:
    body = json.dumps({"title": "$(touch x) `y` 'z' \"w\""})
    with raw_server(lambda _: http(200, b"{}")) as server:
        tenant = tenant_at(server.base_url, **values)
        told = exchange(method="PATCH", path="/Users/a%20'b'?x=$HOME", body=body)
        lines = curl_lines(tenant, told)
        assert "s3cret" not in "".join(lines)
        subprocess.run(
            ["sh", "-c", "\n".join(lines)],
            check=True,
            env={"SCIMTUI_TOKEN_ACME": "s3cret", "PATH": "/usr/bin:/bin"},
            capture_output=True,
        )
        (request,) = server.seen
    assert (request.method, request.target) == ("PATCH", "/scim/Users/a%20'b'?x=$HOME")
    assert request.body.decode() == body
    assert request.headers.get(header) == seen
