"""An endpoint with a token that waits for nobody, and the requests that tests send through it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Any

from fakes.in_memory_provider import TOKEN
from fakes.raw_server import http

from scimtui.client import auth
from scimtui.client.connection import Connection
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
    """`options` are those of an Endpoint and of its Connection."""
    names = {field.name for field in fields(Connection)}
    connection = Connection(**{"timeout": 5.0, **{name: options.pop(name) for name in names & options.keys()}})
    told = {"auth": auth.bearer(token), "patience": Patience(first_wait=0.001), "connection": connection}
    endpoint = Endpoint(base_url, **{**told, **options})
    try:
        yield endpoint
    finally:
        await endpoint.aclose()
