"""Asks to type a number or a name, where `y` is too quickly said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from scimtui.tui.dialogs.shown_dialog import shown

if TYPE_CHECKING:
    from scimtui.tui.view import Shell


class TypedDialog(ModalScreen[bool]):
    """True once the text was typed."""

    DEFAULT_CSS = """
    TypedDialog { align: center middle; background: $background 60%; }
    TypedDialog > Vertical { width: 70; max-width: 95%; height: auto; background: $surface; border: round $error; padding: 0 1; }
    TypedDialog Static { height: auto; }
    TypedDialog Input, TypedDialog Input:focus { height: 1; border: none; padding: 0; margin: 1 0; background: $panel; }
    TypedDialog #keys { color: $text-muted; }
    """

    def __init__(self, title: str, text: str, wanted: str) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._wanted = wanted

    def compose(self) -> ComposeResult:
        """Compose what it is about, the field and the keys; all texts are safe."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield Static(self._text, markup=False)
            yield Input(placeholder=f"Type {self._wanted} to send")
            yield Static(f"type {self._wanted} and Enter to send · Esc back, nothing is sent", id="keys", markup=False)

    def on_key(self, event: Key) -> None:
        """Close."""
        if event.key in ("escape", "ctrl+c"):
            event.stop()
            event.prevent_default()
            self.dismiss(False)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if self._wanted in (event.value.strip(), event.value.strip().replace(",", "")):
            self.dismiss(True)


async def is_typed(shell: Shell, title: str, text: str, wanted: str) -> bool:
    """Whether the person types `wanted`; all texts are safe."""
    return await shown(shell, TypedDialog(title, text, wanted)) is True
