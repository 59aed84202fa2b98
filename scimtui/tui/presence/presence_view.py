"""People by tenants: a strip of patterns with counts, and the people of the chosen one, a sign for each tenant."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Input, Static

from scimtui.errors import ScimtuiError
from scimtui.ops.presence import PEOPLE, Presence, presence, sources
from scimtui.ops.search import plain
from scimtui.ops.sides import Side, tenant_side
from scimtui.present.cells import safe
from scimtui.present.presence_words import (
    LEGEND,
    age_words,
    pattern_marks,
    pattern_words,
    record,
    rows_of,
    tenant_lines,
)
from scimtui.present.wording import count_of, error_lines
from scimtui.tui.action import Where
from scimtui.tui.actions import bindings_for
from scimtui.tui.compare.choice_strip import ChoiceStrip
from scimtui.tui.filter.filter_bar import FilterBar, FilterInput
from scimtui.tui.lines.clipboard import copy
from scimtui.tui.table.virtual_table import Row, TableColumn, VirtualTable
from scimtui.tui.view import Header, View

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.tui.shell.shell_screen import ShellScreen

ALL = "all"
MOST_PATTERNS = 40
"""So many patterns are offered; the rarer ones are found among all people."""
KEY, NAME, WORDED = 28, 20, 10
"""Cells of the key, of a name, and of a sign with its word."""


class PresenceView(View):
    """Works from the caches alone; a tenant of which not all is known has question marks, and nobody is missing there."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.PRESENCE,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Where.PRESENCE)
    DEFAULT_CSS = """
    PresenceView { height: 1fr; }
    PresenceView #what { height: auto; max-height: 4; background: $surface; padding: 0 1; }
    PresenceView #legend { height: 1; background: $surface; color: $text-muted; padding: 0 1; }
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.found: Presence | None = None
        self._rows: dict[tuple[bool, bool], list[Row]] = {}
        self._people: dict[str, list[int]] = {}
        self._pattern = ALL
        self._shape: tuple[bool, bool] | None = None

    def compose(self) -> ComposeResult:
        """Compose patterns, what the chosen one means, filter, people, and the signs."""
        yield ChoiceStrip(id="patterns")
        yield Static("", id="what", markup=False)
        yield FilterBar("words of a key or a name")
        yield VirtualTable()
        yield Static(LEGEND, id="legend", markup=False)

    def on_mount(self) -> None:
        """Look into the caches."""
        self.table.empty_text = "Looking into all tenants…"
        self.load()

    @property
    def table(self) -> VirtualTable:
        """The people."""
        return self.query_one(VirtualTable)

    @property
    def title(self) -> str:
        """What it is."""
        return "presence"

    def header(self) -> Header:
        """Say how many people are in how many tenants, and how old each copy is."""
        if self.found is None:
            return Header(self.session.tenant, ("all tenants",))
        told = f"{count_of(len(self.found), 'person', 'people')} in {count_of(len(self.found.tenants), 'tenant')}"
        return Header(self.session.tenant, (told, *map(age_words, self.found.tenants)))

    def spec(self) -> dict[str, str]:
        """There is one for all tenants."""
        return {"view": "presence", "tenant": self.session.tenant.name}

    def focus_first(self) -> None:
        """Start in the table."""
        self.table.focus()

    def leave(self) -> bool:
        """Show everybody again."""
        if self._pattern == ALL:
            return False
        self.open_pattern(ALL)
        return True

    def why_not(self, action_id: str) -> str | None:
        """Say why an action means nothing here."""
        if action_id in ("open", "everywhere", "copy") and self.table.cursor_id is None:
            return "there is nobody here"
        return None

    # ------------------------------------------------------------------ reading

    @work(exclusive=True, group="rows", exit_on_error=False)
    async def load(self) -> None:
        """Read the caches, and show what came of it."""
        sides = [self._side(name) for name in self._tenants()]
        config = cast("ShellScreen", self.shell).sessions.config
        try:
            self.found = await asyncio.to_thread(presence, sides, config.compare_rules, sources(config.tenants))
        except ScimtuiError as error:
            self.found = None
            self.table.set_rows([])
            self.table.empty_text = "\n".join(error_lines(error)[:3])
            return
        self._rows, self._people = {}, {}
        if self._pattern != ALL and int(self._pattern) >= len(self.found.patterns):
            self._pattern = ALL
        self.show()
        self.post_message(self.Ready())
        self.shell.header_changed()

    def _tenants(self) -> list[str]:
        return [*cast("ShellScreen", self.shell).sessions.config.tenants]

    def _side(self, name: str) -> Side | str:
        try:
            return tenant_side(self.shell.session(name))
        except ScimtuiError:  # its cache cannot be opened: it is unknown, and the others are there
            return name

    # ------------------------------------------------------------------ showing

    @work(exclusive=True, group="show", exit_on_error=False)
    async def show(self) -> None:
        """Show the people of the chosen pattern whom the filter holds."""
        if (found := self.found) is None:
            return
        shape, text, pattern = self._fitting(found), self.query_one(FilterBar).text, self._pattern
        rows, view = await asyncio.to_thread(self._made, found, shape, text, pattern)
        if shape != self._shape:
            self._shape = shape
            self.table.set_columns(self._columns(found, shape))
        self.table.set_rows(rows, view)
        self.table.empty_text = "Nobody here has these words" if text else "Nobody is known yet. r fetches all tenants"
        self.query_one(FilterBar).show_found(count_of(len(view), "match", "matches") if text else "")
        self._show_strip(found)

    def _made(
        self, found: Presence, shape: tuple[bool, bool], text: str, pattern: str
    ) -> tuple[list[Row], list[int] | range]:
        """Return rows and which of them are shown. Costs what the people are many: only in a thread."""
        if shape not in self._rows:
            self._rows = {shape: rows_of(found, in_words=shape[0], with_name=shape[1])}
        rows = self._rows[shape]
        if pattern != ALL and pattern not in self._people:
            self._people[pattern] = found.of_pattern(int(pattern))
        people = self._people[pattern] if pattern != ALL else range(len(rows))
        return rows, plain(rows, text, people) if text else people

    def _fitting(self, found: Presence) -> tuple[bool, bool]:
        """Return whether there is room for words beside the signs, and for names."""
        room, tenants = self.size.width - 4 - KEY, len(found.tenants)
        in_words = room >= tenants * (WORDED + 2)
        return in_words, in_words and room - tenants * (WORDED + 2) >= NAME

    def _columns(self, found: Presence, shape: tuple[bool, bool]) -> list[TableColumn]:
        tenants = max(len(found.tenants), 1)
        room = (self.size.width - 4 - KEY - (NAME if shape[1] else 0)) // tenants - 2
        width = min(max(room, WORDED if shape[0] else 3), 18)
        cells = [TableColumn(safe(one.name), width, kind="state") for one in found.tenants]
        return [TableColumn("key"), *([TableColumn("name")] if shape[1] else []), *cells]

    def _show_strip(self, found: Presence) -> None:
        choices = [(ALL, f"all {len(found):,}")]
        choices += [
            (str(number), f"{pattern_marks(one)} {one.count:,}")
            for number, one in enumerate(found.patterns[:MOST_PATTERNS])
        ]
        self.query_one("#patterns", ChoiceStrip).show(choices, self._pattern, ". next  F list")
        self.query_one("#what", Static).update(Content("\n".join(self._what(found))))

    def _what(self, found: Presence) -> list[str]:
        """Return what the chosen pattern means; of all people what is not known of the tenants."""
        if self._pattern != ALL:
            one = found.patterns[int(self._pattern)]
            return [f"{count_of(one.count, 'person', 'people')} {pattern_words(one, found.tenants)}"]
        whole = f"{count_of(len(found), 'person', 'people')} stand in {count_of(len(found.patterns), 'pattern')}"
        unknown = [f"? {line}" for line in tenant_lines(found)]
        more = [f"? {len(unknown) - 2} more notes: scimtui presence has them"] if len(unknown) > 3 else []
        return [whole, *(unknown[:2] if more else unknown), *more]

    def open_pattern(self, pattern: str) -> None:
        """Show the people of a pattern."""
        self._pattern = pattern
        self.show()

    def on_resize(self) -> None:
        """Fit the columns."""
        if self.found is not None:
            self._shape = None
            self.show()

    def synced(self, tenant: str, type_name: str) -> None:
        """Look again."""
        _ = tenant
        if type_name.casefold() == PEOPLE.casefold():
            self.load()

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Look again."""
        _ = resource_id
        self.synced(tenant, type_name)

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

    @on(ChoiceStrip.Taken)
    def _pattern_clicked(self, event: ChoiceStrip.Taken) -> None:
        event.stop()
        self.open_pattern(event.choice)

    # ------------------------------------------------------------------ actions

    def _at_cursor(self) -> int | None:
        return int(self.table.cursor_id) if self.table.cursor_id and self.found is not None else None

    def do_filter(self) -> None:
        """Go to the filter."""
        self.query_one(FilterBar).focus_field()

    def do_open(self) -> None:
        """Open the person in all tenants."""
        if (person := self._at_cursor()) is not None and self.found is not None:
            place, identity = self.found.found[person]
            tenant = self.found.tenants[place].name
            shell = cast("ShellScreen", self.shell)
            shell.open_tab({"view": "person", "tenant": tenant, "type": PEOPLE, "id": identity})

    def do_everywhere(self) -> None:
        """Open the person in all tenants."""
        self.do_open()

    def _step(self, step: int) -> None:
        if self.found is not None:
            choices = [ALL, *map(str, range(min(len(self.found.patterns), MOST_PATTERNS)))]
            place = choices.index(self._pattern) if self._pattern in choices else 0
            self.open_pattern(choices[(place + step) % len(choices)])

    def do_next_kind(self) -> None:
        """Show the next pattern."""
        self._step(1)

    def do_previous_kind(self) -> None:
        """Show the pattern before."""
        self._step(-1)

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def do_patterns(self) -> None:
        """Choose a pattern from a list in words."""
        from scimtui.tui.dialogs.choice_dialog import ChoiceDialog

        if (found := self.found) is None:
            return
        choices = [(ALL, f"{len(found):>7,}  everybody")]
        for number, one in enumerate(found.patterns):
            choices.append((str(number), f"{one.count:>7,}  {pattern_words(one, found.tenants)}"))
        chosen = await self.app.push_screen_wait(ChoiceDialog("Who stands where", choices))
        if chosen is not None:
            self.open_pattern(chosen)

    def do_refresh(self) -> None:
        """Fetch the people of all tenants again."""
        for name in self._tenants():
            if not isinstance(self._side(name), str):
                self.shell.start_sync(self.shell.session(name), [PEOPLE])

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def do_copy(self) -> None:
        """Copy the key of the person under the cursor."""
        if (person := self._at_cursor()) is not None and self.found is not None:
            key = self.found.keys[person]
            self.shell.say((await copy(self.app, key, safe(key))).sentence, "done")

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def do_export(self) -> None:
        """Write the people shown into a file."""
        from scimtui.tui.dialogs.shown_dialog import shown
        from scimtui.tui.people_list.list_screen import ListFile, SaveRowsDialog

        if (found := self.found) is None:
            return
        rows = await asyncio.to_thread(partial(_exported, found, list(self.table.view)))
        header = ["key", *(one.name for one in found.tenants)]
        said = await shown(self.shell, SaveRowsDialog(ListFile("Write who is where", "presence.csv", header, rows)))
        if said is not None:
            self.shell.say(said, "done")


def _exported(found: Presence, people: list[int]) -> list[list[str]]:
    records = (record(found, person) for person in people)
    return [[one["key"], *one["tenants"].values()] for one in records]
