"""Start and stop the demo's tenants: scim2-server on loopback, in a process that ends with this one."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

from scimtui.errors import LocalError, UsageError

NAMES = ("prod", "stage", "labs", "emea", "apac", "americas", "archive", "partners", "sandbox")
"""What the tenants are called, in order. The first one is the production tenant."""


@dataclass(frozen=True, slots=True)
class DemoTenant:
    """One tenant that is being served."""

    name: str
    label: str
    base_url: str
    token: str
    """Made up for this run; it opens nothing but this tenant."""
    production: bool


class DemoServers:
    """The tenants of one demo. A context manager: they are gone when it is left."""

    def __init__(self, process: subprocess.Popen[bytes], tenants: tuple[DemoTenant, ...]) -> None:
        self.tenants = tenants
        self._process = process

    @property
    def running(self) -> bool:
        """Whether the tenants can still be reached."""
        return self._process.poll() is None

    def stop(self) -> None:
        """End the servers and forget everything in them. Stopping twice does nothing."""
        _end(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def start(users: int = 500, tenants: int = 2) -> DemoServers:
    """Return running servers for this many tenants with this many people each; 500 take about a second.

    Raises:
        UsageError: scim2-server is not installed, or a number is out of range.
        LocalError: the servers did not start.
    """
    if find_spec("scim2_server") is None:
        raise UsageError("The demo needs scim2-server, which is not installed", 'Run: pip install "scimtui[demo]"')
    if users < 1:
        raise UsageError("A demo tenant needs one person at least", "Give --users a number from 1")
    if not 1 <= tenants <= len(NAMES):
        raise UsageError(f"The demo cannot serve {tenants} tenants", f"Give --tenants a number from 1 to {len(NAMES)}")
    wanted = [{"name": f"acme-{name}", "token": secrets.token_urlsafe(24)} for name in NAMES[:tenants]]
    try:
        process = _spawn()
    except OSError as error:
        raise LocalError(f"The demo's servers did not start: {error}", "Check that Python can be run") from error
    try:
        urls = _handshake(process, users, wanted)
    except BaseException:
        _end(process)
        raise
    return DemoServers(process, tuple(_tenant(order["name"], urls[order["name"]], order["token"]) for order in wanted))


def _tenant(name: str, base_url: str, token: str) -> DemoTenant:
    kind = name.removeprefix("acme-")
    label = {"prod": "Acme production", "stage": "Acme staging", "emea": "Acme EMEA", "apac": "Acme APAC"}
    return DemoTenant(name, label.get(kind, f"Acme {kind}"), base_url, token, production=kind == "prod")


def _spawn() -> subprocess.Popen[bytes]:
    """Start the child. It finds this very copy of the package, wherever it was run from."""
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-m", "scimtui.demo.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": path},
    )


def _handshake(process: subprocess.Popen[bytes], users: int, wanted: list[dict[str, str]]) -> dict[str, str]:
    """Tell the child what to serve; return the base URL of each tenant once it is served."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):  # it has ended already: the missing answer says so
        process.stdin.write(json.dumps({"users": users, "tenants": wanted}).encode() + b"\n")
        process.stdin.flush()
    urls: dict[str, str] = {}
    for _ in wanted:
        line = process.stdout.readline()
        answer = json.loads(line) if line else {"error": f"the server ended with status {process.wait()}"}
        if "error" in answer:
            raise LocalError(f"The demo's servers did not start: {answer['error']}", "Try fewer --users")
        urls[answer["name"]] = answer["base_url"]
    return urls


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the child's input, which ends it; kill it when it does not listen."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
