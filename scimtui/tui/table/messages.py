"""What a table tells the view around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from scimtui.tui.table.virtual_table import VirtualTable


class TableMessage(Message):
    """What every message of a table carries."""

    def __init__(self, table: VirtualTable) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> VirtualTable:
        """The table, for the selector of `@on`."""
        return self.table


class CursorMoved(TableMessage):
    """The cursor is on another row, or the rows are new; the id is "" where there is no row."""

    def __init__(self, table: VirtualTable, row_id: str) -> None:
        super().__init__(table)
        self.row_id = row_id


class Opened(TableMessage):
    """Enter or a double click on a row."""

    def __init__(self, table: VirtualTable, row_id: str) -> None:
        super().__init__(table)
        self.row_id = row_id


class HeaderClicked(TableMessage):
    """A title was clicked; `column` is its place among all columns, from 0."""

    def __init__(self, table: VirtualTable, column: int, *, adds: bool = False) -> None:
        """`adds`: with Shift or Ctrl, to sort by this column where the others leave rows equal."""
        super().__init__(table)
        self.column = column
        self.adds = adds


class Resized(TableMessage):
    """The edge of a title was dragged; 0 cells where it was clicked twice, which leaves the width to the table."""

    def __init__(self, table: VirtualTable, column: int, width: int) -> None:
        super().__init__(table)
        self.column = column
        self.width = width


class Marked(TableMessage):
    """Other rows are marked than before; `count` of them."""

    def __init__(self, table: VirtualTable, count: int) -> None:
        super().__init__(table)
        self.count = count
