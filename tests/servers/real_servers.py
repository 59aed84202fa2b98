"""Real SCIM servers that other people wrote, each in a process of its own, as fixtures.

`scim2_server`         scim2-server (PyPI), pages by index; a fresh tenant for each test
`scim2_server_cursor`  the same with cursors (RFC 9865) announced
`things_server`        scim2-server with a resource type that no RFC knows, and nothing in it
`scimmy`               SCIMMY (npm), emptied and seeded again for each test; needs node

Each but the things gives a RealServer that holds 60 people and 8 groups; `server.ask(…)` is the server's own word, without our code.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from filelock import FileLock

from scimtui.demo.people import ENTERPRISE, directory

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".cache"
TOKEN = "token-of-the-tests"
USERS = 60
GROUPS = 8

SCIM2_SERVER = """
import os, runpy, sys, threading
def end_with_the_tests():
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=end_with_the_tests, daemon=True).start()
runpy.run_module("scim2_server.testserver.cli", run_name="__main__", alter_sys=True)
"""
"""The server's own command, but none stays behind when the tests are killed."""

CURSOR_CONFIG = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    "patch": {"supported": True},
    "bulk": {"supported": True, "maxOperations": 100, "maxPayloadSize": 1_000_000},
    "filter": {"supported": True, "maxResults": 200},
    "changePassword": {"supported": True},
    "sort": {"supported": True},
    "etag": {"supported": True},
    "pagination": {"cursor": True, "index": False, "defaultPageSize": 25, "maxPageSize": 25, "cursorTimeout": 600},
}


def _thing_attributes(*kinds: str) -> list[dict[str, Any]]:
    """Describe attributes of every kind, one value and many, plain and complex."""
    common = {"mutability": "readWrite", "returned": "default", "required": False, "description": "-"}

    def one(name: str, kind: str, *, many: bool = False, exact: bool = False) -> dict[str, Any]:
        of_reference = {"referenceTypes": ["external"]} if kind == "reference" else {}
        return {**common, "name": name, "type": kind, "multiValued": many, "caseExact": exact, **of_reference}

    def complex_(name: str, *subs: dict[str, Any], many: bool) -> dict[str, Any]:
        return {**common, "name": name, "type": "complex", "multiValued": many, "subAttributes": list(subs)}

    plain = [one(f"one-{kind}", kind, exact=kind == "reference") for kind in kinds]
    lists = [one(f"many_{kind}", kind, many=True, exact=True) for kind in kinds if kind != "binary"]
    typed = (one("value", "string", exact=True), one("type", "string"), one("primary", "boolean"))
    return [
        *plain,
        *lists,
        complex_("box", one("red", "string"), one("blue-1", "integer"), many=False),
        complex_("boxes", one("red", "string"), one("blue-1", "integer"), many=True),
        complex_("links", *typed, one("display", "string"), many=True),
    ]


THING_DOCUMENTS = [
    {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": f"urn:example:params:scim:schemas:{where}:2.0:Thing",
        "name": name,
        "description": "-",
        "attributes": _thing_attributes(*kinds),
    }
    for where, name, kinds in (
        ("core", "Thing", ("string", "boolean", "decimal", "integer", "dateTime", "binary", "reference")),
        ("extension:more.of.it", "ThingMore", ("string", "integer")),
    )
]


