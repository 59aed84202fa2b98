"""Asks for a file whose content becomes a value; the path is not kept."""

from __future__ import annotations

import asyncio

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from scimtui.errors import UsageError
from scimtui.ops.binary_file import read_base64
from scimtui.present.wording import error_line

KEYS = "Enter take what is in it · Esc back"


class FileDialog(ModalScreen[str | None]):
    """Gives back the content in base64, None after Esc."""

    DEFAULT_CSS = """
    FileDialog { align: center middle; background: $background 60%; }
    FileDialog > Vertical { width: 76; max-width: 95%; height: auto; background: $surface; border: round $primary; padding: 0 1; }
    FileDialog Input, FileDialog Input:focus { height: 1; border: none; padding: 0 1; background: $panel; }
    FileDialog #keys { height: auto; color: $text-muted; }
    FileDialog #keys.-wrong { color: $text-error; }
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """Compose the field."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield Input(placeholder="path of a file: PEM, DER or any other", select_on_focus=False)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()

    def on_key(self, event: events.Key) -> None:
        """Go back."""
        if event.key in ("escape", "ctrl+c"):
            event.stop()
            event.prevent_default()
            self.dismiss(None)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self._read(event.value.strip())

    @work(exclusive=True, exit_on_error=False)
    async def _read(self, path: str) -> None:
        try:
            self.dismiss(await asyncio.to_thread(read_base64, path))
        except UsageError as error:
            keys = self.query_one("#keys", Static)
            keys.add_class("-wrong")
            keys.update(f"! {error_line(error)}")
