"""Two more servers that other people wrote, on Flask and on Django, and all of them with more people; new for each test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from real_servers import (
    ENTERPRISE,
    HERE,
    TOKEN,
    RealServer,
    _free_port,
    _running,
    _seeded_scimmy,
    _tenants,
    seed,
)

from scimtui.demo.servers import start

PEOPLE = 200
FEW = 30
MANY = 10_000


def _without_extension(user: dict[str, Any]) -> dict[str, Any]:
    """django-scim2-server answers 400 to anybody with the enterprise extension."""
    return {name: value for name, value in user.items() if name != ENTERPRISE} | {"schemas": user["schemas"][:1]}


def _with_reference(user: dict[str, Any]) -> dict[str, Any]:
    """scim2-flask wants the address of a manager, not only the id."""
    manager = user[ENTERPRISE].get("manager")
    if manager:
        user[ENTERPRISE] = user[ENTERPRISE] | {"manager": {**manager, "$ref": f"../Users/{manager['value']}"}}
    return user


@contextmanager
def _flask(tmp_path: Path, people: int = PEOPLE, **environment: str) -> Iterator[RealServer]:
    port = _free_port()
    command = [sys.executable, str(HERE / "flask_app.py")]
    with _running(command, port, tmp_path / "flask.log", PORT=str(port), TOKEN=TOKEN, **environment):
        server = RealServer(f"http://127.0.0.1:{port}/scim/v2", TOKEN)
        seed(server, people, shape=_with_reference)
        yield server


@pytest.fixture
def scim2_flask(tmp_path: Path) -> Iterator[RealServer]:
    with _flask(tmp_path) as server:
        yield server


@pytest.fixture
def scim2_flask_without_patch(tmp_path: Path) -> Iterator[RealServer]:
    """No PATCH, no ETag, no bulk, and it says so."""
    with _flask(tmp_path, FEW, PATCH="off") as server:
        yield server


@pytest.fixture
def scim2_flask_read_only(tmp_path: Path) -> Iterator[RealServer]:
    """Nothing can be written once it is seeded."""
    sign = tmp_path / "read-only"
    with _flask(tmp_path, FEW, READ_ONLY=str(sign)) as server:
        sign.touch()
        yield server


@contextmanager
def _django(tmp_path: Path, **environment: str) -> Iterator[RealServer]:
    port = _free_port()
    command = [sys.executable, str(HERE / "django_app.py")]
    told = {"PORT": str(port), "TOKEN": TOKEN, "DB": str(tmp_path / "db.sqlite3"), **environment}
    with _running(command, port, tmp_path / "django.log", **told):
        yield RealServer(f"http://127.0.0.1:{port}/scim/v2", TOKEN)


@pytest.fixture
def django_scim2_server(tmp_path: Path) -> Iterator[RealServer]:
    with _django(tmp_path) as server:
        seed(server, PEOPLE, shape=_without_extension)
        yield server


@pytest.fixture
def django_scim2_server_of_many(tmp_path: Path) -> Iterator[RealServer]:
    with _django(tmp_path, PEOPLE=str(MANY)) as server:
        yield server


@pytest.fixture
def scim2_server_of_200(_scim2_server_process: str) -> RealServer:
    server = RealServer(f"{_scim2_server_process}/tenant{next(_tenants)}/v2", TOKEN)
    seed(server, PEOPLE)
    return server


@pytest.fixture
def scim2_server_of_many() -> Iterator[RealServer]:
    """As the demo starts it, which puts people in directly: through the front door it would take minutes."""
    with start(users=MANY, tenants=1) as servers:
        (tenant,) = servers.tenants
        yield RealServer(tenant.base_url, tenant.token)


@pytest.fixture
def scimmy_of_200(_scimmy_process: str) -> RealServer:
    return _seeded_scimmy(_scimmy_process, PEOPLE)
