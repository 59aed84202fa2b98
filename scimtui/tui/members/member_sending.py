"""Sends changes of members: one preview, the typed number where many leave, and how far it is while requests go."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scimtui.ops import guard
from scimtui.ops.chunks import Chunks, watching
from scimtui.present.cells import safe
from scimtui.present.wording import tenant_name
from scimtui.tui.dialogs.typed_dialog import is_typed
from scimtui.tui.writing import one_change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimtui.ops.receipts import Receipt
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.tui.view import Shell


async def send_members(
    shell: Shell, session: Session, changes: Sequence[Change], chunks: Chunks | None = None
) -> Receipt | None:
    """Preview changes of groups, and after a yes carry them out. None: several of them, or nothing was sent."""
    if len(changes) == 1:
        return await _send_one(shell, session, changes[0], chunks or Chunks())
    from scimtui.tui.writing.batches import send_many  # one change needs none of it

    await send_many(shell, session, changes)
    return None


async def _send_one(shell: Shell, session: Session, change: Change, chunks: Chunks) -> Receipt | None:
    number = await asyncio.to_thread(guard.number_to_type, [change], session)
    with _watched(shell, change, chunks):
        if number is None:
            return await one_change.send(shell, session, change)
        return await _send_typed(shell, session, change, number)


async def _send_typed(shell: Shell, session: Session, change: Change, number: int) -> Receipt | None:
    """Preview, have the number typed, and send."""
    answer = await shell.preview(change, needs_reason=guard.needs_reason(session))
    if not answer.yes or not await _is_typed(shell, session, change, number):
        shell.say("Nothing was sent", "info")
        return None
    return await one_change.carry_out(shell, session, change, answer, of=number)


async def _is_typed(shell: Shell, session: Session, change: Change, number: int) -> bool:
    tenant = session.tenant
    title = f"{tenant_name(tenant)}: many at once"
    limits = f"That is above the limit of {tenant.limits.count:,} or {tenant.limits.share:.0%} of the group."
    text = f"{safe(change.title)}. {limits}"
    return await is_typed(shell, title, text, str(number))


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
