"""The form that edits a resource: its fields, made from the schema, or the whole of it as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.widgets import Static

from scimtui.errors import SyntaxFault
from scimtui.scim.as_text import Rewritten, as_text
from scimtui.tui.form import form_state, form_wanted
from scimtui.tui.form.field_form import FieldForm
from scimtui.tui.form.form_json import KEYS, LONGEST, TOO_LONG, json_errors, read_answer, refusal_notes
from scimtui.tui.form.form_state import Form

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.form.form_fields import Field
    from scimtui.tui.form.json_editor import JsonEditor


class ResourceForm(Container):
    """What callers know of a form. Nothing is ever sent from here: `wanted` is planned and shown first."""

    DEFAULT_CSS = """
    ResourceForm { height: 1fr; }
    ResourceForm > #json-foot { display: none; height: 1; padding: 0 1; color: $text-muted; background: $surface; }
    ResourceForm > #json-foot.-wrong { color: $text-error; }
    ResourceForm.-json > FieldForm { display: none; }
    ResourceForm.-json > #json-foot { display: block; }
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
        self.fields = FieldForm(self._tell, self.turn_json)
        """The painted rows."""
        self._json: JsonEditor | None = None
        self._foot = Static("", id="json-foot", markup=False)
        self._notes: tuple[str, ...] = ()
        self._told = 0

    def compose(self) -> ComposeResult:
        """Compose the fields; the JSON comes when it is asked for."""
        yield self.fields
        yield self._foot

    def load(self, resource_type: ResourceType, raw: Mapping[str, Any], *, is_new: bool = False) -> None:
        """Show a resource and forget what was typed. The cursor stays on its field; JSON that was only read stays open."""
        is_read = self._json is not None and not self._told
        self._close_json()
        self._notes = ()
        self.fields.load(Form(resource_type, raw, is_new))
        if is_read:
            self.turn_json()

    def wanted(self) -> dict[str, Any]:
        """Return the resource with the changes applied; everything untouched is as the provider sent it."""
        if self._json is not None and isinstance(self._json.answer, Rewritten):
            return form_wanted.wanted(form_state.rewrite(self.fields.form, self._json.answer.wanted))
        return form_wanted.wanted(self.fields.form)

    def notes(self) -> tuple[str, ...]:
        """Return what was changed in the JSON and is not sent, in safe sentences."""
        return self._notes if self._json is None else refusal_notes(self._json.answer)

    def errors(self) -> list[str]:
        """Return why the resource can't be sent, one safe line for each reason, [] when it can."""
        return self.fields.errors() if self._json is None else json_errors(self._json.answer, self.fields.form)

    def go_to_error(self) -> bool:
        """Put the cursor on the first thing that stops the sending; False where there is none."""
        if self._json is None:
            return self.fields.go_to_error()
        self._json.go_to_fault()
        return isinstance(self._json.answer, SyntaxFault)

    def focus(self, scroll_visible: bool = True) -> Self:  # noqa: FBT001, FBT002
        """Focus the row under the cursor, or the JSON."""
        (self.fields if self._json is None else self._json).focus(scroll_visible)
        return self

    # ------------------------------------------------------------------ the field under the cursor

    @property
    def current(self) -> Field | None:
        """The row under the cursor."""
        return self.fields.current

    def add_element(self) -> None:
        """Add a value to the list under the cursor and go there."""
        if self._json is None:
            self.fields.add_element()

    def remove_element(self) -> None:
        """Remove the value under the cursor from its list; one that the provider knows stays visible, struck out."""
        if self._json is None:
            self.fields.remove_element()

    def revert_field(self) -> None:
        """Put back what the provider sent: a value, a removed element, or everything under an attribute's name."""
        if self._json is None:
            self.fields.revert_field()

    # ------------------------------------------------------------------ as JSON

    @property
    def text(self) -> str:
        """What is wanted, as the JSON that can be edited."""
        return self._json.text if self._json is not None else as_text(self.wanted(), self.fields.form.resource_type)

    def turn_json(self, name: str = "") -> None:
        """Edit the whole resource as JSON, beginning at an attribute; or go back to the fields."""
        if self._json is not None:
            self.show_fields()
        elif self.fields.drafts:
            self.fields.go_to_error()
        elif len(self.text) > LONGEST:
            self.fields.notice(TOO_LONG)
        else:
            self._open_json().go_to_name(name)

    def take_text(self, text: str) -> None:
        """Take JSON that was edited elsewhere. Only where it is too long and right, it goes straight into the fields."""
        answer = read_answer(text, self.fields.form, self.wanted())
        if len(text) > LONGEST and self._json is None and isinstance(answer, Rewritten):
            self._take(answer)
        else:
            self._open_json().take(text)
            self.json_changed()

    def _open_json(self) -> JsonEditor:
        if self._json is None:
            from scimtui.tui.form.json_editor import JsonEditor  # its widget is paid for when it is wanted

            self._json = JsonEditor(self, self.fields.form, self.wanted())
            self.mount(self._json, before=self._foot)
            self.add_class("-json")
        self._json.focus()
        self.json_changed()
        return self._json

    def json_changed(self) -> None:
        """Count what differs, and say what can't be sent."""
        if self._json is None:
            return
        wrong = [*self.errors(), *self.notes()] if self._json.is_read_at_once else []
        self._say(f"! {wrong[0]}" if wrong else KEYS, is_wrong=bool(wrong))
        self._tell(self._json.dirty_count)

    def show_fields(self) -> None:
        """Go back from the JSON to the fields, with what was changed in it; a text that can't be read is kept."""
        if self._json is None:
            return
        if isinstance(answer := self._json.answer, SyntaxFault):
            self._json.go_to_fault()
            self._say(f"! {json_errors(answer, self.fields.form)[0]}; mend it, or ^R puts it back", is_wrong=True)
        else:
            self._take(answer)

    def _take(self, answer: Rewritten) -> None:
        self._close_json()
        self._notes = refusal_notes(answer)
        self.fields.load(form_state.rewrite(self.fields.form, answer.wanted))
        self.focus()
        if self._notes:
            self.fields.notice(f"! {self._notes[0]}")

    def _close_json(self) -> None:
        if self._json is not None:
            self._json.remove()
            self._json = None
            self.remove_class("-json")

    def _say(self, text: str, *, is_wrong: bool) -> None:
        self._foot.set_class(is_wrong, "-wrong")
        self._foot.update(text, layout=False)

    def _tell(self, count: int) -> None:
        if count != self._told:
            self._told = count
            self.post_message(self.Changed(self, count))
