"""The checklist of one person at one tenant: what is wrong, what is not known, and the key that mends each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import set_cell_size
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from scimtui.ops.login_facts import Remedy, Result
from scimtui.present.why_words import MARKS, NAME_WIDTH, detail_words, fix_words, who_line
from scimtui.present.wording import tenant_name
from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.view import worker_error_line

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.ops.login_facts import Finding
    from scimtui.ops.session import Session
    from scimtui.ops.why import Why

STYLES = {Result.YES: "good", Result.NO: "bad", Result.UNKNOWN: "changed"}
KEYS: Mapping[Remedy, tuple[str, str]] = {
    Remedy.ACTIVATE: ("d", "activate"),
    Remedy.EDIT: ("e", "edit"),
    Remedy.ADD: ("e", "edit"),
    Remedy.JOIN: ("m", "groups"),
    Remedy.CREATE: ("n", "create here"),
    Remedy.PASSWORD: ("P", "set one"),
    Remedy.OTHER: ("o", "open that one"),
    Remedy.LOOK_UP: ("H", "history"),
    Remedy.SHOW: ("H", "history"),
    Remedy.SYNC: ("R", "sync"),
}
"""The key that mends a finding, and what it does; what has none is mended by a command or in the config."""


@dataclass(frozen=True, slots=True)
class Mend:
    """What was chosen to be mended."""

    why: Why
    finding: Finding


class WhyDialog(ModalScreen["Mend | None"]):
    """Asks, shows, and gives back what is to be mended; None after Esc."""

    DEFAULT_CSS = """
    WhyDialog { align: center middle; background: $background 60%; }
    WhyDialog > Vertical { width: 95%; max-width: 110; height: auto; max-height: 95%; background: $surface; border: round $primary; }
    WhyDialog.-production > Vertical { border: round $error; }
    WhyDialog Static { height: auto; padding: 0 1; }
    WhyDialog #who { text-style: bold; height: 1; }
    WhyDialog LineView { height: 11; margin-top: 1; }
    WhyDialog #detail { height: 5; margin-top: 1; }
    WhyDialog #keys { color: $text-muted; }
    """

    def __init__(
        self,
        session: Session,
        tenants: Mapping[str, Tenant],
        ask: Callable[[], Awaitable[Why]],
        refuses: Callable[[Finding], str | None],
    ) -> None:
        super().__init__()
        self._tenant, self._tenants, self._ask, self._refuses = session.tenant, tenants, ask, refuses
        self._why: Why | None = None

    def compose(self) -> ComposeResult:
        """Compose who it is, the checks, what the one under the cursor says, and the keys."""
        self.set_class(self._tenant.production, "-production")
        with Vertical() as box:
            box.border_title = Content(f"Why no login in {tenant_name(self._tenant)}?")
            yield Static("Asking…", id="who", markup=False)
            yield CheckList(self._show_detail)
            yield Static("", id="detail", markup=False)
            yield Static("Enter mend · c copy the command · r ask again · Esc close", id="keys", markup=False)

    def on_mount(self) -> None:
        """Ask."""
        self._list.focus()
        self._look()

    @property
    def _list(self) -> CheckList:
        return self.query_one(CheckList)

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def _look(self) -> None:
        found = await self._ask()
        self._why = found
        self.query_one("#who", Static).update(who_line(found))
        self._list.set_lines([_line(one) for one in found.findings])
        wrong = [place for place, one in enumerate(found.findings) if one.result is Result.NO]
        self._list.move_to(wrong[0] if wrong else 0)
        self._show_detail()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say why nothing can be said."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            event.stop()
            self.query_one("#who", Static).update(worker_error_line(event.worker.error))

    # ------------------------------------------------------------------ the check under the cursor

    @property
    def _chosen(self) -> Finding | None:
        findings = self._why.findings if self._why is not None else ()
        return findings[self._list.cursor] if self._list.cursor < len(findings) else None

    def _fix(self, one: Finding) -> str:
        return fix_words(one, self._why, self._tenants) if self._why is not None else ""

    def _show_detail(self) -> None:
        one = self._chosen
        if one is None:
            return
        sign = f"{MARKS[one.result]} {one.check.value}: "
        fix = self._fix(one)
        parts: list[tuple[str, str]] = [(sign, "bold"), (detail_words(one), "")]
        if one.remedy is not None and one.remedy in KEYS:
            parts.append((f"\n→ {' '.join(KEYS[one.remedy])}", "bold $text-accent"))
        if fix:
            parts.append((f"\n$ {fix}" if fix.startswith("scimtui") else f"\n→ {fix}", "$text-muted"))
        self.query_one("#detail", Static).update(Content.assemble(*parts))

    def _say(self, text: str) -> None:
        self.query_one("#detail", Static).update(Content.styled(text, "$text-warning"))

    # ------------------------------------------------------------------ keys

    def on_key(self, event: events.Key) -> None:
        """Mend, copy, ask again or close."""
        key = event.character or event.key
        if event.key in ("escape", "ctrl+c", "q"):
            self.dismiss(None)
        elif key == "r":
            self.query_one("#who", Static).update("Asking again…")
            self._look()
        elif key == "c":
            self._copy()
        elif any(key == mending for mending, _ in KEYS.values()):
            self._mend_by(key)
        else:
            return
        event.stop()
        event.prevent_default()

    @on(LineView.Chosen)
    def _entered(self, event: LineView.Chosen) -> None:
        event.stop()
        if (one := self._chosen) is not None:
            self._mend(one)

    def _mend_by(self, key: str) -> None:
        """Mend what this key mends: the check under the cursor, else the first one."""
        findings = self._why.findings if self._why is not None else ()
        fitting = [one for one in findings if one.remedy is not None and KEYS.get(one.remedy, ("",))[0] == key]
        if not fitting:
            self._say(f"{key}: nothing here is mended by it")
        else:
            self._mend(self._chosen if self._chosen in fitting and self._chosen is not None else fitting[0])

    def _mend(self, one: Finding) -> None:
        if one.remedy is None or one.remedy not in KEYS:
            fix = self._fix(one)
            self._say(f"No key mends that; c copies: {fix}" if fix else "Nothing here can mend that")
        elif reason := self._refuses(one):
            self._say(f"{KEYS[one.remedy][1]}: {reason}")
        elif self._why is not None:
            self.dismiss(Mend(self._why, one))

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def _copy(self) -> None:
        from scimtui.tui.lines.clipboard import copy

        one = self._chosen
        fix = self._fix(one) if one is not None else ""
        self._say((await copy(self.app, fix, "the command")).sentence if fix else "There is no command for that")


class CheckList(LineView):
    """Tells the dialog where the cursor goes."""

    def __init__(self, moved: Callable[[], None]) -> None:
        super().__init__(selectable=True)
        self._moved = moved

    def cursor_moved(self) -> None:
        """Show what the check says."""
        self._moved()


def _line(one: Finding) -> Line:
    """Return a check: mark, name, the key that mends it, what was found."""
    key = KEYS.get(one.remedy, ("", ""))[0] if one.remedy is not None else ""
    return [
        (f" {MARKS[one.result]} ", STYLES[one.result]),
        (f"{set_cell_size(one.check.value, NAME_WIDTH)} ", "heading" if one.result is Result.NO else "value"),
        (f"{key:2} ", "mark"),
        (detail_words(one), "label"),
    ]
