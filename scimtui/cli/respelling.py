"""Offers another spelling of a PATCH that was refused, where somebody is there to ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from scimtui.cli.output import note
from scimtui.ops.apply import apply
from scimtui.ops.receipts import Outcome, Receipt
from scimtui.present.cells import safe
from scimtui.present.changes import outcome_line
from scimtui.present.formats import json_document
from scimtui.scim.masks import masked_body

if TYPE_CHECKING:
    from scimtui.cli.questions import Questions
    from scimtui.ops.batch import Send
    from scimtui.ops.guard import Consent
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change
    from scimtui.scim.fallback import Way


def asking_send(questions: Questions) -> Send:
    """Return what applies a change, and shows and asks for each other spelling of it until one is understood or the answer is no."""

    async def send(change: Change, session: Session, consent: Consent) -> Receipt:
        receipt = await apply(change, session, consent)
        tried: set[str] = set()
        while way := next((way for way in receipt.ways if way.field not in tried), None):
            tried.add(way.field)
            if not await questions.is_yes(list(_lines(receipt, way)), "Send this instead?"):
                return receipt
            receipt = await apply(way.change, session, consent)
        if receipt.outcome is Outcome.APPLIED and receipt.change.spelling:
            questions.after(lambda: note(f"{safe(session.tenant.name)} is written to like this from now on."))
        return receipt

    return send


def _lines(receipt: Receipt, way: Way) -> Iterator[str]:
    yield f"{outcome_line(replace(receipt, ways=()))}."
    yield f"The same wish in other words: {way.words}."
    for warning in way.change.warnings:
        yield f"  ! {safe(warning)}"
    for request in way.change.requests:
        yield f"  {request.method} {safe(request.path)}"
        if request.body is not None:
            for line in json_document(masked_body(request, way.change.resource_type)).splitlines():
                yield f"  {line}"
