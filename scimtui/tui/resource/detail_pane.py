"""The details of the row under the cursor, beside the table."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content

from scimtui.errors import CacheError
from scimtui.ops import browse
from scimtui.present.wording import error_line
from scimtui.scim.resource import natural_key
from scimtui.tui.lines.drag_edge import DragEdge
from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.resource.detail_lines import detail_lines
from scimtui.tui.resource.detail_list import DetailList, copy_value

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.view import Shell

MOST = 12
"""Elements of a list; the tab shows all."""
PATIENCE = 0.03
"""Seconds for which the cursor stays before anything is read."""
ANOTHER_LOOK = 0.2
"""Seconds until the groups are asked for again that another thread is reading."""


class DetailPane(DetailList, DragEdge):
    """Shown by itself on a wide terminal; `p` shows or hides it anywhere."""

    EDGE = "left"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "copy_line", "Copy", show=False, id="copy")]
    DEFAULT_CSS = """
    DetailPane {
        width: 56; height: 1fr; background: $surface; border-left: vkey $panel; display: none;
        & > .line--cursor-blurred { background: $surface; }
        &:focus { border-bottom: solid $panel; border-subtitle-align: left; border-subtitle-color: $text-muted; }
    }
    DetailPane.-shown { display: block; }
    DetailPane.-hidden { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[str, str] | None = None
        self._wanted: tuple[Session, ResourceType, str] | None = None
        """What was last asked for."""
        self._session: Session | None = None
        self._called = ""

    def toggle(self) -> None:
        """Show or hide it, whatever the width of the terminal."""
        show = not self.display
        self.set_class(show, "-shown")
        self.set_class(not show, "-hidden")
        self._shown = None

    def forget(self) -> None:
        """Read the resource again: the cache has a new copy of it, or of those that it names."""
        self._shown = None
        if self._wanted is not None:
            self.show(*self._wanted)

    @work(exclusive=True, group="details", exit_on_error=False)
    async def show(self, session: Session, resource_type: ResourceType, resource_id: str) -> None:
        """Show a resource from the cache; a cursor that moves on in time costs nothing."""
        self._wanted = (session, resource_type, resource_id)
        if not self.display or self._shown == (resource_type.name, resource_id):
            return
        await asyncio.sleep(PATIENCE)
        is_waiting = True
        while is_waiting:
            self._session = session
            lines, self._called, is_waiting = await asyncio.to_thread(self._read, session, resource_type, resource_id)
            self._shown = (resource_type.name, resource_id)
            self.show_lines(lines)
            await asyncio.sleep(ANOTHER_LOOK if is_waiting else 0)

    def _read(
        self, session: Session, resource_type: ResourceType, resource_id: str
    ) -> tuple[Sequence[Line], str, bool]:
        """Return the lines, the name of the resource, and whether more of it comes."""
        from scimtui.tui.resource.resource_details import read_details  # the first screen does not pay for it

        try:
            resource = browse.resource(session, resource_type.name, resource_id)
            if resource is None:
                return [[(" Not in the cache any more", "note")]], "", False
            details = read_details(session, resource_type, resource.raw, most=MOST)
        except CacheError as error:
            return [[(f" {error_line(error)}", "bad")]], "", False
        return detail_lines(details, self.room, wrap=False), natural_key(resource.raw), details.is_waiting

    # ------------------------------------------------------------------ the cursor

    @property
    def shell(self) -> Shell:
        """The screen around the table."""
        return cast("Shell", self.screen)

    def cursor_moved(self) -> None:
        """Describe the row in the lower edge, which is there while the keys move the cursor."""
        self.border_subtitle = Content(self.about)

    def on_focus(self) -> None:
        """Describe the row."""
        super().on_focus()
        self.cursor_moved()

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        if self._session is not None:
            self.follow(self.shell, self._session)

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def action_copy_line(self) -> None:
        """Copy the value under the cursor."""
        await copy_value(self.app, self.shell, self.row, self._called)
