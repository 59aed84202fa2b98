"""The name of a file to write: asks before it replaces one, writes in a thread, says how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from scimtui.ops.exporting import obstacle
from scimtui.ops.stoppable import Progress, Stopped
from scimtui.present.cells import safe
from scimtui.tui.view import worker_error_line

Write = Callable[[Path, Progress], str]
"""Writes the file, in a thread, and returns the sentence that says so."""


class Question(Static, can_focus=True):
    """Has the focus while it is asked, so that a letter is an answer and no part of a name."""

    class Answered(Message):
        """`y`, or anything else."""

        def __init__(self, *, yes: bool) -> None:
            super().__init__()
            self.yes = yes

    def on_key(self, event: events.Key) -> None:
        """Take `y` for yes, and n and Esc for no; no other key means anything."""
        if event.key in ("tab", "shift+tab") or event.character in ("y", "Y", "n", "N") or event.key == "escape":
            event.stop()
            event.prevent_default()
            self.post_message(self.Answered(yes=event.character in ("y", "Y")))


class SaveField(Vertical):
    """`write` begins; `stop` ends it, and then nothing was written."""

    DEFAULT_CSS = """
    SaveField { height: auto; }
    SaveField #save-notice { height: auto; min-height: 1; max-height: 3; margin-top: 1; color: $text-muted; }
    SaveField #save-notice.-error { color: $text-error; }
    SaveField #save-question { height: auto; color: $text-warning; text-style: bold; display: none; }
    """

    class Saved(Message):
        """The file is there."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(self, name: str) -> None:
        super().__init__()
        self._proposed = name
        self._write: Write | None = None
        self._total = 0
        self._progress: Progress | None = None

    def compose(self) -> ComposeResult:
        """Compose the name, the question and the line beneath."""
        with Horizontal():
            yield Static("File", markup=False)
            yield Input(self._proposed, id="file", select_on_focus=False)
        yield Static("", id="save-notice", markup=False)
        yield Question("", id="save-question", markup=False)

    def on_mount(self) -> None:
        """Say where a name without a folder leads."""
        self.say(f"in {safe(str(Path.cwd()))}; only you may read it")

    @property
    def name_typed(self) -> str:
        """The name as it stands there."""
        return self.query_one(Input).value.strip()

    @property
    def _path(self) -> Path:
        return Path(self.name_typed).expanduser()

    def rename(self, name: str) -> None:
        """Put another name there."""
        self.query_one(Input).value = name

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show a safe text."""
        notice = self.query_one("#save-notice", Static)
        notice.set_class(wrong, "-error")
        notice.update(text)

    @property
    def is_writing(self) -> bool:
        """Whether a file is being written."""
        return self._progress is not None

    def stop(self) -> None:
        """End the writing."""
        if self._progress is not None:
            self._progress.stop = True

    def on_unmount(self) -> None:
        """Leave no thread behind."""
        self.stop()

    # ------------------------------------------------------------------ writing

    def write(self, write: Write, total: int) -> None:
        """Write a file of so many lines under the name that stands there, after a question where one is there."""
        if not self.is_writing and not self.query_one(Question).display:
            self._write, self._total = write, total
            self._look()

    @work(exclusive=True, group="save", exit_on_error=False)
    async def _look(self) -> None:
        path = self._path
        if not self.name_typed:
            self.say("Type the name of a file", wrong=True)
        elif reason := await asyncio.to_thread(obstacle, path):
            self.say(safe(f"Nothing was written: {reason}"), wrong=True)
        elif await asyncio.to_thread(path.exists):
            self._ask(path)
        else:
            self._begin()

    def _ask(self, path: Path) -> None:
        question = self.query_one(Question)
        question.update(safe(f"{path.name} is there already. y replaces it, n goes back"))
        question.display = True
        question.focus()

    @on(Question.Answered)
    def _answered(self, event: Question.Answered) -> None:
        event.stop()
        self.query_one(Question).display = False
        self.query_one(Input).focus()
        if event.yes:
            self._begin()

    @work(exclusive=True, group="save", exit_on_error=False)
    async def _begin(self) -> None:
        assert self._write is not None
        self._progress = Progress()
        timer = self.set_interval(0.25, self._show_progress)
        try:
            sentence = await asyncio.to_thread(self._write, self._path, self._progress)
        except Stopped:
            self.say("Stopped; nothing was written", wrong=True)
        else:
            self.post_message(self.Saved(sentence))
        finally:
            timer.stop()
            self._progress = None

    def _show_progress(self) -> None:
        if self._progress is not None:
            self.say(f"{self._progress.done:,} of {self._total:,}; ^C stops, and nothing is written")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong; the name stays."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            event.stop()
            self.say(worker_error_line(event.worker.error), wrong=True)
