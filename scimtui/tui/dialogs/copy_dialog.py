"""Copies a part of a resource, or of all rows shown, to the clipboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import set_cell_size
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from scimtui.present.cells import safe
from scimtui.tui.lines.line_view import Line, LineView

KEYS = "Enter copy · ↑ ↓ choose · Esc close"
LABEL = 20
"""Cells of the left side."""


@dataclass(frozen=True, slots=True)
class Copyable:
    """One thing that can be copied."""

    section: str
    label: str
    """Safe text."""
    preview: str
    """What it begins with; safe text, one line."""
    what: str
    """For the sentence afterwards: "the id"."""
    make: Callable[[], str]
    """Returns the exact text. Blocks for the disk."""


class CopyDialog(ModalScreen[Copyable | None]):
    """Gives back what was chosen, None after Esc."""

    DEFAULT_CSS = """
    CopyDialog { align: center middle; background: $background 60%; }
    CopyDialog > Vertical { width: 76; max-width: 95%; height: auto; max-height: 90%; background: $surface; border: round $primary; }
    CopyDialog LineView { height: auto; padding: 0 1; }
    CopyDialog #keys { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, title: str, copyables: Sequence[Copyable]) -> None:
        super().__init__()
        self._title = title
        self._lines, self._places = copy_lines(copyables)

    def compose(self) -> ComposeResult:
        """Compose the list."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield CopyList(self._lines, self._places)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Leave room for the border and the keys."""
        self._fit()
        self.query_one(CopyList).focus()

    def on_resize(self) -> None:
        """Leave room again."""
        self._fit()

    def _fit(self) -> None:
        self.query_one(CopyList).styles.height = min(len(self._lines), max(self.size.height * 9 // 10 - 3, 1))

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self.dismiss(self._places.get(event.index))

    def on_key(self, event: events.Key) -> None:
        """Close."""
        if event.key in ("escape", "ctrl+c", "q"):
            event.stop()
            self.dismiss(None)


class CopyList(LineView):
    """The cursor stops at what can be copied."""

    def __init__(self, lines: Sequence[Line], places: dict[int, Copyable]) -> None:
        super().__init__(lines, selectable=True)
        self._places = places
        self.cursor = min(places, default=0)

    def can_stop_at(self, index: int) -> bool:
        """Whether there is something to copy."""
        return index in self._places


def copy_lines(copyables: Sequence[Copyable]) -> tuple[list[Line], dict[int, Copyable]]:
    """Return the lines, a title over each section, and what stands on which line."""
    lines: list[Line] = []
    places: dict[int, Copyable] = {}
    section = ""
    for one in copyables:
        if one.section != section:
            section = one.section
            lines.append([(section, "section")])
        places[len(lines)] = one
        lines.append([(f"  {set_cell_size(one.label, LABEL)} ", "label"), (one.preview, "value")])
    return lines, places


def preview_of(text: str) -> str:
    """Return the beginning of a text on one safe line."""
    return safe(" ".join(text[:200].split("\n")))
