"""Plans that this machine keeps: of a batch until all of it is done, of one that a limit stopped until it is agreed to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from scimtui.errors import UsageError
from scimtui.ops.plan_file import PlanFile, Step, kept_path, read_plan, write_plan
from scimtui.scim.masks import holds_secret
from scimtui.store.private_files import disk_errors, make_private_folder, write_whole

ON_ITS_WAY = "on its way"
"""What a plan is kept for while its batch runs: where no process runs it, something cut it off."""
LEFT_OVER = "left over"
"""What the rest of a batch is kept for."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Where the plan of a batch is while the batch runs and, as far as something is left to do, afterwards."""

    path: Path
    batch: str
    unkept: frozenset[str] = frozenset()
    """Tenants whose people may be in no file of ours."""
    is_theirs: bool = False
    """Whether it is a file of the person, which we never change."""
    beside: tuple[Step, ...] = ()
    """Steps of the same plan that this run does not touch: they stay in it."""

    @property
    def failures(self) -> Path:
        """Where the objects that failed are listed, for `--from`."""
        return self.path.with_name(f"{self.path.stem}.failures.csv")


@contextmanager
def alone(home: Path, batch: str) -> Iterator[None]:
    """Carry out a batch here and in no other process: two would do everything twice.

    The lock's file stays, empty: were it deleted, who opened it before and who makes it anew would both have it.

    Raises:
        UsageError: another scimtui does.
        CacheError: the disk fails.
    """
    path = _lock_path(home, batch)
    with disk_errors(f"lock the plan {path}"):
        make_private_folder(path.parent)
        lock = FileLock(path, timeout=0, mode=0o600, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise UsageError("another scimtui carries this batch out", "wait until it has ended") from error
    try:
        yield
    finally:
        lock.release()


def is_running(home: Path, batch: str) -> bool:
    """Whether a process carries this batch out now, this one included. Blocks for the disk."""
    path = _lock_path(home, batch)
    if not path.exists():
        return False
    lock = FileLock(path, timeout=0, mode=0o600, thread_local=False)
    try:
        with lock:
            return False
    except (Timeout, OSError):  # who cannot look does not take it away from anybody
        return True


def _lock_path(home: Path, batch: str) -> Path:
    name = hashlib.sha256(batch.encode()).hexdigest()[:16]  # an id from a file may be any text
    return home / "plans" / f"{name}.lock"


def keeper_of(
    home: Path, batch: str, unkept: Collection[str] = (), plan: Path | None = None, beside: Sequence[Step] = ()
) -> Keeper:
    """Return where the plan of a batch is kept; `plan` is the file that it was read from, `beside` what else is in it."""
    is_theirs = plan is not None and plan.resolve().parent != (home / "plans").resolve()
    return Keeper(plan or kept_path(home, batch), batch, frozenset(unkept), is_theirs, tuple(beside))


def keep(keeper: Keeper, steps: Sequence[Step], why: str) -> list[str]:
    """Write down what is to be done, and return a sentence for each thing that cannot be. Blocks for the disk.

    Raises:
        CacheError: it cannot be written.
    """
    if keeper.is_theirs:
        return []
    every = sorted((*steps, *keeper.beside), key=lambda step: step.number)
    kept = [step for step in every if step.change.tenant not in keeper.unkept]
    warnings = [f"the plan for {name} is not kept: its cache is off" for name in sorted(keeper.unkept)]
    if not any(not holds_secret(step.change) for step in kept):
        with suppress(OSError):
            keeper.path.unlink()
        return [*warnings, *(f"{step.change.title} holds a secret, so it is in no plan file" for step in kept)]
    return [*warnings, *write_plan(keeper.path, kept, keeper.batch, why)]


def is_kept(keeper: Keeper) -> bool:
    """Whether there is a file to go on with. Blocks for the disk."""
    return keeper.path.is_file()


def settle(keeper: Keeper, rest: Sequence[Step], why: str, failures: Callable[[], Iterable[str]]) -> list[str]:
    """Keep what is left of a batch, and the lines that list its failures; nothing where all is done. Blocks.

    Raises:
        CacheError: it cannot be written.
    """
    lines = list(failures()) if rest and not keeper.unkept else []
    is_left = bool(rest or keeper.beside)
    warnings = keep(keeper, rest, why) if is_left else []
    if not is_left and not keeper.is_theirs:
        with suppress(OSError):
            keeper.path.unlink()
    if lines and not keeper.is_theirs:
        with disk_errors(f"write {keeper.failures}"):
            write_whole(keeper.failures, "".join(f"{line}\n" for line in lines).encode())
    elif not keeper.is_theirs:
        with suppress(OSError):
            keeper.failures.unlink()
    return warnings


def kept_plans(home: Path) -> list[tuple[Path, PlanFile | UsageError]]:
    """Return the plans that are kept, the oldest first; what cannot be read as the error that says why. Blocks."""
    return [(path, _read(path)) for path in sorted((home / "plans").glob("*.json"))]


def _read(path: Path) -> PlanFile | UsageError:
    try:
        return read_plan(path)
    except UsageError as error:
        return error
