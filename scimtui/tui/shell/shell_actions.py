"""What the keys do that count everywhere. Each is a function of the shell; the registry names them by id."""

from __future__ import annotations

from asyncio import sleep, to_thread
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pkgutil import resolve_name
from typing import TYPE_CHECKING

from scimtui.present.cells import safe
from scimtui.tui.actions import BY_ID
from scimtui.tui.shell import shell_panes
from scimtui.tui.shell.roles import refused_here, role_refuses
from scimtui.tui.view import Question

if TYPE_CHECKING:
    from pathlib import Path

    from scimtui.tui.shell.shell_screen import ShellScreen
    from scimtui.tui.shell.tenant_dialog import Added


def why_not(shell: ShellScreen, action_id: str) -> str | None:
    """Return why an action of the shell can't be carried out now."""
    if refused := role_refuses(shell.view, BY_ID[action_id]):
        return refused
    if action_id in ("refresh", "full_sync", "lock", "compare", "requests", "check", "journal") and shell.view is None:
        return "no tenant is open"
    if action_id == "lock" and shell.view is not None and not shell.view.session.tenant.production:
        return "only production tenants are locked"
    if action_id in TABLE_ACTIONS and not action_is_possible(shell, action_id):
        return "there is no row here"
    if (asked := ASKED.get(action_id)) is not None:
        reason: str | None = resolve_name(f"scimtui.tui.{asked}:why_not")(shell, action_id)
        return reason
    return None


ASKED: Mapping[str, str] = {
    "edit_json": "resource_actions.external_editor",
    "edit_external": "resource_actions.external_editor",
    "delete": "resource_actions.target",
    "set_password": "resource_actions.target",
    "new_like": "joining.elsewhere",
    "create_elsewhere": "joining.elsewhere",
    **dict.fromkeys(("offboard", "why"), "resource_actions.on_people"),
    **dict.fromkeys(("stage_right", "stage_left", "promotion"), "promote.staging"),
}
"""Modules of the console whose `why_not` says why one of their actions can't be carried out now."""
TABLE_ACTIONS = ("export", "copy_as", "facets", "lookup")
"""Carried out by `table_actions`, which no first screen waits for."""


def action_is_possible(shell: ShellScreen, action_id: str) -> bool:
    """Whether the open table has the rows that an action on all of them needs."""
    table = getattr(shell.view, "table", None)
    return table is None or action_id == "lookup" or bool(table.view) or (action_id == "export" and bool(table.marked))


def table_action(shell: ShellScreen, action_id: str) -> None:
    """Write, copy or count the rows of the open table, or look a list up in it."""
    from scimtui.tui.rows import table_actions

    table_actions.RUN[action_id](shell)


def look_list_up(shell: ShellScreen, lines: Sequence[str]) -> None:
    """Look up a list that was pasted into the filter bar."""
    from scimtui.tui.rows import table_actions

    table_actions.look_list_up(shell, lines)


def edit_as_text(shell: ShellScreen, action_id: str) -> object:
    """Edit the open resource as JSON, here or in the person's editor; the worker that does it."""
    from scimtui.tui.resource_actions import external_editor

    return external_editor.run(shell, action_id)


def form_action(shell: ShellScreen, action_id: str) -> None:
    """Help with the field under the cursor of a form."""
    from scimtui.tui.resource import form_actions

    form_actions.run(shell, action_id)


ELSEWHERE: Mapping[str, str] = {
    "builder": "rows.filter_builder:open_builder",
    "ask_provider": "rows.live_view:open_live",
    "delete": "resource_actions.delete_dialog:ask",
    "set_password": "resource_actions.password_dialog:ask",
    "offboard": "offboarding.offboarding:offboard_chosen",
    "undo": "writing.undoing:undo_last",
    "why": "why.opening:ask",
    "hold_batch": "writing.batch_run:hold",
    "waiting": "writing.waiting_dialog:open_waiting",
    "new_like": "joining.like_view:open_like",
    "create_elsewhere": "joining.elsewhere:create_elsewhere",
    "everywhere": "person.opening:open_person",
    "find_people": "person.opening:search_people",
    "people_list": "people_list.opening:open_list",
    "presence": "presence.opening:open_presence",
    "reconcile": "reconcile.opening:open_reconcile",
    **{one: f"promote.staging:{one}" for one in ("stage_right", "stage_left", "promotion")},
    "compare": "compare.opening:open_compare",
    "report": "reports.saving:save_report",
    "snapshots": "snapshots.opening:open_snapshots",
    "next_difference": "compare.compare_actions:next_difference",
    "previous_difference": "compare.compare_actions:previous_difference",
    "equal": "compare.compare_actions:show_equal",
    "next_kind": "compare.compare_actions:next_kind",
    "previous_kind": "compare.compare_actions:previous_kind",
    "one_attribute": "compare.compare_actions:choose_attribute",
    "compare_rules": "compare.compare_actions:edit_rules",
    "swap_sides": "compare.compare_actions:swap",
}
"""Actions that are functions of the shell in a module of the console, which no first screen waits for."""


