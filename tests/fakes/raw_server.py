"""A loopback server that answers with any bytes, or with none: for what no HTTP library lets a server do."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


Answer = bytes | list[bytes] | None
"""What is sent; a list with a pause after each part; None closes the connection instead."""


@dataclass
class RawServer:
    base_url: str
    seen: list[Request] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)


def http(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Return a whole answer; `retry_after` becomes `retry-after`."""
    told = {"content-type": "application/scim+json", "content-length": str(len(body))}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} Some\r\n{head}\r\n".encode() + body


@contextmanager
def raw_server(answer: Callable[[Request], Answer], path: str = "/scim") -> Iterator[RawServer]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while (request := _read(self.rfile)) is not None:
                served.seen.append(request)
                answered = answer(request)
                if answered is None:
                    return
                try:
                    for part in answered if isinstance(answered, list) else [answered]:
                        self.wfile.write(part)
                        if isinstance(answered, list):
                            served.stopped.wait(0.1)
                except OSError:
                    return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        served = RawServer(f"http://127.0.0.1:{server.server_address[1]}{path}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield served
        finally:
            served.stopped.set()
            server.shutdown()
            thread.join()


def closed_port() -> int:
    """Return a port of this machine where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for_port(port: int) -> None:
    """Return when something accepts connections at a port of this machine."""
    while True:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)


def _read(stream) -> Request | None:
    try:
        first = stream.readline().decode("latin-1").split()
        headers = {}
        while line := stream.readline().strip().decode("latin-1"):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", "0")))
    except OSError:
        return None
    return Request(first[0], first[1], headers, body) if len(first) > 1 else None
