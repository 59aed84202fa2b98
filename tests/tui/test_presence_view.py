"""People by tenants, and a tenant against a list of HR, in the console."""

from __future__ import annotations

from fakes.caches import COMPLETE
from fakes.consoles import Console, console_on
from fakes.in_memory_provider import FakeProvider
from fakes.sessions import tenant_at
from textual.widgets import Input

from scimtui.config import Config
from scimtui.ops.session import open_session
from scimtui.tui.app import ScimtuiApp


def provider_of(*names, off=()):
    provider = FakeProvider()
    for name in names:
        provider.add_user(name)["active"] = name not in off
    return provider


def line_of(run, start):
    return next((line for line in run.text.splitlines() if start in line), "")


def cached(folder, name, people):
    """Return a tenant that is down, whose cache holds these people; None: it was never synced."""
    tenant = tenant_at("http://127.0.0.1:9", name, auth="none")
    session = open_session(tenant, folder)
    for number, (user, active) in enumerate((people or {}).items()):
        raw = {"id": f"{name}-{number}", "userName": user, "active": active, "displayName": user.title()}
        session.cache.resources("User").put(raw)
    if people is not None:
        session.cache.resources("User").record(COMPLETE)
    session.cache.close()
    return tenant


async def test_people_by_tenants_are_narrowed_to_a_pattern_and_to_words_and_lead_to_the_card(tmp_path):
    every = dict.fromkeys(("ann", "ben", "cy"), True)
    people = {"acme": every, "bolt": {"ann": True, "ben": False}, "cafe": every, "dune": every, "elan": None}
    tenants = {name: cached(tmp_path, name, some) for name, some in people.items()}
    app = ScimtuiApp(Config(tmp_path / "config.toml", tenants), tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        run = Console(app, pilot)
        await run.until("acme Users")
        await run.press("W")
        await run.until(lambda: "●○●●? 1" in run.text and "●·●●? 1" in run.text)
        assert "? elan was never synced" in run.text
        assert "elan" in line_of(run, "key  ")
        assert line_of(run, "  cy").split() == ["cy", "●", "·", "●", "●", "?"]
        await run.press("F")
        await run.until("in 4 of 5, inactive in bolt, not known in elan")
        await run.press("down", "down", "enter")
        await run.until(lambda: "  ann" not in run.text and "1 person" in run.text)
        await run.press("escape")
        await run.until("stand in 3 patterns")
        await run.press("slash", "c", "y", "enter")
        await run.until(lambda: "1 match" in run.text and "  ben" not in run.text)
        await run.press("enter")
        await run.until("in 3 of 5 tenants")


async def test_leavers_of_a_list_are_turned_off_from_the_findings_and_are_found_no_more(tmp_path):
    path = tmp_path / "hr.csv"
    path.write_text("Login;Status\nann;Active\nben;Terminated\ncy;Terminated\nnew;Active\n")
    acme = provider_of("ann", "ben", "cy", "svc")
    async with console_on(acme, tmp_path, (100, 30)) as run:
        await run.until("acme Group: 0 in")
        await run.press("Y")
        await run.until("Reconcile")
        await run.type("nowhere.csv")
        await run.press("enter")
        await run.until("cannot be read")
        run.app.screen.query_one(Input).value = str(path)
        await run.press("enter")
        await run.until("✗ 2 leavers")
        assert "status: 2 active (there), 2 terminated (left); column Status" in run.text
        assert "Terminated (line 3 of hr.csv)" in line_of(run, "leaver     ben")
        await run.press("full_stop", "full_stop")
        await run.until(lambda: "orphan     svc" not in run.text)
        await run.press("asterisk", "d")
        await run.until("Type 2 to send")
        await run.press("2", "enter")
        await run.until("✗ 2 leavers", gone=True)
        assert [one["active"] for one in acme.users()] == [True, False, False, True]
        await run.until(lambda: "orphan     svc" in run.text and "missing    new" in run.text)
