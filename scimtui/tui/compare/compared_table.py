"""The table of a comparison: it knows whom a row is about, and keeps the marks of each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from scimtui.tui.table.virtual_table import Row, TableColumn, VirtualTable

if TYPE_CHECKING:
    from scimtui.present.compared_rows import Compared, ComparedRows
    from scimtui.tui.compare.compared import Wish

STYLES = {"≠": "diff", "◀": "left", "▶": "right", "?": "bad"}


class ComparedTable(VirtualTable):
    """Each kind of verdict has rows and marks of its own."""

    made: ComparedRows | None = None
    """What the rows are about; None until there are some."""
    _tab = ""
    _marks_of: dict[str, set[str]]

    def on_mount(self) -> None:
        """Begin without marks."""
        self._marks_of = {}

    def show_made(self, made: ComparedRows, view: Sequence[int], wish: Wish, staged: Mapping[str, str]) -> None:
        """Show rows in the order of `view`; those of other kinds keep their marks until they are shown again."""
        is_other = wish.tab != self._tab
        self._marks_of[self._tab] = self.marked
        if is_other:
            self.marked = set()
        columns = tuple(TableColumn(t.text, t.width, kind="state" if t.is_state else "text") for t in made.titles)
        if columns != self.columns:
            self.set_columns(columns)
        self.made = made = made.signed(staged) if staged else made
        self.set_rows(made.rows, view, row_style=_row_style)
        self.set_order([wish.sort] if wish.sort else [])
        if is_other:
            self._tab = wish.tab
            self.marked = self._marks_of.get(wish.tab, set()) & made.places.keys()
            self.move_to(0)

    def clear(self, said: str) -> None:
        """Show nobody, and why."""
        self.made = None
        self.set_rows([])
        self.empty_text = said

    @property
    def subject(self) -> Compared | None:
        """Whom the cursor is on."""
        made, row = self.made, self.cursor_id
        return (
            made.subject_at(made.places[row]) if made is not None and row is not None and row in made.places else None
        )

    @property
    def chosen(self) -> list[Compared]:
        """Whom an action is about: those marked in the order shown, else the one of the cursor."""
        made = self.made
        if made is not None and self.marked:
            return [made.subject_at(made.places[one]) for one in self.marked_in_order if one in made.places]
        return [self.subject] if self.subject else []


def _row_style(row: Row) -> str:
    return STYLES.get(row[2][:1], "")
