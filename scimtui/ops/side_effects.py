"""What makes a batch stop: an answer or a read-back that nobody who agreed to it could expect."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from scimtui.errors import EndpointError, Refused, SecretError, VersionConflict
from scimtui.ops.receipts import Outcome
from scimtui.scim.coerce import as_list, is_active
from scimtui.scim.refusal import GONE
from scimtui.scim.resource import lookup

if TYPE_CHECKING:
    from scimtui.errors import ScimtuiError
    from scimtui.ops.receipts import Receipt


class Trouble(StrEnum):
    """Why a batch does not simply go on."""

    IGNORED = "ignored"
    ALTERED = "altered"
    PENDING = "pending"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    """One of the first six was refused: the others would be too."""
    FAILED = "failed"
    """One of the first six was stopped by a rule of ours or could not be planned."""
    ACTIVE_MOVED = "active moved"
    """The account was turned on or off though nobody asked for it."""
    GROUPS_MOVED = "groups moved"
    """The number of its groups is another one though nobody asked for it."""
    NO_ANSWER = "no answer"
    """The provider gives no usable answer, or the journal cannot be written: nothing more can be sent."""
    ASKED = "asked"
    """The person wants it."""


_TROUBLES = {
    Outcome.IGNORED: Trouble.IGNORED,
    Outcome.ALTERED: Trouble.ALTERED,
    Outcome.PENDING: Trouble.PENDING,
    Outcome.UNKNOWN: Trouble.UNKNOWN,
}


def trouble_of(receipt: Receipt, *, is_first: bool) -> Trouble | None:
    """Return what is unexpected in what became of a change; `is_first` for the first six of a batch."""
    if receipt.outcome is Outcome.REFUSED:
        return Trouble.REFUSED if is_first else None
    return _TROUBLES.get(receipt.outcome) or _moved(receipt)


def trouble_of_error(error: ScimtuiError, *, is_first: bool) -> Trouble | None:
    """Return what an error means for the rest of a batch: nothing, where the one object was changed or is gone."""
    if isinstance(error, EndpointError | SecretError):
        return Trouble.NO_ANSWER
    if isinstance(error, VersionConflict) or (isinstance(error, Refused) and error.status in GONE) or not is_first:
        return None
    return Trouble.REFUSED if isinstance(error, Refused) else Trouble.FAILED


def groups_before_and_after(receipt: Receipt) -> tuple[int, int]:
    """Return of how many groups the resource showed to be a member."""
    after = receipt.resource.raw if receipt.resource is not None else {}
    return len(as_list(lookup(receipt.change.before, "groups"))), len(as_list(lookup(after, "groups")))


def _moved(receipt: Receipt) -> Trouble | None:
    """Compare what nobody asked to change, as it was just before and is just after.

    Slack turned accounts off whose updates lacked a field, and took them out of their groups.
    """
    before, found = receipt.change.before, receipt.resource
    if receipt.outcome is not Outcome.APPLIED or before is None or found is None:
        return None
    paths = {edit.path.casefold() for edit in receipt.change.edits}
    was, now = is_active(before), is_active(found.raw)
    if "active" not in paths and None not in {was, now} and was is not now:
        return Trouble.ACTIVE_MOVED
    groups = groups_before_and_after(receipt)
    return Trouble.GROUPS_MOVED if groups[0] != groups[1] else None
