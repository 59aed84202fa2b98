from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import keyring
import pytest
from fakes.caches import fill, ids
from fakes.in_memory_provider import FakeProvider
from fakes.sessions import session_with, sync_all, tenant_at
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyrings.alt.file import PlaintextKeyring

from scimtui import credentials
from scimtui.errors import CacheError
from scimtui.ops.cache_keys import check_keyring, open_cache
from scimtui.ops.discover import discover
from scimtui.ops.doctor import examine
from scimtui.ops.session import close_session, open_session

ROOT = Path(__file__).parents[2]
TENANT = tenant_at("https://nowhere.invalid", cache="encrypted")

RACER = """
import sys
from pathlib import Path
from scimtui.config import read_tenant
from scimtui.ops.cache_keys import open_cache
tenant = read_tenant("acme", {"base_url": "https://nowhere.invalid", "cache": "encrypted"})
print("ready", flush=True)
sys.stdin.readline()
cache = open_cache(tenant, Path(sys.argv[1]))
if not cache.read_only:
    cache.resources("User").put({"id": "theirs"})
print(cache.read_only, flush=True)
sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def _own_keyring():
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def file_keyring(tmp_path, monkeypatch):
    """A keyring that writes a plain file, chosen by a person."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyrings.alt.file.PlaintextKeyring")
    backend = PlaintextKeyring()
    backend.file_path = str(tmp_path / "keyring.cfg")
    keyring.set_keyring(backend)
    return backend


def files_with(folder: Path, word: bytes) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and word in path.read_bytes()]


async def test_a_tenant_is_synchronised_into_an_encrypted_cache_and_read_from_it(file_keyring, tmp_path):
    provider = FakeProvider()
    for number in range(12):
        provider.add_user(f"canary{number}")
    async with session_with(provider, tmp_path / "home", cache="encrypted") as session:
        await discover(session)
        assert (await sync_all(session)).complete
        tenant = session.tenant
    again = open_session(tenant, tmp_path / "home")
    assert len(again.cache.resources("User")) == 12
    assert again.cache.notices == []
    await close_session(again)
    assert files_with(tmp_path / "home" / "cache", b"canary") == []


@pytest.mark.parametrize(
    ("backend", "why"),
    [(NullKeyring(), "does not give back"), (FailKeyring(), "there is no keyring on this machine")],
    ids=["null", "fail"],
)
def test_without_a_keyring_an_encrypted_tenant_says_so_and_writes_nothing(tmp_path, backend, why):
    keyring.set_keyring(backend)
    check_keyring([tenant_at("https://nowhere.invalid")])
    with pytest.raises(CacheError, match=why):
        check_keyring([TENANT])
    with pytest.raises(CacheError) as caught:
        open_session(TENANT, tmp_path)
    assert caught.value.message.startswith("the cache of acme is encrypted, and the keyring")
    assert why in caught.value.message
    assert 'set cache = "on" or "off"' in caught.value.hint
    assert not list(tmp_path.rglob("*.tinydb"))


def test_a_keyring_that_falls_silent_does_not_cost_the_cache(file_keyring, tmp_path):
    check_keyring([TENANT])
    cache = open_cache(TENANT, tmp_path / "acme")
    fill(cache.resources("User"), [1, 2])
    cache.close()
    check_keyring([TENANT])
    keyring.set_keyring(FailKeyring())
    with pytest.raises(CacheError):
        open_cache(TENANT, tmp_path / "acme")
    keyring.set_keyring(file_keyring)
    cache = open_cache(TENANT, tmp_path / "acme")
    assert ids(cache.resources("User")) == ["id-1", "id-2"]
    assert cache.notices == []
    cache.close()


async def test_the_doctor_reads_an_encrypted_cache_and_leaves_it_as_it_is(file_keyring, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text('[tenants.acme]\nbase_url = "http://127.0.0.1:9/scim"\nauth = "none"\ncache = "encrypted"\n')
    cache = open_cache(TENANT, tmp_path / "cache" / "acme")
    fill(cache.resources("User"), [1, 2])
    cache.close()

    async def found() -> tuple[str, str]:
        findings = [each async for each in examine(config, tmp_path)]
        return next((each.result, each.detail) for each in findings if each.what == "acme: cache")

    assert await found() == ("ok", "User 2")
    keyring.set_keyring(FailKeyring())
    result, detail = await found()
    assert result == "problem"
    assert "there is no keyring on this machine" in detail
    keyring.set_keyring(file_keyring)
    assert await found() == ("ok", "User 2")


async def test_a_config_that_changes_its_mind_finds_everything(file_keyring, tmp_path):
    for wanted in ("on", "encrypted", "on"):
        session = open_session(tenant_at("https://nowhere.invalid", cache=wanted), tmp_path)
        users = session.cache.resources("User")
        if wanted == "on" and len(users) == 0:
            fill(users, [1, 2])
        assert ids(users) == ["id-1", "id-2"]
        await close_session(session)
        assert (files_with(tmp_path / "cache", b"id-1") == []) is (wanted == "encrypted")


def test_programs_that_start_at_once_make_one_key_and_have_one_writer(file_keyring, tmp_path):
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}
    command = [sys.executable, "-c", RACER, str(tmp_path / "acme")]
    racers = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        for _ in range(4)
    ]
    try:
        assert [racer.stdout.readline() for racer in racers] == ["ready\n"] * 4
        for racer in racers:
            racer.stdin.write("go\n")
        assert sorted(racer.stdout.readline() for racer in racers) == ["False\n", *["True\n"] * 3]
    finally:
        for racer in racers:
            racer.communicate("end\n")
    file_keyring.file_path = str(next((tmp_path / "data").rglob("*.cfg")))
    cache = open_cache(TENANT, tmp_path / "acme")
    assert ids(cache.resources("User")) == ["theirs"]
    assert cache.notices == []
    cache.close()


def test_the_key_is_forgotten_with_the_tenant(file_keyring):
    key = credentials.make_cache_key("acme")
    assert credentials.find_cache_key("acme") == key
    credentials.forget_secret("acme")
    assert credentials.find_cache_key("acme") is None


def test_a_key_is_not_put_into_a_plain_file_that_nobody_chose(file_keyring, tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    with pytest.raises(CacheError, match="nobody chose"):
        credentials.make_cache_key("acme")
    assert not (tmp_path / "keyring.cfg").exists()


@pytest.mark.parametrize("kept", ["", "no base64!", "c2hvcnQ="])
def test_what_is_no_key_is_none(file_keyring, kept):
    file_keyring.set_password(credentials.SERVICE, "acme cache", kept)
    assert credentials.find_cache_key("acme") is None
