from __future__ import annotations

from textual.app import App, ComposeResult

from scimtui.tui.lines.json_lines import json_lines
from scimtui.tui.lines.line_view import LazyLines, Line, LineView


class LineApp(App[None]):
    def __init__(self, lines: object, *, selectable: bool = False) -> None:
        super().__init__()
        self.view = LineView(lines, selectable=selectable)
        self.chosen: list[int] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_mount(self) -> None:
        self.view.focus()

    def on_line_view_chosen(self, event: LineView.Chosen) -> None:
        self.chosen.append(event.index)


def _screen(view: LineView) -> list[str]:
    return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


def _plain(count: int) -> list[Line]:
    return [[(f"line {number}", "value")] for number in range(count)]


async def test_only_the_lines_on_the_screen_are_made() -> None:
    made: list[str] = []

    def colour(text: str) -> Line:
        made.append(text)
        return [(text, "")]

    app = LineApp(LazyLines([str(number) for number in range(100_000)], colour))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G", "g", "pagedown", "j")
        assert len(made) < 24 * 10
        assert _screen(app.view)[0] == "24"


async def test_searching_finds_any_letter_case_and_goes_round() -> None:
    app = LineApp(json_lines({"members": [{"value": f"Person {n}"} for n in range(500)]}))
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.view.find("person 49") == 11
        assert any("Person 49" in line for line in _screen(app.view))
        app.view.previous_match()
        await pilot.pause()
        assert app.view.match_position == (11, 11)
        assert any("Person 499" in line for line in _screen(app.view))
        app.view.next_match()
        assert app.view.match_position == (1, 11)
        assert app.view.find("nobody") == 0
        assert app.view.match_position == (0, 0)
        app.view.find("")
        assert app.view.match_position == (0, 0)


async def test_hostile_text_is_painted_literally_and_long_lines_are_reached_sideways() -> None:
    app = LineApp([[("\x1b[2J[b]x[/y]\u202e", "bad")], [("a" * 100 + "END", "value")]])
    async with app.run_test(size=(40, 5)) as pilot:
        assert _screen(app.view)[0] == "␛[2J[b]x[/y]‹202e›"
        assert _screen(app.view)[1].endswith("…")
        await pilot.press(*["right"] * 20)
        assert _screen(app.view)[1].endswith("END")


async def test_the_cursor_passes_blank_lines_and_chooses() -> None:
    lines: list[Line] = [[("one", "")], [], [(" ", "")], [("two", "")]]
    app = LineApp(lines, selectable=True)
    async with app.run_test(size=(40, 8)) as pilot:
        await pilot.press("down", "enter", "down", "enter", "up", "enter")
        assert app.chosen == [3, 3, 0]
        assert app.view.cursor_text == "one"
        await pilot.click(LineView, offset=(1, 3), times=2)
        assert app.chosen[-1] == 3


async def test_other_lines_leave_no_place_beyond_their_end() -> None:
    app = LineApp(_plain(500))
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.press("G")
        app.view.set_lines(_plain(3))
        await pilot.pause()
        assert _screen(app.view)[0] == "line 0"


async def test_what_matters_less_is_darker_than_the_text_and_not_white() -> None:
    app = LineApp([[("label", "label"), ("value", "value")]])
    async with app.run_test(size=(40, 5)):
        label, value, *_ = app.view.render_line(0)
        colours = [segment.style.color.get_truecolor() for segment in (label, value)]
        assert max(colours[0]) < max(colours[1])
