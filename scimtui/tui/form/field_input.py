"""The one input of a form. It stands over the value of the row under the cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.suggester import SuggestFromList
from textual.widgets import Input

from scimtui.tui.form.form_values import HiddenCharacters


def _without(bindings: list[BindingType], taken: frozenset[str]) -> list[BindingType]:
    kept: list[BindingType] = []
    for binding in bindings:
        assert isinstance(binding, Binding)
        keys = [key for key in binding.key.split(",") if key not in taken]
        if keys:
            kept.append(replace(binding, key=",".join(keys)))
    return kept


class FieldInput(Input, inherit_bindings=False):
    """Tells at once what is typed: with a message, a fast hand could be in the next field when it arrives."""

    # Ctrl+D removes a value from a list, Enter goes on; both are keys of the form.
    BINDINGS: ClassVar[list[BindingType]] = _without(Input.BINDINGS, frozenset({"ctrl+d", "enter"}))
    DEFAULT_CSS = """
    FieldInput, FieldInput:focus {
        position: absolute; layer: input; width: 20; height: 1; border: none; padding: 0;
        background: $panel; background-tint: transparent; color: $foreground;
    }
    FieldInput.-wrong { color: $text-error; }
    """

    def __init__(self, typed: Callable[[str], None], pressed: Callable[[events.Key], bool]) -> None:
        super().__init__(compact=True, select_on_focus=False, placeholder="not set")
        self.cursor_blink = False
        self._typed = typed
        self._pressed = pressed
        self._hidden = HiddenCharacters()
        self._is_listening = False

    def open(self, text: str, *, suggestions: list[str], password: bool) -> None:
        """Take the text of a field; the cursor stands at its end."""
        self._is_listening = False
        self._hidden = HiddenCharacters()
        self.password = password
        self.suggester = SuggestFromList(suggestions, case_sensitive=False) if suggestions else None
        self.value = text
        self.cursor_position = len(self.value)
        self.display = True
        self._is_listening = True

    def close(self) -> None:
        """Belong to no field; what a fast hand still types goes nowhere."""
        self._is_listening = False
        self.value = ""
        self.display = False

    def validate_value(self, value: str) -> str:
        """Show every character, pasted ones too."""
        return self._hidden.shown(value)

    def watch_value(self, value: str) -> None:
        """Hand on what was typed, with the characters that it stands for."""
        if self._is_listening:
            self._typed(self._hidden.meant(value))

    def on_key(self, event: events.Key) -> None:
        """Offer each key to the form first."""
        if self._pressed(event) or (event.is_printable and not self._is_listening):
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Take all lines of a text, each end of one as a character that is seen."""
        event.stop()
        event.prevent_default()
        self.insert_text_at_cursor(event.text.rstrip("\n"))
