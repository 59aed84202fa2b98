"""The resource as JSON, edited here or in the person's own editor. What comes back goes the road of the form."""

from __future__ import annotations

import asyncio
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from scimtui.errors import UsageError
from scimtui.ops import guard
from scimtui.ops.editing import Edited, edit, editor_command
from scimtui.scim.kind import Kind
from scimtui.scim.resource import natural_key
from scimtui.tui.resource.resource_view import FORM, ResourceView
from scimtui.tui.resource_actions import target

if TYPE_CHECKING:
    from textual.app import App
    from textual.worker import Worker

    from scimtui.tui.shell.shell_screen import ShellScreen

PATIENCE = 5.0
"""Seconds to wait for the provider's copy before the one that is there is edited."""


def why_not(shell: ShellScreen, action_id: str) -> str | None:
    """Return why "edit_json" or "edit_external" can't be carried out now."""
    view = shell.view
    if isinstance(view, ResourceView) and not view.identity:
        return guard.why_not(Kind.CREATE, view.session, unlocked=shell.is_unlocked(view.session.tenant))
    return target.why_not(shell, action_id)


def run(shell: ShellScreen, action_id: str) -> Worker[None]:
    """Edit the resource of the open tab as JSON; the worker that does it."""
    work = _edit_here if action_id == "edit_json" else _edit_elsewhere
    return shell.run_worker(work(shell), group="write", exit_on_error=False)


async def _edit_here(shell: ShellScreen) -> None:
    if (view := await _form_of(shell)) is not None:
        view.form.turn_json()


async def _edit_elsewhere(shell: ShellScreen) -> None:
    command = editor_command()
    view = await _form_of(shell)
    if view is None:
        return
    if view.form.fields.drafts:
        view.form.go_to_error()
        shell.say(f"{view.form.errors()[0]}; mend this field first", "error")
        return
    before = view.form.text
    name = re.sub(r"[^\w.@-]", "_", natural_key(view.form.wanted()))[:60] if view.identity else "new"
    edited = await _edited(shell.app, command, before, name or "resource")
    if edited.text == before:
        shell.say("Nothing was changed in the editor", "info")
    else:
        _take(shell, view, edited)


def _take(shell: ShellScreen, view: ResourceView, edited: Edited) -> None:
    """Show what came back, and preview it when it can be meant. It stays in the form until it is sent."""
    view.form.take_text(edited.text)
    if edited.status:
        shell.say(
            f"The editor ended with {edited.status}, so nothing is sent; its text is here, and ^S previews it",
            "warning",
        )
    elif wrong := view.form.errors():
        view.form.go_to_error()
        shell.say(f"{wrong[0]}. Nothing was sent; mend it here, or F3 opens the text again", "error")
    else:
        shell.call_later(shell.action_run, "send")


async def _form_of(shell: ShellScreen) -> ResourceView | None:
    """Return the open resource, or the one under the cursor in a tab of its own, with its form filled."""
    if not isinstance(shell.view, ResourceView):
        if (found := target.target_of(shell)) is None:
            return None
        shell.open_resource(found.session, found.resource_type, found.id, FORM)
        for _ in range(500):
            if isinstance(shell.view, ResourceView):
                break
            await asyncio.sleep(0.01)
    if not isinstance(view := shell.view, ResourceView):
        return None
    loading = [work for work in view.workers if work.node is view and work.group == "load" and not work.is_finished]
    waits = [asyncio.ensure_future(work.wait()) for work in loading]
    if waits:
        await asyncio.wait(waits, timeout=PATIENCE)
    if view.mode != FORM:
        view.turn_to(FORM)
    if not view.form.wanted():
        raise UsageError("this resource was not read", "r asks the provider again")
    return view


async def _edited(app: App[None], command: list[str], text: str, name: str) -> Edited:
    """Hand the terminal to an editor until it ends; what runs meanwhile paints nothing."""
    try:
        with app.batch_update(), _interrupting_nobody_else(), app.suspend():
            found = await asyncio.to_thread(_attempt, command, text, name)  # suspend() lets go only of a quiet block
    except SuspendNotSupported:
        raise UsageError("this terminal can't be handed to an editor", "F2 edits the JSON here") from None
    if isinstance(found, UsageError):
        raise found
    return found


def _attempt(command: list[str], text: str, name: str) -> Edited | UsageError:
    try:
        return edit(command, text, name)
    except UsageError as error:
        return error


@contextmanager
def _interrupting_nobody_else() -> Iterator[None]:
    """Let Ctrl+C reach the editor alone: the terminal sends it to both."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda *_: None)  # a handler of ours is not inherited, SIG_IGN would be
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
