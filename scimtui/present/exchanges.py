"""The request log as text: one line an exchange, its details, and the same request for curl."""

from __future__ import annotations

import shlex
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson

from scimtui.ops.tenants import token_variable
from scimtui.present.cells import safe

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.ops.exchanges import Exchange


def exchange_columns(exchange: Exchange) -> tuple[str, str, str, str, str, str]:
    """Return time, method, mark with status, duration, size and path of an exchange, all safe and of fixed width."""
    at = f"{exchange.at.astimezone():%H:%M:%S}"
    status = f"{_mark(exchange)} {exchange.status or '---'}"
    return (
        at,
        f"{safe(exchange.method):6}",
        status,
        f"{duration(exchange.seconds):>7}",
        f"{size(exchange.size):>8}",
        safe(exchange.path),
    )


def status_words(exchange: Exchange) -> str:
    """Return the status in words: "404 Not Found", "no answer"."""
    if exchange.status is None:
        return "no answer"
    known = {one.value: one.phrase for one in HTTPStatus}
    return f"{exchange.status} {known.get(exchange.status, '')}".rstrip()


def pretty(text: str, width: int) -> list[str]:
    """Return a body as safe lines: JSON indented; what was cut, or is no JSON, broken at `width` characters."""
    with suppress(orjson.JSONDecodeError):
        text = orjson.dumps(orjson.loads(text), option=orjson.OPT_INDENT_2).decode()
    broken = (line[start : start + width] for line in text.splitlines() for start in range(0, len(line), width))
    return [safe(line) for line in broken]


def curl_lines(tenant: Tenant, exchange: Exchange) -> list[str]:
    """Return the request as a command for a POSIX shell. The token stands in no part of it: a variable has it."""
    url = exchange.path if "://" in exchange.path else tenant.base_url + "/" + exchange.path.lstrip("/")
    parts = [f"curl -sS -X {shlex.quote(exchange.method)} {shlex.quote(url)}", *_signature(tenant)]
    parts += [f"-H {shlex.quote('Accept: application/scim+json, application/json;q=0.9')}"]
    if exchange.body:
        parts += ["-H 'Content-Type: application/scim+json'", f"--data {shlex.quote(exchange.body)}"]
    return [f"{'  ' if number else ''}{part} \\" for number, part in enumerate(parts[:-1])] + [f"  {parts[-1]}"]


def _signature(tenant: Tenant) -> list[str]:
    variable = f'"${token_variable(tenant.name)}"'
    match tenant.auth:
        case "none":
            return []
        case "basic":
            return [f"-u {shlex.quote(tenant.username + ':')}{variable}"]
        case "header":
            return [f"-H {shlex.quote(tenant.header + ': ')}{variable}"]
        case _:
            return [f"-H {shlex.quote('Authorization: Bearer ')}{variable}"]


def duration(seconds: float) -> str:
    """Return how long something took: "34 ms", "2.1 s"."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def size(number: int) -> str:
    """Return bytes for people: "512 B", "12.3 kB", "4.0 MB"."""
    if number < 1000:
        return f"{number} B"
    return f"{number / 1000:.1f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"


def _mark(exchange: Exchange) -> str:
    if exchange.status is None:
        return "✗"
    return "✓" if exchange.status < 300 else "!" if exchange.status in {304, 409, 412, 429, 503} else "✗"
