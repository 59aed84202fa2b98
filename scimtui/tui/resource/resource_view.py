"""One resource in a tab: its attributes, its raw JSON, and the form that edits it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import ContentSwitcher

from scimtui.errors import Refused, ScimtuiError
from scimtui.ops import browse
from scimtui.ops.apply import Outcome
from scimtui.ops.changed_since import Earlier
from scimtui.ops.guard import why_not
from scimtui.present.cells import safe
from scimtui.present.wording import age, error_line
from scimtui.scim.change import Change, plan_create, plan_edit
from scimtui.scim.kind import Kind
from scimtui.scim.resource import natural_key, resource_id
from scimtui.tui.action import Where
from scimtui.tui.actions import bindings_for
from scimtui.tui.form.resource_form import ResourceForm
from scimtui.tui.resource.resource_reader import DETAILS, JSON, ResourceReader
from scimtui.tui.view import Header, View
from scimtui.tui.writing import one_change

if TYPE_CHECKING:
    from scimtui.ops.session import Session
    from scimtui.scim.resource import Resource
    from scimtui.scim.schema import ResourceType

__all__ = ["DETAILS", "FORM", "JSON", "ResourceView"]

FORM = "form"
READER = "reader"
GONE = 404


class ResourceView(View):
    """Details, JSON or form. What was typed into the form is kept while another tab is looked at."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for(Where.RESOURCE), *bindings_for(Where.FORM)]
    DEFAULT_CSS = """
    ResourceView { height: 1fr; }
    ResourceView #faces { height: 1fr; }
    """

    def __init__(self, session: Session, resource_type: ResourceType, identity: str, mode: str) -> None:
        super().__init__(session)
        self.resource_type = resource_type
        self.identity = identity
        """The resource's id; "" for one that does not exist yet."""
        self.mode = mode
        self._raw: Mapping[str, Any] = {}
        self._form_base: Mapping[str, Any] | None = None
        """What the form was filled with: a newer copy may have come while something was being typed."""
        self._dirty = 0
        self._compared: Earlier | None = None
        """The synchronised copy, where the provider's is another one."""
        self._freshness = ""
        """Where what is shown comes from, in words."""

    def compose(self) -> ComposeResult:
        """Compose what is read and what is typed; the form is filled when it is first asked for."""
        with ContentSwitcher(initial=FORM if self.mode == FORM else READER, id="faces"):
            yield ResourceReader(
                self.session, self.resource_type, DETAILS if self.mode == FORM else self.mode, id=READER
            )
            yield ResourceForm(id=FORM)

    def on_mount(self) -> None:
        """Show the cached copy at once, then the provider's."""
        self._load()

    @property
    def form(self) -> ResourceForm:
        """The form of the view."""
        return self.query_one(ResourceForm)

    @property
    def reader(self) -> ResourceReader:
        """Details and JSON of the view."""
        return self.query_one(ResourceReader)

    @property
    def places(self) -> tuple[Where, ...]:
        """The form has keys of its own."""
        return (Where.FORM,) if self.mode == FORM else (Where.RESOURCE,)

    @property
    def title(self) -> str:
        """The resource's name, marked while something typed was not sent."""
        name = safe(natural_key(self._raw)) if self.identity else f"new {safe(self.resource_type.name)}"
        return f"{'● ' if self._dirty else ''}{name}"

    def header(self) -> Header:
        """Say which resource, how many fields were changed, and how fresh it is."""
        parts = [f"{safe(self.resource_type.name)} {self.title}"]
        if self._dirty:
            parts.append(f"{self._dirty} changed, not sent")
        return Header(self.session.tenant, (*parts, *([self._freshness] if self._freshness else [])))

    def spec(self) -> dict[str, str] | None:
        """Remember which resource; a new one is not kept."""
        if not self.identity:
            return None
        names = {"tenant": self.session.tenant.name, "type": self.resource_type.name, "id": self.identity}
        return {"view": "resource", **names}

    def is_open_work(self) -> bool:
        """Whether something was typed and not sent."""
        return self._dirty > 0

    def focus_first(self) -> None:
        """Start in what is shown."""
        (self.form if self.mode == FORM else self.reader.face).focus()

    def why_not(self, action_id: str) -> str | None:
        """Say why an action can't be used."""
        unlocked = self.shell.is_unlocked(self.session.tenant)
        if action_id in ("edit", "send"):
            kind = Kind.EDIT if self.identity else Kind.CREATE
            return why_not(kind, self.session, unlocked=unlocked)
        if action_id == "toggle_active":
            if self.resource_type.attribute("active") is None:
                return f"a {safe(self.resource_type.name)} has no attribute active"
            return why_not(Kind.DEACTIVATE, self.session, unlocked=unlocked)
        if action_id in ("find_next", "find_previous") and not self.reader.is_searching:
            return "nothing is looked for; / does that"
        return None

    # ------------------------------------------------------------------ showing

    @work(exclusive=True, group="load", exit_on_error=False)
    async def _load(self) -> None:
        if not self.identity:
            self._show({"schemas": [self.resource_type.schema.id]}, "")
            return
        cached = await asyncio.to_thread(browse.resource, self.session, self.resource_type.name, self.identity)
        synced = (await asyncio.to_thread(self._synced, cached)) if cached is not None else None
        if cached is not None:
            self._show(cached.raw, "from the cache, asking the provider…")
        try:
            fresh = await browse.fetch(self.session, self.resource_type, self.identity)
        except ScimtuiError as error:
            await self._failed(error, cached)
            return
        if fresh.raw != self._raw:
            self._show(fresh.raw, "", synced)
        self._arrived("as the provider has it")

    def _synced(self, cached: Resource) -> Earlier | None:
        """Return the cached copy as one of the last synchronisation, if that was complete."""
        state = self.session.cache.resources(self.resource_type.name).state
        return Earlier(cached.raw, state.synced_at) if state is not None and state.complete else None

    def _show(self, raw: Mapping[str, Any], freshness: str, synced: Earlier | None = None) -> None:
        """Show a copy; what differs from the synchronised one is marked as changed, as far as both copies have it."""
        self._raw, self._compared = raw, synced
        self.reader.show(raw, synced)
        if self.mode == FORM:
            self._fill_form()
        self._arrived(freshness)

    def _arrived(self, freshness: str) -> None:
        self._freshness = freshness
        self.reader.say("")
        self._tell()

    async def _failed(self, error: ScimtuiError, cached: Resource | None) -> None:
        """Leave the cached copy, and say that it is one, how old, and why."""
        state = await asyncio.to_thread(lambda: self.session.cache.resources(self.resource_type.name).state)
        synced = age(state.synced_at if state else None)
        self._freshness = f"cached, synced {synced}" if cached else "not read"
        shown = f"This is the copy from the cache, synced {synced}; " if cached else "Nothing of it is in the cache; "
        is_gone = isinstance(error, Refused) and error.status == GONE
        why = "The provider has no such resource any more." if is_gone else error_line(error)
        self.reader.say(f"! {shown}r asks the provider again. {why}")
        self._tell()

    def _fill_form(self) -> None:
        if not self._dirty and self._form_base is not self._raw:
            self._form_base = self._raw
            self.form.load(self.resource_type, self._raw, is_new=not self.identity)

    def _tell(self) -> None:
        self.post_message(self.Titled())
        self.shell.header_changed()

    def turn_to(self, mode: str) -> None:
        """Show another face."""
        self.mode = mode
        self.query_one("#faces", ContentSwitcher).current = FORM if mode == FORM else READER
        if mode == FORM:
            self._fill_form()
        else:
            self.reader.turn_to(mode)
        self.focus_first()
        self._tell()

    def resource_changed(self, tenant: str, type_name: str, resource_id: str) -> None:
        """Show the new copy."""
        if (tenant, type_name, resource_id) == (self.session.tenant.name, self.resource_type.name, self.identity):
            self._load()

    def synced(self, tenant: str, type_name: str) -> None:
        """Show what a synchronisation brought: of this resource, or of those that it names."""
        _ = type_name
        if tenant == self.session.tenant.name and self.identity:
            self._read_again()

    @work(exclusive=True, group="again", exit_on_error=False)
    async def _read_again(self) -> None:
        cached = await asyncio.to_thread(browse.resource, self.session, self.resource_type.name, self.identity)
        if cached is not None and cached.raw != self._raw:
            self._show(cached.raw, "from the cache, just synced")
        elif cached is not None:
            self.reader.show(self._raw, self._compared)

    @on(ResourceForm.Changed)
    def _form_changed(self, event: ResourceForm.Changed) -> None:
        event.stop()
        self._dirty = event.dirty_count
        self._tell()

    # ------------------------------------------------------------------ actions

    def do_edit(self) -> None:
        """Turn to the form."""
        self.turn_to(FORM)

    def do_json(self) -> None:
        """Turn to the raw JSON, or back."""
        self.turn_to(DETAILS if self.mode == JSON else JSON)

    def leave(self) -> bool:
        """End a search, leave the form or the JSON; True when there was something to leave."""
        if self.mode != FORM and self.reader.end_search():
            return True
        if self.mode == DETAILS or not self.identity or self._dirty:
            return False
        self.turn_to(DETAILS)
        return True

    def do_find(self) -> None:
        """Look for something."""
        self.reader.search()

    def do_find_next(self) -> None:
        """Go to the next match."""
        self.reader.next_match(1)

    def do_find_previous(self) -> None:
        """Go to the match before."""
        self.reader.next_match(-1)

    def do_refresh(self) -> None:
        """Read the resource again."""
        self._load()

    @work(exclusive=True, group="copy", exit_on_error=False)
    async def do_copy(self) -> None:
        """Copy the value under the cursor, or the resource's name."""
        await self.reader.copy()

    def do_add_element(self) -> None:
        """Add a value to the list under the cursor."""
        self.form.add_element()

    def do_remove_element(self) -> None:
        """Remove the value under the cursor from its list."""
        self.form.remove_element()

    def do_revert(self) -> None:
        """Put the field under the cursor back."""
        self.form.revert_field()

    @work(group="write", exit_on_error=False)
    async def do_toggle_active(self) -> None:
        """Deactivate or activate."""
        await one_change.toggle_active(self.shell, self.session, self.resource_type, [self.identity])

    @work(group="write", exit_on_error=False)
    async def do_members(self) -> None:
        """Show the members of the group, or tick the groups of the person."""
        from scimtui.tui.members import groups_dialog

        await groups_dialog.members_of_chosen(self.shell, self.session, self.resource_type, [self.identity])

    @work(group="write", exit_on_error=False)
    async def do_colleague(self) -> None:
        """Make the person like a colleague."""
        from scimtui.tui.members import colleague_dialog

        await colleague_dialog.make_alike(self.shell, self.session, self.resource_type, self.identity)

    @work(group="write", exit_on_error=False)
    async def do_send(self) -> None:
        """Preview, send, read back."""
        if errors := self.form.errors():
            self.shell.say(errors[0], "error")
            self.form.go_to_error()
            return
        change = self._plan(self.form.wanted())
        change = replace(change, warnings=(*self.form.notes(), *change.warnings))
        if not change.requests:
            self.shell.say("Nothing was changed, so there is nothing to send", "info")
            return
        receipt = await one_change.send(self.shell, self.session, change)
        if receipt is not None and receipt.outcome in (Outcome.APPLIED, Outcome.ALREADY, Outcome.ALTERED):
            self._sent(resource_id(receipt.resource.raw) if receipt.resource else self.identity)

    def _plan(self, wanted: Mapping[str, Any]) -> Change:
        name, provider, dialect = self.session.tenant.name, self.session.provider, self.session.dialect
        if self.identity:
            base = self._form_base if self._form_base is not None else self._raw
            return plan_edit(name, base, wanted, self.resource_type, provider, dialect)
        return plan_create(name, wanted, self.resource_type, provider, dialect)

    def _sent(self, identity: str) -> None:
        self.identity, self._dirty = identity, 0
        self.turn_to(DETAILS)
        self._load()
