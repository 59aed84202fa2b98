"""One person in several tenants: who they would be in each, who is there already, and ticks of where they are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from scimtui.ops.joining import Joiner, Standing
from scimtui.present.cells import safe
from scimtui.present.changes import change_lines
from scimtui.present.joining_words import MARKS, left_out_words, named, standing_words
from scimtui.present.wording import count_of, tenant_name
from scimtui.scim.resource import natural_key
from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.view import worker_error_line

if TYPE_CHECKING:
    from scimtui.ops.session import Session

KEYS = "Space tick · * all new · Enter preview · Tab details · Esc close"
MOST_ROWS = 8
"""So many tenants are on the screen at once."""
NAME = 18
"""Cells of a tenant's name at most."""
_CAN_BE_TICKED = frozenset({Standing.NEW, Standing.INACTIVE, Standing.UNSURE, Standing.THERE})


@dataclass
class Row:
    """A tenant in the list."""

    session: Session
    plan: Callable[[], Awaitable[Joiner]]
    why_not: str = ""
    """Why nothing can be written there now; safe text."""
    is_locked: bool = False
    """It is a production tenant that was not unlocked; what is ticked can be unlocked in the preview."""
    joiner: Joiner | None = None
    """None while it is asked."""
    is_ticked: bool = False
    is_meant: bool = False
    """It is ticked at first, where somebody new can be made there."""

    @property
    def can_be_ticked(self) -> bool:
        """Whether something can be done there."""
        joiner = self.joiner
        if joiner is None or self.why_not or joiner.standing not in _CAN_BE_TICKED:
            return False
        return joiner.change is not None or bool(joiner.groups)


class TenantLines(LineView):
    """Says where its cursor went, so that the details follow."""

    class Moved(Message):
        """The cursor stands on another line."""

    def cursor_moved(self) -> None:
        """Tell it."""
        self.post_message(self.Moved())


class JoinDialog(ModalScreen[Sequence[Joiner]]):
    """Gives back what is ticked, () after Esc."""

    DEFAULT_CSS = """
    JoinDialog { align: center middle; background: $background 60%; }
    JoinDialog > Vertical { width: 95%; max-width: 110; height: 90%; background: $surface; border: round $primary; }
    JoinDialog #tenants { height: 3; }
    JoinDialog #details { height: 1fr; border-top: solid $panel; padding: 0 1; }
    JoinDialog #notice { height: auto; max-height: 2; padding: 0 1; }
    JoinDialog #notice.-wrong { color: $text-error; }
    JoinDialog #keys { height: 1; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, who: str, rows: Sequence[Row]) -> None:
        super().__init__()
        self._who = who
        self._rows = rows
        self._runs: Mapping[str, Callable[[], object]] = {
            "space": self._tick, "asterisk": self._tick_all, "enter": self._use, "escape": self._leave, "ctrl+c": self._leave, "q": self._leave,
        }  # fmt: skip

    def compose(self) -> ComposeResult:
        """Compose the tenants, what would be made in the one under the cursor, and the keys."""
        with Vertical() as box:
            box.border_title = Content(f"{self._who}: create in…")
            yield TenantLines(selectable=True, id="tenants")
            yield LineView(id="details")
            yield Static("", id="notice", markup=False)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Ask every tenant at once; the list is there before they answer."""
        self._list.styles.height = min(max(len(self._rows), 2), MOST_ROWS)
        self._list.focus()
        self._show()
        for row in self._rows:
            self._plan(row)

    @property
    def _list(self) -> TenantLines:
        return self.query_one("#tenants", TenantLines)

    @property
    def _is_asking(self) -> bool:
        return any(row.joiner is None for row in self._rows)

    @work(group="ask", exit_on_error=False)
    async def _plan(self, row: Row) -> None:
        row.joiner = await row.plan()
        row.is_ticked = row.can_be_ticked and row.is_meant and row.joiner.standing is Standing.NEW
        self._show()

    # ------------------------------------------------------------------ showing

    def _show(self) -> None:
        width = min(max(cell_len(tenant_name(row.session.tenant)) for row in self._rows), NAME)
        self._list.set_lines([_line(row, width) for row in self._rows])
        self._show_details()
        self._say_ticked()

    @on(TenantLines.Moved)
    def _show_details(self) -> None:
        row = self._rows[self._list.cursor] if self._rows else None
        self.query_one("#details", LineView).set_lines(_details(row) if row is not None else [])

    def _say_ticked(self) -> None:
        ticked = sum(row.is_ticked for row in self._rows)
        asking = " · asking the others…" if self._is_asking else ""
        self._say(f"{count_of(ticked, 'tenant')} ticked{asking}")

    def _say(self, text: str, *, wrong: bool = False) -> None:
        notice = self.query_one("#notice", Static)
        notice.set_class(wrong, "-wrong")
        notice.update(text)

    # ------------------------------------------------------------------ keys

    def on_key(self, event: events.Key) -> None:
        """Take a key of the dialog."""
        if (run := self._runs.get(event.key)) is not None:
            event.stop()
            event.prevent_default()
            run()

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self._use()

    def _tick(self) -> None:
        row = self._rows[self._list.cursor]
        if not row.can_be_ticked:
            self._say(f"{tenant_name(row.session.tenant)}: {_why_not(row)}", wrong=True)
            return
        row.is_ticked = not row.is_ticked
        self._show()
        self._list.move_to(self._list.cursor + 1)

    def _tick_all(self) -> None:
        """Tick every tenant where somebody new can be made, or none."""
        new = [one for one in self._rows if one.can_be_ticked and one.joiner and one.joiner.standing is Standing.NEW]
        wanted = not all(one.is_ticked for one in new)
        for one in new:
            one.is_ticked = wanted
        self._show()

    def _use(self) -> None:
        ticked = [row.joiner for row in self._rows if row.is_ticked and row.joiner is not None]
        if ticked:
            self.dismiss(ticked)
        else:
            self._say("Nothing is ticked; Space ticks", wrong=True)

    def _leave(self) -> None:
        self.dismiss(())

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what went wrong."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            event.stop()
            self._say(worker_error_line(event.worker.error), wrong=True)


