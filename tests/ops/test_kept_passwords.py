"""A provider that returns passwords, which none may, does not make us keep them."""

from __future__ import annotations

from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import session_with, sync_all

from scimtui.ops import browse
from scimtui.scim.schema import core_resource_type

CANARY = "canary-7f3a"


async def test_a_password_that_a_provider_returns_is_in_no_file_of_the_cache(tmp_path):
    provider = FakeProvider(Habits())
    provider.add_users(3)
    for raw in provider.users():
        raw["password"] = CANARY
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        identity = provider.users()[0]["id"]
        found = await browse.fetch(session, core_resource_type("User"), identity)
        assert found.raw["password"] == CANARY  # it did arrive
        assert "password" not in session.cache.resources("User").get(identity)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []
