"""What the journal knows of a batch that ran before, so that nothing of it is done twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scimtui.ops.history import newest_first, outcome_word, undone_by
from scimtui.ops.interrupted import can_be_looked_up, look_up
from scimtui.ops.plan_file import begun
from scimtui.ops.receipts import Outcome, Receipt
from scimtui.scim.kind import Kind
from scimtui.scim.masks import masked_edits

if TYPE_CHECKING:
    from pathlib import Path

    from scimtui.ops.history import Write
    from scimtui.ops.session import Session
    from scimtui.scim.change import Change

_CLOCKS = timedelta(days=1)
"""A clock may have been set back by this much while a batch ran."""
_CREATED = frozenset({Outcome.APPLIED, Outcome.ALTERED})
"""Outcomes of a creation that must not be followed by another one."""


def of_batch(home: Path, tenant: str, batch: str) -> list[Write]:
    """Return the writes of a batch, the newest first. Blocks for the disk.

    Raises:
        CacheError: the journal cannot be read.
    """
    return [write for write in newest_first(home, tenant, _since(batch)) if write.intent.get("batch") == batch]


def _since(batch: str) -> datetime | None:
    moment = begun(batch)
    return min(moment, datetime.now(UTC)) - _CLOCKS if moment is not None else None  # an id may be typed by hand


def writes_by_number(home: Path, tenant: str, batch: str) -> dict[int, Write]:
    """Return the last write of each step of a batch that ran before; none where it has no name. Blocks for the disk.

    What was taken back since is to be done again, so it is left out.

    Raises:
        CacheError: the journal cannot be read.
    """
    found, undone = _steps_of(home, tenant, batch)
    return {number: write for number, write in found.items() if number not in undone}


def taken_back(home: Path, tenant: str, batch: str) -> set[int]:
    """Return which steps of a batch were done and taken back. Blocks for the disk.

    Raises:
        CacheError: the journal cannot be read.
    """
    return _steps_of(home, tenant, batch)[1]


def _steps_of(home: Path, tenant: str, batch: str) -> tuple[dict[int, Write], set[int]]:
    """Return the last write of each step of a batch, and which of them were taken back."""
    found: dict[int, Write] = {}
    undoing: list[Write] = []
    for write in newest_first(home, tenant, _since(batch)) if batch else ():
        if write.intent.get("undoes"):
            undoing.append(write)
        number = write.intent.get("number")
        if write.intent.get("batch") == batch and isinstance(number, int):
            found.setdefault(number, write)
    undone = undone_by(undoing)
    return found, {number for number, write in found.items() if write.id in undone}


async def done_before(session: Session, write: Write, change: Change) -> tuple[Outcome, Receipt | None] | None:
    """Return what became of a change when it was tried before, None where it is still to be done.

    Where nobody knows, the provider is looked at and nothing is sent until that shows that it did not happen.

    Raises:
        EndpointError, Refused, SecretError: the provider could not be looked at.
        CacheError: the journal cannot be written.
    """
    if not _is_about(write, change):
        return None
    word, receipt = outcome_word(write), None
    if can_be_looked_up(word):
        receipt = await look_up(session, write)
        word = receipt.outcome.value
    if word == Outcome.APPLIED.value:
        return Outcome.APPLIED, receipt
    is_open = word in {Outcome.UNKNOWN.value, Outcome.PENDING.value}
    if is_open or (change.kind is Kind.CREATE and word in _CREATED):
        return Outcome(word), receipt
    return None


def _is_about(write: Write, change: Change) -> bool:
    """Whether the number still stands for the same resource: a person may have put another one there by hand."""
    said = write.intent.get("edits") or []
    wanted = masked_edits(change.edits, change.resource_type)
    if write.intent.get("change") != change.kind.value or not {_wish(one) for one in said} <= {
        _wish(one) for one in wanted
    }:
        return False
    if change.kind is Kind.CREATE:
        return bool(write.intent.get("key") == change.key)
    return bool(write.intent.get("id") == change.id)


def _wish(edit: Mapping[str, object]) -> str:
    return json.dumps([edit.get("path"), edit.get("after")], sort_keys=True)
