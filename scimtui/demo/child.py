"""The process that serves the demo's tenants. It ends when its standard input does: with the program that started it.

Standard input, first line: `{"users": 500, "tenants": [{"name": …, "token": …}, …]}`; tokens never stand in argv.
Standard output: one line `{"name": …, "base_url": …}` for each tenant when all are ready, or one line `{"error": …}`.
"""

from __future__ import annotations

import gc
import hmac
import json
import logging
import os
import signal
import sys
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from scim2_models import Meta, Resource, UnauthorizedException
from scim2_server.applications.wsgi import WSGIApplication
from scim2_server.memory import InMemoryStorage
from scim2_server.requests import ScimRequest
from scim2_server.service import ScimService
from scim2_server.utils import load_default_provider

from scimtui.demo.people import directory

LOOPBACK = "127.0.0.1"


class _Application(WSGIApplication):
    """scim2-server's application for one tenant, behind one bearer token."""

    def __init__(self, storage: InMemoryStorage, service: ScimService, token: str) -> None:
        super().__init__(storage, service.provider, service)
        self._expected = f"Bearer {token}".encode()

    def check_auth(self, request: ScimRequest) -> None:
        given = (request.header("Authorization") or "").encode()
        if not hmac.compare_digest(given, self._expected):
            raise UnauthorizedException


class _Handler(WSGIRequestHandler):
    """One request, without a line in a log."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name is the standard library's)
        """Say nothing: the console has its own request log."""


class _Server(ThreadingMixIn, WSGIServer):
    """A tenant's port on loopback."""

    daemon_threads = True
    request_queue_size = 64

    def server_bind(self) -> None:
        """Bind without asking for the machine's name, which takes seconds where DNS is slow."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]
        self.setup_environ()


def main() -> None:
    """Serve until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the program in front
    logging.getLogger("scim2_server").addHandler(logging.NullHandler())
    orders = json.loads(sys.stdin.buffer.readline())
    try:
        servers = _serve(orders["users"], orders["tenants"])
    except Exception as error:  # noqa: BLE001 (whatever it was, the program in front must be able to say it)
        _say({"error": f"{type(error).__name__}: {error}"})
        return
    for tenant, server in zip(orders["tenants"], servers, strict=True):
        _say({"name": tenant["name"], "base_url": f"http://{LOOPBACK}:{server.server_port}/v2"})
    sys.stdin.buffer.read()
    os._exit(0)  # no waiting for requests in flight


def _say(line: dict[str, str]) -> None:
    print(json.dumps(line), flush=True)  # noqa: T201 (this is how the two processes talk)


def _serve(users: int, tenants: list[dict[str, str]]) -> list[_Server]:
    """Start one server for each tenant, filled with its people."""
    gc.disable()  # measured with 10,000 people: loading takes a third less
    service = ScimService(load_default_provider())
    servers = []
    for number, tenant in enumerate(tenants):
        server = _Server((LOOPBACK, 0), _Handler)
        server.set_app(_Application(_storage(number, users, service), service, tenant["token"]))
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
    gc.freeze()  # measured with 10,000 people: a page takes a third less when the collector leaves them alone
    gc.enable()
    return servers


def _storage(number: int, users: int, service: ScimService) -> InMemoryStorage:
    """Return a store that holds the tenant's people and groups, put in directly: HTTP would take a minute."""
    held = directory(number, users)
    storage = InMemoryStorage()
    storage.resources = [
        *_resources(held.users, service.get_model(service.get_resource_type("User")), storage),
        *_resources(held.groups, service.get_model(service.get_resource_type("Group")), storage),
    ]
    return storage


def _resources(
    documents: tuple[dict[str, Any], ...], model: type[Resource[Any]], storage: InMemoryStorage
) -> list[Resource[Any]]:
    resources = []
    for document in documents:
        resource = model.model_validate(document)
        resource.meta = Meta.model_validate(document["meta"] | {"version": storage.next_version()})
        resources.append(resource)
    return resources


if __name__ == "__main__":
    main()
