"""A pane whose inner edge can be dragged with the mouse."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual import events
from textual.widget import Widget

NARROWEST, WIDEST = 16, 80
"""Columns that a side pane can have."""


def set_width(pane: Widget, width: int) -> None:
    """Make a pane as wide as that, within the limits of side panes."""
    pane.styles.width = min(max(width, NARROWEST), WIDEST)


class DragEdge(Widget):
    """Mixed into a pane at the left or right side of the screen."""

    EDGE: ClassVar[Literal["left", "right"]] = "right"
    """The edge that is dragged."""
    _is_dragged = False

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Start at the edge."""
        edge = self.outer_size.width - 1 if self.EDGE == "right" else 0
        if event.screen_x - self.region.x == edge:
            event.stop()
            self._is_dragged = True
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse."""
        if self._is_dragged:
            event.stop()
            x = int(event.screen_x)
            set_width(self, x - self.region.x + 1 if self.EDGE == "right" else self.region.right - x)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Stay as wide as it is now."""
        if self._is_dragged:
            event.stop()
            self._is_dragged = False
            self.release_mouse()
