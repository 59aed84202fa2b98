"""What would be sent to several tenants, before anything is: a section for each, and one yes for all of them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from scimtui.errors import GuardStopped
from scimtui.ops import guard
from scimtui.ops.guard import Consent
from scimtui.ops.harm import removed_members
from scimtui.present.cells import safe
from scimtui.present.wording import DEACTIVATION, DELETION, count_of, tenant_name
from scimtui.scim.coerce import element_value
from scimtui.scim.kind import Kind
from scimtui.tui.lines.line_view import Line, LineView
from scimtui.tui.writing.preview_dialog import FRAME, WIDEST, requests_of_many

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.ops.plan_file import Step
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change

UNTOUCHED = "○"


@dataclass(frozen=True, slots=True)
class TenantPart:
    """What would be done in one tenant, and what stands in the way."""

    session: Session
    steps: list[Step]
    number: int | None
    """How many objects are touched, where that is above a limit."""
    trouble: str
    """Why a rule stops it, but for the lock; safe, "" where none does."""
    is_one_person: bool

    @property
    def name(self) -> str:
        """The name of the tenant in the config."""
        return self.session.tenant.name

    @property
    def changes(self) -> list[Change]:
        """What is done."""
        return [step.change for step in self.steps]


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the person said yes to."""

    parts: Sequence[TenantPart]
    left_out: Sequence[TenantPart]
    """Tenants in which nothing is done, since something stands in the way."""
    reason: str


def looked_at(session: Session, steps: list[Step]) -> TenantPart:
    """Return what would be done in a tenant, with what a rule has against it. Blocks for the cache."""
    changes = [step.change for step in steps]
    number = guard.number_to_type(changes, session)
    trouble = ""
    try:
        guard.check(changes, session, Consent(unlocked=True, reason="as asked for", expected=number))
    except GuardStopped as error:
        trouble = safe(". ".join(part for part in (error.message, error.hint) if part))
    return TenantPart(session, steps, number, trouble, _is_one_person(changes))


def _is_one_person(changes: Sequence[Change]) -> bool:
    """Whether all of it is about one account: itself, and its place in groups."""
    people = {change.id or change.key for change in changes if change.kind not in guard.MEMBERSHIP}
    for change in changes:
        if change.kind in guard.MEMBERSHIP:
            joined = (element_value(edit.after) for edit in change.edits if edit.after is not None)
            people |= {*removed_members(change), *map(str, joined)}
    return len(people) <= 1 and not any(change.kind is Kind.DELETE for change in changes)


