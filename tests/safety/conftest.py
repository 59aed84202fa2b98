"""What the tests of the rules share: a desk, and a provider with eight people and two groups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from fakes.in_memory_provider import TOKEN, FakeProvider
from keyring.backends.fail import Keyring as NoKeyring
from safety.desk import Desk

PEOPLE = ("ann", "bob", "cleo", "dan", "eve", "finn", "gil", "hana")


@pytest.fixture
def no_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, no_keyring: None) -> Desk:
    return Desk(tmp_path, capsys, monkeypatch)


@pytest.fixture
def acme() -> FakeProvider:
    provider = FakeProvider()
    ids = {name: provider.add_user(name, displayName=name.title(), title="Clerk")["id"] for name in PEOPLE}
    provider.add_group("Staff", [ids["ann"], ids["bob"], ids["cleo"]])
    provider.add_group("Admins", [ids["ann"]])
    return provider


@pytest.fixture
def served(desk: Desk, acme: FakeProvider) -> Iterator[Desk]:
    """The desk with acme as its tenant."""
    with acme.serve() as base_url:
        desk.add("acme", base_url, TOKEN)
        yield desk
