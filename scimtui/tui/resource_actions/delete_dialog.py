"""Deleting one resource: what it is, what DELETE means at this provider, and its name to type."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from scimtui.errors import ScimtuiError
from scimtui.ops import guard
from scimtui.present.deleting import afterwards, facts, meaning, to_type, who
from scimtui.present.wording import error_line, tenant_name
from scimtui.scim.change import plan_delete
from scimtui.tui.resource_actions.target import loaded, target_of
from scimtui.tui.view import Answer

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.resource import Resource
    from scimtui.tui.resource_actions.target import Target
    from scimtui.tui.shell.shell_screen import ShellScreen


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The deletion that a name was typed for."""

    change: Change
    reason: str


class DeleteDialog(ModalScreen[Confirmed | None]):
    """Only the name, typed in full, deletes; there is no key for it and no list of many."""

    DEFAULT_CSS = """
    DeleteDialog { align: center middle; background: $background 60%; }
    DeleteDialog > Vertical { width: 76; max-width: 95%; height: auto; background: $surface; border: round $error; padding: 0 1; }
    DeleteDialog Static { height: auto; }
    DeleteDialog #facts, DeleteDialog #after, DeleteDialog #keys { color: $text-muted; }
    DeleteDialog #meaning { color: $text-error; margin: 1 0; }
    DeleteDialog Input, DeleteDialog Input:focus { height: 1; border: none; background: $panel; margin: 1 0 0 0; }
    """

    def __init__(self, target: Target) -> None:
        super().__init__()
        self._target = target
        self._found: Resource | None = None

    def compose(self) -> ComposeResult:
        """Compose what is known, the reason where one is needed, and the name to type."""
        tenant = self._target.session.tenant
        with Vertical() as box:
            box.border_title = Content(f"Delete in {tenant_name(tenant)}")
            yield Static("Reading it…", id="who", markup=False)
            yield Static("", id="facts", markup=False)
            yield Static("", id="meaning", markup=False)
            yield Static("", id="after", markup=False)
            if guard.needs_reason(self._target.session):
                yield Input(placeholder="Reason or ticket", id="reason")
            yield Input(id="name")
            yield Static("Enter deletes, once the name is typed · Esc back, nothing is sent", id="keys", markup=False)

    def on_mount(self) -> None:
        """Read the resource."""
        self._load()

    @work(exclusive=True, exit_on_error=False)
    async def _load(self) -> None:
        kind, dialect = self._target.resource_type, self._target.session.dialect
        try:
            found = await loaded(self._target)
        except ScimtuiError as error:
            self.query_one("#who", Static).update(error_line(error))
            return
        stopped = await asyncio.to_thread(guard.stopped_anyway, [self._plan(found)], self._target.session)
        if stopped is not None:
            self.query_one("#who", Static).update(f"! {error_line(stopped)}")
            self.query(Input).set(display=False)
            self.query_one("#keys", Static).update("Esc back, nothing is sent")
            return
        self._found = found
        self.query_one("#who", Static).update(Content.styled(f"Delete {who(found.raw, kind)}?", "bold"))
        self.query_one("#facts", Static).update(facts(found.raw, kind))
        better = " Deactivating is usually better: Esc, then d." if kind.attribute("active") is not None else ""
        self.query_one("#meaning", Static).update(f"! {meaning(kind, dialect)}.{better}")
        self.query_one("#after", Static).update(afterwards(kind))
        self.query_one("#name", Input).placeholder = f"Type {to_type(found.raw)} to delete it"

    def on_key(self, event: events.Key) -> None:
        """Go back."""
        if event.key in ("escape", "ctrl+c"):
            event.stop()
            self.dismiss(None)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        reasons = self.query("#reason").results(Input)
        reason = next((field.value.strip() for field in reasons), None)
        if reason == "":
            self.query_one("#reason").focus()
        elif event.input.id == "reason":
            self.query_one("#name").focus()
        elif self._found is not None and event.value.strip() == to_type(self._found.raw):
            self.dismiss(Confirmed(self._plan(self._found), reason or ""))
        elif self._found is not None:
            self.query_one("#keys", Static).update(f"! That is not its name; it is {to_type(self._found.raw)}")

    def _plan(self, found: Resource) -> Change:
        session = self._target.session
        return plan_delete(
            session.tenant.name, found.raw, self._target.resource_type, session.provider, session.dialect
        )


def ask(shell: ShellScreen) -> None:
    """Ask whether to delete the resource that the open tab is about."""
    if (target := target_of(shell)) is not None:
        shell.app.push_screen(DeleteDialog(target), partial(_answered, shell, target))


def _answered(shell: ShellScreen, target: Target, confirmed: Confirmed | None) -> None:
    if confirmed is None:
        shell.say("Nothing was deleted", "info")
        return
    work = _delete(shell, target.session, confirmed)
    shell.run_worker(work, group="write", exit_on_error=False)


async def _delete(shell: ShellScreen, session: Session, confirmed: Confirmed) -> None:
    """Delete it, and close the tab that shows nothing more."""
    from scimtui.tui.resource.resource_view import ResourceView
    from scimtui.tui.writing.one_change import carry_out

    view = shell.view
    receipt = await carry_out(shell, session, confirmed.change, Answer(yes=True, reason=confirmed.reason))
    is_gone = receipt is not None and receipt.verified_at is not None and receipt.resource is None
    for index, tab in enumerate(shell.tabs):
        if is_gone and tab.view is view and isinstance(view, ResourceView) and not view.is_open_work():
            shell.close_tab(index)
            return
