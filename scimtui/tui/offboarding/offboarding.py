"""From the key to the receipts: who leaves, the checklist, the one road of writes, and what became of each step."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scimtui.ops import browse, guard
from scimtui.ops.apply import RUN
from scimtui.ops.history import Write, newest_first
from scimtui.ops.memberships import member_named
from scimtui.ops.receipts import Outcome
from scimtui.ops.recipe import still_active
from scimtui.present.cells import safe
from scimtui.present.journal_words import outcome_of
from scimtui.present.recipe_words import receipt_line, still_active_line
from scimtui.present.wording import count_of, tenant_name
from scimtui.scim.kind import Kind
from scimtui.tui.dialogs.shown_dialog import shown
from scimtui.tui.offboarding.leaving import Leaving, who_leaves
from scimtui.tui.offboarding.steps_dialog import StepsDialog
from scimtui.tui.resource.resource_view import ResourceView
from scimtui.tui.rows.rows_view import RowsView

if TYPE_CHECKING:
    from textual.worker import Worker

    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.shell.shell_screen import ShellScreen
    from scimtui.tui.view import Shell

Person = tuple["Session", "ResourceType", Mapping[str, Any]]
"""An account in its tenant."""


def offboard_chosen(shell: ShellScreen) -> Worker[None] | None:
    """Offboard those who are marked, the one under the cursor, or the one who is open."""
    view = shell.view
    if not isinstance(view, RowsView | ResourceView):
        return None
    ids = view.chosen if isinstance(view, RowsView) else [view.identity]
    work = _offboard_ids(shell, view.session, view.resource_type, ids)
    return view.run_worker(work, group="write", exit_on_error=False)


async def _offboard_ids(shell: Shell, session: Session, kind: ResourceType, ids: Sequence[str]) -> None:
    found = [await asyncio.to_thread(browse.resource, session, kind.name, one) for one in ids]
    people = [one for one in found if one is not None]
    if not people:
        shell.say(
            f"Nobody of these is in the cache of {safe(session.tenant.name)} any more. Press r to sync", "warning"
        )
        return
    await offboard(shell, [(session, kind, one.raw) for one in people])


async def offboard(shell: Shell, people: Sequence[Person]) -> None:
    """Show the recipes of everybody's tenants as one checklist, preview what is ticked, and send it. Only from a worker.

    Raises:
        GuardStopped: a rule stops a step; nothing was sent to its tenant.
        CacheError: a plan cannot be kept; nothing was sent.
    """
    leaving = _by_tenant(shell, people)
    who = who_leaves(leaving, member_named(people[0][1].name, people[0][2]))
    if not await shown(shell, StepsDialog(who, leaving)):
        shell.say("Nothing was sent", "info")
        return
    parts = [(one.session, one.chosen) for one in leaving if one.chosen]
    began = datetime.now(UTC)
    await _send(shell, parts, f"Offboard {who}")
    writes = [await asyncio.to_thread(_receipts, session, changes, began) for session, changes in parts]
    if not any(found for one in writes for found in one):
        return  # they said no
    awake = [(one, await asyncio.to_thread(_awake, one)) for one in leaving]
    for one, keys in awake:
        if keys:
            shell.say(still_active_line(one.session.tenant.name, keys), "error")
    if len(parts) == 1 and all(write is None or outcome_of(write) == Outcome.APPLIED for write in writes[0]):
        await _show_receipts(shell, who, parts[0], writes[0])  # what went wrong was shown where it happened


def _by_tenant(shell: Shell, people: Sequence[Person]) -> list[Leaving]:
    """Return who leaves, by tenant; one where nothing may be written says why."""
    found: dict[str, Leaving] = {}
    for session, kind, raw in people:
        found.setdefault(session.tenant.name, Leaving(session, kind, [])).people.append(raw)
    for one in found.values():
        unlocked = len(found) > 1 or shell.is_unlocked(one.session.tenant)  # of several, the preview asks for the lock
        one.trouble = safe(guard.why_not(Kind.DEACTIVATE, one.session, unlocked=unlocked) or "")
    return list(found.values())


def _awake(one: Leaving) -> list[str]:
    """Return who was to be turned off, as it was ticked, and is active still. Blocks for the cache."""
    kept = [step for number, step in enumerate(one.steps or ()) if number not in one.left_out]
    return still_active(one.session, kept)


async def _send(shell: Shell, parts: Sequence[tuple[Session, Sequence[Change]]], title: str) -> None:
    if len(parts) > 1:
        from scimtui.tui.writing.everywhere import send_everywhere

        await send_everywhere(shell, parts, title)
    elif parts:
        from scimtui.tui.writing.batches import send_many

        await send_many(shell, *parts[0])


# ---------------------------------------------------------------- receipts


def _receipts(session: Session, changes: Sequence[Change], since: datetime) -> list[Write | None]:
    """Return what the journal says of each change; None where nothing was sent for it. Blocks for the disk."""
    found: dict[tuple[str, str], Write] = {}
    for write in newest_first(session.home, session.tenant.name, since):
        if write.intent.get("run") == RUN:
            found.setdefault((str(write.intent.get("id")), str(write.intent.get("title"))), write)
    return [found.get((change.id, change.title)) for change in changes]


async def _show_receipts(
    shell: Shell, who: str, part: tuple[Session, Sequence[Change]], writes: Sequence[Write | None]
) -> None:
    """Show what was done and verified, and when, step by step."""
    from scimtui.tui.writing.batch_results import ResultsDialog, Shown

    session, changes = part
    texts = [receipt_line(change.title, write) for change, write in zip(changes, writes, strict=True)]
    done = sum(write is not None for write in writes)
    summary = f"Offboard {who}: {done:,} of {count_of(len(texts), 'change')} done and verified"
    notice = "J has the whole story, z takes it back. Open sessions and API keys are outside SCIM."
    tenant = session.tenant
    await shown(shell, ResultsDialog(Shown(tenant_name(tenant), tenant.production, summary, texts, notice, "")))
