from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import App, ComposeResult
from textual.strip import Strip

from scimtui.present.cells import safe
from scimtui.tui.table.virtual_table import TableColumn, VirtualTable

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
        self.said.append(f"header {event.column}{' too' if event.adds else ''}")

    @on(VirtualTable.Resized)
    def _resized(self, event: VirtualTable.Resized) -> None:
        self.said.append(f"resized {event.column} {event.width}")


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


async def _drag(pilot, start: int, end: int) -> None:
    """Press the button on the line of titles, move and let go."""
    for kind, x in ((events.MouseDown, start), (events.MouseMove, end), (events.MouseUp, end)):
        event = kind(None, x, 0, 0, 0, 1, shift=False, meta=False, ctrl=False, screen_x=x, screen_y=0)
        pilot.app.post_message(event)
        await pilot.pause()


async def test_the_edge_of_a_title_is_dragged_and_two_clicks_on_it_free_the_width() -> None:
    app = TableApp([_row(number) for number in range(5)])
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.set_columns([TableColumn("userName", 20), TableColumn("displayName", 20), TableColumn("active", 10)])
        edge = 3 + 20
        await _drag(pilot, edge, edge - 6)
        assert _screen(app.table)[0].startswith("   userName        displayName ")
        assert app.said == ["resized 0 14"]
        await _drag(pilot, edge - 6, 200)
        assert app.table.columns[0].width <= 80 - 8
        assert "user.1" in _screen(app.table)[2]
        await _drag(pilot, 3 + app.table.columns[0].width, 0)
        assert app.table.columns[0].width == 3
        await pilot.click(VirtualTable, offset=(3 + 3, 0), times=2)
        assert app.table.columns[0].width == 0
        assert app.said[-1] == "resized 0 0"
        assert not [said for said in app.said if said.startswith("header")]


async def test_a_title_clicked_with_shift_or_ctrl_is_a_further_key_and_several_are_numbered() -> None:
    app = TableApp([_row(number) for number in range(5)])
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(VirtualTable, offset=(5, 0))
        await pilot.click(VirtualTable, offset=(5, 0), shift=True)
        await pilot.click(VirtualTable, offset=(5, 0), control=True)
        assert app.said == ["header 0", "header 0 too", "header 0 too"]
        app.table.set_order([(1, False), (0, True)])
        assert "userName 2▼" in _screen(app.table)[0]
        assert "displayName 1▲" in _screen(app.table)[0]


ODD = [
    "", "plain", "two\nlines\tand a tab", "שלום עולם", "مرحبا بالعالم", "a\u200bb\u200dc\ufeff", "👨‍👩‍👧‍👦 family",
    "👍🏽👍🏿", "🇳🇴🇯🇵", "漢字かな交じり文" * 8, "ｆｕｌｌ", "e\u0301\u0302\u0303" * 9, "\u0301first", "x" * 5000, "ก็ำ", "한글 자모",
    "\x1b[31mred\x07", "\u202eevil", "½ﬁ\u00ad", "\ud83d half", "☃\ufe0f ❤\ufe0f",
]  # fmt: skip


async def test_columns_begin_where_their_titles_do_whatever_stands_before_them() -> None:
    cells = [safe(text[:500]) for text in ODD]
    rows = [(str(n % 3 or ""), "", text, "│", cells[-n], "● active") for n, text in enumerate(cells)]
    app = TableApp(rows)
    async with app.run_test(size=(61, 30)):
        app.table.set_columns(
            [TableColumn("first", 14), TableColumn("漢", 3), TableColumn("third", 17), TableColumn("end", 10)]
        )
        for y in range(len(rows) + 1):
            strip = app.table.render_line(y)
            assert strip.cell_length == app.table.size.width
            assert strip.crop(19, 22).text == ("漢 " if y == 0 else "│  ")
            assert strip.crop(43, 53).text.strip() == ("end" if y == 0 else "● active")
        app.table.fit_columns(30)
        assert {app.table.render_line(y).crop(19, 22).text for y in range(1, len(rows) + 1)} == {"│  "}


async def test_a_row_without_an_id_cannot_be_marked_and_rows_that_share_one_are_marked_together() -> None:
    app = TableApp([("", "", "nobody", "", ""), ("7", "", "one", "", ""), ("7", "", "other", "", "")])
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.toggle_mark()
        app.table.mark_range()
        assert app.table.marked == set()
        await pilot.press("down", "down")
        assert app.table.cursor_cells[0] == "other"
        app.table.mark_all()
        assert app.table.marked == {"7"}
        app.table.mark_all()
        assert app.table.marked == set()


async def test_who_is_inactive_has_a_mark_where_no_column_on_the_screen_says_so() -> None:
    app = TableApp()
    rows = [("1", "", "ann", "Ann", "○ inactive"), ("2", "", "bob", "Bob", "● active")]
    async with app.run_test(size=(60, 10)):
        app.table.set_rows(rows, row_style=lambda row: "inactive" if row[4] == "○ inactive" else "")
        assert " ann " in _screen(app.table)[1]
        app.table.set_columns(COLUMNS[:2])
        assert "▸ ○ ann " in _screen(app.table)[1]
        assert "  bob " in _screen(app.table)[2]
        assert app.table.cursor_cells[0] == "ann"


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