@dataclass(frozen=True)
class RealServer:
    """A running server: where it is, and its own word on what it holds."""

    base_url: str
    token: str
    by_cursor: bool = False
    """Whether it pages by cursor alone."""

    def ask(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Return what the server itself answers, by urllib; None for 404 and for an empty answer."""
        request = urllib.request.Request(
            self.base_url + path,
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/scim+json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 404:
                    raise AssertionError(f"{path}: {error.code} {error.read()[:300]!r}") from error
            return None
        return json.loads(text) if text else None

    def user(self, user_name: str) -> Any:
        """Return the one user of this name as the server has them now, or None."""
        query = quote(f'userName eq "{user_name}"')
        found = self.ask(f"/Users?filter={query}")["Resources"]
        return found[0] if found else None

    def group(self, display_name: str) -> Any:
        """Return the one group of this name as the server has it now, or None."""
        query = quote(f'displayName eq "{display_name}"')
        found = self.ask(f"/Groups?filter={query}")["Resources"]
        return found[0] if found else None

    def ids(self, endpoint: str = "/Users", count: int = 25) -> set[str]:
        """Return the ids of everything behind an endpoint, by walking its pages."""
        held: set[str] = set()
        position = "cursor=" if self.by_cursor else "startIndex=1"
        while position:
            page = self.ask(f"{endpoint}?count={count}&{position}")
            ids = {resource["id"] for resource in page.get("Resources", ())}
            held |= ids
            if self.by_cursor:
                position = f"cursor={quote(page['nextCursor'])}" if "nextCursor" in page else ""
            else:
                position = f"startIndex={len(held) + 1}" if ids and len(held) < page["totalResults"] else ""
        return held


Shape = Callable[[dict[str, Any]], dict[str, Any]]


def _as_they_are(document: dict[str, Any]) -> dict[str, Any]:
    return document


def seed(
    server: RealServer, users: int = USERS, groups: int = GROUPS, tenant: int = 0, shape: Shape = _as_they_are
) -> None:
    """Create people and groups through the server's front door, with the ids that it gives them."""
    people = directory(tenant, users)
    ids: dict[str, str] = {}
    for document in people.users:
        wanted = {name: value for name, value in document.items() if name not in {"id", "meta"}}
        manager = wanted[ENTERPRISE].pop("manager", None)
        if manager:
            wanted[ENTERPRISE] = wanted[ENTERPRISE] | {"manager": {"value": ids[manager["value"]]}}
        ids[document["id"]] = server.ask("/Users", shape(wanted))["id"]
    for document in people.groups[:groups]:
        members = [{"value": ids[member["value"]], "type": "User"} for member in document.get("members", ())]
        server.ask("/Groups", {**{name: document[name] for name in ("schemas", "displayName")}, "members": members})


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], port: int, log: Path, **environment: str) -> Iterator[None]:
    """Run a server that ends with its standard input; wait until it answers on its port, and end it afterwards."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=output, env=os.environ | environment
        )
        try:
            _await(process, port, log)
            yield
        finally:
            process.terminate()
            try:
                process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"{process.args!r} does not answer:\n{log.read_text(errors='replace')[-2000:]}")


def _scim2_server(folder: Path, *options: str) -> Iterator[str]:
    port = _free_port()
    command = [sys.executable, "-c", SCIM2_SERVER, "--port", str(port), "--bearer-token", TOKEN]
    with _running([*command, "--dynamic-tenants", *options], port, folder / "log"):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def _scim2_server_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from _scim2_server(tmp_path_factory.mktemp("scim2-server"))


@pytest.fixture(scope="session")
def _scim2_server_cursor_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pytest.importorskip("cryptography", reason="scim2-server makes its cursors with cryptography")
    folder = tmp_path_factory.mktemp("scim2-server-cursor")
    config = folder / "config.json"
    config.write_text(json.dumps(CURSOR_CONFIG))
    yield from _scim2_server(folder, "--service-provider-config", str(config))


_tenants = itertools.count(1)


@pytest.fixture
def scim2_server(_scim2_server_process: str) -> RealServer:
    server = RealServer(f"{_scim2_server_process}/tenant{next(_tenants)}/v2", TOKEN)
    seed(server)
    return server


@pytest.fixture(scope="session")
def things_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """scim2-server with one resource type that no RFC knows, and nothing in it."""
    folder = tmp_path_factory.mktemp("things")
    own, extension = THING_DOCUMENTS
    declared = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": "Thing",
        "name": "Thing",
        "endpoint": "/Things",
        "schema": own["id"],
        "schemaExtensions": [{"schema": extension["id"], "required": False}],
    }
    (folder / "schemas.json").write_text(json.dumps(THING_DOCUMENTS))
    (folder / "types.json").write_text(json.dumps([declared]))
    options = ("--schema", str(folder / "schemas.json"), "--resource-type", str(folder / "types.json"))
    for base_url in _scim2_server(folder, *options):
        yield RealServer(f"{base_url}/things/v2", TOKEN)


@pytest.fixture
def other_scim2_server(_scim2_server_process: str) -> RealServer:
    """A second tenant, drifted away from the first."""
    server = RealServer(f"{_scim2_server_process}/tenant{next(_tenants)}/v2", TOKEN)
    seed(server, tenant=1)
    return server


@pytest.fixture
def scim2_server_cursor(_scim2_server_cursor_process: str) -> RealServer:
    server = RealServer(f"{_scim2_server_cursor_process}/tenant{next(_tenants)}/v2", TOKEN, by_cursor=True)
    seed(server)
    return server


def _scimmy_folder() -> Path:
    """Return a folder with SCIMMY installed, once for every version of its package.json."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        pytest.skip("node and npm are not installed")
    manifest = (HERE / "scimmy" / "package.json").read_bytes()
    folder = CACHE / f"scimmy-{hashlib.sha256(manifest).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        shutil.copy(HERE / "scimmy" / "server.mjs", folder)
        if not (folder / "installed").exists():
            (folder / "package.json").write_bytes(manifest)
            command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            (folder / "installed").touch()
    return folder


@pytest.fixture(scope="session")
def _scimmy_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = _scimmy_folder(), _free_port()
    log = tmp_path_factory.mktemp("scimmy") / "log"
    with _running([str(shutil.which("node")), str(folder / "server.mjs")], port, log, PORT=str(port), TOKEN=TOKEN):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def scimmy(_scimmy_process: str) -> RealServer:
    return _seeded_scimmy(_scimmy_process, USERS)


def _seeded_scimmy(address: str, users: int) -> RealServer:
    RealServer(address, TOKEN).ask("/rows", method="DELETE")
    server = RealServer(f"{address}/scim", TOKEN)
    seed(server, users)
    return server
