"""Browsing servers that we did not write, live: by index and by cursor, with their own filters and order."""

from __future__ import annotations

import pytest
from fakes.consoles import console, write_config
from real_servers import RealServer

ALICE = "alice.whitfield@acme.example"
OFF = 'cache = "off"\npage_size = 40'


@pytest.fixture
def server(request, fixture) -> RealServer:
    return request.getfixturevalue(fixture)


@pytest.mark.parametrize("fixture", ["scim2_server", "scim2_server_cursor", "scimmy"])
async def test_a_tenant_that_is_not_cached_is_browsed_live(server, tmp_path):
    config = write_config(tmp_path, {"acme": server}, OFF)
    async with console(config, tmp_path / "home", size=(100, 24)) as run:
        await run.until("loaded of 60 claimed")
        while "Users 60 loaded │ all" not in run.text:  # the end of what is loaded may move on
            await run.press("G")
            await run.pilot.pause()
        await run.press("g", "slash")
        await run.type("whitfield alice")
        await run.press("enter")
        await run.until("1 match")
        assert ALICE in run.text
        await run.press("d")
        await run.until("Deactivate Alice Whitfield")
        await run.press("y")
        await run.until("done and verified")
        await run.until("○ inactive")
        assert server.user(ALICE)["active"] is False
        await run.press("slash", "escape", "slash")
        await run.type("active eq false")
        await run.press("enter")
        await run.until("all that match")
        assert ALICE in run.text
    written = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert [path.name for path in written if ALICE.encode() in path.read_bytes()] == ["acme.jsonl"]


@pytest.mark.parametrize("fixture", ["scim2_server", "scim2_server_cursor"])
async def test_the_server_sorts_the_whole_list(server, tmp_path):
    config = write_config(tmp_path, {"acme": server}, OFF)
    last = server.ask("/Users?sortBy=userName&sortOrder=descending&count=1")["Resources"][0]["userName"]
    async with console(config, tmp_path / "home", size=(100, 24)) as run:
        await run.until("loaded of 60 claimed")
        await run.press("S")
        await run.until(lambda: run.app.screen.view.table.cursor_cells[:1] == (last,))
        assert "sorted within" not in run.text


async def test_the_console_says_what_it_cannot_reach_and_goes_on_when_it_can(scim2_server, tmp_path):
    gone = RealServer("http://127.0.0.1:9/v2", scim2_server.token)
    async with console(write_config(tmp_path, {"acme": gone}, OFF), tmp_path / "home", size=(80, 24)) as run:
        await run.until("r tries again")
        assert "Nothing listens at 127.0.0.1:9" in run.text
        run.app.screen.view._tenant_session.endpoint.base_url = scim2_server.base_url
        await run.press("r")
        await run.until("loaded of 60 claimed")
