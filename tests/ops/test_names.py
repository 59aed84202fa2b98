"""What managers, members and groups are called, and who is in which group."""

from __future__ import annotations

import pytest
from fakes.in_memory_provider import FakeProvider
from fakes.sessions import session_with, sync_all

from scimtui.ops import memberships, names as naming
from scimtui.ops.memberships import are_complete, groups_of
from scimtui.ops.names import Named, names
from scimtui.scim.reference import Reference


def called(found):
    return {reference.id: (named.type, named.name, named.key, named.active) for reference, named in found.items()}


@pytest.fixture
async def session(tmp_path):
    async with session_with(FakeProvider(), tmp_path) as session:
        users, groups = session.cache.resources("User"), session.cache.resources("Group")
        users.put({"id": "1", "userName": "ada", "displayName": "Ada Lovelace", "active": True})
        users.put({"id": "2", "userName": "bob", "name": {"givenName": "Bob", "familyName": "Bo"}, "active": "False"})
        users.put({"id": "3", "userName": "cy"})
        groups.put({"id": "3", "displayName": "Engineering", "members": [{"value": "1"}, {"value": "2"}]})
        groups.put({"id": "g", "displayName": "Nested", "members": ["1", {"value": 2}, {"type": "User"}]})
        yield session


@pytest.mark.parametrize("few", [200, 0], ids=["one by one", "in one pass"])
def test_each_is_called_as_an_admin_calls_it_and_says_whether_it_is_active(session, monkeypatch, few):
    monkeypatch.setattr(naming, "FEW", few)
    wanted = [Reference(one, ("User", "Group")) for one in ("1", "2", "3", "g", "nobody")]
    assert called(names(session, dict.fromkeys(wanted, ""))) == {
        "1": ("User", "Ada Lovelace", "ada", True),
        "2": ("User", "Bob Bo", "bob", False),
        "3": ("User", "cy", "", None),
        "g": ("Group", "Nested", "", None),
    }


def test_one_id_is_a_person_here_and_a_group_there(session):
    person, group = Reference("3", ("User",)), Reference("3", ("Group",))
    found = names(session, {person: "", group: ""})
    assert (found[person].name, found[group].name) == ("cy", "Engineering")


def test_a_group_is_called_as_the_provider_says_if_it_is_there_at_all(session):
    here, gone = Reference("g", ("Group",)), Reference("gone", ("Group",))
    assert names(session, {here: "Said", gone: "Said too"}) == {here: Named("Group", "Said", "", None)}


def test_the_groups_of_a_person_are_those_with_a_direct_membership(session):
    found = groups_of(session, "1")
    assert called(found) == {"3": ("Group", "Engineering", "", None), "g": ("Group", "Nested", "", None)}
    assert list(groups_of(session, "2")) == list(found)
    assert groups_of(session, "nobody") == {}


def test_groups_are_read_again_only_when_one_of_them_was_written(session):
    cache = session.cache.resources("Group")
    groups_of(session, "1")
    index = memberships._known[cache]
    session.cache.resources("User").put({"id": "9", "userName": "new"})
    groups_of(session, "1")
    assert memberships._known[cache] is index
    cache.put({"id": "3", "displayName": "Engineering", "members": []})
    assert called(groups_of(session, "1")) == {"g": ("Group", "Nested", "", None)}


def test_nobody_waits_for_groups_that_another_thread_is_reading(session):
    with memberships._reading:
        assert groups_of(session, "1") is None
    assert groups_of(session, "1")


async def test_groups_are_complete_after_a_sync_and_not_before(tmp_path):
    provider = FakeProvider()
    provider.add_users(1)
    provider.add_group("one", [])
    async with session_with(provider, tmp_path) as session:
        assert not are_complete(session)
        await sync_all(session, "Group")
        assert are_complete(session)
