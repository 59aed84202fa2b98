"""Asks for a list and for the tenants that it is looked up in: pasted or typed text, or the path of a file."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea
from textual.worker import Worker, WorkerState

from scimtui.errors import UsageError
from scimtui.ops.table_file import TableFile, column, path_in, read_table, table_of
from scimtui.present.cells import safe
from scimtui.present.wording import tenant_name
from scimtui.tui.dialogs.choice_dialog import ChoiceDialog
from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.view import worker_error_line

if TYPE_CHECKING:
    from scimtui.config import Tenant

HINT = "Paste a list, CSV too, or the path of a file. A column that names people is found by its title."
KEYS = "^S look up · Tab the tenants · Esc close"
TENANT_KEYS = "Space tick · * all or none · ^S look up · Tab the list · Esc close"
MOST_TENANTS = 6
"""So many tenants are on the screen at once."""


@dataclass(frozen=True, slots=True)
class Given:
    """A list, the column of it that names people, and where they are looked for."""

    table: TableFile
    place: int
    tenants: tuple[str, ...]


class GivenDialog(ModalScreen[Given | None]):
    """Gives back the list, None after Esc."""

    DEFAULT_CSS = """
    GivenDialog { align: center middle; background: $background 60%; }
    GivenDialog > Vertical { width: 95%; max-width: 100; height: 85%; background: $surface; border: round $primary; padding: 0 1; }
    GivenDialog TextArea, GivenDialog TextArea:focus { height: 1fr; border: none; padding: 0; background: $panel; }
    GivenDialog Static { height: auto; color: $text-muted; }
    GivenDialog #tenants { margin-top: 1; }
    GivenDialog #notice { min-height: 1; max-height: 3; }
    GivenDialog #notice.-wrong { color: $text-error; }
    """

    def __init__(self, tenants: Sequence[Tenant], ticked: Sequence[str]) -> None:
        super().__init__()
        self._tenants = tenants
        self._ticked = set(ticked)

    def compose(self) -> ComposeResult:
        """Compose the field, the tenants, what is wrong, and the keys."""
        with Vertical() as box:
            box.border_title = "People from a list"
            yield Static(HINT, markup=False)
            yield TextArea(show_line_numbers=True, soft_wrap=False)
            yield LineView(selectable=True, id="tenants")
            yield Static("", id="notice", markup=False)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Be ready for a paste."""
        self._list.styles.height = min(len(self._tenants), MOST_TENANTS)
        self._show_tenants()
        self.query_one(TextArea).focus()

    @property
    def _list(self) -> LineView:
        return self.query_one("#tenants", LineView)

    def _show_tenants(self) -> None:
        self._list.set_lines([self._tenant_line(one) for one in self._tenants])

    def _tenant_line(self, tenant: Tenant) -> Line:
        tick = "[x]" if tenant.name in self._ticked else "[ ]"
        return [(f" {tick} ", "value"), (tenant_name(tenant), "bad" if tenant.production else "value")]

    def on_descendant_focus(self) -> None:
        """Say the keys of what has the focus."""
        self.query_one("#keys", Static).update(TENANT_KEYS if self._list.has_focus else KEYS)

    # ------------------------------------------------------------------ keys

    def on_key(self, event: events.Key) -> None:
        """Tick, look up or close."""
        is_at_tenants = self._list.has_focus
        if event.key == "ctrl+s":
            self._take()
        elif event.key in ("escape", "ctrl+c"):
            self.dismiss(None)
        elif is_at_tenants and event.key in ("space", "enter"):
            self._tick()
        elif is_at_tenants and event.character == "*":
            self._ticked = set() if self._ticked else {one.name for one in self._tenants}
            self._show_tenants()
        else:
            return
        event.stop()
        event.prevent_default()

    def _tick(self) -> None:
        self._ticked ^= {self._tenants[self._list.cursor].name}
        self._show_tenants()
        self._list.move_to(self._list.cursor + 1)

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self._tick()

    # ------------------------------------------------------------------ the list

    @work(exclusive=True, group="read", exit_on_error=False)
    async def _take(self) -> None:
        text = self.query_one(TextArea).text
        if not text.strip():
            self._say("There is no list yet: paste one, or the path of a file", wrong=True)
        elif not self._ticked:
            self._say("No tenant is ticked: Tab goes to them, Space ticks", wrong=True)
        else:
            self._say("reading…")
            await self._read(text)

    async def _read(self, text: str) -> None:
        table = await asyncio.to_thread(table_given, text)
        try:
            place: int | None = column(table)
        except UsageError:  # several could be meant
            place = await self._ask_column(table)
        if place is None:
            self._say("")
            return
        tenants = tuple(one.name for one in self._tenants if one.name in self._ticked)
        self.dismiss(Given(table, place, tenants))

    async def _ask_column(self, table: TableFile) -> int | None:
        first = table.rows[0][1] if table.rows else table.header
        choices = [(str(place), safe(f"{title}: {first[place]}")) for place, title in enumerate(table.header) if title]
        chosen = await self.app.push_screen_wait(ChoiceDialog("Which column names the people?", choices))
        return None if chosen is None else int(chosen)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        notice = self.query_one("#notice", Static)
        notice.set_class(wrong, "-wrong")
        notice.update(Content(text))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what is wrong with the list; it stays there."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            event.stop()
            self._say(worker_error_line(event.worker.error), wrong=True)


def table_given(text: str) -> TableFile:
    """Return the list that was pasted, or that is in the file whose path was. Blocks for the disk.

    Raises:
        UsageError: it is no list.
    """
    path = path_in(text)
    return table_of(text, "The pasted text") if path is None else read_table(Path(path))
