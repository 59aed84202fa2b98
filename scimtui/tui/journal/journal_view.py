"""What was written to a tenant, in a tab: the newest first, one write in full, and what became of an interrupted one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, cast, overload

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from scimtui.ops import history
from scimtui.ops.interrupted import can_be_looked_up, look_up
from scimtui.ops.journal_list import JournalList, Listed, details, matching
from scimtui.present.cells import safe
from scimtui.present.changes import outcome_line
from scimtui.present.journal_words import listed_cells, verified_line
from scimtui.present.wording import count_of
from scimtui.tui.action import Where
from scimtui.tui.actions import bindings_for
from scimtui.tui.journal.journal_lines import raw_lines, write_lines
from scimtui.tui.lines.find_bar import FindBar, FindInput
from scimtui.tui.lines.line_view import LineView, text_of
from scimtui.tui.rows.rows_view import RowsView
from scimtui.tui.table.virtual_table import Row, TableColumn, VirtualTable
from scimtui.tui.view import Header, View

if TYPE_CHECKING:
    from pathlib import Path

    from scimtui.ops.session import Session
    from scimtui.tui.app import ScimtuiApp
    from scimtui.tui.lines.model import Line
    from scimtui.tui.shell.shell_screen import ShellScreen

LOOKED_AGAIN = 2.0
"""Seconds between two looks whether something was written, by this program or another; nothing is read where not."""
NEED_A_ROW = frozenset({"open", "json", "copy", "mark", "mark_range", "mark_all", "look_up_outcome", "undo"})
_EMPTY = "Nothing was written yet.\nEach is put down here before it is sent: who, why, before and after."
_NOT_FOUND = "No write has these words.\nEsc shows all of them again."
_NO_HISTORY = "Nothing was written to it from here.\nWhat others did at the provider stands in no journal of ours."


def open_journal(shell: ShellScreen) -> None:
    """Open the journal of the tenant that is looked at."""
    if shell.view is not None:
        shell.open_tab({"view": "journal", "tenant": shell.view.session.tenant.name, "resource": ""})


def open_history(shell: ShellScreen) -> None:
    """Open what was written to the resource that is looked at, or that the cursor is on."""
    view = shell.view
    if view is None:
        return
    identity, name = getattr(view, "identity", ""), view.title
    if isinstance(view, RowsView):
        identity, name = view.table.cursor_id or "", next(iter(view.table.cursor_cells), "")
    if not identity:
        shell.say("History: there is no resource here that the provider has", "warning")
        return
    spec = {"view": "journal", "tenant": view.session.tenant.name, "resource": identity}
    shell.open_tab(spec, JournalView(view.session, identity, name))


OPENERS = {"journal": open_journal, "history": open_history}
"""By the action that opens it."""


class _Rows(Sequence[Row]):
    """The writes as rows of the table; a row is made when it comes on the screen."""

    def __init__(self, writes: Sequence[Listed], *, with_tenant: bool) -> None:
        self.writes = writes
        self._with_tenant = with_tenant
        self._now = datetime.now(UTC)

    def __len__(self) -> int:
        return len(self.writes)

    def __iter__(self) -> Iterator[Row]:
        """Yield the ids alone: the table goes through all rows to find one, and 50,000 whole ones would hold it for 0.2 s."""
        return ((write.id, "") for write in self.writes)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self.writes)))]
        write = self.writes[index]
        return (write.id, "", *listed_cells(write, self._now, with_tenant=self._with_tenant))


def _column(title: str) -> TableColumn:
    fixed = {"When": 12, "Outcome": 13, "Id": 0}
    return TableColumn(title, fixed.get(title, 0), kind="state" if title == "Outcome" else "text")


def _lines_of(home: Path, chosen: Listed, width: int) -> Sequence[Line]:
    """Return a write in words that fit a width, or as raw JSON for 0. Blocks for the disk."""
    write = details(home, chosen)
    if write is None:
        return [[("It is not in the journal any more; v says what is wrong.", "bad")]]
    return write_lines(write, datetime.now(UTC), width) if width else raw_lines(write)


class JournalView(View):
    """The list above; below, once asked for, the write under the cursor."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.JOURNAL,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Where.JOURNAL)
    DEFAULT_CSS = """
    JournalView { height: 1fr; }
    JournalView #writes { height: 2fr; }
    JournalView #write { height: 3fr; border-top: hkey $panel; padding: 0 1; display: none; }
    JournalView.-with-details #write { display: block; }
    """

    def __init__(self, session: Session, resource_id: str = "", name: str = "", *, all_tenants: bool = False) -> None:
        super().__init__(session)
        self.resource_id = resource_id
        """Only what was written to this resource; "" for everything."""
        self._called = name
        self._all_tenants = all_tenants
        self._list: JournalList | None = None
        self._rows = _Rows((), with_tenant=False)
        self._is_raw = False
        self._interrupted = 0

    def compose(self) -> ComposeResult:
        """Compose the filter, the list and the details."""
        yield FindBar()
        yield VirtualTable(id="writes")
        yield LineView(id="write")

    def on_mount(self) -> None:
        """Read the journal, and look again while the tab is looked at."""
        self._begin()
        self.set_interval(LOOKED_AGAIN, self._look_again)

    @property
    def table(self) -> VirtualTable:
        """The list."""
        return self.query_one(VirtualTable)

    @property
    def title(self) -> str:
        """Whose journal it is."""
        if self.resource_id:
            return f"history {safe(self._called or self.resource_id)}"
        return "journal of all" if self._all_tenants else f"journal {safe(self.session.tenant.name)}"

    def header(self) -> Header:
        """Say how many writes there are, and how many of them nobody knows the end of."""
        shown = len(self.table.view) if self.is_mounted else 0
        parts = [f"all tenants: {count_of(shown, 'write')}" if self._all_tenants else count_of(shown, "write")]
        if self._interrupted:
            parts.append(f"? {self._interrupted:,} interrupted")
        if self._list is not None and not self._list.complete:
            parts.append("reading on")
        return Header(self.session.tenant, tuple(parts))

    def spec(self) -> dict[str, str] | None:
        """Remember whose journal it is."""
        told = {"view": "journal", "tenant": self.session.tenant.name, "resource": self.resource_id}
        return {**told, "name": self._called, "all": "yes" if self._all_tenants else ""}

    def focus_first(self) -> None:
        """Start in the list."""
        self.table.focus()

    def leave(self) -> bool:
        """Close the details, then end the filter."""
        if self.has_class("-with-details"):
            self.remove_class("-with-details")
            self.table.focus()
            return True
        bar = self.query_one(FindBar)
        was_shown = bar.has_class("-shown")
        bar.end()
        return was_shown

    def why_not(self, action_id: str) -> str | None:
        """Say why an action means nothing here or for the write under the cursor."""
        chosen = self._chosen
        if action_id in NEED_A_ROW and chosen is None:
            return "there is no write here"
        if action_id == "look_up_outcome" and chosen is not None and not can_be_looked_up(chosen.outcome):
            return "how this one ended is known"
        if action_id == "all_tenants" and self.resource_id:
            return "this is the history of one resource; J opens the journal"
        return None

    @property
    def _chosen(self) -> Listed | None:
        table = self.table
        return self._rows.writes[table.view[table.cursor_row]] if table.view else None

    # ------------------------------------------------------------------ reading

    @work(exclusive=True, group="journal", exit_on_error=False)
    async def _begin(self) -> None:
        """Read from the end: the first page is there at once, the others follow."""
        home = cast("ScimtuiApp", self.app).home
        names = await asyncio.to_thread(history.tenants_with_journal, home) if self._all_tenants else None
        found = self._list = JournalList(home, names if names is not None else [self.session.tenant.name])
        titles = ["When", "Outcome", *(["Tenant"] if self._all_tenants else []), "What", "Who", "Reason", "Id"]
        self.table.set_columns([_column(title) for title in titles])
        steps = found.read()
        while await asyncio.to_thread(next, steps, None) is not None:
            await self._arrange()

    @work(exclusive=True, group="journal-newer", exit_on_error=False)
    async def _look_again(self) -> None:
        if self._list is not None and self.display and await asyncio.to_thread(self._list.read_newer):
            await self._arrange()

    async def _arrange(self) -> None:
        """Show what is read, as far as it is looked for."""
        if self._list is None:
            return
        writes, text = self._list.writes, self.query_one(FindBar).text
        order, self._interrupted = await asyncio.to_thread(matching, writes, text, self.resource_id)
        if text != self.query_one(FindBar).text:
            return
        if writes is not self._rows.writes or not writes:
            self._rows = _Rows(writes, with_tenant=self._all_tenants)
        self.table.empty_text = _NOT_FOUND if text else _NO_HISTORY if self.resource_id else _EMPTY
        self.table.set_rows(self._rows, order)
        self.query_one(FindBar).show_found(count_of(len(self.table.view), "write") if text else "")
        self.shell.header_changed()

    @work(exclusive=True, group="journal-details", exit_on_error=False)
    async def _show_details(self) -> None:
        chosen = self._chosen
        if not self.has_class("-with-details") or chosen is None:
            return
        face, home = self.query_one("#write", LineView), cast("ScimtuiApp", self.app).home
        width = 0 if self._is_raw else max(face.size.width or self.size.width - 2, 20)
        lines = await asyncio.to_thread(_lines_of, home, chosen, width)
        if chosen == self._chosen:
            face.set_lines(lines)

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Show the write that did it."""
        _ = tenant, type_name, resource_id
        self._look_again()

    @on(FindBar.Typed)
    def _typed(self, event: FindBar.Typed) -> None:
        event.stop()
        self._narrow()

    @work(exclusive=True, group="journal-filter", exit_on_error=False)
    async def _narrow(self) -> None:
        await self._arrange()

    @on(FindInput.Left)
    def _left(self, event: FindInput.Left) -> None:
        event.stop()
        if event.given_up or not self.query_one(FindBar).text:
            self.query_one(FindBar).end()
        self.table.focus()

    @on(VirtualTable.CursorMoved)
    def _moved(self, event: VirtualTable.CursorMoved) -> None:
        event.stop()
        self._show_details()

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        event.stop()
        self.do_open()

    # ------------------------------------------------------------------ actions

    def do_open(self) -> None:
        """Show one write for people, and go there."""
        self._open(is_raw=False)

    def do_json(self) -> None:
        """Show its raw JSON, or the words again."""
        self._open(is_raw=not (self._is_raw and self.has_class("-with-details")))

    def _open(self, *, is_raw: bool) -> None:
        self._is_raw = is_raw
        self.add_class("-with-details")
        self.query_one("#write", LineView).action_first()
        self.query_one("#write", LineView).focus()
        self._show_details()

    def do_peek(self) -> None:
        """Show or hide the write under the cursor, and stay in the list."""
        self.toggle_class("-with-details")
        self.table.focus()
        self._show_details()

    def do_filter(self) -> None:
        """Ask for words."""
        self.query_one(FindBar).begin("words: a name, a ticket, an operator, refused, interrupted, title, an id")

    def do_copy(self) -> None:
        """Copy the write as it is shown, or its id."""
        chosen = self._chosen
        if chosen is not None and self.has_class("-with-details"):
            self.app.copy_to_clipboard("\n".join(text_of(line) for line in self.query_one("#write", LineView).lines))
            self.shell.say(f"Copied {safe(chosen.id)} as it is shown", "done")
        elif chosen is not None:
            self.app.copy_to_clipboard(safe(chosen.id))
            self.shell.say(f"Copied {safe(chosen.id)}", "done")

    def do_refresh(self) -> None:
        """Read the journal again from its end."""
        self._begin()

    def do_all_tenants(self) -> None:
        """Show every journal, or this tenant's."""
        self._all_tenants = not self._all_tenants
        self._begin()

    @work(exclusive=True, group="journal-check", exit_on_error=False)
    async def do_verify_journal(self) -> None:
        """Check the chain of hashes of every journal that is shown."""
        home = cast("ScimtuiApp", self.app).home
        said, is_whole = [], True
        for name in self._list.tenants if self._list else ():
            self.shell.say(f"Checking the journal of {safe(name)}", "busy")
            problems, count = await asyncio.to_thread(history.checked, home, name)
            said.append(verified_line(name, problems, count))
            is_whole = is_whole and not problems
        self.shell.say(" · ".join(said) or "There is no journal yet", "done" if is_whole else "error")

    @work(exclusive=True, group="journal-look-up", exit_on_error=False)
    async def do_look_up_outcome(self) -> None:
        """Look at the provider what became of the write under the cursor."""
        chosen = self._chosen
        if chosen is None:
            return
        session, home = self.shell.session(chosen.tenant), cast("ScimtuiApp", self.app).home
        self.shell.say(f"{safe(chosen.title)}: looking at {safe(chosen.tenant)}", "busy")
        write = await asyncio.to_thread(history.find_write, home, chosen.id)
        receipt = await look_up(session, write)
        self.shell.say(outcome_line(receipt), "done" if receipt.outcome == "applied" else "warning")
        resource_id = receipt.resource.id if receipt.resource else receipt.change.id
        self.shell.resource_changed(session, receipt.change.resource_type.name, resource_id)

    @work(group="write", exit_on_error=False)
    async def do_undo(self) -> None:
        """Take back the marked writes, or the one under the cursor; asks first."""
        from scimtui.tui.writing import undoing

        chosen = [write.id for write in self._rows.writes if write.id in self.table.marked]
        if not chosen and self._chosen is not None:
            chosen = [self._chosen.id]
        await undoing.undo(self.shell, chosen)
