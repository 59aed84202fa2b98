"""People from a list in the console: pasted or from a file, matched over all tenants, and carried out from one preview."""

from __future__ import annotations

import csv
from contextlib import ExitStack, asynccontextmanager

import pytest
from fakes.consoles import Console
from fakes.in_memory_provider import TOKEN, FakeProvider
from fakes.sessions import tenant_at
from textual import events

from scimtui.config import Config
from scimtui.tui.app import ScimtuiApp
from scimtui.tui.table.virtual_table import VirtualTable

EXCEL = "Name;E-Mail;userName\r\nMüller;m@x.example;user00001\r\nLee;;user00003\r\nNo;;nobody\r\nSvc;;svc\r\n"


@pytest.fixture
def acme():
    made = FakeProvider()
    made.add_users(4)
    made.add_user("svc", userType="Service")
    return made


@pytest.fixture
def bolt():
    made = FakeProvider()
    made.add_users(2)
    return made


@asynccontextmanager
async def console_on_both(acme, bolt, tmp_path):
    with ExitStack() as stack:
        options = {"token_command": ["echo", TOKEN], "protected": ['userType eq "Service"']}
        tenants = {
            name: tenant_at(stack.enter_context(provider.serve()), name, **options)
            for name, provider in (("acme", acme), ("bolt", bolt))
        }
        app = ScimtuiApp(Config(tmp_path / "config.toml", tenants), tmp_path / "home")
        async with app.run_test(size=(80, 24)) as pilot:
            run = Console(app, pilot)
            await run.until("user00004")
            yield run


async def test_a_file_is_matched_everywhere_deactivated_and_what_is_left_written_in_its_own_form(acme, bolt, tmp_path):
    path = tmp_path / "leavers.csv"
    path.write_bytes(EXCEL.encode("cp1252"))
    async with console_on_both(acme, bolt, tmp_path) as run:
        await run.press("O")
        await run.until("Paste a list")
        run.app.post_message(events.Paste(f"'{path}'"))
        await run.until("leavers.csv'")
        await run.press("ctrl+s")
        await run.until("Which column names the people?")
        await run.press("j", "j", "enter")
        await run.until("4 lines: 2 found, 1 protected, 1 not found")
        assert "acme 2 of 5 (40 %) · bolt 1, never synced" in run.text
        assert "Windows-1252" in run.text
        await run.press("p")
        await run.until("user00001", gone=True)
        await run.press("d")
        await run.until("3 changes in 2 tenants")
        await run.press("escape")
        await run.until("whom it means")
        assert [*acme.writes(), *bolt.writes()] == []
        await run.press("d")
        await run.until("3 changes in 2 tenants")
        await run.type("3")
        await run.press("enter")
        await run.until("A receipt from each of 2 tenants")
        await run.press("escape")
        await run.until("In the tenants: 3 done")
        await run.press("f")
        await run.until("─ Write the lines that are left")
        await run.press("enter")
        await run.until("2 lines in")
        await run.press("x")
        await run.until("─ Write what became of each")
        await run.press("enter")
        await run.until("5 lines in")
    assert [one.user("user00001")["active"] for one in (acme, bolt)] == [False, False]
    assert acme.user("svc").get("active") is not False
    assert (tmp_path / "leavers.failures.csv").read_text() == "Name;E-Mail;userName\nNo;;nobody\nSvc;;svc\n"
    with (tmp_path / "leavers.results.csv").open(newline="") as file:
        told = [(row["key"], row["tenant"], row["outcome"]) for row in csv.DictReader(file)]
    assert told == [
        ("user00001", "acme", "done"),
        ("user00001", "bolt", "done"),
        ("user00003", "acme", "done"),
        ("nobody", "", "not found"),
        ("svc", "acme", "protected"),
    ]


async def test_a_pasted_list_is_looked_up_where_it_is_ticked_and_marked_in_the_table(acme, bolt, tmp_path):
    async with console_on_both(acme, bolt, tmp_path) as run:
        await run.press("O")
        await run.until("Paste a list")
        await run.press("ctrl+s")
        await run.until("There is no list yet")
        run.app.post_message(events.Paste("user00002\nUSER00002\nuser00004\n"))
        await run.until("user00004")
        await run.press("tab", "j", "space")
        await run.until("[ ] bolt")
        await run.press("ctrl+s")
        await run.until("3 lines: 2 found, 1 duplicate")
        assert "bolt" not in run.text
        await run.press("m")
        await run.until("Marked 2.")
        marked = run.app.screen.query_one(VirtualTable).marked
    assert marked == {acme.user(name)["id"] for name in ("user00002", "user00004")}
