"""A resource in its tab and in the pane beside the table: links, searches, changes, and a provider that is away."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from fakes.consoles import console_on
from fakes.in_memory_provider import ENTERPRISE, FakeProvider

from scimtui.tui.lines.model import text_of
from scimtui.tui.resource.detail_pane import DetailPane

HOSTILE = "\x1b]0;owned\x07[b]x[/y]\u202e"


@pytest.fixture(autouse=True)
def _nobodys_clipboard(monkeypatch):
    for name in ("TMUX", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")


@pytest.fixture
def provider():
    provider = FakeProvider()
    boss = provider.add_user("boss", displayName="The Boss", active=False)
    ada = provider.add_user(
        "ada", displayName="Ada", title="Engineer", **{ENTERPRISE: {"manager": {"value": boss["id"]}}}
    )
    provider.add_user("zoe", displayName=f"Zoë {HOSTILE}", title=HOSTILE)
    provider.add_group("Crew", [ada["id"], boss["id"], "nobody-knows"])
    return provider


@asynccontextmanager
async def people(provider, tmp_path, size=(100, 40)):
    async with console_on(provider, tmp_path, size) as run:
        await run.until("acme Group: 1 in")
        await run.until("ada")
        yield run


async def opened(run, name):
    """Open the resource of that name from the table."""
    await run.press("slash")
    await run.type(name)
    await run.press("enter", "enter")
    await run.until("as the provider has it")


async def cursor_on(run, words):
    """Put the cursor on the line with these words."""
    rows = run.app.screen.view.reader.rows
    rows.move_to(next(index for index, line in enumerate(rows.lines) if words in text_of(line)))
    await run.pilot.pause()
    assert words in rows.cursor_text


async def test_enter_goes_from_a_person_to_the_manager_and_from_a_group_to_its_members(provider, tmp_path):
    async with people(provider, tmp_path) as run:
        await opened(run, "ada")
        await cursor_on(run, "The Boss")
        assert "→ ○ The Boss  boss" in run.text
        await run.press("enter")
        await run.until("User boss")
        await run.until("Crew")
        await cursor_on(run, "Crew")
        await run.press("enter")
        await run.until("Group Crew")
        await run.until("nobody-knows  not in the cache")
        await cursor_on(run, "● Ada")
        await run.press("enter")
        await run.until("User ada")


async def test_enter_on_what_names_nothing_says_so(provider, tmp_path):
    async with people(provider, tmp_path) as run:
        await opened(run, "ada")
        await run.press("enter")
        await run.until("this one names nothing")


async def test_the_schema_describes_the_line_under_the_cursor(provider, tmp_path):
    async with people(provider, tmp_path) as run:
        await opened(run, "ada")
        await cursor_on(run, "Engineer")
        await run.until("title: string.")
        await cursor_on(run, "The Boss")
        await run.until("Enter opens it · manager: complex.")


async def test_letters_narrow_the_details_and_enter_opens_what_was_found(provider, tmp_path):
    async with people(provider, tmp_path) as run:
        await opened(run, "ada")
        await run.press("slash")
        await run.type("boss")
        await run.until("1 of 1")
        assert "Engineer" not in run.text
        await run.press("escape")
        await run.until("Engineer")
        await run.press("slash")
        await run.type("boss")
        await run.until("1 of 1")
        await run.press("enter", "enter")
        await run.until("User boss")


async def test_the_json_is_searched_and_left_step_by_step(provider, tmp_path):
    async with people(provider, tmp_path) as run:
        await opened(run, "ada")
        await run.press("n")
        await run.until("/ does that")
        await run.press("y")
        await run.until('"userName": "ada"')
        await run.press("slash")
        await run.type("ADA")
        await run.until("1 of 3")
        await run.press("enter", "n")
        await run.until("2 of 3")
        await run.press("N", "N")
        await run.until("3 of 3")
        assert '"title"' in run.text
        await run.press("escape")
        await run.until("3 of 3", gone=True)
        assert '"userName": "ada"' in run.text
        await run.press("escape")
        await run.until("urn:ietf:params:scim:schemas:core:2.0:User")


async def test_what_the_last_sync_changed_is_shown_and_marked(provider, tmp_path):
    async with people(provider, tmp_path) as run:
        provider.user("ada")["title"] = "Manager"
        await run.press("r")
        await run.until("1 changed")
        await opened(run, "ada")
        await run.until("Changed since the sync of")
        assert "Engineer → Manager" in run.text
        assert "≠ title" in run.text


async def test_what_changed_since_then_is_shown_when_the_provider_is_asked(provider, tmp_path):
    async with people(provider, tmp_path) as run:
        provider.user("ada")["title"] = "Director"
        await opened(run, "ada")
        await run.until("Engineer → Director")


async def test_an_open_tab_shows_what_a_sync_brought(provider, tmp_path):
    async with people(provider, tmp_path, (100, 60)) as run:
        await opened(run, "ada")
        ada = provider.user("ada")
        asked = sum(ada["id"] in seen.path for seen in provider.seen)
        ada["title"] = "Manager"
        provider.add_group("Night shift", [ada["id"]])
        await run.press("R")
        await run.until("Engineer → Manager")
        await run.until("→ Night shift")
        assert "groups            not returned" in run.text
        assert sum(ada["id"] in seen.path for seen in provider.seen) == asked


async def test_without_the_provider_the_cached_copy_stays_and_says_how_old_it_is(provider, tmp_path):
    async with people(provider, tmp_path) as run:
        provider.habits.html_everywhere = True
        await run.press("slash")
        await run.type("ada")
        await run.press("enter", "enter")
        await run.until("This is the copy from the cache, synced just now; r asks")
        assert "Engineer" in run.text
        provider.habits.html_everywhere = False
        await run.press("r")
        await run.until("as the provider has it")
        assert "copy from the cache" not in run.text


async def test_somebody_who_is_gone_there_is_still_shown_from_the_cache(provider, tmp_path):
    async with people(provider, tmp_path) as run:
        del provider.resources["Users"][provider.user("ada")["id"]]
        await run.press("slash")
        await run.type("ada")
        await run.press("enter", "enter")
        await run.until("The provider has no such resource any more")
        assert "Engineer" in run.text


async def test_copying_takes_the_exact_value_under_the_cursor(provider, tmp_path):
    async with people(provider, tmp_path) as run:
        await opened(run, "zoe")
        await cursor_on(run, "title")
        await run.press("c")
        await run.until(lambda: run.app.clipboard == HOSTILE)
        await run.until("Copied title")
        await cursor_on(run, "password")
        await run.press("c")
        await run.until(lambda: run.app.clipboard == "zoe")
        assert "\x1b" not in run.text


async def test_a_large_group_is_shown_to_its_end_and_its_members_are_found_by_name(tmp_path):
    provider = FakeProvider()
    provider.add_users(1200)
    provider.add_group("Everybody", [one["id"] for one in provider.users()])
    async with console_on(provider, tmp_path, (100, 30)) as run:
        await run.until("acme Group: 1 in")
        await run.press("2")
        await run.until("Everybody")
        await run.press("enter")
        await run.until("1,200 in all")
        await run.until(lambda: len(run.app.screen.view.reader.rows.lines) > 1200)
        await run.press("slash")
        await run.type("user0117")
        await run.until("1 of 10")
        await run.press("enter", "n", "enter")
        await run.until("User user01171")


async def test_the_pane_follows_links_and_copies_as_the_tab_does(provider, tmp_path):
    async with people(provider, tmp_path, (170, 40)) as run:
        pane = run.app.screen.query_one(DetailPane)
        await run.until("Groups, from the cache")
        await run.press("slash")
        await run.type("ada")
        await run.press("enter")
        await run.until("→ ○ The Boss")
        await run.press("tab")
        await run.until(lambda: pane.has_focus)
        await run.until("userName: string, required")
        await run.press("c")
        await run.until(lambda: run.app.clipboard == "ada")
        for _ in range(40):
            if "The Boss" not in pane.cursor_text:
                await run.press("down")
        await run.press("enter")
        await run.until("User boss")


async def test_the_pane_shows_the_beginning_of_a_long_list(tmp_path):
    provider = FakeProvider()
    provider.add_users(40)
    provider.add_group("Everybody", [one["id"] for one in provider.users()])
    async with console_on(provider, tmp_path, (170, 50)) as run:
        await run.until("acme Group: 1 in")
        await run.press("2")
        await run.until("… 28 more")
        assert "40 in all" in run.text


async def test_the_pane_shows_what_was_just_done_to_the_row(provider, tmp_path):
    async with people(provider, tmp_path, (170, 40)) as run:
        await run.press("slash")
        await run.type("ada")
        await run.press("enter")
        await run.until("Ada  ● active")
        await run.press("d")
        await run.until("Deactivate")
        await run.press("y")
        await run.until("Ada  ○ inactive")
