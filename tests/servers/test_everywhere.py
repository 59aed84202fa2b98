"""One person leaves everywhere at once: three servers that other people wrote, one of them away, and one that ignores."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fakes.commands import run_command
from fakes.consoles import write_config
from other_servers import _flask
from real_servers import HERE, TOKEN, RealServer, _free_port, _running

ALICE = "alice.whitfield@acme.example"
PEOPLE = 30


@contextmanager
def django_at(port: int, folder: Path, **environment: str) -> Iterator[RealServer]:
    """Run django-scim2-server on a database that stays, so that it can go and come back."""
    command = [sys.executable, str(HERE / "django_app.py")]
    told = {"PORT": str(port), "TOKEN": TOKEN, "DB": str(folder / "db.sqlite3"), **environment}
    with _running(command, port, folder / "django.log", **told):
        yield RealServer(f"http://127.0.0.1:{port}/scim/v2", TOKEN)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SCIMTUI_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("SCIMTUI_HOME", str(tmp_path / "home"))

    def command(*arguments: str) -> Any:
        return run_command(arguments, capsys, monkeypatch)

    return command


def test_a_leaver_is_off_everywhere_and_each_server_gets_its_own_receipt(
    run: Any, scim2_server: RealServer, tmp_path: Path
) -> None:
    port = _free_port()
    with _flask(tmp_path, PEOPLE) as flask:
        with django_at(port, tmp_path, PEOPLE=str(PEOPLE)) as django:
            write_config(tmp_path, {"idp": scim2_server, "crm": flask, "wiki": django})
            assert run("sync").status == 0
            # django-scim2-server answers 200 to a path that it does not read, and nothing happens there.
            mail = "emails[primary eq true].value=leaver@acme.example"
            ignored = run("edit", "wiki", "User", ALICE, "--set", mail, "--yes", "--format", "json")
            assert (ignored.outcomes, ignored.status) == (["ignored"], 1), ignored.err
            assert [one["value"] for one in django.user(ALICE)["emails"]] == [ALICE]
        gone = run("deactivate", ALICE, "--all-tenants", "--reason", "left", "--yes", "--format", "json")
        assert gone.status == 1
        said = {record["tenant"]: record["outcome"] for record in gone.json}
        assert said == {"idp": "applied", "crm": "applied", "wiki": "skipped"}
        assert [one.user(ALICE)["active"] for one in (scim2_server, flask)] == [False, False]
        with django_at(port, tmp_path) as django:
            assert django.user(ALICE)["active"] is True
            back = run("retry", "--yes", "--format", "json")
            assert (back.outcomes, back.status) == (["applied"], 0), back.err
            assert django.user(ALICE)["active"] is False
            again = run("deactivate", ALICE, "--all-tenants", "--yes", "--format", "json")
            assert (again.outcomes, again.status) == (["already"] * 3, 0)
    assert list((tmp_path / "home" / "plans").glob("*.json")) == []
