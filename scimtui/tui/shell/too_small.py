"""What is shown on a terminal that is too small for a table."""

from __future__ import annotations

from textual.app import RenderResult
from textual.widget import Widget

SMALLEST = (64, 18)
"""Columns and lines under which nothing useful fits; 80x24 is what the layout is made for."""


class TooSmall(Widget):
    """Covers everything until the terminal grows."""

    DEFAULT_CSS = """
    TooSmall { layer: cover; dock: top; width: 100%; height: 100%; display: none; content-align: center middle;
               text-align: center; background: $background; color: $warning; }
    """

    def render(self) -> RenderResult:
        """Return what is wrong and what to do."""
        size = self.screen.size
        return (
            f"This terminal has {size.width} columns and {size.height} lines.\nscimtui needs 80 x 24: make it larger."
        )
