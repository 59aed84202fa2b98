"""Rows leave the console with keys alone: exported, copied, counted, looked up."""

from __future__ import annotations

import csv
import json
import os
import stat
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from fakes.consoles import console_on
from fakes.in_memory_provider import ENTERPRISE, FakeProvider
from textual import events

from scimtui.tui.dialogs.export_dialog import file_stem
from scimtui.tui.lines.clipboard import MOST_BYTES, copy, said
from scimtui.tui.rows.copyables import Around, copyables
from scimtui.tui.rows.table_actions import look_list_up
from scimtui.tui.table.virtual_table import VirtualTable

ELSEWHERE = ("TMUX", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
NARROW = (80, 24)


@pytest.fixture(autouse=True)
def _nobodys_clipboard(monkeypatch, tmp_path):
    for name in ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)


@pytest.fixture
def provider():
    provider = FakeProvider()
    for number, department in enumerate(["Sales", "sales", "IT", None]):
        more = {ENTERPRISE: {"department": department}} if department else {}
        title = "=cmd|calc" if number == 0 else f"title {number}"
        provider.add_user(f"user{number}", displayName=f"Ann\x1b {number}", title=title, active=number != 2, **more)
    return provider


@asynccontextmanager
async def table_of(provider, tmp_path, size=NARROW):
    async with console_on(provider, tmp_path / "home", size) as run:
        await run.until("complete")
        await run.until("user3")
        yield run


def exported(run, name):
    return (run.app.home.parent / "here" / name).read_text()


def name(ending):
    return f"{file_stem('acme', 'Users')}.{ending}"


# ---------------------------------------------------------------- export


async def test_x_writes_the_rows_shown_as_csv_defused_and_for_its_owner(provider, tmp_path):
    async with table_of(provider, tmp_path) as run:
        await run.press("s", "S", "x")
        await run.until("4 shown, in this order")
        await run.press("tab", "tab", "tab", "right", "ctrl+s")
        await run.until("4 Users in")
        await run.until("the copy is complete")
    rows = list(csv.reader(exported(run, name("csv")).splitlines(), delimiter=";"))
    assert rows[0][:4] == ["userName", "displayName", "active", "title"]
    assert [row[0] for row in rows[1:]] == ["user3", "user2", "user1", "user0"]
    assert rows[-1][3] == "'=cmd|calc"
    assert os.name != "posix" or stat.S_IMODE((tmp_path / "here" / name("csv")).stat().st_mode) == 0o600


async def test_marked_rows_are_offered_first_and_json_lines_are_as_the_provider_sent_them(provider, tmp_path):
    async with table_of(provider, tmp_path) as run:
        await run.press("space", "x")
        await run.until("1 marked")
        await run.press("tab", "right")
        await run.until(name("jsonl"))
        await run.until(lambda: "Delimiter" not in run.text)
        await run.press("ctrl+s")
        await run.until("1 User in")
    assert [json.loads(line) for line in exported(run, name("jsonl")).splitlines()] == [provider.user("user0")]


async def test_a_file_that_is_there_is_replaced_after_y_alone(provider, tmp_path):
    path = tmp_path / "here" / name("csv")
    path.write_text("old")
    async with table_of(provider, tmp_path) as run:
        await run.press("x", "ctrl+s")
        await run.until("is there already")
        await run.press("ctrl+s", "enter", "n")
        await run.until("is there already", gone=True)
        assert path.read_text() == "old"
        await run.press("ctrl+s")
        await run.until("is there already")
        await run.press("y")
        await run.until("4 Users in")
    assert path.read_text().startswith("userName,")


async def test_a_folder_that_is_not_there_is_said_and_the_dialog_stays(provider, tmp_path):
    async with table_of(provider, tmp_path) as run:
        await run.press("x", "shift+tab")
        await run.press("home")
        await run.type("typo/")
        await run.press("enter")
        await run.until("there is no folder typo")
        await run.press("escape")
        await run.until("Delimiter", gone=True)
    assert list((tmp_path / "here").iterdir()) == []


def test_a_file_is_named_by_tenant_type_and_day_on_every_system():
    day = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert file_stem("acme/../prod:1", "Users", day) == "acme-prod-1-users-2026-11-24"


# ---------------------------------------------------------------- copy


async def copied(run, *keys):
    run.app.copy_to_clipboard("")
    await run.press("C")
    await run.until("Enter copy")
    await run.press(*keys, "enter")
    await run.until("Enter copy", gone=True)
    await run.until(lambda: run.app.clipboard != "")
    return run.app.clipboard


async def test_what_is_copied_is_exact_and_the_screen_shows_none_of_it_raw(provider, tmp_path):
    async with table_of(provider, tmp_path) as run:
        assert await copied(run, "down") == "Ann\x1b 0"
        await run.until("It holds hidden characters")
        assert "\x1b" not in run.text
        await run.until("Allow OSC 52")


