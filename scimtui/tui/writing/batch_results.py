"""What became of each object of a batch, the trouble first, and the way to go on with the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from scimtui.ops.kept_plans import is_kept
from scimtui.present.batch_words import next_step, report_line, result_ending, result_line, stop_line, worst_first
from scimtui.present.cells import safe
from scimtui.present.wording import tenant_name
from scimtui.tui.lines.line_view import LazyLines, Line, LineView

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.ops.batch import BatchReport
    from scimtui.ops.kept_plans import Keeper

NEXT = "     → "
UNTRIED = "○"
STYLES = {"✓": "good", "✗": "bad", "?": "bad", "!": "bad", "≠": "changed", "…": "changed", UNTRIED: "note"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a dialog shows. All of it is safe."""

    title: str
    is_production: bool
    summary: str
    texts: Sequence[str]
    """A line each, with a mark at its beginning."""
    notice: str
    go_on: str
    """What Enter does; "" where there is nothing left to do."""


def results_of(tenant: Tenant, report: BatchReport, keeper: Keeper) -> Shown:
    """Return the lines of a report. Blocks for the disk."""
    texts = []
    for result in worst_first(report.results):
        texts.append(f" {result_ending(result).mark} {result_line(result)}")
        if not result.is_good and (advice := next_step(result)):
            texts.append(f"{NEXT}{advice}")
    texts += [f" {UNTRIED} {safe(step.change.title)}: not tried" for step in report.untried]
    summary = report_line(report)
    if report.stopped is not None and report.stopped.result is None:
        summary = f"{summary}. {stop_line(report.stopped, len(report.untried))}"
    kept = f"The rest: scimtui apply {safe(str(keeper.path))}" if report.rest and is_kept(keeper) else ""
    left = len(report.rest)
    return Shown(
        tenant_name(tenant),
        tenant.production,
        summary,
        texts,
        kept,
        f"g go on with the other {left:,}" if left else "",
    )


def coloured(text: str) -> Line:
    """Return a line with the colour of its mark; what to do next stands back."""
    if text.startswith(NEXT):
        return [(text, "note")]
    return [(text[:3], STYLES.get(text[1:2], "")), (text[3:], "" if text[1:2] == "✓" else "value")]


class ResultsDialog(ModalScreen[bool]):
    """True: go on. Esc closes it and leaves the rest."""

    DEFAULT_CSS = """
    ResultsDialog { align: center middle; background: $background 60%; }
    ResultsDialog > Vertical { width: 95%; max-width: 120; height: 85%; background: $surface; border: round $primary; }
    ResultsDialog.-production > Vertical { border: round $error; }
    ResultsDialog #sum { height: auto; max-height: 3; padding: 0 1; text-style: bold; }
    ResultsDialog LineView { height: 1fr; margin-top: 1; }
    ResultsDialog #notice { height: auto; max-height: 3; padding: 0 1; color: $text-muted; }
    ResultsDialog #keys { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, shown: Shown) -> None:
        super().__init__()
        self._shown = shown

    def compose(self) -> ComposeResult:
        """Compose the sum, the lines, where the rest is, and the keys."""
        self.set_class(self._shown.is_production, "-production")
        go_on = f"{self._shown.go_on} · " if self._shown.go_on else ""
        with Vertical() as box:
            box.border_title = Content(self._shown.title)
            yield Static(self._shown.summary, id="sum", markup=False)
            yield LineView(LazyLines(self._shown.texts, coloured))
            yield Static(self._shown.notice, id="notice", markup=False)
            yield Static(f"{go_on}↑ ↓ ← → look · Esc close", id="keys", markup=False)

    def on_mount(self) -> None:
        """Start at the trouble."""
        self.query_one("#notice").display = bool(self._shown.notice)
        self.query_one(LineView).focus()

    def on_key(self, event: events.Key) -> None:
        """Go on or close."""
        if event.key in ("escape", "ctrl+c", "q"):
            self.dismiss(False)
        elif event.character == "g" and self._shown.go_on:
            self.dismiss(True)
        else:
            return
        event.stop()
        event.prevent_default()