def elsewhere(shell: ShellScreen, action_id: str) -> object:
    """Carry out an action of another module; returns its worker where it has one."""
    return resolve_name(f"scimtui.tui.{ELSEWHERE[action_id]}")(shell)


def full_sync(shell: ShellScreen) -> None:
    """Sync every type of the open tenant."""
    if shell.view is not None:
        shell.start_sync(shell.view.session, [], full=True)


def open_page(shell: ShellScreen, page: str) -> None:
    """Open a page about the open tenant: "requests" or "check"."""
    if shell.view is not None:
        shell.open_tab({"view": page, "tenant": shell.view.session.tenant.name})


def journal(shell: ShellScreen, action_id: str) -> None:
    """Open the journal of the open tenant, or what it has about one resource."""
    from scimtui.tui.journal.journal_view import OPENERS

    OPENERS[action_id](shell)


async def look_at_journals(shell: ShellScreen) -> None:
    """Say of how many writes nobody knows the end, and what waits for tenants that did not answer."""
    said, kind = await to_thread(_interrupted, shell.sessions.home, tuple(shell.sessions.config.tenants))
    for _ in range(20 if said else 0):  # what a sync says at its end would stand in its place
        if not any(worker.group.startswith("sync:") and worker.is_running for worker in shell.workers):
            break
        await sleep(0.5)
    if said:
        shell.say(said, kind)


def _interrupted(home: Path, names: Sequence[str]) -> tuple[str, str]:
    from scimtui.ops.journal_list import RECENT, interrupted  # imported in the thread, so that keys do not wait for it
    from scimtui.ops.waiting import waiting
    from scimtui.present.batch_words import waiting_line
    from scimtui.present.journal_words import interrupted_line

    ends = interrupted_line({name: len(interrupted(home, name, RECENT)) for name in names})
    tenants = [change.tenant for one in waiting(home) for change in one.changes]
    waits = f"{waiting_line(tenants)}: Q shows {'it' if len(tenants) == 1 else 'them'}" if tenants else ""
    return " · ".join(part for part in (ends, waits) if part), "warning" if ends else "info"


def lock(shell: ShellScreen) -> None:
    """Lock the open tenant, or ask and unlock it."""
    if shell.view is None:
        return
    tenant = shell.view.session.tenant
    if shell.sessions.is_unlocked(tenant):
        shell.sessions.lock(tenant)
        shell.say(f"{safe(tenant.name)} is read-only again", "done")
        shell.header_changed()
        return

    async def unlock() -> None:
        name, minutes = safe(tenant.label or tenant.name), tenant.relock_minutes
        question = f"Unlock PROD {name} for writing? It locks itself again after {minutes} minutes."
        if (await shell.ask(Question(question, tenant))).yes:
            shell.sessions.unlock(tenant)
            shell.say(f"{name} can be written to for {minutes} minutes; ! locks it again", "warning")
            shell.header_changed()

    shell.run_worker(unlock(), group="ask", exclusive=True, exit_on_error=False)


def step_tab(shell: ShellScreen, step: int) -> None:
    """Go to the next tab, round and round."""
    if shell.tabs:
        shell.show_tab((shell.current + step) % len(shell.tabs))


def open_type(shell: ShellScreen, number: int) -> None:
    """Open a resource type of the open tenant by its number."""
    if shell.view is None:
        return
    if (switch := getattr(shell.view, "switch_type", None)) is not None:  # a comparison goes to another type itself
        switch(number)
        return
    session = shell.view.session
    types = session.provider.resource_types
    if number <= len(types):
        shell.open_type(session.tenant.name, types[number - 1].name)
    else:
        shell.say(f"{safe(session.tenant.name)} has {len(types)} resource types", "info")


