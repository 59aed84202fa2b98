"""The page of a provider in the console."""

from __future__ import annotations

from fakes.consoles import console_on
from fakes.in_memory_provider import FakeProvider, Habits


async def test_the_page_shows_what_is_known_and_asks_the_provider(tmp_path):
    provider = FakeProvider(Habits(filter_ignored=True))
    provider.add_users(30)
    async with console_on(provider, tmp_path, profile="pagerduty") as run:
        await run.until("Users 30")
        await run.press("K")
        await run.until("PagerDuty")
        await run.until("reactivation is impossible")
        await run.until("The account is deleted for good and cannot be brought back")
        await run.until("filters = none: eq does not work")
        await run.until("✗ filter eq")
        before = len(provider.seen)
        await run.press("r")
        await run.until(lambda: len(provider.seen) > before + 10)


async def test_a_provider_that_does_not_answer_is_said(tmp_path):
    provider = FakeProvider()
    provider.add_users(3)
    async with console_on(provider, tmp_path) as run:
        await run.until("Users 3")
        provider.habits.html_everywhere = True
        await run.press("K")
        await run.until("check the base_url" if "check the base_url" in run.text else "base_url")
        await run.until("no answer")
