"""What a write shows of a provider's dialect, taken in as it happens."""

from __future__ import annotations

from enum import StrEnum

from scimtui.ops.receipts import Outcome, Receipt
from scimtui.ops.refresh import mark_of
from scimtui.ops.session import Session, learn
from scimtui.scim.fallback import NOT_THERE


def learn_from(session: Session, receipt: Receipt) -> None:
    """Take in what a write has shown. Blocks for the disk.

    That a method is not there, which spelling was understood after another was refused, and that a date stays as it was
    while its resource changes.
    """
    methods = {request.method for request in receipt.change.requests}
    if receipt.outcome is Outcome.REFUSED and receipt.status in NOT_THERE:
        for method, field in (("PATCH", "can_patch"), ("PUT", "can_put")):
            if method in methods:
                learn(session, field, False, f"{method} was answered with HTTP {receipt.status}")
    if receipt.outcome is Outcome.APPLIED:
        for field, value in receipt.change.spelling:
            evidence = f"{receipt.change.title} was refused as it was spelled before, and done like this"
            learn(session, field, value.value if isinstance(value, StrEnum) else value, evidence)
    if session.dialect.filters_by_date and _kept_its_date(receipt):
        evidence = "meta.lastModified stayed as it was when a resource was changed"
        learn(session, "filters_by_date", False, evidence)


def _kept_its_date(receipt: Receipt) -> bool:
    if receipt.outcome is not Outcome.APPLIED or receipt.resource is None or receipt.change.before is None:
        return False
    before = mark_of(receipt.change.before)
    return before is not None and before == mark_of(receipt.resource.raw)
