"""The earlier copies of a tenant in a tab: when, how many, a bar of what changed; below, who changed and in what."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from scimtui.errors import ScimtuiError
from scimtui.present.cells import safe
from scimtui.present.snapshot_words import copy_name, sparkline
from scimtui.present.wording import count_of, error_lines
from scimtui.tui.action import Where
from scimtui.tui.actions import bindings_for
from scimtui.tui.lines.line_view import LineView
from scimtui.tui.snapshots.copies import Copy, copies_of, lines_of, rows_of
from scimtui.tui.table.virtual_table import TableColumn, VirtualTable
from scimtui.tui.view import Header, View

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.shell.shell_screen import ShellScreen

NEED_A_ROW = frozenset({"open", "copy", "mark", "mark_range", "mark_all"})
_COLUMNS = (
    TableColumn("Taken", 16),
    TableColumn("Age", 11),
    TableColumn("Count", 7, "right"),
    TableColumn("New", 6, "right"),
    TableColumn("Changed", 7, "right"),
    TableColumn("Gone", 6, "right"),
    TableColumn("Drift"),
)
_OTHERS, _AGE = 71, 13
"""Cells of the columns beside the bar, and of one that goes where there is no room."""
_SHORTEST, _LONGEST = 9, 60


class SnapshotsView(View):
    """Enter compares a copy with now, or the two that are marked; the newest is compared with the one before it."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.SNAPSHOTS,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Where.SNAPSHOTS)
    DEFAULT_CSS = """
    SnapshotsView { height: 1fr; }
    SnapshotsView #copies { height: 2fr; }
    SnapshotsView #changed { height: 3fr; border-top: hkey $panel; padding: 0 1; }
    SnapshotsView.-without-changed #changed { display: none; }
    """

    def __init__(self, session: Session, resource_type: ResourceType) -> None:
        super().__init__(session)
        self.resource_type = resource_type
        self._copies: list[Copy] = []

    def compose(self) -> ComposeResult:
        """Compose the copies and what changed."""
        yield VirtualTable(id="copies")
        yield LineView(id="changed")

    def on_mount(self) -> None:
        """Read the copies."""
        self.table.empty_text = "Reading the copies…"
        self.load()

    @property
    def table(self) -> VirtualTable:
        """The copies."""
        return self.query_one(VirtualTable)

    @property
    def title(self) -> str:
        """Whose copies these are."""
        return f"copies {safe(self.session.tenant.name)}"

    def header(self) -> Header:
        """Say how many there are, and how much changed, as one letter each."""
        drawn = sparkline([one.numbers for one in reversed(self._copies)])
        parts = [f"{safe(self.resource_type.name)}s", count_of(len(self._copies), "copy", "copies")]
        return Header(self.session.tenant, (*parts, *([f"drift {drawn}"] if drawn.strip() else [])))

    def spec(self) -> dict[str, str] | None:
        """Remember whose copies they are."""
        return {"view": "snapshots", "tenant": self.session.tenant.name, "type": self.resource_type.name}

    def focus_first(self) -> None:
        """Start in the table."""
        self.table.focus()

    def why_not(self, action_id: str) -> str | None:
        """Say why an action means nothing here."""
        if action_id in NEED_A_ROW and self._chosen is None:
            return "there is no copy here"
        return None

    @property
    def _chosen(self) -> Copy | None:
        return next((one for one in self._copies if one.id == self.table.cursor_id), None)

    # ------------------------------------------------------------------ reading

    @work(exclusive=True, group="copies", exit_on_error=False)
    async def load(self) -> None:
        """Read the copies, and what changed from one to the next, in a thread."""
        try:
            self._copies = await asyncio.to_thread(copies_of, self.session, self.resource_type)
            self.table.empty_text = self._nothing
        except ScimtuiError as error:
            self._copies = []
            self.table.empty_text = "\n".join(error_lines(error)[:3])
        self._show()
        self.post_message(self.Ready())
        self.shell.header_changed()

    @property
    def _nothing(self) -> str:
        name = safe(self.resource_type.name)
        if not self.session.tenant.snapshots:
            return f"No copies of the {name}s are kept.\nsnapshots = 10 in the config of this tenant keeps ten."
        return f"There is no copy of the {name}s yet.\nEach complete sync keeps one; r syncs now."

    def _show(self) -> None:
        with_age = self.size.width >= _OTHERS + _SHORTEST
        room = self.size.width - _OTHERS + (0 if with_age else _AGE)
        self.table.set_columns([one for one in _COLUMNS if with_age or one.title != "Age"])
        self.table.set_rows(rows_of(self._copies, min(max(room, _SHORTEST), _LONGEST), with_age=with_age))
        self._show_changed()

    def _show_changed(self) -> None:
        chosen = self._chosen
        self.query_one("#changed", LineView).set_lines(lines_of(chosen) if chosen else [])

    def on_resize(self) -> None:
        """Make the bars as long as there is room."""
        self._show()

    def synced(self, tenant: str, type_name: str) -> None:
        """Show the copy that the sync left."""
        if (tenant, type_name) == (self.session.tenant.name, self.resource_type.name):
            self.load()

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Show what was written since the last copy."""
        _ = resource_id
        self.synced(tenant, type_name)

    def switch_type(self, number: int) -> None:
        """Show the copies of another resource type."""
        types = self.session.provider.resource_types
        if number > len(types):
            self.shell.say(f"{safe(self.session.tenant.name)} has {count_of(len(types), 'resource type')}", "info")
        else:
            self.resource_type = types[number - 1]
            self.load()

    @on(VirtualTable.CursorMoved)
    def _moved(self, event: VirtualTable.CursorMoved) -> None:
        event.stop()
        self._show_changed()

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        event.stop()
        self.do_open()

    # ------------------------------------------------------------------ actions

    def do_open(self) -> None:
        """Compare the two that are marked; else what the cursor is on with now, the newest with the one before it."""
        from scimtui.tui.compare.compared_side import ComparedSide
        from scimtui.tui.compare.opening import open_sides

        pair = self._pair()
        if pair is not None:
            older, newer = pair
            left = ComparedSide(self.session, older.moment)
            right = ComparedSide(self.session, None if newer is self._copies[0] else newer.moment)
            open_sides(cast("ShellScreen", self.screen), left, right, self.resource_type.name)

    def _pair(self) -> tuple[Copy, Copy] | None:
        """Return the older and the newer of two, None after saying why there are none."""
        marked = [one for one in self._copies if one.id in self.table.marked]
        if marked and len(marked) != 2:
            self.shell.say(f"Two copies are compared; {len(marked)} are marked", "warning")
            return None
        if marked:
            return marked[1], marked[0]
        chosen = self._chosen
        if chosen is None or len(self._copies) < 2:
            self.shell.say("There is no other copy yet; each complete sync keeps one", "info")
            return None
        newest = self._copies[0]
        return (self._copies[1], newest) if chosen is newest else (chosen, newest)

    def do_peek(self) -> None:
        """Show or hide what changed."""
        self.toggle_class("-without-changed")

    def do_copy(self) -> None:
        """Copy the name of the copy, as commands take it."""
        chosen = self._chosen
        if chosen is not None:
            name = self.session.tenant.name
            text = copy_name(name, chosen.moment) if chosen.moment else name
            self.app.copy_to_clipboard(text)
            self.shell.say(f"Copied {safe(text)}: scimtui diff {safe(text)} {safe(name)}", "done")

    def do_refresh(self) -> None:
        """Sync the type; a complete sync leaves a copy."""
        self.shell.start_sync(self.session, [self.resource_type.name])
