"""From a key to a receipt: plan, ask, apply, say. The one road of the console to `ops.apply`."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scimtui.errors import Refused, UsageError, VersionConflict
from scimtui.ops import browse, guard
from scimtui.ops.apply import Outcome, Receipt
from scimtui.present.cells import cell, safe
from scimtui.present.changes import outcome_line
from scimtui.present.wording import DEACTIVATION, error_line
from scimtui.scim.change import Change, plan_active
from scimtui.scim.coerce import as_list, is_active
from scimtui.scim.resource import Resource, lookup, natural_key
from scimtui.tui.view import Question, Shell

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

_KINDS = {
    Outcome.APPLIED: "done",
    Outcome.ALREADY: "info",
    Outcome.REFUSED: "error",
    Outcome.UNKNOWN: "error",
}
_GOOD = frozenset({Outcome.APPLIED, Outcome.ALREADY})


async def send(shell: Shell, session: Session, change: Change) -> Receipt | None:
    """Show the exact requests, and after a yes carry the change out. None: the person said no, nothing was sent."""
    answer = await shell.preview(change, needs_reason=guard.needs_reason(session))
    if not answer.yes:
        shell.say("Nothing was sent", "info")
        return None
    return await _apply(shell, session, change, answer.reason)


async def toggle_active(shell: Shell, session: Session, resource_type: ResourceType, ids: Sequence[str]) -> None:
    """Ask and then turn accounts off, or on where the first of them is off. Many are asked about in one preview."""
    resources = [await asyncio.to_thread(browse.resource, session, resource_type.name, one) for one in ids]
    known = [resource for resource in resources if resource is not None]
    if not known:
        raise UsageError("this resource is not in the cache any more", "press r to sync")
    turn_on = is_active(known[0].raw) is False
    changes = [_plan(session, resource_type, resource, active=turn_on) for resource in known]
    if len(changes) > 1:
        await _many(shell, session, changes)
        return
    await _one(shell, session, known[0], changes[0], turn_on=turn_on)


def _plan(session: Session, resource_type: ResourceType, resource: Resource, *, active: bool) -> Change:
    return plan_active(session.tenant.name, resource.raw, active, resource_type, session.provider, session.dialect)


async def _one(shell: Shell, session: Session, resource: Resource, change: Change, *, turn_on: bool) -> None:
    question = Question(
        text=_question(session, resource, turn_on=turn_on),
        tenant=session.tenant,
        needs_reason=guard.needs_reason(session),
        can_preview=True,
    )
    answer = await shell.ask(question)
    if answer.preview:
        answer = await shell.preview(change, needs_reason=guard.needs_reason(session))
    if not answer.yes:
        shell.say("Nothing was sent", "info")
        return
    await _apply(shell, session, change, answer.reason)


async def _many(shell: Shell, session: Session, changes: list[Change]) -> None:
    answer = await shell.preview_many(changes, needs_reason=guard.needs_reason(session))
    if not answer.yes:
        shell.say("Nothing was sent", "info")
        return
    consent = shell.consent(session.tenant, answer.reason, len(changes))
    await asyncio.to_thread(guard.check, changes, session, consent)
    outcomes: Counter[Outcome] = Counter()
    failures: list[str] = []
    for number, change in enumerate(changes, 1):
        shell.say(f"{number} of {len(changes)}: {safe(change.title)}", "busy")
        try:
            receipt = await _apply(shell, session, change, answer.reason, of=len(changes))
        except (Refused, VersionConflict) as error:  # about this one; anything else stops the rest too
            outcomes[Outcome.SKIPPED] += 1
            failures.append(error_line(error))
        else:
            outcomes[receipt.outcome] += 1
            if receipt.outcome not in _GOOD:
                failures.append(outcome_line(receipt))
    summary = ", ".join(f"{count} {outcome.value}" for outcome, count in outcomes.items())
    first = f". {failures[0]}" if failures else ""
    shell.say(f"{len(changes)} changes: {summary}{first}", "warning" if failures else "done")


async def _apply(shell: Shell, session: Session, change: Change, reason: str, of: int = 1) -> Receipt:
    shell.say(f"{safe(change.title)}: sending and reading back", "busy")
    receipt = await shell.write(change, session, shell.consent(session.tenant, reason, of))
    shell.say(outcome_line(receipt), _KINDS.get(receipt.outcome, "warning"))
    resource_id = receipt.resource.id if receipt.resource else change.id
    shell.resource_changed(session, change.resource_type.name, resource_id)
    return receipt


def _question(session: Session, resource: Resource, *, turn_on: bool) -> str:
    """Name verb, person and tenant, what is known of their groups, and what it means at this provider."""
    raw = resource.raw
    name, key = cell(lookup(raw, "displayName")) or cell(lookup(raw, "name")), safe(natural_key(raw))
    who = f"{name} ({key})" if name and name != key else key
    where = f"{'PROD ' if session.tenant.production else ''}{session.tenant.label or session.tenant.name}"
    groups = lookup(raw, "groups")
    member = f", member of {len(as_list(groups))} groups" if groups else ""
    verb = "Activate" if turn_on else "Deactivate"
    meaning = "" if turn_on else f"\n{DEACTIVATION[session.dialect.deactivation]}. PATCH replace active = false"
    return f"{verb} {who}{member} in {where}?{meaning}"
