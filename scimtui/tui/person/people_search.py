"""Looks for people over the caches of all tenants while one types; each is found once, with the tenants they are in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from scimtui.errors import ScimtuiError
from scimtui.ops.memberships import group_types
from scimtui.ops.people_search import NOBODY, Everybody, FoundPeople, completed, everybody, named
from scimtui.present.cells import safe
from scimtui.present.columns import INACTIVE, default_columns, projection
from scimtui.present.person_words import SEARCH_COLUMNS, found_line, found_rows
from scimtui.present.wording import count_of, error_line
from scimtui.tui.dialogs.search_field import SearchField, SearchLine
from scimtui.tui.table.virtual_table import Row, TableColumn, VirtualTable
from scimtui.tui.view import worker_error_line

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.tui.view import Shell

MOST = 100
"""Accounts of one tenant that are shown; who wants to see more types more."""
FEWEST_LETTERS = 2
PATIENCE = 0.15
"""Seconds without a key after which other accounts of those found are looked for: 0.1 s for each 100,000 people."""
SYNC_LOOK = 0.3
"""Seconds between two looks at how far a sync is."""
PLACEHOLDER = "letters of a name, user name, e-mail address or id"
KEYS = "Enter all their accounts · ↓ ↑ move · Esc close"


class PeopleSearch(ModalScreen[tuple[str, str] | None]):
    """Gives back a tenant and an id there; None after Esc."""

    DEFAULT_CSS = """
    PeopleSearch { align: center middle; background: $background 60%; }
    PeopleSearch > Vertical { width: 95%; max-width: 120; height: 85%; background: $surface; border: round $primary; }
    PeopleSearch VirtualTable { background: $surface; }
    PeopleSearch #notice { height: auto; max-height: 3; padding: 0 1; color: $text-muted; }
    PeopleSearch #notice.-wrong { color: $text-error; }
    PeopleSearch #keys { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, shell: Shell, tenants: Sequence[str]) -> None:
        super().__init__()
        self._shell = shell
        self._names = tenants
        self._tenants: dict[str, Everybody] = {}
        self._troubles: list[str] = []
        self._unread = len(tenants)
        self._asked = 0
        self._found = NOBODY

    def compose(self) -> ComposeResult:
        """Compose the field, those found, what is to be said of them, and the keys."""
        with Vertical() as box:
            box.border_title = "Find a person in all tenants"
            yield SearchLine(SearchField(PLACEHOLDER, self._pressed))
            yield VirtualTable(
                [
                    TableColumn(one, 13 if one == "state" else 0, kind="state" if one == "state" else "text")
                    for one in SEARCH_COLUMNS
                ]
            )
            yield Static("", id="notice", markup=False)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Type at once; the caches come one after the other."""
        self.query_one(SearchField).focus()
        self._table.can_focus = False
        self._show(NOBODY)
        self._load()

    @property
    def _table(self) -> VirtualTable:
        return self.query_one(VirtualTable)

    @property
    def _text(self) -> str:
        return self.query_one(SearchField).value.strip()

    # ------------------------------------------------------------------ finding

    @work(exclusive=True, group="load", exit_on_error=False)
    async def _load(self) -> None:
        self._unread, self._troubles = len(self._names), []
        for name in self._names:
            try:
                known = await asyncio.to_thread(_people_of, self._shell.session(name))
            except ScimtuiError as error:
                self._troubles.append(f"{safe(name)}: {error_line(error)}")
                known = None
            self._unread -= 1
            if known is not None:
                self._tenants[name] = known
            self._look()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._look()

    @work(exclusive=True, group="find", exit_on_error=False)
    async def _look(self) -> None:
        """Show who is called so, then where else they are; letters that come meanwhile end both."""
        self._asked += 1
        is_wanted = partial(self._is_asked, self._asked)
        tenants, text = [*self._tenants.values()], self._text
        if len(text) < FEWEST_LETTERS:
            self._show(NOBODY)
            return
        found = await asyncio.to_thread(named, tenants, text, MOST, is_wanted)
        self._show(found)
        if found.people:
            await asyncio.sleep(PATIENCE)
            self._show(await asyncio.to_thread(completed, tenants, found, is_wanted))

    def _is_asked(self, number: int) -> bool:
        return number == self._asked

    def _show(self, found: FoundPeople) -> None:
        self._found = found
        self._table.empty_text = self._nobody_text()
        self._table.set_rows(found_rows(found, self._text), row_style=_row_style)
        told = found_line(found) if len(self._text) >= FEWEST_LETTERS else self._whole_line()
        partial_caches = ", ".join(safe(name) for name in self._partial())
        warning = f"Not everybody of {partial_caches} is in the cache; ^R syncs" if partial_caches else ""
        self._say("\n".join(line for line in (told, warning, *self._troubles[:2]) if line), wrong=bool(self._troubles))

    def _say(self, text: str, *, wrong: bool = False) -> None:
        notice = self.query_one("#notice", Static)
        notice.set_class(wrong, "-wrong")
        notice.update(text)

    def _partial(self) -> list[str]:
        return [name for name, one in self._tenants.items() if not one.is_complete]

    def _nobody_text(self) -> str:
        if len(self._text) < FEWEST_LETTERS:
            return "Type two letters or more."
        return "Opening the caches…" if self._unread else "Nobody here is called so.\nOnly what was synced is searched."

    def _whole_line(self) -> str:
        people = sum(len(one.rows) for one in self._tenants.values())
        opening = f", opening {count_of(self._unread, 'more')}" if self._unread else ""
        return f"{count_of(people, 'account')} in {count_of(len(self._tenants), 'tenant')}{opening}"

    # ------------------------------------------------------------------ syncing

    @work(exclusive=True, group="sync", exit_on_error=False)
    async def _sync(self) -> None:
        """Sync the people of those tenants whose caches do not hold everybody, and look again."""
        names = self._partial()
        for name in names:
            session = self._shell.session(name)
            self._shell.start_sync(session, ["User", *(one.name for one in group_types(session))])
        running = names
        while running:
            await asyncio.sleep(SYNC_LOOK)
            running = [name for name in names if self._shell.sync_text(name, "User")]
            self._say(" · ".join(f"{safe(name)}: {self._shell.sync_text(name, 'User')}" for name in running))
        self._load()

    # ------------------------------------------------------------------ keys

    def _pressed(self, event: events.Key) -> bool:
        """Take a key of the search: it moves in the list, chooses, or closes."""
        moves = {"up": -1, "down": 1, "ctrl+p": -1, "ctrl+n": 1}
        pages = {"pageup": -1, "pagedown": 1}
        if event.key in moves:
            self._table.action_move(moves[event.key])
        elif event.key in pages:
            self._table.action_page(pages[event.key])
        elif event.key == "ctrl+r":
            self._sync()
        elif event.key == "enter":
            self._choose(self._table.cursor_id)
        elif event.key in ("escape", "ctrl+c"):
            self._close()
        else:
            return False
        return True

    def _close(self) -> None:
        """Take the letters away, then close."""
        field = self.query_one(SearchField)
        if field.value:
            field.value = ""
        else:
            self.dismiss(None)

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        event.stop()
        self._choose(event.row_id)

    def _choose(self, row: str | None) -> None:
        if row:
            tenant, _, identity = row.partition("\n")
            self.dismiss((tenant, identity))

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            event.stop()
            self._troubles = [worker_error_line(event.worker.error)]
            self._show(self._found)


def _people_of(session: Session) -> Everybody | None:
    kind = session.provider.resource_type("User")
    return everybody(session, projection(default_columns(kind), kind)) if kind is not None else None


def _row_style(row: Row) -> str:
    return "inactive" if row[4] == INACTIVE else ""
