"""One person in all tenants: the card, what is ticked on it, and the search that leads to it."""

from __future__ import annotations

from contextlib import ExitStack, asynccontextmanager

from fakes.consoles import Console
from fakes.in_memory_provider import TOKEN, FakeProvider
from fakes.raw_server import closed_port
from fakes.sessions import tenant_at

from scimtui.config import Config
from scimtui.tui.app import ScimtuiApp


@asynccontextmanager
async def consoles_on(folder, size=(120, 40), **providers):
    """Run the console on these providers as the tenants of their names; None is one that is down."""
    with ExitStack() as stack:
        down = f"http://127.0.0.1:{closed_port()}/scim/v2"
        urls = {name: stack.enter_context(one.serve()) if one is not None else down for name, one in providers.items()}
        tenants = {name: tenant_at(url, name, token_command=["echo", TOKEN]) for name, url in urls.items()}
        app = ScimtuiApp(Config(folder / "config.toml", tenants), folder)
        async with app.run_test(size=size) as pilot:
            yield Console(app, pilot)


def line_of(run, start):
    return next((line for line in run.text.splitlines() if start in line), "")


async def test_a_person_is_turned_off_in_all_ticked_tenants_with_one_yes_and_on_again(tmp_path):
    acme, stage = FakeProvider(), FakeProvider()
    acme.add_user("ann", title="Engineer")
    stage.add_user("a.lee", title="Boss", emails=[{"value": "ann@example.com"}])
    stage.add_user("ann@example.org", displayName="Somebody", emails=[{"value": "ann+spare@example.com"}])
    async with consoles_on(tmp_path, acme=acme, stage=stage, down=None) as run:
        await run.until("acme Group: 0 in")
        await run.press("a")
        await run.until("✗ no answer")
        await run.until(lambda: "✓ now" in line_of(run, "a.lee"))
        assert "*" in line_of(run, "a.lee")
        doubtful = line_of(run, "? e-mail but for")
        assert "*" not in doubtful
        assert "Engineer" in line_of(run, "≠ title")
        assert "down: " in run.text
        await run.press("d")
        await run.until("y send to all of them")
        await run.press("y")
        await run.until("A receipt from each of 2 tenants")
        assert [one["active"] for one in (*acme.users(), *stage.users())] == [False, False, True]
        await run.press("escape")
        await run.until("d activates the 2 ticked")
        await run.press("z")
        await run.until("y send to all of them")
        await run.press("y")
        await run.until("A receipt from each of 2 tenants")
        assert all(one["active"] for one in (*acme.users(), *stage.users()))


async def test_a_user_name_that_somebody_else_has_there_is_shown_and_not_ticked(tmp_path):
    acme, stage = FakeProvider(), FakeProvider()
    acme.add_user("js", displayName="John Smith")
    stage.add_user("js", displayName="Mary Jones", emails=[])
    async with consoles_on(tmp_path, (80, 24), acme=acme, stage=stage) as run:
        await run.until("acme Group: 0 in")
        await run.press("a")
        await run.until("stage js: userName, but another name")
        await run.press("space")
        await run.until("nothing ticked")
        await run.press("r")
        await run.until(lambda: "✓ now" in line_of(run, "? userName") and "asking" not in run.text)
        await run.press("d")
        await run.until("no account is ticked")
        assert not stage.writes()


async def test_somebody_is_found_by_name_over_all_caches_and_the_card_comes_back_at_the_next_start(tmp_path):
    acme, stage = FakeProvider(), FakeProvider()
    acme.add_user("zoë", displayName="Zoë Lee")
    acme.add_user("bo")
    stage.add_user("z.lee", displayName="Lee", emails=[{"value": "zoë@example.com"}])
    async with consoles_on(tmp_path, acme=acme, stage=stage) as run:
        await run.until("acme Group: 0 in")
        await run.press("ctrl+f")
        await run.until("Not everybody of stage is in the cache")
        await run.press("ctrl+r")
        await run.until("3 accounts in 2 tenants")
        await run.type("zoe")
        await run.until("2: acme, stage")
        assert "1 person" in run.text
        await run.press("enter")
        await run.until("z.lee")
        await run.press("q")
        await run.until("z.lee", gone=True)
        await run.press("ctrl+f")
        await run.type("lee")
        await run.until("2: acme, stage")
        await run.press("enter")
        await run.until("z.lee")
        run.app.exit()
    async with consoles_on(tmp_path, acme=acme, stage=stage) as run:
        await run.until("Zoë Lee everywhere")
        await run.until("z.lee")
