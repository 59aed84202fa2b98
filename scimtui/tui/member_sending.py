"""Sends changes of members: one preview, the typed number where many leave, and how far it is while requests go."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from scimtui.ops import guard
from scimtui.ops.chunks import Chunks, watching
from scimtui.present.cells import safe
from scimtui.tui import writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimtui.ops.receipts import Receipt
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.tui.shell_screen import ShellScreen
    from scimtui.tui.view import Shell


class NumberDialog(ModalScreen[bool]):
    """True once the number was typed."""

    DEFAULT_CSS = """
    NumberDialog { align: center middle; background: $background 60%; }
    NumberDialog > Vertical { width: 70; max-width: 95%; height: auto; background: $surface; border: round $error; padding: 0 1; }
    NumberDialog Static { height: auto; }
    NumberDialog Input, NumberDialog Input:focus { height: 1; border: none; padding: 0; margin: 1 0; background: $panel; }
    NumberDialog #keys { color: $text-muted; }
    """

    def __init__(self, title: str, text: str, number: int) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._number = number

    def compose(self) -> ComposeResult:
        """Compose what it is about, the number and the keys; both texts are safe."""
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield Static(self._text, markup=False)
            yield Input(placeholder=f"Type {self._number} to send")
            yield Static(f"type {self._number} and Enter to send · Esc back, nothing is sent", id="keys", markup=False)

    def on_key(self, event: Key) -> None:
        """Close."""
        if event.key in ("escape", "ctrl+c"):
            event.stop()
            event.prevent_default()
            self.dismiss(False)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip().replace(",", "") == str(self._number):
            self.dismiss(True)


async def send_members(
    shell: Shell, session: Session, changes: Sequence[Change], chunks: Chunks | None = None
) -> Receipt | None:
    """Preview changes of groups, and after a yes carry them out. None: several of them, or nothing was sent."""
    if len(changes) == 1:
        return await _send_one(shell, session, changes[0], chunks or Chunks())
    from scimtui.tui.batches import send_many  # one change needs none of it

    await send_many(shell, session, changes)
    return None


async def _send_one(shell: Shell, session: Session, change: Change, chunks: Chunks) -> Receipt | None:
    number = await asyncio.to_thread(guard.number_to_type, [change], session)
    with _watched(shell, change, chunks):
        if number is None:
            return await writing.send(shell, session, change)
        return await _send_typed(shell, session, change, number)


async def _send_typed(shell: Shell, session: Session, change: Change, number: int) -> Receipt | None:
    """Preview, have the number typed, and send."""
    answer = await shell.preview(change, needs_reason=guard.needs_reason(session))
    if not answer.yes or not await _is_typed(shell, session, change, number):
        shell.say("Nothing was sent", "info")
        return None
    return await writing.carry_out(shell, session, change, answer, of=number)


async def _is_typed(shell: Shell, session: Session, change: Change, number: int) -> bool:
    tenant = session.tenant
    title = f"{'PROD ' if tenant.production else ''}{safe(tenant.label or tenant.name)}: many at once"
    limits = f"That is above the limit of {tenant.limits.count:,} or {tenant.limits.share:.0%} of the group."
    text = f"{safe(change.title)}. {limits}"
    return await cast("ShellScreen", shell).app.push_screen_wait(NumberDialog(title, text, number)) is True


@contextmanager
def _watched(shell: Shell, change: Change, chunks: Chunks) -> Iterator[None]:
    """Say how many requests are done while they go."""
    title = safe(change.title)

    def tell(done: int, of: int) -> None:
        if of > 1:
            ends = "stopping after the request in flight" if chunks.stop else "^C stops"
            shell.say(f"{title}: request {done + 1:,} of {of:,}; {ends}", "busy")

    chunks.tell = tell
    with watching(chunks):
        yield
