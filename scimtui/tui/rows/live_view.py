"""A table of what the provider lists now: it filters, sorts and pages itself, and rows load as they are scrolled to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.timer import Timer
from textual.widgets import Input

from scimtui.errors import ScimtuiError, SyntaxFault
from scimtui.ops import browse, live_table, search
from scimtui.ops.arrangements import Activity, Arrangement
from scimtui.ops.live_table import LiveList, Wish, live_session, next_page, start_list, with_wish
from scimtui.ops.row_order import RowOrder
from scimtui.ops.stoppable import Progress
from scimtui.present.cells import safe
from scimtui.present.columns import arranged_columns, projection, unseen_columns
from scimtui.present.live_words import found_words, list_parts, no_rows
from scimtui.present.wording import error_line
from scimtui.scim.recognise import looks_like_filter
from scimtui.tui.filter.filter_bar import FilterBar, FilterInput
from scimtui.tui.rows.rows_view import RowsView
from scimtui.tui.rows.table_view import CHIPS, WAITS, LoadedRows
from scimtui.tui.table.virtual_table import VirtualTable
from scimtui.tui.view import Header

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.shell.shell_screen import ShellScreen

PAUSE = 0.4
"""Seconds without a letter after which the provider is asked; Enter asks at once."""
SEARCHED_AT_ONCE = 10
"""Pages that are asked for in search of rows that fit, before a person has to ask for more."""

ACTIVE_ONLY = {Activity.ALL: None, Activity.ACTIVE: True, Activity.INACTIVE: False}


class LiveView(RowsView):
    """Rows come from the provider and stay in memory. The cache is asked for nothing, and gets what is opened or written."""

    def __init__(self, session: Session, resource_type: ResourceType, filter_text: str = "") -> None:
        super().__init__(live_session(session, resource_type), resource_type)
        self._tenant_session = session
        self._first_filter = filter_text
        self._list: LiveList | None = None
        self._asked: Wish | None = None
        self._painted: LoadedRows | None = None
        self._ignores_filters = False
        self._is_prepared = False
        self._answered = asyncio.Event()
        """Whether the rows on the screen are those that were asked for."""
        self._is_loading = False
        self._trouble: ScimtuiError | None = None
        self._turn = 0
        """Counts what was asked for: only the newest may say how it ended."""
        self._looked_at = (-1, -1)
        """Cursor and scroll position at which loading stopped: it goes on when they move."""
        self._pause: Timer | None = None

    def on_mount(self) -> None:
        """Ask the provider."""
        self.show_columns()
        self.query_one(FilterBar).set_text(self._first_filter)
        self.watch(self.table, "scroll_y", self._moved, init=False)
        self.ask()

    def on_resize(self) -> None:
        """Load on where the screen has become larger."""
        self._moved()

    @property
    def title(self) -> str:
        """Tenant and type, and that it is live."""
        return f"{super().title} · live"

    def header(self) -> Header:
        """Say that it is live, what is loaded, what is waited for, and what is done here because the provider does not."""
        state = ""
        if self._is_loading:
            state = self.session.waiting or "loading"
        elif self._trouble is not None:
            state = "STOPPED, r goes on"
        return Header(self.session.tenant, tuple(list_parts(self._list, self.resource_type.name, state)))

    def spec(self) -> dict[str, str]:
        """Remember type and filter; of a tenant whose cache others may not read, the type alone."""
        tenant = self.session.tenant
        text = self.query_one(FilterBar).text if self.is_mounted else self._first_filter
        view = "table" if tenant.cache == "off" else "live"
        kept = text if tenant.cache == "on" else ""
        return {"view": view, "tenant": tenant.name, "type": self.resource_type.name, "filter": kept}

    # ------------------------------------------------------------------ asking

    def ask(self, *, anew: bool = True) -> None:
        """Ask for what filter and order say. Not `anew`: go on with what is loaded, where it would be the same list."""
        self._stop_pause()
        wish = self._wish()
        try:
            wanted = start_list(self.session, self.resource_type, wish, ignores_filters=self._ignores_filters)
        except SyntaxFault as fault:
            self.query_one(FilterBar).show_fault(fault)
            return
        self._asked = wish
        same = None if anew or self._list is None else with_wish(self._list, wanted)
        self._start(same or wanted)

    def ask_for(self, text: str) -> None:
        """Put a filter into the bar and ask for it."""
        self.query_one(FilterBar).set_text(text)
        self.ask()

    def _wish(self) -> Wish:
        arrangement = self.arrangement
        return Wish(self.query_one(FilterBar).text, ACTIVE_ONLY[arrangement.activity], arrangement.sort)

    @property
    def is_finding(self) -> bool:
        """Whether the rows on the screen are not yet those that were asked for."""
        return self._pause is not None or (self._is_loading and not self._answered.is_set())

    def _start(self, live: LiveList) -> None:
        self._turn += 1
        self._trouble, self._is_loading = None, True
        if self._list is None or self._list.wish != live.wish:
            self._answered.clear()
        self._say_found()
        self._load(live, self._turn)

    @work(exclusive=True, group="live", exit_on_error=False)
    async def _load(self, live: LiveList, turn: int) -> None:
        """Load pages until the screen and one more are full."""
        try:
            if not self._is_prepared:
                await self._prepare()
                self._asked = self._wish()
                live = start_list(self.session, self.resource_type, self._asked)
            await self._load_pages(live)
        except ScimtuiError as error:
            self._trouble = error
            self.shell.say(error_line(error), "error")
        finally:
            if turn == self._turn:
                self._is_loading = False
                self._answered.set()
                self._looked_at = self._position
                self._say_found()

    async def _load_pages(self, live: LiveList) -> None:
        if live.pages and live is not self._list:
            await self._show(live)
        # Rows that are sorted here go anywhere, so that a cursor at the end may stay there: one page is asked for.
        for _ in range(1 if live.is_sorted_here and not live.why_filtered else SEARCHED_AT_ONCE):
            if live.pages and (live.is_over or not (live.is_claimed or self._needs_more())):
                return
            live = await next_page(self.session, live)
            self._ignores_filters = self._ignores_filters or live.is_filter_ignored
            await self._show(live)

    async def _prepare(self) -> None:
        """Discover the tenant where that was never done, and take the arrangement of the last time."""
        await live_table.get_to_know(self.session, self._tenant_session)
        found = self.session.provider.resource_type(self.resource_type.name)
        if found is not None and found != self.resource_type:
            self.resource_type = found
            await self._exchange_filter_bar()
        await self.recall()
        self._is_prepared = True

    async def _exchange_filter_bar(self) -> None:
        """Put a bar there that completes filters of the type as it is; what was typed meanwhile stays."""
        old, new = self.query_one(FilterBar), next(iter(self.compose()))
        assert isinstance(new, FilterBar)
        await self.mount(new, before=old)
        new.set_text(old.text)
        if old.field.has_focus:
            new.focus_field()
        await old.remove()

    def _needs_more(self) -> bool:
        """Whether the last row is less than a screen away."""
        lines = max(self.table.size.height - 1, 1)
        cursor, top = self._position
        return len(self.table.view) - max(cursor, top + lines) <= lines

    @property
    def _position(self) -> tuple[int, int]:
        return self.table.cursor_row, round(self.table.scroll_y)

    def _moved(self) -> None:
        """Load on where the end of what is loaded comes near."""
        live = self._list
        if live is None or self._is_loading or live.is_over or self._trouble is not None:
            return
        if self._position != self._looked_at and self._needs_more():
            self._start(live)

    # ------------------------------------------------------------------ showing

    async def _show(self, live: LiveList) -> None:
        """Show what is loaded."""
        loaded, view = await asyncio.to_thread(_arranged, self.session, self.resource_type, live, self.arrangement)
        if self._painted is None or self._painted.columns != loaded.columns:
            self.columns = loaded.columns
            self.show_columns()
        is_other = self._list is not None and self._list.wish != live.wish
        self._list, self._painted = live, loaded
        self.show_order()
        self._put_rows(loaded, view, stays=live.pages > 1 and not live.is_sorted_here)
        if is_other:
            self.table.move_to(0)
        self._answered.set()
        if live.pages == 1:
            self.forget_details()
            self._count_in_sidebar(live)
        self._say_found()

    def _put_rows(self, loaded: LoadedRows, view: Sequence[int], *, stays: bool) -> None:
        """Give the rows to the table; where it `stays`, it goes on showing those to which it was scrolled by the mouse."""
        table, top, cursor = self.table, self.table.scroll_y, self.table.cursor_id
        table.set_rows(loaded.order.rows, view, row_style=loaded.row_style)
        if stays and table.cursor_id == cursor:
            table.scroll_to(y=top, animate=False, force=True, immediate=True)

    def _count_in_sidebar(self, live: LiveList) -> None:
        if self.session.tenant.cache == "off" and live.walk.filter is None:
            self.shell.counted(self.session.tenant.name, self.resource_type.name, live.walk.claimed_total)

    def _say_found(self) -> None:
        self.table.empty_text = self._empty_text()
        bar = self.query_one(FilterBar)
        bar.show_chip(CHIPS[self.arrangement.activity])
        bar.show_found(self._found_text())
        self.shell.header_changed()

    def _found_text(self) -> str:
        if self._is_loading and not self._answered.is_set():
            return f"asking {safe(self.session.tenant.name)}…" if self._wish().is_narrow else ""
        return found_words(self._list, len(self.table.view))

    def _empty_text(self) -> str:
        tenant = self.session.tenant.name
        if self._is_loading:
            return f"Asking {safe(tenant)}…\nCtrl+C stops."
        return no_rows(self._list, self.resource_type.name, tenant, self._trouble)

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Show the new copy of a row; the list is not asked for again."""
        if (tenant, type_name) == (self.session.tenant.name, self.resource_type.name):
            self._show_again(resource_id)

    @work(group="again", exit_on_error=False)
    async def _show_again(self, resource_id: str) -> None:
        await asyncio.to_thread(live_table.reread, self.session, self.resource_type.name, resource_id)
        if resource_id == self.table.cursor_id:
            self.forget_details()
        if self._list is not None:
            await self._show(self._list)

    # ------------------------------------------------------------------ events

    @on(VirtualTable.CursorMoved)
    def _cursor_came(self) -> None:
        self._moved()

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._stop_pause()
        self._pause = self.set_timer(PAUSE, self._ask_if_other)

    @on(FilterInput.Left)
    async def _filter_done(self) -> None:
        """Ask, and let the next key wait for the rows that it is meant for."""
        self._ask_if_other()
        if self.is_finding:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._answered.wait(), WAITS)

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    def _ask_if_other(self) -> None:
        self._stop_pause()
        if self._wish() != self._asked:
            self.ask(anew=False)

    @on(VirtualTable.HeaderClicked)
    def _header_clicked(self, event: VirtualTable.HeaderClicked) -> None:
        event.stop()
        self.sort_by_title(event)

    def rearranged(self, before: Arrangement) -> None:
        """Ask in another order or for others, or show other columns of what is loaded."""
        _ = before
        if self._is_prepared:
            self.ask(anew=False)

    # ------------------------------------------------------------------ actions

    def do_ask_provider(self) -> None:
        """Ask with what stands in the filter now; where that was done, load on."""
        self.shell.say("")
        if self._list is not None and self._wish() == self._asked == self._list.wish and not self._list.is_over:
            self._start(self._list)
        else:
            self.ask()

    def do_refresh(self) -> None:
        """Load the list anew; one that broke off goes on from there."""
        self.shell.say("")
        if self._trouble is not None and self._list is not None and self._list.wish == self._asked:
            self._start(self._list)
        else:
            self.ask()

    def do_full_sync(self) -> None:
        """Sync the tenant, which is cached beside this list; one that is not cached is only looked at anew."""
        if self.session.tenant.cache == "off":
            self.ask()
        else:
            self.shell.start_sync(self._tenant_session, [], full=True)

    def stop(self) -> bool:
        """Stop loading; what is loaded stays."""
        if not self._is_loading:
            return False
        self.workers.cancel_group(self, "live")
        self.shell.say("Stopped. What is loaded is still here; ^L goes on.", "warning")
        return True


