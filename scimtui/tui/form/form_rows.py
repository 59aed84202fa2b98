"""The painted rows of a form, with the cursor."""

from __future__ import annotations

from typing import Protocol

from textual import events

from scimtui.tui.form.form_fields import Kind
from scimtui.tui.form.form_lines import FormLines, typed_line
from scimtui.tui.lines.line_view import Line, LineView


class Keeper(Protocol):
    """The form around the rows."""

    def moved(self) -> None:
        """Hear that the cursor stands on another row, or that the form has the focus."""

    def place_input(self) -> None:
        """Hear that rows were scrolled or have another size."""

    def holds_focus(self) -> bool:
        """Whether the keys go to the form, to its rows or to its input."""

    def pressed(self, event: events.Key) -> bool:
        """Act on a key; False where it means nothing to a form."""


class FormRows(LineView):
    """Takes the keys while the cursor is on a row in which nothing is typed."""

    DEFAULT_CSS = """
    FormRows { layer: rows; }
    """

    def __init__(self, keeper: Keeper) -> None:
        super().__init__(FormLines(()), selectable=True)
        self._keeper = keeper

    def painted(self, index: int) -> Line:
        """Return the line with the mark of the cursor."""
        line = self.lines[index]
        if index == self.cursor and isinstance(self.lines, FormLines) and self.lines.is_typed_at(index):
            line = typed_line(self.lines.rows[index], self.scrollable_content_region.width)
        return [("▸" if index == self.cursor else " ", "mark"), *line]

    def can_stop_at(self, index: int) -> bool:
        """Whether there is a field; headings are passed over."""
        return not isinstance(self.lines, FormLines) or self.lines.rows[index].kind is not Kind.SECTION

    def has_keys(self) -> bool:
        """Whether the keys move this cursor, or type into the input that stands on its row."""
        return self._keeper.holds_focus()

    def cursor_moved(self) -> None:
        """Tell the form."""
        self._keeper.moved()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Take the input along."""
        super().watch_scroll_y(old_value, new_value)
        self._keeper.place_input()

    def on_resize(self) -> None:
        """Give the input its new width."""
        super().on_resize()
        self._strips.clear()  # the note beside the input stands at the right
        self._keeper.place_input()

    def on_focus(self) -> None:
        """Hand the focus on to the input where the row has one."""
        super().on_focus()
        self._keeper.moved()

    def on_key(self, event: events.Key) -> None:
        """Offer each key to the form first."""
        if self._keeper.pressed(event):
            event.stop()
            event.prevent_default()
