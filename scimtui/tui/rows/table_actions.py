"""What the keys of a table do with all its rows: write them, copy them, count them, look a list up in them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from scimtui.ops import browse
from scimtui.ops.exporting import state_of
from scimtui.ops.lookup import Found, look_up, read_list
from scimtui.present.cells import safe
from scimtui.present.columns import default_columns
from scimtui.present.pasted import KEYS
from scimtui.present.wording import count_of
from scimtui.scim.resource import natural_key
from scimtui.tui.dialogs.copy_dialog import Copyable, CopyDialog
from scimtui.tui.dialogs.export_dialog import Exportable, ExportDialog, file_stem
from scimtui.tui.dialogs.lookup_dialog import FoundDialog, ListDialog, Looked
from scimtui.tui.filter.filter_bar import FilterBar
from scimtui.tui.lines.clipboard import copy
from scimtui.tui.resource.resource_view import ResourceView
from scimtui.tui.rows.copyables import Around, copyables
from scimtui.tui.rows.facets_dialog import Countable, FacetsDialog
from scimtui.tui.rows.rows_view import RowsView
from scimtui.tui.table.virtual_table import VirtualTable

if TYPE_CHECKING:
    from scimtui.tui.shell.shell_screen import ShellScreen


def on_table(work: Callable[[ShellScreen, RowsView], Awaitable[None]]) -> Callable[[ShellScreen], None]:
    """Return the function of the shell that does this with the open table."""

    def run(shell: ShellScreen) -> None:
        if isinstance(shell.view, RowsView):
            shell.run_worker(work(shell, shell.view), group="dialog", exclusive=True, exit_on_error=False)

    return run


# ---------------------------------------------------------------- write


async def _export(shell: ShellScreen, view: RowsView) -> None:
    state = await asyncio.to_thread(state_of, view.session, view.resource_type.name)
    exportable = Exportable(
        view.session,
        view.resource_type,
        view.columns,
        view.table.shown_ids(),
        frozenset(view.table.marked),
        state,
    )
    sentence = await shell.app.push_screen_wait(ExportDialog(exportable))
    if sentence is not None:
        shell.say(sentence, "done" if state is not None and state.complete else "warning")


# ---------------------------------------------------------------- copy


def copy_as(shell: ShellScreen) -> None:
    """Choose a part of the resource under the cursor, or of the rows around it, and copy it."""
    view = shell.view
    if isinstance(view, RowsView):
        shown = view.table.shown_ids()
        marked = [one for one in shown if one in view.table.marked]
        around = Around([*marked, *sorted(view.table.marked.difference(marked))], shown)
        work = _copy_as(shell, view, view.table.cursor_id or "", around)
    elif isinstance(view, ResourceView) and view.identity:
        work = _copy_as(shell, view, view.identity, Around())
    else:
        return
    shell.run_worker(work, group="dialog", exclusive=True, exit_on_error=False)


async def _copy_as(shell: ShellScreen, view: RowsView | ResourceView, identity: str, around: Around) -> None:
    session, resource_type = view.session, view.resource_type
    found = await asyncio.to_thread(browse.resource, session, resource_type.name, identity)
    if found is None:
        shell.say("This resource is not in the cache any more. Press r to sync", "warning")
        return
    columns = view.columns if isinstance(view, RowsView) else default_columns(resource_type)
    choices = copyables(session, resource_type, columns, found.raw, around)
    chosen: Copyable | None = await shell.app.push_screen_wait(
        CopyDialog(f"Copy from {safe(natural_key(found.raw))}", choices)
    )
    if chosen is not None:
        text = await asyncio.to_thread(chosen.make)
        copied = await copy(shell.app, text, chosen.what)
        shell.say(copied.sentence, copied.kind)


# ---------------------------------------------------------------- count


async def _facets(shell: ShellScreen, view: RowsView) -> None:
    bar = view.query_one(FilterBar)
    countable = Countable(view.session, view.resource_type, view.columns, view.table.shown_ids(), bar.text)
    text = await shell.app.push_screen_wait(FacetsDialog(countable))
    if text is not None:
        bar.set_text(text)
        view.table.focus()


# ---------------------------------------------------------------- look up


async def _ask_list(shell: ShellScreen, view: RowsView) -> None:
    title = f"Look up {safe(view.resource_type.name)}s of {safe(view.session.tenant.label or view.session.tenant.name)}"
    lines = await shell.app.push_screen_wait(ListDialog(title))
    if lines:
        await _look_up(shell, view, lines)


def look_list_up(shell: ShellScreen, lines: Sequence[str]) -> None:
    """Look up a list that was pasted into the filter bar of the open table."""
    on_table(partial(_look_up, lines=lines))(shell)


async def _look_up(shell: ShellScreen, view: RowsView, lines: Sequence[str]) -> None:
    pasted = read_list(lines)
    shell.say(f"Looking up {count_of(len(pasted.lines), 'line')}", "busy")
    found = await asyncio.to_thread(look_up, view.session, view.resource_type.name, pasted, KEYS)
    shell.say("")
    tenant = view.session.tenant
    title = f"{safe(tenant.label or tenant.name)} {safe(view.resource_type.name)}s: the list"
    looked = Looked(title, found, file_stem(tenant.name, f"{view.resource_type.name}s not found"))
    if await shell.app.push_screen_wait(FoundDialog(looked)):
        _mark(shell, view, found)


def _mark(shell: ShellScreen, view: RowsView, found: Found) -> None:
    """Mark who was found, and go to the first of them that is shown."""
    table = view.table
    wanted = set(found.ids)
    places = [place for place, one in enumerate(table.shown_ids()) if one in wanted]
    table.marked = table.marked | wanted
    table.refresh()
    table.post_message(VirtualTable.Marked(table, len(table.marked)))
    if places:
        table.move_to(places[0])
    hidden = len(wanted) - len(places)
    more = f"; the filter hides {hidden:,} of them" if hidden else ""
    shell.say(f"Marked {len(wanted):,}{more}. x exports them, d deactivates them, * marks all or none", "done")


RUN: Mapping[str, Callable[[ShellScreen], object]] = {
    "export": on_table(_export),
    "copy_as": copy_as,
    "facets": on_table(_facets),
    "lookup": on_table(_ask_list),
}
"""These actions, for the registry of the shell."""
