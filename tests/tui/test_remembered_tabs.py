"""The tabs of the last time are open again at the next start."""

from __future__ import annotations

import pytest
from fakes.consoles import console_on
from fakes.in_memory_provider import FakeProvider

from scimtui.ops.remember import open_remembered


@pytest.mark.parametrize("cache", ["on", "off"])
async def test_tabs_are_there_again_and_of_a_tenant_that_keeps_nothing_no_person_is_named(tmp_path, cache):
    provider = FakeProvider()
    provider.add_users(3)
    async with console_on(provider, tmp_path, cache=cache) as run:
        await run.until("user00002")
        if cache == "on":
            await run.until("Group: 0 in")  # no sync is on its way when it ends
        await run.press("down", "enter")
        await run.until("user00002 ×")
        run.app.exit()
    kept = open_remembered(tmp_path).get("tabs", [])
    assert [spec["view"] for spec in kept] == (["table", "resource"] if cache == "on" else ["table"])
    async with console_on(provider, tmp_path, cache=cache) as run:
        await run.until("acme Users")
        assert len(run.app.screen.tabs) == len(kept)
