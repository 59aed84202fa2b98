"""A table of the cache as its admin arranges it: columns, order, who is shown, saved views, and what the top line says."""

from __future__ import annotations

from contextlib import asynccontextmanager

import keyring
import pytest
from fakes.consoles import Console, console_on
from fakes.in_memory_provider import FakeProvider, Habits
from fakes.sessions import tenant_at
from keyrings.alt.file import PlaintextKeyring
from textual import events
from textual.widgets import Input

from scimtui.ops.arrangements import Arrangement, ChosenColumn, SortKey, TableMemory
from scimtui.scim.schema import ENTERPRISE_USER, core_resource_type
from scimtui.tui.rows.table_view import AT_ONCE

USER = core_resource_type("User")
PEOPLE = [
    ("zoe", "Ångström", "Sales", True, "10"),
    ("adam", "Berg", "sales", False, "9"),
    ("bea", "Aaron", "IT", True, ""),
    ("carl", "Berg", "", False, "100"),
]


def provider_of_people() -> FakeProvider:
    provider = FakeProvider(Habits(dates=True))
    for name, family, department, active, number in PEOPLE:
        extension = {"department": department, "employeeNumber": number}
        raw = provider.add_user(name, name={"familyName": family, "givenName": name}, active=active)
        raw[ENTERPRISE_USER] = extension
    return provider


@asynccontextmanager
async def people(folder, size=(120, 30), **values):
    async with console_on(provider_of_people(), folder, size=size, **values) as run:
        await run.until("complete")
        await run.until("zoe")
        yield run


def names(run: Console) -> list[str]:
    """Return the first cell of each row shown."""
    table = run.app.screen.view.table
    return [table._rows[index][2] for index in table.view]


def paths(run: Console) -> list[str]:
    return [column.path for column in run.app.screen_stack[1].view.columns]


def titles(run: Console) -> str:
    return run.app.screen_stack[1].view.table.render_line(0).text


async def test_columns_are_chosen_ordered_and_widened_with_keys_and_are_there_at_the_next_start(tmp_path):
    async with people(tmp_path) as run:
        await run.press("f", "slash")
        await run.type("family")
        await run.press("enter", "space")
        await run.press("slash", *["backspace"] * 6)
        await run.type("department")
        await run.press("enter", "K", "K", "K", "K", "right")
        await run.press("slash", "escape", "escape", "down", "down", "space")
        assert "displayName" in titles(run)
        await run.press("enter")
        await run.until(lambda: paths(run)[-1] == "name.familyName")
        columns = paths(run)
        assert columns[:2] == [f"{ENTERPRISE_USER}:department", "userName"]
        assert "displayName" not in columns
    async with people(tmp_path) as run:
        assert titles(run).split()[:2] == ["department", "userName"]
        kept = run.app.screen.view.arrangement.columns
        assert (kept[0].width, kept[1].width) == (14, 0)


async def test_a_width_made_with_the_mouse_is_there_at_the_next_start(tmp_path):
    async with people(tmp_path) as run:
        region = run.app.screen.view.table.region
        edge = region.x + run.app.screen.view.table._layout.slots[0].width + 3
        for kind, x in ((events.MouseDown, edge), (events.MouseMove, edge + 6), (events.MouseUp, edge + 6)):
            event = kind(None, x, region.y, 0, 0, 1, shift=False, meta=False, ctrl=False, screen_x=x, screen_y=region.y)
            run.app.post_message(event)
            await run.pilot.pause()
        wide = edge + 6 - region.x - 3
        await run.until(lambda: run.app.screen.view.arrangement.columns[:1] == (ChosenColumn("userName", wide),))
    async with people(tmp_path) as run:
        assert run.app.screen.view.table._layout.slots[0].width == wide


async def test_escape_leaves_everything_as_it_was(tmp_path):
    async with people(tmp_path) as run:
        before = titles(run)
        await run.press("f", "space", "down", "s", "J", "right", "d", "s", "escape")
        await run.press("f", "space", "q")
        assert (titles(run), run.app.screen.view.arrangement) == (before, Arrangement())
        assert TableMemory(tmp_path, run.app.screen.view.session.tenant, USER).present() == (Arrangement(), [])


