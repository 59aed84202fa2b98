"""An endpoint with a token that waits for nobody, and the requests that tests send through it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fakes.in_memory_provider import TOKEN
from fakes.raw_server import http

from scimtui.client import auth
from scimtui.client.endpoint import Endpoint
from scimtui.client.patience import Patience
from scimtui.scim.message import ScimRequest

GET = ScimRequest("GET", "/Users/1")
POST = ScimRequest("POST", "/Users", {"userName": "ann"})
PATCH = ScimRequest("PATCH", "/Users/1", {"Operations": []})
OK = http(200, b"{}")


async def token() -> str:
    return TOKEN


@asynccontextmanager
async def opened(base_url: str, **options: Any) -> AsyncIterator[Endpoint]:
    options = {"auth": auth.bearer(token), "patience": Patience(first_wait=0.001), "timeout": 5.0, **options}
    endpoint = Endpoint(base_url, **options)
    try:
        yield endpoint
    finally:
        await endpoint.aclose()
