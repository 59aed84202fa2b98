"""Writes a report into a file; its ending says the format."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
from scimtui.tui.dialogs.save_field import SaveField

Lines = Callable[[Path], Iterable[str]]
"""Returns the lines of a file in the format that its ending names, in a thread; raises UsageError where it names none."""


class ReportDialog(ModalScreen[str | None]):
    """Gives back the sentence that says what was written, None after Esc."""

    DEFAULT_CSS = """
    ReportDialog { align: center middle; background: $background 60%; }
    ReportDialog > Vertical { width: 76; max-width: 95%; height: auto; background: $surface; border: round $primary; padding: 0 1; }
    ReportDialog #formats { height: 1; color: $text-muted; }
    ReportDialog Horizontal { height: 1; }
    ReportDialog Horizontal > Static { width: 12; color: $text-muted; }
    ReportDialog Input, ReportDialog Input:focus { height: 1; width: 1fr; border: none; background: $panel; padding: 0 1; }
    ReportDialog #keys { height: 1; color: $text-muted; }
    """

    def __init__(self, title: str, name: str, lines: Lines, total: int) -> None:
        """`title` is a safe text; `total` is about how many lines there will be."""
        super().__init__()
        self._title = title
        self._proposed = name
        self._lines = lines
        self._total = total

    def compose(self) -> ComposeResult:
        """Compose the name of the file."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield Static(
                ".html to read and print · .csv for spreadsheets · .json for programs", id="formats", markup=False
            )
            yield SaveField(self._proposed)
            yield Static("Enter write · Esc close", id="keys", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Write, stop or close."""
        save = self.query_one(SaveField)
        if event.key in ("enter", "ctrl+s"):
            save.write(self._written, self._total)
        elif event.key in ("escape", "ctrl+c"):
            save.stop() if save.is_writing else self.dismiss(None)
        else:
            return
        event.stop()
        event.prevent_default()

    def _written(self, path: Path, progress: Progress) -> str:
        write_export(path, watched(list(self._lines(path)), progress))
        return f"The report is in {safe(str(path))}; only you may read it"

    @on(SaveField.Saved)
    def _saved(self, event: SaveField.Saved) -> None:
        self.dismiss(event.sentence)