async def test_any_path_can_be_typed_and_a_mistake_says_its_place(tmp_path):
    async with people(tmp_path) as run:
        await run.press("f", "slash")
        run.app.screen.query_one(Input).value = "emails[type eq work]"
        await run.until("at character 16")
        run.app.screen.query_one(Input).value = 'emails[value ew ".com"].type'
        await run.until('emails[value ew ".com"].type · string')
        await run.press("enter", "space", "enter")
        await run.until(lambda: paths(run)[-1] == 'emails[value ew ".com"].type')
        assert run.app.screen.view.table.cursor_cells[-1] == "work"
        await run.press("f", "d", "enter")
        await run.until(lambda: paths(run)[-1] == "meta.lastModified")
        assert run.app.screen.view.arrangement.columns == ()


async def test_the_last_column_stays(tmp_path):
    async with people(tmp_path) as run:
        await run.press("f", *["space"] * 9)
        await run.until("One column has to stay")
        await run.press("enter")
        await run.until(lambda: titles(run).split() == [run.app.screen.view.columns[0].title])


async def test_rows_are_sorted_by_several_keys_and_by_paths_that_are_no_columns(tmp_path):
    async with people(tmp_path) as run:
        await run.press("f", "slash")
        await run.type("family")
        await run.press("enter", "s", "slash", *["backspace"] * 6)
        await run.type("department")
        await run.press("enter", "s", "s")
        await run.until("2▼")
        await run.press("enter")
        await run.until(lambda: names(run) == ["bea", "zoe", "carl", "adam"])
        assert "by name.familyName ▲" in run.text
        assert "department 2▼" in titles(run)
        await run.press("S")
        await run.until(lambda: names(run) == ["adam", "carl", "zoe", "bea"])
        await run.press("s")
        await run.until(lambda: names(run) == ["adam", "bea", "carl", "zoe"])
        assert "userName ▲" in titles(run)
        assert "familyName" not in run.text
        await run.pilot.click("#table", offset=(45, 0), shift=True)
        assert len(run.app.screen.view.arrangement.sort) == 2
    async with people(tmp_path) as run:
        await run.until(lambda: names(run) == ["adam", "bea", "carl", "zoe"])
        assert "1▲" in titles(run)


async def test_counts_are_sorted_as_numbers(tmp_path):
    provider = FakeProvider()
    for count in (2, 10, 0, 9):
        provider.add_group(f"group{count}", [f"u{number}" for number in range(count)])
    async with console_on(provider, tmp_path) as run:
        await run.until("complete")
        await run.press("2")
        await run.until("group10")
        await run.press("s", "s")
        await run.until(lambda: names(run) == ["group0", "group2", "group9", "group10"])
        await run.press("i")
        await run.until("a Group has no attribute active")


async def test_active_only_inactive_only_and_all_combine_with_the_filter(tmp_path):
    async with people(tmp_path) as run:
        await run.press("i")
        await run.until("● active only")
        assert names(run) == ["zoe", "bea"]
        await run.press("i")
        await run.until("○ inactive only")
        assert names(run) == ["adam", "carl"]
        await run.press("slash")
        await run.type("adam")
        await run.until(lambda: names(run) == ["adam"])
        assert "1 shown / 4 cached" in run.text
        await run.type("x")
        await run.until("Only inactive users are looked at; i changes that.")
        await run.press("escape", "i")
        await run.until(lambda: len(names(run)) == 4)
        assert "only" not in run.text.splitlines()[2]
        await run.press("i")
    async with people(tmp_path) as run:
        await run.until("● active only")
        assert names(run) == ["zoe", "bea"]


async def test_who_is_inactive_is_known_without_the_column(tmp_path):
    async with people(tmp_path) as run:
        await run.press("f", "down", "down", "space", "enter")
        await run.until("○ adam")
        assert "active" not in titles(run)
        await run.press("i", "i")
        await run.until(lambda: names(run) == ["adam", "carl"])


