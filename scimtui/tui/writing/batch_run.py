"""Batches on their way in the console: watched in the message line, held with a key, stopped with Ctrl+C."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from scimtui.ops.batch_control import BatchControl
from scimtui.ops.every_tenant import TenantSteps, run_tenants
from scimtui.present.batch_words import result_line
from scimtui.present.cells import safe
from scimtui.present.tenant_receipts import every_progress_line
from scimtui.present.wording import count_of
from scimtui.tui.actions import shown_key
from scimtui.tui.view import Question

if TYPE_CHECKING:
    from scimtui.ops.batch import BatchProgress, BatchReport, Stop
    from scimtui.ops.session import Session
    from scimtui.tui.shell.shell_screen import ShellScreen
    from scimtui.tui.view import Shell

REPAINT = 0.1
"""Seconds between two paintings of how far a batch is."""
REFRESH = 0.5
"""Seconds between two looks of the open tabs at what was changed."""


@dataclass
class _Watch:
    """Shows a batch on its way, no more often than eyes can follow."""

    shell: Shell
    sessions: Mapping[str, Session]
    control: BatchControl
    of: int
    """Changes in all tenants."""
    latest: dict[str, BatchProgress] = field(default_factory=dict)
    painted: float = 0.0
    refreshed: float = 0.0
    changed: list[tuple[str, str, str]] = field(default_factory=list)
    """Tenants, types and ids that tabs were not told of yet."""

    def __call__(self, tenant: str, progress: BatchProgress) -> None:
        now = time.monotonic()
        self.latest[tenant] = progress
        receipt = progress.last.receipt if progress.last is not None else None
        if receipt is not None:
            identity = receipt.resource.id if receipt.resource else receipt.change.id
            self.changed.append((tenant, receipt.change.resource_type.name, identity))
        if self.control.is_paused or now - self.painted >= REPAINT:  # what stands still is painted to its end
            self.painted = now
            self.paint()
        if now - self.refreshed >= REFRESH:
            self.refreshed = now
            self.refresh()

    def paint(self) -> None:
        """Show how far it is, and which keys hold and stop it."""
        if self.of > 1 and self.latest:
            line = every_progress_line(self.latest, len(self.sessions), self.of)
            self.shell.say(f"{line}; {self._keys()}", "warning" if self.control.is_paused else "busy")

    def _keys(self) -> str:
        if self.control.is_stopped:
            return "stopping after those in flight"
        keys = cast("ShellScreen", self.shell).sessions.config.keys
        held = shown_key(keys.get("hold_batch", "ctrl+g").split(",")[0])
        return f"HELD, {held} goes on, ^C stops" if self.control.is_paused else f"{held} holds, ^C stops"

    def refresh(self) -> None:
        """Tell the tabs what was changed."""
        changed, self.changed = self.changed, []
        for tenant, type_name, identity in changed:
            self.shell.resource_changed(self.sessions[tenant], type_name, identity)


_running: WeakKeyDictionary[object, list[_Watch]] = WeakKeyDictionary()
"""The batches on their way, by the shell that shows them."""


def stop(shell: ShellScreen) -> bool:
    """Begin nothing new of the batches that run; False where none does."""
    watches = _running.get(shell, [])
    for watch in watches:
        watch.control.stop()
    if watches:
        shell.say("Stopping: what is in flight is carried to its end", "busy")
    return bool(watches)


def hold(shell: ShellScreen) -> None:
    """Hold the batches that run, or let them go on."""
    watches = _running.get(shell, [])
    is_held = any(watch.control.is_paused for watch in watches)
    for watch in watches:
        if is_held:
            watch.control.resume()
        else:
            watch.control.pause()
        watch.paint()
    if not watches:
        shell.say("No batch is running", "info")


async def sent(shell: Shell, parts: Sequence[TenantSteps], batch: str) -> list[BatchReport]:
    """Send a batch in all its tenants at once, shown and held and stopped here; a report for each.

    Raises:
        GuardStopped, UsageError, CacheError: see `run_tenants`; nothing was sent.
    """
    control = BatchControl()
    of = sum(len(one.steps) for one in parts)
    watch = _Watch(shell, {one.session.tenant.name: one.session for one in parts}, control, of)
    watches = _running.setdefault(shell, [])
    watches.append(watch)

    async def asks(stopped: Stop, left: int) -> bool:
        if stopped.result is None:
            return False
        text = f"{result_line(stopped.result)}.\nGo on with the other {count_of(left, 'change')} all the same?"
        tenant = watch.sessions[stopped.result.step.change.tenant].tenant
        return (await shell.ask(Question(text, tenant))).yes

    shell.say(f"{safe(parts[0].steps[0].change.title)}: sending and reading back", "busy")
    try:
        return await run_tenants(parts, batch=batch, control=control, send=shell.write, tell=watch, asks=asks)
    finally:
        watches.remove(watch)
        watch.refresh()
