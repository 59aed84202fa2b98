"""Looks up a pasted list: a field for it, and whom each line means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import set_cell_size
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea
from textual.worker import Worker, WorkerState

from scimtui.ops.lookup import Answer, Found, State
from scimtui.present.cells import safe
from scimtui.present.pasted import MARKS, answer_words, found_line
from scimtui.present.wording import count_of
from scimtui.tui.dialogs.save_dialog import SaveDialog
from scimtui.tui.lines.clipboard import copy
from scimtui.tui.lines.line_view import LazyLines, Line, LineView
from scimtui.tui.view import worker_error_line

LABEL = 34
STYLES = {"✓": "good", "?": "changed", "✗": "bad"}
WORST_FIRST = (State.MISSING, State.AMBIGUOUS, State.FOUND)


class ListDialog(ModalScreen[list[str] | None]):
    """Gives back the lines that were pasted or typed, None after Esc."""

    DEFAULT_CSS = """
    ListDialog { align: center middle; background: $background 60%; }
    ListDialog > Vertical { width: 76; max-width: 95%; height: 80%; background: $surface; border: round $primary; padding: 0 1; }
    ListDialog TextArea, ListDialog TextArea:focus { height: 1fr; border: none; padding: 0; background: $panel; }
    ListDialog Static { height: auto; color: $text-muted; }
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """Compose the field."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield Static("One a line: user name, e-mail address, name, id or externalId.", markup=False)
            yield TextArea(show_line_numbers=True, soft_wrap=False)
            yield Static("^S look up · Esc close", id="keys", markup=False)

    def on_mount(self) -> None:
        """Be ready for a paste."""
        self.query_one(TextArea).focus()

    def on_key(self, event: events.Key) -> None:
        """Look up or close."""
        text = self.query_one(TextArea).text
        if event.key == "ctrl+s" and text.strip():
            self.dismiss(text.splitlines())
        elif event.key in ("escape", "ctrl+c"):
            self.dismiss(None)
        else:
            return
        event.stop()
        event.prevent_default()


@dataclass(frozen=True, slots=True)
class Looked:
    """A look-up and where it was made."""

    title: str
    """Safe text: which resources of which tenant."""
    found: Found
    stem: str
    """Name for a file, without its ending."""


class FoundDialog(ModalScreen[bool]):
    """Who was found and who was not, the trouble first. True: mark them in the table."""

    DEFAULT_CSS = """
    FoundDialog { align: center middle; background: $background 60%; }
    FoundDialog > Vertical { width: 95%; max-width: 110; height: 85%; background: $surface; border: round $primary; }
    FoundDialog #sum { height: auto; max-height: 3; padding: 0 1; text-style: bold; }
    FoundDialog LineView { height: 1fr; margin-top: 1; }
    FoundDialog #notice { height: auto; max-height: 2; padding: 0 1; color: $text-muted; }
    FoundDialog #notice.-error { color: $text-error; }
    FoundDialog #keys { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, looked: Looked) -> None:
        super().__init__()
        self._looked = looked
        self._missing = looked.found.lines(State.MISSING)

    def compose(self) -> ComposeResult:
        """Compose the sum, the lines and the keys."""
        with Vertical() as box:
            box.border_title = Content(self._looked.title)
            yield Static(found_line(self._looked.found), id="sum", markup=False)
            yield LineView(answer_lines(self._looked.found), selectable=True)
            yield Static(self._warning(), id="notice", markup=False)
            yield Static(self._keys(), id="keys", markup=False)

    def _warning(self) -> str:
        if self._looked.found.complete or not self._missing:
            return ""
        return "The copy that was searched is INCOMPLETE: who is not found here may be there all the same."

    def _keys(self) -> str:
        mark = f"Enter mark {len(self._looked.found.ids):,} · " if self._looked.found.ids else ""
        missing = "c copy, x write the not found · " if self._missing else ""
        return f"{mark}{missing}Esc close"

    def on_mount(self) -> None:
        """Start at the trouble."""
        self.query_one(LineView).focus()

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self.dismiss(bool(self._looked.found.ids))

    def on_key(self, event: events.Key) -> None:
        """Copy, write or close."""
        if event.key in ("escape", "ctrl+c", "q"):
            self.dismiss(False)
        elif event.character == "c" and self._missing:
            self._copy()
        elif event.character == "x" and self._missing:
            header = self._looked.found.pasted.header or "not found"
            dialog = SaveDialog(
                "Write the lines that were not found", f"{self._looked.stem}.csv", header, self._missing
            )
            self.app.push_screen(dialog, self._written)
        else:
            return
        event.stop()

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def _copy(self) -> None:
        copied = await copy(self.app, "\n".join(self._missing), f"the {count_of(len(self._missing), 'line')} not found")
        self._say(copied.sentence)

    def _written(self, sentence: str | None) -> None:
        if sentence is not None:
            self._say(sentence)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        notice = self.query_one("#notice", Static)
        notice.set_class(wrong, "-error")
        notice.update(text)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self._say(worker_error_line(event.worker.error), wrong=True)


def answer_lines(found: Found) -> Sequence[Line]:
    """Return a line for each line of the list: those not found, then the ambiguous, then those found."""
    ordered = [one for state in WORST_FIRST for one in found.answers if one.state is state]
    return LazyLines([_text(one) for one in ordered], _coloured)


def _text(answer: Answer) -> str:
    return f" {MARKS[answer.state]} {set_cell_size(safe(answer.line), LABEL)}  {answer_words(answer)}"


def _coloured(text: str) -> Line:
    mark = text[1:2]
    return [(text[:3], STYLES.get(mark, "")), (text[3:], "value" if mark == "✓" else "")]
