"""Looks for people and groups in the cache: results come with every letter, several can be ticked, a list can be pasted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from scimtui.ops import browse, search
from scimtui.ops.lookup import Found, find, read_list
from scimtui.ops.memberships import group_types
from scimtui.ops.uncollected import uncollected
from scimtui.present.cells import safe
from scimtui.present.columns import INACTIVE
from scimtui.present.member_words import candidates, chosen_of
from scimtui.present.wording import count_of
from scimtui.tui.dialogs.lookup_dialog import FoundDialog, ListDialog, Looked
from scimtui.tui.dialogs.search_field import SearchField, SearchLine
from scimtui.tui.filter.filter_bar import list_in
from scimtui.tui.table.virtual_table import Row, TableColumn, VirtualTable
from scimtui.tui.view import worker_error_line

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

COLUMNS = (
    TableColumn("name"),
    TableColumn("user name"),
    TableColumn("type", 9),
    TableColumn("state", 12, kind="state"),
)
PLACEHOLDER = "letters of a name, user name, e-mail address or id"
SEVERAL_KEYS = "Enter {verb} · ↓ Space ticks · V range · * all · ^L a whole list · Esc close"
ONE_KEYS = "Enter choose · ↓ ↑ move · Esc close"


@dataclass(frozen=True, slots=True)
class Searchable:
    """Who can be looked for, and what for."""

    session: Session
    types: Sequence[ResourceType]
    title: str
    """Safe text."""
    verb: str
    """What Enter does with them: "adds"."""
    notes: Mapping[str, str]
    """By type and id, as in the rows: what is to be said in place of the state; who has a note cannot be chosen."""
    several: bool = True


@dataclass(frozen=True, slots=True)
class _Loaded:
    rows: Sequence[Row]
    complete: bool


class PasteField(SearchField):
    """A field that knows a pasted list when it sees one."""

    def __init__(self, pressed: Callable[[events.Key], bool], pasted: Callable[[list[str]], object]) -> None:
        super().__init__(PLACEHOLDER, pressed)
        self._pasted = pasted

    def on_paste(self, event: events.Paste) -> None:
        """Take a list; one line goes into the field."""
        if lines := list_in(event.text):
            event.stop()
            event.prevent_default()
            self._pasted(lines)


class MemberSearch(ModalScreen[list[tuple[str, str]]]):
    """Gives back type and id of those chosen, [] after Esc."""

    DEFAULT_CSS = """
    MemberSearch { align: center middle; background: $background 60%; }
    MemberSearch > Vertical { width: 95%; max-width: 110; height: 85%; background: $surface; border: round $primary; }
    MemberSearch VirtualTable { background: $surface; }
    MemberSearch #notice { height: auto; max-height: 2; padding: 0 1; color: $text-muted; }
    MemberSearch #notice.-wrong { color: $text-error; }
    MemberSearch #keys { height: auto; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, searchable: Searchable) -> None:
        super().__init__()
        self._searchable = searchable
        self._loaded = _Loaded((), complete=True)
        self._runs: Mapping[str, Callable[[], object]] = {
            "space": self._tick, "V": self._tick_range, "asterisk": self._tick_all,
            "slash": self._search, "enter": self._take, "ctrl+l": self._ask_list,
        }  # fmt: skip

    def compose(self) -> ComposeResult:
        """Compose the field, those found, what is ticked, and the keys."""
        with Vertical() as box:
            box.border_title = Content(self._searchable.title)
            yield SearchLine(PasteField(self._pressed_in_field, self._look_up))
            yield VirtualTable(COLUMNS, id="found")
            yield Static("", id="notice", markup=False)
            several = SEVERAL_KEYS.format(verb=self._searchable.verb)
            yield Static(several if self._searchable.several else ONE_KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Type at once; those found come from the cache."""
        self._table.empty_text = "Opening the cache…"
        self._field.focus()
        self._load()

    @property
    def _table(self) -> VirtualTable:
        return self.query_one(VirtualTable)

    @property
    def _field(self) -> PasteField:
        return self.query_one(PasteField)

    # ------------------------------------------------------------------ finding

    @work(exclusive=True, group="load", exit_on_error=False)
    async def _load(self) -> None:
        self._loaded = await asyncio.to_thread(_read, self._searchable)
        self._show()

    def _show(self) -> None:
        rows, text = self._loaded.rows, self._field.value.strip()
        view = search.plain(rows, text) if text else None
        self._table.empty_text = "Nobody here is called so." if text else "Nobody is in the cache. R syncs this tenant."
        self._table.set_rows(rows, view, row_style=_row_style)
        self._say_counts()

    def _say_counts(self) -> None:
        shown, marked = len(self._table.view), len(self._table.marked)
        found = f"{count_of(shown, 'match', 'matches')} of {len(self._loaded.rows):,}"
        ticked = f" · {marked:,} ticked" if marked else ""
        partial_copy = "" if self._loaded.complete else " · the cache is INCOMPLETE"
        self._say(f"{found}{ticked}{partial_copy}")

    def _say(self, text: str, *, wrong: bool = False) -> None:
        notice = self.query_one("#notice", Static)
        notice.set_class(wrong, "-wrong")
        notice.update(text)

    # ------------------------------------------------------------------ a pasted list

    @work(exclusive=True, group="list", exit_on_error=False)
    async def _ask_list(self) -> None:
        lines = await self.app.push_screen_wait(ListDialog(self._searchable.title)) if self._is_several else None
        if lines:
            self._look_up(lines)

    @work(exclusive=True, group="look-up", exit_on_error=False)
    async def _look_up(self, lines: Sequence[str]) -> None:
        if not self._is_several:
            return
        pasted, loaded = read_list(lines), self._loaded
        answers = await asyncio.to_thread(find, _keyed(loaded.rows), pasted.lines)
        looked = Looked(self._searchable.title, Found(answers, pasted, loaded.complete), "not found")
        if await self.app.push_screen_wait(FoundDialog(looked)):
            self._table.marked |= self._takeable(looked.found.ids)
            self._table.refresh()
            self._say_counts()

    @property
    def _is_several(self) -> bool:
        return self._searchable.several

    # ------------------------------------------------------------------ choosing

    def _takeable(self, ids: Collection[str]) -> set[str]:
        return {one for one in ids if one not in self._searchable.notes}

    def _tick(self) -> None:
        if self._is_several and (note := self._searchable.notes.get(self._table.cursor_id or "")):
            self._say(f"{self._table.cursor_cells[0]}: {note}", wrong=True)
        elif self._is_several:
            self._table.toggle_mark()

    def _tick_range(self) -> None:
        if self._is_several:
            self._table.mark_range()

    def _tick_all(self) -> None:
        if self._is_several:
            self._table.mark_all()

    def _search(self) -> None:
        self._field.focus()

    def _take(self) -> None:
        """Take those ticked, else the one under the cursor."""
        cursor, notes = self._table.cursor_id or "", self._searchable.notes
        ids = self._takeable(self._table.marked) or self._takeable([cursor] if cursor else [])
        if ids:
            self.dismiss(chosen_of(sorted(ids)))
        elif cursor in notes:
            self._say(f"{self._table.cursor_cells[0]}: {notes[cursor]}", wrong=True)
        else:
            self._say("Nobody is chosen", wrong=True)

    # ------------------------------------------------------------------ keys

    def on_key(self, event: events.Key) -> None:
        """Take a key of the list, or close."""
        run = self._runs.get(event.key)
        if run is not None:
            run()
        elif not self._closes(event):
            return
        event.stop()
        event.prevent_default()

    def _pressed_in_field(self, event: events.Key) -> bool:
        """Take a key of the search: it moves in the list, chooses, or goes there."""
        moves = {"up": -1, "pageup": 0, "pagedown": 0}
        if event.key in ("down", "tab") and self._is_several:
            self._table.focus()
        elif event.key in moves or event.key == "down":
            self._move(event.key)
        elif event.key in ("enter", "ctrl+l"):
            self._runs[event.key]()
        elif event.key == "escape" and self._field.value:
            self._field.value = ""
        else:
            return self._closes(event)
        return True

    def _move(self, key: str) -> None:
        moves = {"up": partial(self._table.action_move, -1), "down": partial(self._table.action_move, 1)}
        pages = {"pageup": partial(self._table.action_page, -1), "pagedown": partial(self._table.action_page, 1)}
        {**moves, **pages}[key]()

    def _closes(self, event: events.Key) -> bool:
        if event.key in ("escape", "ctrl+c", "q") and not (event.key == "q" and self._field.has_focus):
            self.dismiss([])
            return True
        return False

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        event.stop()
        self._take()

    @on(VirtualTable.Marked)
    def _marked(self, event: VirtualTable.Marked) -> None:
        event.stop()
        self._say_counts()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            event.stop()
            self._say(worker_error_line(event.worker.error), wrong=True)


@uncollected
def _read(searchable: Searchable) -> _Loaded:
    """Read everybody from the cache; those with a note say it in place of their state."""
    session, notes = searchable.session, searchable.notes
    groups = {one.name for one in group_types(session)}
    rows: list[Row] = []
    complete = True
    for known in searchable.types:
        found = browse.rows(session, known.name, candidates(known.name, is_group=known.name in groups))
        rows += found.rows
        complete = complete and found.state is not None and found.state.complete
    if notes:
        rows = [row if row[0] not in notes else (*row[:5], f"✓ {notes[row[0]]}") for row in rows]
    return _Loaded(rows, complete)


def _keyed(rows: Sequence[Row]) -> list[Row]:
    """Return the rows in the form in which a list is looked up: id, nothing, name, keys."""
    return [(row[0], "", row[3] or row[2], row[1]) for row in rows]


def _row_style(row: Row) -> str:
    return "inactive" if row[5] == INACTIVE else "good" if row[5].startswith("✓") else ""


def row_key(type_name: str, identity: str) -> str:
    """Return how a resource is called in the rows of a search."""
    return f"{safe(type_name)}\n{safe(identity)}"
