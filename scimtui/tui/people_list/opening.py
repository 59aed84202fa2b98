"""From the key to the results: the list, whom it means, the one road of writes, and what became of each line."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scimtui.ops.kept_plans import keeper_of
from scimtui.ops.list_results import Done, by_entry, results_of
from scimtui.ops.people_list import DOABLE, Entry, Line, MatchReport, match, people_type, whole
from scimtui.ops.person_keys import kinds_of
from scimtui.ops.plan_file import Step, new_batch
from scimtui.present.cells import safe
from scimtui.present.wording import count_of
from scimtui.scim.change import plan_active
from scimtui.tui.dialogs.shown_dialog import shown
from scimtui.tui.people_list.given_dialog import Given, GivenDialog
from scimtui.tui.people_list.list_screen import ListScreen
from scimtui.tui.people_list.listed import listed_done, listed_match
from scimtui.tui.table.virtual_table import VirtualTable

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.tui.shell.shell_screen import ShellScreen

Found = tuple["Session", Entry, Mapping[str, Any]]
"""An account that a line means, whole."""


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is done with the accounts of a list, in the order of its numbers."""

    entries: Sequence[Entry]
    parts: Sequence[tuple[Session, Sequence[Step]]]

    @property
    def steps(self) -> list[Step]:
        return [step for _, steps in self.parts for step in steps]


def open_list(shell: ShellScreen) -> None:
    """Ask for a list of people, show whom it means, and do what is chosen with them."""
    owner = shell.view or shell
    owner.run_worker(_open_list(shell), group="write", exit_on_error=False)


async def _open_list(shell: ShellScreen) -> None:
    tenants = list(shell.sessions.config.tenants.values())
    given = await shown(shell, GivenDialog(tenants, [one.name for one in tenants]))
    if given is None:
        return
    sessions = [shell.session(name) for name in given.tenants]
    report = await _matched(shell, sessions, given)
    listed = await asyncio.to_thread(listed_match, report, given, table_tenant(shell))
    while (chosen := await shown(shell, ListScreen(listed))) is not None:
        if await _is_done(shell, chosen, given, report, sessions):
            return


async def _is_done(
    shell: ShellScreen, chosen: str, given: Given, report: MatchReport, sessions: Sequence[Session]
) -> bool:
    """Do what was chosen; False where the person said no, so that the list comes back."""
    if chosen == "mark":
        _mark(shell, report)
        return True
    people = await asyncio.to_thread(_people, sessions, report)
    if chosen == "offboard":
        from scimtui.tui.offboarding.offboarding import offboard

        await offboard(shell, [(session, people_type(session), raw) for session, _, raw in people])
        return True
    return await _set_active(shell, chosen == "activate", given, report, people)


async def _matched(shell: ShellScreen, sessions: Sequence[Session], given: Given) -> MatchReport:
    lines = [Line(number, cells[given.place]) for number, cells in given.table.rows]
    where = count_of(len(sessions), "tenant")
    shell.say(f"Looking for {count_of(len(lines), 'line')} in {where}", "busy")

    def tell(name: str, done: int, of: int) -> None:
        shell.say(f"Asking {safe(name)} who is in no copy: {done:,} of {of:,}", "busy")

    title = given.table.header[given.place] if given.table.header else None
    try:
        return await match(sessions, lines, kinds=kinds_of(title), active=False, tell=tell)
    finally:
        shell.say("")


def _people(sessions: Sequence[Session], report: MatchReport) -> list[Found]:
    """Return the accounts that can be changed. Blocks for the disk."""
    return [(session, entry, raw) for session in sessions for entry, raw in whole(session, report)]


async def _set_active(
    shell: ShellScreen,
    active: bool,  # noqa: FBT001, the value that is written
    given: Given,
    report: MatchReport,
    people: Sequence[Found],
) -> bool:
    from scimtui.tui.writing.everywhere import carry_out_everywhere

    planned = await asyncio.to_thread(_plan, people, active)
    home, batch = people[0][0].home, new_batch()
    unkept = [session.tenant.name for session, _ in planned.parts if session.tenant.cache == "off"]
    verb = "Activate" if active else "Deactivate"
    title = f"{verb} {count_of(len(set(map(id, planned.entries))), 'person', 'people')} of a list"
    if not await carry_out_everywhere(shell, planned.parts, title, keeper_of(home, batch, unkept)):
        return False
    changes = [step.change for step in planned.steps]
    done: list[Done] = await asyncio.to_thread(
        lambda: results_of(home, batch, changes, datetime.now(UTC), is_all_good=False, unkept=unkept)
    )
    each = by_entry(report.entries, planned.entries, done)
    await shown(shell, ListScreen(await asyncio.to_thread(listed_done, report, given, each)))
    return True


def _plan(people: Sequence[Found], active: bool) -> _Planned:  # noqa: FBT001
    """Plan the accounts, numbered through all tenants."""
    by_tenant: dict[str, tuple[Session, list[Step]]] = {}
    for number, (session, _, raw) in enumerate(people, 1):
        change = plan_active(session.tenant.name, raw, active, people_type(session), session.provider, session.dialect)
        by_tenant.setdefault(session.tenant.name, (session, []))[1].append(Step(number, change))
    return _Planned([entry for _, entry, _ in people], list(by_tenant.values()))


# ---------------------------------------------------------------- marks


def table_tenant(shell: ShellScreen) -> str:
    """Return the tenant whose people the open table shows, "" where it shows none."""
    view = shell.view
    kind = getattr(view, "resource_type", None)
    is_table = isinstance(getattr(view, "table", None), VirtualTable)
    return view.session.tenant.name if view is not None and is_table and getattr(kind, "name", "") == "User" else ""


def _mark(shell: ShellScreen, report: MatchReport) -> None:
    """Mark in the open table who was found there, and go to the first of them that is shown."""
    tenant, table = table_tenant(shell), getattr(shell.view, "table", None)
    if not tenant or not isinstance(table, VirtualTable):
        return
    wanted = {safe(hit.candidates[0].id) for entry in report.of(*DOABLE) for hit in entry.hits if hit.tenant == tenant}
    table.marked = table.marked | wanted
    table.refresh()
    table.post_message(VirtualTable.Marked(table, len(table.marked)))
    places = [place for place, one in enumerate(table.shown_ids()) if one in wanted]
    if places:
        table.move_to(places[0])
    hidden = f"; the filter hides {len(wanted) - len(places):,} of them" if len(wanted) > len(places) else ""
    shell.say(f"Marked {len(wanted):,}{hidden}. d deactivates them, o offboards them", "done")
