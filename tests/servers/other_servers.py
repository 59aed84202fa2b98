"""Two more servers that other people wrote, on Flask and on Django, each new for each test."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from real_servers import ENTERPRISE, HERE, TOKEN, RealServer, _free_port, _running, seed

PEOPLE = 200


def _without_extension(user: dict[str, Any]) -> dict[str, Any]:
    """django-scim2-server answers 400 to anybody with the enterprise extension."""
    return {name: value for name, value in user.items() if name != ENTERPRISE} | {"schemas": user["schemas"][:1]}


def _with_reference(user: dict[str, Any]) -> dict[str, Any]:
    """scim2-flask wants the address of a manager, not only the id."""
    manager = user[ENTERPRISE].get("manager")
    if manager:
        user[ENTERPRISE] = user[ENTERPRISE] | {"manager": {**manager, "$ref": f"../Users/{manager['value']}"}}
    return user


@pytest.fixture
def scim2_flask(tmp_path: Path) -> Iterator[RealServer]:
    port = _free_port()
    command = [sys.executable, str(HERE / "flask_app.py")]
    with _running(command, port, tmp_path / "flask.log", PORT=str(port), TOKEN=TOKEN):
        server = RealServer(f"http://127.0.0.1:{port}/scim/v2", TOKEN)
        seed(server, PEOPLE, shape=_with_reference)
        yield server


@pytest.fixture
def django_scim2_server(tmp_path: Path) -> Iterator[RealServer]:
    port = _free_port()
    command = [sys.executable, str(HERE / "django_app.py")]
    environment = {"PORT": str(port), "TOKEN": TOKEN, "DB": str(tmp_path / "db.sqlite3")}
    with _running(command, port, tmp_path / "django.log", **environment):
        server = RealServer(f"http://127.0.0.1:{port}/scim/v2", TOKEN)
        seed(server, PEOPLE, shape=_without_extension)
        yield server
