"""Writes one list into a file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from scimtui.ops.exporting import write_export
from scimtui.ops.stoppable import Progress, watched
from scimtui.present.cells import safe
from scimtui.present.formats import csv_lines
from scimtui.present.wording import count_of
from scimtui.tui.dialogs.save_field import SaveField


class SaveDialog(ModalScreen[str | None]):
    """Gives back the sentence that says what was written, None after Esc."""

    DEFAULT_CSS = """
    SaveDialog { align: center middle; background: $background 60%; }
    SaveDialog > Vertical { width: 76; max-width: 95%; height: auto; background: $surface; border: round $primary; padding: 0 1; }
    SaveDialog Horizontal { height: 1; }
    SaveDialog Horizontal > Static { width: 12; color: $text-muted; }
    SaveDialog Input, SaveDialog Input:focus { height: 1; width: 1fr; border: none; background: $panel; padding: 0 1; }
    SaveDialog #keys { height: 1; color: $text-muted; }
    """

    def __init__(self, title: str, name: str, header: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._title = title
        self._proposed = name
        self._header = header
        self._lines = lines

    def compose(self) -> ComposeResult:
        """Compose the name of the file."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield SaveField(self._proposed)
            yield Static("Enter write · Esc close", id="keys", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Write, stop or close."""
        save = self.query_one(SaveField)
        if event.key in ("enter", "ctrl+s"):
            save.write(partial(write_column, self._header, self._lines), len(self._lines))
        elif event.key in ("escape", "ctrl+c"):
            save.stop() if save.is_writing else self.dismiss(None)
        else:
            return
        event.stop()
        event.prevent_default()

    @on(SaveField.Saved)
    def _saved(self, event: SaveField.Saved) -> None:
        self.dismiss(event.sentence)


def write_column(header: str, lines: Sequence[str], path: Path, progress: Progress) -> str:
    """Write a CSV of one column and return the sentence that says so. Blocks for the disk.

    Raises:
        CacheError: it cannot be written.
        Stopped: the progress said so; nothing was written.
    """
    write_export(path, csv_lines([header], ([line] for line in watched(lines, progress))))
    return f"{count_of(len(lines), 'line')} in {safe(str(path))}"
