"""One person in all tenants: a row for each account, ticked where it is certainly theirs, and where they differ below."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from scimtui.errors import ScimtuiError
from scimtui.ops import browse
from scimtui.ops.everywhere import Account, Person, Place, person_of, places, with_namesakes
from scimtui.ops.names import named_as
from scimtui.present.cells import safe
from scimtui.present.columns import INACTIVE
from scimtui.present.person_words import COLUMNS, place_rows, row_id, summary, switch_title, who_line
from scimtui.present.wording import count_of
from scimtui.scim.change import Change, plan_active
from scimtui.scim.coerce import is_active
from scimtui.scim.resource import natural_key, resource_id
from scimtui.tui.action import Where
from scimtui.tui.actions import bindings_for
from scimtui.tui.lines.clipboard import copy
from scimtui.tui.lines.line_view import LineView
from scimtui.tui.person.person_lines import person_lines
from scimtui.tui.table.virtual_table import Row, TableColumn, VirtualTable
from scimtui.tui.view import Header, View

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.shell.shell_screen import ShellScreen

NEED_AN_ACCOUNT = frozenset({"open", "edit", "json", "copy"})
_WIDTHS = {"state": 12}
_SIGNED = frozenset({"state", "found by", "as of"})

Target = tuple["Session", "ResourceType", Mapping[str, Any]]
"""An account as other actions take it."""


class PersonView(View):
    """The caches first, then every provider is asked; a row says which of the two it shows."""

    PLACES: ClassVar[tuple[Where, ...]] = (Where.PERSON,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Where.PERSON)
    DEFAULT_CSS = """
    PersonView { height: 1fr; }
    PersonView #who { height: 1; background: $surface; text-style: bold; padding: 0 1; }
    PersonView VirtualTable { height: 2; }
    PersonView #differ { height: 1fr; border-top: solid $panel; border-title-color: $text-muted; }
    PersonView #differ:focus { border-top: solid $primary; }
    """

    def __init__(self, session: Session, resource_type: ResourceType, identity: str) -> None:
        super().__init__(session)
        self.resource_type = resource_type
        self._found_by = identity
        self._person: Person | None = None
        self._places: dict[str, Place] = {}
        self._asking: set[str] = set()
        self._row_tenants: list[str] = []
        self._ticked_once: set[str] = set()
        """Rows that were ticked by themselves, as long as they are sure."""
        self._left_out: set[str] = set()
        """Rows whose tick was taken away by hand: it stays away, whatever the providers say later."""

    def compose(self) -> ComposeResult:
        """Compose the name, the accounts, and where they differ."""
        yield Static("", id="who", markup=False)
        yield VirtualTable(
            [TableColumn(one, _WIDTHS.get(one, 0), kind="state" if one in _SIGNED else "text") for one in COLUMNS]
        )
        yield LineView(id="differ")

    def on_mount(self) -> None:
        """Look into the caches, then ask."""
        self.table.empty_text = "Nobody is known under this id any more. ^F finds people by name."
        self.look()

    @property
    def table(self) -> VirtualTable:
        """The accounts."""
        return self.query_one(VirtualTable)

    @property
    def title(self) -> str:
        """Whose accounts they are."""
        return f"{self._called} everywhere" if self._person is not None else "person everywhere"

    @property
    def _called(self) -> str:
        return safe(named_as("User", self._person.raw).name) if self._person is not None else ""

    def header(self) -> Header:
        """Say in how many tenants they are, how many are ticked, and how many are still being asked."""
        ticked = len(self.table.marked) if self.is_mounted else 0
        told = (
            summary([*self._places.values()]) if self._places else "",
            f"asking {count_of(len(self._asking), 'tenant')}…" if self._asking else "",
            f"{ticked} ticked" if ticked else "nothing ticked",
        )
        return Header(self.session.tenant, tuple(part for part in told if part))

    def spec(self) -> dict[str, str] | None:
        """Remember whom they were found by."""
        names = {"tenant": self.session.tenant.name, "type": self.resource_type.name, "id": self._found_by}
        return {"view": "person", **names}

    def focus_first(self) -> None:
        """Start in the accounts."""
        self.table.focus()

    def why_not(self, action_id: str) -> str | None:
        """Say why an action means nothing here."""
        if action_id in NEED_AN_ACCOUNT and self.at_cursor() is None:
            return "there is no account in this row"
        if action_id in ("toggle_active", "offboard") and not self.ticked():
            return "no account is ticked; Space ticks one"
        return None

    # ------------------------------------------------------------------ looking

    @work(exclusive=True, group="look", exit_on_error=False)
    async def look(self) -> None:
        """Look into every cache, then ask every provider."""
        known = self._person = await self._read_person()
        sessions = self._sessions()
        self._places = {name: self._places.get(name, one) for name, one in self._unread().items()}
        self._asking = {session.tenant.name for session in sessions}
        self._show()
        self._person = person = await asyncio.to_thread(with_namesakes, self.session, known)
        seen: set[str] = set()
        async with aclosing(places(sessions, person)) as found:
            async for place in found:
                if place.tenant in seen:
                    self._asking.discard(place.tenant)
                seen.add(place.tenant)
                self._places[place.tenant] = place
                self._show()

    async def _read_person(self) -> Person:
        session, kind = self.session, self.resource_type
        cached = await asyncio.to_thread(browse.resource, session, kind.name, self._found_by)
        found = cached if cached is not None else await browse.fetch(session, kind, self._found_by)
        return person_of(session, kind, found.raw)

    def _names(self) -> list[str]:
        """Return the names of all tenants, the one they were found in first."""
        own = self.session.tenant.name
        return [own, *(name for name in cast("ShellScreen", self.shell).sessions.config.tenants if name != own)]

    def _sessions(self) -> list[Session]:
        found = [self._session(name) for name in self._names()]
        return [session for session in found if session is not None]

    def _session(self, name: str) -> Session | None:
        try:
            return self.shell.session(name)
        except ScimtuiError as error:  # its cache cannot be opened: the others are there all the same
            self._places[name] = Place(name, trouble=error.message)
            return None

    def _unread(self) -> dict[str, Place]:
        return {name: Place(name) for name in self._names()}

    def _show(self) -> None:
        """Show what is known, and tick what is certainly theirs when it first is."""
        now = datetime.now(UTC)
        rows: list[Row] = []
        self._row_tenants = []
        for place in self._places.values():
            rows += place_rows(place, now, is_asked=place.tenant in self._asking)
            self._row_tenants += [place.tenant] * (len(rows) - len(self._row_tenants))
        table, tenant = self.table, self.table.cursor_cells[:1]
        table.set_rows(rows, row_style=_row_style)
        if table.cursor_cells[:1] != tenant:  # a row without an account has no id that the cursor could stay on
            table.move_to(next((place for place, row in enumerate(rows) if row[2:3] == tenant), 0))
        sure = {row_id(one) for one in self._accounts() if one.is_sure}
        doubted = self._ticked_once - sure
        table.marked = (table.marked - doubted) | (sure - self._ticked_once - self._left_out)
        self._ticked_once = (self._ticked_once | sure) - doubted
        table.refresh()
        table.styles.height = min(len(rows) + 1, max(self.size.height // 2, 4))
        self.query_one("#who", Static).update(who_line(self._person.raw) if self._person is not None else "")
        self._show_differences()
        self.shell.header_changed()

    def _show_differences(self) -> None:
        panel, chosen = self.query_one("#differ", LineView), self.table.marked | {self.table.cursor_id}
        compared: list[tuple[Account, ResourceType]] = []
        for one in self._accounts():
            session = self._session(one.tenant)
            kind = session.provider.resource_type("User") if session is not None else None
            if kind is not None and (one.is_sure or row_id(one) in chosen):
                compared.append((one, kind))
        panel.border_title = Content(self._hint())
        panel.set_lines(person_lines([*self._places.values()], compared, self.size.width))

    def _hint(self) -> str:
        ticked = self.ticked()
        is_off = all(is_active(raw) is False for *_, raw in ticked)
        turns = f"d {'activates' if is_off else 'deactivates'} the {len(ticked)} ticked · " if ticked else ""
        return f"Space ticks · {turns}z takes back · r asks again"

    def _accounts(self) -> list[Account]:
        return [account for place in self._places.values() for account in place.accounts]

    def on_resize(self) -> None:
        """Fit the lines."""
        if self._places:
            self._show()

    def synced(self, tenant: str, type_name: str) -> None:
        """Look again: others may be there, or in other groups."""
        _ = tenant
        if type_name.casefold() in ("user", "group") and not self._asking:
            self.look()

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Show what the cache has of the account now."""
        _ = type_name
        if any(one.id == resource_id for one in self._accounts() if one.tenant == tenant):
            self._read_again(tenant, resource_id)

    @work(group="read", exit_on_error=False)
    async def _read_again(self, tenant: str, identity: str) -> None:
        found = await asyncio.to_thread(browse.resource, self.shell.session(tenant), "User", identity)
        place = self._places[tenant]
        if found is not None:
            accounts = tuple(replace(one, raw=found.raw) if one.id == identity else one for one in place.accounts)
            self._places[tenant] = replace(place, accounts=accounts)
            self._show()
        else:
            self.look()  # it is gone, as after a deactivation that deletes

    # ------------------------------------------------------------------ whom actions are about

    def ticked(self) -> list[Target]:
        """Return the ticked accounts, in the order shown."""
        return [self._target(one) for one in self._accounts() if row_id(one) in self.table.marked]

    def at_cursor(self) -> Target | None:
        """Return the account under the cursor; None where the tenant of that row has none."""
        return next((self._target(one) for one in self._accounts() if row_id(one) == self.table.cursor_id), None)

    def _target(self, account: Account) -> Target:
        session = self.shell.session(account.tenant)
        return session, session.provider.resource_type("User") or self.resource_type, account.raw

    # ------------------------------------------------------------------ events

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        event.stop()
        self.do_open()

    @on(VirtualTable.Marked)
    def _ticked_by_hand(self) -> None:
        shown = self._ticked_once.intersection(self.table.shown_ids())
        self._left_out = (self._left_out | shown) - self.table.marked

    @on(VirtualTable.CursorMoved)
    @on(VirtualTable.Marked)
    def _chosen(self, event: VirtualTable.CursorMoved | VirtualTable.Marked) -> None:
        event.stop()
        self._show_differences()
        self.shell.header_changed()

    # ------------------------------------------------------------------ actions

    def _open(self, mode: str) -> None:
        if (target := self.at_cursor()) is not None:
            session, kind, raw = target
            self.shell.open_resource(session, kind, resource_id(raw), mode)
        else:
            self.shell.say("There is no account in this row; w looks why, and can create one", "info")

    def do_open(self) -> None:
        """Open the account in its tenant."""
        self._open("details")

    def do_edit(self) -> None:
        """Open the account as a form."""
        self._open("form")

    def do_json(self) -> None:
        """Open the account as JSON."""
        self._open("json")

    def do_refresh(self) -> None:
        """Ask every provider again."""
        self.look()

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def do_copy(self) -> None:
        """Copy what the account under the cursor is called."""
        if (target := self.at_cursor()) is not None:
            name = natural_key(target[2])
            self.shell.say((await copy(self.app, name, safe(name))).sentence, "done")

    @work(group="write", exit_on_error=False)
    async def do_toggle_active(self) -> None:
        """Deactivate the person in all ticked tenants; activate them where all ticked accounts are inactive."""
        from scimtui.tui.writing.everywhere import send_everywhere

        targets = self.ticked()
        is_on = all(is_active(raw) is False for *_, raw in targets)
        parts = await asyncio.to_thread(_planned, targets, active=is_on)
        await send_everywhere(self.shell, parts, switch_title(self._called, len(parts), active=is_on))
        self.look()

    @work(group="write", exit_on_error=False)
    async def do_offboard(self) -> None:
        """Take the person through the recipes of all ticked tenants."""
        from scimtui.tui.offboarding.offboarding import offboard

        await offboard(self.shell, self.ticked())

    @work(group="write", exit_on_error=False)
    async def do_why(self) -> None:
        """Say why the person cannot log in at the tenant under the cursor, where they may have no account at all."""
        from scimtui.tui.why.opening import open_why

        target = self.at_cursor()
        session = target[0] if target is not None else self._session(self._row_tenants[self.table.cursor_row])
        if session is not None and self._person is not None:
            whom = target[2] if target is not None else self._person
            await open_why(cast("ShellScreen", self.shell), session, whom)

    @work(group="write", exit_on_error=False)
    async def do_undo(self) -> None:
        """Take back the last write of this session to the person, in every tenant that it went to."""
        from scimtui.tui.person.taking_back import take_back

        await take_back(self.shell, [self._target(one) for one in self._accounts()], self._called)


def _planned(targets: Sequence[Target], *, active: bool) -> list[tuple[Session, list[Change]]]:
    """Return what is to be sent, tenant by tenant."""
    parts: dict[str, tuple[Session, list[Change]]] = {}
    for session, kind, raw in targets:
        change = plan_active(session.tenant.name, raw, active, kind, session.provider, session.dialect)
        parts.setdefault(session.tenant.name, (session, []))[1].append(change)
    return [*parts.values()]


def _row_style(row: Row) -> str:
    return "inactive" if row[3] == INACTIVE else ""
