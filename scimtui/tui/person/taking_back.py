"""Takes back what was last done to a person, in every tenant where it was done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scimtui.ops.undo import UndoPlan, last_of_this_run, plan_undo
from scimtui.scim.resource import resource_id
from scimtui.tui.writing.everywhere import carry_out_everywhere
from scimtui.tui.writing.undoing import undo

if TYPE_CHECKING:
    from scimtui.ops.history import Write
    from scimtui.ops.session import Session
    from scimtui.tui.person.person_view import Target
    from scimtui.tui.view import Shell


async def take_back(shell: Shell, accounts: Sequence[Target], who: str) -> None:
    """Take back the last write of this session to one of these accounts, and what was sent to the others with it.

    All of it is previewed at once. Where something stands in the way, each tenant is asked about by itself.
    """
    found = await asyncio.to_thread(_last_together, accounts)
    if not found:
        shell.say("Nothing of this session is left to take back of this person; J shows all", "info")
        return
    shell.say("Reading what is there now", "busy")
    plans = await _planned({session.tenant.name: session for session, *_ in accounts}, found)
    shell.say("")
    if len(plans) > 1 and all(plan.steps and not plan.left_out for _, plan in plans):
        await carry_out_everywhere(shell, [(session, plan.steps) for session, plan in plans], f"Take back: {who}")
    else:
        await undo(shell, [write.id for write in found])


async def _planned(sessions: dict[str, Session], writes: Sequence[Write]) -> list[tuple[Session, UndoPlan]]:
    """Return the way back in each tenant; its steps are numbered through."""
    plans: list[tuple[Session, UndoPlan]] = []
    start = 1
    for tenant in dict.fromkeys(write.tenant for write in writes):
        plan = await plan_undo(sessions[tenant], [one for one in writes if one.tenant == tenant], start)
        plans.append((sessions[tenant], plan))
        start += len(plan.steps)
    return plans


def _last_together(accounts: Sequence[Target]) -> list[Write]:
    """Return the newest write to these accounts, with those of the same batch."""
    found = [
        write
        for session, kind, raw in accounts
        for write in last_of_this_run(session.home, session.tenant.name, kind.name, resource_id(raw))
    ]
    newest = max(found, key=lambda write: write.time, default=None)
    batch = newest.intent.get("batch") if newest is not None else None
    return [write for write in found if write is newest or (batch and write.intent.get("batch") == batch)]
