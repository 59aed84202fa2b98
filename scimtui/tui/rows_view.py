"""What every table of resources can do, wherever its rows come from: filter bar, rows, details, and the keys of one row."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal

from scimtui.ops.filter_history import FilterHistory
from scimtui.ops.guard import why_not
from scimtui.present.cells import safe
from scimtui.present.columns import INACTIVE, Column, default_columns
from scimtui.scim.kind import Kind
from scimtui.tui.actions import Where, bindings_for
from scimtui.tui.detail_pane import DetailPane
from scimtui.tui.filter_bar import FilterBar, FilterInput
from scimtui.tui.view import View
from scimtui.tui.virtual_table import TableColumn, VirtualTable

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.app import ScimtuiApp

NEED_A_ROW = frozenset({"open", "edit", "toggle_active", "mark", "mark_range", "mark_all", "json", "copy"})
"""Actions that mean nothing where there is no row."""


class RowsView(View):
    """A table with its filter and details. Its children know where rows come from and how they are sorted and filtered."""

    PLACES = (Where.TABLE,)
    BINDINGS = bindings_for(Where.TABLE)
    DEFAULT_CSS = """
    RowsView { height: 1fr; }
    RowsView > #rows { height: 1fr; }
    """

    def __init__(self, session: Session, resource_type: ResourceType) -> None:
        super().__init__(session)
        self.resource_type = resource_type
        self.columns: tuple[Column, ...] = default_columns(resource_type)

    def compose(self) -> ComposeResult:
        """Compose filter, table and details."""
        history = FilterHistory(cast("ScimtuiApp", self.app).home, self.session.tenant, self.resource_type.name)
        yield FilterBar("words, or a filter such as  active eq false; ^B builds one", self.resource_type, history)
        with Horizontal(id="rows"):
            yield VirtualTable(id="table")
            yield DetailPane()

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
        if action_id in NEED_A_ROW and self.table.cursor_id is None:
            return "there is no row here"
        unlocked = self.shell.is_unlocked(self.session.tenant)
        if action_id == "toggle_active":
            if self.resource_type.attribute("active") is None:
                return f"a {safe(self.resource_type.name)} has no attribute active"
            return why_not(Kind.DEACTIVATE, self.session, unlocked=unlocked)
        if action_id in ("edit", "new"):
            return why_not(Kind.CREATE if action_id == "new" else Kind.EDIT, self.session, unlocked=unlocked)
        return None

    # ------------------------------------------------------------------ events

    @on(FilterInput.Left)
    def _filter_left(self, event: FilterInput.Left) -> None:
        event.stop()
        self.table.focus()

    @on(VirtualTable.CursorMoved)
    def _cursor_moved(self, event: VirtualTable.CursorMoved) -> None:
        event.stop()
        self.query_one(DetailPane).show(self.session, self.resource_type, event.row_id)

    @on(VirtualTable.Opened)
    def _row_opened(self, event: VirtualTable.Opened) -> None:
        event.stop()
        self.do_open()

    # ------------------------------------------------------------------ actions

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

    def do_mark(self) -> None:
        """Mark the row and go to the next."""
        self.table.toggle_mark()

    def do_mark_range(self) -> None:
        """Mark up to here."""
        self.table.mark_range()

    def do_mark_all(self) -> None:
        """Mark what is shown, or nothing."""
        self.table.mark_all()

    def do_copy(self) -> None:
        """Copy what the first column says."""
        row = self.table.cursor_cells
        if row:
            self.app.copy_to_clipboard(row[0])
            self.shell.say(f"Copied {row[0]}", "done")

    def do_peek(self) -> None:
        """Show or hide the details."""
        pane = self.query_one(DetailPane)
        pane.toggle()
        if self.table.cursor_id is not None:
            pane.show(self.session, self.resource_type, self.table.cursor_id)

    @work(group="write", exit_on_error=False)
    async def do_toggle_active(self) -> None:
        """Deactivate or activate the marked resources, or the one under the cursor."""
        from scimtui.tui import writing  # the first screen does not pay for it

        chosen = sorted(self.table.marked) or [self.table.cursor_id or ""]
        await writing.toggle_active(self.shell, self.session, self.resource_type, chosen)


def _table_column(column: Column) -> TableColumn:
    return TableColumn(column.title, column.width, kind="state" if column.kind == "active" else "text")


def row_style(row: tuple[str, ...]) -> str:
    """Return what a row means, for its colour."""
    return "inactive" if INACTIVE in row else ""
