"""One line with the open tabs."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.widget import Widget

LONGEST_TITLE = 28


class TabStrip(Widget):
    """Titles of the open tabs; a click switches, a click on × closes."""

    DEFAULT_CSS = "TabStrip { height: 1; background: $surface; color: $text-muted; }"

    class Switched(Message):
        """A tab was clicked."""

        def __init__(self, index: int, *, close: bool) -> None:
            super().__init__()
            self.index = index
            self.close = close

    def __init__(self) -> None:
        super().__init__()
        self._titles: list[str] = []
        self._current = 0
        self._places: list[tuple[int, int, int]] = []

    def show(self, titles: list[str], current: int) -> None:
        """Show these safe titles."""
        if (titles, current) != (self._titles, self._current):
            self._titles, self._current = titles, current
            self.refresh()

    def render(self) -> RenderResult:
        """Return the tabs around the current one, as many as fit."""
        self._places = []
        line = Text(no_wrap=True, end="")
        accent = self.app.theme_variables.get("primary", None)
        for index in range(self._first_shown(), len(self._titles)):
            title = self._short(self._titles[index])
            start, chosen = line.cell_len, index == self._current
            line.append("▌" if chosen else " ", Style(color=accent))
            line.append(f"{title} ", Style(bold=chosen, color=accent if chosen else None))
            line.append("× " if chosen else "  ", Style(dim=True))
            self._places.append((start, line.cell_len, index))
        return line

    def place_of(self, index: int) -> int | None:
        """Return the column at which a tab begins, None when it is not shown."""
        return next((start for start, _, shown in self._places if shown == index), None)

    def on_click(self, event: events.Click) -> None:
        """Switch to the tab, or close it when its × was hit."""
        for start, end, index in self._places:
            if start <= event.x < end:
                self.post_message(self.Switched(index, close=index == self._current and event.x >= end - 2))

    def _first_shown(self) -> int:
        room, first = self.size.width, self._current
        while first >= 0 and first < len(self._titles):
            room -= cell_len(self._short(self._titles[first])) + 4
            if room < 0:
                return min(first + 1, self._current)
            first -= 1
        return 0

    @staticmethod
    def _short(title: str) -> str:
        return title if cell_len(title) <= LONGEST_TITLE else set_cell_size(title, LONGEST_TITLE - 1) + "…"
