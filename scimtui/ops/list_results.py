"""What became of each change of a list, as the journal tells it: what was sent, what was so already, what is left."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scimtui.ops.done_before import of_batch
from scimtui.ops.history import outcome_word
from scimtui.ops.plan_file import Left, kept_path, read_plan
from scimtui.ops.receipts import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from scimtui.ops.history import Write
    from scimtui.ops.people_list import Entry
    from scimtui.scim.change import Change

GOOD = frozenset({Outcome.APPLIED.value, Outcome.ALREADY.value})


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one change. Hostile text."""

    tenant: str
    id: str
    title: str
    outcome: str
    status: int | None = None
    """Of the last answer to a write; None where nothing was sent, or no answer came."""
    detail: str = ""
    verified: datetime | None = None
    """When it was seen to be so; of what was so already, when the batch had ended."""
    journal: str = ""
    """Id of the write."""

    @property
    def is_good(self) -> bool:
        """Whether it is as it was wanted."""
        return self.outcome in GOOD


def results_of(
    home: Path,
    batch: str,
    changes: Sequence[Change],
    ended: datetime,
    *,
    is_all_good: bool,
    unkept: Collection[str] = (),
) -> list[Done]:
    """Return what became of the changes of a batch, which have the numbers 1, 2, 3, … Blocks for the disk.

    `is_all_good`: every change ended well, so that what was not sent was so already. Else the plan that is kept tells
    which are left; of a tenant whose cache is off none is kept, and what was not sent may be left too.

    Raises:
        CacheError: a journal cannot be read.
        UsageError: the plan that is kept cannot be read.
    """
    sent: dict[int, Write] = {}
    for tenant in dict.fromkeys(change.tenant for change in changes):
        for write in of_batch(home, tenant, batch):
            if isinstance(number := write.intent.get("number"), int):
                sent.setdefault(number, write)
    left = {} if is_all_good else _left(kept_path(home, batch))
    found = []
    for number, change in enumerate(changes, 1):
        if number in sent:
            found.append(_sent(change, sent[number]))
        elif number in left or (change.tenant in unkept and not is_all_good):
            found.append(
                Done(change.tenant, change.id, change.title, Outcome.SKIPPED.value, detail=left.get(number, ""))
            )
        else:
            found.append(Done(change.tenant, change.id, change.title, Outcome.ALREADY.value, verified=ended))
    return found


def by_entry(entries: Sequence[Entry], of: Sequence[Entry], done: Sequence[Done]) -> list[list[Done]]:
    """Return the results of each entry; `of` are the entries that the results in `done` belong to."""
    found: dict[int, list[Done]] = {}
    for entry, one in zip(of, done, strict=True):
        found.setdefault(id(entry), []).append(one)
    return [found.get(id(entry), []) for entry in entries]


def _left(path: Path) -> Mapping[int, str]:
    """Return the numbers of what is left of a batch, and why."""
    if not path.is_file():
        return {}
    return {one.number: one.why or _WHY[one.left] for one in read_plan(path).changes}


_WHY = {
    Left.NOT_YET: "not tried",
    Left.WAITS: "the tenant did not answer; scimtui retry tries again",
    Left.UNKNOWN: "nobody knows how it ended; scimtui retry looks it up",
    Left.STOPPED: "the batch stopped before it",
    Left.DECIDE: "a person must look at it",
}


def _sent(change: Change, write: Write) -> Done:
    told: Mapping[str, Any] = write.outcome or {}
    status, verified = told.get("status"), told.get("verified")
    return Done(
        change.tenant,
        change.id,
        change.title,
        outcome_word(write) or Outcome.UNKNOWN.value,
        status if isinstance(status, int) else None,
        str(told.get("detail") or ""),
        datetime.fromisoformat(verified) if isinstance(verified, str) else None,
        write.id,
    )
