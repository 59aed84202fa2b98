"""What is read of a resource: its details and its JSON, with a search in each."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import ContentSwitcher, Static
from textual.worker import Worker, WorkerState

from scimtui.ops.uncollected import uncollected
from scimtui.scim.resource import natural_key
from scimtui.tui.lines.find_bar import FindBar, FindInput
from scimtui.tui.lines.json_lines import json_lines
from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.lines.model import matching, pattern_of
from scimtui.tui.resource.detail_lines import DetailLines, detail_lines
from scimtui.tui.resource.detail_list import DetailList, copy_value
from scimtui.tui.resource.resource_details import Details, read_details
from scimtui.tui.view import worker_error_line

if TYPE_CHECKING:
    from scimtui.ops.changed_since import Earlier
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.view import Shell

DETAILS, JSON = "details", "json"
AT_ONCE = 100
"""Elements of a list that are shown at first; the others follow."""
ANOTHER_LOOK = 0.2
"""Seconds until the groups are asked for again that another thread is reading."""
PLACEHOLDERS = {DETAILS: "only lines with these letters", JSON: "search; n and N go on"}


class ResourceReader(Vertical):
    """Everything of it is made in threads, and again when there is more or less room."""

    DEFAULT_CSS = """
    ResourceReader { height: 1fr; }
    ResourceReader ContentSwitcher { height: 1fr; }
    ResourceReader #notice { height: auto; max-height: 3; padding: 0 1; background: $warning 25%; display: none; }
    ResourceReader #notice.-shown { display: block; }
    ResourceReader #about {
        height: 1; padding: 0 1; background: $surface; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(self, session: Session, resource_type: ResourceType, mode: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.session = session
        self.resource_type = resource_type
        self.mode = mode
        self._raw: Mapping[str, Any] = {}
        self._details = Details()
        self._in_json: Mapping[str, Any] | None = None
        """What the JSON shows."""

    def compose(self) -> ComposeResult:
        """Compose the search, a notice, both faces, and the description of a line."""
        yield FindBar()
        yield Static("", id="notice", markup=False)
        with ContentSwitcher(initial=self.mode):
            yield DetailList(id=DETAILS)
            yield LineView(id=JSON)
        yield Static("", id="about", markup=False)

    @property
    def rows(self) -> DetailList:
        """The details."""
        return self.query_one(DetailList)

    @property
    def face(self) -> LineView:
        """What is shown: details or JSON."""
        return self.query_one(f"#{self.mode}", LineView)

    @property
    def shell(self) -> Shell:
        """The screen around the tab."""
        return cast("Shell", self.screen)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.shell.say(worker_error_line(event.worker.error), "error")

    # ------------------------------------------------------------------ showing

    @work(exclusive=True, group="show", exit_on_error=False)
    async def show(self, raw: Mapping[str, Any], earlier: Earlier | None = None) -> None:
        """Show a resource: the beginning of its lists at once, then all of it."""
        self._raw = raw
        session, kind = self.session, self.resource_type
        most: int | None = AT_ONCE
        is_lacking = True
        while is_lacking:
            self._details = await asyncio.to_thread(
                read_details, session, kind, raw, with_empty=True, most=most, earlier=earlier
            )
            await self._paint()
            is_lacking = self._details.is_cut or self._details.is_waiting
            await asyncio.sleep(ANOTHER_LOOK if self._details.is_waiting and most is None else 0)
            most = None

    def say(self, notice: str) -> None:
        """Show a notice above the resource as long as it holds; "" takes it away. Safe text."""
        shown = self.query_one("#notice", Static)
        shown.update(notice)
        shown.set_class(bool(notice), "-shown")

    def turn_to(self, mode: str) -> None:
        """Show the other face; a search ends with the one that it was in."""
        if mode != self.mode:
            self.end_search()
        self.mode = mode
        self.query_one(ContentSwitcher).current = mode
        self.query_one("#about").display = mode == DETAILS
        self._repaint()

    @work(exclusive=True, group="paint", exit_on_error=False)
    async def _repaint(self) -> None:
        await self._paint()

    async def _paint(self) -> None:
        """Make the lines of the face that is shown, with what is looked for marked in them; the newest wish wins."""
        details, raw, pattern = self._details, self._raw, pattern_of(self.query_one(FindBar).text)
        face, lines = self.face, self.face.lines
        if self.mode == DETAILS:
            lines = await asyncio.to_thread(self._lines, details, self.rows.room, self.query_one(FindBar).text)
        elif self._in_json is not raw:
            lines = await asyncio.to_thread(json_lines, raw)
        matches = [] if pattern is None else await asyncio.to_thread(_found, lines, pattern)
        now = pattern_of(self.query_one(FindBar).text)
        if (face, details, raw, pattern) != (self.face, self._details, self._raw, now):
            return
        face.show_matches(None, [])  # or the search would be made again here, in other lines
        if self.mode == DETAILS:
            self.rows.show_lines(lines)
        elif self._in_json is not raw:
            face.set_lines(lines)
            self._in_json = raw
        face.show_matches(pattern, matches)
        self._count()

    @uncollected
    def _lines(self, details: Details, room: int, text: str) -> DetailLines:
        return detail_lines(details, room, wrap=True, text=text)

    @on(DetailList.Widened)
    def _widened(self, event: DetailList.Widened) -> None:
        event.stop()
        if self.mode == DETAILS:
            self._repaint()

    @on(DetailList.Moved)
    def _moved(self, event: DetailList.Moved) -> None:
        event.stop()
        self.query_one("#about", Static).update(self.rows.about, layout=False)

    # ------------------------------------------------------------------ searching

    @property
    def is_searching(self) -> bool:
        """Whether something is looked for."""
        return bool(self.query_one(FindBar).text)

    def search(self) -> None:
        """Ask what to look for: in the details other lines go, in the JSON they stay."""
        self.query_one(FindBar).begin(PLACEHOLDERS[self.mode])

    def next_match(self, step: int) -> None:
        """Go to the next line that was found, or to the one before."""
        (self.face.next_match if step > 0 else self.face.previous_match)()
        self._count()

    def end_search(self) -> bool:
        """Look for nothing any more; False where nothing was looked for."""
        bar = self.query_one(FindBar)
        was_shown = bar.has_class("-shown")
        bar.end()
        return was_shown

    def _count(self) -> None:
        number, count = self.face.match_position
        words = f"{number:,} of {count:,}" if count else "nothing"
        self.query_one(FindBar).show_found(words if self.is_searching else "")

    @on(FindBar.Typed)
    def _typed(self, event: FindBar.Typed) -> None:
        event.stop()
        self._repaint()

    @on(FindInput.Left)
    def _left(self, event: FindInput.Left) -> None:
        event.stop()
        if event.given_up or not self.is_searching:
            self.end_search()
        self.face.focus()

    # ------------------------------------------------------------------ using

    @on(LineView.Chosen, f"#{DETAILS}")
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self.rows.follow(self.shell, self.session)

    async def copy(self) -> None:
        """Copy the value under the cursor, or the name of the resource where there is none."""
        row = self.rows.row if self.mode == DETAILS else None
        await copy_value(self.app, self.shell, row, natural_key(self._raw))


def _found(lines: Sequence[Line], pattern: re.Pattern[str]) -> list[int]:
    """Return the indexes of the lines that were looked for: of the details every row that is still there."""
    return lines.rows if isinstance(lines, DetailLines) else matching(lines, pattern)
