"""The screen that everything lives in: top line, tenants at the left, tabs, message line and keys."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widget import AwaitMount
from textual.widgets import ContentSwitcher, Static
from textual.worker import Worker, WorkerState

from scimtui.ops import browse
from scimtui.present.cells import safe
from scimtui.present.wording import sync_line
from scimtui.tui.action import Action, Where
from scimtui.tui.actions import BY_ID, actions_for, bindings_for
from scimtui.tui.filter.filter_bar import FilterBar, FilterInput
from scimtui.tui.shell import shell_actions
from scimtui.tui.shell.key_bar import KeyBar
from scimtui.tui.shell.message_line import MessageLine
from scimtui.tui.shell.open_tabs import OpenTab, read_specs, table_spec, view_of
from scimtui.tui.shell.question_strip import QuestionStrip
from scimtui.tui.shell.roles import role_refuses
from scimtui.tui.shell.sidebar import Sidebar, TenantEntry, TypeEntry
from scimtui.tui.shell.syncing import SyncJobs
from scimtui.tui.shell.tab_strip import TabStrip
from scimtui.tui.shell.themes import TENANT_COLOURS
from scimtui.tui.shell.too_small import SMALLEST, TooSmall
from scimtui.tui.shell.top_line import TopLine
from scimtui.tui.shell.welcome import WELCOME
from scimtui.tui.view import Answer, Question, View, worker_error_line

if TYPE_CHECKING:
    from scimtui.config import Tenant
    from scimtui.ops.apply import Receipt
    from scimtui.ops.guard import Consent
    from scimtui.ops.session import Session
    from scimtui.ops.sync import SyncReport
    from scimtui.scim.change import Change
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.shell.sessions import Sessions


class ShellScreen(Screen[None]):
    """Holds the tabs and hands each key to the open one."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Where.EVERYWHERE)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]  # noqa: RUF012 - Textual's own
    DEFAULT_CSS = """
    ShellScreen { layers: base cover; }
    ShellScreen #body { height: 1fr; }
    ShellScreen #main { width: 1fr; height: 1fr; }
    ShellScreen #views { height: 1fr; }
    ShellScreen.-narrow Sidebar { display: none; }
    ShellScreen.-wide DetailPane { display: block; }
    ShellScreen.-wide DetailPane.-hidden { display: none; }
    ShellScreen.-with-sidebar Sidebar { display: block; }
    ShellScreen.-without-sidebar Sidebar { display: none; }
    ShellScreen #welcome { height: 1fr; color: $text-muted; }
    """

    def __init__(self, sessions: Sessions, remembered_tabs: object, current: int) -> None:
        super().__init__()
        self.sessions = sessions
        self.tabs: list[OpenTab] = read_specs(remembered_tabs, sessions)
        self.current = min(max(current, 0), len(self.tabs) - 1) if self.tabs else 0
        self.jobs = SyncJobs(self.header_changed, self._sync_ended)
        self._counts: dict[tuple[str, str], str] = {}
        self._preparing: Worker[object] | None = None

    def compose(self) -> ComposeResult:
        """Compose the lines around the tabs."""
        yield TopLine()
        with Horizontal(id="body"):
            yield Sidebar()
            with Vertical(id="main"):
                yield TabStrip()
                with ContentSwitcher(id="views"):
                    yield Static(WELCOME, id="welcome", markup=False)
        yield QuestionStrip()
        yield MessageLine()
        yield KeyBar()
        yield TooSmall()

    def on_mount(self) -> None:
        """Open the tabs of the last time, or the first tenant."""
        self.sessions.on_wait = self._waits
        tenants = list(self.sessions.config.tenants)
        if not self.tabs and tenants:
            first = self.sessions.get(tenants[0]).provider.resource_types[0].name
            self.tabs = [OpenTab(table_spec(tenants[0], first), safe(f"{tenants[0]} {first}s"))]
        if self.tabs:
            self.show_tab(self.current)
        else:
            self.query_one(ContentSwitcher).current = "welcome"
            self.header_changed()
            shell_actions.add_tenant(self)
        self.set_interval(30, self.header_changed)
        self.set_timer(0.5, self._look_around)

    @work(exclusive=True, group="counts", exit_on_error=False)
    async def _look_around(self) -> None:
        """Count what the caches hold, and say what is to be known of them, once the first table is there."""
        for name in self.sessions.config.tenants:
            session = self.sessions.get(name)
            if session.cache.notices:
                self.say(safe(f"{name}: {' '.join(session.cache.notices)}"), "warning")
            for known in session.provider.resource_types:
                if (name, known.name) not in self._counts:
                    self.counted(name, known.name, await asyncio.to_thread(browse.count, session, known.name))
        self.header_changed()
        await shell_actions.look_at_journals(self)

    # ------------------------------------------------------------------ tabs

    @property
    def view(self) -> View | None:
        """The open tab's widget; None while there is none, or none that is on the screen yet."""
        view = self.tabs[self.current].view if self.tabs else None
        return view if view is not None and view.is_mounted else None

    def show_tab(self, index: int) -> None:
        """Switch to a tab and make its widget if need be; one that can't be made is closed."""
        self.current = index
        tab = self.tabs[index]
        if tab.view is None and tab.spec is not None:
            tab.view = view_of(tab.spec, self.sessions)
        if tab.view is None:
            self.close_tab(index)
            return
        switcher = self.query_one(ContentSwitcher)
        mounting: AwaitMount | None = None
        if not tab.view.is_attached:
            tab.view.id = f"view-{id(tab)}"
            mounting = switcher.mount(tab.view)
        switcher.current = tab.view.id
        self.call_later(self._settle, tab.view, mounting)

    async def _settle(self, view: View, mounting: AwaitMount | None) -> None:
        if mounting is not None:
            await mounting
        if view is self.view:
            view.focus_first()
            self.header_changed()

    def open_tab(self, spec: dict[str, str], view: View | None = None) -> None:
        """Go to the tab of this spec if it is open, else open it beside the current one."""
        wanted = {key: value for key, value in spec.items() if key != "filter"}
        for index, tab in enumerate(self.tabs):
            kept = tab.kept() or {}
            if wanted.items() <= kept.items():
                self.show_tab(index)
                return
        self.tabs.insert(self.current + 1, OpenTab(spec, "", view))
        self.show_tab(min(self.current + 1, len(self.tabs) - 1))

    def close_tab(self, index: int) -> None:
        """Close a tab and go to the one before it."""
        tab = self.tabs.pop(index)
        if tab.view is not None and tab.view.is_attached:
            tab.view.remove()
        if self.tabs:
            self.show_tab(min(max(index - 1, 0), len(self.tabs) - 1))
        else:
            self.query_one(ContentSwitcher).current = "welcome"
            self.header_changed()

    def open_type(self, tenant: str, type_name: str = "") -> None:
        """Open the table of a type, of the tenant's first type when none is named."""
        name = type_name or self.sessions.get(tenant).provider.resource_types[0].name
        self.open_tab(table_spec(tenant, name))

    def open_resource(self, session: Session, resource_type: ResourceType, resource_id: str, mode: str) -> None:
        """Open a resource; in the tab that already shows it, if there is one."""
        from scimtui.tui.resource.resource_view import ResourceView  # the first screen does not pay for it

        spec = {"view": "resource", "tenant": session.tenant.name, "type": resource_type.name, "id": resource_id}
        if resource_id:
            self.open_tab(spec, ResourceView(session, resource_type, resource_id, mode))
            if isinstance(self.view, ResourceView) and self.view.mode != mode and self.view.is_mounted:
                self.view.turn_to(mode)
        else:
            self.tabs.insert(self.current + 1, OpenTab(None, "", ResourceView(session, resource_type, "", mode)))
            self.show_tab(self.current + 1)

    # ------------------------------------------------------------------ actions

    def action_run(self, action_id: str) -> None:
        """Carry out an action of the registry, or say why it can't be."""
        if self.query_one(QuestionStrip).is_asking or BY_ID[action_id] not in self._reachable():
            return
        if reason := self.why_not(action_id):
            self.say(f"{BY_ID[action_id].title}: {reason}", "warning")
            return
        method = getattr(self.view, f"do_{action_id}", None)
        if method is not None:
            self._prepares(method())
        elif (run := shell_actions.RUN.get(action_id)) is not None:
            self._prepares(run(self))

    def _prepares(self, work: object) -> None:
        if isinstance(work, Worker) and work.group == "write":
            self._preparing = work

    @property
    def is_preparing(self) -> bool:
        """Whether a question is about to be asked: the next key answers it, and must wait."""
        return self._preparing is not None and not self._preparing.is_finished

    def on_screen_suspend(self) -> None:
        """Hear that a dialog is there, which takes the keys."""
        self._preparing = None

    def why_not(self, action_id: str) -> str | None:
        """Return why an action can't be carried out now."""
        return (self.view.why_not(action_id) if self.view else None) or shell_actions.why_not(self, action_id)

    def _reachable(self) -> list[Action]:
        return actions_for((*(self.view.places if self.view else ()), Where.EVERYWHERE))

    @on(KeyBar.Chosen)
    def _key_clicked(self, event: KeyBar.Chosen) -> None:
        self.action_run(event.action_id)

    @on(TabStrip.Switched)
    def _tab_clicked(self, event: TabStrip.Switched) -> None:
        if event.close:
            shell_actions.close_current(self)
        else:
            self.show_tab(event.index)

    @on(Sidebar.Chosen)
    def _sidebar_chosen(self, event: Sidebar.Chosen) -> None:
        self.open_type(event.tenant, event.type_name)
        if self.has_class("-narrow"):
            self.set_class(False, "-with-sidebar")

    @on(FilterBar.ListPasted)
    def _list_pasted(self, event: FilterBar.ListPasted) -> None:
        shell_actions.look_list_up(self, event.lines)

    @on(View.Titled)
    def _view_titled(self) -> None:
        self.header_changed()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the keys that count here."""
        _ = event
        self._show_keys()

    def on_resize(self, event: events.Resize) -> None:
        """Say so where nothing useful fits."""
        small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        self.query_one(TooSmall).display = small

    # ------------------------------------------------------------------ what tabs ask for (view.Shell)

    def say(self, text: str, kind: str = "info") -> None:
        """Show a message."""
        self.query_one(MessageLine).show(text, kind)

    async def ask(self, question: Question) -> Answer:
        """Ask in the strip."""
        self._preparing = None
        tenant = question.tenant
        badge = [(f"■ {safe(tenant.label or tenant.name)}  ", f"bold {self._colour(tenant)}")] if tenant else []
        return await self.query_one(QuestionStrip).ask(question, badge)

    def _colour(self, tenant: Tenant) -> str:
        return "$error" if tenant.production else TENANT_COLOURS[self.sessions.colour(tenant) % len(TENANT_COLOURS)]

    async def preview(self, change: Change, *, needs_reason: bool) -> Answer:
        """Show one change."""
        return await self._previewed([change], needs_reason=needs_reason)

    async def preview_many(self, changes: list[Change], *, needs_reason: bool) -> Answer:
        """Show many changes; their number is typed."""
        return await self._previewed(changes, needs_reason=needs_reason, typed=True)

    async def _previewed(self, changes: list[Change], *, needs_reason: bool, typed: bool = False) -> Answer:
        from scimtui.tui.writing.preview_dialog import PreviewDialog

        session = self.sessions.get(changes[0].tenant)
        return await self.app.push_screen_wait(PreviewDialog(session, changes, needs_reason=needs_reason, typed=typed))

    def session(self, tenant: str) -> Session:
        """Return the session of a tenant."""
        return self.sessions.get(tenant)

    def is_unlocked(self, tenant: Tenant) -> bool:
        """Whether the tenant may be written to, as far as the lock is concerned."""
        return self.sessions.is_unlocked(tenant)

    def consent(self, tenant: Tenant, reason: str, of: int = 1) -> Consent:
        """Return what the person agreed to."""
        return self.sessions.consent(tenant, reason, of)

    async def write(self, change: Change, session: Session, consent: Consent) -> Receipt:
        """Apply a change."""
        return await self.sessions.write(change, session, consent)

    def start_sync(self, session: Session, type_names: list[str], *, full: bool = False) -> None:
        """Sync in the background; asking again starts anew."""
        group = f"sync:{session.tenant.name}:{','.join(type_names)}"
        work = self.jobs.run(session, type_names, full=full, believe=self._believes)
        self.run_worker(work, group=group, exclusive=True, exit_on_error=False)

    async def _believes(self, session: Session, type_name: str, missing: int, present: int) -> bool:
        text = f"{missing:,} of {present:,} {safe(type_name)}s are not there any more. Forget them here?"
        return (await self.ask(Question(text, session.tenant))).yes

    def sync_text(self, tenant: str, type_name: str) -> str:
        """Return how far a sync is."""
        return self.jobs.text(tenant, type_name)

    def _waits(self, tenant: str, words: str | None) -> None:
        """Show what the requests to a tenant wait for."""
        if words:
            self.say(f"{safe(tenant)}: {words}; ^C stops it", "info")
        self.header_changed()

    def _sync_ended(self, session: Session, report: SyncReport) -> None:
        self.say(sync_line(report), "done" if report.complete else "warning")
        if report.complete:
            self.counted(session.tenant.name, report.type, report.fetched)
        for tab in self.tabs:
            if tab.view is not None and tab.view.is_mounted:
                tab.view.synced(session.tenant.name, report.type)

    def resource_changed(self, session: Session, type_name: str, resource_id: str) -> None:
        """Tell the tabs."""
        for tab in self.tabs:
            if tab.view is not None and tab.view.is_mounted:
                tab.view.resource_changed(session.tenant.name, type_name, resource_id)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say how a sync broke; the app lives on."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.say(worker_error_line(event.worker.error), "error")
        elif event.state is WorkerState.CANCELLED and event.worker.group.startswith("sync:"):
            self.say("Sync stopped. What was cached before is still there.", "warning")

    # ------------------------------------------------------------------ the lines around the tabs

    def header_changed(self) -> None:
        """Paint the lines around the tabs again, as far as they changed."""
        if not self.is_mounted:
            return
        view = self.view
        header = view.header() if view is not None and view.is_mounted else None
        tenant = header.tenant if header else None
        self.query_one(TopLine).show(
            header,
            self.sessions.colour(tenant) if tenant else 0,
            self.sessions.read_only_word(tenant) if tenant else "",
        )
        for tab in self.tabs:
            if tab.view is not None and tab.view.is_mounted:
                tab.title = tab.view.title
        self.query_one(TabStrip).show([tab.title for tab in self.tabs], self.current)
        self._show_tenants()
        self._show_keys()

    def _show_tenants(self) -> None:
        spec = (self.tabs[self.current].kept() or {}) if self.tabs else {}
        entries = tuple(self._tenant_entry(tenant) for tenant in self.sessions.config.tenants.values())
        self.query_one(Sidebar).show(entries, spec.get("tenant", ""), spec.get("type", ""))

    def _tenant_entry(self, tenant: Tenant) -> TenantEntry:
        session = self.sessions.opened(tenant.name)
        if session is None:
            return TenantEntry(tenant, ())
        types = session.provider.resource_types
        return TenantEntry(tenant, tuple(TypeEntry(t.name, self._count(tenant.name, t.name)) for t in types))

    def _count(self, tenant: str, type_name: str) -> str:
        return self._counts.get((tenant, type_name), "–")

    def counted(self, tenant: str, type_name: str, count: int | None) -> None:
        """Hear from a table how many resources a type has; None for one that was never synced."""
        self._counts[tenant, type_name] = "–" if count is None else f"{count:,}"

    def _show_keys(self) -> None:
        keymap = self.sessions.config.keys
        typing = isinstance(self.focused, FilterInput)
        shown = [
            (
                action,
                keymap.get(action.id, action.keys[0]).split(",")[0],
                not typing and self.why_not(action.id) is None,
            )
            for action in sorted(self._reachable(), key=lambda action: action.bar)
            if action.bar and role_refuses(self.view, action) is None
        ]
        self.query_one(KeyBar).show(shown)