def add_tenant(shell: ShellScreen) -> None:
    """Ask for a new tenant, then open it."""
    from scimtui.tui.shell.tenant_dialog import TenantDialog

    def added(tenant: Added | None) -> None:
        if tenant is not None:
            shell.sessions.reload()
            shell.sessions.hold_secret(tenant.name, tenant.secret)
            shell.open_type(tenant.name)

    shell.app.push_screen(TenantDialog(shell.sessions.config.path, shell.sessions.home), added)


def choose_theme(shell: ShellScreen) -> None:
    """Choose colours."""
    from scimtui.tui.dialogs.choice_dialog import ChoiceDialog

    names = sorted(shell.app.available_themes, key=lambda name: (not name.startswith("scimtui"), name))

    def chosen(name: str | None) -> None:
        if name is not None:
            shell.app.theme = name

    shell.app.push_screen(ChoiceDialog("Theme", [(name, name) for name in names]), chosen)


def mark(shell: ShellScreen, method: str) -> None:
    """Mark rows of the open table."""
    getattr(getattr(shell.view, "table", None), method, lambda: None)()


def cancel(shell: ShellScreen) -> None:
    """Stop what is being sent, else what runs in the open tab, else syncs."""
    from scimtui.tui.writing.batch_run import stop

    if stop(shell) or (shell.view is not None and shell.view.stop()):
        return
    running = [worker for worker in shell.workers if worker.group.startswith("sync:") and worker.is_running]
    for worker in running:
        worker.cancel()
    if not running:
        shell.say("Nothing is running. q goes back and, at the last tab, quits.", "info")


def close_current(shell: ShellScreen) -> None:
    """Close the open tab, after a question when something typed would be lost."""
    view = shell.view
    if view is None or not view.is_open_work():
        if shell.tabs:
            shell.close_tab(shell.current)
        return

    async def ask() -> None:
        if (await shell.ask(Question(f"Close {view.title} without sending what was changed?"))).yes:
            shell.close_tab(shell.current)

    shell.run_worker(ask(), group="ask", exclusive=True, exit_on_error=False)


def leave(shell: ShellScreen) -> None:
    """Go back one step, never out of the program."""
    view = shell.view
    if view is not None and not view.has_focus_within:
        view.focus_first()
    elif (
        view is not None
        and not view.leave()
        and len(shell.tabs) > 1
        and (view.spec() or {}).get("view") not in ("table", "live")
    ):
        close_current(shell)


def back(shell: ShellScreen) -> None:
    """Go back one step; at the last tab quit."""
    view = shell.view
    if view is not None and view.leave():
        return
    if len(shell.tabs) > 1 or (view is not None and view.is_open_work()):
        close_current(shell)
    else:
        shell.app.exit()


def show_help(shell: ShellScreen) -> None:
    """Show every key."""
    from scimtui.tui.shell.help_dialog import HelpDialog

    places = shell.view.places if shell.view else ()
    shell.app.push_screen(HelpDialog(places, shell.sessions.config.keys, refused_here(shell.view)))


RUN: Mapping[str, Callable[[ShellScreen], object]] = {
    **{action_id: partial(elsewhere, action_id=action_id) for action_id in ELSEWHERE},
    **{action_id: partial(form_action, action_id=action_id) for action_id in ("choose", "all_lines")},
    **{action_id: partial(edit_as_text, action_id=action_id) for action_id in ("edit_json", "edit_external")},
    "full_sync": full_sync,
    **{page: partial(open_page, page=page) for page in ("requests", "check")},
    **{action_id: partial(journal, action_id=action_id) for action_id in ("journal", "history")},
    "lock": lock,
    "tenants": shell_panes.tenants,
    "sidebar": shell_panes.toggle_sidebar,
    "next_pane": lambda shell: shell.focus_next(),
    "previous_pane": lambda shell: shell.focus_previous(),
    "wider": partial(shell_panes.resize_pane, step=4),
    "narrower": partial(shell_panes.resize_pane, step=-4),
    "previous_tab": partial(step_tab, step=-1),
    "next_tab": partial(step_tab, step=1),
    **{f"type_{number}": partial(open_type, number=number) for number in range(1, 10)},
    "add_tenant": add_tenant,
    "theme": choose_theme,
    "jump": shell_panes.jump,
    "palette": lambda shell: shell.app.action_command_palette(),
    **{action_id: partial(table_action, action_id=action_id) for action_id in TABLE_ACTIONS},
    "mark": partial(mark, method="toggle_mark"),
    "mark_range": partial(mark, method="mark_range"),
    "mark_all": partial(mark, method="mark_all"),
    "cancel": cancel,
    "back": back,
    "leave": leave,
    "help": show_help,
}
"""Actions that no tab carries out itself."""
