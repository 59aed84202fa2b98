"""What a synchronisation changed, from a provider on a real socket."""

from __future__ import annotations

from fakes.in_memory_provider import FakeProvider
from fakes.sessions import session_with, sync_all

from scimtui.ops import browse
from scimtui.ops.changed_since import changed_ids, earlier, earlier_copy


async def test_the_earlier_document_is_there_after_a_sync_that_changed_a_person(tmp_path):
    provider = FakeProvider()
    provider.add_users(3)
    person = provider.user("user00002")
    async with session_with(provider, tmp_path) as session:
        await sync_all(session)
        state = session.cache.resources("User").state
        assert changed_ids(session, "User") == set()
        person["title"] = "Manager"
        await sync_all(session)
        copy = earlier_copy(session, "User", person["id"])
        assert copy is not None
        assert copy.since == state.synced_at
        assert "title" not in copy.raw
        assert earlier(session, "User", person["id"]) == copy.raw
        assert earlier(session, "User", provider.user("user00001")["id"]) is None
        assert changed_ids(session, "User") == {person["id"]}


async def test_groups_whose_members_come_in_a_second_pass_have_not_changed(tmp_path):
    provider = FakeProvider()
    provider.add_users(2)
    for number in range(30):
        provider.add_group(f"group {number}", [provider.user("user00001")["id"]])
    async with session_with(provider, tmp_path, page_size=10) as session:
        await sync_all(session, "Group")
        assert changed_ids(session, "Group") == set()


async def test_a_tenant_that_is_kept_nowhere_has_no_earlier_copies(tmp_path):
    provider = FakeProvider()
    provider.add_users(2)
    person = provider.user("user00001")
    async with session_with(provider, tmp_path, cache="off") as session:
        await sync_all(session)
        person["title"] = "Manager"
        await sync_all(session)
        assert earlier(session, "User", person["id"]) is None
        assert changed_ids(session, "User") == set()
        assert browse.resource(session, "User", person["id"]).raw["title"] == "Manager"
