"""Chooses the columns of a table: which, in which order, how wide, and what rows are sorted by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from rich.cells import set_cell_size
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from scimtui.errors import PathError
from scimtui.ops.arrangements import Arrangement, ChosenColumn, moved, resized, same, sorted_by, toggled
from scimtui.present.cells import safe
from scimtui.present.column_choices import (
    ColumnChoice,
    column_choices,
    found_choices,
    typed_path,
    with_chosen,
)
from scimtui.present.columns import column, usual_columns
from scimtui.tui.dialogs.search_field import SearchField, SearchLine
from scimtui.tui.lines.line_view import Line, LineView

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.rows.rows_view import RowsView

KEYS = (
    "Space show or hide · J K move · ← → = width · s sort, again ▼, again off\n"
    "/ search or a path · d the usual ones · Enter use · Esc leave as it was"
)
PLACEHOLDER = 'search, or a path such as emails[type eq "work"].value'
LABEL = 40
STEP = 2
"""Cells by which a key makes a column wider."""


class ColumnList(LineView):
    """Every column there is, those shown in front; each key is offered to the dialog first."""

    def __init__(self, pressed: Callable[[events.Key], bool], moved_to: Callable[[], None]) -> None:
        super().__init__(selectable=True)
        self._pressed = pressed
        self._moved_to = moved_to

    def cursor_moved(self) -> None:
        """Say what the column under the cursor is."""
        self._moved_to()

    def on_key(self, event: events.Key) -> None:
        """Take what the dialog does not want."""
        if self._pressed(event):
            event.stop()
            event.prevent_default()


class ColumnsDialog(ModalScreen[Arrangement | None]):
    """Gives back the arrangement with other columns and another order, None after Esc."""

    DEFAULT_CSS = """
    ColumnsDialog { align: center middle; background: $background 60%; }
    ColumnsDialog > Vertical { width: 96; max-width: 100%; height: 90%; background: $surface; border: round $primary; }
    ColumnsDialog ColumnList { height: 1fr; }
    ColumnsDialog #about { height: 3; padding: 0 1; border-top: solid $panel; }
    ColumnsDialog #about.-wrong { color: $text-error; }
    ColumnsDialog #keys { height: auto; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, title: str, resource_type: ResourceType, arrangement: Arrangement) -> None:
        super().__init__()
        self._title = title
        self._type = resource_type
        self._before = arrangement
        self._columns = arrangement.columns or usual_columns(resource_type)
        self._sort = arrangement.sort
        self._choices = column_choices(resource_type)
        self._listed: list[ColumnChoice] = []
        self._runs: Mapping[str, Callable[[], object]] = {
            "space": self._toggle, "J": partial(self._move, 1), "K": partial(self._move, -1),
            "greater_than_sign": partial(self._move, 1), "less_than_sign": partial(self._move, -1),
            "shift+down": partial(self._move, 1), "shift+up": partial(self._move, -1),
            "right": partial(self._widen, STEP), "left": partial(self._widen, -STEP),
            "plus": partial(self._widen, STEP), "minus": partial(self._widen, -STEP),
            "equals_sign": partial(self._widen, 0), "s": self._sort_by, "d": self._as_usual,
            "slash": self._search, "enter": self._use,
        }  # fmt: skip

    def compose(self) -> ComposeResult:
        """Compose the search, the columns, what one of them is, and the keys."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield SearchLine(SearchField(PLACEHOLDER, self._pressed_in_field))
            yield ColumnList(self._pressed, self._show_about)
            yield Static("", id="about", markup=False)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Start in the list."""
        self._list.focus()
        self._show()

    @property
    def _list(self) -> ColumnList:
        return self.query_one(ColumnList)

    @property
    def _field(self) -> SearchField:
        return self.query_one(SearchField)

    # ------------------------------------------------------------------ showing

    def _show(self, path: str = "") -> None:
        """Show the columns that are searched for; the cursor goes to a path, else it stays on its line."""
        text = self._field.value.strip()
        every = with_chosen(self._choices, self._columns, self._type)
        listed = found_choices(every, text) if text else every
        trouble = ""
        try:
            typed = typed_path(text, every, self._type) if text else None
            listed = [*listed, typed] if typed is not None else listed
        except PathError as fault:
            trouble = "" if listed else f"{fault.message[:1].upper()}{fault.message[1:]}"
        self._listed = listed
        self._list.set_lines([self._line(choice) for choice in listed])
        if path:
            self._list.move_to(next((n for n, one in enumerate(listed) if same(one.path, path)), 0))
        self._show_about(trouble)

    def _line(self, choice: ColumnChoice) -> Line:
        place = self._place(choice)
        width = "" if place is None else str(self._columns[place].width or "auto")
        order = next((n for n, key in enumerate(self._sort, 1) if same(key.path, choice.path)), 0)
        arrow = f"{order}{'▼' if self._sort[order - 1].descending else '▲'}" if order else ""
        number = "    " if place is None else f"{place + 1:>3} "
        return [
            (number, "key"),
            (set_cell_size(choice.label, LABEL), "label" if place is None else "value"),
            (f" {width:>5}  ", "label"),
            (f"{arrow:<4}", "mark"),
            (choice.origin, "note"),
        ]

    def _show_about(self, trouble: str = "") -> None:
        about, choice = self.query_one("#about", Static), self._choice
        about.set_class(bool(trouble) or choice is None, "-wrong")
        if trouble or choice is None:
            about.update(safe(trouble) or "Nothing is called so. Esc in the search clears it.")
            return
        title = column(choice.path, self._type).title
        named = f", titled {title}" if title != choice.label else ""
        about.update(f"{safe(choice.path)}{named} · {choice.kind}\n{choice.description}")

    @property
    def _choice(self) -> ColumnChoice | None:
        return self._listed[self._list.cursor] if self._list.cursor < len(self._listed) else None

    def _place(self, choice: ColumnChoice | None) -> int | None:
        """Return where among the columns shown it stands, None where it is not shown."""
        if choice is None:
            return None
        return next((n for n, one in enumerate(self._columns) if same(one.path, choice.path)), None)

    # ------------------------------------------------------------------ changing

    def _toggle(self) -> None:
        if (choice := self._choice) is None:
            return
        following = self._listed[min(self._list.cursor + 1, len(self._listed) - 1)]
        was_last = self._columns
        self._columns = toggled(self._columns, choice.path)
        self._show(choice.path if self._columns == was_last else following.path)
        if self._columns == was_last:
            self._show_about("One column has to stay")

    def _move(self, step: int) -> None:
        if (choice := self._choice) is not None and (place := self._place(choice)) is not None:
            self._columns = moved(self._columns, place, step)
            self._show(choice.path)

    def _widen(self, step: int) -> None:
        if (choice := self._choice) is not None and (place := self._place(choice)) is not None:
            present = self._columns[place].width or max(column(choice.path, self._type).width, len(choice.label) + 2)
            self._columns = resized(self._columns, place, max(present + step, 1) if step else 0)
            self._show(choice.path)

    def _sort_by(self) -> None:
        if (choice := self._choice) is not None:
            self._sort = sorted_by(self._sort, choice.path)
            self._show(choice.path)

    def _search(self) -> None:
        self._field.focus()

    def _as_usual(self) -> None:
        self._columns, self._sort = usual_columns(self._type), ()
        self._field.value = ""
        self._list.move_to(0)
        self._show()

    def _use(self) -> None:
        usual = usual_columns(self._type)
        columns: tuple[ChosenColumn, ...] = () if self._columns == usual else self._columns
        self.dismiss(replace(self._before, columns=columns, sort=self._sort))

    # ------------------------------------------------------------------ keys

    def _pressed(self, event: events.Key) -> bool:
        """Take a key of the list."""
        run = self._runs.get(event.key)
        if run is not None:
            run()
        return run is not None or self._closes(event)

    def _pressed_in_field(self, event: events.Key) -> bool:
        """Take a key of the search: it moves in the list, or goes there."""
        if event.key in ("enter", "down", "tab"):
            if self._listed:
                self._list.focus()
        elif event.key == "escape" and self._field.value:
            self._field.value = ""
        elif event.key == "escape":
            self._list.focus()
        elif event.key in ("pagedown", "pageup"):
            self._list.action_page(1 if event.key == "pagedown" else -1)
        else:
            return self._closes(event)
        return True

    def _closes(self, event: events.Key) -> bool:
        if event.key in ("escape", "ctrl+c", "q") and not (event.key == "q" and self._field.has_focus):
            self.dismiss(None)
            return True
        return False

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        event.stop()
        self._list.move_to(0)
        self._show()

    @on(LineView.Chosen)
    def _clicked_twice(self, event: LineView.Chosen) -> None:
        event.stop()
        self._toggle()


async def choose_columns(view: RowsView) -> None:
    """Ask for the columns of a table and show them."""
    tenant = view.session.tenant
    title = f"Columns of {safe(tenant.label or tenant.name)} {safe(view.resource_type.name)}s"
    chosen = await view.app.push_screen_wait(ColumnsDialog(title, view.resource_type, view.arrangement))
    if chosen is not None:
        # The dialog was open over a table whose rows may have been narrowed meanwhile: only its own part is taken.
        view.rearrange(replace(view.arrangement, columns=chosen.columns, sort=chosen.sort))