def _why_not(row: Row) -> str:
    if row.joiner is None:
        return "it is still being asked"
    if row.why_not:
        return row.why_not
    return safe(row.joiner.why) or "they are there already, and its rules name no groups"


def _line(row: Row, width: int) -> Line:
    tick = "[x]" if row.is_ticked else "[ ]" if row.can_be_ticked else "   "
    name = f"{set_cell_size(tenant_name(row.session.tenant), width)} "
    if row.joiner is None:
        return [(f" {tick} … ", "note"), (name, "value"), ("asking…", "note")]
    mark, style = MARKS[row.joiner.standing]
    before = row.why_not or ("locked" if row.is_locked else "")
    said = f"{before} · {standing_words(row.joiner)}" if before else standing_words(row.joiner)
    return [(f" {tick} ", "value"), (f"{mark} ", style), (name, "value"), (said, "label")]


def _details(row: Row) -> list[Line]:
    """Return what would be made of a person in one tenant, what does not come along, and who is there."""
    joiner = row.joiner
    if joiner is None:
        return []
    lines: list[Line] = []
    if joiner.standing is Standing.UNKNOWN:
        lines.append([(safe(joiner.why), "bad")])
    if joiner.change is not None:
        lines += [[(text, "section" if number == 0 else "")] for number, text in enumerate(change_lines(joiner.change))]
    lines += [
        [("has ", "note"), (safe(natural_key(one.raw)), "value"), (_shared(one.shared), "note")]
        for one in joiner.accounts
    ]
    if joiner.groups:
        lines.append([("then into ", "note"), (named(natural_key(one.raw) for one in joiner.groups), "value")])
    if joiner.wanted.left_out and joiner.standing not in {Standing.THERE, Standing.INACTIVE}:
        lines.append([("left out:", "section")])
        lines += [[(f"  {text}", "note")] for text in left_out_words(joiner.wanted.left_out)]
    return lines


def _shared(shared: Sequence[str]) -> str:
    return f" (the same {', '.join(map(str, shared[:2]))})" if shared else ""
