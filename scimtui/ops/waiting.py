"""What waits for tenants that did not answer: the part of the kept plans that can simply be tried again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scimtui.errors import CacheError, UsageError
from scimtui.ops.kept_plans import ON_ITS_WAY, is_running, keeper_of, kept_plans
from scimtui.ops.plan_file import Left, PlanFile, PlannedChange, Step, begun
from scimtui.store.private_files import disk_errors

WAITING = frozenset({Left.WAITS, Left.UNKNOWN})
"""Why a change is left that is tried, or looked up, once its tenant answers again."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one kept plan."""

    path: Path
    plan: PlanFile
    changes: tuple[PlannedChange, ...]
    """Those that wait; the plan may hold others, which a person must look at. Hostile text."""
    is_cut_off: bool
    """The program ended in the middle of it."""

    @property
    def tenants(self) -> list[str]:
        """The tenants that they wait for."""
        return list(dict.fromkeys(change.tenant for change in self.changes))

    @property
    def since(self) -> datetime | None:
        """When they were wanted first; None where that cannot be told. Aware, UTC."""
        return begun(self.plan.batch)


def waiting(home: Path) -> list[Waiting]:
    """Return what waits, the oldest first; what is being carried out now is left out. Blocks for the disk.

    Of a batch that was cut off, what was done and taken back on purpose waits for nothing.
    """
    found = []
    for path, plan in kept_plans(home):
        if isinstance(plan, UsageError):
            continue  # `scimtui apply` names it
        is_cut_off = plan.why == ON_ITS_WAY
        wanted = WAITING | {Left.NOT_YET} if is_cut_off else WAITING
        changes = tuple(one for one in plan.changes if one.left in wanted)
        if is_cut_off and not is_running(home, plan.batch):
            changes = _not_taken_back(home, plan.batch, changes)
        if changes and not is_running(home, plan.batch):
            found.append(Waiting(path, plan, changes, is_cut_off))
    return found


def _not_taken_back(home: Path, batch: str, changes: Sequence[PlannedChange]) -> tuple[PlannedChange, ...]:
    from scimtui.ops.done_before import taken_back  # the first screen asks, and seldom is a batch cut off

    try:
        undone = {tenant: taken_back(home, tenant, batch) for tenant in {one.tenant for one in changes}}
    except CacheError:  # then nothing of it can be carried out either, which says so
        return tuple(changes)
    return tuple(one for one in changes if one.number not in undone[one.tenant])


def chosen(one: Waiting, steps: Sequence[Step], tenants: Collection[str] = ()) -> tuple[list[Step], list[Step]]:
    """Return which steps of a plan are tried, of these tenants or of all, and which stay in it."""
    numbers = {change.number for change in one.changes if not tenants or change.tenant in tenants}
    tried = [step for step in steps if step.number in numbers]
    return tried, [step for step in steps if step.number not in numbers]


def forget(home: Path, one: Waiting) -> None:
    """Give up all that is left of a plan. Blocks for the disk.

    Raises:
        CacheError: the file cannot be deleted.
    """
    keeper = keeper_of(home, one.plan.batch, plan=one.path)
    with disk_errors(f"delete the plan {one.path}"):
        keeper.path.unlink(missing_ok=True)
    with suppress(OSError):
        keeper.failures.unlink(missing_ok=True)
