"""The form that edits a resource, made from its schema: painted rows, and one input over the row under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Self

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.widgets import Input, Static

from scimtui.present.cells import safe
from scimtui.scim.resource import is_empty
from scimtui.scim.schema import ResourceType, Schema
from scimtui.tui import form_state, form_wanted
from scimtui.tui.field_input import FieldInput
from scimtui.tui.form_fields import Field, Kind, fields, index_of
from scimtui.tui.form_lines import VALUE_X, FormLines, foot_text, is_secret, is_toggle, suggestions, takes_text
from scimtui.tui.form_rows import FormRows
from scimtui.tui.form_state import Form, Place
from scimtui.tui.form_values import next_boolean, read_text, value_text
from scimtui.tui.line_view import LineView

_NOTHING = Form(ResourceType("", "", Schema("")), {})
_NARROWEST_INPUT = 8


class ResourceForm(Container):
    """Every attribute of the schema on one row. Sixty inputs would take 0.3 s to mount; one is moved about instead.

    What is typed counts at once. A text that can't be a value stays in its field, in red, and stops the sending.
    """

    DEFAULT_CSS = """
    ResourceForm { height: 1fr; layers: rows input; overflow: hidden hidden; }
    ResourceForm > FormRows { height: 1fr; }
    ResourceForm > #foot { dock: bottom; layer: rows; height: 1; padding: 0 1; color: $text-muted; background: $surface; }
    ResourceForm > #foot.-wrong { color: $text-error; }
    """

    class Changed(Message):
        """The number of fields that are wanted different is another one."""

        def __init__(self, form: ResourceForm, dirty_count: int) -> None:
            super().__init__()
            self.form = form
            self.dirty_count = dirty_count

        @property
        def control(self) -> ResourceForm:
            """The form, for the selector of `@on`."""
            return self.form

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._form = _NOTHING
        self._fields: tuple[Field, ...] = ()
        self._drafts: dict[Place, tuple[str, str]] = {}
        self._unfolded: frozenset[Place] = frozenset()
        self._open: Place | None = None
        self._told = 0
        self._rows = FormRows(self)
        self._input = FieldInput(self._typed, self.pressed)
        self._foot = Static("", id="foot", markup=False)

    def compose(self) -> ComposeResult:
        """Compose rows, input and foot."""
        yield self._rows
        yield self._input
        yield self._foot

    def on_mount(self) -> None:
        """Begin without an input."""
        self._show_cursor(reopen=True)

    # ------------------------------------------------------------------ what callers use

    def load(self, resource_type: ResourceType, raw: Mapping[str, Any], *, is_new: bool = False) -> None:
        """Show a resource and forget what was typed. The cursor stays on its field."""
        row = self.current
        self._form = Form(resource_type, raw, is_new)
        self._drafts = {}
        self._show(row, reopen=True)
        if row is None:
            self._rows.move_to(self._next_editable(-1, 1) or 0)

    def wanted(self) -> dict[str, Any]:
        """Return the resource with the changes applied; everything untouched is as the provider sent it."""
        return form_wanted.wanted(self._form)

    def errors(self) -> list[str]:
        """Return why the resource can't be sent, one safe line for each reason, [] when it can."""
        drafts = [f"{_name(place)} must be {why}" for place, (_, why) in self._drafts.items()]
        return [safe(line) for line in (*drafts, *form_wanted.errors(self._form))]

    def go_to_error(self) -> bool:
        """Put the cursor on the first field that stops the sending; False where there is none."""
        for index, row in enumerate(self._fields):
            required = row.attribute is not None and row.attribute.required
            is_missing = takes_text(row) and required and (is_empty(row.value) or row.value == "")
            if row.place in self._drafts or is_missing:
                self._rows.move_to(index)
                return True
        return False

    def add_element(self) -> None:
        """Add a value to the list under the cursor and go there."""
        row = self.current
        if row is None or row.place is None or not form_state.may_add(self._form, row.place):
            self._notice("nothing can be added here; go to a list that takes more values")
            return
        self._form, where = form_state.add_element(self._form, row.place)
        self._show(Field(Kind.VALUE, "", where))

    def remove_element(self) -> None:
        """Remove the value under the cursor from its list; one that the provider knows stays visible, struck out."""
        row = self.current
        if row is None or row.place is None or row.place.element is None:
            self._notice("only a value of a list can be removed; to clear a field, delete its text")
        elif not form_state.may_write(self._form, row.place.top):
            self._notice("this list is set by the provider")
        else:
            self._forget_drafts(row.place.whole_element)
            self._form = form_state.remove_element(self._form, row.place)
            self._show(replace(row, kind=Kind.REMOVED, place=row.place.whole_element), reopen=True)

    def revert_field(self) -> None:
        """Put back what the provider sent: a value, a removed element, or everything under an attribute's name."""
        row = self.current
        if row is not None and row.place is not None:
            self._forget_drafts(row.place)
            self._form = form_state.revert(self._form, row.place)
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
        self._fields = fields(self._form, self._unfolded)
        self._rows.cursor = index_of(self._fields, row, self._rows.cursor)
        self._rows.set_lines(FormLines(self._fields, self._drafts))
        self._rows.reveal(self._rows.cursor)
        self._show_cursor(reopen=reopen)
        unread = [place for place in self._drafts if place not in self._form.values]
        count = form_state.dirty_count(self._form) + len(unread)
        if count != self._told:
            self._told = count
            self.post_message(self.Changed(self, count))

    def _show_cursor(self, *, reopen: bool = False) -> None:
        row = self.current
        had_focus = self.holds_focus()
        if row is not None and takes_text(row):
            if reopen or row.place != self._open:
                draft = self._drafts.get(row.place) if row.place is not None else None
                text = draft[0] if draft else value_text(row.value)
                self._open = row.place
                self._input.open(text, suggestions=suggestions(row), password=is_secret(row))
                self.place_input()
            if had_focus:
                self.screen.set_focus(self._input, scroll_visible=False)
        else:
            self._open = None
            if had_focus:
                self.screen.set_focus(self._rows, scroll_visible=False)
            self._input.close()
        self._show_foot()

    def _show_foot(self) -> None:
        row = self.current
        draft = self._drafts.get(row.place) if row is not None and row.place is not None else None
        self._input.set_class(draft is not None, "-wrong")
        self._foot.set_class(draft is not None, "-wrong")
        self._foot.update(foot_text(row, draft), layout=False)

    def _notice(self, text: str) -> None:
        self._foot.add_class("-wrong")
        self._foot.update(text, layout=False)

    def place_input(self) -> None:
        """Lay the input over the row under the cursor, out of sight where the row was scrolled away."""
        row, y = self.current, self._rows.cursor - round(self._rows.scroll_y)
        if self._open is None or row is None:
            return
        is_seen = 0 <= y < self._rows.size.height
        note = len(row.note) + 2 if row.note else 0
        room = self._rows.scrollable_content_region.width - VALUE_X - note
        self._input.styles.offset = (VALUE_X, y if is_seen else -1)
        self._input.styles.width = max(room, _NARROWEST_INPUT)

    def holds_focus(self) -> bool:
        """Whether the keys go to the form."""
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
        moves: dict[str, Callable[[], None]] = {
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
        if event.key in ("tab", "shift+tab") or (event.key == "enter" and self._open is not None):
            return self._go_on(-1 if event.key == "shift+tab" else 1) or event.key == "enter"
        if self._open is not None:
            if event.is_printable and event.character is not None and self._rows.has_focus:
                self._input.insert_text_at_cursor(event.character)
                return True
            return False
        return self._pressed_on_row(event.key)

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

    # ------------------------------------------------------------------ changing

    def _typed(self, text: str) -> None:
        row = self.current
        if row is None or row.place is None or row.attribute is None:
            return
        before = form_state.value_before(self._form, row.place)
        value, why = (before, "") if text == value_text(before) else read_text(row.attribute, text)
        self._drafts.pop(row.place, None)
        if why:
            self._drafts[row.place] = (text, why)
            self._form = form_state.revert(self._form, row.place)
            self._show(row)
        else:
            self._set(row, value)

    def _set(self, row: Field, value: Any) -> None:
        if row.place is not None:
            self._form = form_state.set_value(self._form, row.place, value)
            self._show(row)

    def _forget_drafts(self, place: Place) -> None:
        """Forget what was typed at a place, and within it where it is a whole attribute or element."""
        self._drafts = {
            where: draft
            for where, draft in self._drafts.items()
            if place not in (where, where.top, where.whole_element)
        }


def _name(place: Place) -> str:
    return f"{place.attribute}.{place.sub}" if place.sub is not None else place.attribute
