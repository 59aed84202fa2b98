"""The details of the row under the cursor, beside the table."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import work

from scimtui.ops import browse
from scimtui.tui.detail_lines import detail_lines
from scimtui.tui.drag_edge import DragEdge
from scimtui.tui.line_view import Line, LineView

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType


class DetailPane(LineView, DragEdge):
    """Shown by itself on a wide terminal; `p` shows or hides it anywhere."""

    EDGE = "left"
    DEFAULT_CSS = """
    DetailPane { width: 56; height: 1fr; background: $surface; border-left: vkey $panel; display: none; }
    DetailPane.-shown { display: block; }
    DetailPane.-hidden { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[str, str] | None = None

    def toggle(self) -> None:
        """Show or hide it, whatever the width of the terminal."""
        show = not self.display
        self.set_class(show, "-shown")
        self.set_class(not show, "-hidden")
        self._shown = None

    def forget(self) -> None:
        """Read the resource again at the next `show`: the cache has a new copy."""
        self._shown = None

    @work(exclusive=True, group="details", exit_on_error=False)
    async def show(self, session: Session, resource_type: ResourceType, resource_id: str) -> None:
        """Show a resource from the cache; a cursor that moves on in time costs nothing."""
        if not self.display or self._shown == (resource_type.name, resource_id):
            return
        await asyncio.sleep(0.03)

        def lines() -> list[Line]:
            resource = browse.resource(session, resource_type.name, resource_id)
            return detail_lines(resource.raw, resource_type) if resource else []

        found = await asyncio.to_thread(lines)
        self._shown = (resource_type.name, resource_id)
        self.set_lines(found)
