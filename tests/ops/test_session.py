from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.in_memory_provider import TOKEN, FakeProvider, Habits
from fakes.raw_server import http, raw_server
from fakes.sessions import good_token, session_with, sync_all, tenant_at

from scimtui.errors import SecretError, Unauthorized
from scimtui.ops.apply import apply
from scimtui.ops.browse import fetch
from scimtui.ops.discover import discover
from scimtui.ops.guard import Consent
from scimtui.ops.session import close_session, connect, dialect_of, learn, open_session
from scimtui.scim.change import plan_create, plan_edit
from scimtui.scim.dialect import RFC, Deletion, Filters, Paging
from scimtui.scim.provider import BUILT_IN
from scimtui.scim.schema import core_resource_type
from scimtui.store.cache import DISCOVERY

ROOT = Path(__file__).parents[2]
USER = core_resource_type("User")


async def never_asked() -> str:
    raise AssertionError("the secret was asked for")


async def test_opening_needs_no_network_no_secret_and_no_cache(tmp_path):
    session = open_session(tenant_at("https://nowhere.invalid/scim"), tmp_path, ask=never_asked)
    assert session.provider is BUILT_IN
    assert session.dialect == RFC
    assert session.waiting is None
    assert len(session.cache.resources("User")) == 0
    await close_session(session)


def test_opening_imports_neither_http_nor_keyring(tmp_path):
    code = """
import sys
from pathlib import Path
from scimtui.config import read_tenant
from scimtui.ops.session import open_session
session = open_session(read_tenant("acme", {"base_url": "https://x"}), Path(sys.argv[1]))
print(sorted({"httpx", "keyring", "textual"} & set(sys.modules)))
session.cache.close()
"""
    done = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr


async def test_what_was_discovered_is_known_at_the_next_start(tmp_path):
    async with session_with(FakeProvider(), tmp_path) as session:
        await discover(session)
        tenant = session.tenant
    later = open_session(tenant, tmp_path, ask=never_asked)
    assert later.provider.patch is True
    assert later.provider.change_password is True
    await close_session(later)


async def test_tasks_that_connect_at_once_share_one_endpoint(tmp_path):
    session = open_session(tenant_at("http://localhost:1"), tmp_path)
    endpoints = await asyncio.gather(*(connect(session) for _ in range(20)))
    assert len({id(endpoint) for endpoint in endpoints}) == 1
    await close_session(session)


