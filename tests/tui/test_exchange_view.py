"""The request log in the console."""

from __future__ import annotations

from fakes.consoles import console_on
from fakes.in_memory_provider import TOKEN, FakeProvider, Habits


async def test_the_last_requests_are_shown_with_what_came_back(tmp_path):
    provider = FakeProvider(Habits(max_page=20))
    provider.add_users(50)
    async with console_on(provider, tmp_path) as run:
        await run.until("Users 50")
        await run.press("L")
        await run.until("/Users?startIndex=41&count=20")
        assert "✓ 200" in run.text
        assert "secrets are masked" in run.text
        await run.press("G")
        await run.until("GET /ServiceProviderConfig")
        await run.until("200 OK")
        assert TOKEN not in run.text


async def test_a_request_that_comes_later_appears_and_the_chosen_one_stays(tmp_path):
    provider = FakeProvider()
    provider.add_users(5)
    async with console_on(provider, tmp_path) as run:
        await run.until("Users 5")
        await run.press("L")
        await run.until("GET /Groups")
        await run.press("G")
        await run.until("GET /ServiceProviderConfig")
        before = len(provider.seen)
        run.app.screen.start_sync(run.app.screen.view.session, [], full=True)
        await run.until(lambda: len(provider.seen) > before + 1)
        await run.until(f"{len(provider.seen)} requests")
        assert "GET /ServiceProviderConfig" in run.text.split("For curl")[0]


async def test_what_is_copied_is_the_request_for_curl_without_the_token(tmp_path):
    provider = FakeProvider()
    provider.add_users(5)
    async with console_on(provider, tmp_path) as run:
        await run.until("Users 5")
        await run.press("L")
        await run.until("GET /Groups")
        await run.press("c")
        await run.until("Copied for curl")
        assert run.app.clipboard.startswith("curl -sS -X GET 'http://127.0.0.1")
        assert TOKEN not in run.app.clipboard


async def test_before_the_first_request_the_log_says_so(tmp_path):
    provider = FakeProvider()
    provider.add_users(3)
    async with console_on(provider, tmp_path) as run:
        await run.until("acme Group: 0 in")
    async with console_on(provider, tmp_path) as run:  # from the cache, without the network
        await run.until("Users 3")
        await run.press("L")
        await run.until("No request was sent")
