"""What would make one side like the other, before anything is sent: all of it, and what stays as it is and why."""

from __future__ import annotations

import secrets
import textwrap
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from scimtui.ops.created import why_of
from scimtui.ops.plan_file import new_batch, numbered, write_plan
from scimtui.present.cells import safe
from scimtui.present.promotion_words import HARM, plan_lines, stay_lines, sum_lines, warning_lines
from scimtui.present.wording import count_of
from scimtui.scim.kind import Kind
from scimtui.tui.dialogs.save_field import SaveField
from scimtui.tui.lines.line_view import Line, LineView

if TYPE_CHECKING:
    from scimtui.ops.promote import Promotion
    from scimtui.ops.stoppable import Progress

SEND = "\0send"
"""What the dialog gives back where the plan is to be sent; no sentence is like it."""
MOST = 500
"""So many changes are shown; the preview and the file have all."""
FEW = 6
"""So many edits of one change are shown, and one more where it is the last."""
STYLES = {Kind.CREATE: "good", Kind.ACTIVATE: "good", Kind.ADD_MEMBERS: "good"}


class PlanDialog(ModalScreen[str | None]):
    """Gives back SEND, the sentence that says where the plan was written, or None after Esc."""

    DEFAULT_CSS = """
    PlanDialog { align: center middle; background: $background 60%; }
    PlanDialog > Vertical { width: 110; max-width: 95%; height: 90%; background: $surface; border: round $primary; padding: 0 1; }
    PlanDialog #sum { height: auto; text-style: bold; }
    PlanDialog LineView { height: 1fr; }
    PlanDialog SaveField { display: none; }
    PlanDialog SaveField.-shown { display: block; }
    PlanDialog Horizontal { height: 1; }
    PlanDialog Horizontal > Static { width: 8; color: $text-muted; }
    PlanDialog Input, PlanDialog Input:focus { height: 1; width: 1fr; border: none; background: $panel; padding: 0 1; }
    PlanDialog #keys { height: 1; color: $text-muted; }
    """

    def __init__(self, plan: Promotion) -> None:
        super().__init__()
        self._plan = plan

    def compose(self) -> ComposeResult:
        """Compose the sum, all lines, the name of a file, and the keys."""
        with Vertical() as box:
            box.border_title = Content(f"Make {safe(self._plan.session.tenant.name)} like {safe(self._plan.left)}")
            yield Static("\n".join(sum_lines(self._plan)), id="sum", markup=False)
            yield LineView(selectable=True)
            yield SaveField(f"plan-{secrets.token_hex(2)}.json")
            yield Static("", id="keys", markup=False)

    def on_mount(self) -> None:
        """Show the plan."""
        self.call_after_refresh(self._show_lines)
        self._show_keys()
        self.query_one(LineView).focus()

    def _show_lines(self) -> None:
        view = self.query_one(LineView)
        view.set_lines(list(shown_lines(self._plan, view.size.width)))

    @property
    def _is_saving(self) -> bool:
        return self.query_one(SaveField).has_class("-shown")

    def _show_keys(self) -> None:
        ways = "s preview and send · w write it to a file · " if self._plan.changes else ""
        text = "Enter write · Esc back" if self._is_saving else f"{ways}↑↓ move · Esc close"
        self.query_one("#keys", Static).update(text)

    def _turn(self, *, saving: bool) -> None:
        save = self.query_one(SaveField)
        save.set_class(saving, "-shown")
        (save.query_one("#file") if saving else self.query_one(LineView)).focus()
        self._show_keys()

    def on_key(self, event: events.Key) -> None:
        """Send, write or close."""
        save = self.query_one(SaveField)
        if self._is_saving and event.key in ("enter", "ctrl+s"):
            save.write(partial(_write, self._plan), len(self._plan.changes))
        elif event.key in ("escape", "ctrl+c"):
            self._leave(save)
        elif not self._is_saving and event.character in ("s", "w") and self._plan.changes:
            self.dismiss(SEND) if event.character == "s" else self._turn(saving=True)
        elif not self._is_saving and event.character == "q":
            self.dismiss(None)
        else:
            return
        event.stop()
        event.prevent_default()

    def _leave(self, save: SaveField) -> None:
        if save.is_writing:
            save.stop()
        elif self._is_saving:
            self._turn(saving=False)
        else:
            self.dismiss(None)

    @on(SaveField.Saved)
    def _saved(self, event: SaveField.Saved) -> None:
        self.dismiss(event.sentence)


def shown_lines(plan: Promotion, width: int) -> Iterator[Line]:
    """Yield what must be known first, each change with its edits, then what stays."""
    for text in warning_lines(plan):
        yield from _folded(text, "bad" if text.startswith("!") else "note", width)
    for change in plan.changes[:MOST]:
        title, *edits = plan_lines(plan, change)
        yield [(f" {title}", "bad" if change.kind in HARM else STYLES.get(change.kind, "value"))]
        few = edits[:FEW] if len(edits) > FEW + 1 else edits
        yield from ([(f"   {edit}", "note")] for edit in few)
        if len(few) < len(edits):
            yield [(f"     and {len(edits) - len(few):,} more", "note")]
    if len(plan.changes) > MOST:
        yield [(f" and {len(plan.changes) - MOST:,} more", "note")]
    for text in stay_lines(plan):
        yield from _folded(text, "note", width)


def _folded(text: str, style: str, width: int) -> Iterator[Line]:
    """Yield a sentence over as many lines as it needs."""
    for line in textwrap.wrap(text, max(width - 2, 20), subsequent_indent="  "):
        yield [(f" {line}", style)]


def _write(plan: Promotion, path: Path, progress: Progress) -> str:
    """Write the plan and return the sentence that says so. Blocks for the disk.

    Raises:
        CacheError: it cannot be written.
    """
    why = why_of(plan.session.tenant.name, plan.left)
    warnings = write_plan(path, numbered(plan.changes), new_batch(), why)
    progress.done = len(plan.changes)
    told = f"{count_of(len(plan.changes), 'change')} in {safe(str(path))}; scimtui apply carries them out"
    return ". ".join([told, *map(safe, warnings)])
