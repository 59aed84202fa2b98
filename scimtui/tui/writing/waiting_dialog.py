"""What waits for tenants that did not answer: looked at, tried again, or forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from scimtui.errors import CacheError
from scimtui.ops.kept_plans import keeper_of
from scimtui.ops.plan_file import steps_of
from scimtui.ops.waiting import Waiting, chosen, forget, waiting
from scimtui.present.batch_words import waiting_line, why_waiting
from scimtui.present.cells import safe
from scimtui.present.journal_words import when_words
from scimtui.present.wording import count_of, error_line
from scimtui.tui.dialogs.shown_dialog import shown
from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.writing.batch_results import ResultsDialog, Shown
from scimtui.tui.writing.everywhere import carry_out_everywhere

if TYPE_CHECKING:
    from pathlib import Path

    from textual.worker import Worker

    from scimtui.ops.plan_file import Step
    from scimtui.ops.session import Session
    from scimtui.tui.shell.shell_screen import ShellScreen

KEYS = "t try again · Enter look at the changes · x forget · ↑↓ move · Esc close"


def open_waiting(shell: ShellScreen) -> Worker[None]:
    """Show what waits; what the person wants tried again is previewed and sent."""
    return shell.run_worker(_open_waiting(shell), group="write", exit_on_error=False)


async def _open_waiting(shell: ShellScreen) -> None:
    home = shell.sessions.home
    found = await asyncio.to_thread(waiting, home)
    if not found:
        shell.say("Nothing waits: every tenant answered", "info")
        return
    while found and (one := await shown(shell, WaitingDialog(home, found))) is not None:
        await _try_again(shell, one)
        found = await asyncio.to_thread(waiting, home)


async def _try_again(shell: ShellScreen, one: Waiting) -> None:
    """Preview what waits in a plan and send it, under the batch that it is of.

    Raises:
        UsageError: the plan contradicts itself, one of its tenants is not in the config any more, or another process
            carries it out.
        GuardStopped, CacheError: nothing was sent.
    """
    sessions = {name: shell.session(name) for name in one.plan.tenants}
    steps = await asyncio.to_thread(steps_of, one.path, one.plan, sessions)
    tried, beside = chosen(one, steps)
    home = shell.sessions.home
    unkept = [session.tenant.name for session in sessions.values() if session.tenant.cache == "off"]
    keeper = keeper_of(home, one.plan.batch, unkept, one.path, beside)
    await carry_out_everywhere(shell, _by_tenant(tried, sessions), "Try again what waits", keeper)


def _by_tenant(steps: Sequence[Step], sessions: dict[str, Session]) -> list[tuple[Session, list[Step]]]:
    names = dict.fromkeys(step.change.tenant for step in steps)
    return [(sessions[name], [step for step in steps if step.change.tenant == name]) for name in names]


class WaitingDialog(ModalScreen[Waiting | None]):
    """Gives back the plan that is to be tried again, None after Esc."""

    DEFAULT_CSS = """
    WaitingDialog { align: center middle; background: $background 60%; }
    WaitingDialog > Vertical { width: 110; max-width: 95%; height: auto; max-height: 85%; background: $surface; border: round $primary; }
    WaitingDialog LineView { height: auto; min-height: 3; max-height: 20; }
    WaitingDialog #sum { height: auto; padding: 0 1; text-style: bold; }
    WaitingDialog #notice { height: auto; min-height: 1; max-height: 4; padding: 0 1; color: $text-muted; }
    WaitingDialog #notice.-asks { color: $text-warning; text-style: bold; }
    WaitingDialog #keys { height: auto; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, home: Path, found: Sequence[Waiting]) -> None:
        super().__init__()
        self._home = home
        self._found = list(found)
        self._is_asking = False

    def compose(self) -> ComposeResult:
        """Compose the sum, a line for each plan, why the one under the cursor waits, and the keys."""
        with Vertical() as box:
            box.border_title = Content("Waiting")
            yield Static("", id="sum", markup=False)
            yield PlanLines(selectable=True)
            yield Static("", id="notice", markup=False)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Show the plans."""
        self._show()
        self.query_one(PlanLines).focus()

    @property
    def _one(self) -> Waiting:
        """The plan under the cursor."""
        return self._found[min(self.query_one(PlanLines).cursor, len(self._found) - 1)]

    def _show(self) -> None:
        self.query_one("#sum", Static).update(
            f" {waiting_line(change.tenant for one in self._found for change in one.changes)}"
        )
        now = datetime.now().astimezone()
        self.query_one(PlanLines).set_lines([_line(one, now) for one in self._found])
        self.tell_why()

    def tell_why(self) -> None:
        """Say why the plan under the cursor waits, or ask whether it is to be forgotten."""
        notice, one = self.query_one("#notice", Static), self._one
        notice.set_class(self._is_asking, "-asks")
        others = len(one.plan.changes) - len(one.changes)
        more = f", and {others} more of that plan that you were to look at" if others else ""
        told = f" Forget {count_of(len(one.changes), 'change')}{more}? Nothing is sent. y yes · n no"
        reasons = dict.fromkeys(why_waiting(change, is_cut_off=one.is_cut_off) for change in one.changes)
        notice.update(told if self._is_asking else f" {' · '.join(reasons)}")

    # ------------------------------------------------------------------ keys

    @on(LineView.Chosen)
    def _look(self, event: LineView.Chosen) -> None:
        event.stop()
        if not self._is_asking:
            self.app.push_screen(ResultsDialog(_changes_of(self._found[event.index])))

    def on_key(self, event: events.Key) -> None:
        """Answer, try again, forget or close."""
        if self._is_asking:
            if event.character in ("y", "Y"):
                self._forget(self._one)
            self._is_asking = False
            self.tell_why()
        elif event.key in ("escape", "ctrl+c", "q"):
            self.dismiss(None)
        elif event.character == "t":
            self.dismiss(self._one)
        elif event.character == "x":
            self._is_asking = True
            self.tell_why()
        else:
            return
        event.stop()
        event.prevent_default()

    @work(group="forget", exit_on_error=False)
    async def _forget(self, one: Waiting) -> None:
        try:
            await asyncio.to_thread(forget, self._home, one)
        except CacheError as error:
            self.query_one("#notice", Static).update(f" {error_line(error)}")
            return
        self._found.remove(one)
        if self._found:
            self._show()
        else:
            self.dismiss(None)


class PlanLines(LineView):
    """The plans, a line each."""

    def cursor_moved(self) -> None:
        """Say why the plan under the cursor waits."""
        if isinstance(self.screen, WaitingDialog):
            self.screen.tell_why()


def _line(one: Waiting, now: datetime) -> Line:
    """Return since when, how many, for whom and what."""
    since = when_words(one.since, now) if one.since else ""
    first = safe(one.changes[0].title)
    more = f" and {len(one.changes) - 1:,} more" if len(one.changes) > 1 else ""
    return [
        (" … ", "changed"),
        (f"{since:<13}", "note"),
        (f"{count_of(len(one.changes), 'change'):>11}  ", "value"),
        (f"{', '.join(map(safe, one.tenants))}  ", "section"),
        (f"{first}{more}", "value"),
    ]


def _changes_of(one: Waiting) -> Shown:
    """Return the changes of a plan, each with why it waits, as a dialog shows them."""
    texts: list[str] = []
    for change in one.changes:
        texts.append(f" … {safe(change.tenant)}: {safe(change.title)}")
        texts.append(f"     → {why_waiting(change, is_cut_off=one.is_cut_off)}")
    return Shown("Waiting", False, waiting_line(c.tenant for c in one.changes), texts, f"{safe(str(one.path))}", "")
