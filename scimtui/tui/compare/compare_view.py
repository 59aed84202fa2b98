"""Two tenants side by side: who differs, attribute by attribute, and who is only on one side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from scimtui.ops import browse, search
from scimtui.ops.compare import SidesCompared, compare_sides
from scimtui.ops.sides import tenant_side
from scimtui.present.cells import cell, safe
from scimtui.present.comparison import DIFFERS, KINDS, MARKS, PairRow, counts, pair_rows, unknown_lines
from scimtui.present.wording import age, count_of
from scimtui.scim.resource import lookup
from scimtui.tui.action import Where
from scimtui.tui.actions import bindings_for
from scimtui.tui.compare.pair_lines import pair_lines
from scimtui.tui.filter.filter_bar import FilterBar, FilterInput
from scimtui.tui.lines.line_view import LineView
from scimtui.tui.table.virtual_table import TableColumn, VirtualTable
from scimtui.tui.view import Header, View

if TYPE_CHECKING:
    from scimtui.config import CompareRules
    from scimtui.ops.session import Session
    from scimtui.scim.compare import Difference
    from scimtui.scim.schema import ResourceType

MOST_WARNINGS = 4
"""Lines of warnings above the table."""


class CompareView(View):
    """Works from the two caches, offline; both ages stand in the top line, and a part is never shown as the whole."""

    PLACES = (Where.COMPARE,)
    BINDINGS = bindings_for(Where.COMPARE)
    DEFAULT_CSS = """
    CompareView { height: 1fr; }
    CompareView #kinds { height: 1; background: $surface; }
    CompareView #warning { height: auto; background: $warning 25%; padding: 0 1; display: none; }
    CompareView #warning.-shown { display: block; }
    CompareView #rows { height: 1fr; }
    CompareView #pair { display: none; width: 1fr; border-left: vkey $panel; background: $surface; }
    CompareView #pair.-shown { display: block; }
    """

    def __init__(self, left: Session, right: Session, resource_type: ResourceType, rules: CompareRules | None) -> None:
        super().__init__(left)
        self.right = right
        self.resource_type = resource_type
        self._rules = rules
        self._result: SidesCompared | None = None
        self._pairs: list[PairRow] = []
        self._rows: list[tuple[str, ...]] = []
        self._kind = ""
        self._show_equal = False
        self._sort: tuple[int, bool] | None = None

    def compose(self) -> ComposeResult:
        """Compose kinds, filter, table, and the pair beside it."""
        yield Static("", id="kinds", markup=False)
        yield Static("", id="warning", markup=False)
        yield FilterBar("words: a name, an attribute, a value")
        with Horizontal(id="rows"):
            yield VirtualTable(id="table")
            yield LineView(id="pair")

    def on_mount(self) -> None:
        """Compare."""
        left, right = self.session.tenant.name, self.right.tenant.name
        self.table.set_columns(
            (
                TableColumn("", 13, kind="state"),
                TableColumn("key", 0),
                TableColumn("attribute", 18),
                TableColumn(safe(left), 0),
                TableColumn(safe(right), 0),
            )
        )
        self.table.empty_text = "Comparing…"
        self.load()

    @property
    def table(self) -> VirtualTable:
        """The table of the view."""
        return self.query_one(VirtualTable)

    @property
    def title(self) -> str:
        """Both tenants."""
        return safe(f"{self.session.tenant.name} ⇄ {self.right.tenant.name}")

    def header(self) -> Header:
        """Say both tenants with completeness and age."""
        parts = [f"{safe(self.resource_type.name)}s"]
        if self._result:
            for session, state in (
                (self.session, self._result.left_state),
                (self.right, self._result.right_state),
            ):
                whole = "" if state and state.complete else " INCOMPLETE"
                parts.append(f"{safe(session.tenant.name)} {age(state.synced_at if state else None)}{whole}")
        return Header(self.session.tenant, tuple(parts))

    def spec(self) -> dict[str, str]:
        """Remember both tenants and the type."""
        names = {"tenant": self.session.tenant.name, "right": self.right.tenant.name}
        return {"view": "compare", **names, "type": self.resource_type.name}

    def focus_first(self) -> None:
        """Start in the table."""
        self.table.focus()

    # ------------------------------------------------------------------ rows

    @work(exclusive=True, group="rows", exit_on_error=False)
    async def load(self) -> None:
        """Compare the two caches and show what came of it."""
        self._result = await asyncio.to_thread(
            compare_sides,
            tenant_side(self.session),
            tenant_side(self.right),
            self.resource_type.name,
            self._rules,
        )
        self._pairs = await asyncio.to_thread(pair_rows, self._result.comparison, self._describe)
        self._rows = [pair.cells(number) for number, pair in enumerate(self._pairs)]
        self._show_warning()
        self._show_view()
        self.shell.header_changed()

    def _describe(self, side: str, resource_id: str) -> str:
        session = self.session if side == "left" else self.right
        resource = browse.resource(session, self.resource_type.name, resource_id)
        return cell(lookup(resource.raw, "displayName")) if resource else safe(resource_id)

    def _show_warning(self) -> None:
        states = (
            {}
            if self._result is None
            else {
                self.session.tenant.name: self._result.left_state,
                self.right.tenant.name: self._result.right_state,
            }
        )
        partial = [name for name, state in states.items() if state is None or not state.complete]
        names = (self.session.tenant.name, self.right.tenant.name)
        lines = [f"? {line}." for line in unknown_lines(self._result.comparison, *names)] if self._result else []
        if partial:
            whose = safe(" and ".join(partial))
            lines.insert(
                0,
                f"! Not everybody of {whose} is in the cache: someone who seems to be missing may be there. "
                "Press r to sync.",
            )
        warning = self.query_one("#warning", Static)
        warning.set_class(bool(lines), "-shown")
        warning.update("\n".join(lines[:MOST_WARNINGS]))

    def _show_view(self) -> None:
        view = [i for i, pair in enumerate(self._pairs) if not self._kind or pair.kind == self._kind]
        if text := self.query_one(FilterBar).text:
            view = search.plain(self._rows, text, view)
        if self._sort is not None:
            column, descending = self._sort
            view = sorted(view, key=lambda i: search.fold(self._rows[i][column + 2]), reverse=descending)
        self.table.set_rows(self._rows, view, row_style=_row_style)
        if self._result is not None:
            self.table.empty_text = "Nothing here.\nAll of this kind are equal, or the filter hides them."
        self._show_kinds(len(view))

    def _show_kinds(self, shown: int) -> None:
        if self._result is None:
            return
        numbers = counts(self._result.comparison)
        chips = [f"[all {sum(numbers.values()):,}]" if not self._kind else f" all {sum(numbers.values()):,} "]
        for kind in KINDS:
            chip = f"{MARKS[kind]} {kind} {numbers[kind]:,}"
            chips.append(f"[{chip}]" if kind == self._kind else f" {chip} ")
        chips.append(f" = same {numbers['same']:,} ")
        self.query_one("#kinds", Static).update(" " + " ".join(chips))
        self.query_one(FilterBar).show_found(count_of(shown, "line") if self.query_one(FilterBar).text else "")

    def _pair_at_cursor(self) -> PairRow | None:
        row = self.table.cursor_id
        return self._pairs[int(row)] if row is not None else None

    @work(exclusive=True, group="pair", exit_on_error=False)
    async def _show_pair(self) -> None:
        pair = self._pair_at_cursor()
        view = self.query_one("#pair", LineView)
        if pair is None or self._result is None or not view.has_class("-shown"):
            return
        name = self.resource_type.name
        left = await asyncio.to_thread(browse.resource, self.session, name, pair.left_id)
        right = await asyncio.to_thread(browse.resource, self.right, name, pair.right_id)
        names = (safe(self.session.tenant.name), safe(self.right.tenant.name))
        lines = pair_lines(
            names,
            (left.raw if left else None, right.raw if right else None),
            self._changes(pair),
            self._result.types,
            width=view.size.width,
            with_equal=self._show_equal,
        )
        view.set_lines(lines)

    def _changes(self, pair: PairRow) -> Sequence[Difference]:
        different = self._result.comparison.different if self._result else ()
        return next((one.changes for one in different if one.left_id == pair.left_id), ())

    def synced(self, tenant: str, type_name: str) -> None:
        """Compare again."""
        if tenant in (self.session.tenant.name, self.right.tenant.name) and type_name == self.resource_type.name:
            self.load()

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Compare again."""
        _ = resource_id
        self.synced(tenant, type_name)

    # ------------------------------------------------------------------ events

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._show_view()

    @on(FilterInput.Left)
    def _filter_left(self, event: FilterInput.Left) -> None:
        event.stop()
        self.table.focus()

    @on(VirtualTable.CursorMoved)
    def _cursor_moved(self, event: VirtualTable.CursorMoved) -> None:
        event.stop()
        self._show_pair()

    @on(VirtualTable.Opened)
    def _row_opened(self, event: VirtualTable.Opened) -> None:
        event.stop()
        self.do_open()

    @on(VirtualTable.HeaderClicked)
    def _header_clicked(self, event: VirtualTable.HeaderClicked) -> None:
        event.stop()
        self._sort_by(event.column, descending=self._sort == (event.column, False))

    def _sort_by(self, column: int | None, *, descending: bool = False) -> None:
        self._sort = None if column is None else (column, descending)
        self.table.set_sort(column, descending=descending)
        self._show_view()

    # ------------------------------------------------------------------ actions

    def do_filter(self) -> None:
        """Go to the filter."""
        self.query_one(FilterBar).focus_field()

    def do_open(self) -> None:
        """Show or hide the pair beside the table."""
        view = self.query_one("#pair", LineView)
        view.toggle_class("-shown")
        self.call_after_refresh(self._show_pair)

    do_peek = do_open

    def do_equal(self) -> None:
        """Show or hide equal attributes of the pair."""
        self._show_equal = not self._show_equal
        self.query_one("#pair").add_class("-shown")
        self.call_after_refresh(self._show_pair)

    def do_next_difference(self) -> None:
        """Go to the next person."""
        self._jump(1)

    def do_previous_difference(self) -> None:
        """Go to the person before."""
        self._jump(-1)

    def _jump(self, step: int) -> None:
        start = self._pair_at_cursor()
        position = self.table.cursor_row
        view = self.table.view
        while start is not None and 0 <= position + step < len(view):
            position += step
            if self._pairs[view[position]].key != start.key:
                break
        self.table.move_to(position)

    def do_next_kind(self) -> None:
        """Show the next kind only."""
        self._step_kind(1)

    def do_previous_kind(self) -> None:
        """Show the kind before only."""
        self._step_kind(-1)

    def _step_kind(self, step: int) -> None:
        kinds = ("", *KINDS)
        self._kind = kinds[(kinds.index(self._kind) + step) % len(kinds)]
        self._show_view()

    def do_sort(self) -> None:
        """Sort by the next column."""
        column = 0 if self._sort is None else self._sort[0] + 1
        self._sort_by(column if column < 5 else None)

    def do_reverse(self) -> None:
        """Turn the order round."""
        column, descending = self._sort or (0, False)
        self._sort_by(column, descending=not descending)

    def do_copy(self) -> None:
        """Copy the key."""
        if pair := self._pair_at_cursor():
            self.app.copy_to_clipboard(pair.key)
            self.shell.say(f"Copied {pair.key}", "done")

    def do_refresh(self) -> None:
        """Sync both sides."""
        for session in (self.session, self.right):
            self.shell.start_sync(session, [self.resource_type.name])


def _row_style(row: tuple[str, ...]) -> str:
    return {MARKS[DIFFERS]: "diff", "◀": "left", "▶": "right"}.get(row[2][:1], "")
