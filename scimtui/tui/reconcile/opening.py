"""How a reconciliation is opened: from what is chosen, and again at the next start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from scimtui.tui.dialogs.shown_dialog import shown
from scimtui.tui.reconcile.reconcile_dialog import Chosen, ReconcileDialog
from scimtui.tui.reconcile.reconcile_view import ReconcileView

if TYPE_CHECKING:
    from textual.worker import Worker

    from scimtui.tui.shell.sessions import Sessions
    from scimtui.tui.shell.shell_screen import ShellScreen


def open_reconcile(shell: ShellScreen) -> Worker[None] | None:
    """Ask what is reconciled with what, and open what is found."""
    tenants = [*shell.sessions.config.tenants.values()]
    if not tenants:
        shell.say("Reconcile: there is no tenant yet; ^T adds one", "warning")
        return None
    current = shell.view.session.tenant.name if shell.view is not None else tenants[0].name

    async def ask() -> None:
        chosen = await shown(shell, ReconcileDialog(tenants, current))
        if chosen is not None:
            shell.open_tab(spec_of(chosen))

    return shell.run_worker(ask(), group="dialog", exclusive=True, exit_on_error=False)


def spec_of(chosen: Chosen) -> dict[str, str]:
    """Return what is remembered of a reconciliation."""
    told = asdict(chosen)
    return {"view": "reconcile", "tenant": told.pop("target"), **told}


def view_of_spec(spec: Mapping[str, str], sessions: Sessions) -> ReconcileView:
    """Return the widget of a reconciliation.

    Raises:
        UsageError: a tenant is not there any more.
    """
    source = spec.get("source", "")
    chosen = Chosen(spec["tenant"], source, spec.get("file", ""), spec.get("days", ""))
    return ReconcileView(sessions.get(spec["tenant"]), sessions.get(source) if source else None, chosen)
