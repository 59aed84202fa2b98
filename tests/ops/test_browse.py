from __future__ import annotations

import pytest
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.raw_server import http, raw_server
from fakes.sessions import good_token, session_with, sync_all, tenant_at

from scimtui.errors import NotScim, Refused, UsageError
from scimtui.ops import browse
from scimtui.ops.session import close_session, open_session
from scimtui.scim.schema import core_resource_type

USER = core_resource_type("User")
GROUP = core_resource_type("Group")
PROJECTION = browse.Projection("v1", lambda raw: (str(raw["id"]), str(raw.get("userName", "")).lower()))


@pytest.fixture
def provider():
    provider = FakeProvider()
    provider.add_users(5)
    return provider


async def test_rows_come_with_their_state_and_generation(tmp_path, provider):
    async with session_with(provider, tmp_path) as session:
        empty = browse.rows(session, "User", PROJECTION)
        assert (empty.rows, empty.state) == ([], None)
        await sync_all(session)
        full = browse.rows(session, "User", PROJECTION)
        assert [row[1] for row in full.rows] == [f"user{number:05d}" for number in range(1, 6)]
        assert full.state.complete
        assert full.generation > empty.generation


async def test_one_resource_is_found_by_id_natural_key_or_external_id(tmp_path, provider):
    provider.add_user("ann@example.com", externalId="E-7", displayName="Ann Lee")
    ann = provider.user("ann@example.com")
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        for key in (ann["id"], "ann@example.com", "ANN@example.com", "E-7", "ann lee"):
            assert browse.find_resource(session, USER, key).raw == ann
        assert browse.resource(session, "User", ann["id"]).raw == ann
        assert browse.resource(session, "User", "nobody") is None


async def test_nobody_is_said_with_what_to_do(tmp_path, provider):
    async with session_with(provider, tmp_path) as session:
        with pytest.raises(UsageError, match="there is no User ann in acme") as caught:
            browse.find_resource(session, USER, "ann")
        assert caught.value.hint == "sync acme"
        await sync_all(session)
        with pytest.raises(UsageError) as caught:
            browse.find_resource(session, USER, "ann")
        assert caught.value.hint == "check the spelling"


async def test_several_are_listed_and_never_picked_from(tmp_path, provider):
    for number in range(7):
        provider.add_user(f"lee{number}", displayName="Ann Lee")
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        with pytest.raises(UsageError) as caught:
            browse.find_resource(session, USER, "ann lee")
        assert caught.value.message.startswith("7 resources are User ann lee in acme: lee0 (")
        assert caught.value.message.endswith("and 2 more")
        assert "id" in caught.value.hint


async def test_an_id_decides_before_a_name_that_looks_like_it(tmp_path, provider):
    first = provider.user("user00001")
    provider.add_user("other", externalId=first["id"])
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        assert browse.find_resource(session, USER, first["id"]).raw["userName"] == "user00001"


@pytest.mark.rule("R31")
async def test_a_live_read_brings_the_cache_up_to_date(tmp_path, provider):
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        user = provider.user("user00002")
        user["title"] = "Boss"
        looked = await browse.read(session, USER, user["id"])
        assert looked.raw["title"] == "Boss"
        assert "title" not in browse.resource(session, "User", user["id"]).raw
        await browse.fetch(session, USER, user["id"])
        assert browse.resource(session, "User", user["id"]).raw["title"] == "Boss"


@pytest.mark.rule("R2")
async def test_awkward_ids_are_read(tmp_path):
    provider = FakeProvider(Habits(ids="awkward"))
    provider.add_users(2)
    async with session_with(provider, tmp_path) as session:
        for user in provider.users():
            assert (await browse.fetch(session, USER, user["id"])).raw == user


async def test_who_is_gone_is_refused_with_404(tmp_path, provider):
    async with session_with(provider, tmp_path) as session:
        with pytest.raises(Refused) as caught:
            await browse.fetch(session, USER, "gone")
        assert caught.value.status == 404
        assert "read User gone" in caught.value.message


async def test_a_second_process_reads_live_and_keeps_nothing(tmp_path, provider):
    user = provider.user("user00001")
    async with session_with(provider, tmp_path) as first:
        second = open_session(first.tenant, tmp_path, ask=good_token)
        assert (await browse.fetch(second, USER, user["id"])).id == user["id"]
        await close_session(second)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"5", b"<html>", b'{"Resources": []}'])
async def test_an_answer_that_is_no_resource_is_said(tmp_path, body):
    with raw_server(lambda _: http(200, body)) as server:
        session = open_session(tenant_at(server.base_url), tmp_path, ask=good_token)
        with pytest.raises(NotScim):
            await browse.fetch(session, GROUP, "1")
        await close_session(session)


async def test_a_resource_in_a_list_of_one_is_unpacked(tmp_path):
    with raw_server(lambda _: http(200, b'{"totalResults": 1, "resources": [{"id": "7"}]}')) as server:
        session = open_session(tenant_at(server.base_url), tmp_path, ask=good_token)
        assert (await browse.fetch(session, USER, "7")).raw == {"id": "7"}
        await close_session(session)
