"""The table of one resource type of one tenant, from its cache: filter and sort."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import Input

from scimtui.errors import SyntaxFault
from scimtui.ops import browse, search
from scimtui.present.cells import safe
from scimtui.present.columns import projection
from scimtui.present.wording import age, count_of
from scimtui.scim.filter import looks_like_filter
from scimtui.tui.detail_pane import DetailPane
from scimtui.tui.filter_bar import FilterBar
from scimtui.tui.rows_view import RowsView, row_style
from scimtui.tui.view import Header
from scimtui.tui.virtual_table import VirtualTable

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

Rows = Sequence[tuple[str, ...]]


class TableView(RowsView):
    """Rows come from the cache; the network is never asked on the way to a painted row."""

    def __init__(self, session: Session, resource_type: ResourceType, filter_text: str = "") -> None:
        super().__init__(session, resource_type)
        self._first_filter = filter_text
        self._rows: Rows = ()
        self._sorted: Sequence[int] | None = None
        self._sort: tuple[int, bool] | None = None
        self._found: browse.Rows | None = None
        self._is_loading = True
        self._wrong_filter = False
        self._asked_for_first_sync = False

    def on_mount(self) -> None:
        """Show the cache."""
        self.show_columns()
        if self._first_filter:
            self.query_one(FilterBar).set_text(self._first_filter)
        self.load()

    def header(self) -> Header:
        """Say counts, completeness and age."""
        parts = [self._count_text()]
        if syncing := self.shell.sync_text(self.session.tenant.name, self.resource_type.name):
            parts.append(syncing)
        elif self._found and self._found.state:
            state = self._found.state
            parts.append("complete" if state.complete else f"INCOMPLETE: {safe(state.why or 'no reason known')}")
            parts.append(f"synced {age(state.synced_at)}")
        elif not self._is_loading:
            parts.append("never synced")
        if self.session.cache.read_only:
            parts.append("cache in use by another scimtui")
        return Header(self.session.tenant, tuple(parts))

    def spec(self) -> dict[str, str]:
        """Remember type and filter."""
        text = self.query_one(FilterBar).text if self.is_mounted else self._first_filter
        return {"view": "table", "tenant": self.session.tenant.name, "type": self.resource_type.name, "filter": text}

    # ------------------------------------------------------------------ rows

    @work(exclusive=True, group="rows", exit_on_error=False)
    async def load(self) -> None:
        """Read the rows from the cache and show them."""
        made = projection(self.columns, self.resource_type)
        self._found = await asyncio.to_thread(browse.rows, self.session, self.resource_type.name, made)
        self._rows, self._is_loading = self._found.rows, False
        self._sorted = None
        state = self._found.state
        self.shell.counted(self.session.tenant.name, self.resource_type.name, len(self._rows) if state else None)
        self._show_view()
        self.shell.header_changed()
        if state is None and not self._asked_for_first_sync:
            self._asked_for_first_sync = True
            if not self.shell.sync_text(self.session.tenant.name, self.resource_type.name):
                self.shell.start_sync(self.session, [])

    def _order(self) -> Sequence[int]:
        if self._sort is None:
            return range(len(self._rows))
        if self._sorted is None:
            column, descending = self._sort
            keys = [search.fold(row[column + 2]) for row in self._rows]
            # Empty cells last when ascending, first when descending (RFC 7644 section 3.4.2.3).
            self._sorted = sorted(range(len(keys)), key=lambda i: (not keys[i], keys[i]), reverse=descending)
        return self._sorted

    def _show_view(self) -> None:
        text = self.query_one(FilterBar).text
        self._wrong_filter = False
        if not text:
            self._paint(self._order())
        elif looks_like_filter(text):
            self._match(text)
        else:
            self._paint(search.plain(self._rows, text, self._order()))

    @work(exclusive=True, group="filter", exit_on_error=False)
    async def _match(self, text: str) -> None:
        try:
            hits = set(await asyncio.to_thread(search.matching, self.session, self.resource_type, text, self._rows))
        except SyntaxFault as fault:
            self._wrong_filter = True
            self.query_one(FilterBar).show_fault(fault)
            return
        self._paint([index for index in self._order() if index in hits])

    def _paint(self, view: Sequence[int]) -> None:
        self.table.set_rows(self._rows, view, row_style=row_style)
        self.table.empty_text = self._empty_text()
        if not self._wrong_filter:
            is_filtered = bool(self.query_one(FilterBar).text)
            self.query_one(FilterBar).show_found(count_of(len(view), "match", "matches") if is_filtered else "")
        self.shell.header_changed()

    def _count_text(self) -> str:
        name = safe(self.resource_type.name)
        if self._is_loading and not self._rows:
            return f"{name}s"
        count = f"{len(self._rows):,}"
        claimed = self._found.state.claimed_total if self._found and self._found.state else None
        if claimed is not None and claimed != len(self._rows):
            count += f" of {claimed:,} claimed"
        return f"{name}s {count}"

    def _empty_text(self) -> str:
        name = safe(self.resource_type.name).lower()
        if self._is_loading:
            return "Opening the cache…"
        if syncing := self.shell.sync_text(self.session.tenant.name, self.resource_type.name):
            return f"{syncing}\nThe table fills when everything is here. Ctrl+C stops."
        if self._found is None or self._found.state is None:
            return f"No {name} of this tenant was ever synced.\nPress r to fetch them."
        if self._rows:
            return "Nothing matches this filter.\nEsc in the filter clears it."
        return f"The provider has no {name}s.\nPress n to create one, r to look again."

    def synced(self, tenant: str, type_name: str) -> None:
        """Read the rows again."""
        if (tenant, type_name) == (self.session.tenant.name, self.resource_type.name):
            self.load()

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Read the rows again; the cursor stays on its resource."""
        self.synced(tenant, type_name)
        if resource_id == self.table.cursor_id:
            self.query_one(DetailPane).forget()

    # ------------------------------------------------------------------ events

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show_view()

    @on(VirtualTable.HeaderClicked)
    def _header_clicked(self, event: VirtualTable.HeaderClicked) -> None:
        event.stop()
        same = self._sort is not None and self._sort[0] == event.column
        self._sort_by(event.column, descending=same and not (self._sort or (0, True))[1])

    def _sort_by(self, column: int, *, descending: bool) -> None:
        self._sort, self._sorted = (column, descending), None
        self.table.set_sort(column, descending=descending)
        self._show_view()

    # ------------------------------------------------------------------ actions

    def do_sort(self) -> None:
        """Sort by the next column; after the last one as the provider sent them."""
        column = 0 if self._sort is None else self._sort[0] + 1
        if column < len(self.columns):
            self._sort_by(column, descending=False)
            return
        self._sort = self._sorted = None
        self.table.set_sort(None)
        self._show_view()

    def do_reverse(self) -> None:
        """Turn the order round."""
        column, descending = self._sort or (0, False)
        self._sort_by(column, descending=not descending)

    def do_refresh(self) -> None:
        """Sync this type."""
        self.shell.start_sync(self.session, [self.resource_type.name])
