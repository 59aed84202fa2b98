"""Two sides of a comparison: who differs and in what, who is only on one side, who is the same."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from scimtui.errors import ScimtuiError, SyntaxFault
from scimtui.present.cells import safe
from scimtui.present.compare_rules_words import rules_texts
from scimtui.present.comparison import DIFFERS
from scimtui.present.wording import count_of, error_lines
from scimtui.tui.action import Where
from scimtui.tui.actions import bindings_for
from scimtui.tui.compare.choice_strip import ChoiceStrip
from scimtui.tui.compare.compared import ComparedSides, Wish, compared, rows_of_tab, shown, still_staged
from scimtui.tui.compare.compared_table import ComparedTable
from scimtui.tui.compare.pair_pane import PairPane
from scimtui.tui.compare.schema_pane import SchemaPane
from scimtui.tui.compare.strip_texts import (
    ALL,
    SCHEMA,
    attribute_choices,
    nothing_here,
    rules_chip,
    side_texts,
    tab_choices,
    warning_lines_shown,
)
from scimtui.tui.filter.filter_bar import FilterBar, FilterInput
from scimtui.tui.table.virtual_table import VirtualTable
from scimtui.tui.view import Header, View

if TYPE_CHECKING:
    from scimtui.config import CompareRules
    from scimtui.ops.row_order import RowOrder
    from scimtui.present.compared_rows import Compared, ComparedRows
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.compare.compared_side import ComparedSide

BESIDE, BELOW = 130, 30
"""Cells, and lines of the terminal, from which the pair has room beside or below the table."""
WAITS = 1.0
"""Seconds that the key which leaves the filter waits for the rows that it found."""


class CompareView(View):
    """Works from caches, copies and files, offline; both ages stand in the top line, and a part is never shown as the whole."""

    PLACES = (Where.COMPARE,)
    BINDINGS = bindings_for(Where.COMPARE)
    DEFAULT_CSS = """
    CompareView { height: 1fr; }
    CompareView #warning { height: auto; max-height: 4; background: $warning 25%; padding: 0 1; display: none; }
    CompareView #attributes, CompareView #schema { display: none; }
    CompareView #warning.-shown, CompareView #attributes.-shown { display: block; }
    CompareView #rows { height: 1fr; }
    CompareView #pair { display: none; height: 45%; border-top: hkey $panel; background: $surface; }
    CompareView #rows.-with-pair #pair { display: block; }
    CompareView #rows.-beside { layout: horizontal; }
    CompareView #rows.-beside #pair { width: 50%; height: 1fr; border-top: none; border-left: vkey $panel; }
    CompareView #rows.-whole #pair { display: block; width: 1fr; height: 1fr; border: none; background: $background; }
    CompareView #rows.-whole #table, CompareView #rows.-schema ComparedTable, CompareView #rows.-schema #pair { display: none; }
    CompareView #rows.-schema #schema { display: block; height: 1fr; }
    """

    def __init__(
        self,
        left: ComparedSide,
        right: ComparedSide,
        resource_type: ResourceType,
        rules: CompareRules,
        kept: CompareRules,
    ) -> None:
        """`kept` are the rules of the config; `rules` those of this tab."""
        super().__init__(left.session)
        self.left = left
        self.right = right
        self.resource_type = resource_type
        self.rules = rules
        self.kept = kept
        self.held: ComparedSides | None = None
        """What was compared; None until it was."""
        self.staged: dict[str, tuple[Compared, str]] = {}
        """By id: who is staged, and the sign for which way."""
        self.tab = DIFFERS
        self.attribute = ALL
        self._cache: dict[tuple[str, str], tuple[ComparedRows, RowOrder]] = {}
        self._sort: tuple[int, bool] | None = None
        self._with_pair: bool | None = None
        self._settled = asyncio.Event()

    def compose(self) -> ComposeResult:
        """Compose kinds, warnings, attributes, filter, table, and the pair beside it."""
        yield ChoiceStrip(id="kinds")
        yield Static("", id="warning", markup=False)
        yield ChoiceStrip(id="attributes")
        yield FilterBar("words, or a filter such as  active eq false")
        with Vertical(id="rows"):
            yield ComparedTable(id="table")
            yield PairPane(id="pair")
            yield SchemaPane(id="schema")

    def on_mount(self) -> None:
        """Compare."""
        self.table.empty_text = "Comparing…"
        self.load()

    @property
    def table(self) -> ComparedTable:
        """The table of the view."""
        return self.query_one(ComparedTable)

    @property
    def pane(self) -> PairPane:
        """The pair beside it."""
        return self.query_one(PairPane)

    @property
    def title(self) -> str:
        """Both sides."""
        return f"{self.left.name} ⇄ {self.right.name}"

    def header(self) -> Header:
        """Say what is compared, what is staged, and both sides with completeness and age."""
        parts = [f"{safe(self.resource_type.name)}s", f"{len(self.staged):,} staged" if self.staged else ""]
        sides = side_texts(self.held, is_narrow=self.app.size.width < 100) if self.held else []
        return Header(self.session.tenant, tuple(part for part in (*parts, *sides) if part))

    def spec(self) -> dict[str, str]:
        """Remember both sides, the type, and the rules where they are not those of the config and may be kept."""
        sessions = (self.left.session, self.right.session)
        may_keep = all(one.tenant.cache == "on" for one in sessions) and self.rules != self.kept
        return {
            "view": "compare",
            "tenant": sessions[0].tenant.name,
            "right": sessions[1].tenant.name,
            "type": self.resource_type.name,
            **self.left.spec("left"),
            **self.right.spec("right"),
            **({"rules": json.dumps(rules_texts(self.rules))} if may_keep else {}),
        }

    def is_open_work(self) -> bool:
        """Whether somebody is staged."""
        return bool(self.staged)

    def focus_first(self) -> None:
        """Start in the table."""
        self._keys_go_to.focus()

    @property
    def _keys_go_to(self) -> ComparedTable | PairPane | SchemaPane:
        if self.tab == SCHEMA:
            return self.query_one(SchemaPane)
        return self.pane if self.query_one("#rows").has_class("-whole") else self.table

    def leave(self) -> bool:
        """Close the pair that was opened, then take all attributes again."""
        if self.query_one("#rows").has_class("-whole"):
            self._show_whole(whole=False)
        elif self.attribute != ALL:
            self.narrow(ALL)
        else:
            return False
        return True

    # ------------------------------------------------------------------ staged

    def set_staged(self, staged: dict[str, tuple[Compared, str]]) -> None:
        """Show who is staged, by id: whom, and a sign such as `>` that stands behind the sign of the row."""
        self.staged = staged
        self.show_tab()
        self.shell.header_changed()

    # ------------------------------------------------------------------ comparing

    @work(exclusive=True, group="rows", exit_on_error=False)
    async def load(self) -> None:
        """Compare, and show what came of it."""
        try:
            self.held = await asyncio.to_thread(compared, self.left, self.right, self.resource_type, self.rules)
        except ScimtuiError as error:
            self.held = None
            self.table.clear("\n".join(error_lines(error)[:3]))
        self._cache = {}
        if self.staged and self.held:
            self.staged = await asyncio.to_thread(still_staged, self.held, self.staged)
        warning, lines = self.query_one("#warning", Static), warning_lines_shown(self.held) if self.held else []
        warning.set_class(bool(lines), "-shown")
        warning.update("\n".join(lines))
        self.show_tab()
        self.post_message(self.Ready())
        self.shell.header_changed()

    def show_tab(self) -> None:
        """Show the rows of the tab that is open."""
        self.query_one("#rows").set_class(self.tab == SCHEMA, "-schema")
        if self.tab == SCHEMA:
            self.query_one(SchemaPane).show(self.held)
            self._show_strips()
        else:
            self._settled.clear()
            self._find(Wish(self.tab, self.attribute if self.tab == DIFFERS else ALL, self._text, self._sort))

    @property
    def _text(self) -> str:
        return self.query_one(FilterBar).text

    @work(exclusive=True, group="tab", exit_on_error=False)
    async def _find(self, wish: Wish) -> None:
        held, key = self.held, (wish.tab, wish.attribute)
        if held is None:
            return
        try:
            if key not in self._cache:
                self._cache[key] = await asyncio.to_thread(rows_of_tab, held, *key)
            made, order = self._cache[key]
            self._paint(held, made, await asyncio.to_thread(shown, held, made, order, wish), wish)
        except SyntaxFault as fault:
            self.query_one(FilterBar).show_fault(fault)
        finally:
            self._settled.set()
        self._show_strips()

    def _paint(self, held: ComparedSides, made: ComparedRows, view: Sequence[int], wish: Wish) -> None:
        self.table.show_made(made, view, wish, {identity: sign for identity, (_, sign) in self.staged.items()})
        self.table.empty_text = nothing_here(held, wish.tab, wish.text)
        self.query_one(FilterBar).show_found(count_of(len(view), "match", "matches") if wish.text else "")

    def _show_strips(self) -> None:
        held = self.held
        if held is None:
            return
        self.query_one("#kinds", ChoiceStrip).show(tab_choices(held, self.size.width), self.tab)
        attributes = self.query_one("#attributes", ChoiceStrip)
        attributes.set_class(self.tab == DIFFERS and bool(held.attributes), "-shown")
        attributes.show(attribute_choices(held), self.attribute, "a narrows to one")
        self.query_one(FilterBar).show_chip(rules_chip(held))

    # ------------------------------------------------------------------ the pair

    def show_pair(self) -> None:
        """Show the pair under the cursor."""
        self.pane.show(self.held, self.table.subject)

    def on_resize(self) -> None:
        """Have the pair beside the table, or below it, where there is room."""
        rows = self.query_one("#rows")
        is_beside, is_below = self.size.width >= BESIDE, self.app.size.height >= BELOW
        rows.set_class(is_beside, "-beside")
        rows.set_class((is_beside or is_below) if self._with_pair is None else self._with_pair, "-with-pair")
        self._show_strips()
        self.call_after_refresh(self.show_pair)

    def _show_whole(self, *, whole: bool) -> None:
        self.query_one("#rows").set_class(whole, "-whole")
        self._keys_go_to.focus()
        self.call_after_refresh(self.show_pair)

    # ------------------------------------------------------------------ what others tell

    def synced(self, tenant: str, type_name: str) -> None:
        """Compare again."""
        names = [one.session.tenant.name for one in (self.left, self.right) if one.is_live]
        if tenant in names and type_name == self.resource_type.name:
            self.load()

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Compare again."""
        _ = resource_id
        self.synced(tenant, type_name)

    @on(Input.Changed, "#filter")
    def _filter_typed(self, event: Input.Changed) -> None:
        event.stop()
        self.show_tab()

    @on(FilterInput.Left)
    async def _filter_left(self, event: FilterInput.Left) -> None:
        event.stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._settled.wait(), WAITS)
        self.table.focus()

    @on(VirtualTable.CursorMoved)
    def _cursor_moved(self, event: VirtualTable.CursorMoved) -> None:
        event.stop()
        self.show_pair()

    @on(VirtualTable.Opened)
    def _row_opened(self, event: VirtualTable.Opened) -> None:
        event.stop()
        self.do_open()

    @on(VirtualTable.HeaderClicked)
    def _header_clicked(self, event: VirtualTable.HeaderClicked) -> None:
        event.stop()
        self._sort_by(event.column, descending=self._sort == (event.column, False))

    @on(ChoiceStrip.Taken, "#kinds")
    def _kind_clicked(self, event: ChoiceStrip.Taken) -> None:
        event.stop()
        self.open_kind(event.choice)

    @on(ChoiceStrip.Taken, "#attributes")
    def _attribute_clicked(self, event: ChoiceStrip.Taken) -> None:
        event.stop()
        self.narrow(event.choice)

    def _sort_by(self, column: int | None, *, descending: bool = False) -> None:
        self._sort = None if column is None else (column, descending)
        self.show_tab()

    # ------------------------------------------------------------------ other sides, other rows

    def open_kind(self, tab: str) -> None:
        """Show who is of another kind."""
        self.tab, self._sort = tab, None
        self.show_tab()
        self.focus_first() if not self.query_one("#rows").has_class("-whole") else self._show_whole(whole=False)

    def narrow(self, attribute: str) -> None:
        """Look at one attribute over all people, or at all again."""
        self.attribute, self._sort = attribute, None
        self.tab = DIFFERS
        self.show_tab()

    def switch_type(self, number: int) -> None:
        """Compare another resource type of the left side."""
        types = self.left.session.provider.resource_types
        if number > len(types):
            self.shell.say(f"{self.left.name} has {count_of(len(types), 'resource type')}", "info")
        elif types[number - 1].name != self.resource_type.name:
            self.resource_type, self.staged, self.tab = types[number - 1], {}, DIFFERS
            self.begin_again()

    def compare_by(self, rules: CompareRules) -> None:
        """Compare again by other rules."""
        self.rules = rules
        self.begin_again()

    def begin_again(self) -> None:
        """Compare what is to be compared now; whoever was narrowed to or sorted by is forgotten."""
        self.attribute, self._sort = ALL, None
        self.session = self.left.session
        self.table.clear("Comparing…")
        self.post_message(self.Titled())
        self.load()

    # ------------------------------------------------------------------ actions

    def do_filter(self) -> None:
        """Go to the filter."""
        self.query_one(FilterBar).focus_field()

    def do_open(self) -> None:
        """Show the pair in the place of the table."""
        if self.table.subject is not None:
            self._show_whole(whole=True)

    def do_peek(self) -> None:
        """Show or hide the pair beside the table."""
        self._with_pair = not self.query_one("#rows").has_class("-with-pair")
        self.on_resize()

    def do_sort(self) -> None:
        """Sort by the next column."""
        column = 0 if self._sort is None else self._sort[0] + 1
        self._sort_by(column if column < len(self.table.columns) else None)

    def do_reverse(self) -> None:
        """Turn the order round."""
        column, descending = self._sort or (0, False)
        self._sort_by(column, descending=not descending)

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def do_copy(self) -> None:
        """Copy the key."""
        from scimtui.tui.lines.clipboard import copy

        if subject := self.table.subject:
            copied = await copy(self.app, subject.key, safe(subject.key))
            self.shell.say(copied.sentence, copied.kind)

    def do_refresh(self) -> None:
        """Sync both sides, and whom groups have as members."""
        from scimtui.tui.compare.compare_actions import sync_both

        sync_both(self)
