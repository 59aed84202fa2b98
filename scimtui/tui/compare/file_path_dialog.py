"""Asks for the file that is compared: an export, or a table from another system."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from scimtui.errors import ScimtuiError
from scimtui.ops.side_files import file_side
from scimtui.present.wording import error_line

if TYPE_CHECKING:
    from scimtui.scim.schema import ResourceType

ABOUT = "CSV whose titles are attributes, such as userName; JSON or JSON Lines as x exports them"


class FilePathDialog(ModalScreen[Path | None]):
    """Gives back a file that can be read, None after Esc."""

    DEFAULT_CSS = """
    FilePathDialog { align: center middle; background: $background 60%; }
    FilePathDialog > Vertical { width: 78; max-width: 98%; height: auto; background: $surface; border: round $primary; padding: 0 1; }
    FilePathDialog Input, FilePathDialog Input:focus { height: 1; border: none; padding: 0 1; background: $panel; }
    FilePathDialog Static { height: auto; color: $text-muted; }
    FilePathDialog #about { margin-top: 1; }
    FilePathDialog #about.-wrong { color: $text-error; }
    """

    def __init__(self, title: str, resource_type: ResourceType, match: str) -> None:
        super().__init__()
        self._title = title
        self._resource_type = resource_type
        self._match = match

    def compose(self) -> ComposeResult:
        """Compose the field, what may be in the file, and the keys."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield Input(placeholder="path of a file", select_on_focus=False)
            yield Static(ABOUT, id="about", markup=False)
            yield Static("Enter compares with it · Esc back", id="keys", markup=False)

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
            self._look(Path(event.value.strip()).expanduser().absolute())

    @work(exclusive=True, exit_on_error=False)
    async def _look(self, path: Path) -> None:
        """Read it once, so that what is wrong with it is said here."""
        try:
            await asyncio.to_thread(file_side, path, self._resource_type, self._match)
        except ScimtuiError as error:
            about = self.query_one("#about", Static)
            about.set_class(True, "-wrong")
            about.update(error_line(error))
        else:
            self.dismiss(path)
