"""A list as a table over the console: a row for each line of it, the trouble first, and keys for what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from scimtui.ops.exporting import write_export
from scimtui.ops.stoppable import Progress, watched
from scimtui.present.cells import safe
from scimtui.present.formats import Delimiter, csv_lines
from scimtui.present.wording import count_of
from scimtui.tui.dialogs.save_field import SaveField
from scimtui.tui.table.virtual_table import Row, TableColumn, VirtualTable

STYLES = {"✓": "good", "=": "", "!": "changed", "≡": "changed", "?": "changed", "✗": "bad", "≠": "changed",
          "…": "changed", "○": "bad"}  # fmt: skip
"""Styles of rows, by the mark that their first cell begins with."""


@dataclass(frozen=True, slots=True)
class ListFile:
    """What a key writes into a file."""

    title: str
    name: str
    """Proposed for the file."""
    header: Sequence[str]
    rows: Sequence[Sequence[Any]]
    delimiter: Delimiter = Delimiter.COMMA


@dataclass(frozen=True, slots=True)
class Listed:
    """What is shown of a list, all of it safe."""

    title: str
    sums: str
    """One line or a few."""
    columns: Sequence[TableColumn]
    rows: Sequence[Row]
    wrong: Sequence[int]
    """Indexes of the rows that a person must look at."""
    wrong_words: str
    """What is said of them after their number."""
    keys: str
    choices: Mapping[str, str] = field(default_factory=dict)
    """What the dialog gives back for a key."""
    files: Mapping[str, ListFile] = field(default_factory=dict)
    """What a key writes."""


class ListScreen(ModalScreen[str | None]):
    """Gives back what was chosen to be done, None after Esc."""

    DEFAULT_CSS = """
    ListScreen { align: center middle; background: $background 60%; }
    ListScreen > Vertical { width: 98%; max-width: 130; height: 92%; background: $surface; border: round $primary; }
    ListScreen #sums { height: auto; max-height: 6; padding: 0 1; }
    ListScreen VirtualTable { height: 1fr; background: $surface; }
    ListScreen #notice { height: 1; padding: 0 1; color: $text-muted; }
    ListScreen #keys { height: auto; max-height: 2; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, listed: Listed) -> None:
        super().__init__()
        self._listed = listed
        self._is_narrowed = False

    def compose(self) -> ComposeResult:
        """Compose the sums, the table, a line for what happens, and the keys."""
        with Vertical() as box:
            box.border_title = Content(self._listed.title)
            yield Static(self._listed.sums, id="sums", markup=False)
            yield VirtualTable(self._listed.columns)
            yield Static("", id="notice", markup=False)
            yield Static(self._listed.keys, id="keys", markup=False)

    def on_mount(self) -> None:
        """Show the trouble first."""
        self.query_one(VirtualTable).focus()
        self._show()

    def _show(self) -> None:
        table, listed = self.query_one(VirtualTable), self._listed
        table.empty_text = "Nothing is wrong with any line.\np shows all of them"
        wrong = list(listed.wrong)
        rest = [] if self._is_narrowed else [place for place in range(len(listed.rows)) if place not in set(wrong)]
        table.set_rows(listed.rows, [*wrong, *rest], row_style=style_of)
        self._say(self._narrowed_words(len(wrong)))

    def _narrowed_words(self, wrong: int) -> str:
        told = f"{count_of(wrong, 'line')} {self._listed.wrong_words}" if wrong else ""
        return f"Only the {told}" if self._is_narrowed and told else told

    def _say(self, text: str) -> None:
        self.query_one("#notice", Static).update(Content(text))

    def on_key(self, event: events.Key) -> None:
        """Choose, narrow, write or close."""
        if event.key in ("escape", "ctrl+c", "q"):
            self.dismiss(None)
        elif event.character == "p":
            self._is_narrowed = not self._is_narrowed
            self._show()
        elif (chosen := self._listed.choices.get(event.character or "")) is not None:
            self.dismiss(chosen)
        elif (file := self._listed.files.get(event.character or "")) is not None:
            self.app.push_screen(SaveRowsDialog(file), self._written)
        else:
            return
        event.stop()
        event.prevent_default()

    def _written(self, sentence: str | None) -> None:
        if sentence is not None:
            self._say(sentence)


def style_of(row: Row) -> str:
    """Return the style of a row, by its mark."""
    return STYLES.get(row[2][:1], "")


class SaveRowsDialog(ModalScreen[str | None]):
    """Writes rows into a CSV file; gives back the sentence that says so, None after Esc."""

    DEFAULT_CSS = """
    SaveRowsDialog { align: center middle; background: $background 60%; }
    SaveRowsDialog > Vertical { width: 76; max-width: 95%; height: auto; background: $surface; border: round $primary; padding: 0 1; }
    SaveRowsDialog Horizontal { height: 1; }
    SaveRowsDialog Horizontal > Static { width: 12; color: $text-muted; }
    SaveRowsDialog Input, SaveRowsDialog Input:focus { height: 1; width: 1fr; border: none; background: $panel; padding: 0 1; }
    SaveRowsDialog #keys { height: 1; color: $text-muted; }
    """

    def __init__(self, file: ListFile) -> None:
        super().__init__()
        self._file = file

    def compose(self) -> ComposeResult:
        """Compose the name of the file."""
        with Vertical() as box:
            box.border_title = Content(self._file.title)
            yield SaveField(self._file.name)
            yield Static("Enter write · Esc close", id="keys", markup=False)

    def on_key(self, event: events.Key) -> None:
        """Write, stop or close."""
        save = self.query_one(SaveField)
        if event.key in ("enter", "ctrl+s"):
            save.write(partial(write_rows, self._file), len(self._file.rows))
        elif event.key in ("escape", "ctrl+c"):
            save.stop() if save.is_writing else self.dismiss(None)
        else:
            return
        event.stop()
        event.prevent_default()

    @on(SaveField.Saved)
    def _saved(self, event: SaveField.Saved) -> None:
        self.dismiss(event.sentence)


def write_rows(file: ListFile, path: Path, progress: Progress) -> str:
    """Write the file and return the sentence that says so. Blocks for the disk.

    Raises:
        CacheError: it cannot be written.
        Stopped: the progress said so; nothing was written.
    """
    write_export(path, csv_lines(file.header, watched(file.rows, progress), file.delimiter))
    return f"{count_of(len(file.rows), 'line')} in {safe(str(path))}"