def _arranged(
    session: Session, resource_type: ResourceType, live: LiveList, arrangement: Arrangement
) -> tuple[LoadedRows, Sequence[int]]:
    """Return the rows that are loaded and the order to show them in: filtered and sorted here as far as needed. Blocks."""
    columns = arranged_columns(arrangement, resource_type)
    unseen = unseen_columns(arrangement, columns, resource_type)
    found = browse.rows(session, resource_type.name, projection(columns, resource_type, unseen))
    loaded = LoadedRows(columns, unseen, RowOrder(found.rows), found.state)
    text = live.wish.text if live.why_filtered else ""
    among = search.matching(session, resource_type, text, found.rows) if looks_like_filter(text) else None
    wish = loaded.wish(arrangement, "" if among is not None else text)
    if not live.why_filtered:
        wish = replace(wish, cell=None)
    if live.sort_by is not None:
        wish = replace(wish, order=())
    return loaded, loaded.order.shown(wish, among, Progress())


def open_live(shell: ShellScreen) -> None:
    """Open the filter of the open table live, in a tab beside it."""
    view = shell.view
    if not isinstance(view, RowsView):
        return
    text = view.query_one(FilterBar).text
    shell.open_tab(
        {"view": "live", "tenant": view.session.tenant.name, "type": view.resource_type.name, "filter": text}
    )
    live = shell.tabs[shell.current].view
    if isinstance(live, LiveView) and live.is_mounted:
        live.ask_for(text)