class EverywhereDialog(ModalScreen[Agreed | None]):
    """`y` sends what is about one person; else the number of changes is typed. None: nothing is sent."""

    DEFAULT_CSS = """
    EverywhereDialog { align: center middle; background: $background 60%; }
    EverywhereDialog > Vertical { width: 95%; max-width: 110; height: 85%; background: $surface; border: round $primary; }
    EverywhereDialog.-production > Vertical { border: round $error; }
    EverywhereDialog LineView { height: 1fr; padding: 0 1; }
    EverywhereDialog Input, EverywhereDialog Input:focus { height: 1; border: none; margin: 0 1; background: $panel; }
    EverywhereDialog #notice { height: auto; max-height: 3; padding: 0 1; color: $text-warning; text-style: bold; }
    EverywhereDialog #keys { height: auto; padding: 0 1; color: $text-muted; }
    """

    def __init__(
        self,
        title: str,
        parts: Sequence[TenantPart],
        is_unlocked: Callable[[Tenant], bool],
        unlock: Callable[[Tenant], None],
    ) -> None:
        super().__init__()
        self._title = title
        self._parts = list(parts)
        self._left_out: list[TenantPart] = []
        self._is_unlocked = is_unlocked
        self._unlock = unlock
        self._is_unlocking = False

    def compose(self) -> ComposeResult:
        """Compose the sections, the reason, the number to type, what stands in the way, and the keys."""
        self.set_class(any(part.session.tenant.production for part in self._parts), "-production")
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield LineView(id="lines")
            yield Input(self._known_reason(), placeholder="Reason or ticket", id="reason")
            yield Input(id="number")
            yield Static("", id="notice", markup=False)
            yield Static("", id="keys", markup=False)

    def on_mount(self) -> None:
        """Show everything."""
        self._show()

    # ------------------------------------------------------------------ what is known

    def _known_reason(self) -> str:
        """Return the reason that all of it was wanted for before, "" where there is none."""
        reasons = {change.reason for part in self._parts for change in part.changes}
        return reasons.pop() if len(reasons) == 1 else ""

    def _locked(self) -> list[TenantPart]:
        return [one for one in self._parts if not one.trouble and not self._is_unlocked(one.session.tenant)]

    def _blocked(self) -> list[TenantPart]:
        return [one for one in self._parts if one.trouble or not self._is_unlocked(one.session.tenant)]

    @property
    def _number(self) -> int | None:
        """What must be typed; None where `y` is enough."""
        if all(part.is_one_person and part.number is None for part in self._parts):
            return None
        return sum(part.number or len(part.steps) for part in self._parts)

    def _show(self) -> None:
        """Show what there is to say and to type now."""
        blocked, number = self._blocked(), self._number
        self.query_one(LineView).set_lines(list(self._lines()))
        reason, typed = self.query_one("#reason", Input), self.query_one("#number", Input)
        reason.display = not blocked and any(guard.needs_reason(part.session) for part in self._parts)
        typed.display = not blocked and number is not None
        typed.placeholder = f"Type {number} to send"
        self.query_one("#notice").display = bool(blocked)
        self.query_one("#notice", Static).update(self._notice(blocked))
        first = next((one for one in (reason, typed) if one.display and not one.value.strip()), None)
        (first or self.query_one(LineView)).focus()
        self._show_keys()

    def _lines(self) -> Iterator[Line]:
        count = sum(len(part.steps) for part in self._parts)
        total = f" {count_of(count, 'change')} in {count_of(len(self._parts), 'tenant')}, all at the same time"
        yield [(total, "heading"), ("  nothing was sent yet", "note")]
        meanings = [_meanings(part) for part in self._parts]
        is_shared = len(set(meanings)) == 1
        yield from (line for one in meanings[:1] if is_shared for line in self._wrapped(one, "note"))
        for part, meaning in zip(self._parts, meanings, strict=True):
            yield []
            yield self._head(part)
            if part.trouble:
                yield from self._wrapped(f"✗ {part.trouble}", "bad")
            if not is_shared:
                yield from self._wrapped(meaning, "note")
            yield from requests_of_many(part.changes)
        for part in self._left_out:
            yield []
            yield [
                (f" {UNTOUCHED} {tenant_name(part.session.tenant)}", "label"),
                ("  left out: nothing is done there", "note"),
            ]

    def _wrapped(self, text: str, style: str) -> Iterator[Line]:
        width = min(self.app.size.width * 95 // 100, WIDEST) - FRAME
        yield from ([("   ", ""), (line, style)] for line in textwrap.wrap(text, max(width, 20)))

    def _head(self, part: TenantPart) -> Line:
        tenant = part.session.tenant
        line = [(f" ■ {tenant_name(tenant)}", "bad" if tenant.production else "section")]
        line.append((f"  {count_of(len(part.steps), 'change')}", "note"))
        if part.number is not None:
            line.append((f"  touches {part.number:,}, above its limit", "changed"))
        if not self._is_unlocked(tenant):
            line.append(("  locked", "bad"))
        return line

    def _notice(self, blocked: Sequence[TenantPart]) -> str:
        locked = [tenant_name(one.session.tenant) for one in blocked if not one.trouble]
        stopped = [tenant_name(one.session.tenant) for one in blocked if one.trouble]
        if self._is_unlocking:
            minutes = min(one.session.tenant.relock_minutes for one in self._locked())
            return f"Unlock {', '.join(locked)} for writing? Locked again after {minutes} minutes."
        told = [f"{', '.join(locked)}: locked, ! unlocks it"] if locked else []
        told += [f"{', '.join(stopped)}: a rule stands in the way"] if stopped else []
        return " · ".join(told)

    def _show_keys(self) -> None:
        blocked, number = self._blocked(), self._number
        focused = self.focused.id if self.focused else ""
        if self._is_unlocking:
            text = "y unlock · n no"
        elif blocked:
            others = " · o the others only" if len(blocked) < len(self._parts) else ""
            text = f"{'! unlock' if self._locked() else ''}{others} · Esc back, nothing is sent · ↑↓ scroll".strip(" ·")
        elif focused == "reason":
            text = "Enter go on · Esc back, nothing is sent"
        elif number is not None:
            text = f"type {number} and Enter to send · Esc back, nothing is sent"
        else:
            text = "y send to all of them · Esc back, nothing is sent · ↑↓ scroll"
        self.query_one("#keys", Static).update(text)

    # ------------------------------------------------------------------ keys

    def on_descendant_focus(self) -> None:
        """Show which keys count now."""
        self._show_keys()

    def on_key(self, event: events.Key) -> None:
        """Answer, unlock, leave out, or close."""
        if event.key in ("escape", "ctrl+c"):
            self.dismiss(None)
        elif isinstance(self.focused, Input):
            return
        elif self._is_unlocking:
            self._answer_unlock(yes=event.character in ("y", "Y"))
        elif event.character == "!" and self._locked():
            self._is_unlocking = True
            self._show()
        elif event.character == "o" and 0 < len(self._blocked()) < len(self._parts):
            self._leave_out()
        elif event.character in ("y", "Y") and self._number is None:
            self._yes()
        else:
            return
        event.stop()
        event.prevent_default()

    def _answer_unlock(self, *, yes: bool) -> None:
        for part in self._locked() if yes else ():
            self._unlock(part.session.tenant)
        self._is_unlocking = False
        self._show()

    def _leave_out(self) -> None:
        blocked = self._blocked()
        self._left_out += blocked
        self._parts = [part for part in self._parts if part not in blocked]
        self._show()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input.id == "number" and event.value.strip().replace(",", "") != str(self._number):
            told = f"That is not the number: type {self._number} to send · Esc back, nothing is sent"
            self.query_one("#keys", Static).update(told)
        elif event.input.id == "number":
            self._yes()
        elif event.value.strip():
            self.query_one("#number" if self._number is not None else "#lines").focus()

    def _yes(self) -> None:
        reason = self.query_one("#reason", Input)
        if self._blocked():
            self._show()
        elif reason.display and not reason.value.strip():
            reason.focus()
        else:
            self.dismiss(Agreed(self._parts, self._left_out, reason.value.strip()))


def _meanings(part: TenantPart) -> str:
    """Return what the changes do at this provider, "" where that is plain."""
    dialect = part.session.dialect
    kinds = {change.kind for change in part.changes}
    told = [DEACTIVATION[dialect.deactivation]] if Kind.DEACTIVATE in kinds else []
    told += [DELETION[dialect.deletion]] if Kind.DELETE in kinds else []
    return ". ".join(told)
