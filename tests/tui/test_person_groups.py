"""The groups of a person, where the provider does not say them of the person."""

from __future__ import annotations

from fakes.consoles import console_on
from fakes.in_memory_provider import FakeProvider


async def test_the_groups_of_a_person_are_shown_from_the_cache(tmp_path):
    provider = FakeProvider()
    provider.add_users(3)
    person = provider.user("user00001")
    provider.add_group("Engineering", [person["id"]])
    provider.add_group("Sales", [provider.user("user00002")["id"]])
    async with console_on(provider, tmp_path, (120, 60)) as run:
        await run.until("acme Group: 2 in")
        await run.until("user00001")
        await run.press("enter")
        await run.until("Groups, from the cache")
        shown = run.text.partition("Groups, from the cache")[2]
        assert "Engineering" in shown
        assert "Sales" not in shown
