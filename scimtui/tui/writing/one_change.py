"""From a key to a receipt: plan, ask, apply, say. The one road of the console to `ops.apply`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from scimtui.errors import UsageError, VersionConflict
from scimtui.ops import browse, guard
from scimtui.ops.apply import Outcome, Receipt
from scimtui.present.cells import cell, safe
from scimtui.present.changes import outcome_line
from scimtui.present.wording import DEACTIVATION, tenant_name
from scimtui.scim.change import Change, plan_active
from scimtui.scim.coerce import as_list, is_active
from scimtui.scim.resource import Resource, lookup, natural_key
from scimtui.tui.view import Answer, Question, Shell

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType

_KINDS = {
    Outcome.APPLIED: "done",
    Outcome.ALREADY: "info",
    Outcome.REFUSED: "error",
    Outcome.UNKNOWN: "error",
}


async def send(shell: Shell, session: Session, change: Change) -> Receipt | None:
    """Show the exact requests, and after a yes carry the change out. None: nothing was sent."""
    return await carry_out(shell, session, change, await _preview(shell, session, change))


async def carry_out(shell: Shell, session: Session, change: Change, answer: Answer, of: int = 1) -> Receipt | None:
    """Carry out what was agreed to, for so many objects. What stands in the way is shown and decided, each time with a preview of its own.

    None: nothing was sent, or no more after what was refused.
    """
    receipt: Receipt | None = None
    tried: set[str] = set()
    while answer.yes:
        try:
            receipt = await _apply(shell, session, change, answer.reason, of)
        except VersionConflict as error:
            again = await _reconciled(shell, session, change, error)
        else:
            tried |= {name for name, _ in change.spelling}
            again = _otherwise(receipt, tried)
        if again is None:
            return await _ended(shell, session, receipt)
        change, answer = again, await _preview(shell, session, again)
    shell.say(outcome_line(receipt) if receipt else "Nothing was sent", "error" if receipt else "info")
    return receipt


async def _preview(shell: Shell, session: Session, change: Change) -> Answer:
    return await shell.preview(change, needs_reason=guard.needs_reason(session))


async def _ended(shell: Shell, session: Session, receipt: Receipt | None) -> Receipt | None:
    """Say what was learned, or offer who is there already."""
    if receipt is not None and receipt.existing:
        await _offer_existing(shell, session, receipt)
    elif receipt is not None and receipt.change.spelling and receipt.outcome is Outcome.APPLIED:
        name = safe(session.tenant.name)
        shell.say(f"{outcome_line(receipt)}. {name} is written to like this from now on", "done")
    return receipt


async def _offer_existing(shell: Shell, session: Session, receipt: Receipt) -> None:
    """Offer to open who is there already, or to activate them again. The form stays as it is."""
    from scimtui.tui.dialogs.shown_dialog import shown
    from scimtui.tui.writing.existing_choice import ACTIVATE, chosen, existing_dialog

    choice = chosen(receipt, await shown(shell, existing_dialog(session.tenant, receipt)))
    if choice is None:
        return
    verb, found = choice
    kind = receipt.change.resource_type
    if verb == ACTIVATE:
        done = await send(shell, session, _plan(session, kind, found.resource, active=True))
        if done is None:
            return
    shell.open_resource(session, kind, found.resource.id, "details")


async def _reconciled(shell: Shell, session: Session, change: Change, error: VersionConflict) -> Change | None:
    """Show what others made of the same values, and plan anew what was decided. None: back to where it was typed."""
    from scimtui.ops.conflicts import decided, look_again
    from scimtui.tui.dialogs.shown_dialog import shown
    from scimtui.tui.writing.conflict_dialog import ConflictDialog

    if change.after is None:
        raise error
    found = await look_again(change, session)
    shell.resource_changed(session, change.resource_type.name, change.id)
    if found.conflicts:
        shell.say("Nothing was sent yet: somebody else changed the same values", "warning")
    choices = await shown(shell, ConflictDialog(session.tenant, found)) if found.conflicts else {}
    if choices is None:
        shell.say("Nothing was sent; what you typed is still there", "info")
        return None
    planned = await asyncio.to_thread(decided, found, choices, session)
    if not planned.requests:
        shell.say("Nothing is left to send: it is so already", "info")
        return None
    return planned


def _otherwise(receipt: Receipt, tried: set[str]) -> Change | None:
    """Return the next spelling that a refused change can be tried in, with the refusal in front; None: there is none."""
    way = next((way for way in receipt.ways if way.field not in tried), None)
    if way is None:
        return None
    told = f"{outcome_line(replace(receipt, ways=()))}."
    warnings = (told, f"This is the same wish in other words: {way.words}.", *way.change.warnings)
    return replace(way.change, warnings=warnings)


async def toggle_active(shell: Shell, session: Session, resource_type: ResourceType, ids: Sequence[str]) -> None:
    """Ask and then turn accounts off, or on where the first of them is off. Many are asked about in one preview."""
    resources = [await asyncio.to_thread(browse.resource, session, resource_type.name, one) for one in ids]
    known = [resource for resource in resources if resource is not None]
    if not known:
        raise UsageError("this resource is not in the cache any more", "press r to sync")
    turn_on = is_active(known[0].raw) is False
    changes = await asyncio.to_thread(
        lambda: [_plan(session, resource_type, resource, active=turn_on) for resource in known]
    )
    if len(changes) > 1:
        from scimtui.tui.writing.batches import send_many  # one change needs none of it

        await send_many(shell, session, changes)
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
        answer = await _preview(shell, session, change)
    await carry_out(shell, session, change, answer)


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
    where = tenant_name(session.tenant)
    groups = lookup(raw, "groups")
    member = f", member of {len(as_list(groups))} groups" if groups else ""
    verb = "Activate" if turn_on else "Deactivate"
    unshown = ". It shows no active, so it may not support this" if is_active(raw) is None else ""
    meaning = (
        "" if turn_on else f"\n{DEACTIVATION[session.dialect.deactivation]}{unshown}. PATCH replace active = false"
    )
    return f"{verb} {who}{member} in {where}?{meaning}"
