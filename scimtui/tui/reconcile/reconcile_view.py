"""What a reconciliation found: a table by kinds, and keys that act on the accounts in it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, Static

from scimtui.errors import ScimtuiError
from scimtui.ops import guard
from scimtui.ops.people_columns import Wish
from scimtui.ops.presence import PEOPLE
from scimtui.ops.reconcile import Dormancy, Finding, Found, Reconciled, deactivations, reconcile
from scimtui.ops.search import plain
from scimtui.ops.sides import tenant_side
from scimtui.ops.source_people import file_source, tenant_source
from scimtui.present.cells import safe
from scimtui.present.reconcile_words import (
    COLUMNS,
    MARKS,
    PLURALS,
    counts_line,
    record,
    rows_of,
    source_lines,
    target_lines,
)
from scimtui.present.wording import age, count_of, error_lines
from scimtui.scim.kind import Kind
from scimtui.scim.resource import resource_id
from scimtui.tui.action import Where
from scimtui.tui.actions import bindings_for
from scimtui.tui.compare.choice_strip import ChoiceStrip
from scimtui.tui.filter.filter_bar import FilterBar, FilterInput
from scimtui.tui.lines.clipboard import copy
from scimtui.tui.table.virtual_table import Row, TableColumn, VirtualTable
from scimtui.tui.view import Header, View

if TYPE_CHECKING:
    from scimtui.ops.browse import SyncState
    from scimtui.ops.session import Session
    from scimtui.tui.reconcile.reconcile_dialog import Chosen
    from scimtui.tui.shell.shell_screen import ShellScreen

ALL = "all"
MOST_LINES = 5
"""Lines above the table at most; the weightiest come first."""
STYLES = {str(Found.ORPHAN): "bad", str(Found.LEAVER): "bad", str(Found.MISSING): "right", str(Found.DUPLICATE): "diff",
          str(Found.DORMANT): "inactive"}  # fmt: skip


class ReconcileView(View):
    """Works from the cache and the file; a part is never taken for the whole, and nothing is written before its preview."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.RECONCILE,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Where.RECONCILE)
    DEFAULT_CSS = """
    ReconcileView { height: 1fr; }
    ReconcileView #told { height: auto; max-height: 5; background: $surface; padding: 0 1; }
    """

    def __init__(self, session: Session, source: Session | None, chosen: Chosen) -> None:
        """`source` is the tenant that people come from; None where that is a file."""
        super().__init__(session)
        self.source = source
        self.chosen_sides = chosen
        self.found: Reconciled | None = None
        self._state: SyncState | None = None
        self._kind = ALL
        self._rows: list[Row] = []

    def compose(self) -> ComposeResult:
        """Compose kinds, how it was understood, filter and findings."""
        yield ChoiceStrip(id="kinds")
        yield Static("", id="told", markup=False)
        yield FilterBar("words")
        seen = [TableColumn("last seen", 10)] if self.chosen_sides.days else []
        yield VirtualTable([TableColumn("kind", 11, kind="state"), TableColumn("key"), TableColumn("why"), *seen])

    def on_mount(self) -> None:
        """Look."""
        self.table.empty_text = "Looking…"
        self.load()

    @property
    def table(self) -> VirtualTable:
        """The findings."""
        return self.query_one(VirtualTable)

    @property
    def title(self) -> str:
        """The tenant that is looked at."""
        return f"reconcile {safe(self.session.tenant.name)}"

    def header(self) -> Header:
        """Say with what, and how old both sides are."""
        chosen = self.chosen_sides
        name = safe(Path(chosen.file).name if chosen.file else chosen.source)
        state = self._state
        whole = "" if state is None else " complete" if state.complete else " INCOMPLETE"
        marked = len(self.table.marked) if self.is_mounted else 0
        parts = (
            f"against {name}",
            f"{marked:,} marked" if marked else "",
            f"{whole.strip()} {age(state.synced_at if state else None)}",
        )
        return Header(self.session.tenant, tuple(part for part in parts if part.strip()))

    def spec(self) -> dict[str, str]:
        """Remember both sides."""
        chosen = self.chosen_sides
        told = {"source": chosen.source, "file": chosen.file, "days": chosen.days}
        return {"view": "reconcile", "tenant": chosen.target, **told}

    def focus_first(self) -> None:
        """Start in the table."""
        self.table.focus()

    def why_not(self, action_id: str) -> str | None:
        """Say why an action means nothing here."""
        if action_id in ("open", "everywhere", "copy") and self.at_cursor() is None:
            return "there is nobody here"
        if action_id in ("open", "everywhere") and (one := self.at_cursor()) is not None and not one.id:
            return f"{safe(one.key)} has no account here"
        if action_id in ("toggle_active", "offboard"):
            if not any(one.id for one in self.chosen()):
                return "there is no account here"
            return guard.why_not(Kind.DEACTIVATE, self.session, unlocked=self.shell.is_unlocked(self.session.tenant))
        return None

    # ------------------------------------------------------------------ looking

    @work(exclusive=True, group="rows", exit_on_error=False)
    async def load(self) -> None:
        """Reconcile, and show what came of it."""
        try:
            self.found = await asyncio.to_thread(_reconciled, self.session, self.source, self.chosen_sides)
        except ScimtuiError as error:
            self.found, self._rows = None, []
            self.table.set_rows([])
            self.table.empty_text = "\n".join(error_lines(error)[:3])
            return
        self._rows = await asyncio.to_thread(rows_of, self.found.findings)
        self._state = await asyncio.to_thread(tenant_side(self.session).state, PEOPLE)
        if not self.found.counts.get(self._kind, 0):
            self._kind = ALL
        self.show()
        self.post_message(self.Ready())
        self.shell.header_changed()

    @work(exclusive=True, group="show", exit_on_error=False)
    async def show(self) -> None:
        """Show the findings of the kind that is open, those that the filter holds."""
        if (found := self.found) is None:
            return
        text, kind, rows = self.query_one(FilterBar).text, self._kind, self._rows
        view = await asyncio.to_thread(_shown, found, rows, kind, text)
        self.table.set_rows(rows, view, row_style=_style)
        nothing = "Nothing is wrong here" if found.findings else f"{counts_line(found)}."
        self.table.empty_text = "No finding here has these words" if text else nothing
        self.query_one(FilterBar).show_found(count_of(len(view), "match", "matches") if text else "")
        self._show_strip(found)

    def _show_strip(self, found: Reconciled) -> None:
        choices = [(ALL, f"all {len(found.findings):,}")]
        choices += [
            (str(k), f"{MARKS[k]} {found.counts[str(k)]:,} {PLURALS[k]}") for k in Found if found.counts[str(k)]
        ]
        self.query_one("#kinds", ChoiceStrip).show(choices, self._kind, ". next kind")
        dormancy = _dormancy(self.chosen_sides)
        lines = [*source_lines(found.source), *target_lines(found, dormancy)]
        lines.sort(key=lambda line: line[:1] not in "!?")
        if len(lines) > MOST_LINES:
            lines = [*lines[: MOST_LINES - 1], f"and {len(lines) - MOST_LINES + 1} more: scimtui reconcile says them"]
        self.query_one("#told", Static).update(Content("\n".join(lines)))

    def open_kind(self, kind: str) -> None:
        """Show the findings of one kind, or all."""
        self._kind = kind
        self.show()

    def synced(self, tenant: str, type_name: str) -> None:
        """Look again."""
        names = {self.session.tenant.name, self.source.tenant.name if self.source is not None else ""}
        if tenant in names and type_name.casefold() == PEOPLE.casefold():
            self.load()

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Look again."""
        _ = resource_id
        self.synced(tenant, type_name)

    # ------------------------------------------------------------------ who

    def at_cursor(self) -> Finding | None:
        """Return the finding under the cursor."""
        if self.found is None or not self.table.view or self.table.cursor_id is None:
            return None
        return self.found.findings[self.table.view[self.table.cursor_row]]

    def chosen(self) -> list[Finding]:
        """Return the marked findings, else the one under the cursor."""
        if self.found is not None and self.table.marked:
            by_id = {row[0]: one for row, one in zip(self._rows, self.found.findings, strict=True)}
            return [by_id[one] for one in self.table.marked_in_order if one in by_id]
        one = self.at_cursor()
        return [one] if one is not None else []

    # ------------------------------------------------------------------ events

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        event.stop()
        self.show()

    @on(FilterInput.Left)
    def _filter_left(self, event: FilterInput.Left) -> None:
        event.stop()
        self.table.focus()

    @on(VirtualTable.Opened)
    def _row_opened(self, event: VirtualTable.Opened) -> None:
        event.stop()
        self.do_open()

    @on(VirtualTable.Marked)
    @on(VirtualTable.CursorMoved)
    def _chosen_otherwise(self, event: VirtualTable.Marked | VirtualTable.CursorMoved) -> None:
        event.stop()
        self.shell.header_changed()

    @on(ChoiceStrip.Taken)
    def _kind_clicked(self, event: ChoiceStrip.Taken) -> None:
        event.stop()
        self.open_kind(event.choice)

    # ------------------------------------------------------------------ actions

    def _step(self, step: int) -> None:
        if self.found is not None:
            kinds = [ALL, *(str(kind) for kind in Found if self.found.counts[str(kind)])]
            place = kinds.index(self._kind) if self._kind in kinds else 0
            self.open_kind(kinds[(place + step) % len(kinds)])

    def do_next_kind(self) -> None:
        """Show the next kind."""
        self._step(1)

    def do_previous_kind(self) -> None:
        """Show the kind before."""
        self._step(-1)

    def do_filter(self) -> None:
        """Go to the filter."""
        self.query_one(FilterBar).focus_field()

    def do_open(self) -> None:
        """Open the account."""
        one, kind = self.at_cursor(), self.session.provider.resource_type(PEOPLE)
        if one is not None and one.id and kind is not None:
            self.shell.open_resource(self.session, kind, one.id, "details")
        elif one is not None:
            self.shell.say(f"{safe(one.key)} has no account here; {safe(one.detail)}", "info")

    def do_everywhere(self) -> None:
        """Open the person in all tenants."""
        if (one := self.at_cursor()) is not None and one.id:
            names = {"tenant": self.session.tenant.name, "type": PEOPLE, "id": one.id}
            cast("ShellScreen", self.shell).open_tab({"view": "person", **names})

    def do_refresh(self) -> None:
        """Fetch both sides again; a file is read again."""
        for session in filter(None, (self.session, self.source)):
            self.shell.start_sync(session, [PEOPLE])
        self.load()

    @work(group="write", exit_on_error=False)
    async def do_toggle_active(self) -> None:
        """Deactivate the accounts of the marked findings, after the preview."""
        from scimtui.tui.writing.batches import send_many

        changes = await asyncio.to_thread(deactivations, self.session, self.chosen())
        if changes:
            await send_many(self.shell, self.session, changes)
            self.load()

    @work(group="write", exit_on_error=False)
    async def do_offboard(self) -> None:
        """Take the accounts of the marked findings through the recipe of the tenant."""
        from scimtui.tui.offboarding.offboarding import offboard

        kind = self.session.provider.resource_type(PEOPLE)
        people = await asyncio.to_thread(_people, self.session, self.chosen())
        if kind is not None and people:
            await offboard(self.shell, [(self.session, kind, raw) for raw in people])
            self.load()

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def do_copy(self) -> None:
        """Copy the key of the finding under the cursor."""
        if (one := self.at_cursor()) is not None:
            self.shell.say((await copy(self.app, one.key, safe(one.key))).sentence, "done")

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def do_export(self) -> None:
        """Write the findings shown, or those marked, into a file."""
        from scimtui.tui.dialogs.shown_dialog import shown
        from scimtui.tui.people_list.list_screen import ListFile, SaveRowsDialog

        if (found := self.found) is None:
            return
        some = self.chosen() if self.table.marked else [found.findings[place] for place in self.table.view]
        rows = [list(record(one).values()) for one in some]
        name = f"{safe(found.target)}.findings.csv"
        said = await shown(self.shell, SaveRowsDialog(ListFile("Write what was found", name, COLUMNS, rows)))
        if said is not None:
            self.shell.say(said, "done")


def _reconciled(session: Session, source: Session | None, chosen: Chosen) -> Reconciled:
    """Blocks for the disk and the work."""
    people = (
        tenant_source(tenant_side(source))
        if source is not None
        else file_source(Path(chosen.file), session.tenant.match, Wish())
    )
    return reconcile(people, tenant_side(session), dormancy=_dormancy(chosen))


def _dormancy(chosen: Chosen) -> Dormancy | None:
    return Dormancy(timedelta(days=int(chosen.days))) if chosen.days.isdigit() else None


def _shown(found: Reconciled, rows: Sequence[Row], kind: str, text: str) -> list[int]:
    places = [place for place, one in enumerate(found.findings) if kind in (ALL, one.kind)]
    return plain(rows, text, places) if text else places


def _people(session: Session, findings: Sequence[Finding]) -> list[Mapping[str, Any]]:
    """Return the accounts of findings, each once, in their order. Blocks for the disk."""
    ids = list(dict.fromkeys(one.id for one in findings if one.id))
    found = {resource_id(raw): raw for raw in session.cache.resources(PEOPLE).some(ids)}
    return [found[one] for one in ids if one in found]


def _style(row: Row) -> str:
    return STYLES.get(row[2].partition(" ")[2], "")
