"""What every table of resources can do, wherever its rows come from: filter bar, rows, details, and the keys of one row."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal

from scimtui.ops.arrangements import (
    Arrangement,
    SortKey,
    TableMemory,
    resized,
    reversed_order,
    same,
    sorted_by,
)
from scimtui.ops.filter_history import FilterHistory
from scimtui.ops.guard import why_not
from scimtui.present.cells import safe
from scimtui.present.columns import INACTIVE, Column, default_columns, usual_columns
from scimtui.scim.kind import Kind
from scimtui.tui.action import Where
from scimtui.tui.actions import bindings_for
from scimtui.tui.filter.filter_bar import FilterBar, FilterInput
from scimtui.tui.table.virtual_table import TableColumn, VirtualTable
from scimtui.tui.view import View

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.app import ScimtuiApp
    from scimtui.tui.resource.detail_pane import DetailPane

ROOMY = 160
"""Columns from which details stand beside the table unasked."""
NEED_A_ROW = frozenset(
    {"open", "edit", "toggle_active", "mark", "mark_range", "mark_all", "json", "copy", "members", "colleague"}
)
"""Actions that mean nothing where there is no row."""
NO_COLUMN = -1
"""Place of a key that rows are sorted by and no column shows; it counts in the numbers of the others."""
NEED_AN_ID = frozenset({"open", "edit", "json", "colleague"})
"""Actions that the provider, or the cache, is asked for by the id."""


class RowsView(View):
    """A table with its filter and details, and how it is arranged. Its children know where rows come from."""

    PLACES = (Where.TABLE,)
    BINDINGS = bindings_for(Where.TABLE)
    DEFAULT_CSS = """
    RowsView { height: 1fr; }
    RowsView > #rows { height: 1fr; }
    """

    def __init__(self, session: Session, resource_type: ResourceType) -> None:
        super().__init__(session)
        self.resource_type = resource_type
        self.arrangement = Arrangement()
        """How the table is to be arranged."""
        self.columns: tuple[Column, ...] = default_columns(resource_type)
        """The columns that the rows on the screen have."""

    def compose(self) -> ComposeResult:
        """Compose filter, table and details."""
        history = FilterHistory(cast("ScimtuiApp", self.app).home, self.session.tenant, self.resource_type.name)
        yield FilterBar("words, or a filter such as  active eq false; ^B builds one", self.resource_type, history)
        with Horizontal(id="rows"):
            yield VirtualTable(id="table")

    def show_columns(self) -> None:
        """Give the table the titles of the columns."""
        self.table.set_columns(tuple(_table_column(column) for column in self.columns))

    @property
    def table(self) -> VirtualTable:
        """The table of the view."""
        return self.query_one(VirtualTable)

    @property
    def title(self) -> str:
        """Tenant and type."""
        return safe(f"{self.session.tenant.name} {self.resource_type.name}s")

    def focus_first(self) -> None:
        """Start in the table."""
        self.table.focus()

    def why_not(self, action_id: str) -> str | None:
        """Say why an action can't be used on the row under the cursor."""
        if action_id in NEED_A_ROW and (reason := self._row_trouble(action_id)):
            return reason
        unlocked = self.shell.is_unlocked(self.session.tenant)
        if action_id in ("toggle_active", "activity") and self.resource_type.attribute("active") is None:
            return f"a {safe(self.resource_type.name)} has no attribute active"
        if action_id == "toggle_active":
            return why_not(Kind.DEACTIVATE, self.session, unlocked=unlocked)
        if action_id in ("edit", "new"):
            return why_not(Kind.CREATE if action_id == "new" else Kind.EDIT, self.session, unlocked=unlocked)
        return None

    def _row_trouble(self, action_id: str) -> str | None:
        if self.table.cursor_id is None:
            return "there is no row here"
        if self.is_finding:
            return "the rows are still being looked for"
        is_asked_for = action_id in NEED_AN_ID or (action_id == "toggle_active" and not self.table.marked)
        if is_asked_for and not self.table.cursor_id:
            return f"the provider sent no id for this {safe(self.resource_type.name)}"
        return None

    @property
    def is_finding(self) -> bool:
        """Whether other rows than those on the screen are about to be shown, so that a key would meet the wrong one."""
        return False

    # ------------------------------------------------------------------ details

    @property
    def pane(self) -> DetailPane | None:
        """The details beside the table; None until they were first shown."""
        found = self.query("DetailPane")
        return cast("DetailPane", found.first()) if found else None

    def on_resize(self) -> None:
        """Have details where there is room for them, and say in the top line what fits into it."""
        if self.app.size.width >= ROOMY and self.pane is None:
            self._make_pane()
            self.call_after_refresh(self._show_details)
        self.shell.header_changed()

    def _make_pane(self) -> DetailPane:
        from scimtui.tui.resource.detail_pane import DetailPane  # a narrow first screen has none

        pane = DetailPane()
        self.query_one("#rows").mount(pane)
        return pane

    def _show_details(self) -> None:
        if (pane := self.pane) is not None and self.table.cursor_id is not None:
            pane.show(self.session, self.resource_type, self.table.cursor_id)

    def forget_details(self) -> None:
        """Read the details again."""
        if (pane := self.pane) is not None:
            pane.forget()

    # ------------------------------------------------------------------ arrangement

    @property
    def memory(self) -> TableMemory:
        """What is kept of such tables."""
        return TableMemory(cast("ScimtuiApp", self.app).home, self.session.tenant, self.resource_type)

    async def recall(self) -> None:
        """Take the arrangement of the last time, and say what of it can't be shown any more."""
        self.arrangement, dropped = await asyncio.to_thread(self.memory.present)
        if dropped:
            paths = ", ".join(safe(path) for path in dropped)
            self.shell.say(f"{self.title}: no attribute paths any more, so left out: {paths}", "warning")

    def rearrange(self, arrangement: Arrangement) -> None:
        """Arrange the table otherwise, now and at the next start."""
        before, self.arrangement = self.arrangement, replace(arrangement, filter="")
        if before != self.arrangement:
            self._keep(self.arrangement)
            self.rearranged(before)

    @work(exclusive=True, group="keep", exit_on_error=False)
    async def _keep(self, arrangement: Arrangement) -> None:
        await asyncio.to_thread(self.memory.keep_present, arrangement)

    def rearranged(self, before: Arrangement) -> None:
        """Hear that `arrangement` is another one; for the tables that show it."""

    def show_order(self) -> None:
        """Put arrows at the titles of the columns that rows are sorted by."""
        places = {column.path.casefold(): place for place, column in enumerate(self.columns)}
        self.table.set_order(
            [(places.get(key.path.casefold(), NO_COLUMN), key.descending) for key in self.arrangement.sort]
        )

    def sort_by_title(self, event: VirtualTable.HeaderClicked) -> None:
        """Sort by the column whose title was clicked; with Shift or Ctrl after those that rows are sorted by already."""
        sort, path = self.arrangement.sort, self.columns[event.column].path
        if not event.adds:
            is_same = len(sort) == 1 and same(sort[0].path, path)
            sort = (SortKey(path, descending=is_same and not sort[0].descending),)
        self.rearrange(replace(self.arrangement, sort=sorted_by(sort, path) if event.adds else sort))

    @on(VirtualTable.Resized)
    def _column_resized(self, event: VirtualTable.Resized) -> None:
        event.stop()
        columns = self.arrangement.columns or usual_columns(self.resource_type)
        path = self.columns[event.column].path
        place = next((place for place, one in enumerate(columns) if same(one.path, path)), None)
        if place is not None:
            self.rearrange(replace(self.arrangement, columns=resized(columns, place, event.width)))

    # ------------------------------------------------------------------ events

    @on(FilterInput.Left)
    def _filter_left(self, event: FilterInput.Left) -> None:
        event.stop()
        self.table.focus()

    @on(VirtualTable.CursorMoved)
    def _cursor_moved(self, event: VirtualTable.CursorMoved) -> None:
        event.stop()
        self._show_details()

    @on(VirtualTable.Opened)
    def _row_opened(self, event: VirtualTable.Opened) -> None:
        event.stop()
        self.do_open()

    # ------------------------------------------------------------------ actions

    @property
    def chosen(self) -> list[str]:
        """The ids of the marked rows in the order shown, those that are filtered away last; else of the cursor's row."""
        return self.table.marked_in_order or [self.table.cursor_id or ""]

    def _open(self, mode: str) -> None:
        if self.table.cursor_id is not None:
            self.shell.open_resource(self.session, self.resource_type, self.table.cursor_id, mode)

    def do_open(self) -> None:
        """Open the resource in a tab."""
        self._open("details")

    def do_edit(self) -> None:
        """Open the resource as a form."""
        self._open("form")

    def do_json(self) -> None:
        """Open the resource as JSON."""
        self._open("json")

    def do_new(self) -> None:
        """Open an empty form."""
        self.shell.open_resource(self.session, self.resource_type, "", "form")

    def do_filter(self) -> None:
        """Go to the filter."""
        self.query_one(FilterBar).focus_field()

    def do_sort(self) -> None:
        """Sort by the next column; after the last one as the provider lists them."""
        paths = [column.path.casefold() for column in self.columns]
        first = self.arrangement.sort[0].path.casefold() if self.arrangement.sort else ""
        following = paths.index(first) + 1 if first in paths else 0
        sort = (SortKey(self.columns[following].path),) if following < len(paths) else ()
        self.rearrange(replace(self.arrangement, sort=sort))

    def do_reverse(self) -> None:
        """Turn the order round."""
        sort = reversed_order(self.arrangement.sort) or (SortKey(self.columns[0].path, descending=True),)
        self.rearrange(replace(self.arrangement, sort=sort))

    def do_activity(self) -> None:
        """Show only active ones, then only inactive ones, then all."""
        self.rearrange(replace(self.arrangement, activity=self.arrangement.activity.following))

    def do_columns(self) -> None:
        """Choose the columns."""
        from scimtui.tui.rows.columns_dialog import choose_columns  # no dialog is paid for by the first screen

        self.run_worker(choose_columns(self), group="dialog", exclusive=True, exit_on_error=False)

    def do_views(self) -> None:
        """Choose or save a view."""
        from scimtui.tui.rows.views_dialog import choose_view

        self.run_worker(choose_view(self), group="dialog", exclusive=True, exit_on_error=False)

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def do_copy(self) -> None:
        """Copy what the first column says."""
        from scimtui.tui.lines.clipboard import copy

        if row := self.table.cursor_cells:
            copied = await copy(self.app, row[0], row[0])
            self.shell.say(copied.sentence, copied.kind)

    def do_peek(self) -> None:
        """Show or hide the details."""
        if (pane := self.pane) is not None:
            pane.toggle()
        else:
            self._make_pane().add_class("-shown")
        self.call_after_refresh(self._show_details)

    @work(group="write", exit_on_error=False)
    async def do_toggle_active(self) -> None:
        """Deactivate or activate the marked resources, or the one under the cursor."""
        from scimtui.tui.writing import one_change  # the first screen does not pay for it

        chosen = self.chosen
        await one_change.toggle_active(self.shell, self.session, self.resource_type, chosen)

    @work(group="write", exit_on_error=False)
    async def do_members(self) -> None:
        """Show the members of a group, or tick groups for those marked."""
        from scimtui.tui.members import groups_dialog

        chosen = self.chosen
        await groups_dialog.members_of_chosen(self.shell, self.session, self.resource_type, chosen)

    @work(group="write", exit_on_error=False)
    async def do_colleague(self) -> None:
        """Make the person like a colleague."""
        from scimtui.tui.members import colleague_dialog

        identity = self.table.cursor_id or ""
        await colleague_dialog.make_alike(self.shell, self.session, self.resource_type, identity)


def _table_column(column: Column) -> TableColumn:
    return TableColumn(column.title, column.width, kind="state" if column.kind == "active" else "text")


def row_style(row: tuple[str, ...]) -> str:
    """Return what a row means, for its colour."""
    return "inactive" if INACTIVE in row else ""
