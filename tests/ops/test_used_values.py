"""What others have in an attribute, from the cache."""

from __future__ import annotations

from fakes.in_memory_provider import FakeProvider
from fakes.sessions import session_with

from scimtui.ops.used_values import LONGEST, used_values
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type

USERS = core_resource_type("User")


async def test_values_that_at_least_two_have_are_counted_the_most_frequent_first(tmp_path):
    async with session_with(FakeProvider(), tmp_path) as session:
        cache = session.cache.resources("User")
        for number, title in enumerate(["Chef", "Boss", "Chef", "Boss", "Chef", "Alone", 7, None, ["Chef"]]):
            cache.put({"id": str(number), "TITLE": title, ENTERPRISE_USER: {"department": "x" * LONGEST}})
        assert used_values(session, USERS, None, "title", None) == [("Chef", 4), ("Boss", 2)]
        assert used_values(session, USERS, ENTERPRISE_USER, "department", None) == [("x" * LONGEST, 9)]


async def test_somebody_who_has_a_value_twice_counts_once_and_long_texts_are_not_offered(tmp_path):
    async with session_with(FakeProvider(), tmp_path) as session:
        cache = session.cache.resources("User")
        twice = [{"value": "a", "type": "work"}, {"value": "b", "type": "work"}, "bare"]
        cache.put({"id": "1", "emails": twice, "title": "x" * (LONGEST + 1)})
        cache.put({"id": "2", "emails": [{"type": "home"}], "title": "x" * (LONGEST + 1)})
        cache.put({"id": "3", "emails": {"type": "work"}})
        assert used_values(session, USERS, None, "emails", "type") == [("work", 2)]
        assert used_values(session, USERS, None, "title", None) == []
