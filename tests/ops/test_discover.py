from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.raw_server import closed_port, http, raw_server
from fakes.sessions import good_token, session_with, tenant_at

from scimtui.errors import NotScim, Refused, Unauthorized, Unreachable
from scimtui.ops.discover import discover
from scimtui.ops.session import close_session, open_session
from scimtui.scim.provider import BUILT_IN
from scimtui.store.cache import DISCOVERY

ALL = {"ServiceProviderConfig", "ResourceTypes", "Schemas"}
SUBSETS = [frozenset(some) for size in range(4) for some in itertools.combinations(sorted(ALL), size)]


async def test_a_faithful_provider_says_everything_in_three_requests(tmp_path):
    provider = FakeProvider()
    async with session_with(provider, tmp_path) as session:
        found = await discover(session)
        assert session.provider is found
    assert (found.patch, found.bulk, found.etag, found.max_results) == (True, False, True, 1000)
    assert [known.name for known in found.resource_types] == ["User", "Group"]
    assert found.notes == ()
    assert len(provider.seen) == 3


@pytest.mark.parametrize("documents", SUBSETS, ids=lambda documents: "+".join(sorted(documents)) or "nothing")
async def test_what_is_missing_is_done_without_and_noted(tmp_path, documents):
    async with session_with(FakeProvider(Habits(discovery=documents)), tmp_path) as session:
        found = await discover(session)
        saved = session.cache.kept(DISCOVERY)
    assert [known.name for known in found.resource_types] == ["User", "Group"]
    assert found.patch is (True if "ServiceProviderConfig" in documents else None)
    for name in ALL:
        assert any(f"no {name}" in note for note in found.notes) is (name not in documents)
    assert {name for name, document in saved.items() if document} == set(documents)


@pytest.mark.parametrize(
    "habits",
    [Habits(bare_lists=True), Habits(plural_config=True), Habits(html_errors=True, discovery=frozenset())],
    ids=["bare lists", "plural config", "html errors"],
)
@pytest.mark.rule("R11")
async def test_odd_forms_are_read(tmp_path, habits):
    async with session_with(FakeProvider(habits), tmp_path) as session:
        found = await discover(session)
    assert [known.name for known in found.resource_types] == ["User", "Group"]


@pytest.mark.rule("R12")
async def test_documents_that_reject_the_token_are_read_without_it_and_said(tmp_path):
    provider = FakeProvider(Habits(discovery_without_token=True))
    async with session_with(provider, tmp_path) as session:
        found = await discover(session)
    assert found.patch is True
    assert "was read without the token" in found.notes[-1]
    assert [seen.path for seen in provider.seen if "authorization" in seen.headers] == [
        "/scim/v2/ServiceProviderConfig",
        "/scim/v2/Users?startIndex=1&count=1",
    ]


@pytest.mark.parametrize("public", [True, False])
async def test_a_wrong_token_is_said_and_nobody_is_asked_for_it_again_and_again(tmp_path, public):
    asked = []

    async def ask() -> str:
        asked.append(1)
        return "wrong"

    provider = FakeProvider(Habits(discovery_without_token=public))
    with provider.serve() as base_url:
        session = open_session(tenant_at(base_url), tmp_path, ask=ask)
        with pytest.raises(Unauthorized):
            await discover(session)
        assert session.provider is BUILT_IN
        assert session.cache.kept(DISCOVERY) is None
        await close_session(session)
    assert len(asked) <= 2


async def test_a_login_page_is_not_taken_for_a_provider(tmp_path):
    async with session_with(FakeProvider(Habits(html_everywhere=True)), tmp_path) as session:
        with pytest.raises(NotScim):
            await discover(session)
        assert session.cache.kept(DISCOVERY) is None


async def test_a_wrong_path_is_not_taken_for_a_provider(tmp_path):
    with FakeProvider().serve() as base_url:
        session = open_session(tenant_at(base_url + "3"), tmp_path, ask=good_token)
        with pytest.raises((NotScim, Refused)):
            await discover(session)
        await close_session(session)


async def test_a_provider_that_is_down_leaves_what_was_known(tmp_path):
    async with session_with(FakeProvider(), tmp_path) as session:
        await discover(session)
        tenant, known = session.tenant, session.cache.kept(DISCOVERY)
    down = replace(tenant, base_url=f"http://127.0.0.1:{closed_port()}")
    session = open_session(down, tmp_path, ask=good_token)
    with pytest.raises(Unreachable):
        await discover(session)
    assert session.cache.kept(DISCOVERY) == known
    assert session.provider.patch is True
    await close_session(session)


async def test_a_provider_that_is_busy_is_not_taken_for_one_without_discovery(tmp_path):
    async with session_with(FakeProvider(Habits(busy_for=99, retry_after="9999")), tmp_path) as session:
        with pytest.raises(Refused) as caught:
            await discover(session)
        assert caught.value.status == 429


async def test_a_second_process_discovers_and_keeps_nothing(tmp_path):
    async with session_with(FakeProvider(), tmp_path) as first:
        second = open_session(first.tenant, tmp_path, ask=good_token)
        assert second.cache.read_only
        assert (await discover(second)).patch is True
        assert first.cache.kept(DISCOVERY) is None
        await close_session(second)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"5", b"null", b'"x"', b"[[]]", b'{"Resources": 5}', b"{" * 99])
async def test_documents_of_any_shape_are_no_crash(tmp_path, body):
    def answer(request):
        return http(200, b'{"totalResults": 0}' if "/Users" in request.target else body)

    with raw_server(answer) as server:
        session = open_session(tenant_at(server.base_url), tmp_path, ask=good_token)
        found = await discover(session)
        assert [known.name for known in found.resource_types] == ["User", "Group"]
        await close_session(session)


@pytest.mark.parametrize("dies_at", ["ServiceProviderConfig", "ResourceTypes", "Schemas"])
async def test_a_network_that_dies_during_discovery_leaves_what_was_known(tmp_path, dies_at):
    def answer(request):
        return None if dies_at in request.target and dying else alive(request)

    def alive(request):
        status, _, body = provider.answer(request.method, request.target.replace("/scim/", "/scim/v2/"), {}, b"")
        return http(status, body)

    provider, dying = FakeProvider(Habits(discovery_without_token=True)), False
    provider.add_users(2)
    with raw_server(answer) as server:
        session = open_session(tenant_at(server.base_url, auth="none", timeout=1.0), tmp_path)
        await discover(session)
        known, dying = session.provider, True
        with pytest.raises(Unreachable):
            await discover(session)
        assert session.provider == known
        assert session.cache.kept(DISCOVERY) == known.documents
        await close_session(session)
