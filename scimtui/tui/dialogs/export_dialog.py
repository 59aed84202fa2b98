"""Writes the rows of a table into a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from scimtui.ops.exporting import named, write_export
from scimtui.ops.stoppable import Progress, watched
from scimtui.present.cells import safe
from scimtui.present.exported import copy_words, exported_lines, paths_of, row_id
from scimtui.present.formats import Delimiter, Format
from scimtui.present.wording import count_of
from scimtui.tui.dialogs.choice_field import ChoiceField
from scimtui.tui.dialogs.save_field import SaveField

if TYPE_CHECKING:
    from scimtui.ops.browse import SyncState
    from scimtui.ops.session import Session
    from scimtui.present.columns import Column
    from scimtui.scim.schema import ResourceType

KEYS = "^S write · Tab next field · ← → choose · Esc close"

FORMATS = (
    ("CSV, for spreadsheets", Format.CSV.value),
    ("JSON Lines, each resource as the provider sent it", Format.JSONL.value),
    ("JSON, one array of the same", Format.JSON.value),
)
DELIMITERS = (("comma", Delimiter.COMMA.value), ("semicolon", Delimiter.SEMICOLON.value), ("tab", Delimiter.TAB.value))
ALL, SHOWN, MARKED = "all", "shown", "marked"


@dataclass(frozen=True, slots=True)
class Exportable:
    """What a table has to give."""

    session: Session
    resource_type: ResourceType
    columns: tuple[Column, ...]
    shown: list[str]
    """Ids of the rows shown, in their order."""
    marked: frozenset[str]
    state: SyncState | None
    """Of the copy that the rows come from."""

    @property
    def marked_in_order(self) -> list[str]:
        """The marked rows as they are shown, then those that are filtered away."""
        shown = [one for one in self.shown if one in self.marked]
        return [*shown, *sorted(self.marked.difference(shown))]


@dataclass(frozen=True, slots=True)
class Wish:
    """What was chosen."""

    ids: list[str]
    form: Format
    delimiter: Delimiter = Delimiter.COMMA
    paths: tuple[str, ...] = ()
    """Columns of CSV; (): every attribute that one of the resources has."""


class ExportDialog(ModalScreen[str | None]):
    """Gives back the sentence that says what was written, None after Esc."""

    DEFAULT_CSS = """
    ExportDialog { align: center middle; background: $background 60%; }
    ExportDialog > Vertical { width: 76; max-width: 95%; height: auto; background: $surface; border: round $primary; padding: 0 1; }
    ExportDialog Horizontal { height: 1; }
    ExportDialog Horizontal > Static { width: 12; color: $text-muted; }
    ExportDialog Input, ExportDialog Input:focus { height: 1; width: 1fr; border: none; background: $panel; padding: 0 1; }
    ExportDialog #keys { height: 1; color: $text-muted; }
    """

    def __init__(self, exportable: Exportable, today: datetime | None = None) -> None:
        super().__init__()
        self._exportable = exportable
        self._stem = file_stem(exportable.session.tenant.name, f"{exportable.resource_type.name}s", today)
        self._proposed = f"{self._stem}.csv"

    def compose(self) -> ComposeResult:
        """Compose a field a line."""
        exportable = self._exportable
        with Vertical() as box:
            name = exportable.session.tenant.label or exportable.session.tenant.name
            box.border_title = Content(safe(f"Export {exportable.resource_type.name}s of {name}"))
            yield from _field("Rows", ChoiceField(self._rows(), id="rows"))
            yield from _field("Format", ChoiceField(FORMATS, id="format"))
            columns = (("those shown", SHOWN), ("every attribute in use", ALL))
            yield from _field("Columns", ChoiceField(columns, id="columns"))
            yield from _field("Delimiter", ChoiceField(DELIMITERS, id="delimiter"))
            yield SaveField(self._proposed)
            yield Static(KEYS, id="keys", markup=False)

    def _rows(self) -> list[tuple[str, str]]:
        marked, shown = len(self._exportable.marked), len(self._exportable.shown)
        choices = [(f"{shown:,} shown, in this order", SHOWN)] if shown else []
        return [(f"{marked:,} marked", MARKED), *choices] if marked else choices

    @on(ChoiceField.Changed)
    def _chosen(self) -> None:
        """Show what counts for this format; the ending follows as long as the name is the proposed one."""
        form = self._value("format")
        for name in ("columns", "delimiter"):
            self.query_one(f"#{name}-row").display = form == Format.CSV
        save = self.query_one(SaveField)
        if save.name_typed == self._proposed:
            self._proposed = f"{self._stem}.{form}"
            save.rename(self._proposed)

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", ChoiceField).value

    def on_key(self, event: events.Key) -> None:
        """Write, stop or close."""
        save = self.query_one(SaveField)
        if event.key == "ctrl+s" or (event.key == "enter" and self.focused is not None and self.focused.id == "file"):
            self._write()
        elif event.key in ("escape", "ctrl+c"):
            save.stop() if save.is_writing else self.dismiss(None)
        else:
            return
        event.stop()
        event.prevent_default()

    def _write(self) -> None:
        exportable, wish = self._exportable, self._wish()
        self.query_one(SaveField).write(partial(export, exportable, wish), len(wish.ids))

    def _wish(self) -> Wish:
        exportable = self._exportable
        ids = exportable.marked_in_order if self._value("rows") == MARKED else exportable.shown
        paths = tuple(column.path for column in exportable.columns) if self._value("columns") == SHOWN else ()
        return Wish(ids, Format(self._value("format")), Delimiter(self._value("delimiter")), paths)

    @on(SaveField.Saved)
    def _saved(self, event: SaveField.Saved) -> None:
        self.dismiss(event.sentence)


def _field(label: str, widget: ChoiceField) -> ComposeResult:
    with Horizontal(id=f"{widget.id}-row"):
        yield Static(label, markup=False)
        yield widget


def export(exportable: Exportable, wish: Wish, path: Path, progress: Progress) -> str:
    """Write the file and return the sentence that says so. Blocks for the disk.

    Raises:
        CacheError: the cache cannot be read, or the file not written.
        Stopped: the progress said so; nothing was written.
    """
    session, resource_type = exportable.session, exportable.resource_type
    paths = wish.paths
    if wish.form is Format.CSV and not paths:  # read twice, so that no more than one resource is held at a time
        paths = tuple(paths_of(watched(named(session, resource_type.name, wish.ids, row_id), progress), resource_type))
        progress.done = 0
    resources = watched(named(session, resource_type.name, wish.ids, row_id), progress)
    write_export(path, exported_lines(resources, resource_type, wish.form, paths, wish.delimiter))
    gone = len(wish.ids) - progress.done
    left_out = f" {count_of(gone, 'row')} could not be read any more and are left out;" if gone else ""
    rows = count_of(progress.done, safe(resource_type.name))
    return f"{rows} in {safe(str(path))};{left_out} {copy_words(exportable.state)}"


def file_stem(tenant: str, subject: str, today: datetime | None = None) -> str:
    """Return a name for a file that works on every system: acme-users-2026-11-24."""
    day = f"{(today or datetime.now(UTC)).astimezone():%Y-%m-%d}"
    words = [re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-") for text in (tenant, subject)]
    return "-".join([*(word for word in words if word), day])
