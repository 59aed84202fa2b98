"""The members of one group in a tab: who comes and who goes is staged, shown, previewed once and then sent."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from scimtui.errors import ScimtuiError
from scimtui.ops import browse, search
from scimtui.ops.chunks import Chunks
from scimtui.ops.guard import group_refused
from scimtui.ops.member_plans import member_types, plan_group, why_not
from scimtui.ops.memberships import Member, candidate, group_types, members_of
from scimtui.ops.search import fold
from scimtui.ops.uncollected import uncollected
from scimtui.present.cells import safe
from scimtui.present.columns import INACTIVE
from scimtui.present.member_words import (
    COMES,
    GOES,
    NOT_SHOWN,
    Row,
    incomplete_words,
    is_shown,
    member_row,
    sign_of,
    staged_line,
    with_sign,
)
from scimtui.present.wording import count_of, error_line, tenant_name
from scimtui.scim.resource import natural_key
from scimtui.tui.action import Where
from scimtui.tui.actions import bindings_for
from scimtui.tui.lines.find_bar import FindBar, FindInput
from scimtui.tui.members.member_search import COLUMNS, MemberSearch, Searchable, row_key
from scimtui.tui.table.virtual_table import VirtualTable
from scimtui.tui.view import Header, View

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.resource import Resource
    from scimtui.scim.schema import ResourceType
    from scimtui.tui.shell.shell_screen import ShellScreen

NEED_A_ROW = frozenset({"open", "mark", "mark_range", "mark_all", "copy"})
CHANGING = frozenset({"add_members", "remove_members", "send"})
STYLES = {COMES: "good", GOES: "bad"}


class MembersView(View):
    """Shows the cached members at once, then those that the provider has now. What is staged survives both."""

    PLACES = (Where.MEMBERS,)
    BINDINGS: ClassVar[list[BindingType]] = bindings_for(Where.MEMBERS)
    DEFAULT_CSS = """
    MembersView { height: 1fr; }
    MembersView #sum { height: 1; padding: 0 1; background: $surface; text-style: bold; }
    MembersView #why { height: auto; max-height: 2; padding: 0 1; background: $surface; color: $text-warning; display: none; }
    MembersView #why.-shown { display: block; }
    """

    def __init__(self, session: Session, resource_type: ResourceType, identity: str) -> None:
        super().__init__(session)
        self.resource_type = resource_type
        self.identity = identity
        self._group: Mapping[str, Any] = {}
        self._members: dict[str, Member] = {}
        """Those that the group shows, by the id of their row, as the next two."""
        self._coming: dict[str, Member] = {}
        self._going: dict[str, Member] = {}
        self._base: list[Row] = []
        self._rows: list[Row] = []
        self._freshness = ""
        self._chunks: Chunks | None = None

    def compose(self) -> ComposeResult:
        """Compose the sum, the search and the members."""
        yield Static("", id="sum", markup=False)
        yield Static("", id="why", markup=False)
        yield FindBar()
        yield VirtualTable(COLUMNS, id="members")

    def on_mount(self) -> None:
        """Show the cached copy at once, then the provider's."""
        self.table.empty_text = "Opening the cache…"
        self._load()

    @property
    def table(self) -> VirtualTable:
        """The members."""
        return self.query_one(VirtualTable)

    @property
    def title(self) -> str:
        """The name of the group, marked while something is staged."""
        return f"{'● ' if self.is_open_work() else ''}members {safe(natural_key(self._group) or self.identity)}"

    def header(self) -> Header:
        """Say which group, how many it has, and how fresh that is."""
        parts = (f"{safe(self.resource_type.name)} {safe(natural_key(self._group))}", self._freshness)
        return Header(self.session.tenant, tuple(part for part in parts if part))

    def spec(self) -> dict[str, str]:
        """Remember which group."""
        names = {"tenant": self.session.tenant.name, "type": self.resource_type.name, "id": self.identity}
        return {"view": "members", **names}

    def is_open_work(self) -> bool:
        """Whether something is staged and not sent."""
        return bool(self._coming or self._going)

    def focus_first(self) -> None:
        """Start in the table."""
        self.table.focus()

    def why_not(self, action_id: str) -> str | None:
        """Say why an action can't be used."""
        if action_id in NEED_A_ROW and self.table.cursor_id is None:
            return "there is no member here"
        if action_id == "open" and not self._member(self.table.cursor_id or "").is_cached:
            return "this member is not in the cache"
        if action_id in ("send", "unstage") and not self.is_open_work():
            return "nothing is staged; + adds, - removes"
        if action_id in CHANGING:
            stopped = why_not(self.session, unlocked=self.shell.is_unlocked(self.session.tenant))
            return stopped or (group_refused(self._group, self.session) if self._group else None)
        return None

    # ------------------------------------------------------------------ reading

    @work(exclusive=True, group="load", exit_on_error=False)
    async def _load(self) -> None:
        cached = await asyncio.to_thread(browse.resource, self.session, self.resource_type.name, self.identity)
        if cached is not None:
            await self._take(cached, "from the cache, asking the provider…")
        try:
            fresh = await browse.fetch(self.session, self.resource_type, self.identity)
        except ScimtuiError as error:
            self._freshness = "from the cache" if cached else "not read"
            self._show()
            self.shell.say(f"These are the members from the cache. {error_line(error)}", "warning")
            return
        if cached is None or fresh.raw != cached.raw:
            await self._take(fresh, "")
        self._freshness = "as the provider has it"
        self.shell.header_changed()

    async def _take(self, group: Resource, freshness: str) -> None:
        """Show a copy of the group; what is staged and is so already in it is staged no more."""
        found, base = await asyncio.to_thread(_read, self.session, self.resource_type, group)
        self._group, self._base, self._freshness = group.raw, base, freshness
        self._members = dict(zip((row[0] for row in base), found, strict=True))
        self._coming = {one: member for one, member in self._coming.items() if one not in self._members}
        if self._is_shown:
            self._going = {one: member for one, member in self._going.items() if one in self._members}
        self._show()
        self.post_message(self.Ready())

    @property
    def _is_shown(self) -> bool:
        return is_shown(self._group, self.session.dialect.shows_members)

    # ------------------------------------------------------------------ showing

    def _show(self) -> None:
        """Show the members with those who come above them, as far as they are looked for."""
        groups = {one.name for one in group_types(self.session)}
        coming = [member_row(one, COMES, groups) for one in self._coming.values()]
        unseen = [member_row(one, GOES, groups) for place, one in self._going.items() if place not in self._members]
        going = self._going
        self._rows = [*coming, *unseen, *(with_sign(row, GOES) if row[0] in going else row for row in self._base)]
        self._find()
        self.query_one("#sum", Static).update(
            staged_line(self._group, len(self._coming), len(self._going), shown=self._is_shown)
        )
        self._say_why("" if self._is_shown else NOT_SHOWN)
        self.post_message(self.Titled())

    def _say_why(self, trouble: str) -> None:
        text = trouble or incomplete_words(self._group)
        why = self.query_one("#why", Static)
        why.set_class(bool(text), "-shown")
        why.update(text)

    def _find(self) -> None:
        text = self.query_one(FindBar).text.strip()
        view = search.plain(self._rows, text) if text else None
        self.table.empty_text = self._empty_text(text)
        self.table.set_rows(self._rows, view, row_style=_row_style)
        if text:
            self.query_one(FindBar).show_found(f"{len(self.table.view):,} of {len(self._rows):,}")
        self.shell.header_changed()

    def _empty_text(self, text: str) -> str:
        if text:
            return "No member is called so.\nEsc in the search clears it."
        if not self._is_shown:
            return "Members are in no answer of this provider.\n+ adds people, - removes them by name."
        return "This group shows no members.\n+ adds people or groups; a provider may also show none though there are some."

    def _member(self, row_id: str) -> Member:
        known = self._members.get(row_id) or self._coming.get(row_id) or self._going.get(row_id)
        return known or Member(row_id, "", row_id, "", None, is_cached=False)

    def synced(self, tenant: str, type_name: str) -> None:
        """Show what a synchronisation brought: names, or another list."""
        _ = type_name
        if tenant == self.session.tenant.name:
            self._load()

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Show the new copy."""
        if (tenant, type_name, resource_id) == (self.session.tenant.name, self.resource_type.name, self.identity):
            self._load()

    # ------------------------------------------------------------------ moving

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        event.stop()
        self.do_open()

    @on(FindBar.Typed)
    def _typed(self, event: FindBar.Typed) -> None:
        event.stop()
        self._find()

    @on(FindInput.Left)
    def _left(self, event: FindInput.Left) -> None:
        event.stop()
        if event.given_up:
            self.leave()
        self.table.focus()

    def leave(self) -> bool:
        """End a search; True where there was one."""
        bar = self.query_one(FindBar)
        was_open = bar.has_class("-shown")
        if was_open:
            bar.end()
            self._find()
        return was_open

    def do_filter(self) -> None:
        """Look for members."""
        self.query_one(FindBar).begin("letters of a name")

    def do_open(self) -> None:
        """Open the person, or the members of a group that is a member."""
        member = self._member(self.table.cursor_id or "")
        kind = self.session.provider.resource_type(member.type)
        if kind is None or not member.is_cached:
            self.shell.say(f"{safe(member.name)} is not in the cache, so it cannot be opened", "warning")
        elif kind in group_types(self.session):
            spec = {"view": "members", "tenant": self.session.tenant.name, "type": kind.name, "id": member.id}
            cast("ShellScreen", self.shell).open_tab(spec)
        else:
            self.shell.open_resource(self.session, kind, member.id, "details")

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def do_copy(self) -> None:
        """Copy what the member is called."""
        from scimtui.tui.lines.clipboard import copy

        member = self._member(self.table.cursor_id or "")
        copied = await copy(self.app, member.key or member.name, safe(member.key or member.name))
        self.shell.say(copied.sentence, copied.kind)

    def do_refresh(self) -> None:
        """Read the group again."""
        self._load()

    def stop(self) -> bool:
        """Send nothing more once the request in flight has its answer."""
        if self._chunks is None:
            return False
        self._chunks.stop = True
        self.shell.say("Stopping: the request in flight is carried to its end, then the group is read", "busy")
        return True

    # ------------------------------------------------------------------ staging

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def do_add_members(self) -> None:
        """Look for people and groups, and stage them."""
        found = await self._ask("add to", "adds", dict.fromkeys(self._keys(self._members), "member"))
        for member in found:
            place = safe(member.id)
            if place in self._going:
                del self._going[place]
            elif place not in self._members:
                self._coming[place] = member
        self._staged(len(found))

    async def _ask(self, doing: str, verb: str, notes: Mapping[str, str]) -> list[Member]:
        tenant, name = self.session.tenant, safe(natural_key(self._group))
        title = f"{tenant_name(tenant)}: {doing} {name}"
        own = {row_key(self.resource_type.name, self.identity): "the group itself"}
        asked = Searchable(self.session, member_types(self.session), title, verb, {**notes, **own})
        chosen = await self.app.push_screen_wait(MemberSearch(asked))
        return await asyncio.to_thread(self._candidates, chosen)

    def _candidates(self, chosen: Sequence[tuple[str, str]]) -> list[Member]:
        found = (candidate(self.session, kind, identity) for kind, identity in chosen)
        return [one for one in found if one is not None]

    def _keys(self, places: Collection[str]) -> list[str]:
        return [row_key(self._members[place].type, place) for place in places]

    @work(exclusive=True, group="dialog", exit_on_error=False)
    async def do_remove_members(self) -> None:
        """Stage the marked members, or the one under the cursor, to leave; once more, and they stay."""
        chosen = self.table.marked or {self.table.cursor_id or ""}
        if not self._rows:
            found = await self._ask("remove from", "removes", {})
            self._going |= {safe(member.id): member for member in found}
        elif chosen <= self._going.keys() | self._coming.keys():
            self._going = {place: member for place, member in self._going.items() if place not in chosen}
        else:
            self._going |= {place: self._members[place] for place in chosen if place in self._members}
        self._coming = {place: member for place, member in self._coming.items() if place not in chosen}
        self.table.clear_marks()
        self._staged(len(chosen))

    def _staged(self, count: int) -> None:
        self._show()
        self.table.focus()
        if count and self.is_open_work():
            self.shell.say("Staged, nothing is sent yet. ^S previews and sends, u takes all of it back", "info")

    def do_unstage(self) -> None:
        """Stage nothing any more."""
        count = len(self._coming) + len(self._going)
        self._coming, self._going = {}, {}
        self._show()
        self.shell.say(f"{count_of(count, 'member')} staged no more; nothing was sent", "info")

    @work(group="write", exit_on_error=False)
    async def do_send(self) -> None:
        """Preview what is staged, send, read back."""
        from scimtui.tui.members.member_sending import send_members  # nothing of it is needed to look at members

        session, kind, group = self.session, self.resource_type, self._group
        coming, going = list(self._coming.values()), list(self._going.values())
        change = await asyncio.to_thread(plan_group, session, kind, group, coming, going)
        self._chunks = Chunks()
        try:
            await send_members(self.shell, session, [change], self._chunks)
        finally:
            self._chunks = None


@uncollected
def _read(session: Session, resource_type: ResourceType, group: Resource) -> tuple[list[Member], list[Row]]:
    """Return the members of a group by name, groups among them first, and their rows."""
    groups = {one.name for one in group_types(session)}
    found = members_of(session, resource_type, group.raw)
    found.sort(key=lambda one: (one.type not in groups, not one.is_cached, fold(one.name)))
    return found, [member_row(member, groups=groups) for member in found]


def _row_style(row: Row) -> str:
    return STYLES.get(sign_of(row), "inactive" if row[5] == INACTIVE else "")
