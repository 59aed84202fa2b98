"""The fields of a form: painted rows, and one input over the row under the cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Self

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Input, Static

from scimtui.present.cells import safe
from scimtui.scim.resource import is_empty
from scimtui.scim.schema import ResourceType, Schema
from scimtui.tui.form import form_state, form_wanted
from scimtui.tui.form.field_help import FieldHelp
from scimtui.tui.form.field_input import FieldInput
from scimtui.tui.form.form_fields import Field, Kind, fields, index_of
from scimtui.tui.form.form_lines import (
    VALUE_X,
    FormLines,
    foot_text,
    is_secret,
    is_string,
    is_toggle,
    suggestions,
    takes_text,
    typed_room,
)
from scimtui.tui.form.form_rows import FormRows
from scimtui.tui.form.form_state import Form, Place
from scimtui.tui.form.form_values import next_boolean, read_text, value_text
from scimtui.tui.lines.line_view import LineView

_NOTHING = Form(ResourceType("", "", Schema("")), {})


class FieldForm(Container):
    """Every attribute of the schema on one row. Sixty inputs would take 0.3 s to mount; one is moved about instead.

    What is typed counts at once. A text that can't be a value stays in its field, in red, and stops the sending.
    """

    DEFAULT_CSS = """
    FieldForm { height: 1fr; layers: rows input; overflow: hidden hidden; }
    FieldForm > FormRows { height: 1fr; }
    FieldForm > #foot { dock: bottom; layer: rows; height: 1; padding: 0 1; color: $text-muted; background: $surface; }
    FieldForm > #foot.-wrong { color: $text-error; }
    """

    def __init__(self, told: Callable[[int], None], as_json: Callable[[str], None]) -> None:
        super().__init__()
        self._told = told
        self._as_json = as_json
        self.form = _NOTHING
        self._fields: tuple[Field, ...] = ()
        self.drafts: dict[Place, tuple[str, str]] = {}
        self._unfolded: frozenset[Place] = frozenset()
        self._open: Place | None = None
        self._rows = FormRows(self)
        self._input = FieldInput(self._typed, self.pressed)
        self._help = FieldHelp(self)
        self._foot = Static("", id="foot", markup=False)

    def compose(self) -> ComposeResult:
        """Compose rows, input, what can be chosen, and foot."""
        yield self._rows
        yield self._input
        yield self._help
        yield self._foot

    def on_mount(self) -> None:
        """Begin without an input."""
        self._show_cursor(reopen=True)

    # ------------------------------------------------------------------ what callers use

    def load(self, form: Form) -> None:
        """Show a form and forget what was typed. The cursor stays on its field."""
        row = self.current
        self.form = form
        self.drafts = {}
        self._show(row, reopen=True)
        if row is None:
            self._rows.move_to(self._next_editable(-1, 1) or 0)

    def errors(self) -> list[str]:
        """Return why the resource can't be sent, one safe line for each reason, [] when it can."""
        drafts = [f"{_name(place)} must be {why}" for place, (_, why) in self.drafts.items()]
        return [safe(line) for line in (*drafts, *form_wanted.errors(self.form))]

    def go_to_error(self) -> bool:
        """Put the cursor on the first field that stops the sending; False where there is none."""
        for index, row in enumerate(self._fields):
            required = row.attribute is not None and row.attribute.required
            is_missing = takes_text(row) and required and (is_empty(row.value) or row.value == "")
            if row.place in self.drafts or is_missing:
                self._rows.move_to(index)
                return True
        return False

    def add_element(self) -> None:
        """Add a value to the list under the cursor and go there."""
        row = self.current
        if row is None or row.place is None or not form_state.may_add(self.form, row.place):
            self.notice("nothing can be added here; go to a list that takes more values")
            return
        self.form, where = form_state.add_element(self.form, row.place)
        self._show(Field(Kind.VALUE, "", where))

    def remove_element(self) -> None:
        """Remove the value under the cursor from its list; one that the provider knows stays visible, struck out."""
        row = self.current
        if row is None or row.place is None or row.place.element is None:
            self.notice("only a value of a list can be removed; to clear a field, delete its text")
        elif not form_state.may_write(self.form, row.place.top):
            self.notice("this list is set by the provider")
        else:
            self._forget_drafts(row.place.whole_element)
            self.form = form_state.remove_element(self.form, row.place)
            self._show(replace(row, kind=Kind.REMOVED, place=row.place.whole_element), reopen=True)

    def revert_field(self) -> None:
        """Put back what the provider sent: a value, a removed element, or everything under an attribute's name."""
        row = self.current
        if row is not None and row.place is not None:
            self._forget_drafts(row.place)
            self.form = form_state.revert(self.form, row.place)
            self._show(row, reopen=True)

    def focus(self, scroll_visible: bool = True) -> Self:  # noqa: FBT001, FBT002
        """Focus the row under the cursor."""
        (self._rows if self._open is None else self._input).focus(scroll_visible)
        return self

    @property
    def current(self) -> Field | None:
        """The row under the cursor."""
        return self._fields[self._rows.cursor] if self._fields else None

    # ------------------------------------------------------------------ showing

    def _show(self, row: Field | None, *, reopen: bool = False) -> None:
        """Make the rows again, with the cursor where `row` stands now."""
        self._fields = self._help.named(fields(self.form, self._unfolded))
        self._rows.cursor = index_of(self._fields, row, self._rows.cursor)
        self._rows.set_lines(FormLines(self._fields, self.drafts))
        self._rows.reveal(self._rows.cursor)
        self._show_cursor(reopen=reopen)
        unread = [place for place in self.drafts if place not in self.form.values]
        self._told(form_state.dirty_count(self.form) + len(unread))

    def _show_cursor(self, *, reopen: bool = False) -> None:
        row = self.current
        had_focus = self.holds_focus()
        if row is not None and takes_text(row):
            if reopen or row.place != self._open:
                self._help.hide()
                draft = self.drafts.get(row.place) if row.place is not None else None
                text = draft[0] if draft else value_text(row.value)
                self._open = row.place
                self._input.open(text, suggestions=suggestions(row), password=is_secret(row))
                self.place_input()
            if had_focus:
                self.screen.set_focus(self._input, scroll_visible=False)
        else:
            self._open = None
            self._help.hide()
            if had_focus:
                self.screen.set_focus(self._rows, scroll_visible=False)
            self._input.close()
        self._show_foot()

    def _show_foot(self) -> None:
        row = self.current
        draft = self.drafts.get(row.place) if row is not None and row.place is not None else None
        self._input.set_class(draft is not None, "-wrong")
        self._foot.set_class(draft is not None, "-wrong")
        self._foot.update(foot_text(row, draft, names_others=bool(self._help.types())), layout=False)

    def notice(self, text: str) -> None:
        """Say something at the foot until the cursor moves."""
        self._foot.add_class("-wrong")
        self._foot.update(text, layout=False)

    def place_input(self) -> None:
        """Lay the input over the row under the cursor, out of sight where the row was scrolled away."""
        row, y = self.current, self._rows.cursor - round(self._rows.scroll_y)
        if self._open is None or row is None:
            return
        is_seen = 0 <= y < self._rows.size.height
        self._input.styles.offset = (VALUE_X, y if is_seen else -1)
        self._input.styles.width = typed_room(row, self._rows.scrollable_content_region.width)

    def holds_focus(self) -> bool:
        """Whether the keys go to the fields."""
        return self.is_attached and self.screen.focused in (self._rows, self._input)

    def on_descendant_focus(self) -> None:
        """Paint the cursor as the one that the keys move, or on leaving as the one that waits."""
        LineView.on_focus(self._rows)

    on_descendant_blur = on_descendant_focus

    # ------------------------------------------------------------------ keys

    def moved(self) -> None:
        """Follow the cursor."""
        self._show_cursor()

    def pressed(self, event: events.Key) -> bool:
        """Act on a key, wherever it arrived. In the order typed: a binding would only act after the next key."""
        if self._help.is_open and self._help.pressed(event.key):
            return True
        moves: dict[str, Callable[[], None]] = {
            "f4": self.choose,
            "alt+down": self.choose,
            "down": lambda: self._rows.action_step(1),
            "up": lambda: self._rows.action_step(-1),
            "pagedown": lambda: self._rows.action_page(1),
            "pageup": lambda: self._rows.action_page(-1),
            "ctrl+home": self._rows.action_first,
            "ctrl+end": self._rows.action_last,
        }
        if event.key in moves:
            moves[event.key]()
            return True
        row = self.current
        has_lines = row is not None and "\n" in value_text(row.value)
        if (event.key == "ctrl+e" and row is not None and is_string(row)) or (
            event.key == "enter" and self._open is not None and has_lines
        ):
            self.open_lines()
            return True
        if event.key in ("tab", "shift+tab") or (event.key == "enter" and self._open is not None):
            return self._go_on(-1 if event.key == "shift+tab" else 1) or event.key == "enter"
        if self._open is not None:
            if event.is_printable and event.character is not None and self._rows.has_focus:
                self._input.insert_text_at_cursor(event.character)
                return True
            return False
        return self._pressed_on_row(event.key)

    def choose(self) -> None:
        """Open what helps with the field under the cursor, or close it."""
        if self._help.is_open:
            self._help.hide()
        else:
            self._help.offer()

    def open_lines(self) -> None:
        """Show every line of the text under the cursor."""
        row = self.current
        if row is None or not takes_text(row) or is_secret(row) or not is_string(row):
            self.notice("only a text has lines")
        else:
            self._help.open_lines(row)

    def _pressed_on_row(self, key: str) -> bool:
        row = self.current
        if row is None:
            return False
        if key in ("enter", "space"):
            self._choose(row)
        elif key == "plus" and row.kind in (Kind.HEAD, Kind.MORE):
            self.add_element()
        elif key in ("delete", "backspace") and is_toggle(row):
            self._set(row, None)
        else:
            return False
        return True

    def _choose(self, row: Field) -> None:
        if is_toggle(row):
            required = row.attribute is not None and row.attribute.required
            self._set(row, next_boolean(row.value, required=required))
        elif row.kind is Kind.HEAD and row.is_editable:
            self.add_element()
        elif row.kind is Kind.REMOVED:
            self.revert_field()
        elif row.kind is Kind.OTHER and row.place is not None:
            self._as_json(row.place.attribute)
        elif row.kind is Kind.MORE and row.is_editable and row.place is not None:
            self._unfolded |= {row.place}
            self._show(row)

    def _go_on(self, step: int) -> bool:
        index = self._next_editable(self._rows.cursor, step)
        if index is not None:
            self._rows.move_to(index)
        return index is not None

    def _next_editable(self, index: int, step: int) -> int | None:
        ahead = range(index + step, len(self._fields) if step > 0 else -1, step)
        return next((place for place in ahead if self._fields[place].is_editable), None)

    @on(LineView.Chosen)
    def _row_chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        if self.current is not None:
            self._choose(self.current)

    @on(Input.Changed)
    @on(Input.Blurred)
    def _input_spoke(self, event: Input.Changed | Input.Blurred) -> None:
        event.stop()  # heard already, when it was typed

    # ------------------------------------------------------------------ what field_help tells

    def take(self, text: str) -> None:
        """Put a text into the field under the cursor."""
        self._input.value = text
        self._input.cursor_position = len(text)

    def select(self) -> None:
        """Let what is typed next take the place of the text in the field."""
        self._input.select_all()

    def take_form(self, form: Form) -> None:
        """Want what was chosen."""
        if self.current is not None and self.current.place is not None:
            self._forget_drafts(self.current.place)
        self.form = form
        self._show(self.current, reopen=True)

    def names_came(self) -> None:
        """Show the rows with what is known now, and leave room for it beside the input."""
        self._show(self.current)
        self.place_input()

    def unmask(self) -> None:
        """Show what is typed where it is masked, or mask it again; the next field hides it anyway."""
        self._input.password = not self._input.password

    @property
    def list_place(self) -> tuple[int, int]:
        """Where a list drops from the field under the cursor."""
        return VALUE_X - 1, self._rows.cursor - round(self._rows.scroll_y) + 1

    # ------------------------------------------------------------------ changing

    def _typed(self, text: str) -> None:
        row = self.current
        if row is None or row.place is None or row.attribute is None:
            return
        before = form_state.value_before(self.form, row.place)
        value, why = (before, "") if text == value_text(before) else read_text(row.attribute, text)
        self.drafts.pop(row.place, None)
        if why:
            self.drafts[row.place] = (text, why)
            self.form = form_state.revert(self.form, row.place)
            self._show(row)
        else:
            self._set(row, value)
        self._help.typed(text)

    def _set(self, row: Field, value: Any) -> None:
        if row.place is not None:
            self.form = form_state.set_value(self.form, row.place, value)
            self._show(row)

    def _forget_drafts(self, place: Place) -> None:
        """Forget what was typed at a place, and within it where it is a whole attribute or element."""
        self.drafts = {
            where: draft for where, draft in self.drafts.items() if place not in (where, where.top, where.whole_element)
        }


def _name(place: Place) -> str:
    return f"{place.attribute}.{place.sub}" if place.sub is not None else place.attribute
