"""The table of one resource type of one tenant, from its cache: filtered, sorted and arranged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import Input

from scimtui.errors import CacheError, SyntaxFault
from scimtui.ops import browse, search
from scimtui.ops.arrangements import Activity, Arrangement
from scimtui.ops.row_order import OrderBy, RowOrder, RowWish
from scimtui.ops.stoppable import Progress
from scimtui.present.cells import safe
from scimtui.present.columns import ACTIVE, INACTIVE, Column, arranged_columns, projection, unseen_columns
from scimtui.present.wording import age, count_of
from scimtui.scim.recognise import looks_like_filter
from scimtui.tui.filter.filter_bar import FilterBar, FilterInput
from scimtui.tui.rows.rows_view import RowsView
from scimtui.tui.table.virtual_table import Row, VirtualTable
from scimtui.tui.view import Header

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

AT_ONCE = 20_000
"""So many rows are filtered and sorted in 10 ms. More are, in a thread, so that the keys go on meanwhile."""
WAITS = 1.0
"""Seconds that the key which leaves the filter waits for the rows that it found."""
SLOW = 0.5
"""Seconds after which reading other columns is said."""
CHIPS = {Activity.ALL: "", Activity.ACTIVE: "● active only", Activity.INACTIVE: "○ inactive only"}


@dataclass(frozen=True, eq=False)
class LoadedRows:
    """Rows as they were read from the cache, and what their cells are."""

    columns: tuple[Column, ...]
    unseen: tuple[Column, ...]
    order: RowOrder
    state: browse.SyncState | None

    def place(self, path: str) -> int | None:
        """Return where in a row the cell of a path stands."""
        every = [*self.columns, *self.unseen]
        return next((place for place, one in enumerate(every, 2) if one.path.casefold() == path.casefold()), None)

    @cached_property
    def row_style(self) -> partial[str]:
        """What tells the meaning of a row, for its colour."""
        return partial(_row_style, self.place("active"))

    def wish(self, arrangement: Arrangement, words: str) -> RowWish:
        """Return which rows are wanted, as far as these can tell."""
        every = [*self.columns, *self.unseen]
        order = [(self.place(key.path), key.descending) for key in arrangement.sort]
        active = self.place("active")
        wanted = {Activity.ACTIVE: ACTIVE, Activity.INACTIVE: INACTIVE}.get(arrangement.activity)
        return RowWish(
            words,
            (active, wanted) if active is not None and wanted else None,
            tuple(OrderBy(at, turned, every[at - 2].is_number) for at, turned in order if at is not None),
        )


class TableView(RowsView):
    """Rows come from the cache; the network is never asked on the way to a painted row."""

    def __init__(self, session: Session, resource_type: ResourceType, filter_text: str = "") -> None:
        super().__init__(session, resource_type)
        self._first_filter = filter_text
        self._loaded: LoadedRows | None = None
        self._painted: LoadedRows | None = None
        self._is_recalled = False
        self._found = asyncio.Event()
        self._found.set()
        self._finding = Progress()
        self._wrong_filter = False
        self._asked_for_first_sync = False

    def on_mount(self) -> None:
        """Show the cache."""
        if self._first_filter:
            self.query_one(FilterBar).set_text(self._first_filter)
        self.table.empty_text = self._empty_text()
        self.load()

    @property
    def _rows(self) -> Sequence[Row]:
        return self._loaded.order.rows if self._loaded else ()

    @property
    def _state(self) -> browse.SyncState | None:
        return self._loaded.state if self._loaded else None

    def header(self) -> Header:
        """Say counts, completeness and age: what must not be lost stands before what may be, for a narrow terminal."""
        is_narrow, state = self.app.size.width < 100, self._state
        counts, claimed = self._count_texts(is_narrow=is_narrow)
        if syncing := self.shell.sync_text(self.session.tenant.name, self.resource_type.name):
            parts = [counts, syncing]
        elif state is None:
            parts = [counts, *([] if self._loaded is None else ["never synced"])]
        elif state.complete:
            when = age(state.synced_at)
            parts = [counts, *([f"complete {when}"] if is_narrow else ["complete", f"synced {when}"]), claimed]
        else:
            when = age(state.synced_at) if is_narrow else f"synced {age(state.synced_at)}"
            parts = ["INCOMPLETE", counts, when, claimed, safe(state.why or "no reason known")]
        if self.session.cache.read_only:
            parts.append("cache in use by another scimtui")
        return Header(self.session.tenant, tuple(part for part in parts if part))

    def spec(self) -> dict[str, str]:
        """Remember type and filter; of a tenant whose cache others may not read, the type alone."""
        text = self.query_one(FilterBar).text if self.is_mounted else self._first_filter
        kept = text if self.session.tenant.cache == "on" else ""
        return {"view": "table", "tenant": self.session.tenant.name, "type": self.resource_type.name, "filter": kept}

    # ------------------------------------------------------------------ reading

    @work(exclusive=True, group="rows", exit_on_error=False)
    async def load(self) -> None:
        """Read the rows from the cache and show them; until they are there, those before stay."""
        if not self._is_recalled:
            await self.recall()
            self._is_recalled = True
        told = self.set_timer(SLOW, self._say_reading) if self._loaded else None
        try:
            self._loaded = await asyncio.to_thread(self._read, self.arrangement)
        except CacheError:
            self._show_view()
            raise
        finally:
            if told is not None:
                told.stop()
        self._show_view()
        self.post_message(self.Ready())
        state = self._state
        self.shell.counted(self.session.tenant.name, self.resource_type.name, len(self._rows) if state else None)
        self.shell.header_changed()
        if state is None and not self._asked_for_first_sync:
            self._asked_for_first_sync = True
            if not self.shell.sync_text(self.session.tenant.name, self.resource_type.name):
                self.shell.start_sync(self.session, [])

    def _read(self, arrangement: Arrangement) -> LoadedRows:
        columns = arranged_columns(arrangement, self.resource_type)
        unseen = unseen_columns(arrangement, columns, self.resource_type)
        made = projection(columns, self.resource_type, unseen)
        found = browse.rows(self.session, self.resource_type.name, made)
        return LoadedRows(columns, unseen, RowOrder(found.rows), found.state)

    def _say_reading(self) -> None:
        count = count_of(len(self._rows), safe(self.resource_type.name))
        self.query_one(FilterBar).show_found(f"reading {count}…")

    def rearranged(self, before: Arrangement) -> None:
        """Show it; what the rows do not hold is read from the cache first."""
        loaded, wanted = self._loaded, self.arrangement
        if loaded is None:
            return
        columns = arranged_columns(wanted, self.resource_type)
        is_other = [one.path for one in columns] != [one.path for one in loaded.columns]
        if is_other or any(loaded.place(key.path) is None for key in wanted.sort):
            self.load()
        elif before.columns != wanted.columns:
            self._loaded = LoadedRows(columns, loaded.unseen, loaded.order, loaded.state)
            self._show_view()
        else:
            self._show_view()

    # ------------------------------------------------------------------ finding

    @property
    def is_finding(self) -> bool:
        """Whether the rows on the screen are not yet those that filter and activity ask for."""
        return not self._found.is_set()

    def _show_view(self) -> None:
        loaded, text = self._loaded, self.query_one(FilterBar).text
        if loaded is None:
            return
        self._finding.stop = True
        self._finding = Progress()
        self._wrong_filter = False
        if len(loaded.order.rows) <= AT_ONCE and not looks_like_filter(text):
            self.workers.cancel_group(self, "find")
            self._paint(loaded, loaded.order.shown(loaded.wish(self.arrangement, text), None, self._finding))
        else:
            self._found.clear()
            self._find(loaded, text, self._finding)

    @work(exclusive=True, group="find", exit_on_error=False)
    async def _find(self, loaded: LoadedRows, text: str, progress: Progress) -> None:
        try:
            self._paint(loaded, await asyncio.to_thread(self._matching, loaded, text, progress))
        except SyntaxFault as fault:
            self._wrong_filter = True
            self.query_one(FilterBar).show_fault(fault)
        finally:
            if progress is self._finding:
                self._found.set()

    def _matching(self, loaded: LoadedRows, text: str, progress: Progress) -> Sequence[int]:
        among: list[int] | None = None
        if looks_like_filter(text):
            among = search.matching(self.session, self.resource_type, text, loaded.order.rows)
            text = ""
        return loaded.order.shown(loaded.wish(self.arrangement, text), among, progress)

    # ------------------------------------------------------------------ showing

    def _paint(self, loaded: LoadedRows, view: Sequence[int]) -> None:
        self._found.set()
        if loaded is not self._painted:
            self._painted, self.columns = loaded, loaded.columns
            self.show_columns()
        self.show_order()
        self.table.set_rows(loaded.order.rows, view, row_style=loaded.row_style)
        self.table.empty_text = self._empty_text()
        bar = self.query_one(FilterBar)
        bar.show_chip(CHIPS[self.arrangement.activity])
        bar.show_found(" · ".join(part for part in (self._matches_text(len(view)), self._unseen_order()) if part))
        self.shell.header_changed()

    def _matches_text(self, count: int) -> str:
        is_narrowed = self.query_one(FilterBar).text or self.arrangement.activity is not Activity.ALL
        return count_of(count, "match", "matches") if is_narrowed else ""

    def _unseen_order(self) -> str:
        """Say what rows are sorted by as far as no title shows it."""
        loaded, shown = self._painted, {column.path.casefold() for column in self.columns}
        unseen = [key for key in self.arrangement.sort if key.path.casefold() not in shown]
        unseen = [key for key in unseen if loaded is not None and loaded.place(key.path) is not None]
        words = ", ".join(f"{safe(key.path)} {'▼' if key.descending else '▲'}" for key in unseen)
        return f"by {words}" if words else ""

    def _count_texts(self, *, is_narrow: bool) -> tuple[str, str]:
        """Return how many are shown and cached, and how many the provider claims where that has to stand apart."""
        name, cached, shown = safe(self.resource_type.name), len(self._rows), len(self.table.view)
        if self._loaded is None:
            return f"{name}s", ""
        claimed = self._state.claimed_total if self._state else None
        more = f"{claimed:,} claimed" if claimed is not None and claimed != cached else ""
        if is_narrow:
            return f"{name}s {f'{shown:,} / ' if shown != cached else ''}{cached:,}", more
        if shown == cached and not more:
            return f"{name}s {cached:,}", ""
        parts = [f"{shown:,} shown" if shown != cached else "", f"{cached:,} cached", more]
        return f"{name}s {' / '.join(part for part in parts if part)}", ""

    def _empty_text(self) -> str:
        name = safe(self.resource_type.name).lower()
        if self._loaded is None:
            return "Opening the cache…"
        if syncing := self.shell.sync_text(self.session.tenant.name, self.resource_type.name):
            return f"{syncing}\nThe table fills when everything is here. Ctrl+C stops."
        if self._state is None:
            return f"No {name} of this tenant was ever synced.\nPress r to fetch them."
        if not self._rows:
            return f"The provider has no {name}s.\nPress n to create one, r to look again."
        only = "" if self.arrangement.activity is Activity.ALL else f"{self.arrangement.activity.value} "
        if not self.query_one(FilterBar).text:
            return f"There is no {only}{name}.\nPress i to see the others."
        also = f"\nOnly {only}{name}s are looked at; i changes that." if only else ""
        return f"Nothing matches this filter.\nEsc in the filter clears it.{also}"

    def synced(self, tenant: str, type_name: str) -> None:
        """Read the rows again."""
        if tenant == self.session.tenant.name:
            self.forget_details()
        if (tenant, type_name) == (self.session.tenant.name, self.resource_type.name):
            self.load()

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Read the rows again; the cursor stays on its resource."""
        self.synced(tenant, type_name)
        if resource_id == self.table.cursor_id:
            self.forget_details()

    # ------------------------------------------------------------------ events

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show_view()

    @on(FilterInput.Left)
    async def _wait_for_rows(self) -> None:
        """Let the next key wait for the rows that it is meant for."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._found.wait(), WAITS)

    @on(VirtualTable.HeaderClicked)
    def _header_clicked(self, event: VirtualTable.HeaderClicked) -> None:
        event.stop()
        self.sort_by_title(event)

    # ------------------------------------------------------------------ actions

    def do_refresh(self) -> None:
        """Sync this type."""
        self.shell.start_sync(self.session, [self.resource_type.name])


def _row_style(active: int | None, row: Row) -> str:
    return "inactive" if active is not None and row[active] == INACTIVE else ""
