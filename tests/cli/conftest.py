"""Commands run in this process, against fake providers on loopback, with a config, home and keyring of their own."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest
from fakes.commands import Ended, add_tenant, run_command
from fakes.in_memory_provider import TOKEN, FakeProvider
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring


class MemoryKeyring(KeyringBackend):
    """A keyring that works and ends with the test."""

    priority = 1  # type: ignore[assignment]
    name = "Memory Keyring"

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


class Bench:
    """A config, a home and the commands."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.config = folder / "config" / "config.toml"
        self.home = folder / "home"
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        monkeypatch.setenv("SCIMTUI_CONFIG", str(self.config))
        monkeypatch.setenv("SCIMTUI_HOME", str(self.home))
        self.config.parent.mkdir()
        self.config.write_text("")

    def add(self, name: str, base_url: str, extra: str = "") -> None:
        """Write a tenant into the config; its token is in the environment."""
        add_tenant(self.config, self._monkeypatch, name, base_url, TOKEN, extra)

    def run(self, *arguments: str, stdin: str = "") -> Ended:
        """Run a command as from a script: no terminal anywhere."""
        return run_command(arguments, self._capsys, self._monkeypatch, stdin)


@pytest.fixture
def memory_keyring():
    before, held = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(held)
    yield held
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring():
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def bench(tmp_path, capsys, monkeypatch, no_keyring) -> Bench:
    return Bench(tmp_path, capsys, monkeypatch)


@pytest.fixture
def acme():
    """Twelve people, one of them with hostile names, and one group."""
    provider = FakeProvider()
    provider.add_users(11)
    provider.add_user("evil\x1b[2J", displayName="=cmd|calc \u202e[red]x[/]", title="+49 30")
    provider.add_group("Engineers", [provider.user("user00001")["id"]])
    return provider


@pytest.fixture
def served(bench, acme):
    """The bench with `acme` as a tenant."""
    with acme.serve() as base_url:
        bench.add("acme", base_url)
        yield bench


@pytest.fixture
def stage():
    """Nine people: two of acme are missing, one is different."""
    provider = FakeProvider()
    provider.add_users(9)
    provider.user("user00002")["title"] = "Boss"
    return provider


@pytest.fixture
def both(served, stage):
    """The bench with two tenants, `acme` and `stage`."""
    with stage.serve() as base_url:
        served.add("stage", base_url)
        yield served
