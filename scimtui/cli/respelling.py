"""Offers another spelling of a PATCH that was refused, where somebody is there to ask."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scimtui.cli import asking
from scimtui.cli.output import note
from scimtui.ops.apply import apply
from scimtui.ops.receipts import Outcome, Receipt
from scimtui.present.cells import safe
from scimtui.present.changes import outcome_line
from scimtui.present.formats import json_document
from scimtui.scim.masks import masked_body

if TYPE_CHECKING:
    from scimtui.ops.guard import Consent
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.fallback import Way


async def apply_or_ask(change: Change, session: Session, consent: Consent) -> Receipt:
    """Apply a change, and show and ask for each other spelling of it until one is understood or the answer is no.

    Raises:
        ScimtuiError: see `apply`.
    """
    receipt = await apply(change, session, consent)
    tried: set[str] = set()
    while asking.can_ask() and (way := next((way for way in receipt.ways if way.field not in tried), None)):
        tried.add(way.field)
        _show(receipt, way)
        if not asking.is_yes("Send this instead?"):
            return receipt
        receipt = await apply(way.change, session, consent)
    if receipt.outcome is Outcome.APPLIED and receipt.change.spelling:
        note(f"{safe(session.tenant.name)} is written to like this from now on.")
    return receipt


def _show(receipt: Receipt, way: Way) -> None:
    note(f"{outcome_line(replace(receipt, ways=()))}.")
    note(f"The same wish in other words: {way.words}.")
    for warning in way.change.warnings:
        note(f"  ! {safe(warning)}")
    for request in way.change.requests:
        note(f"  {request.method} {safe(request.path)}")
        if request.body is not None:
            for line in json_document(masked_body(request, way.change.resource_type)).splitlines():
                note(f"  {line}")