async def test_a_row_a_column_and_the_resource_can_be_copied(provider, tmp_path):
    user = provider.user("user0")
    async with table_of(provider, tmp_path) as run:
        view = run.app.screen.view
        shown = view.table.shown_ids()
        around = Around(marked=shown[:2], shown=shown)
        offered = copyables(view.session, view.resource_type, view.columns, user, around)
        texts = {(one.section.split()[0], one.label): one.make() for one in offered}
    assert texts["Resource", "id"] == user["id"]
    assert json.loads(texts["Resource", "JSON"]) == user
    assert texts["Resource", "URL"].endswith(f"/scim/v2/Users/{user['id']}")
    assert texts["Resource", "command"] == f"scimtui show acme User {user['id']}"
    assert texts["Rows,", "this row"].startswith("user0\tAnn\x1b 0\ttrue\t'=cmd|calc\tSales")
    assert [row.split("\t")[0] for row in texts["Rows,", "marked rows"].split("\n")] == ["user0", "user1"]
    assert texts["Column", "userName"] == "user0\nuser1\nuser2\nuser3"
    assert all(text.isprintable() for one in offered for text in (one.label, one.preview, one.what))


async def test_c_in_an_open_resource_copies_from_it(provider, tmp_path):
    async with table_of(provider, tmp_path) as run:
        await run.press("enter")
        await run.until("user0 ×")
        assert await copied(run) == "user0"


async def test_a_long_text_is_not_sent_to_the_terminal(provider, tmp_path):
    async with table_of(provider, tmp_path) as run:
        run.app.copy_to_clipboard("before")
        ended = await copy(run.app, "x" * (MOST_BYTES + 1), "the column")
        assert run.app.clipboard == "before"
        assert (ended.kind, "x writes it to a file" in ended.sentence) == ("warning", True)
        assert (await copy(run.app, "\ud800", "the half of a letter")).kind == "done"


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"tool": "wl-copy", "fits": False}, "Copied the id."),
        ({"tool": None, "in_tmux": True, "by_tmux": True}, "Copied the id into tmux."),
        ({"tool": None, "in_tmux": True}, "which may drop it"),
        ({"tool": None}, "Allow OSC 52"),
    ],
)
def test_it_is_said_what_was_done_and_what_helps(how, words):
    given = {"fits": True, "in_tmux": False, "by_tmux": False, "hides": False, **how}
    assert words in said("the id", **given).sentence


# ---------------------------------------------------------------- count


async def test_f_counts_the_rows_shown_and_enter_narrows_them(provider, tmp_path):
    async with table_of(provider, tmp_path) as run:
        await run.press("F")
        await run.until("4 resources, 2 values")
        assert "(none)" in run.text
        assert "50%" in run.text
        await run.press("enter")
        await run.until('department eq "Sales"')
        await run.until("2 matches")
        await run.press("F", "right", "right")
        await run.until("● active")
        await run.press("enter")
        await run.until('department eq "Sales" and active eq true')


async def test_words_in_the_bar_are_kept_and_it_is_said_why(provider, tmp_path):
    async with table_of(provider, tmp_path) as run:
        await run.press("slash")
        await run.type("user")
        await run.press("enter", "F")
        await run.until("4 resources, 2 values")
        await run.press("enter")
        await run.until("holds words")
        await run.press("escape")
        await run.until("holds words", gone=True)
        assert "4 matches" in run.text


async def test_an_attribute_is_chosen_from_all_of_them(provider, tmp_path):
    async with table_of(provider, tmp_path) as run:
        await run.press("F")
        await run.until("4 resources")
        await run.press("a")
        await run.until("Count by")
        await run.press("j", "enter")
        await run.until("4 resources, 4 values")
        assert "=cmd|calc" in run.text


# ---------------------------------------------------------------- look up


async def test_a_pasted_list_marks_who_is_found_and_names_who_is_not(provider, tmp_path):
    async with table_of(provider, tmp_path) as run:
        await run.press("U")
        await run.until("One a line")
        run.app.post_message(events.Paste("userName\nUSER1\nuser3\nnobody\nuser1\n\nuser2 \n"))
        await run.until("user2")
        await run.press("ctrl+s")
        await run.until("4 lines: 3 found, 1 not found; 1 repeated, 1 blank left out")
        await run.press("c")
        await run.until(lambda: run.app.clipboard == "nobody")
        await run.press("x", "enter")
        await run.until("1 line in")
        await run.press("enter")
        await run.until("Marked 3.")
        table = run.app.screen.query_one(VirtualTable)
        assert table.marked == {provider.user(f"user{number}")["id"] for number in (1, 2, 3)}
        assert table.cursor_cells[0] == "user1"
    assert exported(run, f"{file_stem('acme', 'Users not found')}.csv") == "userName\nnobody\n"


async def test_nothing_is_counted_or_exported_where_there_is_no_row(tmp_path):
    async with console_on(FakeProvider(), tmp_path / "home", NARROW) as run:
        await run.until("has no users")
        for key in ("x", "F", "C"):
            await run.press(key)
            await run.until("there is no row here")
        await run.press("U")
        await run.until("One a line")


async def test_a_list_that_was_pasted_elsewhere_is_looked_up_in_the_open_table(provider, tmp_path):
    async with table_of(provider, tmp_path) as run:
        look_list_up(run.app.screen, ["nobody", "somebody"])
        await run.until("2 lines: 0 found, 2 not found")
        await run.press("enter")
        await run.until("2 lines", gone=True)
        assert run.app.screen.query_one(VirtualTable).marked == set()