async def test_a_token_of_the_environment_comes_before_the_question(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIMTUI_TOKEN_ACME", TOKEN)
    provider = FakeProvider()
    with provider.serve() as base_url:
        session = open_session(tenant_at(base_url), tmp_path, ask=never_asked)
        assert (await discover(session)).patch is True
        await close_session(session)


async def test_without_a_token_and_without_anyone_to_ask_nothing_is_sent(tmp_path):
    provider = FakeProvider()
    with provider.serve() as base_url:
        session = open_session(tenant_at(base_url), tmp_path)
        with pytest.raises(SecretError, match="no token for acme"):
            await discover(session)
        await close_session(session)
    assert provider.seen == []


@pytest.mark.parametrize(
    ("values", "name", "value"),
    [
        ({"auth": "basic", "username": "ann"}, "authorization", "Basic YW5uOmZha2UtdG9rZW4="),
        ({"auth": "header", "header": "X-Api-Key"}, "x-api-key", TOKEN),
        ({"auth": "bearer"}, "authorization", f"Bearer {TOKEN}"),
    ],
)
async def test_the_secret_is_sent_in_the_form_that_the_config_names(tmp_path, values, name, value):
    with raw_server(lambda _: http(200, b"[]")) as server:
        session = open_session(tenant_at(server.base_url, **values), tmp_path, ask=good_token)
        await discover(session)
        await close_session(session)
    assert {seen.headers[name] for seen in server.seen} == {value}


async def test_a_tenant_without_auth_sends_no_token(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIMTUI_TOKEN_ACME", TOKEN)
    provider = FakeProvider()
    async with session_with(provider, tmp_path, auth="none") as session:
        with pytest.raises(Unauthorized):
            await discover(session)
    assert all("authorization" not in seen.headers for seen in provider.seen)


async def test_a_cache_that_is_off_ends_with_the_session(tmp_path):
    provider = FakeProvider()
    provider.add_users(3)
    async with session_with(provider, tmp_path, cache="off") as session:
        await discover(session)
        await sync_all(session)
        assert len(session.cache.resources("User")) == 3
        assert session.cache.kept(DISCOVERY) is not None
    assert list(tmp_path.iterdir()) == []


async def test_two_tenants_share_nothing(tmp_path):
    first = open_session(tenant_at("https://a.example.com", name="a"), tmp_path)
    second = open_session(tenant_at("https://b.example.com", name="b"), tmp_path)
    first.cache.resources("User").put({"id": "1"})
    first.journal.intend({"title": "x"})
    assert len(second.cache.resources("User")) == 0
    assert list(second.journal.entries()) == []
    await close_session(first)
    await close_session(second)


def test_the_dialect_comes_from_the_config():
    tenant = tenant_at("https://x", profile={"filters": "none", "page_size": 7}, concurrency=5)
    dialect = dialect_of(tenant)
    assert (dialect.filters, dialect.page_size, dialect.concurrency) == (Filters.NONE, 7, 5)
    assert dialect_of(tenant_at("https://x", profile={"page_size": 7}, page_size=9)).page_size == 9


def test_the_dialect_comes_from_the_address_and_the_config_has_the_last_word():
    slack = "https://api.slack.com/scim/v2"
    assert (dialect_of(tenant_at(slack)).name, dialect_of(tenant_at(slack)).page_size) == ("slack", 1000)
    assert dialect_of(tenant_at(slack, profile="rfc")).name == "rfc"
    assert dialect_of(tenant_at(slack, profile="aws")).paging is Paging.CURSOR
    own = dialect_of(tenant_at(slack, profile={"page_size": 7}))
    assert (own.page_size, own.deletion) == (7, Deletion.DEACTIVATES)


async def test_what_was_learned_of_a_provider_is_known_after_a_restart(tmp_path):
    tenant = tenant_at("https://a.example.com")
    session = open_session(tenant, tmp_path)
    learn(session, "filters", "none", "a filter was ignored")
    assert session.dialect.filters is Filters.NONE
    await close_session(session)
    again = open_session(tenant, tmp_path)
    assert again.dialect.filters is Filters.NONE
    assert again.lessons["filters"].evidence == "a filter was ignored"
    await close_session(again)
    for profile in ("rfc", {"filters": "all"}):
        chosen = open_session(tenant_at("https://a.example.com", profile=profile), tmp_path)
        assert chosen.dialect.filters is Filters.ALL
        await close_session(chosen)


async def test_lessons_of_another_version_are_left_out(tmp_path):
    tenant = tenant_at("https://a.example.com")
    session = open_session(tenant, tmp_path)
    learn(session, "filters", "odd", "")
    learn(session, "no_such_field", True, "")
    learn(session, "page_size", "many", "")
    learn(session, "deactivation", "destroys", "")
    assert session.dialect == RFC
    await close_session(session)


async def test_the_token_stands_in_no_file_that_was_written(tmp_path):
    provider = FakeProvider()
    provider.add_users(30)
    user = provider.user("user00001")
    async with session_with(provider, tmp_path) as session:
        await discover(session)
        await sync_all(session)
        await fetch(session, session.provider.resource_types[0], user["id"])
        provider.habits = Habits(html_errors=True)
        session.journal.intend({"title": "x"})
        assert TOKEN not in repr(session)
        assert TOKEN not in str(list(session.endpoint.wire))
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 4
    assert [path for path in written if TOKEN.encode() in path.read_bytes()] == []


@pytest.mark.parametrize("kind", ["create", "edit"])
async def test_a_password_that_was_sent_stands_in_no_file_and_no_log(tmp_path, kind):
    canary = "pa55word-canary"
    provider = FakeProvider()
    ann = provider.add_user("ann")
    async with session_with(provider, tmp_path) as session:
        known = (await discover(session), session.dialect)
        await sync_all(session)
        if kind == "edit":
            change = plan_edit("acme", ann, {**ann, "password": canary, "title": "Boss"}, USER, *known)
        else:
            change = plan_create("acme", {"userName": "bob", "password": canary}, USER, *known)
        receipt = await apply(change, session, Consent())
        assert canary in str([seen.body for seen in provider.writes()])
        assert canary not in str(list(session.endpoint.wire))
        assert canary not in str(list(session.journal.entries()))
        assert receipt.journal == "acme-1"
    assert [path for path in tmp_path.rglob("*") if path.is_file() and canary.encode() in path.read_bytes()] == []


async def test_a_question_is_asked_again_after_the_token_was_rejected(tmp_path):
    answers = iter(["wrong", TOKEN])

    async def ask() -> str:
        return next(answers)

    provider = FakeProvider()
    with provider.serve() as base_url:
        session = open_session(tenant_at(base_url), tmp_path, ask=ask)
        assert (await discover(session)).patch is True
        await close_session(session)
