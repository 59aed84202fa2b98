from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import App, ComposeResult
from textual.strip import Strip

from scimtui.tui.virtual_table import TableColumn, VirtualTable

HOSTILE = "\x1b]0;owned\x07[b]bold[/x] [@click=app.quit]go\u202e\n"
COLUMNS = (TableColumn("userName"), TableColumn("displayName"), TableColumn("active", 10, kind="state"))


def _row(number: int) -> tuple[str, ...]:
    return (str(number), f"user.{number}", f"user.{number}", f"User {number}", "● active")


class CountedRows(Sequence[tuple[str, ...]]):
    """Rows that are made when they are asked for, and counted."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.asked = 0

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index):
        self.asked += 1
        return _row(index)


class TableApp(App[None]):
    def __init__(self, rows: Sequence[tuple[str, ...]] = ()) -> None:
        super().__init__()
        self.rows = rows
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield VirtualTable(COLUMNS)

    def on_mount(self) -> None:
        self.table.set_rows(self.rows)
        self.table.focus()

    @property
    def table(self) -> VirtualTable:
        return self.query_one(VirtualTable)

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        self.said.append(f"opened {event.row_id}")

    @on(VirtualTable.HeaderClicked)
    def _header(self, event: VirtualTable.HeaderClicked) -> None:
        self.said.append(f"header {event.column}")


def _screen(table: VirtualTable) -> list[str]:
    strips: list[Strip] = [table.render_line(y) for y in range(table.size.height)]
    return [strip.text for strip in strips]


async def test_the_cursor_goes_through_100_000_rows_by_steps_pages_and_ends() -> None:
    app = TableApp([_row(number) for number in range(100_000)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("j", "down", "k")
        assert app.table.cursor_id == "1"
        await pilot.press("pagedown")
        assert app.table.cursor_id == "24"
        await pilot.press("G")
        assert app.table.cursor_row == 99_999
        assert "user.99999" in _screen(app.table)[-1]
        await pilot.press("up", "pageup", "end", "down")
        assert app.table.cursor_id == "99999"
        await pilot.press("g")
        assert (app.table.cursor_id, app.table.scroll_y) == ("0", 0)


async def test_no_more_rows_are_read_than_the_screen_holds() -> None:
    rows = CountedRows(1_000_000)
    app = TableApp(rows)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        rows.asked = 0
        await pilot.press("pagedown", "G", "pageup", "k")
        assert rows.asked < 24 * 30


async def test_a_filter_keeps_the_cursor_on_its_row_and_leaves_it_at_the_top_without_it() -> None:
    rows = [_row(number) for number in range(1000)]
    app = TableApp(rows)
    async with app.run_test(size=(80, 24)):
        app.table.move_to(500)
        app.table.set_rows(rows, range(999, 400, -1))
        assert (app.table.cursor_id, app.table.cursor_row) == ("500", 499)
        app.table.set_rows(rows, range(100))
        assert app.table.cursor_id == "0"


async def test_new_rows_keep_the_cursor_on_its_id_and_a_vanished_one_gives_it_to_its_neighbour() -> None:
    app = TableApp([_row(number) for number in range(1000)])
    async with app.run_test(size=(80, 24)):
        app.table.move_to(500)
        app.table.set_rows([_row(number) for number in range(300, 1000)])
        assert (app.table.cursor_id, app.table.cursor_row) == ("500", 200)
        app.table.set_rows([_row(number) for number in range(300, 1000) if number != 500])
        assert app.table.cursor_id == "501"
        app.table.set_rows([])
        assert (app.table.cursor_id, app.table.cursor_cells) == (None, ())


async def test_hostile_names_and_titles_are_painted_as_the_characters_that_they_are() -> None:
    app = TableApp([("1", "", HOSTILE, HOSTILE, HOSTILE)])
    async with app.run_test(size=(120, 10)):
        app.table.set_columns((TableColumn(HOSTILE), *COLUMNS[1:]))
        app.table.empty_text = HOSTILE
        painted = "".join(_screen(app.table))
        assert "[b]bold[/x]" in painted
        assert "␛]0;owned␇" in painted
        assert not {"\x1b", "\x07", "\u202e", "\n"} & set(painted)
        app.table.set_rows([])
        assert not {"\x1b", "\x07", "\u202e", "\n"} & set("".join(_screen(app.table)))


async def test_every_line_fills_the_table_exactly_with_wide_and_combining_characters_too() -> None:
    names = ["漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字", "e\u0301" * 40, "👍🏽" * 20, "", "x" * 600]
    app = TableApp([(str(n), "", name, name, "● active") for n, name in enumerate(names)])
    async with app.run_test(size=(61, 12)):
        lengths = {app.table.render_line(y).cell_length for y in range(app.table.size.height)}
        assert lengths == {app.table.size.width}


async def test_marks_belong_to_ids_and_outlive_a_filter_but_not_their_row() -> None:
    rows = [_row(number) for number in range(50)]
    app = TableApp(rows)
    async with app.run_test(size=(80, 24)):
        app.table.toggle_mark()
        assert app.table.cursor_id == "1"
        app.table.move_to(4)
        app.table.mark_range()
        assert app.table.marked == {"0", "1", "2", "3", "4"}
        app.table.set_rows(rows, [40, 41])
        app.table.mark_all()
        assert app.table.marked == {"0", "1", "2", "3", "4", "40", "41"}
        app.table.mark_all()
        assert app.table.marked == {"0", "1", "2", "3", "4"}
        app.table.set_rows(rows[3:])
        assert app.table.marked == {"3", "4"}
        app.table.move_to(0)
        assert _screen(app.table)[1].startswith("*▸ user.3 ")


async def test_columns_that_do_not_fit_are_reached_sideways_and_the_first_one_stays() -> None:
    app = TableApp()
    async with app.run_test(size=(60, 10)) as pilot:
        app.table.set_columns([TableColumn(f"column{n}", 20) for n in range(6)])
        app.table.set_rows([("1", "", *(f"value{n}" for n in range(6)))])
        assert "value0" in _screen(app.table)[1]
        assert "value5" not in _screen(app.table)[1]
        await pilot.press("l", "l", "l", "right", "right", "right", "right")
        assert "value0" in _screen(app.table)[1]
        assert "value5" in _screen(app.table)[1]
        await pilot.press("h", "h", "h", "h", "left")
        assert "value1" in _screen(app.table)[1]


async def test_the_mouse_chooses_marks_opens_and_asks_for_another_order() -> None:
    app = TableApp([_row(number) for number in range(50)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(VirtualTable, offset=(10, 5))
        assert app.table.cursor_id == "4"
        await pilot.click(VirtualTable, offset=(0, 7))
        assert app.table.marked == {"6"}
        await pilot.click(VirtualTable, offset=(10, 3), times=2)
        await pilot.click(VirtualTable, offset=(5, 0))
        await pilot.press("enter")
        assert app.said == ["opened 2", "header 0", "opened 2"]


async def test_the_sorted_column_shows_the_way_and_an_empty_table_says_why() -> None:
    app = TableApp()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.empty_text = "Nothing here.\nPress r to look again."
        app.table.set_sort(1, descending=True)
        assert "displayName ▼" in _screen(app.table)[0]
        app.table.set_sort(None)
        assert "▼" not in _screen(app.table)[0]
        assert any("Press r to look again." in line for line in _screen(app.table))
        await pilot.press("down", "G", "pagedown", "enter", "l")
        app.table.toggle_mark()
        assert app.said == []