async def test_a_view_is_saved_taken_again_and_deleted_after_a_question(tmp_path):
    async with people(tmp_path) as run:
        await run.press("i", "i", "s", "v")
        await run.until("Without e-mail")
        await run.press("n")
        await run.type("Leavers")
        await run.until("Saves: inactive only · by userName ▲ · the usual columns")
        await run.press("enter")
        await run.until('Saved "Leavers"')
        await run.press("escape", "v", "enter")
        await run.until(lambda: len(names(run)) == 4)
    async with people(tmp_path) as run:
        await run.press("v")
        await run.until("Leavers")
        await run.press("end", "enter")
        await run.until(lambda: names(run) == ["adam", "carl"])
        await run.press("v", "n")
        await run.type("leavers")
        await run.press("enter")
        await run.until('Replace the view "leavers"?')
        await run.press("y")
        await run.until('Saved "leavers"')
        await run.press("end", "x")
        await run.until("Delete the view")
        await run.press("x")
        await run.until("Delete the view", gone=True)
        assert "leavers" in run.text
        await run.press("x", "y")
        await run.until("Deleted")
        await run.press("home", "x")
        await run.until("built in and can't be deleted")


async def test_built_in_views_put_their_filter_into_the_bar(tmp_path):
    async with people(tmp_path) as run:
        await run.press("v", "end", "enter")
        await run.until("not (emails pr)")
        await run.until(lambda: names(run) == [])
        await run.press("v", "home", "down", "enter")
        await run.until(lambda: names(run) == ["adam", "carl"])
        await run.press("v", "home", "down", "down", "enter")
        await run.until("4 matches")


async def test_of_a_tenant_that_others_may_not_read_no_filter_is_kept(tmp_path):
    backend = PlaintextKeyring()
    backend.file_path = str(tmp_path / "keyring.cfg")
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        async with people(tmp_path, cache="encrypted") as run:
            await run.press("slash")
            await run.type("adam")
            await run.press("enter", "v", "n")
            await run.until("A filter can name people")
            await run.press("escape")
            await run.press("s")
            await run.until("userName ▲")
    finally:
        keyring.set_keyring(before)
    kept = (tmp_path / "tables.json").read_text() + (tmp_path / "ui.json").read_text()
    assert "adam" not in kept
    assert "userName" in kept


async def test_what_is_no_path_any_more_is_left_out_and_said(tmp_path):
    memory = TableMemory(tmp_path, tenant_at("https://nowhere.invalid"), USER)
    memory.keep_present(Arrangement((ChosenColumn("emails["), ChosenColumn("userName")), (SortKey("title"),)))
    async with console_on(provider_of_people(), tmp_path) as run:
        await run.until("no attribute paths any more, so left out: emails[")
        await run.until(lambda: titles(run).split() == ["userName"])


async def test_completeness_and_age_stay_in_sight_on_a_narrow_terminal(tmp_path):
    provider = FakeProvider(Habits(total_too_high=70))
    provider.add_users(30)
    async with console_on(
        provider, tmp_path, size=(80, 24), label="A production tenant", production=True, reason_required=False
    ) as run:
        await run.until("INCOMPLETE")
        await run.press("slash")
        await run.type("user00001")
        await run.until("Users 1 / 30")
        line = run.text.splitlines()[0]
        assert "INCOMPLETE" in line
        assert "just now" in line
        await run.pilot.resize_terminal(200, 30)
        await run.until("Users 1 shown / 30 cached / 100 claimed")
        line = run.text.splitlines()[0]
        assert line.index("INCOMPLETE") < line.index("Users") < line.index("synced just now")


async def test_the_key_after_a_filter_meets_the_row_that_was_found(tmp_path):
    async with people(tmp_path) as run:
        view = run.app.screen.view
        loaded = view._loaded
        many = [(f"x{n}", f"other {n}", *("",) * 7) for n in range(AT_ONCE * 3)]
        rows = [*many, *loaded.order.rows]
        view._loaded = type(loaded)(loaded.columns, loaded.unseen, type(loaded.order)(rows), loaded.state)
        view._show_view()
        await run.until(lambda: not view.is_finding)
        await run.press("s", "slash", *"zoe", "enter", "enter")
        await run.until(lambda: run.app.screen.view is not view)
        zoe = next(row[0] for row in loaded.order.rows if row[2] == "zoe")
        assert run.app.screen.view.spec()["id"] == zoe


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_dialogs_fit_the_terminal(tmp_path, size):
    async with people(tmp_path, size=size) as run:
        for key, last in (("f", "Esc leave as it was"), ("v", "Esc close")):
            await run.press(key)
            await run.until(last)
            box = run.app.screen.query_one("Vertical").region
            assert run.app.screen.region.contains_region(box)
            assert run.app.screen.query_one("#keys").region.bottom < box.bottom
            await run.press("escape")
