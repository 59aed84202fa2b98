"""One batch in several tenants at the same time: each at its own pace, and where one stops the others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from scimtui.ops.apply import apply
from scimtui.ops.batch import BatchControl, BatchProgress, BatchReport, prepared, to_the_end

if TYPE_CHECKING:
    from scimtui.ops.batch import Asks, Send, Stop
    from scimtui.ops.guard import Consent
    from scimtui.ops.plan_file import Step
    from scimtui.ops.session import Session

Tell = Callable[[str, BatchProgress], None]
"""Hears the name of a tenant and how far the batch is there."""


@dataclass(frozen=True, slots=True)
class TenantSteps:
    """What a batch does in one tenant."""

    session: Session
    steps: list[Step]
    consent: Consent
    """What was agreed to for this tenant; `expected` counts its own objects."""


async def run_tenants(
    parts: Sequence[TenantSteps],
    *,
    batch: str = "",
    control: BatchControl | None = None,
    send: Send = apply,
    tell: Tell = lambda _, __: None,
    asks: Asks | None = None,
) -> list[BatchReport]:
    """Carry out a batch in all its tenants at once, and return a report for each, in their order.

    All of it is checked before anything is sent anywhere. `asks` is asked one thing at a time, and no more once
    somebody stops it; the other tenants go on meanwhile. Cancelling it begins nothing new in any of them, waits for what
    is in flight, and returns; a second time it ends at once.

    Raises:
        GuardStopped: a rule stops a change in one of them, so nothing was sent.
        UsageError: a change is for another tenant.
        CacheError: a journal cannot be read; nothing was sent.
    """
    held = control or BatchControl()
    runs = [
        await prepared(
            one.steps,
            one.session,
            one.consent,
            batch=batch,
            control=held,
            send=send,
            tell=partial(tell, one.session.tenant.name),
        )
        for one in parts
    ]
    ask = _one_at_a_time(asks, held) if asks is not None else None
    tasks = [asyncio.create_task(to_the_end(run, ask)) for run in runs]
    await _all_ended(tasks, held)
    return [task.result() for task in tasks]


async def _all_ended(tasks: Sequence[asyncio.Task[BatchReport]], control: BatchControl) -> None:
    waiting = set(tasks)
    while waiting:
        try:
            _, waiting = await asyncio.wait(waiting)
        except asyncio.CancelledError:
            if control.is_stopped:  # the second time: the journals keep what is open
                for task in tasks:
                    task.cancel()
                raise
            control.stop()
            if (task_now := asyncio.current_task()) is not None:
                task_now.uncancel()


def _one_at_a_time(asks: Asks, control: BatchControl) -> Asks:
    """Return what asks one question after the other; who stops the batch has answered all of them with no."""
    turn = asyncio.Lock()

    async def ask(stop: Stop, left: int) -> bool:
        async with turn:
            if control.is_stopped:
                return False
            question = asyncio.ensure_future(asks(stop, left))
            over = asyncio.ensure_future(control.until_stopped())
            try:
                await asyncio.wait({question, over}, return_when=asyncio.FIRST_COMPLETED)
                return question.done() and question.result()
            finally:
                question.cancel()
                over.cancel()

    return ask
